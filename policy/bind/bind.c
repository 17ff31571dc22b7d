/* The clauses of the SELECT, in the order in which names depend on each other. */
#include "binder.h"

#include <stdio.h>

static const struct sql_node *part(const struct binder *b, unsigned which)
{
	return sql_child(b->ast, sql_node(b->ast, b->ast->root), which);
}

static enum status bind_clauses(struct binder *b)
{
	const struct sql_node *first = NULL;

	for (const struct sql_node *n = sql_node(b->ast, part(b, SQL_CLAUSES)->first); n; n = sql_node(b->ast, n->next))
		if (!first || n->at < first->at)
			first = n;
	return first ? refuse_clause(b, first) : ST_OK;
}

/* ---- GROUP BY ---- */

static bool item_has_alias(const struct sql_node *item, struct slice name)
{
	return item->text.len > 0 && name_equal_folded(item->text, name);
}

/* The SELECT item that a whole number names, counted from 1. */
static enum status item_by_position(struct binder *b, const struct sql_node *n, const char *clause, unsigned *position)
{
	const struct sql_node *items = part(b, SQL_ITEMS);
	int64_t v = 0;

	if (value_parse_int(&v, n->text) != ST_OK || v < 1 || v > items->n)
		return REFUSE(b, ST_SQL_NAME, n->at, "name the column", "%s %.*s: the SELECT list has %u columns",
		    clause, SHOW(n->text), items->n);
	*position = (unsigned)v - 1;
	return ST_OK;
}

/* A column's name; else an alias in the SELECT list, or a position in it. */
static enum status group_column(struct binder *b, const struct sql_node *n, uint16_t *column)
{
	const struct sql_node *item = sql_node(b->ast, part(b, SQL_ITEMS)->first), *value;
	unsigned position;
	enum status st;

	if (n->kind == SQL_NUMBER) {
		TRY(item_by_position(b, n, "GROUP BY", &position));
		item = sql_child(b->ast, part(b, SQL_ITEMS), position);
	} else if (node_is_column(n) && n->qualifier.len == 0 && find_column(b, n->text) < 0) {
		while (item && !item_has_alias(item, n->text))
			item = sql_node(b->ast, item->next);
	} else {
		item = NULL;
	}
	value = item ? sql_node(b->ast, item->first) : n;
	if (value->kind == SQL_UNSUPPORTED)
		return refuse_unsupported(b, value);
	if (!node_is_column(value))
		return REFUSE(b, ST_SQL_UNSUPPORTED, n->at, "bring the value as a column of its own, and group by that",
		    "GROUP BY an expression is not supported");
	return resolve_column(b, value, column);
out:
	return st;
}

static enum status check_key(struct binder *b, uint16_t column, uint32_t at, uint64_t *groups)
{
	const struct policy_column *c = &b->facts->columns[column];
	uint64_t size = (uint64_t)c->hi - (uint64_t)c->lo + 1;

	if (c->type == COL_TEXT || size > POLICY_DOMAIN_MAX)
		return REFUSE(b, ST_SQL_UNSUPPORTED, at,
		    c->type == COL_TEXT ? "give the column `type: text` with a domain"
					: "declare a `range` of at most 4096 values for it",
		    "GROUP BY column `%s`, which has no domain, is not supported", c->name);
	*groups *= size + c->nullable;
	if (*groups > PLAN_GROUPS_MAX)
		return REFUSE(b, ST_SQL_UNSUPPORTED, at, "group by fewer columns, or narrow their ranges and domains",
		    "more than %d possible groups are not supported", PLAN_GROUPS_MAX);
	return ST_OK;
}

static enum status bind_groups(struct binder *b)
{
	struct query *q = b->q;
	uint64_t groups = 1;
	enum status st = ST_OK;

	for (const struct sql_node *n = sql_node(b->ast, part(b, SQL_GROUP)->first); n; n = sql_node(b->ast, n->next)) {
		uint16_t column;
		bool again = false;

		TRY(group_column(b, n, &column));
		for (unsigned i = 0; i < q->n_keys; i++)
			again = again || q->keys[i].column == column;
		if (again)
			continue;
		if (q->n_keys == PLAN_KEYS_MAX)
			return REFUSE(b, ST_SQL_UNSUPPORTED, n->at, NULL,
			    "more than %d GROUP BY columns are not supported", PLAN_KEYS_MAX);
		TRY(check_key(b, column, n->at, &groups));
		q->keys[q->n_keys++] = (struct query_key){.column = column, .at = n->at};
	}
out:
	return st;
}

/* ---- SELECT list ---- */

static int key_of(const struct query *q, uint16_t column)
{
	for (int i = 0; i < q->n_keys; i++)
		if (q->keys[i].column == column)
			return i;
	return -1;
}

static enum status bind_item_column(struct binder *b, const struct sql_node *value, struct query_result *r)
{
	int key;
	enum status st;

	TRY(resolve_column(b, value, &r->column));
	key = key_of(b->q, r->column);
	if (key < 0)
		return REFUSE(b, ST_SQL_RELEASE, value->at,
		    "aggregate it: COUNT, SUM, AVG, MIN or MAX; or add it to GROUP BY",
		    "column `%s` may not be revealed: it is neither aggregated nor a GROUP BY column",
		    b->facts->columns[r->column].name);
	r->kind = REL_KEY;
	r->key = (uint16_t)key;
out:
	return st;
}

static enum status bind_item_value(struct binder *b, const struct sql_node *value, struct query_result *r)
{
	switch ((enum sql_kind)value->kind) {
	case SQL_COLUMN:
		return bind_item_column(b, value, r);
	case SQL_CALL:
		return bind_aggregate(b, value, &r->kind, &r->column);
	case SQL_UNSUPPORTED:
		return refuse_unsupported(b, value);
	case SQL_STAR:
		return REFUSE(
		    b, ST_SQL_RELEASE, value->at, "name GROUP BY columns and aggregates", "SELECT * would reveal rows");
	case SQL_OPERATOR:
		return REFUSE(b, ST_SQL_UNSUPPORTED, value->at,
		    "select the aggregates themselves, and compute with the result",
		    "arithmetic in the SELECT list is not supported");
	default:
		return REFUSE(b, ST_SQL_UNSUPPORTED, value->at, "select GROUP BY columns and aggregates",
		    "only GROUP BY columns and aggregates can stand in the SELECT list; this is not supported");
	}
}

/* As PostgreSQL names it: the alias, the column, or the function. */
static enum status name_result(struct binder *b, const struct sql_node *item, struct query_result *r)
{
	const struct sql_node *value = sql_node(b->ast, item->first);
	struct slice name = item->text.len > 0 ? item->text : value->text;

	if (r->kind == REL_KEY && item->text.len == 0)
		name = slice_str(b->facts->columns[r->column].name);
	if (name.len > POLICY_NAME_MAX)
		return REFUSE(b, ST_SQL_NAME, item->at, NULL, "a name longer than %d bytes", POLICY_NAME_MAX);
	for (size_t i = 0; i < name.len; i++)
		if (name.ptr[i] < 0x20 || name.ptr[i] == 0x7f ||
		    (name.ptr[i] == 0xc2 && i + 1 < name.len && name.ptr[i + 1] < 0xa0))
			return REFUSE(b, ST_SQL_NAME, item->at, NULL, "a name with a control character");
	memcpy(r->name, name.ptr, name.len);
	for (unsigned i = 0; i < b->q->n_results; i++)
		if (name_equal_folded(slice_str(b->q->results[i].name), name))
			return REFUSE(b, ST_SQL_NAME, item->at, "give one of them another name with AS",
			    "two result columns are called `%s`", r->name);
	return ST_OK;
}

static bool is_selected_key(const struct query *q, unsigned key)
{
	for (unsigned i = 0; i < q->n_results; i++)
		if (q->results[i].kind == REL_KEY && q->results[i].key == key)
			return true;
	return false;
}

static enum status bind_items(struct binder *b)
{
	struct query *q = b->q;
	enum status st = ST_OK;

	for (const struct sql_node *n = sql_node(b->ast, part(b, SQL_ITEMS)->first); n; n = sql_node(b->ast, n->next)) {
		struct query_result r = {.column = NO_COLUMN, .at = n->at};

		TRY(bind_item_value(b, sql_node(b->ast, n->first), &r));
		if (q->n_results == PLAN_RESULTS_MAX)
			return REFUSE(b, ST_SQL_UNSUPPORTED, n->at, NULL,
			    "more than %d result columns are not supported", PLAN_RESULTS_MAX);
		TRY(name_result(b, n, &r));
		q->results[q->n_results++] = r;
	}
	if (q->n_results == 0)
		return REFUSE(b, ST_SQL_UNSUPPORTED, 0, "select GROUP BY columns and aggregates",
		    "an empty SELECT list is not supported");
	for (unsigned k = 0; k < q->n_keys; k++)
		if (!is_selected_key(q, k))
			return REFUSE(b, ST_SQL_RELEASE, q->keys[k].at, "add the column to the SELECT list",
			    "column `%s` is grouped by but not selected: whoever sees the groups learns it all the "
			    "same",
			    b->facts->columns[q->keys[k].column].name);
out:
	return st;
}

/* ---- ORDER BY, LIMIT ---- */

static enum status refuse_order(struct binder *b, const struct sql_node *n)
{
	return REFUSE(b, ST_SQL_UNSUPPORTED, n->at, "add it to the SELECT list and name it here, or give its position",
	    "ORDER BY something that is not in the SELECT list is not supported");
}

static enum status order_by_name(struct binder *b, const struct sql_node *n, uint16_t *result)
{
	const struct query *q = b->q;
	uint16_t column;
	enum status st;

	for (uint16_t i = 0; n->qualifier.len == 0 && i < q->n_results; i++)
		if (name_equal_folded(slice_str(q->results[i].name), n->text)) {
			*result = i;
			return ST_OK;
		}
	TRY(resolve_column(b, n, &column));
	for (uint16_t i = 0; i < q->n_results; i++)
		if (q->results[i].kind == REL_KEY && q->results[i].column == column) {
			*result = i;
			return ST_OK;
		}
	return refuse_order(b, n);
out:
	return st;
}

static enum status order_by_aggregate(struct binder *b, const struct sql_node *n, uint16_t *result)
{
	enum release_kind kind;
	uint16_t column;
	enum status st;

	TRY(bind_aggregate(b, n, &kind, &column));
	for (uint16_t i = 0; i < b->q->n_results; i++)
		if (b->q->results[i].kind == kind && b->q->results[i].column == column) {
			*result = i;
			return ST_OK;
		}
	return refuse_order(b, n);
out:
	return st;
}

static enum status order_target(struct binder *b, const struct sql_node *n, uint16_t *result)
{
	unsigned position = 0;
	enum status st;

	switch ((enum sql_kind)n->kind) {
	case SQL_COLUMN:
		return order_by_name(b, n, result);
	case SQL_CALL:
		return order_by_aggregate(b, n, result);
	case SQL_UNSUPPORTED:
		return refuse_unsupported(b, n);
	case SQL_NUMBER:
		TRY(item_by_position(b, n, "ORDER BY", &position));
		*result = (uint16_t)position;
		return ST_OK;
	default:
		return refuse_order(b, n);
	}
out:
	return st;
}

/* NULLs sort as if larger than everything, unless the query says otherwise: PostgreSQL's rule. */
static uint8_t order_flags(unsigned sql)
{
	uint8_t flags = sql & SQL_SORT_DESC ? SORT_DESC : 0;
	bool nulls_first = sql & SQL_SORT_NULLS_FIRST || (sql & SQL_SORT_DESC && !(sql & SQL_SORT_NULLS_LAST));

	return nulls_first ? flags | SORT_NULLS_FIRST : flags;
}

static enum status bind_order(struct binder *b)
{
	struct query *q = b->q;
	enum status st = ST_OK;

	for (const struct sql_node *n = sql_node(b->ast, part(b, SQL_ORDER)->first); n; n = sql_node(b->ast, n->next)) {
		struct query_order o = {.flags = order_flags(n->flags), .at = sql_node(b->ast, n->first)->at};
		bool again = false;

		TRY(order_target(b, sql_node(b->ast, n->first), &o.result));
		for (unsigned i = 0; i < q->n_order; i++)
			again = again || q->order[i].result == o.result;
		if (again)
			continue; /* already decided */
		if (q->n_order == PLAN_SORT_MAX)
			return REFUSE(b, ST_SQL_UNSUPPORTED, o.at, NULL,
			    "more than %d ORDER BY columns are not supported", PLAN_SORT_MAX);
		q->order[q->n_order++] = o;
	}
out:
	return st;
}

static uint64_t group_count(const struct binder *b)
{
	uint64_t n = 1;

	for (unsigned i = 0; i < b->q->n_keys; i++) {
		const struct policy_column *c = &b->facts->columns[b->q->keys[i].column];
		n *= (uint64_t)(c->hi - c->lo + 1) + c->nullable;
	}
	return n;
}

static enum status bind_limit(struct binder *b)
{
	const struct sql_node *n = sql_node(b->ast, part(b, SQL_LIMIT)->first);
	int64_t v = 0;

	if (!n || n->kind == SQL_NULL) /* LIMIT ALL */
		return ST_OK;
	if (n->kind == SQL_UNSUPPORTED)
		return refuse_unsupported(b, n);
	if (n->kind != SQL_NUMBER || value_parse_int(&v, n->text) != ST_OK || v < 1)
		return REFUSE(b, ST_SQL_UNSUPPORTED, n->at, "write LIMIT and a whole number of at least 1",
		    "this LIMIT is not supported");
	if (group_count(b) > PLAN_TOP_GROUPS_MAX)
		return REFUSE(b, ST_SQL_UNSUPPORTED, n->at, "group by fewer columns, or leave LIMIT out",
		    "LIMIT over more than %d possible groups is not supported", PLAN_TOP_GROUPS_MAX);
	b->q->limit = (uint64_t)v;
	b->q->limit_at = n->at;
	return ST_OK;
}

static enum status bind_condition(struct binder *b, unsigned which, enum clause clause, uint16_t *id)
{
	const struct sql_node *n = sql_node(b->ast, part(b, which)->first);

	*id = 0;
	b->clause = clause;
	return n ? bind_predicate(b, n, id) : ST_OK;
}

enum status query_bind(struct query *q, const struct policy *facts, const struct sql_ast *ast, struct sql_fault *fault)
{
	struct binder b = {.q = q, .facts = facts, .ast = ast, .fault = fault};
	enum status st;

	q->n_exprs = 0;
	q->n_keys = q->n_results = q->n_order = 0;
	q->limit = 0;
	TRY(bind_clauses(&b));
	TRY(bind_table(&b, part(&b, SQL_FROM)));
	TRY(bind_groups(&b));
	TRY(bind_items(&b));
	TRY(bind_condition(&b, SQL_WHERE, CLAUSE_WHERE, &q->where));
	TRY(bind_condition(&b, SQL_HAVING, CLAUSE_HAVING, &q->having));
	TRY(bind_order(&b));
	TRY(bind_limit(&b));
out:
	return st;
}
