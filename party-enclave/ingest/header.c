#include <stdio.h>

#include "header.h"
#include "policy/value.h"

enum { HEADER_SHOWN = 60 }; /* bytes of a header field or file name in a message */

struct header {
	const struct policy *policy;
	struct problem *problem;
	char where[128], expected[512]; /* "write region,salary" */
};

static void describe(struct header *h, const char *file_name)
{
	size_t at = (size_t)snprintf(h->expected, sizeof h->expected, "write ");

	snprintf(h->where, sizeof h->where, "%.*s:1", HEADER_SHOWN, file_name);
	for (unsigned i = 0; i < h->policy->n_columns && at < sizeof h->expected; i++)
		at += (size_t)snprintf(h->expected + at, sizeof h->expected - at, "%s%s", i > 0 ? "," : "",
		    h->policy->columns[i].name);
}

static int column_index(const struct policy *p, struct slice name)
{
	for (unsigned i = 0; i < p->n_columns; i++)
		if (slice_equal(name, slice_str(p->columns[i].name)))
			return (int)i;
	return -1;
}

/* "no column "salery" in dataset staff; did you mean "salary"?" */
static enum status unknown_name(struct header *h, struct slice name)
{
	struct slice names[PLAN_COLUMNS_MAX];
	int near, shown = name.len < HEADER_SHOWN ? (int)name.len : HEADER_SHOWN;

	for (unsigned i = 0; i < h->policy->n_columns; i++)
		names[i] = slice_str(h->policy->columns[i].name);
	near = name_nearest(name, names, h->policy->n_columns);
	if (near < 0)
		return problem_set(h->problem, ST_DATA_HEADER, h->where, h->expected, "no column \"%.*s\" in dataset %s",
		    shown, (const char *)name.ptr, h->policy->dataset);
	return problem_set(h->problem, ST_DATA_HEADER, h->where, h->expected,
	    "no column \"%.*s\" in dataset %s; did you mean \"%s\"?", shown, (const char *)name.ptr, h->policy->dataset,
	    h->policy->columns[near].name);
}

static enum status place_name(struct header *h, uint16_t *slot, struct slice name, uint64_t *seen)
{
	int column = column_index(h->policy, name);

	if (column < 0)
		return unknown_name(h, name);
	if (*seen >> column & 1)
		return problem_set(h->problem, ST_DATA_HEADER, h->where, h->expected, "column \"%s\" stands twice",
		    h->policy->columns[column].name);
	*seen |= UINT64_C(1) << column;
	*slot = (uint16_t)column;
	return ST_OK;
}

static enum status find_missing(const struct header *h, uint64_t seen)
{
	for (unsigned i = 0; i < h->policy->n_columns; i++)
		if (!(seen >> i & 1))
			return problem_set(h->problem, ST_DATA_HEADER, h->where, h->expected, "column \"%s\" is missing",
			    h->policy->columns[i].name);
	return ST_OK;
}

enum status csv_header(uint16_t map[static PLAN_COLUMNS_MAX], struct csv_cursor *c, const struct policy *p,
    const char *file_name, struct problem *problem)
{
	struct header h = {.policy = p, .problem = problem};
	struct csv_field f = {0};
	uint64_t seen = 0;
	enum status st;

	describe(&h, file_name);
	/* Every field is a column not seen before, so there are at most n_columns of them. */
	for (unsigned i = 0; !f.last; i++) {
		uint16_t column = 0;

		st = csv_next_field(c, &f);
		if (st == ST_DATA_SYNTAX)
			problem_set(problem, st, h.where, NULL, "%s", c->fault);
		if (st != ST_OK)
			goto out;
		TRY(place_name(&h, &column, f.text, &seen));
		map[i] = column;
	}
	st = find_missing(&h, seen);
out:
	return st;
}
