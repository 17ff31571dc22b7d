#include "table_policy.h"

#include <stdlib.h>

#include "base/panic.h"

enum { C_REGION, C_SALARY, C_FULL_TIME, C_HIRED, C_COUNT };
enum { MIN_SUBJECTS = 10 };

static void fill_columns(struct policy *p)
{
	static const char *const regions[] = {"e", "n", "s, x", "w\"q"};

	p->n_columns = C_COUNT;
	for (unsigned i = 0; i < 4; i++)
		p->domain[i] = slice_str(regions[i]);
	p->columns[C_SALARY] = (struct policy_column){.name = "salary", .type = COL_DECIMAL, .precision = 9, .scale = 2,
	    .nullable = true, .lo = -100000, .hi = 100000000};
	p->columns[C_FULL_TIME] = (struct policy_column){.name = "full_time", .type = COL_BOOL, .nullable = true, .hi = 1};
	p->columns[C_HIRED] = (struct policy_column){.name = "hired", .type = COL_DATE, .nullable = true, .lo = -719162,
	    .hi = 2932896};
}

static void fill_results(struct policy *p)
{
	p->n_results = T_RESULTS;
	p->results[T_REGION] = (struct policy_result){.name = "region", .kind = REL_KEY, .column = C_REGION};
	p->results[T_FULL_TIME] =
	    (struct policy_result){.name = "full_time", .kind = REL_KEY, .column = C_FULL_TIME, .position = 1, .nullable = true};
	p->results[T_N] = (struct policy_result){.name = "n", .kind = REL_COUNT, .column = NO_COLUMN};
	p->results[T_TOTAL] = (struct policy_result){.name = "total", .kind = REL_SUM, .column = C_SALARY, .position = 1,
	    .scale = 2, .nullable = true};
	p->results[T_MEAN] = (struct policy_result){.name = "mean", .kind = REL_AVG, .column = C_SALARY, .position = 2,
	    .scale = 6, .nullable = true};
	p->results[T_FIRST] =
	    (struct policy_result){.name = "first", .kind = REL_MIN, .column = C_HIRED, .position = 3, .nullable = true};
}

/* c >= min_subjects as a bit */
static uint16_t enough(struct plan *plan, uint16_t count)
{
	uint16_t least = test_op(plan, OP_CONST, SHAPE_GROUPS, MIN_SUBJECTS, 0);

	return test_op(plan, OP_NOT, 0, 0, 1, test_op(plan, OP_LT, 0, 0, 2, count, least));
}

static uint16_t pick(struct plan *plan, uint16_t sums, uint16_t column)
{
	return test_op(plan, OP_A2B, 0, 0, 1, test_op(plan, OP_PICK, column, 0, 1, sums));
}

static void fill_plan(struct plan *plan)
{
	uint16_t valid = test_op(plan, OP_VALID, 0, 0, 0), region = test_op(plan, OP_COL, C_REGION, 0, 0);
	uint16_t full = test_op(plan, OP_COL, C_FULL_TIME, 0, 0), known = test_op(plan, OP_KNOWN, C_FULL_TIME, 0, 0);
	uint16_t groups = test_op(plan, OP_GROUP, 2, 0, 4, valid, region, full, known);
	uint16_t salary = test_op(plan, OP_COLW, C_SALARY, 0, 0), paid = test_op(plan, OP_KNOWNW, C_SALARY, 0, 0);
	uint16_t hired_known_w = test_op(plan, OP_KNOWNW, C_HIRED, 0, 0);
	uint16_t sums = test_op(plan, OP_SUMS, 0, 0, 4, groups, salary, paid, hired_known_w);
	uint16_t count = pick(plan, sums, 0), total = pick(plan, sums, 1), paid_count = pick(plan, sums, 2);
	uint16_t hired_count = pick(plan, sums, 3);
	uint16_t keep = test_op(plan, OP_SUPPRESS, 0, MIN_SUBJECTS, 1, count);
	uint16_t mean = test_op(plan, OP_AVG, 0, 10000, 2, total, paid_count);
	uint16_t hired = test_op(plan, OP_COL, C_HIRED, 0, 0), hired_known = test_op(plan, OP_KNOWN, C_HIRED, 0, 0);
	uint16_t first = test_op(plan, OP_MIN, 0, 0, 2, test_op(plan, OP_MASK, 0, 0, 2, groups, hired_known), hired);
	uint16_t paid_enough = enough(plan, paid_count);

	test_op(plan, OP_OUT, T_N, 0, 2, keep, count);
	test_op(plan, OP_OUT, T_TOTAL, 0, 3, keep, total, paid_enough);
	test_op(plan, OP_OUT, T_MEAN, 0, 3, keep, mean, paid_enough);
	test_op(plan, OP_OUT, T_FIRST, 0, 3, keep, first, enough(plan, hired_count));
	test_op(plan, OP_OUTKEEP, 0, 0, 1, keep);
}

static struct policy *new_facts(void)
{
	struct policy *p = calloc(1, sizeof *p);
	static struct test_keys keys;

	invariant(p != NULL);
	test_keys_from_seed(&keys, 3);
	test_policy_facts(p, &keys);
	fill_columns(p);
	policy_plan_columns(p, &p->plan);
	return p;
}

static struct policy *inferred(struct policy *p)
{
	uint16_t where;

	invariant(plan_infer(&p->plan, &where) == ST_OK);
	return p;
}

struct policy *table_policy(void)
{
	struct policy *p = new_facts();

	fill_results(p);
	p->plan.groups = T_GROUPS;
	p->plan.n_keys = 2;
	p->plan.keys[1] = (struct plan_key){.column = C_FULL_TIME, .size = 3};
	fill_plan(&p->plan);
	return inferred(p);
}

struct policy *table_policy_one_row(void)
{
	struct policy *p = new_facts();
	struct plan *plan = &p->plan;

	p->n_results = 1;
	p->results[0] = (struct policy_result){.name = "n", .kind = REL_COUNT, .column = NO_COLUMN};
	plan->groups = 1;
	plan->n_keys = 0;
	uint16_t groups = test_op(plan, OP_GROUP, 0, 0, 1, test_op(plan, OP_VALID, 0, 0, 0));
	uint16_t count = pick(plan, test_op(plan, OP_SUMS, 0, 0, 1, groups), 0);
	uint16_t keep = test_op(plan, OP_SUPPRESS, 0, MIN_SUBJECTS, 1, count);
	test_op(plan, OP_OUT, 0, 0, 2, keep, count);
	test_op(plan, OP_OUTKEEP, 0, 0, 1, keep);
	return inferred(p);
}

void table_put_row(uint64_t words[static W_COUNT * T_GROUPS], unsigned group, const struct row *r)
{
	const int64_t row[W_COUNT] = {(int64_t)r->n, r->total_known ? r->total : 0, r->total_known,
	    r->total_known ? r->mean : 0, r->total_known, r->first_known ? r->first : 0, r->first_known, 1};

	for (unsigned w = 0; w < W_COUNT; w++)
		words[w * T_GROUPS + group] = (uint64_t)row[w];
}
