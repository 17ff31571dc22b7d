/*
 * TOP: keep the first `limit` of the kept groups in sort order. Every group gets its rank by comparing all pairs.
 *
 * The sort key is one unsigned number, most significant first: NOT keep (so what is not kept ranks last), then for each
 * entry of plan.sort a NULL bit (1 = later) and the value, forced to 0 where NULL, its sign bit flipped, complemented for DESC.
 * NULLs stand after all values, before all with SORT_NULLS_FIRST, whatever DESC says; ties go to the lower group.
 * For groups i < j: c_ij = [key_i > key_j] says that j stands before i. rank_i = sum over j > i of c_ij + sum over h < i of (1 - c_hi).
 *
 * Pairs lie side by side in lanes, segment i holding all j > i, each segment in whole words: T words for G groups, about G^2/128.
 *   Rounds: 1 (NULL masks, if any) + circuit_greater(key width) + 2 (bits to words) + 1 + adder + comparison with limit + 1
 *   Bytes: 8 T a gate of the comparison, 512 T for the conversion. Nothing at all when limit >= G.
 */
#include "exec/run.h"

enum { KEY_MAX = 1 + PLAN_SORT_MAX * (1 + 64), W_MAX = 64 };

static bool keeps_all(const struct plan *p, const struct plan_op *op)
{
	return op->imm >= (int64_t)p->groups;
}

static size_t segment_words(const struct plan *p, uint32_t i)
{
	return lane_words(p->groups - 1 - i);
}

static size_t pair_words(const struct plan *p)
{
	size_t words = 0;

	for (uint32_t i = 0; i + 1 < p->groups; i++)
		words += segment_words(p, i);
	return words;
}

/* planes of the sort key, and how many of them are masked by a nonnull bit */
static unsigned key_width(const struct plan *p, const struct plan_op *op, unsigned *masked)
{
	unsigned w = 1, k = 1;

	*masked = 0;
	for (unsigned i = 0; i < p->n_sort; i++) {
		unsigned value = type_width(&operand(p, op, k++)->type);

		w += value;
		if (p->sort[i] & SORT_HAS_NONNULL) {
			w++;
			k++;
			*masked += value;
		}
	}
	return w;
}

static unsigned rank_width(const struct plan *p)
{
	return plan_width(0, (int64_t)p->groups - 1);
}

struct key {
	struct mpc_plane plane[KEY_MAX]; /* most significant first, then reversed */
	unsigned width;
};

static void append(struct key *key, struct mpc_plane p)
{
	key->plane[key->width++] = p;
}

/* Values ANDed with their nonnull bits, all in one round. */
static enum status mask_nulls(struct exec *x, const struct plan_op *op, struct circuit *c,
    struct number value[PLAN_SORT_MAX], struct mpc_plane nonnull[PLAN_SORT_MAX], unsigned masked)
{
	struct gates g;
	enum status st;
	unsigned k = 1;

	TRY(take_gates(c, &g, masked));
	for (unsigned i = 0; i < x->plan->n_sort; i++) {
		value[i] = operand_number(x, op, k++, 0);
		if (!(x->plan->sort[i] & SORT_HAS_NONNULL))
			continue;
		struct number plain = value[i];

		nonnull[i] = operand_bit(x, op, k++, 0);
		TRY(take_planes(c, value[i].bit, value[i].width));
		for (unsigned b = 0; b < plain.width; b++)
			gate_add(&g, (struct mpc_gate){.z = value[i].bit[b], .x = nonnull[i], .y = plain.bit[b]});
	}
	TRY(gates_run(c, &g));
out:
	return st;
}

static enum status make_key(struct exec *x, const struct plan_op *op, struct circuit *c, struct key *key)
{
	struct mpc_plane nonnull[PLAN_SORT_MAX];
	struct number value[PLAN_SORT_MAX];
	unsigned masked, width = key_width(x->plan, op, &masked);
	enum status st;

	TRY(mask_nulls(x, op, c, value, nonnull, masked));
	key->width = 0;
	append(key, plane_not(operand_bit(x, op, 0, 0)));
	for (unsigned i = 0; i < x->plan->n_sort; i++) {
		uint8_t flags = x->plan->sort[i];

		if (flags & SORT_HAS_NONNULL)
			append(key, flags & SORT_NULLS_FIRST ? nonnull[i] : plane_not(nonnull[i]));
		for (unsigned b = value[i].width; b-- > 0;) {
			struct mpc_plane p = value[i].bit[b];
			bool is_sign = value[i].is_signed && b + 1 == value[i].width;

			append(key, is_sign != !!(flags & SORT_DESC) ? plane_not(p) : p);
		}
	}
	for (unsigned k = 0; k < width / 2; k++) { /* least significant first from here on */
		struct mpc_plane swap = key->plane[k];

		key->plane[k] = key->plane[width - 1 - k];
		key->plane[width - 1 - k] = swap;
	}
out:
	return st;
}

/* One plane of both sides of all pairs. Constants stay constants. */
static enum status spread_pairs(
    struct exec *x, struct circuit *pairs, struct mpc_plane p, struct mpc_plane *left, struct mpc_plane *right)
{
	size_t groups = x->plan->groups, at = 0;
	bool flip = p.flip;
	enum status st;

	*left = *right = p;
	if (plane_is_constant(p))
		return ST_OK;
	p.flip = false;
	TRY(take_planes(pairs, left, 1));
	TRY(take_planes(pairs, right, 1));
	for (uint32_t i = 0; i + 1 < groups; i++) {
		size_t words = segment_words(x->plan, i);

		mpc_broadcast(x->m, plane_from(*left, at), p, i, 64 * words);
		mpc_slice(x->m, plane_from(*right, at), p, i + 1, groups - 1 - i);
		at += words;
	}
	left->flip = right->flip = flip;
out:
	return st;
}

/* c_ij of all pairs as words */
static enum status compare_pairs(struct exec *x, const struct key *key, struct circuit *pairs, struct mpc_words *c)
{
	struct mpc_plane left[KEY_MAX], right[KEY_MAX], later;
	size_t mark;
	enum status st;
	void *storage = arena_take(x->arena, mpc_words_bytes(MPC_REP3_SHARES, pairs->lanes));

	if (!storage)
		return ST_NO_MEMORY;
	*c = mpc_words_place(storage, MPC_REP3_SHARES, pairs->lanes);
	mark = arena_mark(x->arena);
	TRY(take_planes(pairs, &later, 1));
	for (unsigned k = 0; k < key->width; k++)
		TRY(spread_pairs(x, pairs, key->plane[k], &left[k], &right[k]));
	TRY(circuit_greater(pairs, later, left, right, key->width, false));
	TRY(mpc_b2a(x->m, c, &later, 1, pairs->lanes));
out:
	arena_release(x->arena, mark);
	return st;
}

/* rank_j starts at j: all lower groups stand before it unless c says otherwise. */
static enum status add_ranks(struct exec *x, const struct mpc_words *c, struct mpc_words *rank)
{
	size_t groups = x->plan->groups, at = 0;
	void *storage = arena_take(x->arena, mpc_words_bytes(MPC_REP3_SHARES, groups));
	uint64_t *start = arena_take(x->arena, 8 * groups);

	if (!storage || !start)
		return ST_NO_MEMORY;
	for (size_t j = 0; j < groups; j++)
		start[j] = j;
	*rank = mpc_words_place(storage, MPC_REP3_SHARES, groups);
	mpc_public_words(x->m, rank, start);
	for (uint32_t i = 0; i + 1 < groups; i++) {
		struct mpc_words row = mpc_words_from(c, 64 * at, groups - 1 - i);
		struct mpc_words mine = mpc_words_from(rank, i, 1),
				 others = mpc_words_from(rank, i + 1, groups - 1 - i);

		mpc_add_sum(x->m, &mine, 1, &row);
		mpc_add_scaled(x->m, &others, -1, &row);
		at += segment_words(x->plan, i);
	}
	return ST_OK;
}

/* keep AND rank < limit: NOT rank > NOT limit */
static enum status cut(struct exec *x, const struct plan_op *op, struct circuit *c, const struct mpc_words *rank)
{
	unsigned w = rank_width(x->plan);
	struct mpc_plane summand[2][W_MAX], bits[W_MAX], limit[W_MAX];
	struct mpc_bits part[2];
	struct mpc_gate g = {.y = operand_bit(x, op, 0, 0)};
	struct number n = number_constant(op->imm);
	enum status st;

	for (unsigned k = 0; k < 2; k++) {
		void *storage = arena_take(x->arena, mpc_bits_bytes(MPC_REP3_SHARES, c->lanes, w));

		if (!storage)
			return ST_NO_MEMORY;
		part[k] = mpc_bits_place(storage, MPC_REP3_SHARES, c->lanes, w);
		for (unsigned b = 0; b < w; b++)
			summand[k][b] = mpc_bits_plane(&part[k], b);
	}
	TRY(take_planes(c, bits, w));
	TRY(take_planes(c, &g.x, 1));
	TRY(mpc_a2b_summands(x->m, &part[0], &part[1], rank));
	TRY(circuit_add(c, &(struct add){.z = bits, .x = summand[0], .y = summand[1], .w = w}));
	for (unsigned b = 0; b < w; b++) {
		bits[b] = plane_not(bits[b]);
		limit[b] = plane_not(number_bit(&n, b));
	}
	TRY(circuit_greater(c, g.x, bits, limit, w, true));
	result_planes(x, op, &g.z, 0);
	TRY(mpc_and(x->m, &g, 1, c->lanes));
out:
	return st;
}

static enum status top_run(struct exec *x, const struct plan_op *op)
{
	struct circuit c = {.m = x->m, .arena = x->arena, .lanes = x->shape.groups};
	struct circuit pairs = {.m = x->m, .arena = x->arena, .lanes = 64 * pair_words(x->plan)};
	struct mpc_words before, rank;
	struct key key;
	struct mpc_plane z;
	enum status st;

	if (keeps_all(x->plan, op)) {
		result_planes(x, op, &z, 0);
		mpc_copy(x->m, z, operand_bit(x, op, 0, 0), c.lanes);
		return ST_OK;
	}
	TRY(make_key(x, op, &c, &key));
	TRY(compare_pairs(x, &key, &pairs, &before));
	TRY(add_ranks(x, &before, &rank));
	TRY(cut(x, op, &c, &rank));
out:
	return st;
}

static void top_cost(const struct plan *p, const struct shape *s, const struct plan_op *op, struct mpc_cost *c)
{
	unsigned masked, width = key_width(p, op, &masked), w = rank_width(p);
	size_t lanes = 64 * pair_words(p);

	if (keeps_all(p, op))
		return;
	mpc_cost_and(c, masked, s->groups);
	effort_cost(c, greater_effort(width, false), lanes);
	mpc_cost_b2a(c, 1, lanes);
	mpc_cost_a2b_summands(c, s->groups, w);
	effort_cost(c, add_effort(w, false, false), s->groups);
	effort_cost(c, greater_effort(w, true), s->groups);
	mpc_cost_and(c, 1, s->groups);
}

static size_t top_scratch(const struct plan *p, const struct shape *s, const struct plan_op *op)
{
	unsigned masked, width = key_width(p, op, &masked), w = rank_width(p);
	size_t lanes = 64 * pair_words(p);
	struct effort compare = effort_hold(greater_effort(width, false), 1 + 2 * (size_t)width, 0);
	struct effort end =
	    effort_hold(effort_then(add_effort(w, false, false), greater_effort(w, true)), masked + 3 * w + 1, 0);

	if (keeps_all(p, op))
		return 0;
	return effort_bytes(compare, lanes) + effort_bytes(end, s->groups) + mpc_words_bytes(MPC_REP3_SHARES, lanes) +
	       mpc_words_bytes(MPC_REP3_SHARES, s->groups) + gates_bytes(masked) + 8 * s->groups + 512;
}

const struct operator operator_top = {.run = top_run, .cost = top_cost, .scratch = top_scratch};
