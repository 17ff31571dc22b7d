/*
 * A policy whose result has a column of every kind:
 *   SELECT region, full_time, COUNT(*) AS n, SUM(salary) AS total, AVG(salary) AS mean, MIN(hired) AS first
 *   FROM staff GROUP BY region, full_time            12 groups: region e, n, "s, x", w"q  x  full_time false, true, NULL
 * with salary decimal(9,2) -1000..1000000 nullable, hired date nullable. Words of a group: n, total, its bit, mean, its bit,
 * first, its bit, keep.
 */
#ifndef TEST_TABLE_POLICY_H
#define TEST_TABLE_POLICY_H

#include "policy_builder.h"

enum { T_REGION, T_FULL_TIME, T_N, T_TOTAL, T_MEAN, T_FIRST, T_RESULTS };
enum { W_N, W_TOTAL, W_TOTAL_BIT, W_MEAN, W_MEAN_BIT, W_FIRST, W_FIRST_BIT, W_KEEP, W_COUNT };
enum { T_GROUPS = 12 };

struct policy *table_policy(void); /* heap; free() it */
/* Without GROUP BY: SELECT COUNT(*) AS n. Words: n, keep. */
struct policy *table_policy_one_row(void);

struct row {
	uint64_t n;
	int64_t total, mean, first;
	bool total_known, first_known; /* mean is known when total is */
};
void table_put_row(uint64_t words[static W_COUNT * T_GROUPS], unsigned group, const struct row *r);

#endif
