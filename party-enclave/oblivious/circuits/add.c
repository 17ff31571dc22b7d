/*
 * Sklansky's parallel prefix adder: p_i = x_i ^ y_i, g_i = x_i & y_i; level l joins every position i with bit l set to
 * the last position below its block: G_i ^= P_i & G_j, P_i &= P_j (P only while the block below is not the lowest).
 * After the last level G_i is the carry out of position i, and sum_i = p_i ^ G_{i-1}.
 *
 * The carry in joins g_0 = maj(x_0, y_0, carry) = carry ^ ((x_0 ^ carry) & (y_0 ^ carry)): one AND, as without it.
 * n positions: n + sum over levels ANDs, 1 + ceil(log2 n) rounds; the first batch falls away when y is public.
 */
#include "circuits/circuit.h"

enum { W_MAX = NUMBER_MAX };

static unsigned positions(unsigned w, bool has_carry_out)
{
	return has_carry_out ? w : w ? w - 1 : 0;
}

struct effort add_effort(unsigned w, bool is_public, bool has_carry_out)
{
	unsigned n = positions(w, has_carry_out);
	struct effort e = effort_batch(is_public ? 0 : n);

	for (unsigned l = 0; 1u << l < n; l++) {
		e.rounds++;
		for (unsigned i = 0; i < n; i++)
			if (i >> l & 1)
				e.ands += 1 + (i >> (l + 1) != 0);
	}
	/* p_0 ^ carry too, G, P */
	return effort_hold(e, w + 1 + 2 * (size_t)n, gates_bytes(n));
}

struct adder {
	struct mpc_plane p[W_MAX], g[W_MAX], q[W_MAX]; /* sums without carry; prefix G and P (references) */
	struct mpc_plane g_store[W_MAX], q_store[W_MAX], extra;
	unsigned n;
};

static enum status generate(struct circuit *c, const struct add *a, struct adder *s, struct gates *gates)
{
	for (unsigned i = 0; i < s->n; i++) {
		struct mpc_gate g = {.z = s->g_store[i], .x = a->x[i], .y = a->y[i]};

		if (i == 0) {
			g.x = xor_planes(c, s->extra, a->x[0], a->carry);
			g.t = a->carry;
			g.s = a->carry;
		}
		gate_add(gates, g);
		s->g[i] = s->g_store[i];
	}
	return gates_run(c, gates);
}

/* y and carry are constants, so g_i is x_i or 0, and g_0 is x_0 or the value that y_0 and carry agree on. */
static void generate_public(const struct add *a, struct adder *s)
{
	for (unsigned i = 0; i < s->n; i++)
		s->g[i] = a->y[i].flip ? a->x[i] : PLANE_ZERO;
	if (s->n)
		s->g[0] = a->y[0].flip == a->carry.flip ? a->y[0] : a->x[0];
}

static enum status join_level(struct circuit *c, struct adder *s, unsigned l, struct gates *gates)
{
	enum status st;

	for (unsigned i = 0; i < s->n; i++) {
		unsigned j = (i >> l << l) - 1;

		if (!(i >> l & 1))
			continue;
		gate_add(gates, (struct mpc_gate){.z = s->g_store[i], .x = s->q[i], .y = s->g[j], .s = s->g[i]});
		if (i >> (l + 1))
			gate_add(gates, (struct mpc_gate){.z = s->q_store[i], .x = s->q[i], .y = s->q[j]});
	}
	TRY(gates_run(c, gates));
	for (unsigned i = 0; i < s->n; i++) {
		if (!(i >> l & 1))
			continue;
		s->g[i] = s->g_store[i];
		if (i >> (l + 1))
			s->q[i] = s->q_store[i];
	}
out:
	return st;
}

enum status circuit_add(struct circuit *c, const struct add *a)
{
	struct adder s = {.n = positions(a->w, a->carry_out != NULL)};
	size_t mark = arena_mark(c->arena);
	struct gates gates;
	enum status st;

	if (a->w > W_MAX)
		return ST_BUG;
	TRY(take_gates(c, &gates, s.n));
	TRY(take_planes(c, s.p, a->w));
	TRY(take_planes(c, &s.extra, 1));
	TRY(take_planes(c, s.g_store, s.n));
	TRY(take_planes(c, s.q_store, s.n));
	for (unsigned i = 0; i < a->w; i++)
		s.q[i] = s.p[i] = xor_planes(c, s.p[i], a->x[i], a->y[i]);
	if (a->is_public)
		generate_public(a, &s);
	else
		TRY(generate(c, a, &s, &gates));
	for (unsigned l = 0; 1u << l < s.n; l++)
		TRY(join_level(c, &s, l, &gates));
	if (a->carry_out)
		mpc_copy(c->m, *a->carry_out, a->w ? s.g[a->w - 1] : a->carry, c->lanes);
	for (unsigned i = a->w; i-- > 0;) /* downwards: a carry may still refer to an x that z takes the place of */
		mpc_xor(c->m, a->z[i], s.p[i], i ? s.g[i - 1] : a->carry, c->lanes);
out:
	arena_release(c->arena, mark);
	return st;
}
