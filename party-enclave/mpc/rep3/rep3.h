/*
 * Replicated secret sharing among three parties, semi-honest: Araki, Furukawa, Lindell, Nof, Ohara, CCS 2016.
 *
 *   x = x_0 + x_1 + x_2 (mod 2^64) or x_0 ^ x_1 ^ x_2; P_i holds share[0] = x_i and share[1] = x_{i+1}. Share x_i and key
 *   k_i are common to P_{i-1} and P_i: `own` below is k_i, `next` is k_{i+1}.
 *   Public constants go into share 0: P_0's first array, P_2's second.
 *   Zero share: a_i = F_{k_i} - F_{k_{i+1}} (or ^), so a_0 + a_1 + a_2 = 0.
 */
#ifndef MPC_REP3_REP3_H
#define MPC_REP3_REP3_H

#include "core/engine.h"
#include "core/stream.h"

enum { MESSAGE_WORDS = MPC_MESSAGE_MAX / 8, BLOCK_WORDS = 1024 };

struct rep3 {
	struct stream own[STREAM_PURPOSES], next[STREAM_PURPOSES];
	uint64_t *out, *in, *mask; /* MESSAGE_WORDS each */
	uint64_t *counts; /* MESSAGE_WORDS: one sum a plane (rep3_b2a.c) */
	uint64_t *tiles; /* TILE_BUFFERS messages of the b2a pipeline (rep3_tiles.c) */
	uint64_t *scratch; /* SCRATCH_BLOCKS blocks */
};
enum { TILE_BUFFERS = 2 * (MPC_AHEAD + 1), SCRATCH_BLOCKS = 8 };

static inline struct rep3 *rep3_state(const struct mpc *m)
{
	return m->state;
}

static inline void draw_own(struct mpc *m, enum stream_purpose purpose, uint64_t *out, size_t words)
{
	stream_draw(&rep3_state(m)->own[purpose], out, 8 * words);
}

static inline void draw_next(struct mpc *m, enum stream_purpose purpose, uint64_t *out, size_t words)
{
	stream_draw(&rep3_state(m)->next[purpose], out, 8 * words);
}

/*
 * Every party sends a vector to the party before it and receives one from the party after it, in messages of
 * MESSAGE_WORDS, in one round. fill() makes words [from, from + n) of what is sent, take() has what was received;
 * both are called for ascending `from`, take() at most MPC_AHEAD messages behind.
 *
 * When the vectors differ in length, receiving does not hold back a party that has more to send. `is_uneven`: its receiver
 * answers every MPC_AHEAD messages with a credit, and it never has more than two of them open.
 */
struct ring {
	enum mpc_message type;
	uint32_t round;
	size_t send_words, recv_words;
	bool is_uneven;
	void *ctx;
	void (*fill)(struct mpc *m, void *ctx, size_t from, uint64_t *out, size_t n);
	void (*take)(struct mpc *m, void *ctx, size_t from, const uint64_t *in, size_t n);
};
MUST_USE enum status rep3_ring(struct mpc *m, const struct ring *r);
/* Credits that the receiver of so many words sends: one for each MPC_AHEAD messages but the last two. */
size_t rep3_credits(size_t words);

/* out = fresh zero share, n <= MESSAGE_WORDS */
void rep3_zero_xor(struct mpc *m, uint64_t *out, size_t n);
void rep3_zero_add(struct mpc *m, uint64_t *out, size_t n);

enum status rep3_and(struct mpc *m, const struct mpc_gate *gates, size_t n, size_t lanes);
enum status rep3_mul(struct mpc *m, const struct mpc_words *z, const struct mpc_words *x, const struct mpc_words *y);
enum status rep3_dot(struct mpc *m, const struct mpc_words *z, const struct mpc_words *x, const struct mpc_words *y);
/* z = local terms in z->share[0]; masks them and exchanges: the end of a multiplication. 1 round, 8 * z->n bytes. */
enum status rep3_reshare(struct mpc *m, const struct mpc_words *z, uint32_t round);
enum status rep3_input_bits(struct mpc *m, const struct mpc_bits *z, const uint32_t *blocks, const uint64_t *own);
enum status rep3_input_words(struct mpc *m, const struct mpc_words *z, const uint32_t *blocks, const uint64_t *own);
enum status rep3_a2b_summands(
    struct mpc *m, const struct mpc_bits *a, const struct mpc_bits *b, const struct mpc_words *x);
enum status rep3_b2a(struct mpc *m, const struct mpc_words *z, const struct mpc_plane *planes, size_t n, size_t lanes);
enum status rep3_bit_sums(struct mpc *m, const struct mpc_words *z, const struct mpc_plane *planes, size_t n,
    size_t lanes, const struct mpc_words *w, size_t columns);
enum status rep3_open(
    struct mpc *m, uint64_t *out, uint64_t *const share[], size_t planes, size_t words, size_t stride, bool is_xor);

#endif
