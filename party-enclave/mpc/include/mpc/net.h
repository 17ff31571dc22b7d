/*
 * What the engine needs of the world: an authenticated, ordered, confidential message to and from each peer, and
 * secrets agreed with each. Implemented by the enclave over `channel`, by the tests over memory. Both calls block.
 *
 * A message is named by its tag, which both ends compute from the plan: the receiver passes what it expects, and any
 * other message ends the session (ST_SES_RECORD). Lengths are public and non-zero; both ends know them. send() has
 * taken the bytes when it returns. Messages between two parties arrive in the order sent.
 */
#ifndef MPC_NET_H
#define MPC_NET_H

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

enum { MPC_PARTIES = 3 };

struct mpc_tag {
	uint32_t op; /* op id in the plan; 0 outside of the plan */
	uint32_t round; /* counts up within the op */
	uint16_t type; /* enum mpc_message */
	uint64_t count; /* payload bytes of the message */
};

enum mpc_message {
	MPC_MSG_SHARES = 1,
	MPC_MSG_TAG,
	MPC_MSG_INPUT,
	MPC_MSG_OPEN,
	MPC_MSG_VIEW,
	MPC_MSG_CREDIT /* 8 bytes: the receiver of a long input has taken MPC_AHEAD more of its messages */
};

struct mpc_net {
	void *ctx;
	enum status (*send)(void *ctx, unsigned peer, const struct mpc_tag *tag, const void *bytes, size_t len);
	enum status (*recv)(void *ctx, unsigned peer, const struct mpc_tag *tag, void *bytes, size_t len);
};

#endif
