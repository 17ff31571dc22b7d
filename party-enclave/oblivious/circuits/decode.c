#include "circuits/decode.h"
#include "base/panic.h"
#include "base/sort.h"

#include <stdlib.h>

static int ascending(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static unsigned height_of(unsigned columns)
{
	unsigned h = 0;

	while (1u << h < columns)
		h++;
	return h;
}

static size_t unique(uint64_t *v, size_t n)
{
	size_t kept = 0;

	sort_in_place(v, n, sizeof *v, ascending);
	for (size_t k = 0; k < n; k++)
		if (k == 0 || v[k] != v[kept - 1])
			v[kept++] = v[k];
	return kept;
}

static uint64_t low_bits(unsigned n)
{
	return n >= 64 ? ~UINT64_C(0) : (UINT64_C(1) << n) - 1;
}

static int add_node(
    struct decode *d, const uint64_t *pattern, size_t count, unsigned shift, unsigned columns, bool is_masked);

/* The distinct values of one half, as a node of its own; -1 when the pool is too small. */
static int add_half(struct decode *d, const struct decode_node *n, unsigned from, unsigned columns, bool is_masked)
{
	uint64_t *v = d->pool + d->used;

	if (n->count > DECODE_POOL - d->used)
		return -1;
	for (size_t k = 0; k < n->count; k++)
		v[k] = n->pattern[k] >> from & low_bits(columns);
	size_t count = unique(v, n->count);
	d->used += count;
	return add_node(d, v, count, n->shift + from, columns, is_masked);
}

static int add_node(
    struct decode *d, const uint64_t *pattern, size_t count, unsigned shift, unsigned columns, bool is_masked)
{
	int at = (int)d->nodes++;
	struct decode_node *n = &d->node[at];

	*n = (struct decode_node){.shift = shift,
	    .columns = columns,
	    .height = height_of(columns),
	    .is_masked = is_masked,
	    .hi = -1,
	    .lo = -1,
	    .count = count,
	    .pattern = pattern};
	if (columns <= 1)
		return at;
	unsigned low = columns - columns / 2;
	n->lo = add_half(d, n, 0, low, false);
	n->hi = n->lo < 0 ? -1 : add_half(d, n, low, columns - low, is_masked);
	return n->hi < 0 ? -1 : at;
}

bool decode_plan(struct decode *d, uint64_t *pool, const uint64_t *patterns, size_t count, unsigned columns)
{
	*d = (struct decode){.pool = pool};
	if (columns > DECODE_COLUMNS || count > DECODE_PATTERNS)
		return false;
	return add_node(d, patterns, count, 0, columns, true) == 0;
}

/* Entry k of a node sits in row hi(k) (entries of a row are consecutive) and column lo(k). */
static uint64_t hi_of(const struct decode *d, const struct decode_node *n, size_t k)
{
	return n->pattern[k] >> d->node[n->lo].columns;
}

static uint64_t lo_of(const struct decode *d, const struct decode_node *n, size_t k)
{
	return n->pattern[k] & low_bits(d->node[n->lo].columns);
}

static size_t row_end(const struct decode *d, const struct decode_node *n, size_t from)
{
	size_t k = from;

	while (k < n->count && hi_of(d, n, k) == hi_of(d, n, from))
		k++;
	return k;
}

/* The longest row: without a mask its entries follow from the columns, so it needs no AND. */
static size_t longest_row(const struct decode *d, const struct decode_node *n)
{
	size_t best = 0, length = 0;

	for (size_t k = 0; k < n->count; k = row_end(d, n, k)) {
		if (row_end(d, n, k) - k > length) {
			best = k;
			length = row_end(d, n, k) - k;
		}
	}
	return best;
}

/* ANDs of a node: one less than its length for every row but, without a mask, the longest. */
static size_t node_gates(const struct decode *d, const struct decode_node *n)
{
	size_t gates = 0;

	if (n->lo < 0)
		return n->is_masked && n->count == 2;
	for (size_t k = 0; k < n->count; k = row_end(d, n, k))
		if (n->is_masked || k != longest_row(d, n))
			gates += row_end(d, n, k) - k - 1;
	return gates;
}

/* Masked nodes are one round late, because their leaf has an AND. */
static unsigned node_round(const struct decode_node *n)
{
	return n->height + n->is_masked;
}

static size_t round_gates(const struct decode *d, unsigned round)
{
	size_t gates = 0;

	for (unsigned k = 0; k < d->nodes; k++)
		if (node_round(&d->node[k]) == round)
			gates += node_gates(d, &d->node[k]);
	return gates;
}

struct effort decode_effort(const struct decode *d)
{
	struct effort e = {0};
	size_t planes = 0, fixed = 0;

	for (unsigned round = 1; round <= node_round(&d->node[0]); round++) {
		size_t gates = round_gates(d, round);

		e = effort_then(e, effort_batch(gates));
		fixed += gates_bytes(gates);
	}
	for (unsigned k = 0; k < d->nodes; k++) {
		planes += k ? d->node[k].count : 0;
		fixed += (d->node[k].count * sizeof(struct mpc_plane) + 63) / 64 * 64;
	}
	return effort_hold(e, planes, fixed);
}

static size_t find(const uint64_t *v, size_t n, uint64_t x)
{
	const uint64_t *at = bsearch(&x, v, n, sizeof *v, ascending);

	return at ? (size_t)(at - v) : n;
}

static struct mpc_plane child_hot(const struct decode *d, int child, uint64_t pattern)
{
	const struct decode_node *n = &d->node[child];
	size_t k = find(n->pattern, n->count, pattern);

	invariant(k < n->count);
	return n->hot[k];
}

static void add_gates(const struct decode *d, const struct decode_node *n, struct mpc_plane base,
    const struct mpc_plane *bit, struct gates *g)
{
	if (n->lo < 0) {
		if (n->is_masked && n->count == 2)
			gate_add(g, (struct mpc_gate){.z = n->hot[1], .x = base, .y = bit[n->shift]});
		return;
	}
	for (size_t from = 0, end; from < n->count; from = end) {
		end = row_end(d, n, from);
		if (!n->is_masked && from == longest_row(d, n))
			continue;
		for (size_t k = from; k + 1 < end; k++)
			gate_add(g, (struct mpc_gate){.z = n->hot[k],
					.x = child_hot(d, n->hi, hi_of(d, n, k)),
					.y = child_hot(d, n->lo, lo_of(d, n, k))});
	}
}

/* The last entry of a row: what the row as a whole has and the others have not. */
static void finish_row(struct circuit *c, const struct decode *d, const struct decode_node *n, size_t from, size_t end)
{
	struct mpc_plane last = n->hot[end - 1];

	mpc_copy(c->m, last, child_hot(d, n->hi, hi_of(d, n, from)), c->lanes);
	for (size_t k = from; k + 1 < end; k++)
		mpc_xor(c->m, last, last, n->hot[k], c->lanes);
}

/* The longest row from the columns: entry = whole column less its entries in other rows. */
static void finish_longest(struct circuit *c, const struct decode *d, const struct decode_node *n, size_t from)
{
	size_t end = row_end(d, n, from);
	uint64_t first = n->pattern[from] - lo_of(d, n, from);

	for (size_t k = from; k < end; k++)
		mpc_copy(c->m, n->hot[k], child_hot(d, n->lo, lo_of(d, n, k)), c->lanes);
	for (size_t k = 0; k < n->count; k++) {
		size_t at = find(n->pattern + from, end - from, first | lo_of(d, n, k));

		if ((k < from || k >= end) && at < end - from)
			mpc_xor(c->m, n->hot[from + at], n->hot[from + at], n->hot[k], c->lanes);
	}
}

static void finish_node(struct circuit *c, const struct decode *d, const struct decode_node *n, struct mpc_plane base)
{
	size_t longest = n->lo < 0 || n->is_masked ? n->count : longest_row(d, n);

	if (n->lo < 0) {
		mpc_copy(c->m, n->hot[0], base, c->lanes);
		if (n->count == 2)
			mpc_xor(c->m, n->hot[0], n->hot[0], n->hot[1], c->lanes);
		return;
	}
	for (size_t from = 0, end; from < n->count; from = end) {
		end = row_end(d, n, from);
		if (from != longest)
			finish_row(c, d, n, from, end);
	}
	if (longest < n->count)
		finish_longest(c, d, n, longest);
}

/* An unmasked leaf is the bit itself, or certain. */
static void unmasked_leaf(const struct decode_node *n, const struct mpc_plane *bit)
{
	n->hot[0] = n->count == 2 ? plane_not(bit[n->shift]) : PLANE_ONE;
	if (n->count == 2)
		n->hot[1] = bit[n->shift];
}

static enum status take_hot(struct circuit *c, struct decode *d, const struct mpc_plane *z, const struct mpc_plane *bit)
{
	enum status st = ST_OK;

	for (unsigned k = 0; k < d->nodes; k++) {
		struct decode_node *n = &d->node[k];

		n->hot = arena_take(c->arena, n->count * sizeof *n->hot);
		if (!n->hot)
			return ST_NO_MEMORY;
		if (k == 0)
			memcpy(n->hot, z, n->count * sizeof *z);
		else if (n->lo < 0 && !n->is_masked)
			unmasked_leaf(n, bit);
		else
			TRY(take_planes(c, n->hot, n->count));
	}
out:
	return st;
}

enum status circuit_decode(
    struct circuit *c, struct decode *d, struct mpc_plane base, const struct mpc_plane *bit, const struct mpc_plane *z)
{
	size_t mark = arena_mark(c->arena);
	struct gates g;
	enum status st;

	TRY(take_hot(c, d, z, bit));
	for (unsigned round = 1; round <= node_round(&d->node[0]); round++) {
		TRY(take_gates(c, &g, round_gates(d, round)));
		for (unsigned k = 0; k < d->nodes; k++)
			if (node_round(&d->node[k]) == round)
				add_gates(d, &d->node[k], base, bit, &g);
		TRY(gates_run(c, &g));
		for (unsigned k = 0; k < d->nodes; k++)
			if (node_round(&d->node[k]) == round)
				finish_node(c, d, &d->node[k], base);
	}
out:
	arena_release(c->arena, mark);
	return st;
}
