/* One change each to a policy that is right; signed by everybody all the same. */
#include "rules_tests.h"

static void suppression_below_min_subjects(struct policy *p)
{
	p->plan.ops[SUPPRESS - 1].imm = 1;
}

static void suppression_one_below_min_subjects(struct policy *p)
{
	p->plan.ops[SUPPRESS - 1].imm = 9;
}

static void suppression_by_a_constant(struct policy *p)
{
	p->plan.ops[KEEPIF - 1].in[0] = CONST_SUPPRESS;
}

static void suppression_by_other_rows(struct policy *p)
{
	p->plan.ops[KEEPIF - 1].in[0] = OTHER_SUPPRESS;
}

static void suppression_counts_padding(struct policy *p)
{
	p->plan.ops[KEEPIF - 1].in[0] = PADDED_SUPPRESS;
}

static void suppression_by_another_count(struct policy *p)
{
	p->plan.ops[KEEPIF - 1].in[0] = KNOWN_SUPPRESS;
}

static void suppression_by_a_sum(struct policy *p)
{
	p->plan.ops[SUPPRESS - 1].in[0] = SALARY_SUM;
}

static void selection_ignores_padding(struct policy *p)
{
	p->plan.ops[GROUP - 1].in[0] = 1;
	p->plan.ops[VALID - 1] = (struct plan_op){.code = OP_CONST, .a = SHAPE_ROWS, .imm = 1};
}

static void output_of_unsuppressed_rows(struct policy *p)
{
	p->plan.ops[OUT_N - 1].in[0] = WEAK_SUPPRESS;
}

static void output_before_having(struct policy *p)
{
	p->plan.ops[OUT_N - 1].in[0] = SUPPRESS;
}

static void output_before_limit(struct policy *p)
{
	p->plan.ops[OUT_N - 1].in[0] = KEEPIF;
}

static void rows_before_limit(struct policy *p)
{
	p->plan.ops[OUTKEEP - 1].in[0] = SUPPRESS;
}

static void output_of_another_aggregate(struct policy *p)
{
	p->plan.ops[OUT_MEAN - 1].in[1] = SALARY_SUM;
}

static void output_of_an_unreleased_column(struct policy *p)
{
	p->plan.ops[OUT_N - 1].in[1] = MEAN_AGE;
}

static void output_of_an_undeclared_extreme(struct policy *p)
{
	p->plan.ops[OUT_OLDEST - 1].in[1] = YOUNGEST;
}

static void output_of_a_linear_form(struct policy *p)
{
	p->plan.ops[OUT_N - 1].in[1] = SMUGGLED;
}

static void output_of_a_key(struct policy *p)
{
	p->plan.ops[OUT_N - 1].in[1] = KEY;
}

static void output_of_a_constant(struct policy *p)
{
	p->plan.ops[OUT_N - 1].in[1] = HUNDRED;
}

static void output_of_a_comparison(struct policy *p)
{
	p->plan.ops[OUT_N - 1].in[1] = RICH;
}

static void output_as_a_key(struct policy *p)
{
	p->plan.ops[OUT_N - 1].a = R_REGION;
}

static void output_of_no_result(struct policy *p)
{
	p->plan.ops[OUT_N - 1].a = PLAN_RESULTS_MAX - 1;
}

static void output_twice(struct policy *p)
{
	p->plan.ops[OUT_MEAN - 1] = p->plan.ops[OUT_N - 1];
}

static void outputs_in_another_order(struct policy *p)
{
	struct plan_op n = p->plan.ops[OUT_N - 1];
	p->plan.ops[OUT_N - 1] = p->plan.ops[OUT_MEAN - 1];
	p->plan.ops[OUT_MEAN - 1] = n;
}

static void output_missing(struct policy *p)
{
	p->plan.ops[OUT_KNOWN - 1] = p->plan.ops[OUTKEEP - 1];
	p->plan.n_ops--;
}

static void output_over_other_rows(struct policy *p)
{
	p->plan.ops[OUT_MEAN - 1].in[1] = OTHER_MEAN;
}

static void mean_of_two_selections(struct policy *p)
{
	p->plan.ops[OUT_MEAN - 1].in[1] = MIXED_MEAN;
}

static void mean_with_another_count(struct policy *p)
{
	p->plan.ops[OUT_MEAN - 1].in[1] = WRONG_MEAN;
}

static void mean_with_another_scale(struct policy *p)
{
	p->plan.ops[MEAN_SALARY - 1].imm = 1000;
}

static void extreme_over_another_mask(struct policy *p)
{
	p->plan.ops[OUT_OLDEST - 1].in[1] = WRONG_OLDEST;
}

static void extreme_over_nulls(struct policy *p)
{
	p->plan.ops[OUT_OLDEST - 1].in[1] = UNMASKED_OLDEST;
}

static void extreme_of_another_column(struct policy *p)
{
	p->plan.ops[OLDEST - 1].in[1] = REGION;
}

static void sum_of_a_known_bit(struct policy *p)
{
	p->plan.ops[OUT_YEARS - 1].in[1] = AGE_COUNT;
}

static void nullable_without_bit(struct policy *p)
{
	p->plan.ops[OUT_YEARS - 1].n_in = 2;
}

static void nullable_with_a_lower_bit(struct policy *p)
{
	p->plan.ops[OUT_YEARS - 1].in[2] = ANY_KNOWN;
}

static void nullable_with_a_bit_one_lower(struct policy *p)
{
	p->plan.ops[NINE - 1].imm = 8;
}

static void nullable_with_another_bit(struct policy *p)
{
	p->plan.ops[OUT_YEARS - 1].in[2] = IS_FEW;
}

static void nullable_with_a_condition_in_its_bit(struct policy *p)
{
	p->plan.ops[OUT_YEARS - 1].in[2] = IS_OLD_KNOWN;
}

static void nullable_with_the_bit_of_all_rows(struct policy *p)
{
	p->plan.ops[AGE_NONNULL - 1].in[1] = COUNT;
}

static void a_bit_that_is_not_declared(struct policy *p)
{
	p->plan.ops[OUT_N - 1].n_in = 3;
	p->plan.ops[OUT_N - 1].in[2] = AGE_NONNULL;
}

static void having_by_an_undeclared_aggregate(struct policy *p)
{
	p->plan.ops[KEEPIF - 1].in[1] = RICH;
}

static void having_whose_condition_is_not_declared(struct policy *p)
{
	p->n_conditions = 0;
}

static void having_by_other_rows(struct policy *p)
{
	p->plan.ops[IS_FEW - 1].in[0] = OTHER_COUNT;
}

static void having_by_a_linear_form_with_a_zero(struct policy *p)
{
	p->plan.ops[IS_FEW - 1].in[0] = SMUGGLED;
}

static void having_of_a_nullable_column_unguarded(struct policy *p)
{
	p->plan.ops[KEEPIF - 1].in[1] = IS_OLD;
}

static void having_guarded_by_or(struct policy *p)
{
	p->plan.ops[IS_OLD_KNOWN - 1].code = OP_OR;
}

static void having_guarded_by_too_little(struct policy *p)
{
	p->plan.ops[IS_OLD_KNOWN - 1].in[1] = ANY_KNOWN;
}

static void having_guarded_by_its_negation(struct policy *p)
{
	p->plan.ops[IS_FEW - 1] = (struct plan_op){.code = OP_NOT, .n_in = 1, .in = {AGE_NONNULL}};
	p->plan.ops[HAVING - 1].in[0] = IS_OLD;
}

static void order_by_an_undeclared_aggregate(struct policy *p)
{
	p->plan.ops[TOP - 1].in[1] = YOUNGEST;
}

static void order_by_a_nullable_column_unguarded(struct policy *p)
{
	p->plan.ops[TOP - 1].n_in = 2;
	p->plan.sort[0] = SORT_DESC;
}

static void order_by_a_nullable_column_guarded_by_too_little(struct policy *p)
{
	p->plan.ops[TOP - 1].in[2] = ANY_KNOWN;
}

static void order_by_an_undeclared_bit(struct policy *p)
{
	p->plan.ops[TOP - 1].in[2] = RICH;
}

static void limit_differs(struct policy *p)
{
	p->plan.ops[TOP - 1].imm = 2;
}

static void limit_where_there_is_none(struct policy *p)
{
	p->limit = 0;
}

static void limit_missing(struct policy *p)
{
	p->plan.ops[TOP - 1] = p->plan.ops[KEEPIF - 1];
	p->plan.n_sort = 0;
}

static void limit_before_having(struct policy *p)
{
	p->plan.ops[TOP - 1] = (struct plan_op){.code = OP_KEEPIF, .n_in = 2, .in = {KEEPIF, HAVING}};
	p->plan.ops[KEEPIF - 1] =
	    (struct plan_op){.code = OP_TOP, .imm = 3, .n_in = 3, .in = {SUPPRESS, OLDEST, AGE_NONNULL}};
}

static void outkeep_twice(struct policy *p)
{
	p->plan.ops[OUT_KNOWN - 1] = p->plan.ops[OUTKEEP - 1];
}

static void outkeep_missing(struct policy *p)
{
	p->plan.n_ops--;
}

static void range_narrower_than_the_dataset(struct policy *p)
{
	p->plan.columns[TEST_SALARY].hi--;
}

static void range_wider_than_the_dataset(struct policy *p)
{
	p->plan.columns[TEST_AGE].lo--;
}

static void nullable_differs(struct policy *p)
{
	p->plan.columns[TEST_SALARY].nullable = true;
}

static void columns_differ(struct policy *p)
{
	p->plan.n_columns++;
}

static void rows_fewer_than_the_dataset(struct policy *p)
{
	p->plan.rows_max--;
}

static void key_is_another_column(struct policy *p)
{
	p->results[R_REGION].column = TEST_AGE;
}

static void key_at_another_position(struct policy *p)
{
	p->results[R_REGION].position = 1;
}

static void key_is_not_released(struct policy *p)
{
	p->results[R_REGION] = p->results[R_N];
	for (unsigned i = R_N; i < R_COUNT_; i++)
		p->results[i].position++;
}

static void reads_free_text(struct policy *p)
{
	p->columns[3] = (struct policy_column){.name = "note", .type = COL_TEXT, .text_max = 10};
	p->n_columns = 4;
	policy_plan_columns(p, &p->plan);
	p->plan.ops[FORTY - 1] = (struct plan_op){.code = OP_COL, .a = 3};
}

static void recipient_is_no_party(struct policy *p)
{
	p->recipients = 8 | 1;
}

static void no_recipient(struct policy *p)
{
	p->recipients = 0;
}

static void output_of_rows(struct policy *p)
{
	p->plan.ops[OUT_N - 1].in[1] = AGE;
}

static void output_of_words(struct policy *p)
{
	p->plan.ops[OUT_N - 1].in[1] = COUNT_W;
}

static void bound_overflows(struct policy *p)
{
	p->plan.ops[MEAN_SALARY - 1].imm = 100000000;
}

static void operand_is_itself(struct policy *p)
{
	p->plan.ops[OUT_N - 1].in[1] = OUT_N;
}

static void as_it_is(struct policy *p)
{
	(void)p;
}

static void suppression_above_min_subjects(struct policy *p)
{
	p->plan.ops[SUPPRESS - 1].imm = 11;
}

static void released_aggregates_decide(struct policy *p)
{
	p->plan.ops[IS_OLD_KNOWN - 1].in[0] = SECRETIVE;
}

static void keys_decide(struct policy *p)
{
	p->plan.ops[IS_FEW - 1].in[0] = KEY;
}

static void either_of_two_guarded_conditions(struct policy *p)
{
	p->plan.ops[HAVING - 1].code = OP_OR;
}

static void count_of_the_masked_matrix(struct policy *p)
{
	p->plan.ops[OUT_KNOWN - 1].in[1] = KNOWN_COUNT;
	p->plan.ops[AGE_NONNULL - 1].in[1] = KNOWN_COUNT;
}

static void nonnull_as_a_negation(struct policy *p)
{
	p->plan.ops[NINE - 1].imm = 10;
	p->plan.ops[THIRTY - 1] = (struct plan_op){.code = OP_LT, .n_in = 2, .in = {AGE_COUNT, NINE}};
	p->plan.ops[AGE_NONNULL - 1] = p->plan.ops[HUNDRED - 1];
	p->plan.ops[IS_OLD - 1] = (struct plan_op){.code = OP_NOT, .n_in = 1, .in = {THIRTY}};
	p->plan.ops[IS_OLD_KNOWN - 1].in[1] = IS_OLD;
	p->plan.ops[TOP - 1].in[2] = p->plan.ops[OUT_OLDEST - 1].in[2] = p->plan.ops[OUT_YEARS - 1].in[2] = IS_OLD;
	p->plan.ops[OUT_KNOWN - 1].in[2] = IS_OLD;
}

static void limit_beyond_the_groups(struct policy *p)
{
	p->plan.ops[TOP - 1] = p->plan.ops[KEEPIF - 1];
	p->plan.n_sort = 0;
	p->limit = 4;
}

static void having_of_a_nullable_count_unguarded(struct policy *p)
{
	p->plan.ops[KEEPIF - 1].in[1] = SECRETIVE;
}

static void nullable_count_without_bit(struct policy *p)
{
	p->plan.ops[OUT_KNOWN - 1].n_in = 2;
}

static void mean_test_with_a_constant(struct policy *p)
{
	p->plan.ops[KEEPIF - 1].in[1] = MEAN_TEST;
	p->plan.ops[MEAN_LIN - 1].imm3 = 1;
}

static void mean_test_of_a_sum_alone(struct policy *p)
{
	p->plan.ops[KEEPIF - 1].in[1] = MEAN_TEST;
	p->plan.ops[MEAN_LIN - 1].n_in = 1;
	p->plan.ops[MEAN_LIN - 1].imm2 = 0;
}

static void mean_test_with_another_count(struct policy *p)
{
	p->plan.ops[KEEPIF - 1].in[1] = MEAN_TEST;
	p->plan.ops[MEAN_LIN - 1].in[1] = AGE_COUNT_W;
}

static void mean_test_of_other_rows(struct policy *p)
{
	p->plan.ops[KEEPIF - 1].in[1] = MEAN_TEST;
	p->plan.ops[MEAN_LIN - 1].in[0] = OTHER_SALARY_W;
}

static void mean_test_that_is_not_with_zero(struct policy *p)
{
	p->plan.ops[KEEPIF - 1].in[1] = MEAN_TEST;
	p->plan.ops[MEAN_TEST - 1].in[0] = HUNDRED;
}

static void mean_test_without_the_sum(struct policy *p)
{
	p->plan.ops[KEEPIF - 1].in[1] = MEAN_TEST;
	p->plan.ops[MEAN_LIN - 1].imm = 0;
}

static void difference_of_a_released_sum_and_an_unguarded_count(struct policy *p)
{
	p->plan.ops[KEEPIF - 1].in[1] = MEAN_TEST;
	p->results[R_MEAN].kind = REL_SUM;
	p->results[R_MEAN].scale = 2;
	p->plan.ops[OUT_MEAN - 1].in[1] = SALARY_SUM;
	p->plan.ops[MEAN_LIN - 1].in[1] = AGE_COUNT_W;
}

static void mean_test_of_a_declared_mean(struct policy *p)
{
	p->plan.ops[KEEPIF - 1].in[1] = MEAN_TEST;
}

static void a_comparison_with_itself(struct policy *p)
{
	p->plan.ops[KEEPIF - 1].in[1] = NEVER;
}

#define CASE(name, st, says)                                                                                           \
	{                                                                                                              \
#name, name, st, says                                                                                  \
	}

const struct spoilt spoilt[] = {
    CASE(suppression_below_min_subjects, ST_PLAN_SUPPRESSION, "suppressed below 1 subjects"),
    CASE(suppression_one_below_min_subjects, ST_PLAN_SUPPRESSION, "suppressed below 9 subjects"),
    CASE(suppression_by_a_constant, ST_PLAN_SUPPRESSION, "COUNT(*) of a group"),
    CASE(suppression_by_other_rows, ST_PLAN_SUPPRESSION, "suppressed by the COUNT(*) over"),
    CASE(suppression_counts_padding, ST_PLAN_SUPPRESSION, "may count padding rows"),
    CASE(suppression_by_another_count, ST_PLAN_SUPPRESSION, "COUNT(*) of a group"),
    CASE(suppression_by_a_sum, ST_PLAN_SUPPRESSION, "COUNT(*) of a group"),
    CASE(selection_ignores_padding, ST_PLAN_SUPPRESSION, "may count padding rows"),
    CASE(output_of_unsuppressed_rows, ST_PLAN_SUPPRESSION, "suppressed below 9 subjects"),
    CASE(output_before_having, ST_PLAN_RELEASE, "it hangs on operator"),
    CASE(output_before_limit, ST_PLAN_RELEASE, "it hangs on operator"),
    CASE(rows_before_limit, ST_PLAN_RELEASE, "it hangs on operator"),
    CASE(output_of_another_aggregate, ST_PLAN_RELEASE, "does not release AVG(salary)"),
    CASE(output_of_an_unreleased_column, ST_PLAN_RELEASE, "does not release COUNT(*)"),
    CASE(output_of_an_undeclared_extreme, ST_PLAN_RELEASE, "does not release MAX(age)"),
    CASE(output_of_a_linear_form, ST_PLAN_RELEASE, "does not release COUNT(*)"),
    CASE(output_of_a_key, ST_PLAN_RELEASE, "does not release COUNT(*)"),
    CASE(output_of_a_constant, ST_PLAN_RELEASE, "does not release COUNT(*)"),
    CASE(output_of_a_comparison, ST_PLAN_RELEASE, "does not release COUNT(*)"),
    CASE(output_as_a_key, ST_PLAN_RELEASE, "no result column 1"),
    CASE(output_of_no_result, ST_PLAN_RELEASE, "no result column 32"),
    CASE(output_twice, ST_PLAN_RELEASE, "result column n is not at this place"),
    CASE(outputs_in_another_order, ST_PLAN_RELEASE, "result column mean is not at this place"),
    CASE(output_missing, ST_PLAN_RELEASE, "declares 5 values and the plan releases 4"),
    CASE(output_over_other_rows, ST_PLAN_SUPPRESSION, "is over operator"),
    CASE(mean_of_two_selections, ST_PLAN_RELEASE, "does not release AVG(salary)"),
    CASE(mean_with_another_count, ST_PLAN_RELEASE, "does not release AVG(salary)"),
    CASE(mean_with_another_scale, ST_PLAN_RELEASE, "another scale"),
    CASE(extreme_over_another_mask, ST_PLAN_RELEASE, "does not release MAX(age)"),
    CASE(extreme_over_nulls, ST_PLAN_RELEASE, "does not release MAX(age)"),
    CASE(extreme_of_another_column, ST_PLAN_RELEASE, "does not release MAX(age)"),
    CASE(sum_of_a_known_bit, ST_PLAN_RELEASE, "does not release SUM(age)"),
    CASE(nullable_without_bit, ST_PLAN_SUPPRESSION, "nothing withholds it"),
    CASE(nullable_with_a_lower_bit, ST_PLAN_SUPPRESSION, "is not the bit that 10 rows or more are known in age"),
    CASE(nullable_with_a_bit_one_lower, ST_PLAN_SUPPRESSION, "is not the bit that 10 rows or more"),
    CASE(nullable_with_another_bit, ST_PLAN_SUPPRESSION, "is not the bit"),
    CASE(nullable_with_a_condition_in_its_bit, ST_PLAN_SUPPRESSION, "is not the bit"),
    CASE(nullable_with_the_bit_of_all_rows, ST_PLAN_SUPPRESSION, "is not the bit"),
    CASE(a_bit_that_is_not_declared, ST_PLAN_RELEASE, "a bit that result column n does not declare"),
    CASE(having_by_an_undeclared_aggregate, ST_PLAN_RELEASE, "neither releases nor declares"),
    CASE(having_whose_condition_is_not_declared, ST_PLAN_RELEASE, "neither releases nor declares"),
    CASE(having_by_other_rows, ST_PLAN_RELEASE, "neither releases nor declares"),
    CASE(having_by_a_linear_form_with_a_zero, ST_PLAN_RELEASE, "neither releases nor declares"),
    CASE(having_of_a_nullable_column_unguarded, ST_PLAN_SUPPRESSION, "by column age even where fewer than 10"),
    CASE(having_guarded_by_or, ST_PLAN_SUPPRESSION, "by column age even where fewer than 10"),
    CASE(having_guarded_by_too_little, ST_PLAN_SUPPRESSION, "by column age even where fewer than 10"),
    CASE(having_guarded_by_its_negation, ST_PLAN_SUPPRESSION, "by column age even where fewer than 10"),
    CASE(order_by_an_undeclared_aggregate, ST_PLAN_RELEASE, "neither releases nor declares"),
    CASE(order_by_a_nullable_column_unguarded, ST_PLAN_SUPPRESSION, "by column age even where fewer than 10"),
    CASE(order_by_a_nullable_column_guarded_by_too_little, ST_PLAN_SUPPRESSION,
	"by column age even where fewer than 10"),
    CASE(order_by_an_undeclared_bit, ST_PLAN_RELEASE, "neither releases nor declares"),
    CASE(limit_differs, ST_PLAN_RELEASE, "keeps 2 rows, and the policy's limit is 3"),
    CASE(limit_where_there_is_none, ST_PLAN_RELEASE, "the policy's limit is 0"),
    CASE(limit_missing, ST_PLAN_RELEASE, "limit of 3 rows is not kept"),
    CASE(limit_before_having, ST_PLAN_RELEASE, "a condition follows it"),
    CASE(outkeep_twice, ST_PLAN_RELEASE, "it is not the last operator"),
    CASE(outkeep_missing, ST_PLAN_RELEASE, "the last operator is not OUTKEEP"),
    CASE(range_narrower_than_the_dataset, ST_PLAN_BOUND, "column salary: the plan's range"),
    CASE(range_wider_than_the_dataset, ST_PLAN_BOUND, "column age: the plan's range"),
    CASE(nullable_differs, ST_PLAN_TYPE, "column salary: the plan and the dataset differ"),
    CASE(columns_differ, ST_PLAN_TYPE, "the plan has 4 columns and the dataset 3"),
    CASE(rows_fewer_than_the_dataset, ST_PLAN_BOUND, "the plan is for 29999 rows and the dataset may have 30000"),
    CASE(key_is_another_column, ST_PLAN_RELEASE, "result column region is not the key"),
    CASE(key_at_another_position, ST_PLAN_RELEASE, "result column region is not the key"),
    CASE(key_is_not_released, ST_PLAN_RELEASE, "groups by region, which is not in the result"),
    CASE(reads_free_text, ST_PLAN_TYPE, "column note is free text"),
    CASE(recipient_is_no_party, ST_PLAN_RECIPIENT, "a recipient is not a party"),
    CASE(no_recipient, ST_PLAN_RECIPIENT, "nobody receives the result"),
    CASE(output_of_rows, ST_PLAN_TYPE, "operand of the wrong type"),
    CASE(output_of_words, ST_PLAN_TYPE, "operand of the wrong type"),
    CASE(bound_overflows, ST_PLAN_BOUND, "a bound in the plan"),
    CASE(operand_is_itself, ST_PLAN_OP_ID, "an op id twice or out of order"),
    CASE(as_it_is, ST_OK, ""),
    CASE(suppression_above_min_subjects, ST_OK, ""),
    CASE(released_aggregates_decide, ST_OK, ""),
    CASE(keys_decide, ST_OK, ""),
    CASE(either_of_two_guarded_conditions, ST_OK, ""),
    CASE(count_of_the_masked_matrix, ST_OK, ""),
    CASE(nonnull_as_a_negation, ST_OK, ""),
    CASE(limit_beyond_the_groups, ST_OK, ""),
    CASE(having_of_a_nullable_count_unguarded, ST_PLAN_SUPPRESSION, "by column age even where fewer than 10"),
    CASE(nullable_count_without_bit, ST_PLAN_SUPPRESSION, "nothing withholds it"),
    CASE(mean_test_with_a_constant, ST_PLAN_RELEASE, "neither releases nor declares"),
    CASE(mean_test_of_a_sum_alone, ST_PLAN_RELEASE, "neither releases nor declares"),
    CASE(mean_test_with_another_count, ST_PLAN_RELEASE, "neither releases nor declares"),
    CASE(mean_test_of_other_rows, ST_PLAN_RELEASE, "neither releases nor declares"),
    CASE(mean_test_that_is_not_with_zero, ST_PLAN_RELEASE, "neither releases nor declares"),
    CASE(mean_test_without_the_sum, ST_PLAN_RELEASE, "neither releases nor declares"),
    CASE(difference_of_a_released_sum_and_an_unguarded_count, ST_PLAN_SUPPRESSION, "by column age"),
    CASE(mean_test_of_a_declared_mean, ST_OK, ""),
    CASE(a_comparison_with_itself, ST_OK, ""),
};
const size_t n_spoilt = COUNT_OF(spoilt);
