/* A hostile host and a hostile coordinator: frames cut, doubled, dropped, swapped, altered, of another session. The answer
 * is right or the session ends with a code; no share before admission. */
#include "wage_gap.h"

struct meddle {
	unsigned to;
	enum frame_type type;
	unsigned nth, seen; /* the nth frame of that type to that party */
	enum { CUT, EXTEND, DOUBLE, DROP, FLIP, SWAP, REPLACE, READDRESS } how;
	size_t at;
	struct buf held, *other;
	bool done;
};

static bool deliver(struct harness *h, unsigned to, enum frame_type type, uint8_t *peer, struct buf *body)
{
	struct meddle *m = h->ctx;

	if (to != m->to || type != m->type)
		return true;
	unsigned n = m->seen++;
	if (m->how == SWAP && n == m->nth + 1 && m->held.len) {
		harness_push(h, to, type, *peer, buf_view(body));
		harness_push(h, to, type, *peer, buf_view(&m->held));
		m->done = true;
		return false;
	}
	if (n != m->nth)
		return true;
	m->done = m->how != SWAP;
	switch (m->how) {
	case CUT: body->len -= body->len ? 1 : 0; break;
	case EXTEND: buf_append(body, "x", 1); break;
	case DOUBLE: harness_push(h, to, type, *peer, buf_view(body)); break;
	case DROP: return false;
	case FLIP: body->ptr[m->at % body->len] ^= (uint8_t)(1U << (m->at % 8)); break;
	case SWAP: buf_append(&m->held, body->ptr, body->len); return false;
	case REPLACE: buf_reset(body); buf_append(body, m->other->ptr, m->other->len); break;
	case READDRESS: *peer = (uint8_t)(3 - to - *peer); break;
	}
	return true;
}

static void run(struct harness *h, struct meddle *m)
{
	wage_open(h, 7);
	harness_seal(h);
	h->ctx = m;
	h->deliver = deliver;
	h->window = 4;
	harness_run(h);
	buf_clear(&m->held);
}

static void expect(struct meddle m, const char *code)
{
	struct harness h;

	run(&h, &m);
	assert_true(m.done);
	assert_false(h.hung);
	if (code)
		wage_assert_refused(&h, m.to, code);
	else
		assert_true(h.party[m.to].faulted);
	for (unsigned i = 0; i < HARNESS_N; i++)
		assert_int_not_equal(h.party[i].st, ST_OK);
	if (m.type == FRAME_HELLOS || m.type == FRAME_EVIDENCES || m.type == FRAME_BOOT)
		wage_assert_no_share(&h);
	harness_clear(&h);
}

static const enum frame_type once[] = {FRAME_BOOT, FRAME_HELLOS, FRAME_EVIDENCES, FRAME_DATA, FRAME_DATA_END, FRAME_GRANT};

static void a_cut_frame_is_refused(void **state)
{
	(void)state;
	for (size_t k = 0; k < COUNT_OF(once); k++)
		expect((struct meddle){.to = 1, .type = once[k], .how = CUT}, NULL);
}

static void a_longer_frame_is_refused(void **state)
{
	(void)state;
	for (size_t k = 0; k < COUNT_OF(once); k++)
		expect((struct meddle){.to = 2, .type = once[k], .how = EXTEND}, NULL);
}

/* Behind the last confirmation the others may be done already: only this party keeps its part. */
static void a_longer_release_is_refused(void **state)
{
	(void)state;
	struct meddle m = {.to = 2, .type = FRAME_RELEASE, .how = EXTEND};
	struct harness h;

	run(&h, &m);
	assert_true(m.done);
	assert_string_equal(h.party[2].fault.code, "FMT-0002");
	assert_int_equal(h.party[2].frames[FRAME_PART], 0);
	harness_clear(&h);
}

static void a_doubled_frame_is_refused(void **state)
{
	(void)state;
	expect((struct meddle){.to = 0, .type = FRAME_BOOT, .how = DOUBLE}, "SES-0001");
	expect((struct meddle){.to = 0, .type = FRAME_HELLOS, .how = DOUBLE}, "SES-0001");
	expect((struct meddle){.to = 0, .type = FRAME_EVIDENCES, .how = DOUBLE}, "SES-0001");
	expect((struct meddle){.to = 0, .type = FRAME_DATA, .how = DOUBLE}, "SES-0002");
	expect((struct meddle){.to = 0, .type = FRAME_DATA_END, .how = DOUBLE}, "SES-0001");
	expect((struct meddle){.to = 0, .type = FRAME_GRANT, .how = DOUBLE}, "SES-0007");
}

/* To its addressee it is a frame of the wrong peer, and from the right one a frame is missing: whichever the enclave waits for first. A
 * missing frame is for the host's deadlines, which the harness plays by cutting the hosts off. */
static void expect_readdressed(unsigned nth)
{
	struct meddle m = {.to = 1, .type = FRAME_PEER, .nth = nth, .how = READDRESS};
	struct harness h;

	run(&h, &m);
	assert_true(m.done);
	for (unsigned i = 0; i < HARNESS_N; i++)
		assert_int_not_equal(h.party[i].st, ST_OK);
	if (!h.hung)
		wage_assert_refused(&h, m.to, "SES-0004");
	harness_clear(&h);
}

static void peers_frames_are_in_order_or_refused(void **state)
{
	(void)state;
	for (unsigned nth = 4; nth < 20; nth += 5) {
		expect((struct meddle){.to = 1, .type = FRAME_PEER, .nth = nth, .how = DOUBLE}, "SES-0004");
		expect((struct meddle){.to = 1, .type = FRAME_PEER, .nth = nth, .how = CUT}, NULL);
		expect((struct meddle){.to = 1, .type = FRAME_PEER, .nth = nth, .how = EXTEND}, NULL);
		expect_readdressed(nth);
	}
}

/* A record that does not open is laid at the door of the party it is said to come from. */
static void every_altered_record_is_refused(void **state)
{
	(void)state;
	struct test_rng rng = {5};

	for (unsigned nth = 0; nth < 24; nth++) {
		struct harness h;
		struct meddle m = {.to = 2, .type = FRAME_PEER, .nth = nth, .how = FLIP, .at = test_below(&rng, 1 << 20)};
		run(&h, &m);
		if (m.done) {
			assert_false(h.hung);
			assert_true(h.party[2].faulted);
			for (unsigned i = 0; i < HARNESS_N; i++)
				assert_int_not_equal(h.party[i].st, ST_OK);
			if (strcmp(h.party[2].fault.code, "SES-0004") == 0)
				assert_true(strcmp(h.party[2].fault.blame, "north") == 0 || strcmp(h.party[2].fault.blame, "south") == 0);
		}
		harness_clear(&h);
	}
}

/* Whatever byte of what the coordinator relays is altered: refused before a share moves. */
static void every_altered_document_is_refused(void **state)
{
	(void)state;
	static const enum frame_type relayed[] = {FRAME_HELLOS, FRAME_EVIDENCES};
	struct test_rng rng = {6};

	for (size_t k = 0; k < COUNT_OF(relayed); k++)
		for (unsigned n = 0; n < 60; n++)
			expect((struct meddle){.to = 1, .type = relayed[k], .how = FLIP, .at = test_below(&rng, 1 << 16)}, NULL);
}

static void lists_of_another_session_are_refused(void **state)
{
	(void)state;
	struct harness other;

	wage_open(&other, 8); /* other keys, so other nonces and evidence */
	for (unsigned i = 0; i < HARNESS_N; i++)
		other.party[i].no_data = false;
	harness_seal(&other);
	harness_run(&other);
	expect((struct meddle){.to = 1, .type = FRAME_HELLOS, .how = REPLACE, .other = &other.hellos}, NULL);
	expect((struct meddle){.to = 1, .type = FRAME_EVIDENCES, .how = REPLACE, .other = &other.evidences}, NULL);
	harness_clear(&other);
}

/* One party refuses: nobody sends a share. */
static void one_refusal_stops_every_share(void **state)
{
	(void)state;
	for (unsigned bad = 0; bad < HARNESS_N; bad++) {
		struct harness h;
		wage_open(&h, 7);
		harness_seal(&h);
		test_code_of(&h.party[bad].claims)[0] ^= 1;
		harness_run(&h);
		wage_assert_no_share(&h);
		bool found = false;
		for (unsigned i = 0; i < HARNESS_N; i++) {
			assert_int_not_equal(h.party[i].st, ST_OK);
			if (strcmp(h.party[i].fault.code, "ATT-0004") == 0) {
				assert_string_equal(h.party[i].fault.blame, h.made->parties[bad].id);
				found = true;
			}
		}
		assert_true(found);
		harness_clear(&h);
	}
}

static void clocks_outside_the_validity_are_refused(void **state)
{
	(void)state;
	struct harness h;

	wage_open(&h, 7);
	h.made->not_after = HARNESS_NOW - 500;
	harness_seal(&h);
	harness_run(&h);
	wage_assert_no_share(&h);
	assert_int_equal(h.party[0].st == ST_POLICY_NOT_VALID_NOW || h.party[1].st == ST_POLICY_NOT_VALID_NOW ||
	    h.party[2].st == ST_POLICY_NOT_VALID_NOW, 1);
	harness_clear(&h);
}

/* A clock a year off, another session, another attempt at one party. */
static void a_host_that_lies_in_boot_is_refused(void **state)
{
	(void)state;
	for (unsigned k = 0; k < 3; k++) {
		static const char *const code[] = {"ATT-0012", "ATT-0013", "ATT-0013"};
		struct harness h;
		wage_open(&h, 7);
		harness_seal(&h);
		if (k == 0)
			h.party[1].time_s += 365 * 86400;
		else if (k == 1)
			h.party[1].session[0] ^= 1;
		else
			h.party[1].attempt++;
		harness_run(&h);
		wage_assert_no_share(&h);
		bool found = false;
		for (unsigned i = 0; i < HARNESS_N; i++) {
			assert_int_not_equal(h.party[i].st, ST_OK);
			found |= strcmp(h.party[i].fault.code, code[k]) == 0;
		}
		assert_true(found);
		harness_clear(&h);
	}
}

static bool grant_too_much(struct harness *h, unsigned to, enum frame_type type, uint8_t *peer, struct buf *body)
{
	(void)h, (void)peer;
	if (type == FRAME_GRANT && to == 0)
		put_u32le(body->ptr, 15); /* the plan has 14 steps */
	return true;
}

static void a_grant_beyond_the_plan_is_refused(void **state)
{
	(void)state;
	struct harness h;

	wage_open(&h, 7);
	harness_seal(&h);
	h.deliver = grant_too_much;
	harness_run(&h);
	wage_assert_refused(&h, 0, "SES-0007");
	harness_clear(&h);
}

/* A host that floods its enclave with frames of a peer is cut off by the cap, not by running out of memory. */
static void flood(struct harness *h, unsigned from, enum frame_type type, uint8_t peer, struct slice body)
{
	static uint8_t frame[CHANNEL_FRAME_MAX];

	(void)peer, (void)body;
	if (from == 0 && type == FRAME_EVIDENCE)
		for (unsigned i = 0; i < 20; i++)
			harness_push(h, 0, FRAME_PEER, 1, slice_of(frame, sizeof frame));
}

static void a_flood_is_cut_off(void **state)
{
	(void)state;
	struct harness h;

	wage_open(&h, 7);
	harness_seal(&h);
	h.observe = flood;
	harness_run(&h);
	wage_assert_refused(&h, 0, "SES-0012");
	assert_string_equal(h.party[0].fault.blame, "south");
	harness_clear(&h);
}

/* A frame of one byte costs a list element too: many small ones are cut off as well. */
static void flood_with_bytes(struct harness *h, unsigned from, enum frame_type type, uint8_t peer, struct slice body)
{
	(void)peer, (void)body;
	if (from == 0 && type == FRAME_EVIDENCE)
		for (unsigned i = 0; i < 40000; i++)
			harness_push(h, 0, FRAME_PEER, 1, slice_of("x", 1));
}

static void a_flood_of_small_frames_is_cut_off(void **state)
{
	(void)state;
	struct harness h;

	wage_open(&h, 7);
	harness_seal(&h);
	h.observe = flood_with_bytes;
	harness_run(&h);
	wage_assert_refused(&h, 0, "SES-0012");
	assert_string_equal(h.party[0].fault.blame, "south");
	harness_clear(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_cut_frame_is_refused), cmocka_unit_test(a_longer_frame_is_refused),
	    cmocka_unit_test(a_longer_release_is_refused), cmocka_unit_test(a_doubled_frame_is_refused), cmocka_unit_test(peers_frames_are_in_order_or_refused),
	    cmocka_unit_test(every_altered_record_is_refused), cmocka_unit_test(every_altered_document_is_refused),
	    cmocka_unit_test(lists_of_another_session_are_refused), cmocka_unit_test(one_refusal_stops_every_share),
	    cmocka_unit_test(clocks_outside_the_validity_are_refused), cmocka_unit_test(a_host_that_lies_in_boot_is_refused),
	    cmocka_unit_test(a_grant_beyond_the_plan_is_refused), cmocka_unit_test(a_flood_is_cut_off),
	    cmocka_unit_test(a_flood_of_small_frames_is_cut_off),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
