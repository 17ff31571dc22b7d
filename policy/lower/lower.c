#include "facts.h"
#include "lowering.h"

#include "policy/plan.h"

#include <stdlib.h>

__extension__ typedef __int128 wide;

static void start_plan(struct lowering *l)
{
	struct plan *plan = l->plan;

	memset(plan, 0, sizeof *plan);
	policy_plan_columns(l->p, plan);
	plan->rows_max = l->p->rows_max_party * (uint32_t)__builtin_popcount(l->p->dataset_from);
	plan->groups = 1;
	plan->n_keys = l->q->n_keys;
	for (unsigned i = 0; i < plan->n_keys; i++) {
		const struct policy_column *c = &l->p->columns[l->q->keys[i].column];

		plan->keys[i].column = l->q->keys[i].column;
		plan->keys[i].size = (uint32_t)(c->hi - c->lo + 1) + c->nullable;
		plan->groups *= plan->keys[i].size;
	}
}

/* Rows that count: real, and WHERE is true. */
static uint16_t lower_where(struct lowering *l)
{
	uint16_t sel;

	l->shape = SHAPE_ROWS;
	l->valid = emit0(l, OP_VALID, 0);
	sel = l->q->where ? emit_true(l, l->q->where) : BIT_TRUE;
	if (sel == BIT_FALSE)
		return emit2(l, OP_AND, l->valid, bit_not(l, l->valid), 0);
	return bit_and(l, l->valid, sel);
}

static void lower_group(struct lowering *l, uint16_t sel)
{
	struct plan_op op = {.code = OP_GROUP, .a = l->plan->n_keys, .n_in = 1, .in = {sel}};

	for (unsigned i = 0; i < l->plan->n_keys; i++) {
		uint16_t column = l->plan->keys[i].column;

		l->at = l->q->keys[i].at;
		op.in[op.n_in++] = emit0(l, OP_COL, column);
		if (l->p->columns[column].nullable)
			op.in[op.n_in++] = emit0(l, OP_KNOWN, column);
	}
	l->group = emit_op(l, op);
}

/* One pass over the rows serves every count and sum of the query. */
static enum status lower_sums(struct lowering *l)
{
	struct plan_op op = {.code = OP_SUMS, .n_in = 1, .in = {l->group}};
	const struct query *q = l->q;
	enum status st = ST_OK;

	for (unsigned i = 0; i < q->n_results; i++)
		TRY(need_sums(l, q->results[i].kind, q->results[i].column, q->results[i].at));
	for (unsigned i = 1; i <= q->n_exprs; i++)
		if (q->exprs[i].kind == EX_AGGREGATE)
			TRY(need_sums(l, q->exprs[i].aggregate, q->exprs[i].column, q->exprs[i].at));
	for (unsigned i = 0; i < l->n_sums; i++)
		op.in[op.n_in++] = emit0(l, l->sums_columns[i].known ? OP_KNOWNW : OP_COLW, l->sums_columns[i].column);
	l->sums = emit_op(l, op);
out:
	return st;
}

static uint16_t lower_having(struct lowering *l, uint16_t keep)
{
	uint16_t bit = emit_true(l, l->q->having);

	if (bit == BIT_TRUE)
		return keep;
	if (bit == BIT_FALSE) { /* no group passes: an EQ that never holds */
		uint16_t count = emit_count(l);
		bit = emit2(l, OP_LT, count, count, 0);
	}
	return emit2(l, OP_KEEPIF, keep, bit, 0);
}

static uint16_t lower_limit(struct lowering *l, uint16_t keep)
{
	struct plan_op op = {.code = OP_TOP, .imm = (int64_t)l->q->limit, .n_in = 1, .in = {keep}};

	for (unsigned i = 0; i < l->q->n_order; i++) {
		const struct query_result *r = &l->q->results[l->q->order[i].result];
		uint8_t flags = l->q->order[i].flags;
		uint16_t nonnull = BIT_TRUE;

		l->at = l->q->order[i].at;
		op.in[op.n_in++] = r->kind == REL_KEY ? emit_key(l, r->key) : emit_aggregate(l, r->kind, r->column);
		if (r->kind == REL_KEY)
			nonnull = emit_key_nonnull(l, r->key);
		else if (is_nullable_aggregate(l, r->kind, r->column))
			nonnull = emit_nonnull(l, r->column);
		if (nonnull != BIT_TRUE) {
			op.in[op.n_in++] = nonnull;
			flags |= SORT_HAS_NONNULL;
		}
		l->plan->sort[l->plan->n_sort++] = flags;
	}
	l->at = l->q->limit_at;
	return emit_op(l, op);
}

static void lower_outputs(struct lowering *l, uint16_t keep)
{
	for (unsigned i = 0; i < l->q->n_results; i++) {
		const struct query_result *r = &l->q->results[i];
		struct plan_op op = {.code = OP_OUT, .a = (uint16_t)i, .n_in = 2, .in = {keep}};

		if (r->kind == REL_KEY)
			continue; /* the group's number says it */
		l->at = r->at;
		op.in[1] = emit_aggregate(l, r->kind, r->column);
		if (is_nullable_aggregate(l, r->kind, r->column))
			op.in[op.n_in++] = emit_nonnull(l, r->column);
		emit_op(l, op);
	}
	emit1(l, OP_OUTKEEP, keep, 0);
}

static enum status lower_plan(struct lowering *l)
{
	uint16_t keep;
	enum status st;

	start_plan(l);
	lower_group(l, lower_where(l));
	TRY(lower_sums(l));
	l->shape = SHAPE_GROUPS;
	keep = emit_op(
	    l, (struct plan_op){.code = OP_SUPPRESS, .imm = l->p->min_subjects, .n_in = 1, .in = {emit_count(l)}});
	if (l->q->having)
		keep = lower_having(l, keep);
	if (l->q->limit && l->q->limit < l->plan->groups)
		keep = lower_limit(l, keep);
	lower_outputs(l, keep);
	if (l->full)
		return sql_fault_set(l->fault, ST_SQL_UNSUPPORTED, 0, "use fewer conditions and aggregates",
		    "a plan of more than %d operators is not supported", PLAN_OPS_MAX);
	if (plan_result_words(l->plan) * l->plan->groups > PLAN_RESULT_WORDS_MAX)
		return sql_fault_set(l->fault, ST_SQL_UNSUPPORTED, 0, "ask for fewer columns, or group by fewer values",
		    "a result of more than %d values in all possible groups is not supported", PLAN_RESULT_WORDS_MAX);
	st = l->fault->st;
out:
	return st;
}

/* The column of a SUMS that could overflow. */
static uint32_t place_of_sum(const struct lowering *l)
{
	wide limit = (wide)1 << 62, rows = l->plan->rows_max;

	for (unsigned i = 0; i < l->n_sums; i++) {
		const struct policy_column *c = &l->p->columns[l->sums_columns[i].column];

		if (!l->sums_columns[i].known && (c->hi * rows > limit || c->lo * rows < -limit))
			return l->sums_columns[i].at;
	}
	return 0;
}

/* plan_infer finds what could overflow; the operator tells where in the query it came from. */
static enum status check_bounds(struct lowering *l)
{
	uint16_t where = 0;
	enum status st = plan_infer(l->plan, &where);
	uint32_t at = where ? l->op_at[where - 1] : 0;

	if (where && l->plan->ops[where - 1].code == OP_SUMS)
		at = place_of_sum(l);

	if (st == ST_PLAN_BOUND)
		return sql_fault_set(l->fault, ST_SQL_BOUND, at, "narrow the column's `range`, or lower `rows.max`",
		    "with up to %u rows this value could exceed 62 bits", l->plan->rows_max);
	if (st != ST_OK)
		return sql_fault_set(
		    l->fault, ST_BUG, at, NULL, "the plan does not check: %s at operator %u", status_name(st), where);
	return ST_OK;
}

enum status query_lower(struct policy *p, const struct query *q, struct sql_fault *fault)
{
	struct lowering *l = calloc(1, sizeof *l);
	enum status st;

	if (!l)
		return sql_fault_set(fault, ST_NO_MEMORY, 0, NULL, "out of memory");
	l->p = p;
	l->plan = &p->plan;
	l->q = q;
	l->fault = fault;
	TRY(declare_facts(l));
	TRY(lower_plan(l));
	TRY(check_bounds(l));
out:
	free(l);
	return st;
}
