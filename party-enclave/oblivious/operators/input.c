/*
 * Inputs: every party shares its own rows; a provider's shares are there already; columns known to everybody cost nothing.
 *
 *   Rounds and bytes: 1 round; party i sends planes * blocks[i]/8 (bits) or 8 * blocks[i] bytes (words). Providers' rows cost nothing
 *   as bits (but VALID checks them: provided.c), and as words a conversion of their planes.
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

/* A provider's planes of what this operator is. */
typedef const struct mpc_bits *(*given_planes)(const struct exec_given *g, uint16_t column);

static const struct mpc_bits *given_valid(const struct exec_given *g, uint16_t column)
{
	(void)column;
	return &g->valid;
}

static const struct mpc_bits *given_known(const struct exec_given *g, uint16_t column)
{
	return &g->known[column];
}

static const struct mpc_bits *given_values(const struct exec_given *g, uint16_t column)
{
	return &g->values[column];
}

static void take_given_bits(struct exec *x, const struct plan_op *op, given_planes given)
{
	const struct mpc_bits *z = &value_of(x, op)->bits;

	for (unsigned q = 0; q < EXEC_PROVIDERS_MAX; q++) {
		struct lanes l = provider_lanes(&x->shape, q);

		for (unsigned b = 0; l.n && b < z->planes; b++)
			mpc_copy(x->m, plane_from(mpc_bits_plane(z, b), l.from / 64),
			    mpc_bits_plane(given(&x->given[q], op->a), b), l.n);
	}
}

static enum status take_given_words(struct exec *x, const struct plan_op *op, given_planes given)
{
	enum status st = ST_OK;

	for (unsigned q = 0; q < EXEC_PROVIDERS_MAX; q++) {
		struct lanes l = provider_lanes(&x->shape, q);

		if (l.n == 0)
			continue;
		struct mpc_words z = mpc_words_from(&value_of(x, op)->words, l.from, l.n);
		TRY(provided_words(x, &z, given(&x->given[q], op->a), is_signed(&op->type)));
	}
out:
	return st;
}

static void cost_given_words(const struct shape *s, unsigned width, struct mpc_cost *c)
{
	for (unsigned q = 0; q < EXEC_PROVIDERS_MAX; q++)
		provided_words_cost(c, width, s->blocks[MPC_PARTIES + q]);
}

static enum status input_bits(struct exec *x, const struct plan_op *op, row_value value, given_planes given)
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
	take_given_bits(x, op, given);
out:
	return st;
}

static enum status input_words(struct exec *x, const struct plan_op *op, row_value value, given_planes given)
{
	size_t mark = arena_mark(x->arena);
	uint64_t *values = NULL;
	enum status st;

	TRY(collect(x, op, value, &values));
	TRY(mpc_input_words(x->m, &value_of(x, op)->words, x->shape.blocks, values));
	arena_release(x->arena, mark);
	TRY(take_given_words(x, op, given));
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
	(void)p;
	mpc_cost_input_words(c, s->blocks);
	cost_given_words(s, type_width(&op->type), c);
}

static size_t scratch_words(const struct plan *p, const struct shape *s, const struct plan_op *op)
{
	size_t most = 8 * largest_block(s);

	(void)p;
	for (unsigned q = 0; q < EXEC_PROVIDERS_MAX; q++) {
		size_t bytes = provided_words_scratch(type_width(&op->type), s->blocks[MPC_PARTIES + q]);
		most = bytes > most ? bytes : most;
	}
	return most;
}

static enum status run_valid(struct exec *x, const struct plan_op *op)
{
	enum status st;

	TRY(input_bits(x, op, valid_row, given_valid));
	TRY(provided_check(x));
out:
	return st;
}

static enum status run_column(struct exec *x, const struct plan_op *op)
{
	return input_bits(x, op, column_row, given_values);
}

static enum status run_column_words(struct exec *x, const struct plan_op *op)
{
	return input_words(x, op, column_row, given_values);
}

static bool is_nullable(const struct plan *p, const struct plan_op *op)
{
	return p->columns[op->a].nullable;
}

static enum status run_known(struct exec *x, const struct plan_op *op)
{
	if (is_nullable(x->plan, op))
		return input_bits(x, op, known_row, given_known);
	mpc_copy(x->m, mpc_bits_plane(&value_of(x, op)->bits, 0), PLANE_ONE, x->shape.rows);
	return ST_OK;
}

static enum status run_known_words(struct exec *x, const struct plan_op *op)
{
	const struct mpc_words *z = &value_of(x, op)->words;

	if (is_nullable(x->plan, op))
		return input_words(x, op, known_row, given_known);
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

static void cost_valid(const struct plan *p, const struct shape *s, const struct plan_op *op, struct mpc_cost *c)
{
	cost_bits(p, s, op, c);
	provided_check_cost(p, s, c);
}

static size_t scratch_valid(const struct plan *p, const struct shape *s, const struct plan_op *op)
{
	return scratch_bits(p, s, op) + provided_check_scratch(p, s);
}

const struct operator operator_valid = {.run = run_valid, .cost = cost_valid, .scratch = scratch_valid};
const struct operator operator_column = {.run = run_column, .cost = cost_bits, .scratch = scratch_bits};
const struct operator operator_known = {.run = run_known, .cost = cost_known, .scratch = scratch_bits};
const struct operator operator_column_words = {.run = run_column_words, .cost = cost_words, .scratch = scratch_words};
const struct operator operator_known_words = {
    .run = run_known_words, .cost = cost_known_words, .scratch = scratch_words};
const struct operator operator_const = {.run = run_const};
