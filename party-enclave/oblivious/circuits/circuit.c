#include "circuits/circuit.h"
#include "base/panic.h"

static size_t most(size_t a, size_t b)
{
	return a > b ? a : b;
}

struct effort effort_then(struct effort a, struct effort b)
{
	return (struct effort){
	    .rounds = a.rounds + b.rounds,
	    .ands = a.ands + b.ands,
	    .planes = most(a.planes, b.planes),
	    .fixed = most(a.fixed, b.fixed),
	};
}

struct effort effort_hold(struct effort a, size_t planes, size_t fixed)
{
	a.planes += planes;
	a.fixed += fixed;
	return a;
}

struct effort effort_batch(size_t n)
{
	return (struct effort){.rounds = n > 0, .ands = n};
}

void effort_cost(struct mpc_cost *c, struct effort e, size_t lanes)
{
	uint64_t bytes = 8 * (uint64_t)lane_words(lanes) * e.ands;

	if (lanes == 0)
		return;
	c->rounds += e.rounds;
	for (unsigned i = 0; i < MPC_PARTIES; i++)
		c->sent[i] += bytes;
}

size_t effort_bytes(struct effort e, size_t lanes)
{
	return mpc_bits_bytes(MPC_REP3_SHARES, lanes, e.planes) + e.fixed;
}

struct mpc_plane number_bit(const struct number *x, unsigned k)
{
	if (k < x->width)
		return x->bit[k];
	return x->is_signed && x->width ? x->bit[x->width - 1] : PLANE_ZERO;
}

struct number number_constant(int64_t v)
{
	uint64_t magnitude = v < 0 ? ~(uint64_t)v : (uint64_t)v;
	struct number x = {.is_signed = v < 0, .width = v < 0};

	for (; magnitude; magnitude >>= 1)
		x.width++;
	for (unsigned k = 0; k < x.width; k++)
		x.bit[k].flip = (uint64_t)v >> k & 1;
	return x;
}

void number_extend(struct mpc_plane *out, const struct number *x, unsigned width)
{
	for (unsigned k = 0; k < width; k++)
		out[k] = number_bit(x, k);
}

enum status take_planes(struct circuit *c, struct mpc_plane *out, size_t n)
{
	unsigned shares = mpc_shares(c->m);

	if (n == 0)
		return ST_OK;
	void *storage = arena_take(c->arena, mpc_bits_bytes(shares, c->lanes, n));
	if (!storage)
		return ST_NO_MEMORY;
	struct mpc_bits bits = mpc_bits_place(storage, shares, c->lanes, n);
	for (size_t k = 0; k < n; k++)
		out[k] = mpc_bits_plane(&bits, k);
	return ST_OK;
}

struct mpc_plane xor_planes(struct circuit *c, struct mpc_plane z, struct mpc_plane x, struct mpc_plane y)
{
	if (plane_is_constant(x) || plane_is_constant(y)) {
		struct mpc_plane p = plane_is_constant(x) ? y : x;

		p.flip = x.flip != y.flip;
		return p;
	}
	mpc_xor(c->m, z, x, y, c->lanes);
	return z;
}

enum status take_gates(struct circuit *c, struct gates *g, size_t cap)
{
	*g = (struct gates){.cap = cap};
	if (cap == 0)
		return ST_OK;
	g->gate = arena_take(c->arena, gates_bytes(cap));
	return g->gate ? ST_OK : ST_NO_MEMORY;
}

void gate_add(struct gates *g, struct mpc_gate gate)
{
	invariant(g->n < g->cap);
	g->gate[g->n++] = gate;
}

enum status gates_run(struct circuit *c, struct gates *g)
{
	size_t n = g->n;

	g->n = 0;
	return mpc_and(c->m, g->gate, n, c->lanes);
}
