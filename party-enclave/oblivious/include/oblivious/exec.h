/*
 * Runs a validated plan (policy/plan.h) on the engine, one operator at a time. Blocking, single threaded; the caller
 * decides when the next operator may start (the coordinator's grants) and owns all memory.
 *
 *   Sharing   inputs are shared by their owner: a compute party inside its enclave, a provider before it sends; everything in
 *             between is rep3; the result is left as XOR shares of 64-bit words, freshly masked (every released bit is the output
 *             of an AND).
 *   Leaks     the public shapes, and one opened bit per provider: whether all its rows are as the policy declares them.
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

/* Where rows come from: the compute parties, then the providers, in the policy's order. */
enum { EXEC_PROVIDERS_MAX = 13, EXEC_SOURCES_MAX = MPC_PARTIES + EXEC_PROVIDERS_MAX };

/* A provider's rows as this party holds them: XOR shares, one bit vector of the provider's lanes (rows up to a multiple of 64, zero
 * above) for VALID and, for each column that the plan reads, its value's planes (two's complement where the column has
 * negative codes; as wide as COL) and, if it is nullable, its KNOWN. Nobody has seen them in the clear: exec_step(VALID) checks
 * under MPC that every row is in range, NULL only where permitted, and zero where NULL or padding.
 *
 * Flat form, in which a share travels and is committed to: words of VALID, then for each column read, ascending, plane after plane,
 * then KNOWN; exec_given_words() words. */
struct exec_given {
	uint32_t rows;
	struct mpc_bits valid, values[PLAN_COLUMNS_MAX], known[PLAN_COLUMNS_MAX];
};
size_t exec_given_words(const struct plan *plan, uint32_t rows);
/* Bytes of arena for one provider's shares; zeroed storage of that size, 64-byte aligned, laid out in *g. */
size_t exec_given_bytes(const struct plan *plan, uint32_t rows);
void exec_given_place(struct exec_given *g, const struct plan *plan, uint32_t rows, void *storage);
/* Writes words [from, from + n) of the flat form of share `share` (0: own, 1: next). Bits above the rows are dropped. */
void exec_given_put(struct exec_given *g, const struct plan *plan, unsigned share, size_t from, const uint64_t *words, size_t n);
/* The flat form of rows in the clear, for the provider who is about to share them: out has exec_given_words() words. */
void exec_given_flatten(uint64_t *out, const struct plan *plan, const struct exec_input *in);

struct exec; /* one run; lives in the arena */

/* Bytes of arena that a run needs at most: from public shapes only. rows[i] = public row count of source i, 0 for none. */
size_t exec_memory(const struct plan *plan, const uint32_t rows[static EXEC_SOURCES_MAX]);

/* given[q]: the shares of provider q, whose rows[MPC_PARTIES + q] > 0; borrowed, may be NULL when there is no provider. */
MUST_USE enum status exec_new(struct exec **out, const struct plan *plan, struct mpc *mpc, struct arena *arena,
    const uint32_t rows[static EXEC_SOURCES_MAX], const struct exec_input *own, const struct exec_given *given);
/* Runs operator `id` (1-based); ids must come in order, each once: ST_BUG otherwise. Network failures come through.
 * ST_DATA_PROVIDED: a provider's rows are not as declared; exec_culprit() says whose. */
MUST_USE enum status exec_step(struct exec *x, uint16_t id);
unsigned exec_culprit(const struct exec *x); /* provider number, after ST_DATA_PROVIDED */

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
void exec_cost(const struct plan *plan, const uint32_t rows[static EXEC_SOURCES_MAX], uint16_t id, struct exec_cost *out);

#endif
