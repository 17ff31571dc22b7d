#include "base/crypto.h"
#include "base/panic.h"

#include <sodium.h>

_Static_assert(X25519_LEN == crypto_scalarmult_BYTES && X25519_LEN == crypto_scalarmult_SCALARBYTES,
	       "lengths agree with libsodium");

void x25519_public(uint8_t pk[static X25519_LEN], const uint8_t sk[static X25519_LEN])
{
	invariant(crypto_scalarmult_base(pk, sk) == 0);
}

enum status x25519(uint8_t out[static X25519_LEN], const uint8_t sk[static X25519_LEN],
    const uint8_t pk[static X25519_LEN])
{
	SECRET32_LOCAL(shared);

	/* libsodium refuses points of small order and an all-zero result (RFC 7748 section 6.1). */
	if (crypto_scalarmult(shared.bytes, sk, pk) != 0) {
		wipe(out, X25519_LEN);
		return ST_KEY;
	}
	memcpy(out, shared.bytes, X25519_LEN);
	return ST_OK;
}
