/* SHA-2 of FIPS 180-4 for other people's documents. On the stack: cannot fail. */
#include "base/panic.h"
#include "base/x509.h"

#include <sodium.h>

void sha256(uint8_t out[static 32], struct slice a, struct slice b)
{
	crypto_hash_sha256_state s;

	invariant(crypto_hash_sha256_init(&s) == 0);
	invariant(crypto_hash_sha256_update(&s, a.ptr, a.len) == 0);
	invariant(crypto_hash_sha256_update(&s, b.ptr, b.len) == 0);
	invariant(crypto_hash_sha256_final(&s, out) == 0);
}

/* SHA-384 is SHA-512 with another initial value, cut to 48 bytes (FIPS 180-4 sections 5.3.4 and 6.5). */
void sha384(uint8_t out[static 48], struct slice a, struct slice b)
{
	static const uint64_t initial[8] = {0xcbbb9d5dc1059ed8, 0x629a292a367cd507, 0x9159015a3070dd17,
	    0x152fecd8f70e5939, 0x67332667ffc00b31, 0x8eb44a8768581511, 0xdb0c2e0d64f98fa7, 0x47b5481dbefa4fa4};
	crypto_hash_sha512_state s;
	uint8_t full[64];

	_Static_assert(sizeof s.state == sizeof initial, "eight words of state");
	invariant(crypto_hash_sha512_init(&s) == 0);
	memcpy(s.state, initial, sizeof initial);
	invariant(crypto_hash_sha512_update(&s, a.ptr, a.len) == 0);
	invariant(crypto_hash_sha512_update(&s, b.ptr, b.len) == 0);
	invariant(crypto_hash_sha512_final(&s, full) == 0);
	memcpy(out, full, 48);
}
