/* Comparisons: both sides to one kind and scale, then only "less than" and "equal" remain. */
#include "binder.h"

#include <stdio.h>

/* x op y == y swapped(op) x */
static enum comparison swapped(enum comparison op)
{
	static const enum comparison table[] = {[CMP_EQ] = CMP_EQ,
	    [CMP_NE] = CMP_NE,
	    [CMP_LT] = CMP_GT,
	    [CMP_LE] = CMP_GE,
	    [CMP_GT] = CMP_LT,
	    [CMP_GE] = CMP_LE};

	return table[op];
}

static enum status make(struct binder *b, enum expr_kind kind, uint16_t x, uint16_t y, uint32_t at, uint16_t *id)
{
	return add_expr(
	    b, (struct expr){.kind = (uint8_t)kind, .type = VK_BOOL, .at = at, .a = x, .b = y, .hi = 1}, id);
}

static enum status make_not(struct binder *b, uint32_t at, uint16_t *id)
{
	return make(b, EX_NOT, *id, 0, at, id);
}

/* =, <>, <, <=, >, >= from LT, EQ and NOT. */
static enum status make_comparison(
    struct binder *b, enum comparison op, uint16_t x, uint16_t y, uint32_t at, uint16_t *id)
{
	bool swap = op == CMP_LE || op == CMP_GT;
	bool negated = op == CMP_NE || op == CMP_LE || op == CMP_GE;
	enum status st;

	TRY(make(b, op == CMP_EQ || op == CMP_NE ? EX_EQ : EX_LT, swap ? y : x, swap ? x : y, at, id));
	if (negated)
		TRY(make_not(b, at, id));
out:
	return st;
}

static enum status constant(struct binder *b, uint16_t like, int64_t v, enum value_kind type, uint16_t *id)
{
	const struct expr *e = expr_at(b, like);

	return add_expr(b,
	    (struct expr){
		.kind = EX_CONST, .type = (uint8_t)type, .scale = e->scale, .at = e->at, .value = v, .lo = v, .hi = v},
	    id);
}

/* ---- text with a domain: codes are ranks, so any literal can be ordered among them ---- */

static int compare_bytes(struct slice a, struct slice b)
{
	size_t n = a.len < b.len ? a.len : b.len;
	int order = n ? memcmp(a.ptr, b.ptr, n) : 0;

	return order ? order : (a.len > b.len) - (a.len < b.len);
}

/* How many values of the domain come before the literal, or up to it. */
static uint32_t rank(const struct policy *f, const struct policy_column *c, struct slice literal, bool inclusive)
{
	uint32_t n = 0;

	while (n < c->domain_size && compare_bytes(f->domain[c->domain_first + n], literal) < (inclusive ? 1 : 0))
		n++;
	return n;
}

static enum status refuse_not_in_domain(struct binder *b, const struct policy_column *c, const struct expr *literal)
{
	const struct slice *values = &b->facts->domain[c->domain_first];
	int near = name_nearest(literal->text, values, c->domain_size);
	char fix[400];
	size_t used;

	if (near >= 0) {
		snprintf(fix, sizeof fix, "did you mean '%.*s'?", SHOW(values[near]));
	} else {
		used = (size_t)snprintf(fix, sizeof fix, "its values are");
		for (uint32_t i = 0; i < c->domain_size && used < sizeof fix; i++)
			used +=
			    (size_t)snprintf(fix + used, sizeof fix - used, "%s '%.*s'", i ? "," : "", SHOW(values[i]));
	}
	return REFUSE(b, ST_SQL_TYPE, literal->at, fix, "'%.*s' is not in the domain of column `%s`",
	    SHOW(literal->text), c->name);
}

static const struct policy_column *text_column(struct binder *b, uint16_t id)
{
	return &b->facts->columns[expr_at(b, id)->column];
}

static enum status refuse_free_text(struct binder *b, uint16_t id)
{
	return REFUSE(b, ST_SQL_UNSUPPORTED, expr_at(b, id)->at, "give the column `type: text` with a domain",
	    "comparing free text (text(n)) is not supported");
}

static enum status compare_text_literal(
    struct binder *b, enum comparison op, uint16_t x, uint16_t literal, uint32_t at, uint16_t *id)
{
	const struct policy_column *c = text_column(b, x);
	const struct expr lit = *expr_at(b, literal);
	uint32_t before, through;
	uint16_t code;
	enum status st;

	if (c->type == COL_TEXT)
		return refuse_free_text(b, x);
	before = rank(b->facts, c, lit.text, false);
	through = rank(b->facts, c, lit.text, true);
	if (op == CMP_EQ || op == CMP_NE) {
		if (before == through)
			return refuse_not_in_domain(b, c, &lit);
		TRY(constant(b, literal, before, VK_TEXT, &code));
		return make_comparison(b, op, x, code, at, id);
	}
	/* x < lit: code < before; x <= lit: code < through; the others are their negations */
	TRY(constant(b, literal, op == CMP_LT || op == CMP_GE ? before : through, VK_TEXT, &code));
	TRY(make_comparison(b, op == CMP_LT || op == CMP_LE ? CMP_LT : CMP_GE, x, code, at, id));
out:
	return st;
}

static bool same_domain(const struct policy *f, const struct policy_column *a, const struct policy_column *b)
{
	if (a->domain_size != b->domain_size)
		return false;
	for (uint32_t i = 0; i < a->domain_size; i++)
		if (!slice_equal(f->domain[a->domain_first + i], f->domain[b->domain_first + i]))
			return false;
	return true;
}

static enum status compare_texts(
    struct binder *b, enum comparison op, uint16_t x, uint16_t y, uint32_t at, uint16_t *id)
{
	const struct policy_column *cx = text_column(b, x), *cy = text_column(b, y);

	if (cx->type == COL_TEXT || cy->type == COL_TEXT)
		return refuse_free_text(b, cx->type == COL_TEXT ? x : y);
	if (!same_domain(b->facts, cx, cy))
		return REFUSE(b, ST_SQL_TYPE, at, "give both columns the same domain",
		    "columns `%s` and `%s` have different domains", cx->name, cy->name);
	return make_comparison(b, op, x, y, at, id);
}

/* ---- numbers ---- */

static bool is_avg(const struct expr *e)
{
	return e->kind == EX_AGGREGATE && e->aggregate == REL_AVG;
}

static enum status refuse_avg(struct binder *b, uint16_t other)
{
	return REFUSE(b, ST_SQL_UNSUPPORTED, expr_at(b, other)->at, "compare AVG with a number",
	    "comparing AVG with anything but a literal is not supported");
}

static int64_t floor_div(int64_t a, int64_t unit)
{
	return a / unit - (a % unit < 0);
}

/*
 * A column with fewer digits than the literal: the literal moves instead. x < 20.5 is x < 21 and x <= 20.5 is x <= 20 for whole x;
 * x = 20.5 never holds, and is x < lowest: false, and NULL where x is.
 */
static enum status compare_coarse(
    struct binder *b, enum comparison op, uint16_t x, uint16_t literal, uint32_t at, uint16_t *id)
{
	unsigned digits = expr_at(b, literal)->scale - (unsigned)expr_at(b, x)->scale;
	int64_t unit = value_pow10(digits), v = expr_at(b, literal)->value, whole = floor_div(v, unit);
	bool exact = whole * unit == v;
	uint16_t c;
	enum status st;

	if (!exact && (op == CMP_EQ || op == CMP_NE)) {
		TRY(constant(b, x, expr_at(b, x)->lo, VK_NUMBER, &c));
		return make_comparison(b, op == CMP_EQ ? CMP_LT : CMP_GE, x, c, at, id);
	}
	TRY(constant(b, x, !exact && (op == CMP_LT || op == CMP_GE) ? whole + 1 : whole, VK_NUMBER, &c));
	expr_at(b, c)->at = expr_at(b, literal)->at;
	TRY(make_comparison(b, op, x, c, at, id));
out:
	return st;
}

static enum status compare_numbers(
    struct binder *b, enum comparison op, uint16_t x, uint16_t y, uint32_t at, uint16_t *id)
{
	unsigned sx = expr_at(b, x)->scale, sy = expr_at(b, y)->scale;
	enum status st;

	if (is_avg(expr_at(b, x)) || is_avg(expr_at(b, y))) {
		uint16_t other = is_avg(expr_at(b, x)) ? y : x;

		/* scales stay as they are: the comparison multiplies out (policy/lower) */
		return expr_at(b, other)->kind == EX_CONST ? make_comparison(b, op, x, y, at, id)
							   : refuse_avg(b, other);
	}
	if (sy > sx && expr_at(b, y)->kind == EX_CONST)
		return compare_coarse(b, op, x, y, at, id);
	if (sx > sy && expr_at(b, x)->kind == EX_CONST)
		return compare_coarse(b, swapped(op), y, x, at, id);
	if (sx < sy)
		TRY(scale_up(b, &x, sy - sx));
	else
		TRY(scale_up(b, &y, sx - sy));
	TRY(make_comparison(b, op, x, y, at, id));
out:
	return st;
}

/* ---- kinds ---- */

/* A text literal beside a date or timestamp is one. */
static enum status settle_literal(struct binder *b, uint16_t *literal, enum value_kind kind)
{
	struct expr e = *expr_at(b, *literal);
	enum column_type type = kind == VK_DATE ? COL_DATE : COL_TIMESTAMP;

	if (e.type != VK_STRING || (kind != VK_DATE && kind != VK_TIMESTAMP))
		return ST_OK;
	if (value_parse(&e.value, e.text, type, 0) != ST_OK)
		return REFUSE(b, ST_SQL_TYPE, e.at, value_type_form(type), "'%.*s' is not %s", SHOW(e.text),
		    value_kind_name(kind));
	e.type = (uint8_t)kind;
	e.lo = e.hi = e.value;
	return add_expr(b, e, literal);
}

static enum status refuse_kinds(struct binder *b, uint16_t x, uint16_t y, uint32_t at)
{
	const struct expr *ex = expr_at(b, x), *ey = expr_at(b, y);
	const char *fix = "compare values of one type";

	if (ex->type == VK_STRING && ey->type == VK_STRING)
		return REFUSE(b, ST_SQL_TYPE, at, "compare a column with a literal",
		    "a comparison of two literals is not supported");
	if (ex->type == VK_NUMBER || ey->type == VK_NUMBER)
		fix = "write a number without quotes";
	if (ex->type == VK_BOOL || ey->type == VK_BOOL)
		fix = "write TRUE or FALSE without quotes, or the column alone";
	return REFUSE(b, ST_SQL_TYPE, at, fix, "%s cannot be compared with %s", value_kind_name(ex->type),
	    value_kind_name(ey->type));
}

/* TRUE and FALSE on one side make the other side itself, or its negation. */
static enum status compare_bools(
    struct binder *b, enum comparison op, uint16_t x, uint16_t y, uint32_t at, uint16_t *id)
{
	if (op != CMP_EQ && op != CMP_NE)
		return REFUSE(b, ST_SQL_TYPE, at, "use = or <>", "conditions have no order");
	if (expr_at(b, x)->kind != EX_CONST && expr_at(b, x)->kind != EX_COLUMN)
		return REFUSE(b, ST_SQL_UNSUPPORTED, at, "combine conditions with AND, OR and NOT",
		    "comparing a condition is not supported");
	if (expr_at(b, y)->kind != EX_CONST && expr_at(b, y)->kind != EX_COLUMN)
		return REFUSE(b, ST_SQL_UNSUPPORTED, at, "combine conditions with AND, OR and NOT",
		    "comparing a condition is not supported");
	return make_comparison(b, op, x, y, at, id);
}

enum status bind_compare(struct binder *b, enum comparison op, uint16_t x, uint16_t y, uint32_t at, uint16_t *id)
{
	enum value_kind kx, ky;
	enum status st;

	TRY(settle_literal(b, &x, expr_at(b, y)->type));
	TRY(settle_literal(b, &y, expr_at(b, x)->type));
	kx = expr_at(b, x)->type;
	ky = expr_at(b, y)->type;
	if (kx == VK_NULL || ky == VK_NULL)
		return REFUSE(b, ST_SQL_TYPE, expr_at(b, kx == VK_NULL ? x : y)->at, "write IS NULL or IS NOT NULL",
		    "a comparison with NULL is never true");
	if (kx == VK_TEXT && ky == VK_STRING)
		return compare_text_literal(b, op, x, y, at, id);
	if (kx == VK_STRING && ky == VK_TEXT)
		return compare_text_literal(b, swapped(op), y, x, at, id);
	if (kx != ky || kx == VK_STRING)
		return refuse_kinds(b, x, y, at);
	if (kx == VK_TEXT)
		return compare_texts(b, op, x, y, at, id);
	if (kx == VK_NUMBER)
		return compare_numbers(b, op, x, y, at, id);
	if (kx == VK_BOOL)
		return compare_bools(b, op, x, y, at, id);
	TRY(make_comparison(b, op, x, y, at, id));
out:
	return st;
}
