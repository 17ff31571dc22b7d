/*
 * a > b over w planes in a tree of (G, P) = (greater, equal), leaves of two bits; e_j = NOT(a_j ^ b_j) is free:
 *
 *   round 1   c = a_0 & NOT b_0        P = e_1 & e_0          (no P in the lowest group: nobody asks for it)
 *   round 2   G = a_1 ^ (e_1 & (a_1 ^ c))
 *   tree      G = G_hi ^ (P_hi & G_lo) P = P_hi & P_lo
 *
 * 152 ANDs and 7 rounds for 64 bits. When b is public one AND a leaf, a_1 & a_0, gives both G and P: 89 and 6.
 */
#include "circuits/circuit.h"

enum { LEAVES_MAX = 320 }; /* groups of two bits: 640 planes, the longest sort key is 521 */

struct tree {
	struct mpc_plane g[LEAVES_MAX], p[LEAVES_MAX]; /* references */
	struct mpc_plane g_store[LEAVES_MAX], p_store[LEAVES_MAX]; /* where results go */
	unsigned n;
};

static unsigned levels(unsigned n)
{
	unsigned l = 0;

	while (1u << l < n)
		l++;
	return l;
}

/* G of n groups down to one: n - 1; P only where a group is not the lowest: n - 1 - levels. */
static struct effort tree_effort(unsigned n)
{
	struct effort e = {.rounds = levels(n)};

	if (n > 1)
		e.ands = 2 * (uint64_t)(n - 1) - levels(n);
	return e;
}

struct effort greater_effort(unsigned w, bool is_public)
{
	unsigned pairs = w / 2, odd = w % 2, n = pairs + odd;
	struct effort leaves = effort_batch(pairs);

	if (!is_public) {
		leaves = effort_batch((pairs ? 2 * pairs - 1 : 0) + odd);
		leaves = effort_then(leaves, effort_batch(pairs));
	}
	/* G, P and (unless public) the e_j */
	return effort_hold(
	    effort_then(leaves, tree_effort(n)), 2 * n + (is_public ? 0 : w), gates_bytes(2 * (size_t)n + 2));
}

static enum status reduce(struct circuit *c, struct tree *t, struct gates *g)
{
	enum status st = ST_OK;

	for (unsigned n = t->n; n > 1; n = (n + 1) / 2) {
		for (unsigned i = 0; 2 * i + 1 < n; i++) {
			unsigned lo = 2 * i, hi = 2 * i + 1;

			gate_add(
			    g, (struct mpc_gate){.z = t->g_store[hi], .x = t->p[hi], .y = t->g[lo], .s = t->g[hi]});
			if (i > 0)
				gate_add(g, (struct mpc_gate){.z = t->p_store[hi], .x = t->p[hi], .y = t->p[lo]});
		}
		TRY(gates_run(c, g));
		for (unsigned i = 0; i < (n + 1) / 2; i++) {
			unsigned from = 2 * i + 1 < n ? 2 * i + 1 : 2 * i;
			bool joined = 2 * i + 1 < n;
			struct mpc_plane g_place = t->g_store[from], p_place = t->p_store[from];

			t->g[i] = joined ? g_place : t->g[from];
			t->p[i] = joined ? p_place : t->p[from];
			/* swap, so that no place is used for two groups */
			t->g_store[from] = t->g_store[i];
			t->p_store[from] = t->p_store[i];
			t->g_store[i] = g_place;
			t->p_store[i] = p_place;
		}
	}
out:
	return st;
}

/* One AND a leaf: p = a_1 & a_0; by the two public bits (b_1, b_0). */
static void public_leaf(struct circuit *c, struct tree *t, unsigned j, const struct mpc_plane *a, bool b1, bool b0)
{
	struct mpc_plane both = t->p_store[j], a1 = a[2 * j + 1], a0 = a[2 * j];

	if (!b1 && !b0) { /* G = a_1 | a_0, P = NOT G */
		mpc_xor(c->m, t->g_store[j], a1, a0, c->lanes);
		mpc_xor(c->m, t->g_store[j], t->g_store[j], both, c->lanes);
		t->g[j] = t->g_store[j];
		mpc_copy(c->m, t->p_store[j], plane_not(t->g[j]), c->lanes);
	} else if (!b1) { /* G = a_1, P = a_0 & NOT a_1 */
		mpc_xor(c->m, t->p_store[j], a0, both, c->lanes);
		t->g[j] = a1;
	} else if (!b0) { /* G = a_1 & a_0, P = a_1 & NOT a_0 */
		mpc_copy(c->m, t->g_store[j], both, c->lanes);
		t->g[j] = t->g_store[j];
		mpc_xor(c->m, t->p_store[j], a1, both, c->lanes);
	} else { /* G = 0, P = a_1 & a_0 */
		t->g[j] = PLANE_ZERO;
	}
	t->p[j] = t->p_store[j];
}

static enum status public_leaves(struct circuit *c, struct tree *t, struct gates *g, const struct mpc_plane *a,
    const struct mpc_plane *b, unsigned w)
{
	unsigned pairs = w / 2;
	enum status st;

	for (unsigned j = 0; j < pairs; j++)
		gate_add(g, (struct mpc_gate){.z = t->p_store[j], .x = a[2 * j + 1], .y = a[2 * j]});
	TRY(gates_run(c, g));
	for (unsigned j = 0; j < pairs; j++)
		public_leaf(c, t, j, a, b[2 * j + 1].flip, b[2 * j].flip);
	if (w % 2) { /* G = a & NOT b, P = NOT(a ^ b) */
		t->g[pairs] = b[w - 1].flip ? PLANE_ZERO : a[w - 1];
		t->p[pairs] = b[w - 1].flip ? a[w - 1] : plane_not(a[w - 1]);
	}
out:
	return st;
}

static enum status secret_leaves(struct circuit *c, struct tree *t, struct gates *g, const struct mpc_plane *a,
    const struct mpc_plane *b, unsigned w, struct mpc_plane *e)
{
	unsigned pairs = w / 2;
	enum status st;

	TRY(take_planes(c, e, w));
	for (unsigned k = 0; k < w; k++)
		e[k] = plane_not(xor_planes(c, e[k], a[k], b[k]));
	for (unsigned j = 0; j < pairs; j++) {
		gate_add(g, (struct mpc_gate){.z = t->g_store[j], .x = a[2 * j], .y = plane_not(b[2 * j])});
		if (j > 0)
			gate_add(g, (struct mpc_gate){.z = t->p_store[j], .x = e[2 * j + 1], .y = e[2 * j]});
		t->p[j] = t->p_store[j];
	}
	if (w % 2)
		gate_add(g, (struct mpc_gate){.z = t->g_store[pairs], .x = a[w - 1], .y = plane_not(b[w - 1])});
	TRY(gates_run(c, g));
	for (unsigned j = 0; j < pairs; j++) {
		struct mpc_plane a1 = a[2 * j + 1];

		gate_add(
		    g, (struct mpc_gate){.z = t->g_store[j], .x = e[2 * j + 1], .y = a1, .s = a1, .t = t->g_store[j]});
	}
	for (unsigned j = 0; j < t->n; j++)
		t->g[j] = t->g_store[j];
	if (w % 2)
		t->p[pairs] = e[w - 1];
	TRY(gates_run(c, g));
out:
	return st;
}

enum status circuit_greater(struct circuit *c, struct mpc_plane z, const struct mpc_plane *a, const struct mpc_plane *b,
    unsigned w, bool is_public)
{
	struct tree t = {.n = w / 2 + w % 2};
	struct mpc_plane e[2 * LEAVES_MAX];
	size_t mark = arena_mark(c->arena);
	struct gates g;
	enum status st;

	if (t.n > LEAVES_MAX)
		return ST_BUG;
	TRY(take_gates(c, &g, 2 * (size_t)t.n + 2));
	TRY(take_planes(c, t.g_store, t.n));
	TRY(take_planes(c, t.p_store, t.n));
	if (is_public)
		TRY(public_leaves(c, &t, &g, a, b, w));
	else
		TRY(secret_leaves(c, &t, &g, a, b, w, e));
	TRY(reduce(c, &t, &g));
	mpc_copy(c->m, z, w ? t.g[0] : PLANE_ZERO, c->lanes);
out:
	arena_release(c->arena, mark);
	return st;
}

struct effort all_effort(unsigned n)
{
	struct effort e = {.rounds = levels(n), .ands = n ? n - 1 : 0};

	return effort_hold(e, n / 2, gates_bytes(n / 2));
}

enum status circuit_all(struct circuit *c, struct mpc_plane z, const struct mpc_plane *x, unsigned n)
{
	struct mpc_plane store[LEAVES_MAX], v[2 * LEAVES_MAX];
	size_t mark = arena_mark(c->arena);
	struct gates g;
	enum status st;

	if (n > 2 * LEAVES_MAX)
		return ST_BUG;
	TRY(take_gates(c, &g, n / 2));
	TRY(take_planes(c, store, n / 2));
	for (unsigned k = 0; k < n; k++)
		v[k] = x[k];
	/* gate i writes place i and reads values 2i and 2i+1: places that later gates of the level do not read */
	for (unsigned left = n; left > 1; left = (left + 1) / 2) {
		for (unsigned i = 0; 2 * i + 1 < left; i++)
			gate_add(&g, (struct mpc_gate){.z = store[i], .x = v[2 * i], .y = v[2 * i + 1]});
		TRY(gates_run(c, &g));
		for (unsigned i = 0; i < (left + 1) / 2; i++)
			v[i] = 2 * i + 1 < left ? store[i] : v[2 * i];
	}
	mpc_copy(c->m, z, n ? v[0] : PLANE_ONE, c->lanes);
out:
	arena_release(c->arena, mark);
	return st;
}

struct effort equal_effort(unsigned w)
{
	return effort_hold(all_effort(w), w, 0);
}

enum status circuit_equal(
    struct circuit *c, struct mpc_plane z, const struct mpc_plane *a, const struct mpc_plane *b, unsigned w)
{
	struct mpc_plane e[2 * LEAVES_MAX];
	size_t mark = arena_mark(c->arena);
	enum status st;

	if (w > 2 * LEAVES_MAX)
		return ST_BUG;
	TRY(take_planes(c, e, w));
	for (unsigned k = 0; k < w; k++)
		e[k] = plane_not(xor_planes(c, e[k], a[k], b[k]));
	TRY(circuit_all(c, z, e, w));
out:
	arena_release(c->arena, mark);
	return st;
}
