/*
 * Secret-shared vectors. A party holds `engine shares` arrays of each; what they mean together is the engine's business
 * (rep3: the pair (x_i, x_{i+1})), so code above the engine passes them around and never looks inside.
 *
 *   plane  one bit per lane, 64 lanes to a word, lane k in bit k%64 of word k/64
 *   bits   `planes` planes of `lanes` lanes, plane-major; plane 0 is the least significant bit of a value
 *   words  n elements of Z_2^64
 *
 * Unused high lanes of the last word are zero in every stored plane: engine and local operations keep them so.
 * A plane is a reference, cheap to copy. It may be a public constant without storage: PLANE_ZERO, PLANE_ONE; `flip` says that the
 * value meant is the complement of what is stored. So NOT costs nothing. Only plain planes (stored, not flipped) are results.
 */
#ifndef MPC_VECTOR_H
#define MPC_VECTOR_H

#include "base/arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MPC_SHARES_MAX = 3 };

struct mpc_plane {
	uint64_t *share[MPC_SHARES_MAX]; /* share[0] == NULL: the constant zero */
	bool flip;
};
#define PLANE_ZERO ((struct mpc_plane){.flip = false})
#define PLANE_ONE ((struct mpc_plane){.flip = true})

struct mpc_bits {
	uint64_t *share[MPC_SHARES_MAX];
	uint32_t lanes, planes;
	size_t stride; /* words from one plane to the next: a multiple of 8 (512 bits) */
};

struct mpc_words {
	uint64_t *share[MPC_SHARES_MAX];
	size_t n;
};

static inline size_t lane_words(size_t lanes)
{
	return (lanes + 63) / 64;
}

static inline struct mpc_plane plane_not(struct mpc_plane p)
{
	p.flip = !p.flip;
	return p;
}

static inline bool plane_is_constant(struct mpc_plane p)
{
	return !p.share[0];
}

/* The reference to the same plane from word `words` on. */
static inline struct mpc_plane plane_from(struct mpc_plane p, size_t words)
{
	for (int s = 0; s < MPC_SHARES_MAX; s++)
		if (p.share[s])
			p.share[s] += words;
	return p;
}

/* Storage, all shares together, for an engine that keeps `shares` arrays. */
size_t mpc_bits_bytes(unsigned shares, size_t lanes, size_t planes);
size_t mpc_words_bytes(unsigned shares, size_t n);
/* Lays a vector over storage of that size (64-byte aligned, borrowed; contents are the shares as they lie there). */
struct mpc_bits mpc_bits_place(void *storage, unsigned shares, size_t lanes, size_t planes);
struct mpc_words mpc_words_place(void *storage, unsigned shares, size_t n);
/* plane k of x; k < planes */
struct mpc_plane mpc_bits_plane(const struct mpc_bits *x, size_t k);
/* elements [from, from + n) */
struct mpc_words mpc_words_from(const struct mpc_words *x, size_t from, size_t n);

#endif
