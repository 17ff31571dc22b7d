/*
 * Interval arithmetic on the plaintext value of each operator. 128 bits hold every intermediate: bounds and immediates
 * are within 2^62, so products are within 2^124 and the sum of two products and a constant within 2^126.
 */
#include "opcodes.h"

__extension__ typedef __int128 wide;

static const int64_t limit = INT64_C(1) << 62;

static enum status fit(struct plan_type *out, wide lo, wide hi)
{
	if (lo < -limit || hi > limit)
		return ST_PLAN_BOUND;
	out->lo = (int64_t)lo;
	out->hi = (int64_t)hi;
	return ST_OK;
}

static wide least(wide a, wide b)
{
	return a < b ? a : b;
}

static wide most(wide a, wide b)
{
	return a > b ? a : b;
}

/* Rows that are NULL or padding carry 0, and so do groups without rows. */
static enum status fit_with_zero(struct plan_type *out, wide lo, wide hi)
{
	return fit(out, least(lo, 0), most(hi, 0));
}

static const struct plan_type *type_of(const struct plan *p, const struct plan_op *op, unsigned k)
{
	return &plan_operand(p, op, k)->type;
}

unsigned plan_width(int64_t lo, int64_t hi)
{
	if (lo >= 0)
		return hi > 0 ? 64 - (unsigned)__builtin_clzll((uint64_t)hi) : 0;
	/* two's complement: the larger of hi and -lo-1 needs w-1 bits beside the sign */
	uint64_t magnitude = (uint64_t)most(hi, -(wide)lo - 1);
	return magnitude ? 65 - (unsigned)__builtin_clzll(magnitude) : 1;
}

enum status infer_bit(const struct plan *p, const struct plan_op *op, struct plan_type *out)
{
	(void)p, (void)op;
	out->hi = 1;
	return ST_OK;
}

enum status infer_column(const struct plan *p, const struct plan_op *op, struct plan_type *out)
{
	if (op->a >= p->n_columns)
		return ST_PLAN_TYPE;
	return fit_with_zero(out, p->columns[op->a].lo, p->columns[op->a].hi);
}

enum status infer_known(const struct plan *p, const struct plan_op *op, struct plan_type *out)
{
	return op->a < p->n_columns ? infer_bit(p, op, out) : ST_PLAN_TYPE;
}

enum status infer_const(const struct plan *p, const struct plan_op *op, struct plan_type *out)
{
	(void)p;
	if (op->a != SHAPE_ROWS && op->a != SHAPE_GROUPS)
		return ST_PLAN_TYPE;
	out->shape = (enum plan_shape)op->a;
	return fit(out, op->imm, op->imm);
}

enum status infer_add(const struct plan *p, const struct plan_op *op, struct plan_type *out)
{
	const struct plan_type *x = type_of(p, op, 0), *y = type_of(p, op, 1);
	return fit(out, (wide)x->lo + y->lo, (wide)x->hi + y->hi);
}

enum status infer_sub(const struct plan *p, const struct plan_op *op, struct plan_type *out)
{
	const struct plan_type *x = type_of(p, op, 0), *y = type_of(p, op, 1);
	return fit(out, (wide)x->lo - y->hi, (wide)x->hi - y->lo);
}

enum status infer_mul(const struct plan *p, const struct plan_op *op, struct plan_type *out)
{
	const struct plan_type *x = type_of(p, op, 0), *y = type_of(p, op, 1);
	wide a = (wide)x->lo * y->lo, b = (wide)x->lo * y->hi, c = (wide)x->hi * y->lo, d = (wide)x->hi * y->hi;
	return fit(out, least(least(a, b), least(c, d)), most(most(a, b), most(c, d)));
}

/* Operands: sel, then for each key its COL and, where the column is nullable, its KNOWN. */
enum status infer_group(const struct plan *p, const struct plan_op *op, struct plan_type *out)
{
	unsigned k = 1;

	if (op->a != p->n_keys)
		return ST_PLAN_TYPE;
	for (unsigned i = 0; i < p->n_keys; i++) {
		uint16_t column = p->keys[i].column;
		bool nullable = p->columns[column].nullable;

		if (k + nullable >= op->n_in)
			return ST_PLAN_TYPE;
		const struct plan_op *value = plan_operand(p, op, k++);
		if (value->code != OP_COL || value->a != column)
			return ST_PLAN_TYPE;
		if (!nullable)
			continue;
		const struct plan_op *known = plan_operand(p, op, k++);
		if (known->code != OP_KNOWN || known->a != column)
			return ST_PLAN_TYPE;
	}
	return k == op->n_in ? infer_bit(p, op, out) : ST_PLAN_TYPE;
}

static enum status sums_column(const struct plan *p, const struct plan_op *sums, unsigned j, struct plan_type *out)
{
	if (j == 0)
		return fit(out, 0, p->rows_max);
	const struct plan_type *w = type_of(p, sums, j);
	return fit_with_zero(out, (wide)w->lo * p->rows_max, (wide)w->hi * p->rows_max);
}

enum status infer_sums(const struct plan *p, const struct plan_op *op, struct plan_type *out)
{
	struct plan_type column;

	for (unsigned j = 1; j < op->n_in; j++) {
		if (sums_column(p, op, j, &column) != ST_OK)
			return ST_PLAN_BOUND;
	}
	return sums_column(p, op, 0, out);
}

void plan_sums_bounds(const struct plan *p, const struct plan_op *sums, unsigned j, int64_t *lo, int64_t *hi)
{
	struct plan_type column = {0};

	if (j < sums->n_in && sums_column(p, sums, j, &column) != ST_OK)
		column.lo = column.hi = 0;
	*lo = column.lo;
	*hi = column.hi;
}

enum status infer_pick(const struct plan *p, const struct plan_op *op, struct plan_type *out)
{
	const struct plan_op *sums = plan_operand(p, op, 0);
	return op->a < sums->n_in ? sums_column(p, sums, op->a, out) : ST_PLAN_TYPE;
}

static wide scaled_least(const struct plan_type *x, int64_t factor)
{
	return least((wide)x->lo * factor, (wide)x->hi * factor);
}

static wide scaled_most(const struct plan_type *x, int64_t factor)
{
	return most((wide)x->lo * factor, (wide)x->hi * factor);
}

enum status infer_lin(const struct plan *p, const struct plan_op *op, struct plan_type *out)
{
	const struct plan_type *x = type_of(p, op, 0);
	wide lo = scaled_least(x, op->imm) + op->imm3, hi = scaled_most(x, op->imm) + op->imm3;

	if (op->n_in == 1)
		return op->imm2 == 0 ? fit(out, lo, hi) : ST_PLAN_FORMAT;
	const struct plan_type *y = type_of(p, op, 1);
	return fit(out, lo + scaled_least(y, op->imm2), hi + scaled_most(y, op->imm2));
}

enum status infer_same(const struct plan *p, const struct plan_op *op, struct plan_type *out)
{
	const struct plan_type *x = type_of(p, op, 0);
	return fit(out, x->lo, x->hi);
}

enum status infer_extreme(const struct plan *p, const struct plan_op *op, struct plan_type *out)
{
	const struct plan_type *x = type_of(p, op, 1);
	return fit_with_zero(out, x->lo, x->hi);
}

static bool is_power_of_ten(int64_t scale)
{
	for (int64_t power = 1; power <= 1000000000; power *= 10) {
		if (scale == power)
			return true;
	}
	return false;
}

/* The divider computes (2*scale*|s| + c) / (2*c), so the numerator must stay below 2^63. c >= 1 when it counts. */
enum status infer_avg(const struct plan *p, const struct plan_op *op, struct plan_type *out)
{
	const struct plan_type *s = type_of(p, op, 0), *c = type_of(p, op, 1);

	if (!is_power_of_ten(op->imm))
		return ST_PLAN_BOUND;
	if (c->lo < 0)
		return ST_PLAN_TYPE;
	wide numerator = 2 * (wide)op->imm * most(s->hi, -(wide)s->lo) + c->hi;
	if (numerator > INT64_MAX)
		return ST_PLAN_BOUND;
	return fit_with_zero(out, (wide)s->lo * op->imm, (wide)s->hi * op->imm);
}

enum status infer_key(const struct plan *p, const struct plan_op *op, struct plan_type *out)
{
	if (op->a >= p->n_keys)
		return ST_PLAN_TYPE;
	return fit(out, 0, (wide)p->keys[op->a].size - 1);
}

enum status infer_suppress(const struct plan *p, const struct plan_op *op, struct plan_type *out)
{
	return op->imm >= 1 ? infer_bit(p, op, out) : ST_PLAN_BOUND;
}

/* Operands: keep, then for each entry of plan.sort the value and, with SORT_HAS_NONNULL, its bit. */
enum status infer_top(const struct plan *p, const struct plan_op *op, struct plan_type *out)
{
	unsigned k = 1;

	if (op->imm < 1)
		return ST_PLAN_BOUND;
	if (p->groups > PLAN_TOP_GROUPS_MAX)
		return ST_PLAN_LIMIT;
	for (unsigned i = 0; i < p->n_sort; i++) {
		k++;
		if (!(p->sort[i] & SORT_HAS_NONNULL))
			continue;
		if (k >= op->n_in || type_of(p, op, k)->lo < 0 || type_of(p, op, k)->hi > 1)
			return ST_PLAN_TYPE;
		k++;
	}
	return k == op->n_in ? infer_bit(p, op, out) : ST_PLAN_TYPE;
}

enum status infer_out(const struct plan *p, const struct plan_op *op, struct plan_type *out)
{
	(void)p, (void)out;
	return op->a < PLAN_RESULTS_MAX ? ST_OK : ST_PLAN_LIMIT;
}
