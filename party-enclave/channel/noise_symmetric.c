#include "noise_symmetric.h"

#include "base/panic.h"

void noise_symmetric_init(struct noise_symmetric *s, const char *protocol_name, enum aead_suite suite)
{
	size_t len = strlen(protocol_name);

	invariant(len <= HASH_LEN);
	*s = (struct noise_symmetric){.cipher = {.suite = suite}};
	memcpy(s->h, protocol_name, len); /* zero-padded: a name of at most HASHLEN bytes is not hashed */
	memcpy(s->ck, s->h, sizeof s->ck);
}

void noise_mix_key(struct noise_symmetric *s, struct slice input)
{
	uint8_t ck[HASH_LEN], temp_k[HASH_LEN];

	noise_hkdf2(ck, temp_k, s->ck, input);
	memcpy(s->ck, ck, sizeof s->ck);
	noise_cipher_key(&s->cipher, temp_k); /* HASHLEN is 64: truncated to 32 */
	wipe(ck, sizeof ck);
	wipe(temp_k, sizeof temp_k);
}

void noise_mix_hash(struct noise_symmetric *s, struct slice data)
{
	blake2b_512(s->h, slice_of(s->h, sizeof s->h), data);
}

enum status noise_encrypt_and_hash(struct noise_symmetric *s, struct slice plain, struct buf *out)
{
	size_t before = out->len;
	enum status st = ST_OK;

	if (s->cipher.has_key) {
		TRY(noise_cipher_encrypt(&s->cipher, slice_of(s->h, sizeof s->h), plain, out));
	} else {
		buf_append(out, plain.ptr, plain.len);
		TRY(buf_status(out));
	}
	noise_mix_hash(s, slice_of(out->ptr + before, out->len - before));
out:
	return st;
}

enum status noise_decrypt_and_hash(struct noise_symmetric *s, struct slice sealed, struct buf *out)
{
	enum status st = ST_OK;

	if (s->cipher.has_key) {
		TRY(noise_cipher_decrypt(&s->cipher, slice_of(s->h, sizeof s->h), sealed, out));
	} else {
		buf_append(out, sealed.ptr, sealed.len);
		TRY(buf_status(out));
	}
	noise_mix_hash(s, sealed);
out:
	return st;
}

void noise_symmetric_split(const struct noise_symmetric *s, uint8_t k1[static 32], uint8_t k2[static 32])
{
	uint8_t temp_k1[HASH_LEN], temp_k2[HASH_LEN];

	noise_hkdf2(temp_k1, temp_k2, s->ck, (struct slice){0});
	memcpy(k1, temp_k1, 32);
	memcpy(k2, temp_k2, 32);
	wipe(temp_k1, sizeof temp_k1);
	wipe(temp_k2, sizeof temp_k2);
}
