/*
 * A random query in two dialects: ours, and one that SQLite computes exactly with what a policy adds spelt out: suppression,
 * withheld cells, comparison of averages without division, NULLS FIRST and LAST, ties by group.
 *
 * Table t, codes in SQLite: k text (4 values), g text nullable (3 values), b bool nullable, n int64 -20..20, m int64 nullable 0..9,
 * d decimal(6,2) nullable (cents in SQLite), y date nullable (days).
 */
#ifndef TESTS_POLICY_LOWER_RANDOM_QUERY_H
#define TESTS_POLICY_LOWER_RANDOM_QUERY_H

#include "../../support/test.h"

#include "base/buf.h"

enum { RANDOM_COLUMNS = 7, RANDOM_RESULTS_MAX = 8 };
extern const char random_table_yaml[];

enum shape { SHAPE_PLAIN, SHAPE_AVG, SHAPE_DATE, SHAPE_BOOL, SHAPE_CENTS };
struct random_query {
	struct buf ours, sqlite; /* SQL text */
	unsigned k; /* min_subjects */
	unsigned n_results;
	char names[RANDOM_RESULTS_MAX][8];
	uint8_t shape[RANDOM_RESULTS_MAX]; /* SHAPE_AVG takes two columns of SQLite's answer: sum and count */
	uint8_t scale[RANDOM_RESULTS_MAX];
};

void random_query_make(struct random_query *q, struct test_rng *rng);
void random_query_clear(struct random_query *q);

#endif
