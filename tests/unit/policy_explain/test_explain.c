#include "../../support/policy_builder.h"
#include "../../support/test.h"

#include "policy/explain.h"

static struct policy policy;
static struct buf said;

static void collect(void *ctx, const char *section, const char *name, const char *text)
{
	unsigned *items = ctx;

	++*items;
	buf_printf(&said, "%s|%s|%s\n", section, name, text);
}

static void explain(void)
{
	unsigned items = 0;
	struct explain_sink sink = {.ctx = &items, .item = collect};

	buf_reset(&said);
	policy_explain_items(&sink, &policy, slice_str(""));
	assert_true(items > 15);
	buf_append(&said, "", 1);
}

static bool says(const char *text)
{
	return strstr((const char *)said.ptr, text) != NULL;
}

static int setup(void **state)
{
	struct test_keys keys;

	(void)state;
	test_keys_from_seed(&keys, 7);
	test_policy_fill(&policy, &keys);
	for (int i = 0; i < 3; i++)
		snprintf(policy.parties[i].operator_, sizeof policy.parties[i].operator_, "operator %d", i);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	buf_clear(&said);
	return 0;
}

static void sections_come_in_order(void **state)
{
	const char *at;

	(void)state;
	explain();
	at = (const char *)said.ptr;
	for (int i = 0; i < EXPLAIN_SECTIONS; i++) {
		char start[32];

		snprintf(start, sizeof start, "%s|", explain_sections[i]);
		assert_int_equal(strncmp(at, start, strlen(start)), 0);
		while (strncmp(at, start, strlen(start)) == 0)
			at = strchr(at, '\n') + 1;
		assert_string_not_equal(explain_section_title(explain_sections[i]), explain_sections[i]);
	}
	assert_int_equal(*at, 0);
}

static void each_column_with_its_way(void **state)
{
	(void)state;
	explain();
	assert_true(says("learns|column region|north, south and west learn the values of region"));
	assert_true(says("learns|column n|north, south and west learn COUNT(*) of each released group: GROUP > SUMS > "
			 "PICK > A2B > OUT"));
	assert_true(says("learns|column mean|north, south and west learn AVG(salary) of each released group: salary > "
			 "SUMS > PICK > A2B > AVG > OUT"));
	assert_true(says("columns not used|age"));
	assert_true(says("fewer than 10 rows"));
}

static void warns_of_what_weakens_it(void **state)
{
	(void)state;
	explain();
	assert_false(says("ONE OPERATOR"));
	assert_false(says("SHARED OPERATOR"));
	assert_true(says("SHARED ROOT")); /* the builder has one root for all */
	snprintf(policy.parties[1].operator_, sizeof policy.parties[1].operator_, "operator 0");
	explain();
	assert_true(says("SHARED OPERATOR"));
	snprintf(policy.parties[2].operator_, sizeof policy.parties[2].operator_, "operator 0");
	policy.debug_insecure = true;
	policy.pad_rows = true;
	policy.recipients = 2;
	explain();
	assert_true(says("ONE OPERATOR"));
	assert_true(says("DEBUG"));
	assert_true(says("pads to 10000 rows"));
	assert_true(says("north and west receive no part"));
}

static void defaults_are_listed(void **state)
{
	struct buf text = {0};

	(void)state;
	policy_explain(&text, &policy, slice_str("serial\nparties.north.keys\n"));
	buf_append(&text, "", 1);
	assert_non_null(strstr((const char *)text.ptr, "  parties.north.keys\n"));
	assert_non_null(strstr((const char *)text.ptr, "\nWho learns what\n"));
	for (const char *line = (const char *)text.ptr; *line; line = strchr(line, '\n') + 1)
		assert_true(strcspn(line, "\n") <= 80);
	buf_clear(&text);
	policy.filled_in = true;
	explain();
	assert_true(says("defaults|marked|"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(sections_come_in_order),
	    cmocka_unit_test(each_column_with_its_way),
	    cmocka_unit_test(warns_of_what_weakens_it),
	    cmocka_unit_test(defaults_are_listed),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
