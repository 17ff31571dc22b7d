/* Tests enclave/party.h: three enclaves run a plan to its end, and the opened result is the answer. */
#include "oblivious/exec.h"
#include "wage_gap.h"

static void the_opened_result_is_the_answer(void **state)
{
	(void)state;
	struct harness h;

	wage_open(&h, 7);
	harness_seal(&h);
	harness_run(&h);
	wage_assert_answer(&h);
	harness_clear(&h);
}

static void whatever_the_window(void **state)
{
	(void)state;
	for (uint32_t window = 1; window < 15; window += 6) {
		struct harness h;
		wage_open(&h, 7);
		harness_seal(&h);
		h.window = window;
		harness_run(&h);
		wage_assert_answer(&h);
		harness_clear(&h);
	}
}

/* Padded or not, the answer is the same; the rows that others see are not. */
static void padding_hides_the_row_counts(void **state)
{
	(void)state;
	struct harness h;
	struct slice payload;
	struct commit_statement c;

	wage_open(&h, 7);
	h.made->pad_rows = true;
	h.made->rows_max_party = 64;
	h.made->plan.rows_max = 192;
	harness_seal(&h);
	harness_run(&h);
	wage_assert_answer(&h);
	for (unsigned i = 0; i < HARNESS_N; i++) {
		struct hello hello;
		assert_int_equal(cose_sign1_verify(buf_view(&h.party[i].hello), "parley/hello/v1", h.keys.endorse_pk[i], &payload), ST_OK);
		assert_int_equal(hello_decode(&hello, payload), ST_OK);
		assert_int_equal(cose_sign1_verify(buf_view(&h.party[i].commit), "parley/commit/v1", hello.vk, &payload), ST_OK);
		assert_int_equal(commit_statement_decode(&c, payload), ST_OK);
		assert_int_equal(c.rows, 64);
	}
	harness_clear(&h);
}

static void a_party_may_bring_no_rows(void **state)
{
	(void)state;
	struct harness h;

	wage_open(&h, 7);
	h.made->dataset_from = 3;
	h.made->plan.rows_max = 2 * h.made->rows_max_party;
	h.party[1].rows = 0;
	h.party[2].rows = 0;
	harness_seal(&h);
	harness_run(&h);
	wage_assert_well(&h);
	harness_clear(&h);
}

static void only_recipients_get_parts(void **state)
{
	(void)state;
	struct harness h;
	uint64_t words[WAGE_ANSWER], answer[WAGE_ANSWER];

	wage_open(&h, 7);
	h.made->recipients = 4;
	harness_seal(&h);
	harness_run(&h);
	wage_assert_well(&h);
	wage_answer(&h, answer);
	for (unsigned i = 0; i < HARNESS_N; i++) {
		assert_int_equal(h.party[i].frames[FRAME_PART], 1);
		assert_true(h.party[i].parts[2].len > 0);
	}
	assert_int_equal(harness_result(&h, 2, words), ST_OK);
	assert_memory_equal(words, answer, sizeof words);
	harness_clear(&h);
}

/* The coordinator sees the same digest from everybody at every step, another at each, and none twice over two sessions. */
static void digests_agree_and_say_nothing(void **state)
{
	(void)state;
	struct harness h, g;

	wage_open(&h, 7);
	harness_seal(&h);
	harness_run(&h);
	wage_open(&g, 8);
	harness_seal(&g);
	harness_run(&g);
	for (unsigned k = 1; k <= h.policy->plan.n_ops; k++) {
		assert_memory_equal(h.party[0].step_digest[k], h.party[1].step_digest[k], 32);
		assert_memory_equal(h.party[0].step_digest[k], h.party[2].step_digest[k], 32);
		assert_memory_not_equal(h.party[0].step_digest[k], h.party[0].step_digest[k - 1], 32);
		assert_memory_not_equal(h.party[0].step_digest[k], g.party[0].step_digest[k], 32);
	}
	harness_clear(&h);
	harness_clear(&g);
}

/* What the enclave says that each operator costs is what the formulas say. */
static void cost_is_the_formula(void **state)
{
	(void)state;
	struct harness h;
	struct exec_cost cost;
	uint32_t rows[EXEC_SOURCES_MAX] = {0};
	uint64_t rounds = 0, sent[HARNESS_N] = {0};

	wage_open(&h, 7);
	harness_seal(&h);
	harness_run(&h);
	wage_assert_well(&h);
	for (unsigned i = 0; i < HARNESS_N; i++)
		rows[i] = h.party[i].rows;
	for (uint16_t id = 1; id <= h.policy->plan.n_ops; id++) {
		exec_cost(&h.policy->plan, rows, id, &cost);
		rounds += cost.rounds;
		for (unsigned i = 0; i < HARNESS_N; i++)
			sent[i] += cost.sent[i];
	}
	for (unsigned i = 0; i < HARNESS_N; i++) {
		assert_int_equal(h.party[i].rounds, rounds);
		assert_int_equal(h.party[i].payload_bytes, sent[i]);
		assert_true(h.party[i].wire_bytes >= sent[i]);
	}
	harness_clear(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_opened_result_is_the_answer), cmocka_unit_test(whatever_the_window),
	    cmocka_unit_test(padding_hides_the_row_counts), cmocka_unit_test(a_party_may_bring_no_rows),
	    cmocka_unit_test(only_recipients_get_parts), cmocka_unit_test(digests_agree_and_say_nothing),
	    cmocka_unit_test(cost_is_the_formula),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
