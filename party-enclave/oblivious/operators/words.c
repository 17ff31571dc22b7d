/*
 * Words: sums over selected rows, linear combinations, and back to bits.
 *
 *   SUMS  mpc_bit_sums: counts alone 2 rounds, 8 bytes a row and group in all; with k columns 3 rounds, 8 bytes a row and
 *         group from every party whatever k
 *   PICK LIN  free
 *   A2B   w = width of the value: summands 1 round, then one adder over w bits (two's complement mod 2^w is enough)
 */
#include "exec/run.h"

static enum status sums_run(struct exec *x, const struct plan_op *op)
{
	const struct mpc_bits *m = &value_of(x, operand(x->plan, op, 0))->bits;
	struct mpc_plane *planes = arena_take(x->arena, m->planes * sizeof *planes);
	struct mpc_words w[PLAN_OPERANDS_MAX];

	if (!planes)
		return ST_NO_MEMORY;
	for (size_t j = 0; j < m->planes; j++)
		planes[j] = mpc_bits_plane(m, j);
	for (unsigned k = 1; k < op->n_in; k++)
		w[k - 1] = value_of(x, operand(x->plan, op, k))->words;
	return mpc_bit_sums(x->m, &value_of(x, op)->words, planes, m->planes, x->shape.rows, w, op->n_in - 1u);
}

static void sums_cost(const struct plan *p, const struct shape *s, const struct plan_op *op, struct mpc_cost *c)
{
	mpc_cost_bit_sums(c, p->groups, s->rows, op->n_in - 1u);
}

static size_t sums_scratch(const struct plan *p, const struct shape *s, const struct plan_op *op)
{
	(void)s, (void)op;
	return p->groups * sizeof(struct mpc_plane);
}

static enum status pick_run(struct exec *x, const struct plan_op *op)
{
	const struct mpc_words *sums = &value_of(x, operand(x->plan, op, 0))->words;
	struct mpc_words column = mpc_words_from(sums, (size_t)op->a * x->plan->groups, x->plan->groups);

	mpc_linear(x->m, &value_of(x, op)->words, 1, &column, 0, NULL, 0);
	return ST_OK;
}

static enum status lin_run(struct exec *x, const struct plan_op *op)
{
	const struct mpc_words *a = &value_of(x, operand(x->plan, op, 0))->words;
	const struct mpc_words *b = op->n_in > 1 ? &value_of(x, operand(x->plan, op, 1))->words : NULL;

	mpc_linear(x->m, &value_of(x, op)->words, op->imm, a, op->imm2, b, op->imm3);
	return ST_OK;
}

static enum status a2b_run(struct exec *x, const struct plan_op *op)
{
	struct circuit c = {.m = x->m, .arena = x->arena, .lanes = x->shape.groups};
	const struct mpc_bits *z = &value_of(x, op)->bits;
	unsigned w = z->planes;
	size_t bytes = mpc_bits_bytes(MPC_REP3_SHARES, c.lanes, w);
	void *storage[2] = {arena_take(x->arena, bytes), arena_take(x->arena, bytes)};
	struct mpc_plane planes[3][64];
	struct mpc_bits part[2];
	enum status st;

	if (!storage[0] || !storage[1])
		return ST_NO_MEMORY;
	for (unsigned k = 0; k < 2; k++) {
		part[k] = mpc_bits_place(storage[k], MPC_REP3_SHARES, c.lanes, w);
		for (unsigned b = 0; b < w; b++)
			planes[k][b] = mpc_bits_plane(&part[k], b);
	}
	result_planes(x, op, planes[2], 0);
	TRY(mpc_a2b_summands(x->m, &part[0], &part[1], &value_of(x, operand(x->plan, op, 0))->words));
	TRY(circuit_add(&c, &(struct add){.z = planes[2], .x = planes[0], .y = planes[1], .w = w}));
out:
	return st;
}

static void a2b_cost(const struct plan *p, const struct shape *s, const struct plan_op *op, struct mpc_cost *c)
{
	(void)p;
	mpc_cost_a2b_summands(c, s->groups, type_width(&op->type));
	effort_cost(c, add_effort(type_width(&op->type), false, false), s->groups);
}

static size_t a2b_scratch(const struct plan *p, const struct shape *s, const struct plan_op *op)
{
	unsigned w = type_width(&op->type);

	(void)p;
	return effort_bytes(effort_hold(add_effort(w, false, false), 2 * w, 0), s->groups);
}

/* Code of one key in every group: public, so its sharing is trivial. */
static enum status key_run(struct exec *x, const struct plan_op *op)
{
	const struct plan *p = x->plan;
	size_t groups = p->groups, words = lane_words(groups);
	const struct mpc_bits *z = &value_of(x, op)->bits;
	uint64_t *codes = arena_take(x->arena, 8 * groups), *planes = arena_take(x->arena, 8 * words * z->planes);
	uint32_t below = 1;

	if (!codes || !planes)
		return ST_NO_MEMORY;
	for (unsigned k = op->a + 1u; k < p->n_keys; k++)
		below *= p->keys[k].size;
	for (size_t j = 0; j < groups; j++)
		codes[j] = j / below % p->keys[op->a].size;
	mpc_pack_planes(x->m, planes, z->planes, codes, groups);
	for (unsigned b = 0; b < z->planes; b++)
		mpc_public(x->m, mpc_bits_plane(z, b), planes + b * words, groups);
	return ST_OK;
}

static size_t key_scratch(const struct plan *p, const struct shape *s, const struct plan_op *op)
{
	(void)s;
	return 8 * (p->groups + lane_words(p->groups) * type_width(&op->type)) + 128;
}

const struct operator operator_sums = {.run = sums_run, .cost = sums_cost, .scratch = sums_scratch};
const struct operator operator_pick = {.run = pick_run};
const struct operator operator_lin = {.run = lin_run};
const struct operator operator_a2b = {.run = a2b_run, .cost = a2b_cost, .scratch = a2b_scratch};
const struct operator operator_key = {.run = key_run, .scratch = key_scratch};
