/*
 * libpg_query's tree to ours. Everything that has a node of ours becomes it, everything else an SQL_UNSUPPORTED with its name:
 * whether something is *supported here* is the binder's business.
 */
#include "sqlparse.h"

#include "base/cbor.h"

#include <ctype.h>
#include <pg_query.h>
#include <pg_query/pg_query.pb-c.h>
#include <stdio.h>
#include <stdlib.h>

enum { WALK_DEPTH_MAX = SQL_DEPTH_MAX - 6 };

struct tree {
	struct buf nodes;
	size_t count;
	const char *sql;
	size_t sql_len;
	unsigned depth;
	struct buf clauses; /* SQL_UNSUPPORTED nodes of the last part */
	size_t n_clauses;
};

static const struct slice none = {(const uint8_t *)"", 0};

static uint32_t offset(const struct tree *t, int32_t location)
{
	return location > 0 && (size_t)location <= t->sql_len ? (uint32_t)location : 0;
}

static void put(struct tree *t, enum sql_kind kind, uint32_t at, unsigned flags, const char *text, size_t children)
{
	sql_put_node(&t->nodes, kind, at, flags, text ? slice_str(text) : none, none, children);
	t->count++;
}

static void unsupported(struct tree *t, uint32_t at, const char *name)
{
	put(t, SQL_UNSUPPORTED, at, 0, name, 0);
}

/* Where a keyword stands: clauses have no place in libpg_query's tree. Quoted text cannot match: the scanner tells. */
static uint32_t keyword_at(const struct tree *t, const char *word)
{
	PgQueryScanResult scan = pg_query_scan(t->sql);
	PgQuery__ScanResult *tokens =
	    scan.error ? NULL : pg_query__scan_result__unpack(NULL, scan.pbuf.len, (void *)scan.pbuf.data);
	size_t len = strlen(word);
	uint32_t at = 0;

	for (size_t i = 0; tokens && i < tokens->n_tokens; i++) {
		const PgQuery__ScanToken *token = tokens->tokens[i];

		if (token->start >= 0 && (size_t)token->end <= t->sql_len &&
		    (size_t)(token->end - token->start) == len && strncasecmp(t->sql + token->start, word, len) == 0) {
			at = (uint32_t)token->start;
			break;
		}
	}
	if (tokens)
		pg_query__scan_result__free_unpacked(tokens, NULL);
	pg_query_free_scan_result(scan);
	return at;
}

static void clause(struct tree *t, uint32_t at, const char *name)
{
	sql_put_node(&t->clauses, SQL_UNSUPPORTED, at, 0, slice_str(name), none, 0);
	t->n_clauses++;
}

static void expression(struct tree *t, const PgQuery__Node *node);

/* SelectStmt -> "SELECT", InsertStmt -> "INSERT", XmlExpr -> "XMLEXPR". */
static const char *generic_name(const PgQuery__Node *node, char out[static 48])
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

static size_t expressions(struct tree *t, PgQuery__Node *const *nodes, size_t n)
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

static void expression(struct tree *t, const PgQuery__Node *node)
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

static void list(struct tree *t, size_t n)
{
	put(t, SQL_LIST, 0, 0, NULL, n);
}

static void items(struct tree *t, const PgQuery__SelectStmt *s)
{
	for (size_t i = 0; i < s->n_target_list; i++) {
		const PgQuery__ResTarget *r = s->target_list[i]->res_target;

		expression(t, r->val);
		put(t, SQL_ITEM, offset(t, r->location), 0, r->name, 1);
	}
	list(t, s->n_target_list);
}

static void table(struct tree *t, const PgQuery__RangeVar *r)
{
	const char *alias = r->alias ? r->alias->aliasname : "";

	if ((r->schemaname && *r->schemaname) || (r->catalogname && *r->catalogname))
		unsupported(t, offset(t, r->location), "a table name with a schema");
	else if (r->alias && r->alias->n_colnames > 0)
		unsupported(t, offset(t, r->location), "a table alias that renames columns");
	else {
		sql_put_node(
		    &t->nodes, SQL_TABLE, offset(t, r->location), 0, slice_str(r->relname), slice_str(alias), 0);
		t->count++;
	}
}

static void from(struct tree *t, const PgQuery__SelectStmt *s)
{
	char name[48];

	for (size_t i = 0; i < s->n_from_clause; i++) {
		const PgQuery__Node *node = s->from_clause[i];

		switch (node->node_case) {
		case PG_QUERY__NODE__NODE_RANGE_VAR:
			table(t, node->range_var);
			break;
		case PG_QUERY__NODE__NODE_JOIN_EXPR:
			unsupported(t, keyword_at(t, "join"), "JOIN");
			break;
		case PG_QUERY__NODE__NODE_RANGE_SUBSELECT:
			unsupported(t, keyword_at(t, "from"), "a subquery in FROM");
			break;
		case PG_QUERY__NODE__NODE_RANGE_FUNCTION:
			unsupported(t, keyword_at(t, "from"), "a function in FROM");
			break;
		default:
			unsupported(t, keyword_at(t, "from"), generic_name(node, name));
		}
	}
	list(t, s->n_from_clause);
}

static void optional(struct tree *t, const PgQuery__Node *node)
{
	if (node)
		expression(t, node);
	list(t, node != NULL);
}

static unsigned sort_flags(struct tree *t, const PgQuery__SortBy *s)
{
	unsigned flags = 0;

	if (s->sortby_dir == PG_QUERY__SORT_BY_DIR__SORTBY_USING)
		clause(t, keyword_at(t, "using"), "ORDER BY … USING");
	if (s->sortby_dir == PG_QUERY__SORT_BY_DIR__SORTBY_DESC)
		flags |= SQL_SORT_DESC;
	if (s->sortby_nulls == PG_QUERY__SORT_BY_NULLS__SORTBY_NULLS_FIRST)
		flags |= SQL_SORT_NULLS_FIRST;
	if (s->sortby_nulls == PG_QUERY__SORT_BY_NULLS__SORTBY_NULLS_LAST)
		flags |= SQL_SORT_NULLS_LAST;
	return flags;
}

static void order(struct tree *t, const PgQuery__SelectStmt *s)
{
	for (size_t i = 0; i < s->n_sort_clause; i++) {
		const PgQuery__SortBy *by = s->sort_clause[i]->sort_by;

		expression(t, by->node);
		put(t, SQL_SORT, offset(t, by->location), sort_flags(t, by), NULL, 1);
	}
	list(t, s->n_sort_clause);
}

static void set_operation(struct tree *t, PgQuery__SetOperation op)
{
	if (op == PG_QUERY__SET_OPERATION__SETOP_UNION)
		clause(t, keyword_at(t, "union"), "UNION");
	else if (op == PG_QUERY__SET_OPERATION__SETOP_INTERSECT)
		clause(t, keyword_at(t, "intersect"), "INTERSECT");
	else if (op == PG_QUERY__SET_OPERATION__SETOP_EXCEPT)
		clause(t, keyword_at(t, "except"), "EXCEPT");
}

static void clauses(struct tree *t, const PgQuery__SelectStmt *s)
{
	set_operation(t, s->op);
	if (s->with_clause)
		clause(t, keyword_at(t, "with"), "WITH");
	if (s->n_distinct_clause)
		clause(t, keyword_at(t, "distinct"), "SELECT DISTINCT");
	if (s->into_clause)
		clause(t, keyword_at(t, "into"), "SELECT INTO");
	if (s->n_window_clause)
		clause(t, keyword_at(t, "window"), "WINDOW");
	if (s->n_values_lists)
		clause(t, keyword_at(t, "values"), "VALUES");
	if (s->limit_offset)
		clause(t, keyword_at(t, "offset"), "OFFSET");
	if (s->limit_option == PG_QUERY__LIMIT_OPTION__LIMIT_OPTION_WITH_TIES)
		clause(t, keyword_at(t, "ties"), "FETCH … WITH TIES");
	if (s->n_locking_clause)
		clause(t, keyword_at(t, "for"), "FOR UPDATE");
	if (s->group_distinct)
		clause(t, keyword_at(t, "distinct"), "GROUP BY DISTINCT");
}

static void finish(struct tree *t, struct buf *out)
{
	buf_append(&t->nodes, t->clauses.ptr, t->clauses.len);
	t->count += t->n_clauses;
	list(t, t->n_clauses);
	put(t, SQL_SELECT, 0, 0, NULL, SQL_SELECT_PARTS);
	cbor_put_array(out, 2);
	cbor_put_u64(out, 1);
	cbor_put_array(out, t->count);
	buf_append(out, t->nodes.ptr, t->nodes.len);
	if (t->nodes.failed || t->clauses.failed || t->count > SQL_NODES_MAX)
		out->failed = true;
}

static void select_statement(struct tree *t, const PgQuery__SelectStmt *s)
{
	items(t, s);
	from(t, s);
	optional(t, s->where_clause);
	expressions(t, s->group_clause, s->n_group_clause);
	list(t, s->n_group_clause);
	optional(t, s->having_clause);
	order(t, s);
	optional(t, s->limit_count);
	clauses(t, s);
}

static void statement(struct tree *t, const PgQuery__ParseResult *r)
{
	static const PgQuery__SelectStmt empty = PG_QUERY__SELECT_STMT__INIT;
	const PgQuery__Node *first = r->n_stmts > 0 && r->stmts[0] ? r->stmts[0]->stmt : NULL;
	bool select = first && first->node_case == PG_QUERY__NODE__NODE_SELECT_STMT;
	char name[48];

	if (!first)
		clause(t, 0, "an empty query");
	else if (!select)
		clause(t, 0, generic_name(first, name));
	if (r->n_stmts > 1)
		clause(t, offset(t, r->stmts[1]->stmt_location), "a second statement");
	select_statement(t, select ? first->select_stmt : &empty);
}

static void put_error(struct buf *out, uint32_t at, const char *message)
{
	struct slice text = slice_str(message);

	cbor_put_array(out, 3);
	cbor_put_u64(out, 0);
	cbor_put_u64(out, at);
	cbor_put_text_slice(out, utf8_is_text(text) ? text : slice_str("not well-formed SQL"));
}

void sqlparse_answer(struct buf *out, const char *sql)
{
	struct tree t = {.sql = sql, .sql_len = strlen(sql)};
	PgQueryProtobufParseResult r = pg_query_parse_protobuf(sql);
	PgQuery__ParseResult *tree;

	if (r.error) {
		int at = r.error->cursorpos;

		/* cursorpos counts from 1; 0 when unknown */
		put_error(out, at > 0 && (size_t)at <= t.sql_len + 1 ? (uint32_t)at - 1 : 0, r.error->message);
		return;
	}
	tree = pg_query__parse_result__unpack(NULL, r.parse_tree.len, (void *)r.parse_tree.data);
	if (!tree) {
		put_error(out, 0, "an expression nested too deep");
		return;
	}
	statement(&t, tree);
	finish(&t, out);
}
