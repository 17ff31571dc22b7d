/* Expressions. Whatever is not here goes by its name. */
#include "sqlparse_tree.h"

#include <ctype.h>
#include <stdio.h>

enum { WALK_DEPTH_MAX = SQL_DEPTH_MAX - 6 };

/* SelectStmt -> "SELECT", InsertStmt -> "INSERT", XmlExpr -> "XMLEXPR". */
const char *generic_name(const PgQuery__Node *node, char out[static 48])
{
	const ProtobufCMessage *inner = (const ProtobufCMessage *)node->select_stmt; /* any member: all are messages */
	const char *name = inner && inner->descriptor ? inner->descriptor->short_name : "an expression";
	size_t n = 0;

	for (; name[n] && n < 47 && strcmp(name + n, "Stmt") != 0; n++)
		out[n] = (char)toupper((unsigned char)name[n]);
	out[n] = 0;
	return out;
}

static const char *string_of(const PgQuery__Node *node)
{
	return node && node->node_case == PG_QUERY__NODE__NODE_STRING ? node->string->sval : NULL;
}

static void column_ref(struct tree *t, const PgQuery__ColumnRef *c)
{
	uint32_t at = offset(t, c->location);
	const char *first = c->n_fields > 0 ? string_of(c->fields[0]) : NULL;
	const char *second = c->n_fields > 1 ? string_of(c->fields[1]) : NULL;

	if (c->n_fields > 0 && c->fields[c->n_fields - 1]->node_case == PG_QUERY__NODE__NODE_A_STAR) {
		put(t, SQL_STAR, at, 0, NULL, 0);
		return;
	}
	if (c->n_fields > 2 || !first || (c->n_fields == 2 && !second)) {
		unsupported(t, at, "a name with a schema");
		return;
	}
	sql_put_node(
	    &t->nodes, SQL_COLUMN, at, 0, slice_str(second ? second : first), second ? slice_str(first) : none, 0);
	t->count++;
}

static void constant(struct tree *t, const PgQuery__AConst *c)
{
	uint32_t at = offset(t, c->location);
	char digits[16];

	if (c->isnull) {
		put(t, SQL_NULL, at, 0, NULL, 0);
		return;
	}
	switch (c->val_case) {
	case PG_QUERY__A__CONST__VAL_IVAL:
		snprintf(digits, sizeof digits, "%d", c->ival->ival);
		put(t, SQL_NUMBER, at, 0, digits, 0);
		return;
	case PG_QUERY__A__CONST__VAL_FVAL:
		put(t, SQL_NUMBER, at, 0, c->fval->fval, 0);
		return;
	case PG_QUERY__A__CONST__VAL_BOOLVAL:
		put(t, SQL_BOOL, at, c->boolval->boolval ? 1 : 0, NULL, 0);
		return;
	case PG_QUERY__A__CONST__VAL_SVAL:
		put(t, SQL_STRING, at, 0, c->sval->sval, 0);
		return;
	default:
		unsupported(t, at, "a bit string");
	}
}

/* Only DATE '…' and TIMESTAMP '…' are literals; every other cast is a cast. */
static void type_cast(struct tree *t, const PgQuery__TypeCast *c)
{
	uint32_t at = offset(t, c->location);
	const PgQuery__TypeName *type = c->type_name;
	const char *name = type && type->n_names > 0 ? string_of(type->names[type->n_names - 1]) : NULL;
	const PgQuery__AConst *value =
	    c->arg && c->arg->node_case == PG_QUERY__NODE__NODE_A_CONST && !c->arg->a_const->isnull ? c->arg->a_const
												    : NULL;
	unsigned flag = 0;

	if (name && strcmp(name, "date") == 0)
		flag = SQL_LITERAL_DATE;
	if (name && strcmp(name, "timestamp") == 0)
		flag = SQL_LITERAL_TIMESTAMP;
	if (!flag || !value || value->val_case != PG_QUERY__A__CONST__VAL_SVAL || type->n_typmods ||
	    type->n_array_bounds) {
		unsupported(t, at, name && strcmp(name, "interval") == 0 ? "INTERVAL" : "a cast");
		return;
	}
	put(t, SQL_STRING, offset(t, value->location), flag, value->sval->sval, 0);
}

size_t expressions(struct tree *t, PgQuery__Node *const *nodes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		expression(t, nodes[i]);
	return n;
}

static void bool_expr(struct tree *t, const PgQuery__BoolExpr *b)
{
	static const uint8_t kinds[] = {[PG_QUERY__BOOL_EXPR_TYPE__AND_EXPR] = SQL_AND,
	    [PG_QUERY__BOOL_EXPR_TYPE__OR_EXPR] = SQL_OR,
	    [PG_QUERY__BOOL_EXPR_TYPE__NOT_EXPR] = SQL_NOT};
	size_t n;

	if (b->boolop < PG_QUERY__BOOL_EXPR_TYPE__AND_EXPR || b->boolop > PG_QUERY__BOOL_EXPR_TYPE__NOT_EXPR) {
		unsupported(t, offset(t, b->location), "a Boolean operator");
		return;
	}
	n = expressions(t, b->args, b->n_args);
	put(t, kinds[b->boolop], offset(t, b->location), 0, NULL, n);
}

static void in_list(struct tree *t, const PgQuery__AExpr *e, uint32_t at, bool negated)
{
	size_t n = 1;

	if (!e->rexpr || e->rexpr->node_case != PG_QUERY__NODE__NODE_LIST) {
		unsupported(t, at, "IN over a subquery");
		return;
	}
	expression(t, e->lexpr);
	n += expressions(t, e->rexpr->list->items, e->rexpr->list->n_items);
	put(t, SQL_IN, at, negated, NULL, n);
}

static void between(struct tree *t, const PgQuery__AExpr *e, uint32_t at, bool negated)
{
	if (!e->rexpr || e->rexpr->node_case != PG_QUERY__NODE__NODE_LIST || e->rexpr->list->n_items != 2) {
		unsupported(t, at, "BETWEEN");
		return;
	}
	expression(t, e->lexpr);
	expressions(t, e->rexpr->list->items, 2);
	put(t, SQL_BETWEEN, at, negated, NULL, 3);
}

static void plain_operator(struct tree *t, const PgQuery__AExpr *e, uint32_t at, const char *symbol)
{
	size_t n = 0;

	if (e->n_name != 1 || !symbol || !e->rexpr) {
		unsupported(t, at, "OPERATOR()");
		return;
	}
	if (e->lexpr) {
		expression(t, e->lexpr);
		n++;
	}
	expression(t, e->rexpr);
	put(t, SQL_OPERATOR, at, 0, symbol, n + 1);
}

static void a_expr(struct tree *t, const PgQuery__AExpr *e)
{
	static const char *const names[] = {[PG_QUERY__A__EXPR__KIND__AEXPR_OP_ANY] = "ANY",
	    [PG_QUERY__A__EXPR__KIND__AEXPR_OP_ALL] = "ALL",
	    [PG_QUERY__A__EXPR__KIND__AEXPR_DISTINCT] = "IS DISTINCT FROM",
	    [PG_QUERY__A__EXPR__KIND__AEXPR_NOT_DISTINCT] = "IS NOT DISTINCT FROM",
	    [PG_QUERY__A__EXPR__KIND__AEXPR_NULLIF] = "NULLIF",
	    [PG_QUERY__A__EXPR__KIND__AEXPR_LIKE] = "LIKE",
	    [PG_QUERY__A__EXPR__KIND__AEXPR_ILIKE] = "ILIKE",
	    [PG_QUERY__A__EXPR__KIND__AEXPR_SIMILAR] = "SIMILAR TO",
	    [PG_QUERY__A__EXPR__KIND__AEXPR_BETWEEN_SYM] = "BETWEEN SYMMETRIC",
	    [PG_QUERY__A__EXPR__KIND__AEXPR_NOT_BETWEEN_SYM] = "BETWEEN SYMMETRIC"};
	uint32_t at = offset(t, e->location);
	const char *symbol = e->n_name > 0 ? string_of(e->name[e->n_name - 1]) : NULL;
	unsigned kind = (unsigned)e->kind;

	switch (e->kind) {
	case PG_QUERY__A__EXPR__KIND__AEXPR_OP:
		plain_operator(t, e, at, symbol);
		return;
	case PG_QUERY__A__EXPR__KIND__AEXPR_IN:
		in_list(t, e, at, symbol && strcmp(symbol, "<>") == 0);
		return;
	case PG_QUERY__A__EXPR__KIND__AEXPR_BETWEEN:
		between(t, e, at, false);
		return;
	case PG_QUERY__A__EXPR__KIND__AEXPR_NOT_BETWEEN:
		between(t, e, at, true);
		return;
	default:
		unsupported(t, at, kind < sizeof names / sizeof names[0] && names[kind] ? names[kind] : "an operator");
	}
}

static void func_call(struct tree *t, const PgQuery__FuncCall *f)
{
	uint32_t at = offset(t, f->location);
	const char *name = f->n_funcname > 0 ? string_of(f->funcname[f->n_funcname - 1]) : NULL;
	unsigned flags = 0;
	size_t n;

	if (!name || f->func_variadic) {
		unsupported(t, at, "VARIADIC");
		return;
	}
	flags |= f->agg_star ? SQL_CALL_STAR : 0u;
	flags |= f->agg_distinct ? SQL_CALL_DISTINCT : 0u;
	flags |= f->over ? SQL_CALL_OVER : 0u;
	flags |= f->agg_filter ? SQL_CALL_FILTER : 0u;
	flags |= f->n_agg_order || f->agg_within_group ? SQL_CALL_ORDER : 0u;
	n = expressions(t, f->args, f->n_args);
	put(t, SQL_CALL, at, flags, name, n);
}

static void null_test(struct tree *t, const PgQuery__NullTest *n)
{
	expression(t, n->arg);
	put(t, SQL_IS_NULL, offset(t, n->location), n->nulltesttype == PG_QUERY__NULL_TEST_TYPE__IS_NOT_NULL, NULL, 1);
}

static void other_expression(struct tree *t, const PgQuery__Node *node)
{
	char name[48];

	switch (node->node_case) {
	case PG_QUERY__NODE__NODE_SUB_LINK:
		unsupported(t, offset(t, node->sub_link->location), "a subquery");
		return;
	case PG_QUERY__NODE__NODE_CASE_EXPR:
		unsupported(t, offset(t, node->case_expr->location), "CASE");
		return;
	case PG_QUERY__NODE__NODE_COALESCE_EXPR:
		unsupported(t, offset(t, node->coalesce_expr->location), "COALESCE");
		return;
	case PG_QUERY__NODE__NODE_MIN_MAX_EXPR:
		unsupported(t, offset(t, node->min_max_expr->location), "GREATEST or LEAST");
		return;
	case PG_QUERY__NODE__NODE_BOOLEAN_TEST:
		unsupported(t, offset(t, node->boolean_test->location), "IS TRUE or IS FALSE");
		return;
	case PG_QUERY__NODE__NODE_SQLVALUE_FUNCTION:
		unsupported(t, offset(t, node->sqlvalue_function->location), "CURRENT_DATE and its like");
		return;
	case PG_QUERY__NODE__NODE_COLLATE_CLAUSE:
		unsupported(t, offset(t, node->collate_clause->location), "COLLATE");
		return;
	case PG_QUERY__NODE__NODE_PARAM_REF:
		unsupported(t, offset(t, node->param_ref->location), "a parameter");
		return;
	case PG_QUERY__NODE__NODE_A_ARRAY_EXPR:
		unsupported(t, offset(t, node->a_array_expr->location), "ARRAY");
		return;
	case PG_QUERY__NODE__NODE_ROW_EXPR:
		unsupported(t, offset(t, node->row_expr->location), "a row value");
		return;
	case PG_QUERY__NODE__NODE_GROUPING_SET:
		unsupported(t, offset(t, node->grouping_set->location), "GROUPING SETS, ROLLUP or CUBE");
		return;
	case PG_QUERY__NODE__NODE_GROUPING_FUNC:
		unsupported(t, offset(t, node->grouping_func->location), "GROUPING()");
		return;
	default:
		unsupported(t, 0, generic_name(node, name));
	}
}

void expression(struct tree *t, const PgQuery__Node *node)
{
	if (!node) {
		unsupported(t, 0, "an empty expression");
		return;
	}
	if (t->depth == WALK_DEPTH_MAX) {
		unsupported(t, 0, "an expression nested this deep");
		return;
	}
	t->depth++;
	switch (node->node_case) {
	case PG_QUERY__NODE__NODE_COLUMN_REF:
		column_ref(t, node->column_ref);
		break;
	case PG_QUERY__NODE__NODE_A_CONST:
		constant(t, node->a_const);
		break;
	case PG_QUERY__NODE__NODE_TYPE_CAST:
		type_cast(t, node->type_cast);
		break;
	case PG_QUERY__NODE__NODE_BOOL_EXPR:
		bool_expr(t, node->bool_expr);
		break;
	case PG_QUERY__NODE__NODE_A_EXPR:
		a_expr(t, node->a_expr);
		break;
	case PG_QUERY__NODE__NODE_FUNC_CALL:
		func_call(t, node->func_call);
		break;
	case PG_QUERY__NODE__NODE_NULL_TEST:
		null_test(t, node->null_test);
		break;
	default:
		other_expression(t, node);
	}
	t->depth--;
}
