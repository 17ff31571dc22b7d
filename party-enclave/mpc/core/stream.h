/*
 * A pseudo-random stream that two parties hold: block j of operation `op` is AES_k(op || chunk || j), one key per
 * (pair secret, purpose) (docs/ENGINE.md, section 3). Both holders draw the same lengths in the same order.
 *
 * No address is used twice: ops ascend (mpc_begin_op), the counter ascends within one, and every draw checks both.
 */
#ifndef MPC_CORE_STREAM_H
#define MPC_CORE_STREAM_H

#include "base/crypto.h"

/* Numbers are part of the key derivation: never reuse one. */
enum stream_purpose {
	STREAM_ZERO_ADD = 1,
	STREAM_ZERO_XOR = 2,
	STREAM_INPUT = 5,
	STREAM_TAG = 6,
	STREAM_CONVERT = 8,
	STREAM_PURPOSES = 9,
};

struct stream {
	struct aes_stream *aes;
	uint32_t op; /* being drawn for */
	uint64_t counter; /* next block of it */
	uint32_t last_op; /* the address drawn last, for the check */
	uint64_t last_counter;
};

/* Key = HKDF-SHA256(secret; salt "parley/mpc/v1", info "prg/v1" || context || purpose u16 big endian), 16 bytes. */
MUST_USE enum status stream_init(
    struct stream *s, const uint8_t secret[static 32], struct slice context, enum stream_purpose purpose);
void stream_clear(struct stream *s);
void stream_begin_op(struct stream *s, uint32_t op);
/* The next len bytes; a draw starts at a new block. Panics rather than draw an address again. */
void stream_draw(struct stream *s, void *out, size_t len);

#endif
