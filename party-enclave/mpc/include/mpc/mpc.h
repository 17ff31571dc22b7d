/*
 * One party's MPC engine: secret-shared vectors and the operations on them. Operators (oblivious/) use this page only and
 * work above any engine; the first is rep3, three parties, semi-honest (Araki et al., CCS 2016; docs/ENGINE.md).
 *
 *   Programs  every party makes the same calls with the same shapes in the same order; all shapes are public.
 *   Rounds    each function below says how many dependent messages it costs, and the payload bytes. An operation over
 *             nothing (no lanes, no gates) sends nothing and costs no round.
 *   Messages  at most MPC_MESSAGE_MAX bytes each; a longer vector is several messages of one round, sent while the next
 *             piece is computed. A party receives as it sends, so no operation leaves more than MPC_QUEUE_MAX messages
 *             waiting on a link. Operations in which a party only sends (inputs of one owner) add up until it next receives.
 *   Errors    what the network returns, unchanged; ST_SES_OPEN, ST_SES_VIEW; ST_NO_MEMORY. After an error the engine is
 *             spent: every further call that would send returns the same error.
 *   Secrets   pair secrets are not kept; stream keys live in cipher contexts until mpc_free(). Shares lie in the
 *             caller's arena. No branch, index or message size depends on a share.
 *   Randomness AES-128-CTR streams addressed by (key, purpose, op, chunk, counter). Addresses ascend, which every draw
 *             checks: none is used twice.
 */
#ifndef MPC_MPC_H
#define MPC_MPC_H

#include "base/crypto.h"
#include "base/slice.h"
#include "mpc/net.h"
#include "mpc/vector.h"

enum {
	MPC_MESSAGE_MAX = 64 * 1024,
	MPC_AHEAD = 8, /* messages sent before the first is waited for */
	MPC_QUEUE_MAX =
	    4 * MPC_AHEAD, /* each of three parties may be MPC_AHEAD before the next, and in the next operation */
	MPC_LANE_ALIGN = 64, /* each party's block of input lanes is a multiple of this */
	MPC_SECRET_LEN = 32,
	MPC_REP3_SHARES = 2, /* mpc_shares() of a rep3 engine */
};

struct mpc; /* an engine instance: wherever its memory lies, mpc_free() is needed */

struct mpc_config {
	unsigned party; /* 0..2 */
	struct mpc_net net;
	uint8_t secret_prev[MPC_SECRET_LEN]; /* k_i, common to P_{i-1} and this party P_i; contributed to by both */
	uint8_t secret_next[MPC_SECRET_LEN]; /* k_{i+1}, common to this party and P_{i+1} */
	struct slice context; /* sid || plan hash: what the stream keys are for; at most 256 bytes */
};

/* Arena bytes that mpc_new() takes. */
size_t mpc_memory(void);
/* A rep3 engine. ST_ARGUMENT: party or context out of range; ST_NO_MEMORY. cfg may be wiped afterwards. */
MUST_USE enum status mpc_new(struct mpc **out, struct arena *arena, const struct mpc_config *cfg);
void mpc_free(struct mpc *m); /* wipes keys; NULL is fine; before the arena is cleared */

/* Starts operation `op` (1.. ascending strictly, else ST_BUG): message rounds and stream counters begin again from 0. */
MUST_USE enum status mpc_begin_op(struct mpc *m, uint32_t op);
uint32_t mpc_op(const struct mpc *m); /* 0 before the first */
unsigned mpc_party(const struct mpc *m);
unsigned mpc_shares(const struct mpc *m); /* share arrays per vector */
const char *mpc_protocol(const struct mpc *m); /* "rep3" */

struct mpc_counters {
	uint64_t rounds, messages, bytes; /* since mpc_new; messages and payload bytes are those sent by this party */
};
struct mpc_counters mpc_counters(const struct mpc *m);

/* The chain over everything opened so far: V_t = H("parley/view/v1", V_{t-1}, op, opened words); equal at all parties. */
void mpc_view(const struct mpc *m, uint8_t out[static HASH_LEN]);
/* Tell both peers the view digest and `told` (what this party was told: grants, roster; may be empty) and compare with
 * theirs. ST_SES_VIEW when they differ. 1 round, 2 * HASH_LEN bytes. */
MUST_USE enum status mpc_barrier(struct mpc *m, struct slice told);

/* ---- local: no messages. Operands may be flipped or constant; z is plain, and may be one of the operands ---- */
void mpc_xor(struct mpc *m, struct mpc_plane z, struct mpc_plane x, struct mpc_plane y, size_t lanes);
void mpc_copy(struct mpc *m, struct mpc_plane z, struct mpc_plane x, size_t lanes);
/* the public bits as a sharing */
void mpc_public(struct mpc *m, struct mpc_plane z, const uint64_t *bits, size_t lanes);
/* z[k] = x[from + k] for k < lanes (z has no lane in common with x; x is plain) */
void mpc_slice(struct mpc *m, struct mpc_plane z, struct mpc_plane x, size_t from, size_t lanes);
/* z[k] = x[lane] for k < lanes (x is plain) */
void mpc_broadcast(struct mpc *m, struct mpc_plane z, struct mpc_plane x, size_t lane, size_t lanes);
/* z[k] = x[step * k] for k < lanes (x is plain) */
void mpc_collect(struct mpc *m, struct mpc_plane z, struct mpc_plane x, size_t step, size_t lanes);
/* z[k] = sum of planes[b][k] << b, XOR sharing of words, b < count <= 64; z->n lanes. (a matrix transposition) */
void mpc_gather_words(struct mpc *m, const struct mpc_words *z, const struct mpc_plane *planes, unsigned count);

/* In the clear, no sharing: bit b of values[k] to out[b * lane_words(n)], bit k. planes <= 64. */
void mpc_pack_planes(const struct mpc *m, uint64_t *out, unsigned planes, const uint64_t *values, size_t n);
/* the public words as a sharing */
void mpc_public_words(struct mpc *m, const struct mpc_words *z, const uint64_t *values);
/* z = a*x + b*y + c; y may be NULL */
void mpc_linear(struct mpc *m, const struct mpc_words *z, int64_t a, const struct mpc_words *x, int64_t b,
    const struct mpc_words *y, int64_t c);
/* z[k] += f * x[k] for k < x->n */
void mpc_add_scaled(struct mpc *m, const struct mpc_words *z, int64_t f, const struct mpc_words *x);
/* z[0] += f * (x[0] + x[1] + ...) */
void mpc_add_sum(struct mpc *m, const struct mpc_words *z, int64_t f, const struct mpc_words *x);

/* ---- input: each party shares its own block of lanes; blocks of all parties lie one after the other, party 0 first; lanes of z above
 * them are left alone. blocks[i]: lanes of party i, a multiple of MPC_LANE_ALIGN, as everybody knows; own: this party's values in the clear:
 * z->planes planes of blocks[party]/64 words each, or blocks[party] words. 1 round; party i sends
 * planes * blocks[i]/8, or 8 * blocks[i] bytes. ---- */
MUST_USE enum status mpc_input_bits(
    struct mpc *m, const struct mpc_bits *z, const uint32_t blocks[static MPC_PARTIES], const uint64_t *own);
MUST_USE enum status mpc_input_words(
    struct mpc *m, const struct mpc_words *z, const uint32_t blocks[static MPC_PARTIES], const uint64_t *own);

/* ---- AND: z = s ^ (x & (y ^ t)) for every gate of a batch, over `lanes` lanes. 1 round, 8 * ceil(lanes/64) bytes a
 * gate to one peer. s and t may be left out ({0}). Gates are taken in order: a gate may write to its own operands and to
 * those of earlier gates, never to an operand of a later one. Covers AND, OR (y ^ (x & ~y)), mux (y ^ (b & (x ^ y))), carries. ---- */
struct mpc_gate {
	struct mpc_plane z, x, y, s, t;
};
MUST_USE enum status mpc_and(struct mpc *m, const struct mpc_gate *gates, size_t n, size_t lanes);

/* ---- arithmetic ---- */
/* z = x * y elementwise; z->n elements. 1 round, 8n bytes. z may be x or y. */
MUST_USE enum status mpc_mul(
    struct mpc *m, const struct mpc_words *z, const struct mpc_words *x, const struct mpc_words *y);
/* z[k] = <x[k], y[k]> for k < z->n. 1 round, 8 * z->n bytes whatever the lengths. */
MUST_USE enum status mpc_dot(
    struct mpc *m, const struct mpc_words *z, const struct mpc_words *x, const struct mpc_words *y);

/* ---- conversions ---- */
/* x = a + b mod 2^planes, as Boolean sharings: an adder makes the bits of x of them. a, b: x->n lanes, same planes <= 64.
 * 1 round, party 0 sends planes * 8 * ceil(n/64) bytes. */
MUST_USE enum status mpc_a2b_summands(
    struct mpc *m, const struct mpc_bits *a, const struct mpc_bits *b, const struct mpc_words *x);
/* z[p * lanes + k] = plane p, lane k as a word 0/1. planes are plain. 2 rounds, 8 bytes a bit from every party. */
MUST_USE enum status mpc_b2a(
    struct mpc *m, const struct mpc_words *z, const struct mpc_plane *planes, size_t n, size_t lanes);
/* For each of n plain planes: z[p] = number of its ones; z[(1 + c) * n + p] = sum over its ones of w[c], c < columns.
 * lanes: a multiple of 64. Streamed: temporary memory does not grow with lanes.
 * columns = 0: 2 rounds; 8*n*lanes bytes in all, spread over the parties, and 8n from each. n <= 8192.
 * columns > 0: 3 rounds; bytes 8*n*lanes + 8*n*columns from every party. */
MUST_USE enum status mpc_bit_sums(struct mpc *m, const struct mpc_words *z, const struct mpc_plane *planes, size_t n,
    size_t lanes, const struct mpc_words *w, size_t columns);

/* ---- checked open: to every party. out holds the values only when what came from one peer has been verified with a keyed
 * hash from the other, else out is wiped: ST_SES_OPEN. 1 round; 8 bytes an element (word of 64 lanes) plus 16 a call. ---- */
MUST_USE enum status mpc_open_words(struct mpc *m, uint64_t *out, const struct mpc_words *x);
/* out: x->planes planes of lane_words(x->lanes) words */
MUST_USE enum status mpc_open_bits(struct mpc *m, uint64_t *out, const struct mpc_bits *x);

#endif
