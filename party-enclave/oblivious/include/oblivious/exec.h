/*
 * Runs a validated plan (policy/plan.h) on the engine, one operator at a time. Blocking, single threaded; the caller
 * decides when the next operator may start (the coordinator's grants) and owns all memory.
 *
 *   Sharing   inputs are shared by their owner inside its enclave; everything in between is rep3; the result is left as
 *             XOR shares of 64-bit words, freshly masked (every released bit is the output of an AND).
 *   Leaks     nothing but the public shapes: no value is opened.
 *   Rounds and bytes: exec_cost(), exact.
 */
#ifndef OBLIVIOUS_EXEC_H
#define OBLIVIOUS_EXEC_H

#include "base/arena.h"
#include "mpc/mpc.h"
#include "policy/plan.h"

/* A party's own rows in the clear, inside its enclave: codes as in plan.h, already checked against the declared
 * ranges by the caller. Rows beyond `real` are padding (VALID 0, all values 0). Wiped by the caller. */
struct exec_input {
	uint32_t rows, real;
	const int64_t
	    *values[PLAN_COLUMNS_MAX]; /* [rows]; NULL for columns that the plan does not read; 0 where NULL */
	const uint8_t *known[PLAN_COLUMNS_MAX]; /* [rows] 0/1; NULL pointer: all known */
};

struct exec; /* one run; lives in the arena */

/* Bytes of arena that a run needs at most: from public shapes only. rows[i] = public row count of party i. */
size_t exec_memory(const struct plan *plan, const uint32_t rows[static MPC_PARTIES]);

MUST_USE enum status exec_new(struct exec **out, const struct plan *plan, struct mpc *mpc, struct arena *arena,
    const uint32_t rows[static MPC_PARTIES], const struct exec_input *own);
/* Runs operator `id` (1-based); ids must come in order, each once: ST_BUG otherwise. Network failures come through. */
MUST_USE enum status exec_step(struct exec *x, uint16_t id);

/* After the last step: this party's two share vectors of the result. word w of group g at [w * groups + g]; words are,
 * for each OUT in order, its value (sign-extended to 64 bits), then its nonnull bit if it has one; last the keep bit.
 * Party i holds (own, next) = (x_i, x_{i+1}), x = x_0 ^ x_1 ^ x_2. Borrowed from the arena. */
struct exec_result {
	uint32_t words, groups;
	const uint64_t *own, *next;
};
MUST_USE enum status exec_result(const struct exec *x, struct exec_result *out);
uint32_t exec_result_words(const struct plan *plan);

/* Exact cost of one operator, from public shapes: rounds is the depth of dependent messages; sent[i] the payload bytes
 * that party i sends (16-byte tags included, record overhead not). Each formula stands next to its operator. */
struct exec_cost {
	uint32_t rounds;
	uint64_t sent[MPC_PARTIES];
};
void exec_cost(const struct plan *plan, const uint32_t rows[static MPC_PARTIES], uint16_t id, struct exec_cost *out);

#endif
