/*
 * What the coordinator receives from two inputs of one shape is identical outside the fields that docs/COORDINATOR-VIEW.md lists;
 * the list is read from that page, so page and test cannot disagree.
 */
#include "stage.h"

#include "base/buf.h"
#include "base/cbor.h"
#include "proto/wire.h"

enum { FIELDS_MAX = 32, PATH_MAX_LEN = 128 };

struct field {
	char message[16], path[64];
	unsigned differed;
};
static struct field fields[FIELDS_MAX];
static size_t n_fields;
static struct stage stage;
static unsigned unlisted; /* differences outside the list */
static char first_unlisted[256];

/* ---- the list ---- */

static void read_page(void)
{
	char line[1024];
	FILE *f = fopen(PARLEY_SOURCE_DIR "/docs/COORDINATOR-VIEW.md", "r");

	assert_non_null(f);
	while (fgets(line, sizeof line, f)) {
		struct field field = {0};
		if (sscanf(line, "| `%15[A-Z]` | `%63[^`]` |", field.message, field.path) != 2)
			continue;
		assert_true(n_fields < FIELDS_MAX);
		fields[n_fields++] = field;
	}
	fclose(f);
	assert_true(n_fields > 5);
}

/* "payload/8/ * /1": a star stands for one element. */
static bool path_matches(const char *pattern, const char *path)
{
	while (*pattern && *path) {
		if (*pattern == '*') {
			pattern++;
			path += strcspn(path, "/");
		} else if (*pattern++ != *path++) {
			return false;
		}
	}
	return !*pattern && !*path;
}

static void differs(const char *message, const char *path)
{
	for (size_t i = 0; i < n_fields; i++)
		if (strcmp(fields[i].message, message) == 0 && path_matches(fields[i].path, path)) {
			fields[i].differed++;
			return;
		}
	if (!unlisted++)
		snprintf(first_unlisted, sizeof first_unlisted, "%s %s", message, path);
}

/* ---- two documents, side by side ---- */

struct walk {
	const char *message;
	struct cbor_reader a, b;
	char path[PATH_MAX_LEN];
};

static void walk_item(struct walk *w);

static void walk_below(struct walk *w, const char *name)
{
	size_t len = strlen(w->path);

	snprintf(w->path + len, sizeof w->path - len, "%s%s", len ? "/" : "", name);
	walk_item(w);
	w->path[len] = 0;
}

static void walk_number(struct walk *w, uint64_t name)
{
	char text[24];

	snprintf(text, sizeof text, "%u", (unsigned)name);
	walk_below(w, text);
}

static void walk_document(const char *message, const char *path, struct slice a, struct slice b)
{
	struct walk w = {.message = message};

	snprintf(w.path, sizeof w.path, "%s", path);
	cbor_reader_init(&w.a, a);
	cbor_reader_init(&w.b, b);
	walk_item(&w);
	assert_int_equal(cbor_end(&w.a), ST_OK);
	assert_int_equal(cbor_end(&w.b), ST_OK);
}

/* COSE_Sign1: what is signed is a document in its own right. */
static void walk_signed(struct walk *w)
{
	char path[PATH_MAX_LEN + 16];

	cbor_tag(&w->a, 18);
	cbor_tag(&w->b, 18);
	assert_int_equal(cbor_array(&w->a), 4);
	assert_int_equal(cbor_array(&w->b), 4);
	walk_below(w, "protected");
	walk_below(w, "unprotected");
	struct slice a = cbor_bytes(&w->a), b = cbor_bytes(&w->b);
	snprintf(path, sizeof path, "%s%spayload", w->path, w->path[0] ? "/" : "");
	walk_document(w->message, path, a, b);
	walk_below(w, "signature");
	cbor_close(&w->a);
	cbor_close(&w->b);
}

static void walk_list(struct walk *w, bool is_map)
{
	size_t n = is_map ? cbor_map(&w->a) : cbor_array(&w->a), m = is_map ? cbor_map(&w->b) : cbor_array(&w->b);

	assert_int_equal(n, m);
	for (size_t i = 0; i < n; i++) {
		uint64_t name = is_map ? cbor_peek_key(&w->a) : i;
		if (is_map) {
			cbor_key(&w->a, name);
			cbor_key(&w->b, name);
		}
		walk_number(w, name);
	}
	cbor_close(&w->a);
	cbor_close(&w->b);
}

static void walk_item(struct walk *w)
{
	uint8_t major = cbor_peek_major(&w->a);

	assert_int_equal(major, cbor_peek_major(&w->b));
	if (cbor_is_tag(&w->a)) {
		walk_signed(w);
	} else if (major == CBOR_ARRAY || major == CBOR_MAP) {
		walk_list(w, major == CBOR_MAP);
	} else {
		struct slice a = cbor_any(&w->a), b = cbor_any(&w->b);
		assert_int_equal(a.len, b.len);
		if (memcmp(a.ptr, b.ptr, a.len) != 0)
			differs(w->message, w->path);
	}
	assert_int_equal(w->a.st, ST_OK);
	assert_int_equal(w->b.st, ST_OK);
}

/* ---- two streams of requests ---- */

static struct slice next_request(struct slice *rest)
{
	struct slice request;

	assert_true(rest->len >= 4);
	uint32_t len = (uint32_t)rest->ptr[0] | (uint32_t)rest->ptr[1] << 8 | (uint32_t)rest->ptr[2] << 16 | (uint32_t)rest->ptr[3] << 24;
	assert_true(rest->len >= 4 + (size_t)len);
	request = slice_of(rest->ptr + 4, len);
	*rest = slice_of(rest->ptr + 4 + len, rest->len - 4 - len);
	return request;
}

static void compare_messages(const struct wire_message *a, const struct wire_message *b)
{
	assert_int_equal(a->seq, b->seq);
	assert_int_equal(a->kind, b->kind);
	assert_int_equal(a->body.len, b->body.len);
	walk_document(wire_message_name(a->kind), "", a->body, b->body);
}

static void compare_requests(struct slice a, struct slice b)
{
	static struct wire_request x, y;
	struct wire_storage store_x = {0}, store_y = {0};

	assert_int_equal(a.len, b.len);
	assert_int_equal(wire_request_decode(&x, &store_x, a), ST_OK);
	assert_int_equal(wire_request_decode(&y, &store_y, b), ST_OK);
	assert_int_equal(x.kind, y.kind);
	assert_int_equal(x.has_session, y.has_session);
	assert_memory_equal(x.session, y.session, sizeof x.session);
	assert_int_equal(x.attempt, y.attempt);
	assert_string_equal(x.party, y.party);
	assert_memory_equal(x.policy_hash, y.policy_hash, sizeof x.policy_hash);
	assert_int_equal(x.hold_ms, y.hold_ms);
	assert_int_equal(x.ack, y.ack);
	assert_int_equal(x.n_messages, y.n_messages);
	assert_int_equal(x.body.len, y.body.len);
	for (uint32_t i = 0; i < x.n_messages; i++)
		compare_messages(&x.messages[i], &y.messages[i]);
	if (memcmp(x.signature, y.signature, sizeof x.signature) != 0)
		differs("POST", "signature");
	wire_storage_clear(&store_x);
	wire_storage_clear(&store_y);
}

static unsigned compare_streams(const struct buf *a, const struct buf *b)
{
	struct slice x = buf_view(a), y = buf_view(b);
	unsigned n = 0;

	for (; x.len && y.len; n++) {
		struct slice p = next_request(&x), q = next_request(&y);
		compare_requests(p, q);
	}
	assert_int_equal(x.len, y.len);
	return n;
}

/* ---- the tests ---- */

static int open_stage(void **state)
{
	(void)state;
	read_page();
	stage_open(&stage, 6);
	stage.config.record_coordinator = true;
	return 0;
}

static int close_stage(void **state)
{
	(void)state;
	stage_close(&stage);
	return 0;
}

/* Takes the report out of the stage. */
static void run_on(struct sim_report *out, uint64_t rows_seed, uint32_t rows)
{
	stage_rows(&stage, rows_seed, rows);
	stage_run(&stage);
	stage_check_done(&stage);
	*out = stage.report;
	memset(&stage.report, 0, sizeof stage.report);
}

static struct sim_report first, second;

static void two_inputs_of_one_shape_look_the_same(void **state)
{
	(void)state;
	unlisted = 0;
	for (uint64_t pair = 0; pair < 5; pair++) {
		run_on(&first, 100 + pair, STAGE_ROWS);
		run_on(&second, 200 + pair, STAGE_ROWS);
		assert_true(compare_streams(&first.coordinator_received, &second.coordinator_received) > 50);
		/* and in time, and between the parties, by size and number */
		assert_int_equal(first.finished_ns, second.finished_ns);
		assert_int_equal(first.messages, second.messages);
		assert_memory_equal(first.peer_frames, second.peer_frames, sizeof first.peer_frames);
		assert_memory_equal(first.peer_bytes, second.peer_bytes, sizeof first.peer_bytes);
		assert_memory_equal(first.mail_bytes_in, second.mail_bytes_in, sizeof first.mail_bytes_in);
		assert_memory_equal(first.steps, second.steps, sizeof first.steps);
		sim_report_clear(&first);
		sim_report_clear(&second);
	}
	if (unlisted)
		fail_msg("%u differences outside the list, first: %s", unlisted, first_unlisted);
	for (size_t i = 0; i < n_fields; i++)
		if (!fields[i].differed)
			fail_msg("listed, but never differed: %s %s", fields[i].message, fields[i].path);
}

/* All values at one end of their range, all at the other: nothing is special about random rows. */
static void extreme_inputs_look_the_same(void **state)
{
	(void)state;
	unlisted = 0;
	for (int end = 0; end < 2; end++) {
		stage_rows(&stage, 1, STAGE_ROWS);
		for (unsigned p = 0; p < SIM_PARTIES; p++)
			for (unsigned c = 0; c < stage.policy.n_columns; c++)
				for (uint32_t i = 0; i < stage.tables[p].rows; i++)
					if (stage.tables[p].values[c])
						stage.tables[p].values[c][i] = stage.tables[p].known[c] && !stage.tables[p].known[c][i] ? 0 :
						    end ? stage.policy.columns[c].hi : stage.policy.columns[c].lo;
		stage_want(&stage);
		stage_run(&stage);
		stage_check_done(&stage);
		*(end ? &second : &first) = stage.report;
		memset(&stage.report, 0, sizeof stage.report);
	}
	compare_streams(&first.coordinator_received, &second.coordinator_received);
	assert_int_equal(first.finished_ns, second.finished_ns);
	sim_report_clear(&first);
	sim_report_clear(&second);
	if (unlisted)
		fail_msg("%u differences outside the list, first: %s", unlisted, first_unlisted);
}

/* The comparison can fail: another seed, so other keys, makes other HELLOs. */
static void another_session_does_not_look_the_same(void **state)
{
	(void)state;
	unlisted = 0;
	run_on(&first, 1, STAGE_ROWS);
	stage.config.seed++;
	run_on(&second, 1, STAGE_ROWS);
	stage.config.seed--;
	walk_document("HELLO", "", slice_str("\x01"), slice_str("\x02"));
	assert_int_equal(unlisted, 1);
	assert_true(first.coordinator_received.len == second.coordinator_received.len);
	assert_memory_not_equal(first.coordinator_received.ptr, second.coordinator_received.ptr, first.coordinator_received.len);
	sim_report_clear(&first);
	sim_report_clear(&second);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_inputs_of_one_shape_look_the_same),
		cmocka_unit_test(extreme_inputs_look_the_same),
		cmocka_unit_test(another_session_does_not_look_the_same),
	};
	return cmocka_run_group_tests(tests, open_stage, close_stage);
}
