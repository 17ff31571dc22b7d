/* The result table of receipt/receipt.h: what is printed, and every word that must not be there. */
#include "../../support/test.h"
#include "receipt/receipt.h"
#include "table_policy.h"

static struct policy *policy;
static uint64_t words[W_COUNT * T_GROUPS];

static int setup(void **state)
{
	(void)state;
	policy = table_policy();
	memset(words, 0, sizeof words);
	table_put_row(words, 0, &(struct row){12, -1205, -1004167, 19782, true, true});      /* e, false */
	table_put_row(words, 2, &(struct row){10, 99999, 9999900000, 0, true, false});       /* e, NULL; no hired */
	table_put_row(words, 7, &(struct row){30000, 0, 0, -719162, false, true});           /* "s, x", true; no salary */
	table_put_row(words, 11, &(struct row){11, 5, 4545, 2932896, true, true});           /* w"q, NULL */
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	free(policy);
	return 0;
}

static void check_csv(const char *expected)
{
	struct result_table t;
	struct buf csv = {0};

	assert_int_equal(result_table_new(&t, policy, words), ST_OK);
	result_table_csv(&csv, &t);
	buf_append(&csv, "", 1);
	assert_false(csv.failed);
	assert_string_equal((const char *)csv.ptr, expected);
	buf_clear(&csv);
	result_table_clear(&t);
	result_table_clear(&t);
}

#define HEADER "region,full_time,n,total,mean,first\n"

static void prints_nulls_decimals_dates_and_quotes(void **state)
{
	(void)state;
	check_csv(HEADER "e,false,12,-12.05,-1.004167,2024-02-29\n"
			 "e,,10,999.99,9999.900000,\n"
			 "\"s, x\",true,30000,,,0001-01-01\n"
			 "\"w\"\"q\",,11,0.05,0.004545,9999-12-31\n");
}

static void a_table_without_rows_is_a_header(void **state)
{
	struct result_table t;

	(void)state;
	memset(words, 0, sizeof words);
	check_csv(HEADER);
	assert_int_equal(result_table_new(&t, policy, words), ST_OK);
	assert_int_equal(t.groups_withheld, T_GROUPS);
	assert_false(t.withheld); /* with GROUP BY an empty table is a table */
	result_table_clear(&t);
}

static void refused(void)
{
	struct result_table t = {.rows = 99};

	assert_int_equal(result_table_new(&t, policy, words), ST_REC_RESULT);
	assert_int_equal(t.rows, 99);
}

static void refuses_any_word_of_a_group_that_is_not_released(void **state)
{
	(void)state;
	for (unsigned w = 0; w < W_COUNT; w++)
		for (unsigned bit = 0; bit < 64; bit += 7) {
			if (w == W_KEEP && bit == 0)
				continue;
			words[w * T_GROUPS + 1] = UINT64_C(1) << bit;
			refused();
			words[w * T_GROUPS + 1] = 0;
		}
	/* and releasing it without its values is a row of zeros, which the bounds permit */
	words[W_KEEP * T_GROUPS + 1] = 1;
	struct result_table t;
	assert_int_equal(result_table_new(&t, policy, words), ST_OK);
	assert_int_equal(t.rows, 5);
	result_table_clear(&t);
}

static void refuses_bits_that_are_no_bits(void **state)
{
	static const unsigned bits[] = {W_KEEP, W_TOTAL_BIT, W_MEAN_BIT, W_FIRST_BIT};

	(void)state;
	for (size_t k = 0; k < COUNT_OF(bits); k++) {
		uint64_t *word = &words[bits[k] * T_GROUPS];

		*word = 2;
		refused();
		*word = UINT64_MAX;
		refused();
		*word = 1;
	}
}

static void refuses_a_value_behind_a_null(void **state)
{
	(void)state;
	words[W_FIRST * T_GROUPS + 2] = 1;
	refused();
	words[W_FIRST * T_GROUPS + 2] = 0;
	words[W_TOTAL * T_GROUPS + 7] = UINT64_MAX;
	refused();
}

static void refuses_a_value_outside_the_plans_bounds(void **state)
{
	(void)state;
	words[W_N * T_GROUPS] = 30001; /* rows_max is 30000 */
	refused();
	words[W_N * T_GROUPS] = (uint64_t)-1;
	refused();
	words[W_N * T_GROUPS] = 30000;
	words[W_FIRST * T_GROUPS] = 2932897; /* 10000-01-01 */
	refused();
	words[W_FIRST * T_GROUPS] = 2932896;
	words[W_TOTAL * T_GROUPS] = UINT64_C(1) << 63;
	refused();
}

static void refuses_more_rows_than_the_limit(void **state)
{
	struct result_table t;

	(void)state;
	policy->limit = 3;
	refused();
	policy->limit = 4;
	assert_int_equal(result_table_new(&t, policy, words), ST_OK);
	result_table_clear(&t);
}

/* A policy that contradicts itself is an error, never a read outside. */
static void refuses_a_policy_that_does_not_fit_its_plan(void **state)
{
	struct policy_result *r = policy->results;

	(void)state;
	r[T_N].position = 4;
	refused();
	r[T_N].position = 0;
	r[T_REGION].position = 1; /* another key's column */
	refused();
	r[T_REGION].position = 7;
	refused();
	r[T_REGION].position = 0;
	policy->plan.ops[policy->plan.n_ops - 1].code = OP_NOT; /* no OUTKEEP */
	refused();
}

static void the_one_row_without_group_by_is_withheld(void **state)
{
	struct policy *p = table_policy_one_row();
	uint64_t released[2] = {17, 1}, suppressed[2] = {0, 0}, leak[2] = {9, 0};
	struct result_table t;
	struct buf text = {0};

	(void)state;
	assert_int_equal(result_table_new(&t, p, released), ST_OK);
	assert_false(t.withheld);
	result_table_clear(&t);
	assert_int_equal(result_table_new(&t, p, suppressed), ST_OK);
	assert_true(t.withheld);
	assert_int_equal(t.rows, 0);
	result_table_text(&text, &t);
	buf_append(&text, "", 1);
	assert_string_equal((const char *)text.ptr, "n\n-\nwithheld: fewer than 10 rows\n");
	result_table_clear(&t);
	buf_clear(&text);
	assert_int_equal(result_table_new(&t, p, leak), ST_REC_RESULT);
	free(p);
}

static void a_null_that_is_the_only_column_is_quoted(void **state)
{
	(void)state;
	policy->results[0] = policy->results[T_TOTAL];
	policy->n_results = 1;
	check_csv("total\n-12.05\n999.99\n\"\"\n0.05\n");
}

static void shows_a_table_for_people(void **state)
{
	struct result_table t;
	struct buf text = {0};

	(void)state;
	policy->limit = 5;
	policy->domain[0] = slice_str("e\x1b[2J\xc3\xa9");
	assert_int_equal(result_table_new(&t, policy, words), ST_OK);
	result_table_text(&text, &t);
	buf_append(&text, "", 1);
	assert_string_equal((const char *)text.ptr,
	    "region  full_time      n   total         mean  first\n"
	    "------  ---------  -----  ------  -----------  ----------\n"
	    "e?[2J\xc3\xa9  false         12  -12.05    -1.004167  2024-02-29\n"
	    "e?[2J\xc3\xa9  NULL          10  999.99  9999.900000  NULL\n"
	    "s, x    true       30000    NULL         NULL  0001-01-01\n"
	    "w\"q     NULL          11    0.05     0.004545  9999-12-31\n"
	    "4 rows; 8 of 12 groups not shown: fewer than 10 rows or LIMIT\n");
	result_table_clear(&t);
	buf_clear(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(prints_nulls_decimals_dates_and_quotes, setup, teardown),
	    cmocka_unit_test_setup_teardown(a_table_without_rows_is_a_header, setup, teardown),
	    cmocka_unit_test_setup_teardown(refuses_any_word_of_a_group_that_is_not_released, setup, teardown),
	    cmocka_unit_test_setup_teardown(refuses_bits_that_are_no_bits, setup, teardown),
	    cmocka_unit_test_setup_teardown(refuses_a_value_behind_a_null, setup, teardown),
	    cmocka_unit_test_setup_teardown(refuses_a_value_outside_the_plans_bounds, setup, teardown),
	    cmocka_unit_test_setup_teardown(refuses_more_rows_than_the_limit, setup, teardown),
	    cmocka_unit_test_setup_teardown(refuses_a_policy_that_does_not_fit_its_plan, setup, teardown),
	    cmocka_unit_test(the_one_row_without_group_by_is_withheld),
	    cmocka_unit_test_setup_teardown(a_null_that_is_the_only_column_is_quoted, setup, teardown),
	    cmocka_unit_test_setup_teardown(shows_a_table_for_people, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
