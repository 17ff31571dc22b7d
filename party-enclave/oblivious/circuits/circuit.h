/*
 * Boolean circuits over bit planes: every gate works on all lanes at once, every level of a circuit is one AND batch and
 * so one round. Written on the engine's face only: no share index appears here.
 *
 * Each circuit comes with its effort, from widths alone: rounds, AND gates (one gate = one plane of `lanes` bits) and the
 * temporary planes it holds. The executor turns efforts into exact costs and memory; tests compare both with a run.
 *
 * A circuit takes its temporaries from the arena and gives them back before it returns; results go to the caller's
 * planes. Numbers are arrays of planes, least significant first; an operand may contain constant and flipped planes.
 */
#ifndef OBLIVIOUS_CIRCUITS_CIRCUIT_H
#define OBLIVIOUS_CIRCUITS_CIRCUIT_H

#include "base/arena.h"
#include "mpc/cost.h"

struct circuit {
	struct mpc *m;
	struct arena *arena;
	size_t lanes;
};

struct effort {
	uint32_t rounds;
	uint64_t ands;
	size_t planes; /* temporaries held at once */
	size_t fixed; /* bytes besides, whatever the lanes */
};
/* first a, then b: their temporaries are not held together */
struct effort effort_then(struct effort a, struct effort b);
/* a while `planes` planes and `fixed` bytes are held */
struct effort effort_hold(struct effort a, size_t planes, size_t fixed);
/* one batch of n gates */
struct effort effort_batch(size_t n);
void effort_cost(struct mpc_cost *c, struct effort e, size_t lanes);
size_t effort_bytes(struct effort e, size_t lanes);

enum { NUMBER_MAX = 72 }; /* planes: 64 and a few of a divider */

struct number {
	struct mpc_plane bit[NUMBER_MAX];
	unsigned width;
	bool is_signed; /* two's complement; the top plane repeats above */
};
struct mpc_plane number_bit(const struct number *x, unsigned k);
struct number number_constant(int64_t v);
/* out[k] = bit k of x for k < width */
void number_extend(struct mpc_plane *out, const struct number *x, unsigned width);

/* ---- circuit.c: planes and gate lists ---- */
MUST_USE enum status take_planes(struct circuit *c, struct mpc_plane *out, size_t n);
/* x ^ y: a reference when one of them is constant, else computed into z */
struct mpc_plane xor_planes(struct circuit *c, struct mpc_plane z, struct mpc_plane x, struct mpc_plane y);

struct gates {
	struct mpc_gate *gate;
	size_t n, cap;
};
static inline size_t gates_bytes(size_t cap)
{
	return (cap * sizeof(struct mpc_gate) + 63) / 64 * 64;
}
MUST_USE enum status take_gates(struct circuit *c, struct gates *g, size_t cap);
void gate_add(struct gates *g, struct mpc_gate gate);
MUST_USE enum status gates_run(struct circuit *c, struct gates *g); /* and empties the list */

/* ---- compare.c ---- */
/* z = a > b, unsigned, w planes (docs/ENGINE.md, section 5). is_public: all planes of b are constants. */
MUST_USE enum status circuit_greater(struct circuit *c, struct mpc_plane z, const struct mpc_plane *a,
    const struct mpc_plane *b, unsigned w, bool is_public);
struct effort greater_effort(unsigned w, bool is_public);
/* z = all of x[0..n) */
MUST_USE enum status circuit_all(struct circuit *c, struct mpc_plane z, const struct mpc_plane *x, unsigned n);
struct effort all_effort(unsigned n);
/* z = a equal to b */
MUST_USE enum status circuit_equal(
    struct circuit *c, struct mpc_plane z, const struct mpc_plane *a, const struct mpc_plane *b, unsigned w);
struct effort equal_effort(unsigned w);

/* ---- add.c: Sklansky's adder ---- */
/* z = x + y + carry mod 2^w. is_public: all planes of y, and carry, are constants. carry_out may be NULL.
 * z may be x or y. */
struct add {
	struct mpc_plane *z;
	const struct mpc_plane *x, *y;
	unsigned w;
	bool is_public;
	struct mpc_plane carry;
	struct mpc_plane *carry_out; /* storage for it */
};
MUST_USE enum status circuit_add(struct circuit *c, const struct add *a);
struct effort add_effort(unsigned w, bool is_public, bool has_carry_out);

/* ---- columns.c: sums of many bits of many weights ---- */
enum { COLUMNS_MAX = 64, COLUMN_MAX = 72 };
/* What is to be added: planes by weight, and a constant. Effort needs the heights only. */
struct columns {
	unsigned width;
	unsigned height[COLUMNS_MAX];
	uint64_t constant;
	struct mpc_plane (*plane)[COLUMN_MAX]; /* [width]; NULL: count only */
};
MUST_USE enum status columns_take(struct circuit *c, struct columns *k, unsigned width);
size_t columns_bytes(unsigned width);
/* adds p * 2^weight, or subtracts it: -p = (1 - p) - 1 */
void columns_add(struct columns *k, unsigned weight, struct mpc_plane p, bool is_negative);
/* adds (or subtracts) x << shift */
void columns_add_number(struct columns *k, const struct number *x, unsigned shift, bool is_negative);
/* z = the sum mod 2^width */
MUST_USE enum status circuit_columns(struct circuit *c, struct mpc_plane *z, struct columns *k);
struct effort columns_effort(const struct columns *k);

/* ---- divide.c ---- */
/* q = floor(n / d) mod 2^q_width, where it is known that n < 2^q_width * d; anything when d = 0. */
struct divide {
	struct mpc_plane *q;
	unsigned q_width;
	const struct mpc_plane *n, *d;
	unsigned n_width, d_width;
};
MUST_USE enum status circuit_divide(struct circuit *c, const struct divide *v);
struct effort divide_effort(unsigned q_width, unsigned n_width, unsigned d_width);

#endif
