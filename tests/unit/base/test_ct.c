/* Meaning only; tests/ct measures the time. */
#include "../../support/test.h"

#include "base/ct.h"

static const uint64_t values[] = {0, 1, 2, 0x7fffffffffffffff, 0x8000000000000000, UINT64_MAX - 1, UINT64_MAX};

static void selects_either_side(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(values); i++)
		for (size_t j = 0; j < COUNT_OF(values); j++) {
			assert_true(ct_select_u64(1, values[i], values[j]) == values[i]);
			assert_true(ct_select_u64(0, values[i], values[j]) == values[j]);
		}
}

static void only_zero_is_zero(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(values); i++)
		assert_int_equal(ct_is_zero_u64(values[i]), values[i] == 0);
	for (int bit = 0; bit < 64; bit++)
		assert_int_equal(ct_is_zero_u64((uint64_t)1 << bit), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(selects_either_side), cmocka_unit_test(only_zero_is_zero)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
