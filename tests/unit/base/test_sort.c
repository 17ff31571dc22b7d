/* sort_in_place against the C library's qsort, at every small size and some large ones. */
#include "../../support/test.h"
#include "base/sort.h"

struct pair {
	uint32_t key;
	uint8_t copy[5]; /* follows its key */
};

static int by_key(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;

	return (x->key > y->key) - (x->key < y->key);
}

static void check_size(size_t n, uint32_t distinct, struct test_rng *rng)
{
	struct pair *ours = calloc(n + 1, sizeof *ours), *theirs = calloc(n + 1, sizeof *theirs);

	assert_non_null(ours);
	assert_non_null(theirs);
	for (size_t i = 0; i < n; i++) {
		ours[i].key = (uint32_t)test_below(rng, distinct);
		memset(ours[i].copy, (int)(ours[i].key & 0xff), sizeof ours[i].copy);
	}
	memcpy(theirs, ours, n * sizeof *ours);
	sort_in_place(ours, n, sizeof *ours, by_key);
	qsort(theirs, n, sizeof *theirs, by_key);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(ours[i].key, theirs[i].key);
		for (size_t k = 0; k < sizeof ours[i].copy; k++)
			assert_int_equal(ours[i].copy[k], ours[i].key & 0xff);
	}
	free(ours);
	free(theirs);
}

static void sorts_as_the_c_library_does(void **state)
{
	struct test_rng rng = {7};

	(void)state;
	for (size_t n = 0; n < 70; n++)
		for (uint32_t distinct = 1; distinct < 1000; distinct = distinct * 3 + 1)
			check_size(n, distinct, &rng);
	check_size(4096, 1 << 30, &rng);
	check_size(4096, 10, &rng);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(sorts_as_the_c_library_does)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
