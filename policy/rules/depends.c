/*
 * What a bit may depend on: one pass over the operators, each from its operands.
 *
 * Guards. An aggregate of a nullable column says something about single subjects where few rows are known there.
 * x AND n is 0 wherever n is 0, whatever x is; so if a 1 of n implies that the column is known, x AND n depends on x
 * only where it is known. OR is the dual. A guard is a comparison of COUNT(column) with min_subjects or more.
 *
 * Padding. A row bit that implies VALID selects no padding row, so COUNT counts subjects. The same algebra.
 */
#include "judge.h"

static uint64_t column_bit(uint16_t column)
{
	return UINT64_C(1) << column;
}

static bool is_declared(const struct judge *j, const struct aggregate *a)
{
	for (unsigned i = 0; i < j->p->n_results; i++) {
		const struct policy_result *r = &j->p->results[i];
		struct aggregate declared = aggregate_declared(j->plan, r->kind, r->column);
		if (aggregate_equal(&declared, a))
			return true;
	}
	for (unsigned i = 0; i < j->p->n_conditions; i++) {
		const struct policy_condition *c = &j->p->conditions[i];
		struct aggregate declared = aggregate_declared(j->plan, c->kind, c->column);
		if (aggregate_equal(&declared, a))
			return true;
	}
	return false;
}

/* Aggregates of a nullable column are withheld, as NULL, where few rows are known; COUNT(column) too. */
static bool may_be_null(const struct judge *j, enum release_kind kind, uint16_t column)
{
	return kind != REL_KEY && kind != REL_COUNT && j->plan->columns[column].nullable;
}

/* Whether an aggregate of this column is NULL belongs to that aggregate. */
static bool has_declared_null(const struct judge *j, uint16_t column)
{
	for (unsigned i = 0; i < j->p->n_results; i++) {
		if (j->p->results[i].column == column && may_be_null(j, j->p->results[i].kind, column))
			return true;
	}
	for (unsigned i = 0; i < j->p->n_conditions; i++) {
		if (j->p->conditions[i].column == column && may_be_null(j, j->p->conditions[i].kind, column))
			return true;
	}
	return false;
}

static struct dependence aggregate_dependence(const struct judge *j, uint16_t id)
{
	struct dependence d = {0};
	struct aggregate a;

	if (!aggregate_of(j->plan, id, &a) || a.group != j->group)
		return d;
	d.is_declared = is_declared(j, &a);
	if (may_be_null(j, a.kind, a.column))
		d.unguarded = column_bit(a.column);
	return d;
}

static bool is_count_of(const struct judge *j, const struct aggregate *a, uint16_t column)
{
	struct aggregate count = aggregate_declared(j->plan, REL_COUNT_COLUMN, column);
	return aggregate_equal(a, &count);
}

/* The column whose COUNT, over the suppressed group's rows, this is; NO_COLUMN: none. */
static uint16_t known_count(const struct judge *j, uint16_t id)
{
	struct aggregate a;

	if (!aggregate_of(j->plan, id, &a) || a.kind != REL_COUNT_COLUMN || a.group != j->group)
		return NO_COLUMN;
	return a.column;
}

/* LT(CONST c, COUNT(column)) with c + 1 >= min_subjects, or LT(COUNT(column), CONST c) with c >= min_subjects. */
static bool guard(const struct judge *j, const struct plan_op *lt, struct dependence *out)
{
	const struct plan_op *x = op_of(j->plan, lt->in[0]), *y = op_of(j->plan, lt->in[1]);
	bool constant_first = x->code == OP_CONST;
	uint16_t column = known_count(j, lt->in[constant_first ? 1 : 0]);

	if (column == NO_COLUMN || !has_declared_null(j, column))
		return false;
	if (constant_first && x->imm >= (int64_t)j->p->min_subjects - 1) {
		*out = (struct dependence){.is_declared = true, .known_if_true = column_bit(column)};
		return true;
	}
	if (y->code == OP_CONST && y->imm >= (int64_t)j->p->min_subjects) {
		*out = (struct dependence){.is_declared = true, .known_if_false = column_bit(column)};
		return true;
	}
	return false;
}

/*
 * LT or EQ of A2B(LIN(SUM(column), COUNT(column))) and 0, with imm3 = 0 and imm >= 1: how the exact mean compares with
 * -imm2/imm, and nothing else about sum or count. It depends on AVG(column) alone.
 */
static bool mean_test(const struct judge *j, const struct plan_op *op, struct dependence *out)
{
	bool constant_first = op_of(j->plan, op->in[0])->code == OP_CONST;
	const struct plan_op *zero = op_of(j->plan, op->in[constant_first ? 0 : 1]);
	const struct plan_op *bits = op_of(j->plan, op->in[constant_first ? 1 : 0]);
	struct aggregate sum, count;

	if (zero->code != OP_CONST || zero->imm != 0 || bits->code != OP_A2B)
		return false;
	const struct plan_op *lin = op_of(j->plan, bits->in[0]);
	if (lin->code != OP_LIN || lin->n_in != 2 || lin->imm < 1 || lin->imm3 != 0)
		return false;
	if (!aggregate_of(j->plan, lin->in[0], &sum) || !aggregate_of(j->plan, lin->in[1], &count) ||
	    sum.kind != REL_SUM || !is_count_of(j, &count, sum.column) || sum.group != j->group ||
	    count.group != j->group)
		return false;
	struct aggregate average = aggregate_declared(j->plan, REL_AVG, sum.column);
	out->is_declared = is_declared(j, &average);
	if (may_be_null(j, REL_AVG, sum.column))
		out->unguarded = column_bit(sum.column);
	return out->is_declared;
}

/* Anything computed from all operands. */
static struct dependence combined(const struct judge *j, const struct plan_op *op)
{
	struct dependence d = {.is_declared = true};

	for (unsigned k = 0; k < op->n_in; k++) {
		d.is_declared &= j->of[op->in[k]].is_declared;
		d.unguarded |= j->of[op->in[k]].unguarded;
	}
	return d;
}

static struct dependence conjunction(const struct judge *j, const struct plan_op *op)
{
	const struct dependence *x = &j->of[op->in[0]], *y = &j->of[op->in[1]];

	return (struct dependence){
	    .is_declared = x->is_declared && y->is_declared,
	    .unguarded = (x->unguarded & ~y->known_if_true) | (y->unguarded & ~x->known_if_true),
	    .known_if_true = x->known_if_true | y->known_if_true,
	    .known_if_false = x->known_if_false & y->known_if_false,
	    .real_if_true = x->real_if_true || y->real_if_true,
	    .real_if_false = x->real_if_false && y->real_if_false,
	};
}

static struct dependence negation(struct dependence x)
{
	return (struct dependence){
	    .is_declared = x.is_declared,
	    .unguarded = x.unguarded,
	    .known_if_true = x.known_if_false,
	    .known_if_false = x.known_if_true,
	    .real_if_true = x.real_if_false,
	    .real_if_false = x.real_if_true,
	};
}

static struct dependence disjunction(const struct judge *j, const struct plan_op *op)
{
	const struct dependence *x = &j->of[op->in[0]], *y = &j->of[op->in[1]];

	return (struct dependence){
	    .is_declared = x->is_declared && y->is_declared,
	    .unguarded = (x->unguarded & ~y->known_if_false) | (y->unguarded & ~x->known_if_false),
	    .known_if_true = x->known_if_true & y->known_if_true,
	    .known_if_false = x->known_if_false | y->known_if_false,
	    .real_if_true = x->real_if_true && y->real_if_true,
	    .real_if_false = x->real_if_false || y->real_if_false,
	};
}

static struct dependence comparison(const struct judge *j, const struct plan_op *op)
{
	struct dependence d = {0};

	if (op->in[0] == op->in[1]) /* constant */
		return (struct dependence){.is_declared = true};
	if (op->code == OP_LT && guard(j, op, &d))
		return d;
	return mean_test(j, op, &d) ? d : combined(j, op);
}

static struct dependence group_dependence(const struct judge *j, uint16_t id)
{
	const struct plan_op *op = op_of(j->plan, id);
	struct dependence d = {0};

	switch (op->code) {
	case OP_CONST:
	case OP_KEY:
		d.is_declared = true;
		return d;
	case OP_PICK:
	case OP_MIN:
	case OP_MAX:
	case OP_AVG:
		return aggregate_dependence(j, id);
	case OP_LT:
	case OP_EQ:
		return comparison(j, op);
	case OP_AND:
		return conjunction(j, op);
	case OP_OR:
		return disjunction(j, op);
	case OP_NOT:
		return negation(j->of[op->in[0]]);
	case OP_A2B:
	case OP_LIN:
	case OP_ADD:
	case OP_SUB:
	case OP_MUL:
		return combined(j, op);
	default:
		return d;
	}
}

static struct dependence row_dependence(const struct judge *j, uint16_t id)
{
	const struct plan_op *op = op_of(j->plan, id);

	switch (op->code) {
	case OP_VALID:
		return (struct dependence){.real_if_true = true};
	case OP_AND:
		return conjunction(j, op);
	case OP_OR:
		return disjunction(j, op);
	case OP_NOT:
		return negation(j->of[op->in[0]]);
	default:
		return (struct dependence){0};
	}
}

void depend_rows(struct judge *j)
{
	for (uint16_t id = 1; id <= j->plan->n_ops; id++) {
		if (op_of(j->plan, id)->type.shape == SHAPE_ROWS)
			j->of[id] = row_dependence(j, id);
	}
}

void depend_groups(struct judge *j)
{
	for (uint16_t id = 1; id <= j->plan->n_ops; id++) {
		if (op_of(j->plan, id)->type.shape == SHAPE_GROUPS)
			j->of[id] = group_dependence(j, id);
	}
}

bool is_nonnull_bit(const struct judge *j, uint16_t id, uint16_t column)
{
	const struct plan_op *op = op_of(j->plan, id);
	bool is_negated = op->code == OP_NOT;
	struct dependence d;

	if (is_negated)
		op = op_of(j->plan, op->in[0]);
	if (op->code != OP_LT || !guard(j, op, &d))
		return false;
	return (is_negated ? d.known_if_false : d.known_if_true) == column_bit(column);
}
