/* The parts of a SELECT, and the clauses that have no part. */
#include "sqlparse_tree.h"

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

void statement(struct tree *t, const PgQuery__ParseResult *r)
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
