#include "wage_gap.h"

static int64_t region[HARNESS_N][WAGE_ROWS], salary[HARNESS_N][WAGE_ROWS];

/* A KK handshake is two messages of at most 96 bytes, and ADMIT with two contributions one record; each ends up as frames
 * to each peer. A share frame alone carries hundreds of bytes of every row's bits. */
enum { ADMISSION_BYTES_MAX = 1024, ADMISSION_FRAMES_MAX = 3 };

void wage_open(struct harness *h, uint64_t seed)
{
	struct test_rng rng = {99};

	harness_init(h, seed);
	for (unsigned i = 0; i < HARNESS_N; i++) {
		for (unsigned k = 0; k < WAGE_ROWS; k++) {
			region[i][k] = k < 2 ? 3 : (int64_t)test_below(&rng, 3);
			salary[i][k] = (int64_t)test_below(&rng, 100000001);
		}
		h->party[i].rows = WAGE_ROWS - i;
		h->party[i].values[TEST_REGION] = region[i];
		h->party[i].values[TEST_SALARY] = salary[i];
		h->party[i].chunk = 16;
	}
}

void wage_answer(const struct harness *h, uint64_t words[WAGE_ANSWER])
{
	for (unsigned g = 0; g < WAGE_GROUPS; g++) {
		int64_t n = 0, sum = 0;
		for (unsigned i = 0; i < HARNESS_N; i++)
			for (unsigned k = 0; k < h->party[i].rows; k++)
				if (region[i][k] == g)
					n++, sum += salary[i][k];
		bool keep = n >= 10;
		words[0 * WAGE_GROUPS + g] = keep ? (uint64_t)n : 0;
		words[1 * WAGE_GROUPS + g] = keep ? (uint64_t)((2 * sum * 10000 + n) / (2 * n)) : 0;
		words[2 * WAGE_GROUPS + g] = keep;
	}
}

void wage_assert_well(const struct harness *h)
{
	assert_false(h->hung);
	for (unsigned i = 0; i < HARNESS_N; i++) {
		const struct harness_party *p = &h->party[i];
		if (p->faulted)
			print_message("party %u: %s %s: %s\n", i, p->fault.code, p->fault.blame, p->fault.message);
		assert_int_equal(p->st, ST_OK);
		assert_int_equal(p->frames[FRAME_RECEIPT], 1);
	}
}

void wage_assert_answer(struct harness *h)
{
	uint64_t words[WAGE_ANSWER], answer[WAGE_ANSWER];

	wage_assert_well(h);
	wage_answer(h, answer);
	assert_int_equal(answer[2 * WAGE_GROUPS + 3], 0); /* one group is suppressed, or nothing would be tested */
	for (unsigned r = 0; r < HARNESS_N; r++) {
		assert_int_equal(harness_result(h, r, words), ST_OK);
		assert_memory_equal(words, answer, sizeof words);
	}
}

void wage_assert_refused(const struct harness *h, unsigned party, const char *code)
{
	assert_false(h->hung);
	assert_true(h->party[party].faulted);
	assert_string_equal(h->party[party].fault.code, code);
	for (unsigned i = 0; i < HARNESS_N; i++) {
		assert_int_not_equal(h->party[i].st, ST_OK);
		assert_int_equal(h->party[i].frames[FRAME_RECEIPT], 0);
	}
}

void wage_assert_no_share(const struct harness *h)
{
	for (unsigned i = 0; i < HARNESS_N; i++) {
		assert_int_equal(h->party[i].frames[FRAME_COMMITTED], 0);
		for (unsigned j = 0; j < HARNESS_N; j++) {
			assert_true(h->party[i].peer_bytes[j] <= ADMISSION_BYTES_MAX);
			assert_true(h->party[i].peer_frames[j] <= ADMISSION_FRAMES_MAX);
		}
	}
}
