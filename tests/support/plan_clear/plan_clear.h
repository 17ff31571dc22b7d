/*
 * What a plan computes, in the clear: the plaintext semantics of policy/plan.h, one operator at a time, with no sharing and
 * no engine. Target test_support_plan_clear. Panics when memory runs out.
 */
#ifndef TESTS_SUPPORT_PLAN_CLEAR_H
#define TESTS_SUPPORT_PLAN_CLEAR_H

#include "policy/plan.h"

struct plan_clear_input {
	uint32_t rows;
	const int64_t *values[PLAN_COLUMNS_MAX]; /* [rows] codes, 0 where NULL; NULL: the plan does not read it */
	const uint8_t *known[PLAN_COLUMNS_MAX]; /* [rows] 0 or 1; NULL: all known */
	const uint8_t *valid; /* [rows]; NULL: all real */
};

/* Words of a group: every OUT's value, its nonnull bit if it has one, and the keep bit. */
uint32_t plan_clear_words(const struct plan *p);
/* words: plan_clear_words(p) x groups, word w of group g at [w * groups + g]; what is not released is 0. */
void plan_clear_run(uint64_t *words, const struct plan *p, const struct plan_clear_input *in);

#endif
