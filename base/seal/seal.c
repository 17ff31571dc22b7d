/* Single shot: one key schedule, one message with sequence number 0, so the nonce is base_nonce itself. */
#include "base/seal.h"

static void context_clear(struct seal_context *ctx)
{
	wipe(ctx, sizeof *ctx);
}

#define CONTEXT_LOCAL(name) __attribute__((cleanup(context_clear))) struct seal_context name = {{0}, {0}, {0}}

static enum status seal_with(struct buf *out, const struct seal_context *ctx, const uint8_t enc[static X25519_LEN],
    struct slice aad, struct slice plain)
{
	struct aead *a = NULL;
	size_t start = out->len;
	enum status st;

	TRY(aead_new(&a, AEAD_CHACHA20_POLY1305, ctx->key));
	uint8_t *room = plain.len > SIZE_MAX - SEAL_OVERHEAD ? NULL : buf_extend(out, plain.len + SEAL_OVERHEAD);
	if (!room) {
		st = ST_NO_MEMORY;
		goto out;
	}
	memcpy(room, enc, X25519_LEN);
	TRY(aead_seal(a, room + X25519_LEN, ctx->base_nonce, aad, plain));
out:
	if (st != ST_OK)
		out->len = start;
	aead_free(a);
	return st;
}

enum status seal_to(struct buf *out, const uint8_t recipient[static X25519_LEN], struct slice info, struct slice aad,
    struct slice plain, const struct random *rng)
{
	SECRET32_LOCAL(ikm);
	CONTEXT_LOCAL(ctx);
	uint8_t enc[X25519_LEN];
	enum status st;

	rng->fill(rng->ctx, ikm.bytes, sizeof ikm.bytes);
	TRY(seal_setup_sender(&ctx, enc, recipient, ikm.bytes, info));
	TRY(seal_with(out, &ctx, enc, aad, plain));
out:
	return st;
}

enum status seal_open(uint8_t *plain, const uint8_t secret[static X25519_LEN], struct slice info, struct slice aad,
    struct slice sealed)
{
	CONTEXT_LOCAL(ctx);
	struct aead *a = NULL;
	enum status st;

	if (sealed.len < SEAL_OVERHEAD)
		return ST_TRUNCATED;
	TRY(seal_setup_receiver(&ctx, sealed.ptr, secret, info));
	TRY(aead_new(&a, AEAD_CHACHA20_POLY1305, ctx.key));
	TRY(aead_open(a, plain, ctx.base_nonce, aad, slice_of(sealed.ptr + X25519_LEN, sealed.len - X25519_LEN)));
out:
	aead_free(a);
	if (st != ST_OK && sealed.len > SEAL_OVERHEAD)
		wipe(plain, sealed.len - SEAL_OVERHEAD);
	return st;
}
