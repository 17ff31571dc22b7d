/* Values and predicates of WHERE and HAVING. */
#include "binder.h"

#include <stdio.h>

__extension__ typedef __int128 wide;
static const int64_t value_limit = INT64_C(1) << 62;
enum { SCALE_MAX = 18 };

const char *value_kind_name(enum value_kind kind)
{
	static const char *const names[] = {[VK_NUMBER] = "a number",
	    [VK_BOOL] = "a condition",
	    [VK_DATE] = "a date",
	    [VK_TIMESTAMP] = "a timestamp",
	    [VK_TEXT] = "text",
	    [VK_STRING] = "a text literal",
	    [VK_NULL] = "NULL"};

	return names[kind];
}

enum status add_expr(struct binder *b, struct expr e, uint16_t *id)
{
	if (b->q->n_exprs == QUERY_EXPRS_MAX)
		return REFUSE(b, ST_SQL_UNSUPPORTED, e.at, "use fewer values and comparisons",
		    "a query of this size is not supported");
	*id = ++b->q->n_exprs;
	b->q->exprs[*id] = e;
	return ST_OK;
}

/* ---- leaves ---- */

static enum value_kind kind_of_column(const struct policy_column *c)
{
	switch (c->type) {
	case COL_BOOL:
		return VK_BOOL;
	case COL_DATE:
		return VK_DATE;
	case COL_TIMESTAMP:
		return VK_TIMESTAMP;
	case COL_TEXT_DOMAIN:
	case COL_TEXT:
		return VK_TEXT;
	default:
		return VK_NUMBER;
	}
}

static bool is_key(const struct binder *b, uint16_t column)
{
	for (unsigned i = 0; i < b->q->n_keys; i++)
		if (b->q->keys[i].column == column)
			return true;
	return false;
}

static struct expr column_expr(const struct binder *b, uint16_t column, uint32_t at)
{
	const struct policy_column *c = &b->facts->columns[column];

	return (struct expr){.kind = EX_COLUMN,
	    .type = (uint8_t)kind_of_column(c),
	    .scale = c->scale,
	    .column = column,
	    .at = at,
	    .lo = c->lo,
	    .hi = c->hi};
}

static enum status bind_column(struct binder *b, const struct sql_node *n, uint16_t *id)
{
	uint16_t column;
	enum status st;

	TRY(resolve_column(b, n, &column));
	if (b->clause == CLAUSE_HAVING && !is_key(b, column))
		return REFUSE(b, ST_SQL_RELEASE, n->at,
		    "aggregate it, put the condition into WHERE, or add the column to GROUP BY",
		    "column `%s` in HAVING is neither aggregated nor a GROUP BY column",
		    b->facts->columns[column].name);
	TRY(add_expr(b, column_expr(b, column, n->at), id));
out:
	return st;
}

static bool is_plain_number(struct slice text)
{
	for (size_t i = 0; i < text.len; i++)
		if ((text.ptr[i] < '0' || text.ptr[i] > '9') && text.ptr[i] != '.' && !(i == 0 && text.ptr[i] == '-'))
			return false;
	return text.len > 0;
}

static enum status bind_number(struct binder *b, const struct sql_node *n, uint16_t *id)
{
	const uint8_t *point = memchr(n->text.ptr, '.', n->text.len);
	size_t scale = point ? (size_t)(n->text.ptr + n->text.len - point - 1) : 0;
	struct slice text = n->text;
	int64_t v = 0;

	if (!is_plain_number(text))
		return REFUSE(
		    b, ST_SQL_UNSUPPORTED, n->at, "write the digits", "a number in this form is not supported");
	for (; point && scale > 0 && text.ptr[text.len - 1] == '0'; scale--)
		text.len--;
	if (scale > SCALE_MAX || value_parse_decimal(&v, text, (unsigned)scale) != ST_OK)
		return REFUSE(b, ST_SQL_BOUND, n->at, NULL, "the number does not fit 62 bits");
	return add_expr(b,
	    (struct expr){.kind = EX_CONST,
		.type = VK_NUMBER,
		.scale = (uint8_t)scale,
		.at = n->at,
		.value = v,
		.lo = v,
		.hi = v},
	    id);
}

static enum status bind_string(struct binder *b, const struct sql_node *n, uint16_t *id)
{
	struct expr e = {.kind = EX_CONST, .type = VK_STRING, .at = n->at, .text = n->text};

	if (n->flags == 0)
		return add_expr(b, e, id);
	e.type = n->flags & SQL_LITERAL_DATE ? VK_DATE : VK_TIMESTAMP;
	if (value_parse(&e.value, n->text, e.type == VK_DATE ? COL_DATE : COL_TIMESTAMP, 0) != ST_OK)
		return REFUSE(b, ST_SQL_TYPE, n->at, value_type_form(e.type == VK_DATE ? COL_DATE : COL_TIMESTAMP),
		    "'%.*s' is not %s", SHOW(n->text), value_kind_name(e.type));
	e.lo = e.hi = e.value;
	return add_expr(b, e, id);
}

static enum status bind_bool(struct binder *b, const struct sql_node *n, uint16_t *id)
{
	int64_t v = n->flags & 1;

	return add_expr(
	    b, (struct expr){.kind = EX_CONST, .type = VK_BOOL, .at = n->at, .value = v, .lo = v, .hi = v}, id);
}

static enum status bind_call(struct binder *b, const struct sql_node *n, uint16_t *id)
{
	struct expr e = {.kind = EX_AGGREGATE, .type = VK_NUMBER, .at = n->at};
	enum release_kind kind;
	enum status st;

	TRY(bind_aggregate(b, n, &kind, &e.column));
	if (b->clause == CLAUSE_WHERE)
		return REFUSE(
		    b, ST_SQL_TYPE, n->at, "put the condition into HAVING", "an aggregate cannot stand in WHERE");
	e.aggregate = (uint8_t)kind;
	if (kind == REL_MIN || kind == REL_MAX) {
		const struct policy_column *c = &b->facts->columns[e.column];

		e.type = (uint8_t)kind_of_column(c);
		e.scale = c->scale;
		e.lo = c->lo;
		e.hi = c->hi;
	} else {
		/* Sums: plan_infer knows their bounds; these only keep comparisons from being decided here. */
		e.scale = kind == REL_SUM ? b->facts->columns[e.column].scale : 0;
		e.lo = kind == REL_SUM ? -value_limit : 0;
		e.hi = value_limit;
	}
	TRY(add_expr(b, e, id));
out:
	return st;
}

/* ---- arithmetic ---- */

static enum status set_bounds(struct binder *b, struct expr *e, wide lo, wide hi)
{
	if (lo < -value_limit || hi > value_limit)
		return REFUSE(b, ST_SQL_BOUND, e->at, "narrow the `range` of the columns in it",
		    "this value could exceed 62 bits");
	e->lo = (int64_t)lo;
	e->hi = (int64_t)hi;
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

/* Aggregates have no bounds here (plan_infer judges them), so arithmetic over them is not judged here either. */
static bool over_aggregates(const struct binder *b, uint16_t id)
{
	const struct expr *e = &b->q->exprs[id];

	if (e->kind == EX_AGGREGATE)
		return e->aggregate != REL_MIN && e->aggregate != REL_MAX;
	return (e->a && over_aggregates(b, e->a)) || (e->b && over_aggregates(b, e->b));
}

static enum status arithmetic_bounds(struct binder *b, struct expr *e)
{
	const struct expr *x = expr_at(b, e->a), *y = expr_at(b, e->b);
	wide p[4] = {(wide)x->lo * y->lo, (wide)x->lo * y->hi, (wide)x->hi * y->lo, (wide)x->hi * y->hi};

	if (over_aggregates(b, e->a) || over_aggregates(b, e->b))
		return set_bounds(b, e, -value_limit, value_limit);
	switch (e->kind) {
	case EX_ADD:
		return set_bounds(b, e, (wide)x->lo + y->lo, (wide)x->hi + y->hi);
	case EX_SUB:
		return set_bounds(b, e, (wide)x->lo - y->hi, (wide)x->hi - y->lo);
	default:
		return set_bounds(
		    b, e, least(least(p[0], p[1]), least(p[2], p[3])), most(most(p[0], p[1]), most(p[2], p[3])));
	}
}

/* Literals are computed here: .06 + 0.01 is 0.07, exactly. */
static enum status make_arithmetic(struct binder *b, struct expr e, uint16_t *id)
{
	bool constant = expr_at(b, e.a)->kind == EX_CONST && expr_at(b, e.b)->kind == EX_CONST;
	enum status st;

	TRY(arithmetic_bounds(b, &e));
	if (constant)
		e = (struct expr){.kind = EX_CONST,
		    .type = VK_NUMBER,
		    .scale = e.scale,
		    .at = e.at,
		    .value = e.lo,
		    .lo = e.lo,
		    .hi = e.hi};
	TRY(add_expr(b, e, id));
out:
	return st;
}

enum status scale_up(struct binder *b, uint16_t *id, unsigned digits)
{
	struct expr factor = {.kind = EX_CONST, .type = VK_NUMBER, .at = expr_at(b, *id)->at};
	struct expr product = {.kind = EX_MUL, .type = VK_NUMBER, .at = expr_at(b, *id)->at, .a = *id};
	enum status st = ST_OK;

	if (digits == 0)
		return ST_OK;
	product.scale = (uint8_t)(expr_at(b, *id)->scale + digits);
	factor.value = factor.lo = factor.hi = value_pow10(digits);
	TRY(add_expr(b, factor, &product.b));
	TRY(make_arithmetic(b, product, id));
out:
	return st;
}

static enum status align(struct binder *b, uint16_t *x, uint16_t *y)
{
	unsigned sx = expr_at(b, *x)->scale, sy = expr_at(b, *y)->scale;

	return sx < sy ? scale_up(b, x, sy - sx) : scale_up(b, y, sx - sy);
}

static enum status bind_operand(struct binder *b, const struct sql_node *n, uint16_t *id)
{
	const struct expr *e;
	enum status st;

	TRY(bind_value(b, n, id));
	e = expr_at(b, *id);
	if (e->kind == EX_AGGREGATE && e->aggregate == REL_AVG)
		return REFUSE(b, ST_SQL_UNSUPPORTED, n->at, "compare AVG itself with a number, or use SUM and COUNT(*)",
		    "arithmetic on AVG is not supported");
	if (e->type != VK_NUMBER)
		return REFUSE(b, ST_SQL_TYPE, n->at, "compute with numbers; compare dates and text directly",
		    "%s cannot be computed with", value_kind_name(e->type));
out:
	return st;
}

static enum status bind_negation(struct binder *b, const struct sql_node *n, uint16_t *id)
{
	struct expr e = {.kind = EX_SUB, .type = VK_NUMBER, .at = n->at};
	struct expr zero = {.kind = EX_CONST, .type = VK_NUMBER, .at = n->at};
	enum status st;

	TRY(bind_operand(b, sql_node(b->ast, n->first), &e.b));
	if (n->text.ptr[0] == '+') {
		*id = e.b;
		return ST_OK;
	}
	zero.scale = e.scale = expr_at(b, e.b)->scale;
	TRY(add_expr(b, zero, &e.a));
	TRY(make_arithmetic(b, e, id));
out:
	return st;
}

static enum status bind_arithmetic(struct binder *b, const struct sql_node *n, uint16_t *id)
{
	char symbol = n->text.len == 1 ? (char)n->text.ptr[0] : 0;
	struct expr e = {.kind = symbol == '+'   ? EX_ADD
				 : symbol == '-' ? EX_SUB
						 : EX_MUL,
	    .type = VK_NUMBER,
	    .at = n->at};
	enum status st;

	if (symbol != '+' && symbol != '-' && symbol != '*')
		return REFUSE(b, ST_SQL_UNSUPPORTED, n->at,
		    symbol == '/' ? "multiply the other side: a > 2 * b instead of a / b > 2"
				  : "the operators are + - * and comparisons",
		    "the operator %.*s is not supported", SHOW(n->text));
	if (n->n == 1)
		return symbol == '*' ? REFUSE(b, ST_SQL_TYPE, n->at, NULL, "* needs two operands")
				     : bind_negation(b, n, id);
	TRY(bind_operand(b, sql_child(b->ast, n, 0), &e.a));
	TRY(bind_operand(b, sql_child(b->ast, n, 1), &e.b));
	if (e.kind != EX_MUL)
		TRY(align(b, &e.a, &e.b));
	e.scale = (uint8_t)(expr_at(b, e.a)->scale + (e.kind == EX_MUL ? expr_at(b, e.b)->scale : 0));
	if (e.scale > SCALE_MAX)
		return REFUSE(b, ST_SQL_BOUND, n->at, NULL, "more than 18 digits after the point");
	TRY(make_arithmetic(b, e, id));
out:
	return st;
}

enum status bind_value(struct binder *b, const struct sql_node *n, uint16_t *id)
{
	switch ((enum sql_kind)n->kind) {
	case SQL_COLUMN:
		return bind_column(b, n, id);
	case SQL_NUMBER:
		return bind_number(b, n, id);
	case SQL_STRING:
		return bind_string(b, n, id);
	case SQL_BOOL:
		return bind_bool(b, n, id);
	case SQL_NULL:
		return add_expr(b, (struct expr){.kind = EX_CONST, .type = VK_NULL, .at = n->at}, id);
	case SQL_CALL:
		return bind_call(b, n, id);
	case SQL_UNSUPPORTED:
		return refuse_unsupported(b, n);
	case SQL_OPERATOR: {
		enum comparison op;

		return comparison_of(n->text, &op) ? bind_predicate(b, n, id) : bind_arithmetic(b, n, id);
	}
	default:
		return bind_predicate(b, n, id);
	}
}
