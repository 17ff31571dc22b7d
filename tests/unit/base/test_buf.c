#include "../../support/test.h"

#include "base/buf.h"

static void appends_what_was_given(void **state)
{
	struct buf b = {0};

	(void)state;
	buf_append(&b, "ab", 2);
	buf_append_str(&b, "cd");
	buf_printf(&b, "%d-%s", 42, "x");
	buf_append(&b, NULL, 0);
	assert_slice_equal(buf_view(&b), slice_str("abcd42-x"));
	assert_int_equal(buf_status(&b), ST_OK);
	buf_clear(&b);
	buf_clear(&b);
	assert_null(b.ptr);
}

static void grows_over_many_sizes(void **state)
{
	struct buf b = {0};

	(void)state;
	for (size_t i = 0; i < 100000; i++)
		buf_append(&b, &(uint8_t){(uint8_t)i}, 1);
	assert_int_equal(b.len, 100000);
	for (size_t i = 0; i < b.len; i++)
		assert_int_equal(b.ptr[i], (uint8_t)i);
	buf_clear(&b);
}

static void limit_refuses_whole_appends_and_sticks(void **state)
{
	struct buf b = {.limit = 10};

	(void)state;
	buf_append(&b, "12345678", 8);
	assert_int_equal(buf_status(&b), ST_OK);
	buf_append(&b, "abc", 3);
	assert_int_equal(buf_status(&b), ST_NO_MEMORY);
	assert_int_equal(b.len, 8);
	buf_append(&b, "a", 1); /* would fit, but the failure sticks */
	assert_int_equal(b.len, 8);
	assert_null(buf_extend(&b, 1));
	buf_reset(&b);
	buf_append(&b, "1234567890", 10);
	assert_int_equal(buf_status(&b), ST_OK);
	buf_clear(&b);
}

static void absurd_lengths_do_not_wrap(void **state)
{
	struct buf b = {0};

	(void)state;
	buf_append(&b, "x", 1);
	assert_null(buf_extend(&b, SIZE_MAX));
	assert_true(b.failed);
	assert_int_equal(b.len, 1);
	buf_clear(&b);
	assert_null(buf_extend(&b, SIZE_MAX / 2 + 1));
	buf_clear(&b);
}

static void printf_longer_than_the_first_storage(void **state)
{
	struct buf b = {0};

	(void)state;
	buf_printf(&b, "%01000d", 7);
	assert_int_equal(b.len, 1000);
	assert_int_equal(b.ptr[999], '7');
	buf_clear(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(appends_what_was_given),
	    cmocka_unit_test(grows_over_many_sizes),
	    cmocka_unit_test(limit_refuses_whole_appends_and_sticks),
	    cmocka_unit_test(absurd_lengths_do_not_wrap),
	    cmocka_unit_test(printf_longer_than_the_first_storage),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
