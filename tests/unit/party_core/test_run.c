/* Tests enclave/party.h: three enclaves run a plan to its end, and the opened result is the answer. */
#include "support/test.h"

#include "party_harness.h"

enum { ROWS = 40 };

static int64_t region[HARNESS_N][ROWS], salary[HARNESS_N][ROWS];

static void open_harness(struct harness *h)
{
	struct test_rng rng = {99};

	harness_init(h, 7);
	for (unsigned i = 0; i < HARNESS_N; i++) {
		for (unsigned k = 0; k < ROWS; k++) {
			region[i][k] = (int64_t)test_below(&rng, k % 4 == 3 ? 4 : 3);
			salary[i][k] = (int64_t)test_below(&rng, 100000001);
		}
		h->party[i].rows = ROWS - i;
		h->party[i].values[TEST_REGION] = region[i];
		h->party[i].values[TEST_SALARY] = salary[i];
		h->party[i].chunk = 16;
	}
}

static void assert_all_ended_well(const struct harness *h)
{
	assert_false(h->hung);
	for (unsigned i = 0; i < HARNESS_N; i++) {
		if (h->party[i].faulted)
			print_message("party %u: %s %s: %s\n", i, h->party[i].fault.code, h->party[i].fault.blame, h->party[i].fault.message);
		assert_int_equal(h->party[i].st, ST_OK);
	}
}

/* COUNT, AVG * 10^4 in cents: scaled by 10^6 of the unit; half away from zero */
static void expected(const struct harness *h, uint64_t words[3 * 4])
{
	for (unsigned g = 0; g < 4; g++) {
		int64_t n = 0, sum = 0;
		for (unsigned i = 0; i < HARNESS_N; i++)
			for (unsigned k = 0; k < h->party[i].rows; k++)
				if (region[i][k] == g)
					n++, sum += salary[i][k];
		bool keep = n >= 10;
		words[0 * 4 + g] = keep ? (uint64_t)n : 0;
		words[1 * 4 + g] = keep ? (uint64_t)((2 * sum * 10000 + n) / (2 * n)) : 0;
		words[2 * 4 + g] = keep;
	}
}

static void the_opened_result_is_the_answer(void **state)
{
	(void)state;
	struct harness h;
	uint64_t words[3 * 4], answer[3 * 4];

	open_harness(&h);
	harness_seal(&h);
	harness_run(&h);
	assert_all_ended_well(&h);
	expected(&h, answer);
	for (unsigned r = 0; r < HARNESS_N; r++) {
		assert_int_equal(harness_result(&h, r, words), ST_OK);
		assert_memory_equal(words, answer, sizeof words);
	}
	harness_clear(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_opened_result_is_the_answer),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
