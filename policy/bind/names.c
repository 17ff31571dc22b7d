#include "binder.h"

#include <stdio.h>

bool node_is_column(const struct sql_node *n)
{
	return n && n->kind == SQL_COLUMN;
}

int find_column(const struct binder *b, struct slice name)
{
	for (int i = 0; i < b->facts->n_columns; i++)
		if (name_equal_folded(slice_str(b->facts->columns[i].name), name))
			return i;
	return -1;
}

/* "did you mean `age`?", or all names when nothing is near. */
static void suggest(char *fix, size_t cap, struct slice name, const struct slice *names, size_t n)
{
	int near = name_nearest(name, names, n);
	size_t used;

	if (near >= 0) {
		snprintf(fix, cap, "did you mean `%.*s`?", SHOW(names[near]));
		return;
	}
	used = (size_t)snprintf(fix, cap, "there is");
	for (size_t i = 0; i < n && used < cap; i++)
		used += (size_t)snprintf(fix + used, cap - used, "%s %.*s", i ? "," : "", SHOW(names[i]));
}

enum status resolve_column(struct binder *b, const struct sql_node *n, uint16_t *column)
{
	struct slice names[PLAN_COLUMNS_MAX] = {{0}};
	char fix[400];
	int at;

	if (n->qualifier.len > 0 && !name_equal_folded(n->qualifier, b->alias)) {
		suggest(fix, sizeof fix, n->qualifier, &b->alias, 1);
		return REFUSE(b, ST_SQL_NAME, n->at, fix, "there is no table `%.*s` in this query", SHOW(n->qualifier));
	}
	at = find_column(b, n->text);
	if (at >= 0) {
		*column = (uint16_t)at;
		return ST_OK;
	}
	for (unsigned i = 0; i < b->facts->n_columns; i++)
		names[i] = slice_str(b->facts->columns[i].name);
	suggest(fix, sizeof fix, n->text, names, b->facts->n_columns);
	return REFUSE(
	    b, ST_SQL_NAME, n->at, fix, "dataset `%s` has no column `%.*s`", b->facts->dataset, SHOW(n->text));
}

enum status bind_table(struct binder *b, const struct sql_node *from)
{
	const struct sql_node *table = sql_node(b->ast, from->first);
	struct slice dataset = slice_str(b->facts->dataset);
	char fix[160];

	snprintf(fix, sizeof fix, "write FROM %s", b->facts->dataset);
	if (!table)
		return REFUSE(b, ST_SQL_UNSUPPORTED, 0, fix, "a SELECT without FROM is not supported");
	for (const struct sql_node *t = table; t; t = sql_node(b->ast, t->next))
		if (t->kind == SQL_UNSUPPORTED)
			return refuse_clause(b, t);
	if (table->next)
		return REFUSE(b, ST_SQL_UNSUPPORTED, sql_node(b->ast, table->next)->at, fix,
		    "several tables in FROM are not supported");
	if (!name_equal_folded(table->text, dataset))
		return REFUSE(b, ST_SQL_NAME, table->at, fix, "there is no dataset `%.*s`", SHOW(table->text));
	b->alias = table->qualifier.len > 0 ? table->qualifier : table->text;
	return ST_OK;
}
