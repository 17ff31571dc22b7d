#include "base/crypto.h"
#include "base/panic.h"

#include <sodium.h>

_Static_assert(ED25519_PUBLIC_LEN == crypto_sign_PUBLICKEYBYTES && ED25519_SECRET_LEN == crypto_sign_SECRETKEYBYTES &&
		   ED25519_SEED_LEN == crypto_sign_SEEDBYTES && ED25519_SIG_LEN == crypto_sign_BYTES,
	       "lengths agree with libsodium");

void ed25519_keypair(uint8_t pk[static ED25519_PUBLIC_LEN], uint8_t sk[static ED25519_SECRET_LEN],
    const uint8_t seed[static ED25519_SEED_LEN])
{
	invariant(crypto_sign_seed_keypair(pk, sk, seed) == 0);
}

void ed25519_sign(uint8_t sig[static ED25519_SIG_LEN], struct slice msg, const uint8_t sk[static ED25519_SECRET_LEN])
{
	invariant(crypto_sign_detached(sig, NULL, msg.ptr, msg.len, sk) == 0);
}

enum status ed25519_verify(const uint8_t sig[static ED25519_SIG_LEN], struct slice msg,
    const uint8_t pk[static ED25519_PUBLIC_LEN])
{
	return crypto_sign_verify_detached(sig, msg.ptr, msg.len, pk) == 0 ? ST_OK : ST_SIGNATURE;
}
