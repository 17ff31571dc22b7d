#include "../../support/test.h"

#include "base/slice.h"

static void compares_length_and_bytes(void **state)
{
	(void)state;
	assert_true(slice_equal(slice_str("abc"), slice_of("abcd", 3)));
	assert_false(slice_equal(slice_str("abc"), slice_str("abd")));
	assert_false(slice_equal(slice_str("abc"), slice_str("ab")));
}

static void empty_slices_are_equal_whatever_they_point_to(void **state)
{
	(void)state;
	assert_true(slice_equal((struct slice){0}, slice_str("")));
	assert_false(slice_equal((struct slice){0}, slice_str("x")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(compares_length_and_bytes),
	    cmocka_unit_test(empty_slices_are_equal_whatever_they_point_to),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
