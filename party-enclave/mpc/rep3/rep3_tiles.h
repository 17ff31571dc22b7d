/*
 * The pipeline of the bit conversions. n planes of `lanes` bits are cut into tiles of at most 1,024 lanes of one plane,
 * rows outside, planes inside; a message carries as many whole tiles as fit.
 *
 * One message is an instance of a three-role protocol (rep3_b2a.c) in which role 0 sends to role 1, role 2 sends to role 1,
 * then role 1 sends to role 0. Message k gives party i role (i - k) mod 3: the shares rotate with the roles, so the algebra is
 * the same, the load is even, and nobody runs ahead of the others by more than MPC_AHEAD messages.
 *
 *   step s:  roles 0 and 2 of message s send;  role 1 of message s - AHEAD/2 receives and answers;  role 0 of message
 *            s - AHEAD receives the answer
 *
 * On the link to the party before us answers (sent AHEAD/2 steps late) and first messages mix; the receiver takes
 * first messages AHEAD/2 and answers AHEAD steps late, so both ends see one order.
 */
#ifndef MPC_REP3_TILES_H
#define MPC_REP3_TILES_H

#include "rep3/rep3.h"

enum { TILE_LANES = BLOCK_WORDS, ANSWER_LATE = MPC_AHEAD / 2 };

struct tiles {
	size_t n, lanes;
	size_t per_message, count, messages;
};

struct tile {
	size_t plane, lane, len;
	size_t offset; /* words into its message */
};

struct tiles tiles_of(size_t n, size_t lanes);
size_t tiles_message_words(const struct tiles *t, size_t message);
/* Calls visit() for each tile of the message. */
void tiles_each(const struct tiles *t, size_t message, void (*visit)(void *ctx, const struct tile *tile), void *ctx);

static inline unsigned tile_role(unsigned party, size_t message)
{
	return (unsigned)((party + 3 - message % 3) % 3);
}

struct tile_steps {
	enum status (*first)(struct mpc *m, void *ctx, size_t message, unsigned role); /* roles 0 and 2 */
	enum status (*answer)(struct mpc *m, void *ctx, size_t message); /* role 1 */
	enum status (*finish)(struct mpc *m, void *ctx, size_t message); /* role 0; may be NULL */
};
MUST_USE enum status tiles_run(struct mpc *m, const struct tiles *t, const struct tile_steps *steps, void *ctx);

#endif
