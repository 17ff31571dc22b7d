/*
 * Many addends to one sum: full adders turn three bits of one weight into one of that weight and one of the next
 * (Wallace's tree), until no weight has more than two; then one Sklansky adder. A full adder costs one AND:
 * carry = maj(a, b, c) = c ^ ((a ^ c) & (b ^ c)), sum = a ^ b ^ c.
 */
#include "circuits/circuit.h"
#include "base/panic.h"

static unsigned tallest(const struct columns *k)
{
	unsigned h = 0;

	for (unsigned i = 0; i < k->width; i++)
		h = k->height[i] > h ? k->height[i] : h;
	return h;
}

size_t columns_bytes(unsigned width)
{
	return (width * sizeof(struct mpc_plane[COLUMN_MAX]) + 63) / 64 * 64;
}

enum status columns_take(struct circuit *c, struct columns *k, unsigned width)
{
	*k = (struct columns){.width = width};
	invariant(width <= COLUMNS_MAX);
	if (width == 0)
		return ST_OK;
	k->plane = arena_take(c->arena, columns_bytes(width));
	return k->plane ? ST_OK : ST_NO_MEMORY;
}

static void put(struct columns *k, unsigned weight, struct mpc_plane p)
{
	invariant(k->height[weight] < COLUMN_MAX);
	if (k->plane)
		k->plane[weight][k->height[weight]] = p;
	k->height[weight]++;
}

void columns_add(struct columns *k, unsigned weight, struct mpc_plane p, bool is_negative)
{
	if (weight >= k->width)
		return;
	put(k, weight, is_negative ? plane_not(p) : p);
	if (is_negative)
		k->constant -= UINT64_C(1) << weight;
}

void columns_add_number(struct columns *k, const struct number *x, unsigned shift, bool is_negative)
{
	for (unsigned j = 0; j < x->width; j++) {
		bool is_sign = x->is_signed && j + 1 == x->width; /* its weight is negative */

		columns_add(k, shift + j, x->bit[j], is_negative != is_sign);
	}
}

static void put_constant(struct columns *k)
{
	for (unsigned i = 0; i < k->width; i++)
		if (k->constant >> i & 1)
			put(k, i, PLANE_ONE);
	k->constant = 0;
}

/* Full adders of one level: of a column of h bits, h/3; those of the top column need no carry. */
static void count_level(struct columns *k, size_t *adders, size_t *gates)
{
	unsigned carry = 0;

	*adders = *gates = 0;
	for (unsigned i = 0; i < k->width; i++) {
		unsigned full = k->height[i] / 3;

		*adders += full;
		*gates += i + 1 < k->width ? full : 0;
		k->height[i] -= 2 * full - carry;
		carry = full;
	}
}

struct effort columns_effort(const struct columns *given)
{
	struct columns k = *given;
	struct effort e = {0};
	size_t adders, gates, planes = 0, fixed = 0;

	k.plane = NULL;
	put_constant(&k);
	while (tallest(&k) > 2) {
		count_level(&k, &adders, &gates);
		e = effort_then(e, effort_batch(gates));
		planes += 2 * adders;
		fixed += gates_bytes(gates);
	}
	if (tallest(&k) == 2)
		e = effort_then(e, add_effort(k.width, false, false));
	return effort_hold(e, planes, fixed + 2 * columns_bytes(k.width));
}

struct full_adder {
	struct mpc_plane a, b, sum;
};

/* One level from `k` into `to`. sum holds a ^ c until the gates have run. */
static enum status run_level(struct circuit *c, struct columns *k, struct columns *to)
{
	struct columns count = *k;
	size_t adders, n_gates;
	struct gates g;
	enum status st;

	count.plane = NULL;
	count_level(&count, &adders, &n_gates);
	TRY(take_gates(c, &g, n_gates));
	memset(to->height, 0, sizeof to->height);
	for (unsigned i = 0; i < k->width; i++) {
		unsigned h = 0;

		for (; h + 3 <= k->height[i]; h += 3) {
			const struct mpc_plane *in = &k->plane[i][h];
			struct mpc_plane store[2];

			TRY(take_planes(c, store, 2));
			mpc_xor(c->m, store[0], in[0], in[2], c->lanes);
			if (i + 1 < k->width) {
				gate_add(&g, (struct mpc_gate){.z = store[1], .x = store[0], .y = in[1], .s = in[2], .t = in[2]});
				put(to, i + 1, store[1]);
			}
			put(to, i, store[0]);
		}
		for (; h < k->height[i]; h++)
			put(to, i, k->plane[i][h]);
	}
	TRY(gates_run(c, &g));
out:
	return st;
}

/* After the gates: the sums still lack b. Full adders of a column put their sums in order, after the carries received. */
static void finish_sums(struct circuit *c, const struct columns *k, struct columns *to)
{
	unsigned carries = 0;

	for (unsigned i = 0; i < k->width; i++) {
		unsigned full = k->height[i] / 3;

		for (unsigned f = 0; f < full; f++) {
			struct mpc_plane sum = to->plane[i][carries + f];
			mpc_xor(c->m, sum, sum, k->plane[i][3 * f + 1], c->lanes);
		}
		carries = full;
	}
}

static enum status add_rows(struct circuit *c, struct mpc_plane *z, const struct columns *k)
{
	struct mpc_plane row[2][COLUMNS_MAX];

	for (unsigned r = 0; r < 2; r++)
		for (unsigned i = 0; i < k->width; i++)
			row[r][i] = r < k->height[i] ? k->plane[i][r] : PLANE_ZERO;
	if (tallest(k) == 2)
		return circuit_add(c, &(struct add){.z = z, .x = row[0], .y = row[1], .w = k->width});
	for (unsigned i = 0; i < k->width; i++)
		mpc_copy(c->m, z[i], row[0][i], c->lanes);
	return ST_OK;
}

enum status circuit_columns(struct circuit *c, struct mpc_plane *z, struct columns *k)
{
	size_t mark = arena_mark(c->arena);
	struct columns other[2];
	unsigned at = 0;
	enum status st;

	put_constant(k);
	TRY(columns_take(c, &other[0], k->width));
	TRY(columns_take(c, &other[1], k->width));
	while (tallest(k) > 2) {
		TRY(run_level(c, k, &other[at]));
		finish_sums(c, k, &other[at]);
		k = &other[at];
		at = !at;
	}
	TRY(add_rows(c, z, k));
out:
	arena_release(c->arena, mark);
	return st;
}
