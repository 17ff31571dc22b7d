/*
 * OUT and OUTKEEP: the only operators whose shares leave the enclave. Every released bit is the output of an AND of its
 * own, so its three shares are uniform whatever was computed before, and a word that is not kept is a fresh sharing of 0.
 *
 *   OUT      1 round, w ANDs; with nonnull 2 rounds, w + 1 ANDs (keep AND nonnull is the second released bit)
 *   OUTKEEP  1 round, 1 AND
 */
#include "exec/run.h"

static size_t result_position(const struct plan *p, const struct plan_op *op)
{
	size_t words = 0;

	for (const struct plan_op *o = p->ops; o < op; o++)
		words += o->code == OP_OUT ? o->n_in - 1u : 0;
	return words;
}

static struct mpc_words result_word(struct exec *x, const struct plan_op *op, unsigned k)
{
	return mpc_words_from(&x->result, (result_position(x->plan, op) + k) * x->plan->groups, x->plan->groups);
}

/* The plane to mask with: keep, or keep AND nonnull, which is released too. */
static enum status masking_bit(struct exec *x, const struct plan_op *op, struct circuit *c, struct mpc_plane *mask)
{
	struct mpc_gate g = {.x = operand_bit(x, op, 0, 0)};
	enum status st = ST_OK;

	*mask = g.x;
	if (op->n_in < 3)
		return ST_OK;
	g.y = operand_bit(x, op, 2, 0);
	TRY(take_planes(c, &g.z, 1));
	TRY(mpc_and(x->m, &g, 1, c->lanes));
	*mask = g.z;
	struct mpc_words word = result_word(x, op, 1);
	mpc_gather_words(x->m, &word, mask, 1);
out:
	return st;
}

static enum status out_run(struct exec *x, const struct plan_op *op)
{
	struct circuit c = {.m = x->m, .arena = x->arena, .lanes = x->shape.groups};
	struct number n = operand_number(x, op, 1, 0), masked = {.width = n.width, .is_signed = n.is_signed};
	struct mpc_words word = result_word(x, op, 0);
	struct mpc_plane mask, all[64];
	struct gates g;
	enum status st;

	TRY(masking_bit(x, op, &c, &mask));
	TRY(take_planes(&c, masked.bit, n.width));
	TRY(take_gates(&c, &g, n.width));
	for (unsigned b = 0; b < n.width; b++)
		gate_add(&g, (struct mpc_gate){.z = masked.bit[b], .x = mask, .y = n.bit[b]});
	TRY(gates_run(&c, &g));
	number_extend(all, &masked, 64);
	mpc_gather_words(x->m, &word, all, 64);
out:
	return st;
}

/* A CONST's number has the width of its value, which is that of its type. */
static void out_cost(const struct plan *p, const struct shape *s, const struct plan_op *op, struct mpc_cost *c)
{
	mpc_cost_and(c, op->n_in > 2, s->groups);
	mpc_cost_and(c, type_width(&operand(p, op, 1)->type), s->groups);
}

static size_t out_scratch(const struct plan *p, const struct shape *s, const struct plan_op *op)
{
	unsigned w = type_width(&operand(p, op, 1)->type);

	return effort_bytes((struct effort){.planes = w + 1, .fixed = gates_bytes(w)}, s->groups);
}

static enum status outkeep_run(struct exec *x, const struct plan_op *op)
{
	struct circuit c = {.m = x->m, .arena = x->arena, .lanes = x->shape.groups};
	struct mpc_gate g = {.x = operand_bit(x, op, 0, 0), .y = PLANE_ONE};
	struct mpc_words word = result_word(x, op, 0);
	enum status st;

	TRY(take_planes(&c, &g.z, 1));
	TRY(mpc_and(x->m, &g, 1, c.lanes));
	mpc_gather_words(x->m, &word, &g.z, 1);
out:
	return st;
}

static void outkeep_cost(const struct plan *p, const struct shape *s, const struct plan_op *op, struct mpc_cost *c)
{
	(void)p, (void)op;
	mpc_cost_and(c, 1, s->groups);
}

static size_t outkeep_scratch(const struct plan *p, const struct shape *s, const struct plan_op *op)
{
	(void)p, (void)op;
	return effort_bytes((struct effort){.planes = 1}, s->groups);
}

const struct operator operator_out = {.run = out_run, .cost = out_cost, .scratch = out_scratch};
const struct operator operator_outkeep = {.run = outkeep_run, .cost = outkeep_cost, .scratch = outkeep_scratch};
