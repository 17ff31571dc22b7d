/*
 * Rows of a provider through three whole enclaves: the answer is that of all rows together; and a provider that lies, differs between
 * enclaves, stops half way or comes at the wrong time ends the session everywhere, named, before anything is released.
 */
#include "base/cose.h"
#include "oblivious/exec.h"
#include "provide/provide.h"
#include "wage_gap.h"

#include <stdlib.h>

enum { OWNER = 2, CHUNK_FRAMES_MAX = 8 }; /* the rows that party 2 would have are the clinic's */

struct clinic {
	struct test_provider keys;
	uint32_t rows, padded;
	struct exec_input in;
	int64_t lie; /* instead of the first salary, when not 0 */
	/* how it misbehaves */
	bool other_for_party_0; /* a second sharing, with a manifest of its own */
	bool change_third;      /* after the manifest is signed */
	bool leave_out_last, again_after_data, wrong_number, foreign_manifest, garbage;
	bool sent[HARNESS_N];
	struct provide_sender *sender[2];
	struct buf manifest[2];
	uint64_t *words[2];
	struct provide_admission admission;
	struct random_seeded seeded;
};

static struct slice docs[3][HARNESS_N];

/* sid, roster and session keys, as a provider works them out. ADMITs are judged in tests/unit/provide. */
static void verify(struct harness *h, struct clinic *c)
{
	struct admission_evidence items[HARNESS_N];
	uint8_t policy[HASH_LEN], plan[HASH_LEN];

	policy_hash(policy, buf_view(&h->payload));
	plan_hash(plan, h->policy->plan_bytes);
	for (unsigned i = 0; i < HARNESS_N; i++) {
		docs[0][i] = buf_view(&h->party[i].hello);
		items[i] = (struct admission_evidence){
		    h->party[i].kind, buf_view(&h->party[i].evidence), buf_view(&h->party[i].endorsement), {0}};
	}
	assert_int_equal(admission_check_hellos(c->admission.hellos, c->admission.sid, h->policy, policy, plan, docs[0], HARNESS_N, NULL), ST_OK);
	assert_int_equal(admission_check_evidences(c->admission.roster, c->admission.claims, h->policy, &(const struct att_anchors){0},
	    c->admission.hellos, c->admission.sid, items, HARNESS_N, NULL), ST_OK);
}

static void share(struct harness *h, struct clinic *c, unsigned which)
{
	uint8_t policy[HASH_LEN];
	struct provide_session s = {
	    .policy = h->policy, .provider = 0, .sid = c->admission.sid, .roster = c->admission.roster, .policy_hash = policy};
	size_t n = exec_given_words(&h->policy->plan, c->padded);

	policy_hash(policy, buf_view(&h->payload));
	if (c->foreign_manifest)
		c->admission.sid[0] ^= 1;
	c->words[which] = calloc(n + 1, sizeof(uint64_t));
	exec_given_flatten(c->words[which], &h->policy->plan, &c->in);
	assert_int_equal(provide_share(&c->sender[which], &c->manifest[which], &s, c->padded, c->words[which], n,
	    c->keys.endorse_sk, random_from_seed(&c->seeded)), ST_OK);
	if (c->change_third)
		c->words[which][0] ^= 1;
}

static void send(struct harness *h, struct clinic *c, unsigned to)
{
	unsigned which = c->other_for_party_0 && to == 0;
	uint32_t chunks = provide_chunks(to, exec_given_words(&h->policy->plan, c->padded));
	uint8_t number = c->wrong_number ? 1 : 0;
	struct buf sealed = {0};

	harness_push(h, to, FRAME_PROVIDED, number, buf_view(&c->manifest[which]));
	for (uint32_t k = 0; k < chunks; k++) {
		buf_reset(&sealed);
		assert_int_equal(provide_seal(c->sender[which], &sealed, to, c->admission.hellos[to].ek, k), ST_OK);
		if (c->garbage)
			sealed.ptr[sealed.len / 2] ^= 4;
		if (!(c->leave_out_last && k + 1 == chunks))
			harness_push(h, to, FRAME_PROVIDED, number, buf_view(&sealed));
	}
	buf_clear(&sealed);
}

/* The clinic's frames come before the first of the organisation's own rows. */
static bool before_own_rows(struct harness *h, unsigned to, enum frame_type type, uint8_t *peer, struct buf *body)
{
	struct clinic *c = h->ctx;

	(void)peer, (void)body;
	if ((type != FRAME_DATA && type != FRAME_DATA_END) || c->sent[to])
		return true;
	c->sent[to] = true;
	if (!c->sender[0]) {
		verify(h, c);
		share(h, c, 0);
		if (c->other_for_party_0)
			share(h, c, 1);
	}
	if (c->again_after_data)
		harness_push(h, to, type, 0, buf_view(body));
	send(h, c, to);
	return !c->again_after_data;
}

static void open_world(struct harness *h, struct clinic *c, uint64_t answer[WAGE_ANSWER])
{
	wage_open(h, 7);
	wage_answer(h, answer);
	c->rows = h->party[OWNER].rows;
	c->padded = c->rows;
	c->in = (struct exec_input){.real = c->rows};
	for (unsigned k = 0; k < PLAN_COLUMNS_MAX; k++)
		c->in.values[k] = h->party[OWNER].values[k];
	h->party[OWNER].rows = 0;
	h->made->dataset_from = 3;
	test_policy_add_provider(h->made, &c->keys, "clinic");
	h->deliver = before_own_rows;
	h->ctx = c;
}

static void run(struct harness *h, struct clinic *c)
{
	static int64_t salaries[WAGE_ROWS];
	struct buf file = {0};

	c->in.rows = c->padded;
	if (c->lie) {
		memcpy(salaries, c->in.values[TEST_SALARY], c->rows * sizeof *salaries);
		salaries[0] = c->lie;
		c->in.values[TEST_SALARY] = salaries;
	}
	harness_seal(h);
	assert_int_equal(policy_file_sign(&file, h->policy, buf_view(&h->party[0].file), c->keys.approve_sk), ST_OK);
	for (unsigned i = 0; i < HARNESS_N; i++) {
		buf_reset(&h->party[i].file);
		buf_append(&h->party[i].file, file.ptr, file.len);
	}
	buf_clear(&file);
	harness_run(h);
}

static void close_world(struct harness *h, struct clinic *c)
{
	for (unsigned k = 0; k < 2; k++) {
		provide_sender_free(c->sender[k]);
		buf_clear(&c->manifest[k]);
		free(c->words[k]);
	}
	harness_clear(h);
}

/* Every enclave's receipt states the manifest that the clinic signed. */
static void assert_receipts(const struct harness *h, const struct clinic *c)
{
	uint8_t want[HASH_LEN];

	hash_one(want, "parley/manifest/v1", buf_view(&c->manifest[0]));
	for (unsigned i = 0; i < HARNESS_N; i++) {
		struct receipt_statement s;
		struct slice payload;

		assert_int_equal(cose_sign1_verify(buf_view(&h->party[i].receipt), "parley/receipt/v1", c->admission.hellos[i].vk, &payload), ST_OK);
		assert_int_equal(receipt_statement_decode(&s, h->policy, payload), ST_OK);
		assert_int_equal(s.rows[HARNESS_N], c->padded);
		assert_memory_equal(s.commitments[HARNESS_N], want, HASH_LEN);
	}
}

static void assert_answer(struct harness *h, const uint64_t answer[WAGE_ANSWER])
{
	uint64_t words[WAGE_ANSWER];

	wage_assert_well(h);
	for (unsigned r = 0; r < HARNESS_N; r++) {
		assert_int_equal(harness_result(h, r, words), ST_OK);
		assert_memory_equal(words, answer, sizeof words);
	}
}

static void a_providers_rows_count_like_everybodys(void **state)
{
	struct clinic c = {0};
	struct harness h;
	uint64_t answer[WAGE_ANSWER];

	(void)state;
	open_world(&h, &c, answer);
	run(&h, &c);
	assert_answer(&h, answer);
	assert_receipts(&h, &c);
	close_world(&h, &c);
}

static void padding_hides_a_providers_rows_too(void **state)
{
	struct clinic c = {0};
	struct harness h;
	uint64_t answer[WAGE_ANSWER];

	(void)state;
	open_world(&h, &c, answer);
	h.made->pad_rows = true;
	h.made->rows_max_party = c.padded = 100;
	h.made->plan.rows_max = 300;
	run(&h, &c);
	assert_answer(&h, answer);
	assert_receipts(&h, &c);
	close_world(&h, &c);
}

/* All three name the same culprit, or have been ended by one that does; nobody releases. */
static void assert_named(const struct harness *h, enum status st)
{
	unsigned named = 0;

	assert_false(h->hung);
	for (unsigned i = 0; i < HARNESS_N; i++) {
		const struct harness_party *p = &h->party[i];

		assert_int_not_equal(p->st, ST_OK);
		assert_int_equal(p->frames[FRAME_PART], 0);
		assert_int_equal(p->frames[FRAME_RECEIPT], 0);
		if (p->st == st && strcmp(p->fault.blame, "clinic") == 0)
			named++;
	}
	assert_true(named > 0);
}

static void assert_no_share(const struct harness *h)
{
	for (unsigned i = 0; i < HARNESS_N; i++)
		assert_int_equal(h->party[i].steps, 0);
}

static void a_value_out_of_range_names_the_provider(void **state)
{
	static const int64_t lies[] = {-1, 100000001, 134217727};

	(void)state;
	for (size_t k = 0; k < COUNT_OF(lies); k++) {
		struct clinic c = {.lie = lies[k]};
		struct harness h;
		uint64_t answer[WAGE_ANSWER];

		open_world(&h, &c, answer);
		run(&h, &c);
		assert_named(&h, ST_DATA_PROVIDED);
		assert_no_share(&h); /* VALID is the first operator: nothing was computed from the rows */
		close_world(&h, &c);
	}
}

static void lies_about_shares_are_found(void **state)
{
	static const struct {
		struct clinic how;
		enum status st;
	} cases[] = {
	    {{.change_third = true}, ST_DATA_INCONSISTENT},
	    {{.garbage = true}, ST_DATA_INCONSISTENT},
	    {{.foreign_manifest = true}, ST_DATA_INCONSISTENT},
	    {{.leave_out_last = true}, ST_SES_SEQUENCE},
	};

	(void)state;
	for (size_t k = 0; k < COUNT_OF(cases); k++) {
		struct clinic c = cases[k].how;
		struct harness h;
		uint64_t answer[WAGE_ANSWER];

		open_world(&h, &c, answer);
		run(&h, &c);
		assert_named(&h, cases[k].st);
		assert_no_share(&h); /* party 0 has no part of x_2: it may have committed to its own rows, and no more */
		close_world(&h, &c);
	}
}

/* Each enclave accepts what it got, and the first view differs. */
static void two_manifests_are_found_in_the_first_view(void **state)
{
	struct clinic c = {.other_for_party_0 = true};
	struct harness h;
	uint64_t answer[WAGE_ANSWER];

	(void)state;
	open_world(&h, &c, answer);
	run(&h, &c);
	assert_false(h.hung);
	for (unsigned i = 0; i < HARNESS_N; i++)
		assert_int_not_equal(h.party[i].st, ST_OK);
	assert_true(h.party[0].st == ST_SES_VIEW || h.party[1].st == ST_SES_VIEW);
	assert_no_share(&h);
	close_world(&h, &c);
}

static void frames_at_the_wrong_time_end_the_session(void **state)
{
	static const struct clinic cases[] = {{.again_after_data = true}, {.wrong_number = true}};

	(void)state;
	for (size_t k = 0; k < COUNT_OF(cases); k++) {
		struct clinic c = cases[k];
		struct harness h;
		uint64_t answer[WAGE_ANSWER];

		open_world(&h, &c, answer);
		run(&h, &c);
		assert_false(h.hung);
		for (unsigned i = 0; i < HARNESS_N; i++)
			assert_int_not_equal(h.party[i].st, ST_OK);
		assert_no_share(&h);
		wage_assert_no_share(&h);
		close_world(&h, &c);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_providers_rows_count_like_everybodys),
	    cmocka_unit_test(padding_hides_a_providers_rows_too),
	    cmocka_unit_test(a_value_out_of_range_names_the_provider),
	    cmocka_unit_test(lies_about_shares_are_found),
	    cmocka_unit_test(two_manifests_are_found_in_the_first_view),
	    cmocka_unit_test(frames_at_the_wrong_time_end_the_session),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
