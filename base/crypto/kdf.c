/* HMAC and HKDF: over BLAKE2b for Noise (revision 34, sections 4.3 and 12.8), over SHA-256 for RFC 9180 and stream keys. */
#include "base/crypto.h"
#include "base/panic.h"

#include <sodium.h>

enum { BLAKE2B_BLOCK = 128, SHA256_LEN = 32 };

static void blake_begin(crypto_generichash_blake2b_state *s)
{
	invariant(crypto_generichash_blake2b_init(s, NULL, 0, HASH_LEN) == 0);
}

static void blake_add(crypto_generichash_blake2b_state *s, struct slice bytes)
{
	invariant(crypto_generichash_blake2b_update(s, bytes.ptr, bytes.len) == 0);
}

static void blake_end(crypto_generichash_blake2b_state *s, uint8_t out[static HASH_LEN])
{
	invariant(crypto_generichash_blake2b_final(s, out, HASH_LEN) == 0);
	wipe(s, sizeof *s);
}

void blake2b_512(uint8_t out[static HASH_LEN], struct slice a, struct slice b)
{
	crypto_generichash_blake2b_state s;

	blake_begin(&s);
	blake_add(&s, a);
	blake_add(&s, b);
	blake_end(&s, out);
}

/* HMAC(K, m) = H((K' ^ opad) || H((K' ^ ipad) || m)), K' = K padded with zeroes, or H(K) when longer than a block. */
void hmac_blake2b(uint8_t out[static HASH_LEN], struct slice key, struct slice msg)
{
	uint8_t padded[BLAKE2B_BLOCK] = {0}, inner[HASH_LEN];

	if (key.len > BLAKE2B_BLOCK)
		blake2b_512(padded, key, (struct slice){0});
	else if (key.len)
		memcpy(padded, key.ptr, key.len);
	for (size_t i = 0; i < BLAKE2B_BLOCK; i++)
		padded[i] ^= 0x36;
	blake2b_512(inner, slice_of(padded, sizeof padded), msg);
	for (size_t i = 0; i < BLAKE2B_BLOCK; i++)
		padded[i] ^= 0x36 ^ 0x5c;
	blake2b_512(out, slice_of(padded, sizeof padded), slice_of(inner, sizeof inner));
	wipe(padded, sizeof padded);
	wipe(inner, sizeof inner);
}

void noise_hkdf2(uint8_t out1[static HASH_LEN], uint8_t out2[static HASH_LEN], const uint8_t ck[static HASH_LEN],
    struct slice input)
{
	uint8_t temporary[HASH_LEN], second[HASH_LEN + 1];

	hmac_blake2b(temporary, slice_of(ck, HASH_LEN), input);
	struct slice key = slice_of(temporary, sizeof temporary);
	hmac_blake2b(second, key, slice_of((const uint8_t[]){1}, 1));
	memcpy(out1, second, HASH_LEN);
	second[HASH_LEN] = 2;
	hmac_blake2b(out2, key, slice_of(second, sizeof second));
	wipe(temporary, sizeof temporary);
	wipe(second, sizeof second);
}

void hkdf_sha256_extract_parts(uint8_t prk[static 32], struct slice salt, const struct slice *ikm, size_t parts)
{
	crypto_auth_hmacsha256_state mac;

	/* libsodium declares the key non-null even when it is empty. */
	crypto_auth_hmacsha256_init(&mac, salt.len ? salt.ptr : (const uint8_t *)"", salt.len);
	for (size_t i = 0; i < parts; i++)
		crypto_auth_hmacsha256_update(&mac, ikm[i].ptr, ikm[i].len);
	crypto_auth_hmacsha256_final(&mac, prk);
	wipe(&mac, sizeof mac);
}

void hkdf_sha256_extract(uint8_t prk[static 32], struct slice salt, struct slice ikm)
{
	hkdf_sha256_extract_parts(prk, salt, &ikm, 1);
}

/* T(i) = HMAC(PRK, T(i-1) || info || i), RFC 5869 section 2.3. */
enum status hkdf_sha256_expand(uint8_t *out, size_t len, const uint8_t prk[static 32], struct slice info)
{
	uint8_t block[SHA256_LEN];

	if (len > 255 * SHA256_LEN)
		return ST_TOO_LARGE;
	for (size_t done = 0, i = 1; done < len; i++) {
		crypto_auth_hmacsha256_state mac;
		size_t n = len - done < sizeof block ? len - done : sizeof block;
		uint8_t index = (uint8_t)i;

		crypto_auth_hmacsha256_init(&mac, prk, SHA256_LEN);
		if (i > 1)
			crypto_auth_hmacsha256_update(&mac, block, sizeof block);
		crypto_auth_hmacsha256_update(&mac, info.ptr, info.len);
		crypto_auth_hmacsha256_update(&mac, &index, 1);
		crypto_auth_hmacsha256_final(&mac, block);
		wipe(&mac, sizeof mac);
		memcpy(out + done, block, n);
		done += n;
	}
	wipe(block, sizeof block);
	return ST_OK;
}
