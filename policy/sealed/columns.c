/* Facts about the columns of the dataset: each type has its range and its own details, and nothing of another type's. */
#include "fields.h"

static const int64_t code_limit = INT64_C(1) << 62;

/* The range a type can have at all; dates and timestamps are years 1 to 9999. */
static bool type_range(const struct policy_column *c, int64_t *lo, int64_t *hi)
{
	*lo = 0;
	switch (c->type) {
	case COL_INT64:
		*lo = -code_limit, *hi = code_limit;
		return true;
	case COL_DECIMAL:
		*hi = 1;
		for (unsigned i = 0; i < c->precision && i < 18; i++)
			*hi *= 10;
		*hi -= 1;
		*lo = -*hi;
		return true;
	case COL_BOOL:
		*hi = 1;
		return true;
	case COL_DATE:
		*lo = -719162, *hi = 2932896;
		return true;
	case COL_TIMESTAMP:
		*lo = INT64_C(-62135596800), *hi = INT64_C(253402300799);
		return true;
	case COL_TEXT_DOMAIN:
		*hi = (int64_t)c->domain_size - 1;
		return c->domain_size > 0;
	case COL_TEXT:
		*hi = 0;
		return true;
	}
	return false;
}

static int compare_bytes(struct slice a, struct slice b)
{
	size_t len = a.len < b.len ? a.len : b.len;
	int order = len ? memcmp(a.ptr, b.ptr, len) : 0;

	return order ? order : (a.len > b.len) - (a.len < b.len);
}

static const char *domain_fault(const struct policy *p, const struct policy_column *c)
{
	for (unsigned i = 0; i < c->domain_size; i++) {
		const struct slice *value = &p->domain[c->domain_first + i];
		if (value->len > 0 && !facts_is_printable(*value))
			return "a value of its domain is not printable";
		if (i > 0 && compare_bytes(value[-1], value[0]) >= 0)
			return "its domain is not sorted, or holds a value twice";
	}
	return NULL;
}

static const char *detail_fault(const struct policy_column *c)
{
	if (c->type == COL_DECIMAL && (c->precision < 1 || c->precision > 18 || c->scale > c->precision))
		return "a decimal has 1 to 18 digits and no more of them after the point";
	if (c->type == COL_TEXT && c->text_max == 0)
		return "text needs a greatest length";
	/* exact ranges: the group number and the padding of codes rest on them */
	if ((c->type == COL_BOOL || c->type == COL_TEXT_DOMAIN) &&
	    (c->lo != 0 || c->hi != (c->type == COL_BOOL ? 1 : (int64_t)c->domain_size - 1)))
		return "its range is not that of its domain";
	return NULL;
}

static const char *column_fault(const struct policy *p, const struct policy_column *c)
{
	int64_t lo, hi;
	const char *fault;

	if (!type_range(c, &lo, &hi))
		return "it has a type that this version does not know, or an empty domain";
	fault = detail_fault(c);
	if (fault)
		return fault;
	if (c->lo > c->hi || c->lo < lo || c->hi > hi)
		return "its range is empty, or wider than its type";
	return domain_fault(p, c);
}

static bool is_name_before(const struct policy *p, unsigned i)
{
	for (unsigned j = 0; j < i; j++) {
		if (strcmp(p->columns[j].name, p->columns[i].name) == 0)
			return true;
	}
	return false;
}

enum status facts_check_columns(const struct policy *p, struct problem *problem)
{
	if (p->n_columns == 0)
		return problem_set(problem, ST_POLICY_FACTS, "sealed policy", NULL, "the dataset has no columns");
	for (unsigned i = 0; i < p->n_columns; i++) {
		const struct policy_column *c = &p->columns[i];
		const char *fault;

		if (!facts_is_printable(slice_str(c->name)))
			return problem_set(problem, ST_POLICY_FACTS, "sealed policy", NULL,
			    "the name of column %u is empty or not printable", i + 1);
		fault = is_name_before(p, i) ? "there are two of that name" : column_fault(p, c);
		if (fault)
			return problem_set(
			    problem, ST_POLICY_FACTS, "sealed policy", NULL, "column %s: %s", c->name, fault);
	}
	return ST_OK;
}

void policy_plan_columns(const struct policy *p, struct plan *plan)
{
	plan->n_columns = p->n_columns;
	for (unsigned i = 0; i < p->n_columns; i++) {
		const struct policy_column *c = &p->columns[i];
		plan->columns[i] = (struct plan_column){.lo = c->lo, .hi = c->hi, .nullable = c->nullable};
	}
}
