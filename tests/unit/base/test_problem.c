#include "../../support/test.h"

#include "base/problem.h"

static void first_problem_stays(void **state)
{
	struct problem p = {0};

	(void)state;
	assert_int_equal(problem_set(&p, ST_POL_KEY, "policy.yaml:3:1", "remove it", "unknown key \"%s\"", "quer"), ST_POL_KEY);
	assert_int_equal(problem_set(&p, ST_IO, "later", NULL, "consequence"), ST_IO);
	assert_int_equal(p.st, ST_POL_KEY);
	assert_string_equal(p.where, "policy.yaml:3:1");
	assert_string_equal(p.message, "unknown key \"quer\"");
	assert_string_equal(p.fix, "remove it");
	assert_string_equal(p.excerpt, "");
}

static void long_texts_are_cut_and_terminated(void **state)
{
	struct problem p = {0};
	char name[2000];

	(void)state;
	memset(name, 'x', sizeof name - 1);
	name[sizeof name - 1] = 0;
	assert_int_equal(problem_set(&p, ST_IO, name, name, "%s", name), ST_IO);
	assert_int_equal(strlen(p.where), sizeof p.where - 1);
	assert_int_equal(strlen(p.message), sizeof p.message - 1);
	assert_int_equal(strlen(p.fix), sizeof p.fix - 1);
}

static void missing_parts_are_empty(void **state)
{
	struct problem p = {0};

	(void)state;
	assert_int_equal(problem_set(NULL, ST_IO, "w", "f", "m"), ST_IO);
	assert_int_equal(problem_set(&p, ST_IO, NULL, NULL, "m"), ST_IO);
	assert_string_equal(p.where, "");
	assert_string_equal(p.fix, "");
}

static void default_comes_from_the_table(void **state)
{
	struct problem p = {0};

	(void)state;
	assert_int_equal(problem_default(&p, ST_OK, "w"), ST_OK);
	assert_int_equal(p.st, ST_OK);
	assert_int_equal(problem_default(&p, ST_NET_IN_USE, "tcp://127.0.0.1:1"), ST_NET_IN_USE);
	assert_string_equal(p.message, status_title(ST_NET_IN_USE));
	assert_string_equal(p.fix, status_fix(ST_NET_IN_USE));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(first_problem_stays),
	    cmocka_unit_test(long_texts_are_cut_and_terminated),
	    cmocka_unit_test(missing_parts_are_empty),
	    cmocka_unit_test(default_comes_from_the_table),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
