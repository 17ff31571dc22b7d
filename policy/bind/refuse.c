/* What SQL can say and we cannot do, each with the nearest form that works. */
#include "binder.h"

#include <stdio.h>

struct hint {
	const char *name, *fix;
};

static const struct hint hints[] = {
    {"CASE", "count or sum in a query of its own with that condition in WHERE"},
    {"LIKE", "list the values: column IN ('first', 'second')"},
    {"ILIKE", "list the values: column IN ('first', 'second')"},
    {"SIMILAR TO", "list the values: column IN ('first', 'second')"},
    {"a subquery", "write the values the subquery would give"},
    {"IN over a subquery", "list the values: column IN ('first', 'second')"},
    {"COALESCE", "say what happens to NULL in WHERE: column IS NOT NULL"},
    {"NULLIF", "leave those rows out in WHERE"},
    {"a cast", "write the literal in its column's form; DATE '2026-01-31' is one"},
    {"INTERVAL", "write the date itself: DATE '2026-01-31'"},
    {"IS TRUE or IS FALSE", "write the column alone, NOT column, or column IS NULL"},
    {"IS DISTINCT FROM", "write column <> value OR column IS NULL"},
    {"IS NOT DISTINCT FROM", "write column = value OR column IS NULL"},
    {"BETWEEN SYMMETRIC", "write BETWEEN with the smaller value first"},
    {"CURRENT_DATE and its like", "write the date itself: DATE '2026-01-31'"},
    {"ANY", "list the values with IN"},
    {"ALL", "compare with AND between the comparisons"},
    {"COLLATE", "text is compared bytewise; remove it"},
    {"GROUPING SETS, ROLLUP or CUBE", "write one query per grouping"},
    {"JOIN", "bring the columns together in one dataset; a query reads one dataset"},
    {"a subquery in FROM", "read the dataset itself"},
    {"a function in FROM", "read the dataset itself"},
    {"UNION", "the dataset already holds all parties' rows; write one SELECT"},
    {"INTERSECT", "write one SELECT with both conditions in WHERE"},
    {"EXCEPT", "write one SELECT with AND NOT in WHERE"},
    {"WITH", "write one SELECT over the dataset"},
    {"SELECT DISTINCT", "use GROUP BY with COUNT(*): groups are distinct"},
    {"OFFSET", "use LIMIT alone"},
    {"FETCH … WITH TIES", "use LIMIT, and further ORDER BY columns to settle ties"},
    {"WINDOW", "aggregate with GROUP BY"},
    {"a second statement", "write one statement a policy"},
    {"an empty query", "write one SELECT"},
    {"a table name with a schema", "name the dataset alone"},
    {"a name with a schema", "write column, or table.column"},
    {"an expression nested this deep", "use fewer parentheses, or IN for many values"},
};

static const char *hint_for(struct slice name)
{
	for (size_t i = 0; i < sizeof hints / sizeof hints[0]; i++)
		if (slice_equal(slice_str(hints[i].name), name))
			return hints[i].fix;
	return NULL;
}

enum status refuse_clause(struct binder *b, const struct sql_node *n)
{
	const char *fix = hint_for(n->text);

	return REFUSE(b, ST_SQL_UNSUPPORTED, n->at,
	    fix ? fix : "a query is SELECT … FROM … WHERE … GROUP BY … HAVING … ORDER BY … LIMIT",
	    "%.*s is not supported", SHOW(n->text));
}

enum status refuse_unsupported(struct binder *b, const struct sql_node *n)
{
	const char *fix = hint_for(n->text);

	return REFUSE(b, ST_SQL_UNSUPPORTED, n->at,
	    fix ? fix : "conditions use columns, literals, + - *, comparisons, BETWEEN, IN, IS NULL, AND, OR, NOT",
	    "%.*s is not supported", SHOW(n->text));
}

static const struct hint functions[] = {
    {"median", "use MIN, MAX and AVG"},
    {"var_pop", "use AVG, MIN and MAX"},
    {"var_samp", "use AVG, MIN and MAX"},
    {"variance", "use AVG, MIN and MAX"},
    {"stddev", "use AVG, MIN and MAX"},
    {"stddev_pop", "use AVG, MIN and MAX"},
    {"stddev_samp", "use AVG, MIN and MAX"},
    {"percentile_cont", "use MIN, MAX and AVG"},
    {"percentile_disc", "use MIN, MAX and AVG"},
    {"mode", "use GROUP BY with COUNT(*) and ORDER BY"},
    {"round", "AVG has six digits already; round the result where you read it"},
    {"extract", "compare dates with BETWEEN, or bring the part as a column of its own"},
    {"date_part", "compare dates with BETWEEN, or bring the part as a column of its own"},
    {"date_trunc", "bring the truncated date as a column of its own"},
    {"substring", "bring the part as a column of its own"},
    {"substr", "bring the part as a column of its own"},
    {"lower", "bring the text in one case"},
    {"upper", "bring the text in one case"},
    {"abs", "compare with both signs: x > 5 OR x < -5"},
};

enum status refuse_function(struct binder *b, const struct sql_node *call)
{
	const char *fix = "the functions are COUNT, SUM, AVG, MIN and MAX";
	char name[64];
	size_t n = 0;

	for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++)
		if (name_equal_folded(slice_str(functions[i].name), call->text))
			fix = functions[i].fix;
	for (; n < call->text.len && n < sizeof name - 1; n++)
		name[n] = (char)(call->text.ptr[n] >= 'a' && call->text.ptr[n] <= 'z' ? call->text.ptr[n] - 32
										      : call->text.ptr[n]);
	name[n] = 0;
	return REFUSE(b, ST_SQL_UNSUPPORTED, call->at, fix, "the function %s is not supported", name);
}
