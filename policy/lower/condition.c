/*
 * Conditions as two circuits each: T(e), "e is true", and F(e), "e is false"; neither holds when e is NULL.
 *
 *   T(x AND y) = T(x) AND T(y)    F(x AND y) = F(x) OR F(y)      OR is its dual
 *   T(NOT x)   = F(x)             F(NOT x)   = T(x)
 *   T(x < y)   = [x < y] AND k    F(x < y)   = NOT [x < y] AND k     k: both sides are known
 *   T(x IS NULL) = NOT k          F(x IS NULL) = k
 *
 * Comparisons that the declared ranges decide are constants (beside k).
 */
#include "lowering.h"

__extension__ typedef __int128 wide;

static const struct expr *expr_of(const struct lowering *l, uint16_t id)
{
	return &l->q->exprs[id];
}

static unsigned key_position(const struct lowering *l, uint16_t column)
{
	unsigned k = 0;

	while (k + 1 < l->q->n_keys && l->q->keys[k].column != column)
		k++;
	return k;
}

uint16_t emit_key(struct lowering *l, unsigned key)
{
	return emit0(l, OP_KEY, (uint16_t)key);
}

/* NULL is the last code. */
uint16_t emit_key_nonnull(struct lowering *l, unsigned key)
{
	const struct plan_key *k = &l->plan->keys[key];

	if (!l->p->columns[k->column].nullable)
		return BIT_TRUE;
	return bit_not(l, emit2(l, OP_EQ, emit_key(l, key), emit_const(l, (int64_t)k->size - 1, SHAPE_GROUPS), 0));
}

static uint16_t emit_column(struct lowering *l, uint16_t column)
{
	uint16_t key;

	if (l->shape == SHAPE_ROWS)
		return emit0(l, OP_COL, column);
	key = emit_key(l, key_position(l, column));
	if (l->p->columns[column].lo == 0)
		return key;
	return emit2(l, OP_ADD, key, emit_const(l, l->p->columns[column].lo, SHAPE_GROUPS), 0);
}

static uint16_t emit_value(struct lowering *l, uint16_t id)
{
	static const uint8_t codes[] = {[EX_ADD] = OP_ADD, [EX_SUB] = OP_SUB, [EX_MUL] = OP_MUL};
	const struct expr *e = expr_of(l, id);
	uint16_t x, y;

	l->at = e->at;
	switch ((enum expr_kind)e->kind) {
	case EX_CONST:
		return emit_const(l, e->value, l->shape);
	case EX_COLUMN:
		return emit_column(l, e->column);
	case EX_AGGREGATE:
		return emit_aggregate(l, e->aggregate, e->column);
	default:
		x = emit_value(l, e->a);
		y = emit_value(l, e->b);
		l->at = e->at;
		return emit2(l, codes[e->kind], x, y, 0);
	}
}

/* Every column in the value is known. */
static uint16_t emit_known(struct lowering *l, uint16_t id)
{
	const struct expr *e = expr_of(l, id);

	switch ((enum expr_kind)e->kind) {
	case EX_CONST:
		return BIT_TRUE;
	case EX_COLUMN:
		if (l->shape == SHAPE_GROUPS)
			return emit_key_nonnull(l, key_position(l, e->column));
		return l->p->columns[e->column].nullable ? emit0(l, OP_KNOWN, e->column) : BIT_TRUE;
	case EX_AGGREGATE:
		return is_nullable_aggregate(l, e->aggregate, e->column) ? emit_nonnull(l, e->column) : BIT_TRUE;
	default:
		return bit_and(l, emit_known(l, e->a), e->b ? emit_known(l, e->b) : BIT_TRUE);
	}
}

/* ---- comparisons ---- */

/* The value is bounded by its declared range rather than by what the sums could reach. */
static bool has_range(const struct lowering *l, uint16_t id)
{
	const struct expr *e = expr_of(l, id);

	if (e->kind == EX_AGGREGATE)
		return e->aggregate == REL_MIN || e->aggregate == REL_MAX;
	return (!e->a || has_range(l, e->a)) && (!e->b || has_range(l, e->b));
}

/* Decided by the ranges alone: BIT_TRUE, BIT_FALSE, or 0 when it is not. */
static uint16_t decided(const struct lowering *l, const struct expr *e)
{
	const struct expr *x = expr_of(l, e->a), *y = expr_of(l, e->b);

	if (!has_range(l, e->a) || !has_range(l, e->b))
		return 0;
	if (e->kind == EX_LT)
		return x->hi < y->lo ? BIT_TRUE : x->lo >= y->hi ? BIT_FALSE : 0;
	if (x->hi < y->lo || y->hi < x->lo)
		return BIT_FALSE;
	return x->lo == x->hi && y->lo == y->hi && x->lo == y->lo ? BIT_TRUE : 0;
}

static bool fits(wide v)
{
	return v >= -((wide)1 << 62) && v <= (wide)1 << 62;
}

/*
 * AVG(x) op c without division. With sum S (scale s), count C and c = v / 10^t: AVG < c is S * 10^t < v * 10^s * C, that
 * is D < 0 with D = S * 10^t - v * 10^s * C. Both factors are divided by the smaller power of ten. Exact: the rounding
 * of the released AVG plays no part.
 */
static uint16_t emit_avg_difference(struct lowering *l, const struct expr *avg, const struct expr *limit)
{
	unsigned s = l->p->columns[avg->column].scale, t = limit->scale, common = s < t ? s : t;
	wide of_count = (wide)limit->value * value_pow10(s - common);
	struct plan_op difference = {
	    .code = OP_LIN, .n_in = 2, .imm = value_pow10(t - common), .imm2 = -(int64_t)of_count};

	if (!fits(of_count)) {
		sql_fault_set(l->fault, ST_SQL_BOUND, limit->at, NULL, "the comparison with AVG could exceed 62 bits");
		return 1;
	}
	difference.in[0] = emit_sum_words(l, avg->column);
	difference.in[1] = emit_known_count(l, avg->column);
	return emit1(l, OP_A2B, emit_op(l, difference), 0);
}

static bool is_avg(const struct expr *e)
{
	return e->kind == EX_AGGREGATE && e->aggregate == REL_AVG;
}

static uint16_t emit_comparison(struct lowering *l, const struct expr *e)
{
	const struct expr *left = expr_of(l, e->a), *right = expr_of(l, e->b);
	uint16_t known = decided(l, e), x, y;

	if (known)
		return known;
	l->at = e->at;
	if (is_avg(left)) {
		x = emit_avg_difference(l, left, right);
		y = emit_const(l, 0, l->shape);
	} else if (is_avg(right)) {
		x = emit_const(l, 0, l->shape);
		y = emit_avg_difference(l, right, left);
	} else {
		x = emit_value(l, e->a);
		y = emit_value(l, e->b);
	}
	l->at = e->at;
	return emit2(l, e->kind == EX_LT ? OP_LT : OP_EQ, x, y, 0);
}

static uint16_t emit_leaf(struct lowering *l, uint16_t id, bool wanted)
{
	const struct expr *e = expr_of(l, id);
	uint16_t bit, known;

	if (e->kind == EX_IS_NULL) {
		known = emit_known(l, e->a);
		return wanted ? bit_not(l, known) : known;
	}
	if (e->kind == EX_CONST)
		return (e->value != 0) == wanted ? BIT_TRUE : BIT_FALSE;
	bit = e->kind == EX_LT || e->kind == EX_EQ ? emit_comparison(l, e) : emit_value(l, id);
	known = emit_known(l, id);
	l->at = e->at;
	return bit_and(l, wanted ? bit : bit_not(l, bit), known);
}

static uint16_t emit_condition(struct lowering *l, uint16_t id, bool wanted)
{
	const struct expr *e = expr_of(l, id);
	uint16_t x, y;

	if (e->kind == EX_NOT)
		return emit_condition(l, e->a, !wanted);
	if (e->kind != EX_AND && e->kind != EX_OR)
		return emit_leaf(l, id, wanted);
	x = emit_condition(l, e->a, wanted);
	y = emit_condition(l, e->b, wanted);
	l->at = e->at;
	return (e->kind == EX_AND) == wanted ? bit_and(l, x, y) : bit_or(l, x, y);
}

uint16_t emit_true(struct lowering *l, uint16_t id)
{
	return emit_condition(l, id, true);
}
