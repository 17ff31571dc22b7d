#include "binder.h"

static const struct {
	const char *name;
	enum release_kind kind;
} aggregates[] = {{"count", REL_COUNT}, {"sum", REL_SUM}, {"avg", REL_AVG}, {"min", REL_MIN}, {"max", REL_MAX}};

static const char *name_of(enum release_kind kind)
{
	static const char *const names[] = {[REL_COUNT] = "COUNT",
	    [REL_COUNT_COLUMN] = "COUNT",
	    [REL_SUM] = "SUM",
	    [REL_AVG] = "AVG",
	    [REL_MIN] = "MIN",
	    [REL_MAX] = "MAX"};

	return names[kind];
}

static enum status check_modifiers(struct binder *b, const struct sql_node *call)
{
	if (call->flags & SQL_CALL_OVER)
		return REFUSE(b, ST_SQL_UNSUPPORTED, call->at, "aggregate with GROUP BY",
		    "a window function (OVER) is not supported");
	if (call->flags & SQL_CALL_DISTINCT)
		return REFUSE(b, ST_SQL_UNSUPPORTED, call->at, "GROUP BY the column and count the groups",
		    "DISTINCT inside an aggregate is not supported");
	if (call->flags & SQL_CALL_FILTER)
		return REFUSE(
		    b, ST_SQL_UNSUPPORTED, call->at, "put the condition into WHERE", "FILTER is not supported");
	if (call->flags & SQL_CALL_ORDER)
		return REFUSE(
		    b, ST_SQL_UNSUPPORTED, call->at, "remove it", "ORDER BY inside an aggregate is not supported");
	return ST_OK;
}

static enum status check_type(struct binder *b, const struct sql_node *call, enum release_kind kind, uint16_t column)
{
	const struct policy_column *c = &b->facts->columns[column];
	bool number = c->type == COL_INT64 || c->type == COL_DECIMAL;

	if ((kind == REL_SUM || kind == REL_AVG) && !number)
		return REFUSE(b, ST_SQL_TYPE, call->at, "use MIN or MAX, or COUNT with a condition in WHERE",
		    "%s needs a number, and column `%s` is %s", name_of(kind), c->name, value_type_name(c->type));
	if (kind == REL_AVG && c->scale > 6)
		return REFUSE(b, ST_SQL_UNSUPPORTED, call->at,
		    "declare the column with at most six digits after the point, or use SUM and COUNT",
		    "AVG has six digits after the point, and column `%s` has %u", c->name, c->scale);
	if ((kind == REL_MIN || kind == REL_MAX) && c->type == COL_TEXT)
		return REFUSE(b, ST_SQL_UNSUPPORTED, call->at, "give the column a domain",
		    "%s of free text is not supported", name_of(kind));
	return ST_OK;
}

enum status bind_aggregate(struct binder *b, const struct sql_node *call, enum release_kind *kind, uint16_t *column)
{
	const struct sql_node *argument = sql_node(b->ast, call->first);
	enum release_kind found = 0;
	enum status st;

	for (size_t i = 0; i < sizeof aggregates / sizeof aggregates[0]; i++)
		if (name_equal_folded(slice_str(aggregates[i].name), call->text))
			found = aggregates[i].kind;
	if (!found)
		return refuse_function(b, call);
	TRY(check_modifiers(b, call));
	*kind = found;
	*column = NO_COLUMN;
	if (call->flags & SQL_CALL_STAR) {
		if (found == REL_COUNT)
			return ST_OK;
		return REFUSE(b, ST_SQL_TYPE, call->at, "name a column", "%s(*) has no meaning", name_of(found));
	}
	if (!argument || argument->next)
		return REFUSE(b, ST_SQL_TYPE, call->at, "name one column", "%s takes one argument", name_of(found));
	if (argument->kind == SQL_UNSUPPORTED)
		return refuse_unsupported(b, argument);
	if (found == REL_COUNT && !node_is_column(argument))
		return REFUSE(b, ST_SQL_UNSUPPORTED, argument->at, "write COUNT(*), or COUNT(column)",
		    "COUNT of an expression is not supported");
	if (!node_is_column(argument))
		return REFUSE(b, ST_SQL_UNSUPPORTED, argument->at,
		    "bring the value as a column of its own, and aggregate that",
		    "%s of an expression is not supported", name_of(found));
	TRY(resolve_column(b, argument, column));
	TRY(check_type(b, call, found, *column));
	if (found != REL_COUNT)
		return ST_OK;
	/* COUNT of a column that is never NULL is COUNT(*), and is declared as that. */
	if (b->facts->columns[*column].nullable)
		*kind = REL_COUNT_COLUMN;
	else
		*column = NO_COLUMN;
out:
	return st;
}
