/* Tests proto/wire.h: what is encoded comes back, and nothing else gets in. */
#include "support/test.h"

#include "proto/wire.h"

static const uint8_t body_bytes[] = {0x82, 0x01, 0x02};

static void fill_request(struct wire_request *m, enum wire_request_kind kind)
{
	*m = (struct wire_request){.kind = kind, .attempt = 3, .hold_ms = 1500, .ack = 7};
	m->has_session = kind != WREQ_FIND;
	memset(m->session, 0xa1, sizeof m->session);
	snprintf(m->party, sizeof m->party, "north");
	memset(m->policy_hash, 0xb2, sizeof m->policy_hash);
	memset(m->signature, 0xc3, sizeof m->signature);
	m->n_messages = 2;
	m->messages[0] = (struct wire_message){8, WM_STEP, slice_of(body_bytes, sizeof body_bytes)};
	m->messages[1] = (struct wire_message){UINT64_MAX, WM_FAULT, slice_of(body_bytes, 0)};
	m->body = slice_of(body_bytes, sizeof body_bytes);
}

static void fill_reply(struct wire_reply *m)
{
	*m = (struct wire_reply){.code = "OK", .message = "all is well", .has_session = true, .attempt = 2, .n_messages = 1, .n_views = 2};
	memset(m->session, 0xa1, sizeof m->session);
	m->messages[0] = (struct wire_message){1, WM_BUNDLE, slice_of(body_bytes, sizeof body_bytes)};
	for (unsigned i = 0; i < 2; i++) {
		struct wire_session_view *v = &m->views[i];
		*v = (struct wire_session_view){.attempt = i, .policy = "wage-gap", .state = i ? S_ABORTED : S_RUNNING, .step = 4, .steps = 14,
		    .created_s = 1750000000, .changed_s = -1, .deadline_s = INT64_MAX, .debug_insecure = i == 1, .n_parties = 3};
		if (i)
			snprintf(v->code, sizeof v->code, "ATT-0004"), snprintf(v->blame, sizeof v->blame, "south"),
			    snprintf(v->message, sizeof v->message, "it runs something else");
		for (unsigned k = 0; k < 3; k++) {
			snprintf(v->parties[k].id, sizeof v->parties[k].id, "party-%u", k);
			v->parties[k].last = k ? WM_STEP : 0;
			v->parties[k].step = k;
			v->parties[k].refused = k == 2;
		}
	}
}

static void assert_same_messages(const struct wire_message *a, const struct wire_message *b, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		assert_true(a[i].seq == b[i].seq && a[i].kind == b[i].kind);
		assert_slice_equal(a[i].body, b[i].body);
	}
}

static void requests_come_back(void **state)
{
	(void)state;
	static struct wire_request m, got;
	struct wire_storage storage;

	for (enum wire_request_kind kind = WREQ_START; kind <= WREQ_ABORT; kind++) {
		struct buf bytes = {0};
		fill_request(&m, kind);
		wire_request_encode(&bytes, &m);
		assert_int_equal(wire_request_decode(&got, &storage, buf_view(&bytes)), ST_OK);
		assert_int_equal(got.kind, kind);
		assert_int_equal(got.has_session, m.has_session);
		if (kind == WREQ_POST) {
			assert_memory_equal(got.session, m.session, sizeof m.session);
			assert_true(got.attempt == 3 && got.hold_ms == 1500 && got.ack == 7 && got.n_messages == 2);
			assert_string_equal(got.party, "north");
			assert_memory_equal(got.signature, m.signature, sizeof m.signature);
			assert_same_messages(got.messages, m.messages, 2);
			assert_int_equal(got.body.len, 0);
		}
		if (kind == WREQ_START)
			assert_slice_equal(got.body, m.body);
		if (kind == WREQ_FIND)
			assert_memory_equal(got.policy_hash, m.policy_hash, HASH_LEN);
		wire_storage_clear(&storage);
		wire_storage_clear(&storage);
		buf_clear(&bytes);
	}
}

static void replies_come_back(void **state)
{
	(void)state;
	static struct wire_reply m, got;
	struct wire_storage storage;
	struct buf bytes = {0};

	fill_reply(&m);
	wire_reply_encode(&bytes, &m);
	assert_int_equal(wire_reply_decode(&got, &storage, buf_view(&bytes)), ST_OK);
	assert_string_equal(got.code, "OK");
	assert_string_equal(got.message, m.message);
	assert_true(got.has_session && got.attempt == 2 && got.n_messages == 1 && got.n_views == 2);
	assert_same_messages(got.messages, m.messages, 1);
	for (unsigned i = 0; i < 2; i++) {
		const struct wire_session_view *a = &got.views[i], *b = &m.views[i];
		assert_true(a->state == b->state && a->step == b->step && a->steps == b->steps && a->attempt == b->attempt);
		assert_true(a->created_s == b->created_s && a->changed_s == b->changed_s && a->deadline_s == b->deadline_s);
		assert_true(a->debug_insecure == b->debug_insecure && a->n_parties == 3);
		assert_string_equal(a->code, b->code);
		assert_string_equal(a->blame, b->blame);
		assert_string_equal(a->message, b->message);
		assert_memory_equal(a->parties, b->parties, sizeof b->parties);
	}
	wire_storage_clear(&storage);
	buf_clear(&bytes);
}

/* A message that was cut in the middle of a character goes out as far as it is whole. */
static void text_is_cut_at_a_character(void **state)
{
	(void)state;
	static struct wire_reply m, got;
	struct wire_storage storage;
	struct buf bytes = {0};

	snprintf(m.code, sizeof m.code, "OK");
	memset(m.message, 'x', sizeof m.message - 2);
	m.message[sizeof m.message - 2] = (char)0xc3;
	m.message[sizeof m.message - 1] = 0;
	wire_reply_encode(&bytes, &m);
	assert_int_equal(wire_reply_decode(&got, &storage, buf_view(&bytes)), ST_OK);
	assert_int_equal(strlen(got.message), sizeof m.message - 2);
	wire_storage_clear(&storage);
	buf_clear(&bytes);
}

static enum status decode_request(struct slice bytes)
{
	static struct wire_request m;
	struct wire_storage storage;
	enum status st = wire_request_decode(&m, &storage, bytes);

	if (st != ST_OK)
		assert_null(storage.unpacked);
	wire_storage_clear(&storage);
	return st;
}

static enum status decode_hex(const char *hex)
{
	struct slice bytes = test_hex(hex);
	enum status st = decode_request(bytes);

	free((void *)(uintptr_t)bytes.ptr);
	return st;
}

/* kind SHOW is 08 04; each line adds or changes one thing. */
static void malformed_requests_are_refused(void **state)
{
	(void)state;
	assert_int_equal(decode_hex("0804"), ST_OK);
	assert_int_equal(decode_hex(""), ST_TRUNCATED);
	assert_int_equal(decode_hex("0800"), ST_FORMAT);             /* no kind 0 */
	assert_int_equal(decode_hex("0807"), ST_FORMAT);             /* no kind 7 */
	assert_int_equal(decode_hex("08"), ST_TRUNCATED);
	assert_int_equal(decode_hex("088400"), ST_NOT_CANONICAL);    /* 4 in two bytes */
	assert_int_equal(decode_hex("08040804"), ST_DUPLICATE);
	assert_int_equal(decode_hex("08045801"), ST_UNKNOWN_FIELD);  /* field 11 */
	assert_int_equal(decode_hex("0804a20600"), ST_UNKNOWN_FIELD); /* field 100 */
	assert_int_equal(decode_hex("080401"), ST_UNKNOWN_FIELD);    /* field 0 */
	assert_int_equal(decode_hex("0d04000000"), ST_FORMAT);       /* kind as fixed32 */
	assert_int_equal(decode_hex("08041203aabbcc"), ST_FORMAT);   /* session of 3 bytes */
	assert_int_equal(decode_hex("0804127f"), ST_TRUNCATED);
	assert_int_equal(decode_hex("0804100112"), ST_FORMAT);       /* field 2 as a number */
	assert_int_equal(decode_hex("08041801"), ST_UNKNOWN_FIELD);  /* SHOW has no attempt */
	assert_int_equal(decode_hex("0801"), ST_TRUNCATED);          /* START without a body */
	assert_int_equal(decode_hex("08ffffffffffffffffffff01"), ST_FORMAT);
	assert_int_equal(decode_hex("08ffffffffffffffffff7f"), ST_FORMAT);
	assert_int_equal(decode_hex("0804220161"), ST_UNKNOWN_FIELD); /* SHOW has no party */
	assert_int_equal(decode_hex("080422010a"), ST_FORMAT);       /* nor would a line feed be one */
	assert_int_equal(decode_hex("08042201ff"), ST_FORMAT);
	assert_int_equal(decode_hex("080422026100"), ST_FORMAT);
	assert_int_equal(decode_hex("08042200"), ST_FORMAT);
}

static void limits_hold(void **state)
{
	(void)state;
	static struct wire_request m;
	struct buf bytes = {0};

	fill_request(&m, WREQ_POST);
	m.n_messages = WIRE_MESSAGES_MAX;
	for (unsigned i = 0; i < WIRE_MESSAGES_MAX; i++)
		m.messages[i] = (struct wire_message){i + 1, WM_STEP, slice_of(body_bytes, sizeof body_bytes)};
	wire_request_encode(&bytes, &m);
	assert_int_equal(decode_request(buf_view(&bytes)), ST_OK);
	static const uint8_t one_more[] = {0x42, 0x06, 0x08, 0x01, 0x10, 0x06, 0x1a, 0x00};
	buf_append(&bytes, one_more, sizeof one_more);
	assert_int_equal(decode_request(buf_view(&bytes)), ST_TOO_LARGE);
	buf_reset(&bytes);
	fill_request(&m, WREQ_FIND);
	m.hold_ms = 60001;
	wire_request_encode(&bytes, &m);
	assert_int_equal(decode_request(buf_view(&bytes)), ST_TOO_LARGE);
	buf_reset(&bytes);
	assert_non_null(buf_extend(&bytes, WIRE_SIZE_MAX + 1));
	assert_int_equal(decode_request(buf_view(&bytes)), ST_TOO_LARGE);
	buf_clear(&bytes);
}

static void a_message_of_no_kind_is_refused(void **state)
{
	(void)state;
	static struct wire_request m;

	for (unsigned kind = 0; kind < 64; kind++) {
		struct buf bytes = {0};
		bool known = (kind >= WM_ENROL && kind <= WM_RENEWAL) || (kind >= WM_PEERS && kind <= WM_RENEWALS);
		fill_request(&m, WREQ_POST);
		m.messages[1].kind = (enum wire_message_kind)kind;
		wire_request_encode(&bytes, &m);
		assert_int_equal(decode_request(buf_view(&bytes)), known ? ST_OK : ST_FORMAT);
		assert_int_equal(strcmp(wire_message_name((enum wire_message_kind)kind), "?") != 0, known);
		buf_clear(&bytes);
	}
}

static void every_truncation_is_refused(void **state)
{
	(void)state;
	static struct wire_request m;
	static struct wire_reply reply, got;
	struct wire_storage storage;
	struct buf bytes = {0};

	fill_request(&m, WREQ_POST);
	wire_request_encode(&bytes, &m);
	for (size_t n = 0; n < bytes.len; n++)
		if (decode_request(slice_of(bytes.ptr, n)) == ST_OK)
			assert_true(false); /* POST's last field, the signature, is required */
	buf_reset(&bytes);
	fill_reply(&reply);
	wire_reply_encode(&bytes, &reply);
	for (size_t n = 0; n < bytes.len; n++) {
		enum status st = wire_reply_decode(&got, &storage, slice_of(bytes.ptr, n));
		if (st == ST_OK) /* between two repeated fields there is nothing to miss */
			assert_true(got.n_views < reply.n_views);
		wire_storage_clear(&storage);
	}
	buf_clear(&bytes);
}

/* What decodes encodes to what decodes to the same: no altered byte makes the codec inconsistent or crash. */
static void every_bit_flip_is_consistent(void **state)
{
	(void)state;
	static struct wire_request m, got;
	struct wire_storage storage;
	struct buf bytes = {0}, again = {0};

	fill_request(&m, WREQ_POST);
	wire_request_encode(&bytes, &m);
	for (size_t bit = 0; bit < 8 * bytes.len; bit++) {
		bytes.ptr[bit / 8] ^= (uint8_t)(1U << (bit % 8));
		if (wire_request_decode(&got, &storage, buf_view(&bytes)) == ST_OK) {
			buf_reset(&again);
			wire_request_encode(&again, &got);
			assert_slice_equal(buf_view(&again), buf_view(&bytes));
		}
		wire_storage_clear(&storage);
		bytes.ptr[bit / 8] ^= (uint8_t)(1U << (bit % 8));
	}
	buf_clear(&bytes);
	buf_clear(&again);
}

static void the_digest_covers_every_field(void **state)
{
	(void)state;
	static struct wire_request m, other;
	uint8_t a[HASH_LEN], b[HASH_LEN];

	fill_request(&m, WREQ_POST);
	wire_post_digest(a, &m);
	for (unsigned k = 0; k < 8; k++) {
		other = m;
		switch (k) {
		case 0: other.session[5] ^= 1; break;
		case 1: other.attempt++; break;
		case 2: other.party[0] = 's'; break;
		case 3: other.ack++; break;
		case 4: other.messages[0].seq++; break;
		case 5: other.messages[0].kind = WM_PART; break;
		case 6: other.messages[0].body.len--; break;
		default: other.n_messages--; break;
		}
		wire_post_digest(b, &other);
		assert_memory_not_equal(a, b, HASH_LEN);
	}
}

static void states_have_names(void **state)
{
	(void)state;
	assert_string_equal(session_state_name(S_CREATED), "CREATED");
	assert_string_equal(session_state_name(S_ABORTED), "ABORTED");
	assert_string_equal(session_state_name((enum session_state)0), "?");
	assert_string_equal(session_state_name((enum session_state)9), "?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(requests_come_back), cmocka_unit_test(replies_come_back), cmocka_unit_test(text_is_cut_at_a_character),
	    cmocka_unit_test(malformed_requests_are_refused), cmocka_unit_test(limits_hold),
	    cmocka_unit_test(a_message_of_no_kind_is_refused), cmocka_unit_test(every_truncation_is_refused),
	    cmocka_unit_test(every_bit_flip_is_consistent), cmocka_unit_test(the_digest_covers_every_field),
	    cmocka_unit_test(states_have_names),
	};
	return crypto_init() == ST_OK ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
