/*
 * A plan interpreted in the clear, straight from the table in policy/plan.h and sharing no code with the engine: what
 * every run must equal. Only real rows: padding has no meaning in the clear.
 */
#ifndef TEST_PLAN_REFERENCE_H
#define TEST_PLAN_REFERENCE_H

#include "policy/plan.h"

struct reference_rows {
	uint32_t rows; /* of all parties together */
	const int64_t *values[PLAN_COLUMNS_MAX]; /* [rows]; 0 where NULL */
	const uint8_t *known[PLAN_COLUMNS_MAX]; /* [rows] 0/1; NULL pointer: all known */
};

/* Result words per group: for each OUT its value, then its nonnull bit if it has one; last the keep bit. */
uint32_t reference_words(const struct plan *plan);
/* out[w * groups + g]. Aborts when memory is short, or when a value leaves the bounds that plan_infer gave it. */
void reference_run(const struct plan *plan, const struct reference_rows *rows, int64_t *out);

#endif
