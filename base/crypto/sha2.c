#include "base/sha2.h"

#include "base/crypto.h"
#include "base/panic.h"

#include <sodium.h>

enum { BLOCK_512 = 128 };
_Static_assert(sizeof(crypto_hash_sha512_state) <= sizeof((struct sha2){0}.opaque), "struct sha2 holds either state");
_Static_assert(sizeof(crypto_hash_sha256_state) <= sizeof((struct sha2){0}.opaque), "struct sha2 holds either state");

static crypto_hash_sha512_state *state_512(struct sha2 *s)
{
	return (crypto_hash_sha512_state *)(void *)s->opaque;
}

static crypto_hash_sha256_state *state_256(struct sha2 *s)
{
	return (crypto_hash_sha256_state *)(void *)s->opaque;
}

void sha256_begin(struct sha2 *s)
{
	s->is_384 = false;
	invariant(crypto_hash_sha256_init(state_256(s)) == 0);
}

/* SHA-512 with another initial value, cut to 48 bytes (FIPS 180-4, sections 5.3.4 and 6.5). */
void sha384_begin(struct sha2 *s)
{
	static const uint64_t initial[8] = {0xcbbb9d5dc1059ed8, 0x629a292a367cd507, 0x9159015a3070dd17, 0x152fecd8f70e5939,
	    0x67332667ffc00b31, 0x8eb44a8768581511, 0xdb0c2e0d64f98fa7, 0x47b5481dbefa4fa4};

	s->is_384 = true;
	invariant(crypto_hash_sha512_init(state_512(s)) == 0);
	_Static_assert(sizeof state_512(s)->state == sizeof initial, "eight words of state");
	memcpy(state_512(s)->state, initial, sizeof initial);
}

void sha2_update(struct sha2 *s, struct slice bytes)
{
	if (bytes.len == 0)
		return;
	if (s->is_384)
		invariant(crypto_hash_sha512_update(state_512(s), bytes.ptr, bytes.len) == 0);
	else
		invariant(crypto_hash_sha256_update(state_256(s), bytes.ptr, bytes.len) == 0);
}

void sha2_end(struct sha2 *s, uint8_t *out)
{
	uint8_t full[64];

	if (s->is_384) {
		invariant(crypto_hash_sha512_final(state_512(s), full) == 0);
		memcpy(out, full, SHA384_LEN);
	} else {
		invariant(crypto_hash_sha256_final(state_256(s), out) == 0);
	}
	wipe(full, sizeof full);
	wipe(s, sizeof *s);
}

void hmac_sha384(uint8_t out[static SHA384_LEN], struct slice key, struct slice a, struct slice b, struct slice c)
{
	uint8_t inner[BLOCK_512] = {0}, outer[BLOCK_512], middle[SHA384_LEN];
	struct sha2 s;

	invariant(key.len <= BLOCK_512);
	memcpy(inner, key.ptr, key.len);
	for (size_t i = 0; i < BLOCK_512; i++) {
		outer[i] = inner[i] ^ 0x5c;
		inner[i] ^= 0x36;
	}
	sha384_begin(&s);
	sha2_update(&s, slice_of(inner, sizeof inner));
	sha2_update(&s, a);
	sha2_update(&s, b);
	sha2_update(&s, c);
	sha2_end(&s, middle);
	sha384_begin(&s);
	sha2_update(&s, slice_of(outer, sizeof outer));
	sha2_update(&s, slice_of(middle, sizeof middle));
	sha2_end(&s, out);
	wipe(inner, sizeof inner);
	wipe(outer, sizeof outer);
	wipe(middle, sizeof middle);
}
