#include "wide_policy.h"

#include "base/panic.h"

static void rows(struct plan *p)
{
	test_op(p, OP_VALID, 0, 0, 0);
	test_op(p, OP_COL, TEST_REGION, 0, 0);
	test_op(p, OP_GROUP, 1, 0, 2, VALID, REGION);
	test_op(p, OP_COLW, TEST_SALARY, 0, 0);
	test_op(p, OP_COLW, TEST_AGE, 0, 0);
	test_op(p, OP_KNOWNW, TEST_AGE, 0, 0);
	test_op(p, OP_SUMS, 0, 0, 4, GROUP, SALARY_W, AGE_W, KNOWN_W);
	for (uint16_t column = 0; column < 4; column++)
		test_op(p, OP_A2B, 0, 0, 1, test_op(p, OP_PICK, column, 0, 1, SUMS));
	test_op(p, OP_COL, TEST_AGE, 0, 0);
	test_op(p, OP_KNOWN, TEST_AGE, 0, 0);
	test_op(p, OP_MASK, 0, 0, 2, GROUP, AGE_KNOWN);
	test_op(p, OP_MAX, 0, 0, 2, AGE_MATRIX, AGE);
	test_op(p, OP_MIN, 0, 0, 2, AGE_MATRIX, AGE);
	test_op(p, OP_AVG, 0, 10000, 2, SALARY_SUM, COUNT);
	test_op(p, OP_AVG, 0, 1000000, 2, AGE_SUM, AGE_COUNT);
}

static void spare_rows(struct plan *p)
{
	test_op(p, OP_CONST, SHAPE_ROWS, 40, 0);
	test_op(p, OP_LT, 0, 0, 2, FORTY, AGE);
	test_op(p, OP_AND, 0, 0, 2, VALID, OVER_FORTY);
	test_op(p, OP_OR, 0, 0, 2, VALID, OVER_FORTY);
	test_op(p, OP_GROUP, 1, 0, 2, REAL_OVER_FORTY, REGION);
	test_op(p, OP_SUMS, 0, 0, 2, OTHER_GROUP, SALARY_W);
	test_op(p, OP_A2B, 0, 0, 1, test_op(p, OP_PICK, 0, 0, 1, OTHER_SUMS));
	test_op(p, OP_A2B, 0, 0, 1, test_op(p, OP_PICK, 1, 0, 1, OTHER_SUMS));
	test_op(p, OP_AVG, 0, 10000, 2, OTHER_SALARY, OTHER_COUNT);
	test_op(p, OP_GROUP, 1, 0, 2, PADDED, REGION);
	test_op(p, OP_SUMS, 0, 0, 1, PADDED_GROUP);
	test_op(p, OP_A2B, 0, 0, 1, test_op(p, OP_PICK, 0, 0, 1, PADDED_SUMS));
	test_op(p, OP_MASK, 0, 0, 2, GROUP, OVER_FORTY);
	test_op(p, OP_MAX, 0, 0, 2, WRONG_MATRIX, AGE);
	test_op(p, OP_MAX, 0, 0, 2, GROUP, AGE);
	test_op(p, OP_AVG, 0, 10000, 2, SALARY_SUM, OTHER_COUNT);
	test_op(p, OP_AVG, 0, 10000, 2, SALARY_SUM, AGE_COUNT);
	test_op(p, OP_SUMS, 0, 0, 1, AGE_MATRIX);
	test_op(p, OP_A2B, 0, 0, 1, test_op(p, OP_PICK, 0, 0, 1, KNOWN_SUMS));
}

static void spare_groups(struct plan *p)
{
	test_op(p, OP_LIN, 0, 1, 1, COUNT_W);
	test_op(p, OP_A2B, 0, 0, 1, test_op(p, OP_LIN, 0, 1, 2, COUNT_W, SALARY_SUM_W)); /* imm2 = 0 */
	test_op(p, OP_KEY, 0, 0, 0);
	test_op(p, OP_CONST, SHAPE_GROUPS, 100, 0);
	test_op(p, OP_SUPPRESS, 0, 9, 1, COUNT);
	test_op(p, OP_SUPPRESS, 0, 10, 1, HUNDRED);
	test_op(p, OP_SUPPRESS, 0, 10, 1, OTHER_COUNT);
	test_op(p, OP_SUPPRESS, 0, 10, 1, PADDED_COUNT);
	test_op(p, OP_SUPPRESS, 0, 10, 1, AGE_COUNT);
	test_op(p, OP_CONST, SHAPE_GROUPS, 0, 0);
	test_op(p, OP_LT, 0, 0, 2, ZERO, AGE_COUNT);
	test_op(p, OP_CONST, SHAPE_GROUPS, 100000000, 0);
	test_op(p, OP_LT, 0, 0, 2, ALL_SALARIES, SALARY_SUM);
	test_op(p, OP_LT, 0, 0, 2, AGE_COUNT, COUNT);
	p->ops[test_op(p, OP_LIN, 0, 1, 2, SALARY_SUM_W, COUNT_W) - 1].imm2 = -5000;
	test_op(p, OP_A2B, 0, 0, 1, MEAN_LIN);
	test_op(p, OP_LT, 0, 0, 2, ZERO, MEAN_DIFFERENCE);
	test_op(p, OP_LT, 0, 0, 2, SALARY_SUM, SALARY_SUM);
}

static void kept(struct plan *p)
{
	test_op(p, OP_SUPPRESS, 0, 10, 1, COUNT);
	test_op(p, OP_CONST, SHAPE_GROUPS, 9, 0);
	test_op(p, OP_LT, 0, 0, 2, NINE, AGE_COUNT);
	test_op(p, OP_CONST, SHAPE_GROUPS, 30000000, 0);
	test_op(p, OP_LT, 0, 0, 2, THIRTY, MEAN_AGE);
	test_op(p, OP_AND, 0, 0, 2, IS_OLD, AGE_NONNULL);
	test_op(p, OP_CONST, SHAPE_GROUPS, 5000, 0);
	test_op(p, OP_LT, 0, 0, 2, COUNT, MANY);
	test_op(p, OP_AND, 0, 0, 2, IS_OLD_KNOWN, IS_FEW);
	test_op(p, OP_KEEPIF, 0, 0, 2, SUPPRESS, HAVING);
	test_op(p, OP_TOP, 0, 3, 3, KEEPIF, OLDEST, AGE_NONNULL);
	p->n_sort = 1;
	p->sort[0] = SORT_DESC | SORT_HAS_NONNULL;
}

static void outputs(struct plan *p)
{
	test_op(p, OP_OUT, R_N, 0, 2, TOP, COUNT);
	test_op(p, OP_OUT, R_MEAN, 0, 2, TOP, MEAN_SALARY);
	test_op(p, OP_OUT, R_OLDEST, 0, 3, TOP, OLDEST, AGE_NONNULL);
	test_op(p, OP_OUT, R_YEARS, 0, 3, TOP, AGE_SUM, AGE_NONNULL);
	test_op(p, OP_OUT, R_KNOWN, 0, 3, TOP, AGE_COUNT, AGE_NONNULL);
	test_op(p, OP_OUTKEEP, 0, 0, 1, TOP);
}

static void results(struct policy *p)
{
	p->n_results = R_COUNT_;
	p->results[R_OLDEST] = (struct policy_result){
	    .name = "oldest", .kind = REL_MAX, .column = TEST_AGE, .position = 2, .nullable = true};
	p->results[R_YEARS] = (struct policy_result){
	    .name = "years", .kind = REL_SUM, .column = TEST_AGE, .position = 3, .nullable = true};
	p->results[R_KNOWN] = (struct policy_result){
	    .name = "known", .kind = REL_COUNT_COLUMN, .column = TEST_AGE, .position = 4, .nullable = true};
	p->n_conditions = 1;
	p->conditions[0] = (struct policy_condition){.kind = REL_AVG, .column = TEST_AGE};
	p->n_order = 1;
	p->order[0] = (struct policy_order){.result = R_OLDEST, .flags = SORT_DESC};
	p->limit = 3;
}

void wide_policy(struct policy *p, const struct test_keys *keys)
{
	test_policy_facts(p, keys);
	results(p);
	rows(&p->plan);
	spare_rows(&p->plan);
	spare_groups(&p->plan);
	kept(&p->plan);
	outputs(&p->plan);
	invariant(p->plan.n_ops == OUTKEEP);
}
