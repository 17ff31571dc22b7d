/*
 * ADD, SUB, MUL on bit planes, w = width of the result (plan_infer's bounds), arithmetic mod 2^w in two's complement.
 *
 *   ADD SUB  Sklansky's adder over w bits: 1 + ceil(log2(w - 1)) rounds; one round less with a CONST operand
 *   MUL      all partial products in 1 round, then full adders, then one adder; a sign bit's negative weight is handled
 *            as -p = (1 - p) - 1 (Baugh, Wooley, 1973). With a CONST operand there is no product: shifted copies are added.
 */
#include "exec/run.h"

enum { W_MAX = 64 };

static unsigned public_operand(const struct plan *p, const struct plan_op *op)
{
	return is_public(operand(p, op, 0)) ? 0 : is_public(operand(p, op, 1)) ? 1 : 2;
}

static struct effort sum_effort(const struct plan *p, const struct plan_op *op)
{
	return add_effort(type_width(&op->type), public_operand(p, op) < 2, false);
}

/* x + y, or x + NOT y + 1. The public operand, if any, goes to the right. */
static enum status sum_run(struct exec *x, const struct plan_op *op, struct circuit *c, size_t from)
{
	unsigned w = type_width(&op->type), is_known = public_operand(x->plan, op);
	struct number n[2] = {operand_number(x, op, 0, from), operand_number(x, op, 1, from)};
	struct mpc_plane v[2][W_MAX], z[W_MAX];
	bool is_minus = op->code == OP_SUB;

	for (unsigned k = 0; k < 2; k++)
		number_extend(v[k], &n[k], w);
	for (unsigned b = 0; is_minus && b < w; b++)
		v[1][b] = plane_not(v[1][b]);
	result_planes(x, op, z, from);
	return circuit_add(c, &(struct add){.z = z,
				  .x = v[is_known == 0],
				  .y = v[is_known != 0],
				  .w = w,
				  .is_public = is_known < 2,
				  .carry = is_minus ? PLANE_ONE : PLANE_ZERO});
}

static uint64_t magnitude(int64_t v)
{
	return v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
}

/* x times a public number: a shifted copy for every bit of it. */
static void add_copies(struct columns *k, const struct number *x, int64_t by)
{
	for (unsigned i = 0; i < 64 && magnitude(by) >> i; i++)
		if (magnitude(by) >> i & 1)
			columns_add_number(k, x, i, by < 0);
}

/* Product bit (i, j) has weight 2^(i+j), negative when exactly one of the two is a sign. */
static void add_products(struct columns *k, const struct number *x, const struct number *y, const struct mpc_plane *p)
{
	for (unsigned i = 0; i < x->width; i++) {
		for (unsigned j = 0; j < y->width; j++) {
			bool x_sign = x->is_signed && i + 1 == x->width, y_sign = y->is_signed && j + 1 == y->width;

			columns_add(k, i + j, p ? p[i * y->width + j] : PLANE_ZERO, x_sign != y_sign);
		}
	}
}

static struct number shape_only(const struct plan_type *t)
{
	return (struct number){.width = type_width(t), .is_signed = is_signed(t)};
}

static struct effort mul_effort(const struct plan *p, const struct plan_op *op)
{
	unsigned w = type_width(&op->type), is_known = public_operand(p, op);
	struct number x = shape_only(&operand(p, op, 0)->type), y = shape_only(&operand(p, op, 1)->type);
	size_t n = (size_t)x.width * y.width;
	struct columns k = {.width = w};

	if (is_known < 2) {
		add_copies(&k, is_known == 0 ? &y : &x, operand(p, op, is_known)->imm);
		return effort_hold(columns_effort(&k), 0, columns_bytes(w));
	}
	add_products(&k, &x, &y, NULL);
	return effort_hold(effort_then(effort_batch(n), columns_effort(&k)), n,
	    gates_bytes(n) + columns_bytes(w) + n * sizeof(struct mpc_plane) + 64);
}

static enum status multiply(struct circuit *c, struct columns *k, const struct number *x, const struct number *y)
{
	size_t n = (size_t)x->width * y->width;
	struct mpc_plane *p = arena_take(c->arena, n * sizeof *p);
	struct gates g;
	enum status st;

	if (!p)
		return ST_NO_MEMORY;
	TRY(take_planes(c, p, n));
	TRY(take_gates(c, &g, n));
	for (size_t i = 0; i < n; i++)
		gate_add(&g, (struct mpc_gate){.z = p[i], .x = x->bit[i / y->width], .y = y->bit[i % y->width]});
	TRY(gates_run(c, &g));
	add_products(k, x, y, p);
out:
	return st;
}

static enum status mul_run(struct exec *x, const struct plan_op *op, struct circuit *c, size_t from)
{
	unsigned is_known = public_operand(x->plan, op);
	struct number n[2] = {operand_number(x, op, 0, from), operand_number(x, op, 1, from)};
	size_t mark = arena_mark(c->arena);
	struct mpc_plane z[W_MAX];
	struct columns k;
	enum status st;

	TRY(columns_take(c, &k, type_width(&op->type)));
	if (is_known < 2)
		add_copies(&k, &n[!is_known], operand(x->plan, op, is_known)->imm);
	else
		TRY(multiply(c, &k, &n[0], &n[1]));
	result_planes(x, op, z, from);
	TRY(circuit_columns(c, z, &k));
out:
	arena_release(c->arena, mark);
	return st;
}

const struct operator operator_add = {.lanewise = {sum_effort, sum_run}};
const struct operator operator_sub = {.lanewise = {sum_effort, sum_run}};
const struct operator operator_mul = {.lanewise = {mul_effort, mul_run}};
