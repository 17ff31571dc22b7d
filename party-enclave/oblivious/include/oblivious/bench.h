/*
 * One engine operation on fresh random inputs, for `parley bench`: shares inputs made from `rng` inside the enclave,
 * runs the operation between mark(begin) and mark(end), opens every output to everyone (checked) and compares it with
 * the operation in the clear (the inputs are opened as well; they are random and nobody's). ST_BUG when one differs.
 * mark() lets the host take the time: enclaves believe no clock.
 */
#ifndef OBLIVIOUS_BENCH_H
#define OBLIVIOUS_BENCH_H

#include "base/arena.h"
#include "base/crypto.h"
#include "mpc/mpc.h"

enum bench_op {
	BENCH_MUL = 1,
	BENCH_AND,
	BENCH_LT,
	BENCH_EQ,
	BENCH_B2A,
	BENCH_GROUP /* 8 groups, one SUM */,
	BENCH_OP_END
};

struct bench_report {
	uint32_t rounds;
	uint64_t sent; /* payload bytes sent by this party between the marks */
};
size_t bench_memory(enum bench_op op, uint32_t rows);
MUST_USE enum status bench_op_run(struct mpc *mpc, struct arena *arena, enum bench_op op, uint32_t rows,
    uint32_t repetition, const struct random *rng, void (*mark)(void *ctx, int end), void *mark_ctx,
    struct bench_report *out);

#endif
