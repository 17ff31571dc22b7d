#include "noise_cipher.h"

#include "base/panic.h"
#include "base/reader.h"

void noise_nonce(uint8_t out[static NOISE_NONCE_LEN], enum aead_suite suite, uint64_t counter)
{
	memset(out, 0, 4);
	put_u64le(out + 4, suite == AEAD_AES256_GCM ? __builtin_bswap64(counter) : counter);
}

void noise_cipher_key(struct noise_cipher *c, const uint8_t key[static AEAD_KEY_LEN])
{
	memcpy(c->k, key, sizeof c->k);
	c->has_key = true;
	c->n = 0;
}

/* A handshake key serves one message, so its context is made for the call. Nonce 2^64-1 is reserved (section 5.1). */
static enum status open_cipher(struct aead **aead, uint8_t nonce[static NOISE_NONCE_LEN], const struct noise_cipher *c)
{
	invariant(c->has_key);
	if (c->n == UINT64_MAX)
		return ST_ATT_HANDSHAKE;
	noise_nonce(nonce, c->suite, c->n);
	return aead_new(aead, c->suite, c->k);
}

enum status noise_cipher_encrypt(struct noise_cipher *c, struct slice ad, struct slice plain, struct buf *out)
{
	uint8_t nonce[NOISE_NONCE_LEN];
	struct aead *aead = NULL;
	enum status st;

	TRY(open_cipher(&aead, nonce, c));
	uint8_t *room = buf_extend(out, plain.len + AEAD_TAG_LEN);
	TRY(buf_status(out));
	TRY(aead_seal(aead, room, nonce, ad, plain));
	c->n++;
out:
	aead_free(aead);
	return st;
}

enum status noise_cipher_decrypt(struct noise_cipher *c, struct slice ad, struct slice sealed, struct buf *out)
{
	uint8_t nonce[NOISE_NONCE_LEN];
	struct aead *aead = NULL;
	enum status st;

	if (sealed.len < AEAD_TAG_LEN)
		return ST_DECRYPT;
	TRY(open_cipher(&aead, nonce, c));
	uint8_t *room = buf_extend(out, sealed.len - AEAD_TAG_LEN);
	TRY(buf_status(out));
	st = aead_open(aead, room, nonce, ad, sealed);
	if (st == ST_OK)
		c->n++;
	else
		out->len -= sealed.len - AEAD_TAG_LEN;
out:
	aead_free(aead);
	return st;
}
