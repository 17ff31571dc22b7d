/*
 * Target: what comes from the network: a handshake message, then frames. The input is one byte of choice and the frames,
 * each with two bytes of length. Properties: nothing that the peer did not seal opens; after a failure the output is zero
 * and the channel is closed for good. (The peer's own frame, offered by choice, does open.)
 */
#include "records.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define PROPERTY(holds)                                                                                                \
	do {                                                                                                           \
		if (!(holds))                                                                                          \
			__builtin_trap();                                                                              \
	} while (0)

enum { MESSAGE = 40000 };
static const struct channel_tag tag = {.op = 3, .round = 1, .type = 1};

struct wire {
	struct slice rest; /* of the input */
	struct buf own; /* what the peer sealed */
	bool offer_own, spoilt; /* spoilt: something else was delivered */
};

static enum status take(void *ctx, unsigned peer, struct slice frame)
{
	struct wire *w = ctx;

	(void)peer;
	buf_append(&w->own, frame.ptr, frame.len);
	return ST_OK;
}

static enum status give(void *ctx, unsigned peer, struct slice *frame)
{
	struct wire *w = ctx;

	(void)peer;
	if (w->offer_own) {
		w->offer_own = false;
		*frame = buf_view(&w->own);
		return ST_OK;
	}
	if (w->rest.len < 2)
		return ST_SES_PEER_LOST;
	size_t len = w->rest.ptr[0] | (size_t)w->rest.ptr[1] << 8;
	w->rest = slice_of(w->rest.ptr + 2, w->rest.len - 2);
	len = len < w->rest.len ? len : w->rest.len;
	*frame = slice_of(w->rest.ptr, len);
	w->rest = slice_of(w->rest.ptr + len, w->rest.len - len);
	w->spoilt = !slice_equal(*frame, buf_view(&w->own));
	return ST_OK;
}

static struct channel *end(enum aead_suite suite, bool is_sender)
{
	struct channel_config cfg = {.suite = suite, .self = is_sender, .peer = !is_sender};
	struct channel *c = NULL;

	memset(is_sender ? cfg.send_key : cfg.recv_key, 1, AEAD_KEY_LEN);
	memset(is_sender ? cfg.recv_key : cfg.send_key, 2, AEAD_KEY_LEN);
	PROPERTY(channel_new(&c, &cfg) == ST_OK);
	return c;
}

static void read_frames(uint8_t choice, struct slice frames)
{
	static uint8_t message[MESSAGE], out[MESSAGE];
	enum aead_suite suite = choice & 1 ? AEAD_AES256_GCM : AEAD_CHACHA20_POLY1305;
	struct channel *sender = end(suite, true), *receiver = end(suite, false);
	struct wire w = {.rest = frames, .offer_own = choice & 2};
	struct channel_io io = {&w, take, give};
	size_t len = choice & 4 ? MESSAGE : 64;

	PROPERTY(channel_send(sender, &io, &tag, message, len) == ST_OK);
	memset(out, 0xff, len);
	enum status st = channel_recv(receiver, &io, &tag, out, len);
	PROPERTY((st == ST_OK) == !w.spoilt || st == ST_SES_PEER_LOST);
	for (size_t i = 0; i < len; i++)
		PROPERTY(out[i] == 0); /* the message is zeroes, and so is what a failure leaves */
	if (st != ST_OK)
		PROPERTY(channel_recv(receiver, &io, &tag, out, 1) == st &&
			 channel_send(receiver, &io, &tag, message, 1) == st);
	channel_free(sender);
	channel_free(receiver);
	buf_clear(&w.own);
}

/* As responder, which must not take any message for the initiator's: the initiator's static key is not in the input. */
static void read_handshake(uint8_t choice, struct slice message)
{
	struct noise_config cfg = {
	    .aesgcm = choice & 1, .s_secret = {8}, .e_secret = {16}, .prologue = slice_str("roster")};
	const uint8_t initiator[X25519_LEN] = {24};
	struct noise *n = NULL;
	struct buf payload = {0};

	x25519_public(cfg.rs, initiator);
	PROPERTY(noise_new(&n, &cfg) == ST_OK);
	PROPERTY(noise_read(n, message, &payload) == ST_ATT_HANDSHAKE && payload.len == 0);
	PROPERTY(noise_read(n, message, &payload) == ST_SES_STATE && !noise_done(n));
	noise_free(n);
	buf_clear(&payload);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	PROPERTY(crypto_init() == ST_OK);
	if (size == 0)
		return 0;
	read_frames(data[0], slice_of(data + 1, size - 1));
	read_handshake(data[0], slice_of(data + 1, size - 1));
	return 0;
}
