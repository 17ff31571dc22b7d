/*
 * Shares of a provider's rows: where their planes lie, and the flat form in which a share travels. Both follow from the plan
 * and the public row count; nothing here looks at a value but exec_given_flatten, which is the provider's own.
 */
#include "exec/run.h"

struct plan_type column_type(const struct plan_column *c)
{
	return (struct plan_type){KIND_BITS, SHAPE_ROWS, c->lo < 0 ? c->lo : 0, c->hi > 0 ? c->hi : 0};
}

static unsigned column_width(const struct plan_column *c)
{
	struct plan_type t = column_type(c);

	return type_width(&t);
}

static size_t planes_of(const struct plan *p)
{
	size_t planes = 1; /* VALID */

	for (unsigned c = 0; c < p->n_columns; c++)
		if (plan_reads(p, c))
			planes += column_width(&p->columns[c]) + p->columns[c].nullable;
	return planes;
}

size_t exec_given_words(const struct plan *plan, uint32_t rows)
{
	return planes_of(plan) * lane_words(rows);
}

static size_t padded_lanes(uint32_t rows)
{
	return (size_t)lane_words(rows) * 64;
}

size_t exec_given_bytes(const struct plan *plan, uint32_t rows)
{
	return mpc_bits_bytes(MPC_REP3_SHARES, padded_lanes(rows), 1) * planes_of(plan);
}

static uint8_t *place(struct mpc_bits *b, uint8_t *at, size_t lanes, unsigned planes)
{
	*b = mpc_bits_place(at, MPC_REP3_SHARES, lanes, planes);
	return at + mpc_bits_bytes(MPC_REP3_SHARES, lanes, planes);
}

void exec_given_place(struct exec_given *g, const struct plan *plan, uint32_t rows, void *storage)
{
	size_t lanes = padded_lanes(rows);
	uint8_t *at = place(&g->valid, storage, lanes, 1);

	g->rows = rows;
	for (unsigned c = 0; c < plan->n_columns; c++) {
		if (!plan_reads(plan, c))
			continue;
		at = place(&g->values[c], at, lanes, column_width(&plan->columns[c]));
		if (plan->columns[c].nullable)
			at = place(&g->known[c], at, lanes, 1);
	}
}

/* The piece of [from, from + n) that falls on one vector, whose planes begin at word `at` of the flat form. */
struct flat {
	size_t at, from, n;
	const uint64_t *words;
	unsigned share;
	uint64_t tail; /* of the last word of a plane: bits that are rows */
};

static void put_plane(struct flat *f, uint64_t *plane, size_t words)
{
	size_t start = f->at > f->from ? f->at : f->from, end = f->at + words;

	if (f->from + f->n < end)
		end = f->from + f->n;
	if (start < end) {
		memcpy(plane + (start - f->at), f->words + (start - f->from), (end - start) * sizeof *plane);
		if (end == f->at + words)
			plane[words - 1] &= f->tail;
	}
	f->at += words;
}

static void put_bits(struct flat *f, const struct mpc_bits *b)
{
	for (size_t k = 0; k < b->planes; k++)
		put_plane(f, b->share[f->share] + k * b->stride, b->lanes / 64);
}

void exec_given_put(
    struct exec_given *g, const struct plan *plan, unsigned share, size_t from, const uint64_t *words, size_t n)
{
	struct flat f = {.from = from, .n = n, .words = words, .share = share, .tail = ~UINT64_C(0)};

	if (g->rows % 64)
		f.tail = (UINT64_C(1) << g->rows % 64) - 1;
	put_bits(&f, &g->valid);
	for (unsigned c = 0; c < plan->n_columns; c++) {
		if (!plan_reads(plan, c))
			continue;
		put_bits(&f, &g->values[c]);
		if (plan->columns[c].nullable)
			put_bits(&f, &g->known[c]);
	}
}

static void set_bit(uint64_t *plane, size_t row, uint64_t bit)
{
	plane[row / 64] |= bit << row % 64;
}

static uint64_t *flatten_column(
    uint64_t *out, const struct plan_column *col, const struct exec_input *in, unsigned c, size_t words)
{
	unsigned width = column_width(col);

	for (uint32_t r = 0; r < in->real; r++) {
		uint64_t known = col->nullable && in->known[c] ? in->known[c][r] & 1 : 1;
		uint64_t v = (uint64_t)in->values[c][r] & (0 - known);

		for (unsigned b = 0; b < width; b++)
			set_bit(out + b * words, r, v >> b & 1);
		if (col->nullable)
			set_bit(out + width * words, r, known);
	}
	return out + (width + col->nullable) * words;
}

void exec_given_flatten(uint64_t *out, const struct plan *plan, const struct exec_input *in)
{
	size_t words = lane_words(in->rows);

	memset(out, 0, exec_given_words(plan, in->rows) * sizeof *out);
	for (uint32_t r = 0; r < in->real; r++)
		set_bit(out, r, 1);
	out += words;
	for (unsigned c = 0; c < plan->n_columns; c++)
		if (plan_reads(plan, c))
			out = flatten_column(out, &plan->columns[c], in, c, words);
}
