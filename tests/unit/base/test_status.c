#include "../../support/test.h"

#include "base/status.h"

static void every_status_has_all_its_texts(void **state)
{
	(void)state;
	for (int i = 0; i < STATUS_COUNT; i++) {
		enum status st = (enum status)i;
		assert_true(strlen(status_code(st)) > 0);
		assert_true(strlen(status_name(st)) > 3);
		assert_true(strlen(status_title(st)) > 0);
		if (st != ST_OK)
			assert_true(strlen(status_fix(st)) > 0);
	}
}

static void codes_are_unique_and_lead_back(void **state)
{
	(void)state;
	for (int i = 0; i < STATUS_COUNT; i++) {
		assert_int_equal(status_from_code(status_code((enum status)i)), i);
		for (int j = 0; j < i; j++)
			assert_string_not_equal(status_name((enum status)i), status_name((enum status)j));
	}
}

static void exit_codes_are_of_the_published_set(void **state)
{
	static const int published[] = {0, 10, 11, 12, 13, 64, 65, 66, 69, 70, 71, 73, 74, 75, 76, 77, 78, 79, 80, 81, 124};

	(void)state;
	for (int i = 0; i < STATUS_COUNT; i++) {
		bool found = false;
		for (size_t k = 0; k < COUNT_OF(published); k++)
			found = found || published[k] == status_exit((enum status)i);
		assert_true(found);
	}
	assert_int_equal(status_exit(ST_OK), 0);
	assert_int_equal(status_class_of(ST_OK), CLASS_OK);
}

static void unknown_numbers_and_codes_are_our_fault(void **state)
{
	(void)state;
	assert_string_equal(status_code((enum status)STATUS_COUNT), "BUG-0001");
	assert_string_equal(status_code((enum status)-1), "BUG-0001");
	assert_int_equal(status_exit((enum status)99999), 70);
	assert_int_equal(status_from_code("ATT-9999"), ST_BUG);
	assert_int_equal(status_from_code(""), ST_BUG);
}

/* Users rely on these: a renumbering must not go unnoticed. */
static void published_codes_stay(void **state)
{
	(void)state;
	assert_string_equal(status_code(ST_TRUNCATED), "FMT-0001");
	assert_string_equal(status_code(ST_SIGNATURE), "SIG-0001");
	assert_string_equal(status_code(ST_POL_SYNTAX), "POL-0001");
	assert_string_equal(status_code(ST_ATT_MEASUREMENT), "ATT-0004");
	assert_string_equal(status_code(ST_SES_DEADLINE), "SES-0008");
	assert_string_equal(status_code(ST_DATA_HEADER), "DATA-0001");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_status_has_all_its_texts),
	    cmocka_unit_test(codes_are_unique_and_lead_back),
	    cmocka_unit_test(exit_codes_are_of_the_published_set),
	    cmocka_unit_test(unknown_numbers_and_codes_are_our_fault),
	    cmocka_unit_test(published_codes_stay),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
