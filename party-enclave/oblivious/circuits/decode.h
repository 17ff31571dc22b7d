/*
 * One-hot decoding of a bit string that takes one of `count` known patterns: the heart of GROUP BY. The string is cut in
 * halves, each half decoded (once for all patterns that share it), and the halves joined by AND. Since exactly one
 * entry is hot, one entry of every row of the join is the XOR of the others and costs nothing.
 *
 * The left spine carries `base` (which rows count at all), so the result is base AND [string = pattern j], for one AND
 * an entry less those derived. Where base is 0 all entries are 0, whatever the string; where it is 1 and the string is none
 * of the patterns, exactly one entry is still 1 (so a row is counted once, in some group).
 */
#ifndef OBLIVIOUS_CIRCUITS_DECODE_H
#define OBLIVIOUS_CIRCUITS_DECODE_H

#include "circuits/circuit.h"

enum { DECODE_COLUMNS = 64, DECODE_NODES = 2 * DECODE_COLUMNS, DECODE_POOL = 16384, DECODE_PATTERNS = 4096 };

struct decode_node {
	unsigned shift, columns, height; /* of the string: bits [shift, shift + columns) */
	bool is_masked;
	int hi, lo; /* children; -1 in a leaf */
	size_t count;
	const uint64_t *pattern; /* [count], ascending */
	struct mpc_plane *hot; /* [count], when running */
};

struct decode {
	struct decode_node node[DECODE_NODES]; /* node 0 is the root */
	unsigned nodes;
	uint64_t *pool; /* DECODE_POOL words for patterns */
	size_t used;
};

/* patterns: count of them, distinct, ascending, `columns` bits each. false: too many for the pool. */
bool decode_plan(struct decode *d, uint64_t *pool, const uint64_t *patterns, size_t count, unsigned columns);
struct effort decode_effort(const struct decode *d);
/* z[k] = base & [string = patterns[k]]; bit[i]: column i of the string, least significant first. z plain planes. */
MUST_USE enum status circuit_decode(
    struct circuit *c, struct decode *d, struct mpc_plane base, const struct mpc_plane *bit, const struct mpc_plane *z);

#endif
