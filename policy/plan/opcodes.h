/*
 * The one table of operators: what each takes, gives and prints. Inference, codec and printer read it; a new operator
 * is one row here, its inference function, and its meaning in policy/plan.h.
 */
#ifndef POLICY_PLAN_OPCODES_H
#define POLICY_PLAN_OPCODES_H

#include "policy/plan.h"

/* Immediates that an opcode uses; all others must be 0. */
enum { USES_A = 1, USES_IMM = 2, USES_IMM2 = 4, USES_IMM3 = 8 };

/* What an operand must be. Shape 0: either, but the same for all such operands of one operator. */
struct operand_rule {
	enum plan_kind kind;
	enum plan_shape shape;
	bool is_bit; /* bounds within [0,1] */
};
enum operand {
	NOTHING,
	BITS,
	BIT,
	ROW_BITS,
	ROW_BIT,
	ROW_WORDS,
	GROUP_BITS,
	GROUP_BIT,
	GROUP_WORDS,
	MATRIX,
	ALL_SUMS,
	KEEP,
};
const struct operand_rule *operand_rule(enum operand operand);

struct opcode_info {
	const char *name;
	uint8_t in_min, in_max;
	enum operand in[3]; /* first, second, all others */
	uint8_t uses;
	enum plan_kind kind; /* of the result */
	enum plan_shape shape; /* of the result; 0: that of operand 0 */
	/* Checks what the rules above cannot say, and gives the bounds. lo and hi of `out` are 0 before. NULL: [0,0]. */
	enum status (*infer)(const struct plan *p, const struct plan_op *op, struct plan_type *out);
};

/* NULL for a number that is no opcode. */
const struct opcode_info *opcode_info(enum plan_opcode code);

/* Operand k of op; only after its id was checked. */
static inline const struct plan_op *plan_operand(const struct plan *p, const struct plan_op *op, unsigned k)
{
	return &p->ops[op->in[k] - 1];
}

enum status infer_bit(const struct plan *p, const struct plan_op *op, struct plan_type *out);
enum status infer_column(const struct plan *p, const struct plan_op *op, struct plan_type *out);
enum status infer_known(const struct plan *p, const struct plan_op *op, struct plan_type *out);
enum status infer_const(const struct plan *p, const struct plan_op *op, struct plan_type *out);
enum status infer_add(const struct plan *p, const struct plan_op *op, struct plan_type *out);
enum status infer_sub(const struct plan *p, const struct plan_op *op, struct plan_type *out);
enum status infer_mul(const struct plan *p, const struct plan_op *op, struct plan_type *out);
enum status infer_group(const struct plan *p, const struct plan_op *op, struct plan_type *out);
enum status infer_sums(const struct plan *p, const struct plan_op *op, struct plan_type *out);
enum status infer_pick(const struct plan *p, const struct plan_op *op, struct plan_type *out);
enum status infer_lin(const struct plan *p, const struct plan_op *op, struct plan_type *out);
enum status infer_same(const struct plan *p, const struct plan_op *op, struct plan_type *out);
enum status infer_extreme(const struct plan *p, const struct plan_op *op, struct plan_type *out);
enum status infer_avg(const struct plan *p, const struct plan_op *op, struct plan_type *out);
enum status infer_key(const struct plan *p, const struct plan_op *op, struct plan_type *out);
enum status infer_suppress(const struct plan *p, const struct plan_op *op, struct plan_type *out);
enum status infer_top(const struct plan *p, const struct plan_op *op, struct plan_type *out);
enum status infer_out(const struct plan *p, const struct plan_op *op, struct plan_type *out);

#endif
