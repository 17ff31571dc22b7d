/* Conditions: AND, OR, NOT, comparisons, BETWEEN, IN, IS NULL. */
#include "binder.h"

bool comparison_of(struct slice symbol, enum comparison *op)
{
	static const struct {
		const char *symbol;
		enum comparison op;
	} table[] = {{"=", CMP_EQ}, {"<>", CMP_NE}, {"!=", CMP_NE}, {"<", CMP_LT}, {"<=", CMP_LE}, {">", CMP_GT},
	    {">=", CMP_GE}};

	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
		if (slice_equal(symbol, slice_str(table[i].symbol))) {
			*op = table[i].op;
			return true;
		}
	return false;
}

static enum status join(struct binder *b, enum expr_kind kind, uint16_t x, uint16_t y, uint32_t at, uint16_t *id)
{
	return add_expr(
	    b, (struct expr){.kind = (uint8_t)kind, .type = VK_BOOL, .at = at, .a = x, .b = y, .hi = 1}, id);
}

static enum status negate_if(struct binder *b, bool negated, uint32_t at, uint16_t *id)
{
	return negated ? join(b, EX_NOT, *id, 0, at, id) : ST_OK;
}

static enum status bind_junction(struct binder *b, const struct sql_node *n, uint16_t *id)
{
	enum expr_kind kind = n->kind == SQL_AND ? EX_AND : EX_OR;
	const struct sql_node *child = sql_node(b->ast, n->first);
	uint16_t next;
	enum status st;

	TRY(bind_predicate(b, child, id));
	while ((child = sql_node(b->ast, child->next))) {
		TRY(bind_predicate(b, child, &next));
		TRY(join(b, kind, *id, next, n->at, id));
	}
out:
	return st;
}

static enum status bind_comparison(struct binder *b, const struct sql_node *n, enum comparison op, uint16_t *id)
{
	uint16_t x, y;
	enum status st;

	if (n->n != 2)
		return REFUSE(b, ST_SQL_TYPE, n->at, NULL, "a comparison needs two sides");
	TRY(bind_value(b, sql_child(b->ast, n, 0), &x));
	TRY(bind_value(b, sql_child(b->ast, n, 1), &y));
	TRY(bind_compare(b, op, x, y, n->at, id));
out:
	return st;
}

static enum status bind_between(struct binder *b, const struct sql_node *n, uint16_t *id)
{
	uint16_t x, lo, hi, above, below;
	enum status st;

	TRY(bind_value(b, sql_child(b->ast, n, 0), &x));
	TRY(bind_value(b, sql_child(b->ast, n, 1), &lo));
	TRY(bind_value(b, sql_child(b->ast, n, 2), &hi));
	TRY(bind_compare(b, CMP_GE, x, lo, n->at, &above));
	TRY(bind_compare(b, CMP_LE, x, hi, n->at, &below));
	TRY(join(b, EX_AND, above, below, n->at, id));
	TRY(negate_if(b, n->flags & 1, n->at, id));
out:
	return st;
}

static enum status bind_in(struct binder *b, const struct sql_node *n, uint16_t *id)
{
	const struct sql_node *item = sql_node(b->ast, sql_node(b->ast, n->first)->next);
	uint16_t x, y, one;
	enum status st;

	TRY(bind_value(b, sql_node(b->ast, n->first), &x));
	*id = 0;
	for (; item; item = sql_node(b->ast, item->next)) {
		TRY(bind_value(b, item, &y));
		TRY(bind_compare(b, CMP_EQ, x, y, item->at, &one));
		if (*id)
			TRY(join(b, EX_OR, *id, one, n->at, id));
		else
			*id = one;
	}
	TRY(negate_if(b, n->flags & 1, n->at, id));
out:
	return st;
}

static enum status bind_is_null(struct binder *b, const struct sql_node *n, uint16_t *id)
{
	const struct sql_node *what = sql_node(b->ast, n->first);
	enum status st;

	if (what->kind == SQL_UNSUPPORTED)
		return refuse_unsupported(b, what);
	if (what->kind != SQL_COLUMN && what->kind != SQL_CALL)
		return REFUSE(b, ST_SQL_UNSUPPORTED, what->at, "ask it of each column in it",
		    "IS NULL of an expression is not supported");
	TRY(bind_value(b, what, id));
	TRY(join(b, EX_IS_NULL, *id, 0, n->at, id));
	TRY(negate_if(b, n->flags & 1, n->at, id));
out:
	return st;
}

static enum status bind_not(struct binder *b, const struct sql_node *n, uint16_t *id)
{
	enum status st;

	TRY(bind_predicate(b, sql_node(b->ast, n->first), id));
	TRY(negate_if(b, true, n->at, id));
out:
	return st;
}

/* A value that stands alone as a condition: a bool column or TRUE. */
static enum status bind_bare(struct binder *b, const struct sql_node *n, uint16_t *id)
{
	enum status st;

	TRY(bind_value(b, n, id));
	if (expr_at(b, *id)->type != VK_BOOL)
		return REFUSE(b, ST_SQL_TYPE, n->at, "compare it with something", "%s is not a condition",
		    value_kind_name(expr_at(b, *id)->type));
out:
	return st;
}

enum status bind_predicate(struct binder *b, const struct sql_node *n, uint16_t *id)
{
	enum comparison op;

	switch ((enum sql_kind)n->kind) {
	case SQL_AND:
	case SQL_OR:
		return bind_junction(b, n, id);
	case SQL_NOT:
		return bind_not(b, n, id);
	case SQL_BETWEEN:
		return bind_between(b, n, id);
	case SQL_IN:
		return bind_in(b, n, id);
	case SQL_IS_NULL:
		return bind_is_null(b, n, id);
	case SQL_OPERATOR:
		if (comparison_of(n->text, &op))
			return bind_comparison(b, n, op, id);
		return bind_bare(b, n, id);
	default:
		return bind_bare(b, n, id);
	}
}
