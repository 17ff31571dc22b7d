/*
 * AVG = s * scale / c, rounded half away from zero, 0 when c = 0; s and c are the sum and the number of values in a group.
 *
 *     |q| = floor((2 |s| scale + c) / (2 c)) = floor(n / c),  n = |s| scale + floor(c / 2)      (floor of floor)
 *
 * n is the sum of shifted copies of |s|, then a long division; the sign goes back on last. |q| <= |s| scale, because c >= 1
 * where it counts, so the quotient has the width of the result.
 *
 *   Rounds: |s| an adder (if signed), n full adders and an adder, division 1 + ceil(log2(width c + 4)) + 1 a quotient digit of
 *   four bits, two masking rounds, an adder (if signed). The widths are those of the declared bounds.
 */
#include "exec/run.h"

enum { W_MAX = 64 };

struct widths {
	unsigned s, c, n, q, result;
	bool is_signed;
};

static uint64_t magnitude(const struct plan_type *t)
{
	uint64_t hi = t->hi > 0 ? (uint64_t)t->hi : 0, lo = t->lo < 0 ? 0 - (uint64_t)t->lo : 0;

	return hi > lo ? hi : lo;
}

static unsigned bits_of(uint64_t v)
{
	return v ? 64 - (unsigned)__builtin_clzll(v) : 0;
}

/* plan_infer has shown that 2 |s| scale + c < 2^63. */
static struct widths widths_of(const struct plan *p, const struct plan_op *op)
{
	const struct plan_type *s = &operand(p, op, 0)->type, *c = &operand(p, op, 1)->type;

	return (struct widths){
	    .s = type_width(s),
	    .c = type_width(c),
	    .n = bits_of(magnitude(s) * (uint64_t)op->imm + (uint64_t)c->hi / 2),
	    .q = bits_of(magnitude(&op->type)),
	    .result = type_width(&op->type),
	    .is_signed = is_signed(s),
	};
}

static bool is_always_zero(const struct widths *w)
{
	return w->s == 0 || w->c == 0 || w->q == 0;
}

/* n as columns: |s| << i for every bit i of scale, and c >> 1. */
static void add_numerator(struct columns *k, const struct number *abs, const struct number *c, int64_t scale)
{
	struct number half = {.width = c->width ? c->width - 1 : 0};

	for (unsigned b = 0; b < half.width; b++)
		half.bit[b] = c->bit[b + 1];
	for (unsigned i = 0; i < 63; i++)
		if (scale >> i & 1)
			columns_add_number(k, abs, i, false);
	columns_add_number(k, &half, 0, false);
}

static struct columns numerator_shape(const struct widths *w, int64_t scale)
{
	struct number abs = {.width = w->s}, c = {.width = w->c};
	struct columns k = {.width = w->n};

	add_numerator(&k, &abs, &c, scale);
	return k;
}

static struct effort avg_effort(const struct plan *p, const struct plan_op *op)
{
	struct widths w = widths_of(p, op);
	struct columns k = numerator_shape(&w, op->imm);
	struct effort e = {0};

	if (is_always_zero(&w))
		return e;
	if (w.is_signed)
		e = add_effort(w.s, false, false);
	e = effort_then(e, columns_effort(&k));
	e = effort_then(e, divide_effort(w.q, w.n, w.c));
	e = effort_then(e, all_effort(w.c));
	e = effort_then(e, effort_batch(w.q));
	if (w.is_signed)
		e = effort_then(e, add_effort(w.result, false, false));
	/* |s|, n, q, the signed q, the count's bit */
	return effort_hold(e, w.s + w.n + w.q + w.result + 1, columns_bytes(w.n) + gates_bytes(w.q));
}

/* z = x ^ sign + sign over w planes: x or its negative. x may be shorter; z also holds the XOR. */
static enum status negate_where(struct circuit *c, struct mpc_plane sign, struct mpc_plane *z,
    const struct mpc_plane *x, unsigned x_width, unsigned w)
{
	struct mpc_plane zero[W_MAX] = {PLANE_ZERO};

	for (unsigned b = 0; b < w; b++)
		mpc_xor(c->m, z[b], b < x_width ? x[b] : PLANE_ZERO, sign, c->lanes);
	return circuit_add(c, &(struct add){.z = z, .x = z, .y = zero, .w = w, .carry = sign});
}

struct average {
	struct widths w;
	struct number s, c, abs;
	struct mpc_plane sign, n[W_MAX], q[W_MAX], empty;
};

static enum status numerator(struct circuit *c, struct average *a, int64_t scale)
{
	struct columns k;
	enum status st;

	a->abs = (struct number){.width = a->w.s};
	a->sign = a->w.is_signed ? a->s.bit[a->w.s - 1] : PLANE_ZERO;
	if (a->w.is_signed) {
		TRY(take_planes(c, a->abs.bit, a->w.s));
		TRY(negate_where(c, a->sign, a->abs.bit, a->s.bit, a->w.s, a->w.s));
	} else {
		memcpy(a->abs.bit, a->s.bit, sizeof a->abs.bit);
	}
	TRY(take_planes(c, a->n, a->w.n));
	TRY(columns_take(c, &k, a->w.n));
	add_numerator(&k, &a->abs, &a->c, scale);
	TRY(circuit_columns(c, a->n, &k));
out:
	return st;
}

/* empty = (c = 0); q := 0 where empty */
static enum status mask_quotient(struct circuit *c, struct average *a)
{
	struct mpc_plane absent[W_MAX];
	struct gates g;
	enum status st;

	for (unsigned b = 0; b < a->w.c; b++)
		absent[b] = plane_not(a->c.bit[b]);
	TRY(take_planes(c, &a->empty, 1));
	TRY(circuit_all(c, a->empty, absent, a->w.c));
	TRY(take_gates(c, &g, a->w.q));
	for (unsigned b = 0; b < a->w.q; b++)
		gate_add(&g, (struct mpc_gate){.z = a->q[b], .x = plane_not(a->empty), .y = a->q[b]});
	TRY(gates_run(c, &g));
out:
	return st;
}

static enum status avg_run(struct exec *x, const struct plan_op *op, struct circuit *c, size_t from)
{
	struct average a = {
	    .w = widths_of(x->plan, op), .s = operand_number(x, op, 0, from), .c = operand_number(x, op, 1, from)};
	size_t mark = arena_mark(c->arena);
	struct mpc_plane z[W_MAX];
	enum status st = ST_OK;

	result_planes(x, op, z, from);
	if (is_always_zero(&a.w)) {
		for (unsigned b = 0; b < a.w.result; b++)
			mpc_copy(x->m, z[b], PLANE_ZERO, c->lanes);
		return ST_OK;
	}
	TRY(numerator(c, &a, op->imm));
	TRY(take_planes(c, a.q, a.w.q));
	TRY(circuit_divide(c,
	    &(struct divide){.q = a.q, .q_width = a.w.q, .n = a.n, .n_width = a.w.n, .d = a.c.bit, .d_width = a.w.c}));
	TRY(mask_quotient(c, &a));
	if (a.w.is_signed)
		TRY(negate_where(c, a.sign, z, a.q, a.w.q, a.w.result));
	else
		for (unsigned b = 0; b < a.w.result; b++)
			mpc_copy(x->m, z[b], b < a.w.q ? a.q[b] : PLANE_ZERO, c->lanes);
out:
	arena_release(c->arena, mark);
	return st;
}

const struct operator operator_avg = {.lanewise = {avg_effort, avg_run}};
