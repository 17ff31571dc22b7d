#include "lowering.h"

static bool same_op(const struct plan_op *x, const struct plan_op *y)
{
	return x->code == y->code && x->a == y->a && x->imm == y->imm && x->imm2 == y->imm2 && x->imm3 == y->imm3 &&
	       x->n_in == y->n_in && memcmp(x->in, y->in, x->n_in * sizeof x->in[0]) == 0;
}

uint16_t emit_op(struct lowering *l, struct plan_op op)
{
	struct plan *p = l->plan;

	for (uint16_t k = 0; k < p->n_ops; k++)
		if (same_op(&p->ops[k], &op))
			return (uint16_t)(k + 1);
	if (p->n_ops == PLAN_OPS_MAX) {
		l->full = true;
		return 1;
	}
	l->op_at[p->n_ops] = l->at;
	p->ops[p->n_ops] = op;
	return ++p->n_ops;
}

uint16_t emit0(struct lowering *l, enum plan_opcode code, uint16_t a)
{
	return emit_op(l, (struct plan_op){.code = code, .a = a});
}

uint16_t emit1(struct lowering *l, enum plan_opcode code, uint16_t x, uint16_t a)
{
	return emit_op(l, (struct plan_op){.code = code, .a = a, .n_in = 1, .in = {x}});
}

/* Operands of symmetric operators go in order, so that x AND y and y AND x are one. */
uint16_t emit2(struct lowering *l, enum plan_opcode code, uint16_t x, uint16_t y, int64_t imm)
{
	bool symmetric = code == OP_ADD || code == OP_MUL || code == OP_EQ || code == OP_AND || code == OP_OR;

	if (symmetric && x > y)
		return emit2(l, code, y, x, imm);
	return emit_op(l, (struct plan_op){.code = code, .imm = imm, .n_in = 2, .in = {x, y}});
}

uint16_t emit_const(struct lowering *l, int64_t value, enum plan_shape shape)
{
	return emit_op(l, (struct plan_op){.code = OP_CONST, .a = (uint16_t)shape, .imm = value});
}

uint16_t bit_and(struct lowering *l, uint16_t x, uint16_t y)
{
	if (x == BIT_FALSE || y == BIT_FALSE)
		return BIT_FALSE;
	if (x == BIT_TRUE || x == y)
		return y;
	return y == BIT_TRUE ? x : emit2(l, OP_AND, x, y, 0);
}

uint16_t bit_or(struct lowering *l, uint16_t x, uint16_t y)
{
	if (x == BIT_TRUE || y == BIT_TRUE)
		return BIT_TRUE;
	if (x == BIT_FALSE || x == y)
		return y;
	return y == BIT_FALSE ? x : emit2(l, OP_OR, x, y, 0);
}

uint16_t bit_not(struct lowering *l, uint16_t x)
{
	if (x == BIT_TRUE || x == BIT_FALSE)
		return x == BIT_TRUE ? BIT_FALSE : BIT_TRUE;
	if (l->plan->ops[x - 1].code == OP_NOT)
		return l->plan->ops[x - 1].in[0];
	return emit1(l, OP_NOT, x, 0);
}
