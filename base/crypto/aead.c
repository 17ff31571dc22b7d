/*
 * One library context per direction, keyed once: a record then costs one initialisation with a nonce and no allocation.
 * The records of a session are 16 KiB and more, where this runs at the cipher's own speed.
 */
#include "base/crypto.h"
#include "base/panic.h"
#include "ciphers.h"

#include <limits.h>
#include <openssl/err.h>
#include <stdlib.h>

struct aead {
	EVP_CIPHER_CTX *seal, *open;
};

static const EVP_CIPHER *cipher_of(enum aead_suite suite)
{
	switch (suite) {
	case AEAD_AES256_GCM:
		return ciphers_view()->aes256_gcm;
	case AEAD_CHACHA20_POLY1305:
		return ciphers_view()->chacha20_poly1305;
	}
	return NULL;
}

enum status aead_new(struct aead **out, enum aead_suite suite, const uint8_t key[static AEAD_KEY_LEN])
{
	const EVP_CIPHER *cipher = cipher_of(suite);

	if (!cipher)
		return ST_ARGUMENT;
	struct aead *a = calloc(1, sizeof *a);
	if (!a)
		return ST_NO_MEMORY;
	a->seal = EVP_CIPHER_CTX_new();
	a->open = EVP_CIPHER_CTX_new();
	if (!a->seal || !a->open || EVP_EncryptInit_ex2(a->seal, cipher, key, NULL, NULL) != 1 ||
	    EVP_DecryptInit_ex2(a->open, cipher, key, NULL, NULL) != 1) {
		ERR_clear_error();
		aead_free(a);
		return ST_NO_MEMORY;
	}
	*out = a;
	return ST_OK;
}

void aead_free(struct aead *a)
{
	if (!a)
		return;
	EVP_CIPHER_CTX_free(a->seal); /* wipes its key schedule */
	EVP_CIPHER_CTX_free(a->open);
	free(a);
}

/* The library takes int lengths, and reads a NULL output as "this is associated data". */
static bool update(EVP_CIPHER_CTX *ctx, uint8_t *out, struct slice in)
{
	int n = 0;

	return in.len == 0 || (EVP_CipherUpdate(ctx, out, &n, in.ptr, (int)in.len) == 1 && (size_t)n == in.len);
}

static bool final(EVP_CIPHER_CTX *ctx)
{
	uint8_t none[AES_BLOCK_LEN];
	int n = 0;

	return EVP_CipherFinal_ex(ctx, none, &n) == 1 && n == 0;
}

enum status aead_seal(struct aead *a, uint8_t *out, const uint8_t nonce[static 12], struct slice ad,
    struct slice plain)
{
	if (ad.len > INT_MAX || plain.len > INT_MAX - AEAD_TAG_LEN)
		return ST_TOO_LARGE;
	/* A failure here is not about the bytes: the library is broken, and half a ciphertext must not leave. */
	invariant(EVP_EncryptInit_ex2(a->seal, NULL, NULL, nonce, NULL) == 1);
	invariant(update(a->seal, NULL, ad));
	invariant(update(a->seal, out, plain));
	invariant(final(a->seal));
	invariant(EVP_CIPHER_CTX_ctrl(a->seal, EVP_CTRL_AEAD_GET_TAG, AEAD_TAG_LEN, out + plain.len) == 1);
	return ST_OK;
}

enum status aead_open(struct aead *a, uint8_t *out, const uint8_t nonce[static 12], struct slice ad,
    struct slice sealed)
{
	uint8_t tag[AEAD_TAG_LEN];

	if (sealed.len < AEAD_TAG_LEN)
		return ST_DECRYPT;
	if (ad.len > INT_MAX || sealed.len > INT_MAX)
		return ST_TOO_LARGE;
	struct slice body = slice_of(sealed.ptr, sealed.len - AEAD_TAG_LEN);
	memcpy(tag, sealed.ptr + body.len, AEAD_TAG_LEN);
	if (EVP_DecryptInit_ex2(a->open, NULL, NULL, nonce, NULL) != 1 ||
	    EVP_CIPHER_CTX_ctrl(a->open, EVP_CTRL_AEAD_SET_TAG, AEAD_TAG_LEN, tag) != 1 || !update(a->open, NULL, ad) ||
	    !update(a->open, out, body) || !final(a->open)) {
		ERR_clear_error();
		if (body.len)
			wipe(out, body.len);
		return ST_DECRYPT;
	}
	return ST_OK;
}
