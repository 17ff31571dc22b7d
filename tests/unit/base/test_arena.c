#include "../../support/test.h"

#include "base/arena.h"

static bool is_zero(const uint8_t *p, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (p[i])
			return false;
	return true;
}

static void pieces_are_aligned_zeroed_and_apart(void **state)
{
	struct arena a;

	(void)state;
	assert_true(arena_init(&a, 100000));
	uint8_t *first = arena_take(&a, 100), *second = arena_take(&a, 1), *third = arena_take(&a, 64);
	assert_int_equal((uintptr_t)first % 64, 0);
	assert_int_equal((uintptr_t)second % 64, 0);
	assert_ptr_equal(second, first + 128);
	assert_ptr_equal(third, second + 64);
	assert_true(is_zero(first, 128 + 64 + 64));
	arena_clear(&a);
	arena_clear(&a);
}

static void release_wipes_back_to_the_mark(void **state)
{
	struct arena a;

	(void)state;
	assert_true(arena_init(&a, 8192));
	uint8_t *keep = arena_take(&a, 64);
	memset(keep, 0xaa, 64);
	size_t mark = arena_mark(&a);
	uint8_t *temporary = arena_take(&a, 1000);
	memset(temporary, 0xbb, 1000);
	arena_release(&a, mark);
	assert_true(is_zero(temporary, 1000));
	assert_int_equal(keep[63], 0xaa);
	uint8_t *again = arena_take(&a, 1000);
	assert_ptr_equal(again, temporary);
	assert_true(is_zero(again, 1000));
	arena_clear(&a);
}

static void full_arena_gives_null_and_stays_usable(void **state)
{
	struct arena a;

	(void)state;
	assert_true(arena_init(&a, 4096));
	assert_null(arena_take(&a, 4097));
	assert_null(arena_take(&a, SIZE_MAX));
	assert_null(arena_take(&a, SIZE_MAX - 63));
	assert_non_null(arena_take(&a, 4096));
	assert_null(arena_take(&a, 1));
	arena_release(&a, 0);
	assert_non_null(arena_take(&a, 4096));
	assert_int_equal(a.peak, 4096);
	arena_clear(&a);
}

static void impossible_reservation_is_refused(void **state)
{
	struct arena a;

	(void)state;
	assert_false(arena_init(&a, SIZE_MAX / 2));
	arena_clear(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(pieces_are_aligned_zeroed_and_apart),
	    cmocka_unit_test(release_wipes_back_to_the_mark),
	    cmocka_unit_test(full_arena_gives_null_and_stays_usable),
	    cmocka_unit_test(impossible_reservation_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
