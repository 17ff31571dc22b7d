/*
 * Comparisons and logic, lane by lane. w = common width of both operands (plan_width over both ranges).
 *
 *   LT    circuit_greater(w): 2 + ceil(log2 ceil(w/2)) rounds; with a CONST operand one round and about 40 % of the ANDs less
 *   EQ    ceil(log2 w) rounds, w - 1 ANDs
 *   AND OR 1 round, 1 AND       NOT free
 *
 * Signed operands: flip the top bit of both and compare unsigned (never the sign of a difference).
 */
#include "exec/run.h"

enum { W_MAX = 64 };

static unsigned width_of(const struct plan *p, const struct plan_op *op)
{
	return common_width(&operand(p, op, 0)->type, &operand(p, op, 1)->type);
}

static bool any_signed(const struct plan *p, const struct plan_op *op)
{
	return is_signed(&operand(p, op, 0)->type) || is_signed(&operand(p, op, 1)->type);
}

static void load(struct exec *x, const struct plan_op *op, unsigned k, size_t from, struct mpc_plane out[W_MAX])
{
	struct number n = operand_number(x, op, k, from);

	number_extend(out, &n, width_of(x->plan, op));
}

static void complement(struct mpc_plane *x, unsigned w)
{
	for (unsigned k = 0; k < w; k++)
		x[k] = plane_not(x[k]);
}

static bool has_public(const struct plan *p, const struct plan_op *op)
{
	return is_public(operand(p, op, 0)) || is_public(operand(p, op, 1));
}

static struct effort lt_effort(const struct plan *p, const struct plan_op *op)
{
	return greater_effort(width_of(p, op), has_public(p, op));
}

/* x < y is y > x; and with y public NOT x > NOT y, so that the public side is always on the right. */
static enum status lt_run(struct exec *x, const struct plan_op *op, struct circuit *c, size_t from)
{
	unsigned w = width_of(x->plan, op);
	struct mpc_plane a[W_MAX], b[W_MAX], z;

	load(x, op, 0, from, a);
	load(x, op, 1, from, b);
	if (any_signed(x->plan, op)) {
		a[w - 1] = plane_not(a[w - 1]);
		b[w - 1] = plane_not(b[w - 1]);
	}
	result_planes(x, op, &z, from);
	if (is_public(operand(x->plan, op, 0)))
		return circuit_greater(c, z, b, a, w, true);
	if (!is_public(operand(x->plan, op, 1)))
		return circuit_greater(c, z, b, a, w, false);
	complement(a, w);
	complement(b, w);
	return circuit_greater(c, z, a, b, w, true);
}

static struct effort eq_effort(const struct plan *p, const struct plan_op *op)
{
	return equal_effort(width_of(p, op));
}

static enum status eq_run(struct exec *x, const struct plan_op *op, struct circuit *c, size_t from)
{
	struct mpc_plane a[W_MAX], b[W_MAX], z;

	load(x, op, 0, from, a);
	load(x, op, 1, from, b);
	result_planes(x, op, &z, from);
	return circuit_equal(c, z, a, b, width_of(x->plan, op));
}

static struct effort one_gate(const struct plan *p, const struct plan_op *op)
{
	(void)p, (void)op;
	return effort_batch(1);
}

static enum status and_run(struct exec *x, const struct plan_op *op, struct circuit *c, size_t from)
{
	struct mpc_gate g = {.x = operand_bit(x, op, 0, from), .y = operand_bit(x, op, 1, from)};

	result_planes(x, op, &g.z, from);
	return mpc_and(x->m, &g, 1, c->lanes);
}

/* x | y = y ^ (x & NOT y) */
static enum status or_run(struct exec *x, const struct plan_op *op, struct circuit *c, size_t from)
{
	struct mpc_plane y = operand_bit(x, op, 1, from);
	struct mpc_gate g = {.x = operand_bit(x, op, 0, from), .y = plane_not(y), .s = y};

	result_planes(x, op, &g.z, from);
	return mpc_and(x->m, &g, 1, c->lanes);
}

static struct effort no_gate(const struct plan *p, const struct plan_op *op)
{
	(void)p, (void)op;
	return (struct effort){0};
}

static enum status not_run(struct exec *x, const struct plan_op *op, struct circuit *c, size_t from)
{
	struct mpc_plane z;

	result_planes(x, op, &z, from);
	mpc_copy(x->m, z, plane_not(operand_bit(x, op, 0, from)), c->lanes);
	return ST_OK;
}

/* c >= k is NOT(c < k) = NOT(NOT c > NOT k). */
static struct plan_type threshold(const struct plan_op *op)
{
	return (struct plan_type){.kind = KIND_BITS, .lo = op->imm, .hi = op->imm};
}

static struct effort suppress_effort(const struct plan *p, const struct plan_op *op)
{
	struct plan_type k = threshold(op);

	return greater_effort(common_width(&operand(p, op, 0)->type, &k), true);
}

static enum status suppress_run(struct exec *x, const struct plan_op *op, struct circuit *c, size_t from)
{
	const struct plan_type *type = &operand(x->plan, op, 0)->type;
	struct plan_type t = threshold(op);
	unsigned w = common_width(type, &t);
	struct number n = operand_number(x, op, 0, from), k = number_constant(op->imm);
	struct mpc_plane a[W_MAX], b[W_MAX], z;
	enum status st;

	number_extend(a, &n, w);
	number_extend(b, &k, w);
	if (is_signed(type)) {
		a[w - 1] = plane_not(a[w - 1]);
		b[w - 1] = plane_not(b[w - 1]);
	}
	complement(a, w);
	complement(b, w);
	result_planes(x, op, &z, from);
	TRY(circuit_greater(c, z, a, b, w, true));
	mpc_copy(x->m, z, plane_not(z), c->lanes);
out:
	return st;
}

const struct operator operator_lt = {.lanewise = {lt_effort, lt_run}};
const struct operator operator_eq = {.lanewise = {eq_effort, eq_run}};
const struct operator operator_and = {.lanewise = {one_gate, and_run}};
const struct operator operator_or = {.lanewise = {one_gate, or_run}};
const struct operator operator_not = {.lanewise = {no_gate, not_run}};
const struct operator operator_suppress = {.lanewise = {suppress_effort, suppress_run}};
const struct operator operator_keepif = {.lanewise = {one_gate, and_run}};
