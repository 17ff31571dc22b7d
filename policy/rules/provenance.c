/*
 * What is this value? An aggregate is recognised by its whole shape, from the picked word down to the column and the
 * selector matrix, and by nothing that the plan says about itself.
 */
#include <stdio.h>

#include "judge.h"

/* A selector matrix is a GROUP, or one MASK of it by the KNOWN bit of a column. */
static bool matrix_of(const struct plan *plan, uint16_t id, uint16_t *group, uint16_t *known)
{
	const struct plan_op *op = op_of(plan, id);

	*known = NO_COLUMN;
	if (op->code == OP_MASK) {
		const struct plan_op *mask = op_of(plan, op->in[1]);
		if (mask->code != OP_KNOWN)
			return false;
		*known = mask->a;
		id = op->in[0];
		op = op_of(plan, id);
	}
	*group = id;
	return op->code == OP_GROUP;
}

static struct aggregate normal(const struct plan *plan, enum release_kind kind, uint16_t column, uint16_t group)
{
	bool counts_all = kind == REL_COUNT_COLUMN && !plan->columns[column].nullable;

	return (struct aggregate){
	    .kind = counts_all ? REL_COUNT : kind,
	    .column = counts_all ? NO_COLUMN : column,
	    .group = group,
	    .scale = 1,
	};
}

/* PICK(SUMS(matrix, words…), j) */
static bool picked(const struct plan *plan, const struct plan_op *pick, struct aggregate *out)
{
	const struct plan_op *sums = op_of(plan, pick->in[0]);
	uint16_t group, known;

	if (!matrix_of(plan, sums->in[0], &group, &known))
		return false;
	if (pick->a == 0) {
		*out = normal(plan, known == NO_COLUMN ? REL_COUNT : REL_COUNT_COLUMN, known, group);
		return true;
	}
	const struct plan_op *words = op_of(plan, sums->in[pick->a]);
	if (words->code != OP_COLW && words->code != OP_KNOWNW)
		return false;
	if (known != NO_COLUMN && known != words->a)
		return false;
	*out = normal(plan, words->code == OP_COLW ? REL_SUM : REL_COUNT_COLUMN, words->a, group);
	return true;
}

/* MIN or MAX(matrix, COL): a nullable column's NULLs, whose code is 0, must be masked out. */
static bool extreme(const struct plan *plan, const struct plan_op *op, struct aggregate *out)
{
	const struct plan_op *value = op_of(plan, op->in[1]);
	uint16_t group, known;

	if (!matrix_of(plan, op->in[0], &group, &known) || value->code != OP_COL)
		return false;
	if (known != value->a && (known != NO_COLUMN || plan->columns[value->a].nullable))
		return false;
	*out = normal(plan, op->code == OP_MIN ? REL_MIN : REL_MAX, value->a, group);
	return true;
}

/* Both operands are words turned to bits: PICKs, no AVG of an AVG. */
static bool picked_bits(const struct plan *plan, uint16_t id, struct aggregate *out)
{
	const struct plan_op *op = op_of(plan, id);

	if (op->code != OP_A2B)
		return false;
	op = op_of(plan, op->in[0]);
	return op->code == OP_PICK && picked(plan, op, out);
}

/* AVG(SUM of a column, COUNT of that column over the same GROUP) */
static bool mean(const struct plan *plan, const struct plan_op *op, struct aggregate *out)
{
	struct aggregate sum, count, wanted;

	if (!picked_bits(plan, op->in[0], &sum) || !picked_bits(plan, op->in[1], &count) || sum.kind != REL_SUM)
		return false;
	wanted = normal(plan, REL_COUNT_COLUMN, sum.column, sum.group);
	if (!aggregate_equal(&count, &wanted) || count.group != sum.group)
		return false;
	*out = normal(plan, REL_AVG, sum.column, sum.group);
	out->scale = op->imm;
	return true;
}

bool aggregate_of(const struct plan *plan, uint16_t id, struct aggregate *out)
{
	const struct plan_op *op = op_of(plan, id);

	switch (op->code) {
	case OP_PICK:
		return picked(plan, op, out);
	case OP_A2B:
		return picked_bits(plan, id, out);
	case OP_MIN:
	case OP_MAX:
		return extreme(plan, op, out);
	case OP_AVG:
		return mean(plan, op, out);
	default:
		return false;
	}
}

struct aggregate aggregate_declared(const struct plan *plan, enum release_kind kind, uint16_t column)
{
	return normal(plan, kind, column, 0);
}

bool aggregate_equal(const struct aggregate *a, const struct aggregate *b)
{
	return a->kind == b->kind && a->column == b->column;
}

void aggregate_print(const struct policy *p, enum release_kind kind, uint16_t column, char *text, size_t cap)
{
	static const char *const names[] = {"?", "KEY", "COUNT", "COUNT", "SUM", "AVG", "MIN", "MAX"};
	const char *name = (unsigned)kind < sizeof names / sizeof *names ? names[kind] : "?";

	snprintf(text, cap, "%s(%.60s)", name, column < p->n_columns ? p->columns[column].name : "*");
}
