/* Random plans that plan_infer accepts, using every opcode, and random rows for them. Reproducible from the seed. */
#ifndef TEST_PLAN_RANDOM_H
#define TEST_PLAN_RANDOM_H

#include "plan_reference.h"

struct plan_random_options {
	uint64_t seed;
	uint32_t rows_max; /* public bound; also of the rows made */
	uint32_t groups_max;
	unsigned row_ops, group_ops; /* how many arithmetic and logic operators to try */
	bool extreme; /* ranges, constants and factors up to 2^62, and the edges of powers of two */
};
void plan_random(struct plan *out, const struct plan_random_options *o);

/* Rows on the heap: values within each column's range, edges often, NULLs where nullable. */
struct random_rows {
	uint32_t rows;
	int64_t *values[PLAN_COLUMNS_MAX];
	uint8_t *known[PLAN_COLUMNS_MAX];
};
void random_rows_init(struct random_rows *r, const struct plan *plan, uint32_t rows, uint64_t seed);
void random_rows_clear(struct random_rows *r);

/* For plans written by hand: appends an operator and returns its id; 0 when plan_infer refuses it. */
uint16_t plan_append(struct plan *p, enum plan_opcode code, uint16_t a, int64_t imm, unsigned n_in, const uint16_t *in);

#endif
