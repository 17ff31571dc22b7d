/*
 * Many addends to one sum: stages of full and half adders bring the number of bits of every weight down to two (Dadda,
 * 1965: heights ... 9, 6, 4, 3, 2), then one Sklansky adder. Half adders keep carries from rippling through the stages.
 * Either costs one AND: carry = maj(a, b, c) = c ^ ((a ^ c) & (b ^ c)), sum = a ^ b ^ c; or a & b, a ^ b.
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

/* Heights that stages aim at: each at most 3/2 of the next, so that one stage of adders leads from one to the other. */
static const unsigned targets[] = {2, 3, 4, 6, 9, 13, 19, 28, 42, 63, 94};

static unsigned target_below(unsigned height)
{
	unsigned t = 0;

	while (targets[t + 1] < height)
		t++;
	return targets[t];
}

/* One stage: full and half adders of each weight, as few as bring it to the target with the carries it receives. */
struct stage {
	unsigned full[COLUMNS_MAX], half[COLUMNS_MAX];
	size_t adders, gates;
};

static struct stage plan_stage(const struct columns *k)
{
	unsigned target = target_below(tallest(k)), carries = 0;
	struct stage s = {.adders = 0};

	for (unsigned i = 0; i < k->width; i++) {
		unsigned total = k->height[i] + carries, over = total > target ? total - target : 0;

		s.full[i] = over / 2;
		s.half[i] = over % 2;
		carries = s.full[i] + s.half[i];
		s.adders += carries;
		s.gates += i + 1 < k->width ? carries : 0; /* nobody wants the carry of the top weight */
	}
	return s;
}

static void apply_heights(struct columns *k, const struct stage *s)
{
	for (unsigned i = 0; i < k->width; i++) {
		unsigned carries = i ? s->full[i - 1] + s->half[i - 1] : 0;

		k->height[i] -= 2 * s->full[i] + s->half[i] - carries;
	}
}

struct effort columns_effort(const struct columns *given)
{
	struct columns k = *given;
	struct effort e = {0};
	size_t planes = 0, fixed = 0;

	k.plane = NULL;
	put_constant(&k);
	while (tallest(&k) > 2) {
		struct stage s = plan_stage(&k);

		e = effort_then(e, effort_batch(s.gates));
		planes += 2 * s.adders;
		fixed += gates_bytes(s.gates);
		apply_heights(&k, &s);
	}
	if (tallest(&k) == 2)
		e = effort_then(e, add_effort(k.width, false, false));
	return effort_hold(e, planes, fixed + 2 * columns_bytes(k.width));
}

struct stage_run {
	struct circuit *c;
	struct columns *from, *to;
	struct gates gates;
};

/* Adds in[0], in[1] and, when full, in[2]. A full adder's sum is a ^ c until the gates have run. */
static enum status put_adder(struct stage_run *r, unsigned weight, const struct mpc_plane *in, bool is_full)
{
	struct mpc_plane store[2], third = is_full ? in[2] : PLANE_ZERO;
	struct mpc_gate g = {.x = in[0], .y = in[1]};
	enum status st;

	TRY(take_planes(r->c, store, 2));
	mpc_xor(r->c->m, store[0], in[0], is_full ? third : in[1], r->c->lanes);
	g.z = store[1];
	if (is_full)
		g.x = store[0], g.s = third, g.t = third;
	if (weight + 1 < r->from->width) {
		gate_add(&r->gates, g);
		put(r->to, weight + 1, store[1]);
	}
	put(r->to, weight, store[0]);
out:
	return st;
}

static enum status put_weight(struct stage_run *r, const struct stage *s, unsigned i)
{
	const struct mpc_plane *in = r->from->plane[i];
	unsigned at = 0;
	enum status st = ST_OK;

	for (unsigned f = 0; f < s->full[i]; f++, at += 3)
		TRY(put_adder(r, i, in + at, true));
	for (unsigned h = 0; h < s->half[i]; h++, at += 2)
		TRY(put_adder(r, i, in + at, false));
	invariant(at <= r->from->height[i]);
	for (; at < r->from->height[i]; at++)
		put(r->to, i, in[at]);
out:
	return st;
}

/* After the gates: sums of full adders still lack b. They stand after the carries received, in order. */
static void finish_sums(const struct stage_run *r, const struct stage *s)
{
	for (unsigned i = 0; i < r->from->width; i++) {
		unsigned carries = i ? s->full[i - 1] + s->half[i - 1] : 0;

		for (unsigned f = 0; f < s->full[i]; f++) {
			struct mpc_plane sum = r->to->plane[i][carries + f];
			mpc_xor(r->c->m, sum, sum, r->from->plane[i][3 * f + 1], r->c->lanes);
		}
	}
}

static enum status run_stage(struct circuit *c, struct columns *from, struct columns *to)
{
	struct stage s = plan_stage(from);
	struct stage_run r = {.c = c, .from = from, .to = to};
	enum status st;

	memset(to->height, 0, sizeof to->height);
	TRY(take_gates(c, &r.gates, s.gates));
	for (unsigned i = 0; i < from->width; i++)
		TRY(put_weight(&r, &s, i));
	TRY(gates_run(c, &r.gates));
	finish_sums(&r, &s);
out:
	return st;
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
		TRY(run_stage(c, k, &other[at]));
		k = &other[at];
		at = !at;
	}
	TRY(add_rows(c, z, k));
out:
	arena_release(c->arena, mark);
	return st;
}
