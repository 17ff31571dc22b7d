/*
 * MIN and MAX of a column per group, in a tournament over halves of the rows. Values are mapped to unsigned numbers whose
 * order is that of the operator (flip the sign bit; complement all bits for MIN), rows outside the group to 0, which
 * never wins against anything larger; a flag "any row at all" is ORed along, and undoes the mapping where it is set.
 *
 * A block of g groups runs side by side in lanes: [group][row word]. Per block, w = width of the column, S = row words:
 *   mask    1 round, w ANDs a lane
 *   halving ceil(log2 S) levels of words, then 6 within the last word: each circuit_greater(w) and one round of w + 1 ANDs
 * About (w + 2.4 w + w + 1) ANDs a row and group in all. Blocks only bound memory; their number follows from public shapes.
 */
#include "exec/run.h"

enum { W_MAX = 64, LANE_LEVELS = 6 };

static unsigned width_of(const struct plan *p, const struct plan_op *op)
{
	return type_width(&operand(p, op, 1)->type);
}

/* Bit planes are complemented on the way in, and back on the way out. */
static bool is_flipped(const struct plan *p, const struct plan_op *op, unsigned b)
{
	const struct plan_type *t = &operand(p, op, 1)->type;
	bool is_sign = is_signed(t) && b + 1 == type_width(t);

	return (op->code == OP_MIN) != is_sign;
}

/* Planes of one group's lanes that a block holds: values and flag, and both halves of every level (twice as much in all,
 * and a word more at each level for odd counts), and the circuits at half size or less. */
static size_t bytes_per_group(unsigned w, size_t words)
{
	struct effort half = effort_hold(greater_effort(w, false), 1, 0);
	size_t levels = 1;

	for (size_t n = words; n > 1; n = (n + 1) / 2)
		levels++;
	size_t held = (w + 1) * (words + 2 * (words + levels + 8)); /* plane words; 8: strides */
	size_t gates = half.planes * ((words + 1) / 2 + 8);
	return MPC_REP3_SHARES * 8 * (held + gates) + w * sizeof(struct mpc_gate);
}

static size_t fixed_bytes(unsigned w, size_t words, size_t groups)
{
	struct effort e = greater_effort(w, false);
	size_t levels = LANE_LEVELS + 1;

	for (size_t n = words; n > 1; n = (n + 1) / 2)
		levels++;
	/* winners of all blocks; planes of single words still take a stride each */
	return effort_bytes((struct effort){.planes = w + 1}, 64 * groups) +
	       effort_bytes((struct effort){.planes = w + 1}, groups) + levels * gates_bytes(w + 1) + e.fixed +
	       effort_bytes((struct effort){.planes = 2 * levels * (w + 1) + e.planes}, 64);
}

static size_t groups_at_once(const struct plan *p, const struct plan_op *op, const struct shape *s)
{
	size_t n = SCRATCH_AIM / bytes_per_group(width_of(p, op), s->rows / 64);

	n = n ? n : 1;
	return n < p->groups ? n : p->groups;
}

struct block {
	struct exec *x;
	const struct plan_op *op;
	unsigned w;
	size_t groups, first; /* how many, and which */
	size_t words; /* of one group now */
	struct mpc_plane v[W_MAX + 1]; /* values, and above them the flag: groups * words words */
};

static struct circuit over(const struct block *b, size_t words)
{
	return (struct circuit){.m = b->x->m, .arena = b->x->arena, .lanes = 64 * words * b->groups};
}

static enum status mask_values(struct block *b)
{
	struct exec *x = b->x;
	const struct mpc_bits *m = &value_of(x, operand(x->plan, b->op, 0))->bits;
	struct number n = operand_number(x, b->op, 1, 0);
	struct circuit c = over(b, b->words), one = {.m = x->m, .arena = x->arena, .lanes = x->shape.rows};
	struct gates g;
	enum status st;

	TRY(take_planes(&c, b->v, b->w + 1));
	TRY(take_gates(&c, &g, b->w * b->groups));
	for (size_t j = 0; j < b->groups; j++) {
		struct mpc_plane member = mpc_bits_plane(m, b->first + j);

		mpc_copy(x->m, plane_from(b->v[b->w], j * b->words), member, x->shape.rows);
		for (unsigned k = 0; k < b->w; k++) {
			struct mpc_plane y = is_flipped(x->plan, b->op, k) ? plane_not(n.bit[k]) : n.bit[k];

			gate_add(&g, (struct mpc_gate){.z = plane_from(b->v[k], j * b->words), .x = member, .y = y});
		}
	}
	TRY(gates_run(&one, &g));
out:
	return st;
}

/* b->v := lane by lane the larger of b->v and other; flags ORed. b->words words a group. */
static enum status keep_larger(struct block *b, const struct mpc_plane *other)
{
	struct circuit c = over(b, b->words);
	size_t mark = arena_mark(c.arena);
	struct mpc_plane wins, flag = b->v[b->w];
	struct gates g;
	enum status st;

	TRY(take_planes(&c, &wins, 1));
	TRY(take_gates(&c, &g, b->w + 1));
	TRY(circuit_greater(&c, wins, other, b->v, b->w, false));
	for (unsigned k = 0; k < b->w; k++)
		gate_add(&g, (struct mpc_gate){.z = b->v[k], .x = wins, .y = b->v[k], .s = b->v[k], .t = other[k]});
	gate_add(&g, (struct mpc_gate){.z = flag, .x = flag, .y = plane_not(other[b->w]), .s = other[b->w]});
	TRY(gates_run(&c, &g));
out:
	arena_release(c.arena, mark);
	return st;
}

/* Words [from, from + n) of every group of v into to, `words` words a group; those missing stay zero. */
static void take_half(struct block *b, struct mpc_plane to, struct mpc_plane v, size_t words, size_t from, size_t n)
{
	for (size_t j = 0; j < b->groups; j++)
		mpc_copy(b->x->m, plane_from(to, j * words), plane_from(v, j * b->words + from), 64 * n);
}

static enum status halve_words(struct block *b)
{
	size_t half = (b->words + 1) / 2;
	struct circuit c = over(b, half);
	struct mpc_plane lower[W_MAX + 1], upper[W_MAX + 1];
	enum status st;

	TRY(take_planes(&c, lower, b->w + 1));
	TRY(take_planes(&c, upper, b->w + 1));
	for (unsigned k = 0; k <= b->w; k++) {
		take_half(b, lower[k], b->v[k], half, 0, half);
		take_half(b, upper[k], b->v[k], half, half, b->words - half);
		b->v[k] = lower[k];
	}
	b->words = half;
	TRY(keep_larger(b, upper));
out:
	return st;
}

/* Within a word: lanes k and k + shift. What crosses into the lanes above is never looked at again. */
static enum status halve_lanes(struct block *b, size_t shift)
{
	struct circuit c = over(b, 1);
	size_t mark = arena_mark(c.arena);
	struct mpc_plane other[W_MAX + 1];
	enum status st;

	TRY(take_planes(&c, other, b->w + 1));
	for (unsigned k = 0; k <= b->w; k++)
		mpc_slice(c.m, other[k], b->v[k], shift, c.lanes - shift);
	TRY(keep_larger(b, other));
out:
	arena_release(c.arena, mark);
	return st;
}

/* The winners of one block: lane 64 j of `winner` from word b->first on. */
static enum status run_block(struct block *b, const struct mpc_plane *winner)
{
	size_t mark = arena_mark(b->x->arena);
	enum status st;

	TRY(mask_values(b));
	while (b->words > 1)
		TRY(halve_words(b));
	for (size_t shift = 32; shift; shift /= 2)
		TRY(halve_lanes(b, shift));
	for (unsigned k = 0; k <= b->w; k++)
		mpc_copy(b->x->m, plane_from(winner[k], b->first), b->v[k], 64 * b->groups);
out:
	arena_release(b->x->arena, mark);
	return st;
}

/* Undo the mapping where there was a row; where there was none all bits are 0 and stay so. */
static enum status finish(struct exec *x, const struct plan_op *op, unsigned w, const struct mpc_plane *winner)
{
	struct circuit c = {.m = x->m, .arena = x->arena, .lanes = x->shape.groups};
	struct mpc_plane z[W_MAX], any;
	enum status st;

	TRY(take_planes(&c, &any, 1));
	result_planes(x, op, z, 0);
	mpc_collect(x->m, any, winner[w], 64, c.lanes);
	for (unsigned k = 0; k < w; k++) {
		mpc_collect(x->m, z[k], winner[k], 64, c.lanes);
		if (is_flipped(x->plan, op, k))
			mpc_xor(x->m, z[k], z[k], any, c.lanes);
	}
out:
	return st;
}

static enum status extreme_run(struct exec *x, const struct plan_op *op)
{
	unsigned w = width_of(x->plan, op);
	size_t at_once, groups = x->plan->groups;
	struct circuit all = {.m = x->m, .arena = x->arena, .lanes = 64 * groups};
	struct mpc_plane winner[W_MAX + 1], z[W_MAX];
	enum status st;

	result_planes(x, op, z, 0);
	if (x->shape.rows == 0) {
		for (unsigned k = 0; k < w; k++)
			mpc_copy(x->m, z[k], PLANE_ZERO, groups);
		return ST_OK;
	}
	if (w == 0)
		return ST_OK;
	at_once = groups_at_once(x->plan, op, &x->shape);
	TRY(take_planes(&all, winner, w + 1));
	for (size_t first = 0; first < groups; first += at_once) {
		struct block b = {.x = x, .op = op, .w = w, .first = first, .words = x->shape.rows / 64};

		b.groups = groups - first < at_once ? groups - first : at_once;
		TRY(run_block(&b, winner));
	}
	TRY(finish(x, op, w, winner));
out:
	return st;
}

static void level_cost(struct mpc_cost *c, unsigned w, size_t words)
{
	effort_cost(c, effort_then(greater_effort(w, false), effort_batch(w + 1)), 64 * words);
}

static void extreme_cost(const struct plan *p, const struct shape *s, const struct plan_op *op, struct mpc_cost *c)
{
	unsigned w = width_of(p, op);
	size_t words = s->rows / 64, at_once, groups;

	if (words == 0 || w == 0)
		return;
	at_once = groups_at_once(p, op, s);
	for (size_t first = 0; first < p->groups; first += at_once) {
		groups = p->groups - first < at_once ? p->groups - first : at_once;
		mpc_cost_and(c, w * groups, s->rows);
		for (size_t n = words; n > 1; n = (n + 1) / 2)
			level_cost(c, w, (n + 1) / 2 * groups);
		for (unsigned k = 0; k < LANE_LEVELS; k++)
			level_cost(c, w, groups);
	}
}

/* What a block may take, not what whole groups make of it: so fewer rows never need more memory than more rows. */
static size_t extreme_scratch(const struct plan *p, const struct shape *s, const struct plan_op *op)
{
	unsigned w = width_of(p, op);
	size_t words = s->rows / 64, group, most;

	if (words == 0 || w == 0)
		return 0;
	group = bytes_per_group(w, words);
	most = group > SCRATCH_AIM ? group : SCRATCH_AIM;
	return fixed_bytes(w, words, p->groups) + (group < most / p->groups ? group * p->groups : most);
}

const struct operator operator_extreme = {.run = extreme_run, .cost = extreme_cost, .scratch = extreme_scratch};
