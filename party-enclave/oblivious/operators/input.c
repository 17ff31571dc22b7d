/*
 * Inputs: every party shares its own rows; columns known to everybody cost nothing.
 *
 *   Rounds and bytes: 1 round; party i sends planes * blocks[i]/8 (bits) or 8 * blocks[i] bytes (words).
 *   Leaks: row counts, which are public. Padding rows are shares of 0 like any other value.
 */
#include "exec/run.h"

static uint32_t own_block(const struct exec *x)
{
	return x->shape.blocks[mpc_party(x->m)];
}

/* What this party contributes in row k. */
typedef uint64_t (*row_value)(const struct exec_input *in, uint16_t column, uint32_t k);

static uint64_t valid_row(const struct exec_input *in, uint16_t column, uint32_t k)
{
	(void)column;
	return k < in->real;
}

static uint64_t known_row(const struct exec_input *in, uint16_t column, uint32_t k)
{
	if (k >= in->real)
		return 0;
	return in->known[column] ? in->known[column][k] & 1 : 1;
}

static uint64_t column_row(const struct exec_input *in, uint16_t column, uint32_t k)
{
	if (k >= in->real || !in->values[column])
		return 0;
	return (uint64_t)in->values[column][k] & (0 - known_row(in, column, k));
}

static enum status collect(struct exec *x, const struct plan_op *op, row_value value, uint64_t **out)
{
	uint32_t n = own_block(x);
	uint64_t *v = arena_take(x->arena, 8 * (size_t)n);

	if (!v)
		return ST_NO_MEMORY;
	for (uint32_t k = 0; k < n; k++)
		v[k] = value(&x->own, op->a, k);
	*out = v;
	return ST_OK;
}

static enum status input_bits(struct exec *x, const struct plan_op *op, row_value value)
{
	const struct mpc_bits *z = &value_of(x, op)->bits;
	uint64_t *values = NULL, *planes;
	enum status st;

	TRY(collect(x, op, value, &values));
	planes = arena_take(x->arena, (size_t)z->planes * (own_block(x) / 8));
	if (!planes)
		return ST_NO_MEMORY;
	mpc_pack_planes(x->m, planes, z->planes, values, own_block(x));
	TRY(mpc_input_bits(x->m, z, x->shape.blocks, planes));
out:
	return st;
}

static enum status input_words(struct exec *x, const struct plan_op *op, row_value value)
{
	uint64_t *values = NULL;
	enum status st;

	TRY(collect(x, op, value, &values));
	TRY(mpc_input_words(x->m, &value_of(x, op)->words, x->shape.blocks, values));
out:
	return st;
}

static size_t largest_block(const struct shape *s)
{
	size_t most = 0;

	for (unsigned i = 0; i < MPC_PARTIES; i++)
		most = s->blocks[i] > most ? s->blocks[i] : most;
	return most;
}

static void cost_bits(const struct plan *p, const struct shape *s, const struct plan_op *op, struct mpc_cost *c)
{
	(void)p;
	mpc_cost_input_bits(c, s->blocks, type_width(&op->type));
}

static size_t scratch_bits(const struct plan *p, const struct shape *s, const struct plan_op *op)
{
	(void)p;
	return 8 * largest_block(s) + type_width(&op->type) * largest_block(s) / 8 + 64;
}

static void cost_words(const struct plan *p, const struct shape *s, const struct plan_op *op, struct mpc_cost *c)
{
	(void)p, (void)op;
	mpc_cost_input_words(c, s->blocks);
}

static size_t scratch_words(const struct plan *p, const struct shape *s, const struct plan_op *op)
{
	(void)p, (void)op;
	return 8 * largest_block(s);
}

static enum status run_valid(struct exec *x, const struct plan_op *op)
{
	return input_bits(x, op, valid_row);
}

static enum status run_column(struct exec *x, const struct plan_op *op)
{
	return input_bits(x, op, column_row);
}

static enum status run_column_words(struct exec *x, const struct plan_op *op)
{
	return input_words(x, op, column_row);
}

static bool is_nullable(const struct plan *p, const struct plan_op *op)
{
	return p->columns[op->a].nullable;
}

static enum status run_known(struct exec *x, const struct plan_op *op)
{
	if (is_nullable(x->plan, op))
		return input_bits(x, op, known_row);
	mpc_copy(x->m, mpc_bits_plane(&value_of(x, op)->bits, 0), PLANE_ONE, x->shape.rows);
	return ST_OK;
}

static enum status run_known_words(struct exec *x, const struct plan_op *op)
{
	const struct mpc_words *z = &value_of(x, op)->words;

	if (is_nullable(x->plan, op))
		return input_words(x, op, known_row);
	mpc_linear(x->m, z, 0, z, 0, NULL, 1);
	return ST_OK;
}

static void cost_known(const struct plan *p, const struct shape *s, const struct plan_op *op, struct mpc_cost *c)
{
	if (is_nullable(p, op))
		cost_bits(p, s, op, c);
}

static void cost_known_words(const struct plan *p, const struct shape *s, const struct plan_op *op, struct mpc_cost *c)
{
	if (is_nullable(p, op))
		cost_words(p, s, op, c);
}

static enum status run_const(struct exec *x, const struct plan_op *op)
{
	(void)x, (void)op; /* its planes are constants (operand_number) */
	return ST_OK;
}

const struct operator operator_valid = {.run = run_valid, .cost = cost_bits, .scratch = scratch_bits};
const struct operator operator_column = {.run = run_column, .cost = cost_bits, .scratch = scratch_bits};
const struct operator operator_known = {.run = run_known, .cost = cost_known, .scratch = scratch_bits};
const struct operator operator_column_words = {.run = run_column_words, .cost = cost_words, .scratch = scratch_words};
const struct operator operator_known_words = {
    .run = run_known_words, .cost = cost_known_words, .scratch = scratch_words};
const struct operator operator_const = {.run = run_const};
