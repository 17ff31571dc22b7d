/* A plan for people: `12 LT(7, 11) -> bits rows [0,1]`; immediates that are not 0 follow the operands. */
#include <inttypes.h>

#include "opcodes.h"

static const char *kind_name(enum plan_kind kind)
{
	static const char *const names[] = {"?", "bits", "words", "matrix", "sums", "keep", "nothing"};
	return (unsigned)kind < sizeof names / sizeof *names ? names[kind] : "?";
}

static const char *shape_name(enum plan_shape shape)
{
	return shape == SHAPE_ROWS ? "rows" : shape == SHAPE_GROUPS ? "groups" : "?";
}

static void print_argument(struct buf *out, bool *is_first, const char *name, int64_t value)
{
	buf_printf(out, "%s%s%" PRId64, *is_first ? "" : ", ", name, value);
	*is_first = false;
}

static void print_arguments(struct buf *out, const struct plan_op *op, unsigned uses)
{
	bool is_first = true;

	for (unsigned k = 0; k < op->n_in && k < PLAN_OPERANDS_MAX; k++)
		print_argument(out, &is_first, "", op->in[k]);
	if (uses & USES_A)
		print_argument(out, &is_first, "a=", op->a);
	if (uses & USES_IMM)
		print_argument(out, &is_first, "imm=", op->imm);
	if (op->imm2)
		print_argument(out, &is_first, "imm2=", op->imm2);
	if (op->imm3)
		print_argument(out, &is_first, "imm3=", op->imm3);
}

static void print_op(struct buf *out, const struct plan_op *op, unsigned id)
{
	const struct opcode_info *info = opcode_info(op->code);

	buf_printf(out, "%u %s(", id, plan_opcode_name(op->code));
	print_arguments(out, op, info ? info->uses : 0);
	buf_printf(out, ") -> %s", kind_name(op->type.kind));
	if (op->type.kind != KIND_NONE)
		buf_printf(out, " %s [%" PRId64 ",%" PRId64 "]", shape_name(op->type.shape), op->type.lo, op->type.hi);
	buf_append_str(out, "\n");
}

void plan_print(struct buf *out, const struct plan *p)
{
	for (unsigned k = 0; k < p->n_ops && k < PLAN_OPS_MAX; k++)
		print_op(out, &p->ops[k], k + 1);
}
