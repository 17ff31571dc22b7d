#include "schema.h"

#include <stdio.h>

#include "policy/value.h"

static struct policy policy;

static void column(unsigned i, const char *name, enum column_type type, int64_t lo, int64_t hi, bool nullable)
{
	struct policy_column *c = &policy.columns[i];

	snprintf(c->name, sizeof c->name, "%s", name);
	c->type = type;
	c->lo = lo;
	c->hi = hi;
	c->nullable = nullable;
}

struct policy *schema_of_every_type(void)
{
	static const char *const regions[] = {"e", "n", "s, x", "w\"q"};
	int64_t lo, hi;

	memset(&policy, 0, sizeof policy);
	snprintf(policy.dataset, sizeof policy.dataset, "staff");
	policy.rows_max_party = 5;
	policy.n_columns = SCHEMA_COLUMNS;
	column(SCHEMA_REGION, "region", COL_TEXT_DOMAIN, 0, 3, false);
	policy.columns[SCHEMA_REGION].domain_size = policy.n_domain = 4;
	for (unsigned i = 0; i < 4; i++)
		policy.domain[i] = slice_str(regions[i]);
	column(SCHEMA_SALARY, "salary", COL_DECIMAL, 0, 100000000, false);
	policy.columns[SCHEMA_SALARY].precision = 9;
	policy.columns[SCHEMA_SALARY].scale = 2;
	column(SCHEMA_AGE, "age", COL_INT64, 0, 120, true);
	column(SCHEMA_FULL_TIME, "full_time", COL_BOOL, 0, 1, true);
	value_type_range(&lo, &hi, COL_DATE, 0);
	column(SCHEMA_HIRED, "hired", COL_DATE, lo, hi, false);
	value_type_range(&lo, &hi, COL_TIMESTAMP, 0);
	column(SCHEMA_SEEN, "seen", COL_TIMESTAMP, lo, hi, true);
	column(SCHEMA_NOTE, "note", COL_TEXT, 0, 0, true);
	policy.columns[SCHEMA_NOTE].text_max = 8;
	return &policy;
}

struct policy *schema_of_one_column(void)
{
	schema_of_every_type();
	policy.n_columns = 1;
	policy.columns[SCHEMA_REGION].nullable = true;
	return &policy;
}
