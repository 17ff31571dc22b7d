/*
 * A policy that uses everything the rules look at, by op id:
 *
 *   SELECT region, COUNT(*) AS n, AVG(salary) AS mean, MAX(age) AS oldest, SUM(age) AS years, COUNT(age) AS known
 *   FROM staff GROUP BY region HAVING AVG(age) > 30 AND COUNT(*) < 5000 ORDER BY oldest DESC LIMIT 3
 *
 * Spare operators, which nothing uses, are there for the tests that spoil it.
 */
#ifndef TESTS_UNIT_POLICY_WIDE_H
#define TESTS_UNIT_POLICY_WIDE_H

#include "policy_builder.h"

/* clang-format off */
enum wide_op {
	VALID = 1, REGION, GROUP, SALARY_W, AGE_W, KNOWN_W, SUMS,
	COUNT_W, COUNT, SALARY_SUM_W, SALARY_SUM, AGE_SUM_W, AGE_SUM, AGE_COUNT_W, AGE_COUNT,
	AGE, AGE_KNOWN, AGE_MATRIX, OLDEST, YOUNGEST, MEAN_SALARY, MEAN_AGE,
	/* spare, rows */
	FORTY, OVER_FORTY, REAL_OVER_FORTY, PADDED, OTHER_GROUP, OTHER_SUMS, OTHER_COUNT_W, OTHER_COUNT, OTHER_SALARY_W,
	OTHER_SALARY, OTHER_MEAN, PADDED_GROUP, PADDED_SUMS, PADDED_COUNT_W, PADDED_COUNT,
	WRONG_MATRIX, WRONG_OLDEST, UNMASKED_OLDEST, MIXED_MEAN, WRONG_MEAN, KNOWN_SUMS, KNOWN_COUNT_W, KNOWN_COUNT,
	/* spare, groups */
	LIN_COUNT, SMUGGLED_W, SMUGGLED, KEY, HUNDRED, WEAK_SUPPRESS, CONST_SUPPRESS, OTHER_SUPPRESS, PADDED_SUPPRESS,
	KNOWN_SUPPRESS, ZERO, ANY_KNOWN, ALL_SALARIES, RICH, SECRETIVE, MEAN_LIN, MEAN_DIFFERENCE, MEAN_TEST, NEVER,
	/* the rows that are kept */
	SUPPRESS, NINE, AGE_NONNULL, THIRTY, IS_OLD, IS_OLD_KNOWN, MANY, IS_FEW, HAVING, KEEPIF, TOP,
	OUT_N, OUT_MEAN, OUT_OLDEST, OUT_YEARS, OUT_KNOWN, OUTKEEP
};
/* clang-format on */
enum wide_result { R_REGION, R_N, R_MEAN, R_OLDEST, R_YEARS, R_KNOWN, R_COUNT_ };

void wide_policy(struct policy *p, const struct test_keys *keys);

#endif
