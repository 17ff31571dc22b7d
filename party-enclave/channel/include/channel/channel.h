/*
 * An encrypted channel between two enclaves that have proved what code they run: Noise KK with the roster as prologue,
 * then records (docs/PROTOCOL.md, sections 3 and 5). Blocking through struct channel_io, which the host relays.
 */
#ifndef CHANNEL_CHANNEL_H
#define CHANNEL_CHANNEL_H

#include "base/crypto.h"
#include "base/buf.h"
#include "base/problem.h"

/* Ciphertext frames to and from a peer, in order. recv: the frame stays valid until the next recv from any peer. */
struct channel_io {
	void *ctx;
	enum status (*send)(void *ctx, unsigned peer, struct slice frame);
	enum status (*recv)(void *ctx, unsigned peer, struct slice *frame);
};

enum {
	CHANNEL_RECORD_MAX = 32768,
	CHANNEL_FRAME_RECORDS = 2,
	CHANNEL_FRAME_MAX = CHANNEL_FRAME_RECORDS * (CHANNEL_RECORD_MAX + AEAD_TAG_LEN)
};

struct channel_tag { /* named by both ends; part of the additional data */
	uint32_t op, round;
	uint16_t type;
};
/* The one message of op 0, round 0 that admission itself sends; other types belong to mpc/net.h. */
enum { CHANNEL_TYPE_ADMIT = 0x0100 };
struct channel;
struct admitted;

/* Seals and sends; has taken the bytes when it returns. len > 0. No allocation. */
MUST_USE enum status channel_send(
    struct channel *c, const struct channel_io *io, const struct channel_tag *tag, const void *bytes, size_t len);
/* Receives exactly len bytes under exactly this tag; out is wiped on failure: ST_SES_RECORD, or what io gives. */
MUST_USE enum status channel_recv(
    struct channel *c, const struct channel_io *io, const struct channel_tag *tag, void *out, size_t len);
/* Frame and header bytes that a message of len costs on the wire. */
uint64_t channel_wire_bytes(uint64_t len);

/* ---- Noise (revision 34), one pattern: KK. Public for its vectors. ---- */
struct noise;
struct noise_config {
	bool initiator, aesgcm;
	uint8_t s_secret[X25519_LEN], rs[X25519_LEN];
	struct slice prologue;
	uint8_t e_secret[X25519_LEN]; /* fresh from the caller's randomness */
};
MUST_USE enum status noise_new(struct noise **out, const struct noise_config *cfg);
MUST_USE enum status noise_write(struct noise *n, struct buf *out, struct slice payload); /* next handshake message */
MUST_USE enum status noise_read(struct noise *n, struct slice message, struct buf *payload);
bool noise_done(const struct noise *n);
/* After the last message: keys for each direction and the handshake hash. */
MUST_USE enum status noise_split(
    struct noise *n, uint8_t send_key[static 32], uint8_t recv_key[static 32], uint8_t hash[static HASH_LEN]);
void noise_free(struct noise *n);

#endif
