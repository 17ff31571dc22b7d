/*
 * AES-128 in counter mode. The counter block is op || chunk || ctr, all big endian, so the library's own 128-bit
 * big-endian counter walks our 64-bit one as long as that does not wrap; a wrap would reuse addresses and panics.
 *
 * A short request writes its counter blocks and encrypts them in place (ECB): no re-initialisation with a nonce, which
 * costs more than the blocks. A long one sets the counter once and encrypts zeroes from the first-level cache.
 */
#include "base/crypto.h"
#include "base/panic.h"
#include "ciphers.h"

#include <endian.h>
#include <openssl/err.h>
#include <stdlib.h>

enum { SHORT_BLOCKS = 64, ZERO_LEN = 4096 };

struct aes_stream {
	EVP_CIPHER_CTX *ctr, *ecb;
};

enum status aes_stream_new(struct aes_stream **out, const uint8_t key[static 16])
{
	const struct ciphers *c = ciphers_view();
	struct aes_stream *s = calloc(1, sizeof *s);

	if (!s)
		return ST_NO_MEMORY;
	s->ctr = EVP_CIPHER_CTX_new();
	s->ecb = EVP_CIPHER_CTX_new();
	if (!s->ctr || !s->ecb || EVP_EncryptInit_ex2(s->ctr, c->aes128_ctr, key, NULL, NULL) != 1 ||
	    EVP_EncryptInit_ex2(s->ecb, c->aes128_ecb, key, NULL, NULL) != 1 ||
	    EVP_CIPHER_CTX_set_padding(s->ecb, 0) != 1) {
		ERR_clear_error();
		aes_stream_free(s);
		return ST_NO_MEMORY;
	}
	*out = s;
	return ST_OK;
}

void aes_stream_free(struct aes_stream *s)
{
	if (!s)
		return;
	EVP_CIPHER_CTX_free(s->ctr); /* wipes its key schedule */
	EVP_CIPHER_CTX_free(s->ecb);
	free(s);
}

static void put_address(uint8_t block[AES_BLOCK_LEN], uint32_t op, uint32_t chunk, uint64_t ctr)
{
	uint32_t op_be = htobe32(op), chunk_be = htobe32(chunk);
	uint64_t ctr_be = htobe64(ctr);

	memcpy(block, &op_be, sizeof op_be);
	memcpy(block + 4, &chunk_be, sizeof chunk_be);
	memcpy(block + 8, &ctr_be, sizeof ctr_be);
}

static void encrypt(EVP_CIPHER_CTX *ctx, uint8_t *out, const uint8_t *in, size_t len)
{
	int n = 0;

	invariant(EVP_EncryptUpdate(ctx, out, &n, in, (int)len) == 1 && (size_t)n == len);
}

/* Whole blocks are made in place; only a ragged end needs a block of its own. */
static void fill_short(struct aes_stream *s, uint8_t *out, size_t len, uint32_t op, uint32_t chunk, uint64_t ctr)
{
	size_t whole = len - len % AES_BLOCK_LEN;

	for (size_t at = 0; at < whole; at += AES_BLOCK_LEN)
		put_address(out + at, op, chunk, ctr++);
	if (whole)
		encrypt(s->ecb, out, out, whole);
	if (whole < len) {
		uint8_t last[AES_BLOCK_LEN];
		put_address(last, op, chunk, ctr);
		encrypt(s->ecb, last, last, sizeof last);
		memcpy(out + whole, last, len - whole);
		wipe(last, sizeof last);
	}
}

void aes_stream_fill(struct aes_stream *s, uint8_t *out, size_t len, uint32_t op, uint32_t chunk, uint64_t ctr)
{
	static const uint8_t zero[ZERO_LEN];
	uint8_t start[AES_BLOCK_LEN];

	if (len == 0)
		return;
	invariant(ctr <= UINT64_MAX - (len - 1) / AES_BLOCK_LEN);
	if (len <= SHORT_BLOCKS * AES_BLOCK_LEN) {
		fill_short(s, out, len, op, chunk, ctr);
		return;
	}
	put_address(start, op, chunk, ctr);
	invariant(EVP_EncryptInit_ex2(s->ctr, NULL, NULL, start, NULL) == 1);
	while (len) {
		size_t n = len < sizeof zero ? len : sizeof zero;

		encrypt(s->ctr, out, zero, n);
		out += n;
		len -= n;
	}
}
