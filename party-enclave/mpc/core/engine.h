/*
 * The engine table: what an MPC protocol provides. mpc.h is its face; core/mpc.c checks shapes once and calls these.
 * A new protocol is a folder beside rep3/ with one such table and a constructor.
 */
#ifndef MPC_CORE_ENGINE_H
#define MPC_CORE_ENGINE_H

#include "kernels/kernels.h"
#include "mpc/mpc.h"

struct mpc_engine {
	const char *protocol;
	unsigned shares;
	int public_share[4]; /* by party: the share array that carries public constants; -1: none */
	void (*free)(struct mpc *m);
	void (*begin_op)(struct mpc *m); /* streams restart at counter 0 of the new op */
	enum status (*input_bits)(struct mpc *m, const struct mpc_bits *z, const uint32_t *blocks, const uint64_t *own);
	enum status (*input_words)(
	    struct mpc *m, const struct mpc_words *z, const uint32_t *blocks, const uint64_t *own);
	enum status (*and)(struct mpc *m, const struct mpc_gate *gates, size_t n, size_t lanes);
	enum status (*mul)(
	    struct mpc *m, const struct mpc_words *z, const struct mpc_words *x, const struct mpc_words *y);
	enum status (*dot)(
	    struct mpc *m, const struct mpc_words *z, const struct mpc_words *x, const struct mpc_words *y);
	enum status (*a2b_summands)(
	    struct mpc *m, const struct mpc_bits *a, const struct mpc_bits *b, const struct mpc_words *x);
	enum status (*b2a)(
	    struct mpc *m, const struct mpc_words *z, const struct mpc_plane *planes, size_t n, size_t lanes);
	enum status (*bit_sums)(struct mpc *m, const struct mpc_words *z, const struct mpc_plane *planes, size_t n,
	    size_t lanes, const struct mpc_words *w, size_t columns);
	/* opens planes of `words` words each, `stride` apart; verified before it returns ST_OK, else out is wiped */
	enum status (*open)(struct mpc *m, uint64_t *out, uint64_t *const share[], size_t planes, size_t words,
	    size_t stride, bool is_xor);
};

struct mpc {
	const struct mpc_engine *engine;
	const struct mpc_kernels *kernels;
	struct mpc_net net;
	void *state; /* the engine's */
	unsigned party;
	int public_share;
	uint32_t op, round;
	enum status broken; /* sticky: no share leaves after a fault */
	struct mpc_counters counters;
	uint8_t view[HASH_LEN];
};

/* message.c: one message of at most MPC_MESSAGE_MAX bytes. Round is relative to the op. */
MUST_USE enum status message_send(
    struct mpc *m, unsigned peer, enum mpc_message type, uint32_t round, const void *bytes, size_t len);
MUST_USE enum status message_recv(
    struct mpc *m, unsigned peer, enum mpc_message type, uint32_t round, void *bytes, size_t len);
/* Reserves `rounds` dependent rounds and returns the number of the first. */
uint32_t message_rounds(struct mpc *m, uint32_t rounds);

static inline unsigned peer_next(const struct mpc *m)
{
	return (m->party + 1) % MPC_PARTIES;
}

static inline unsigned peer_prev(const struct mpc *m)
{
	return (m->party + MPC_PARTIES - 1) % MPC_PARTIES;
}

/* Bits of the last word of a plane that are lanes. */
static inline uint64_t tail_mask(size_t lanes)
{
	return lanes % 64 ? (UINT64_C(1) << lanes % 64) - 1 : ~UINT64_C(0);
}

#endif
