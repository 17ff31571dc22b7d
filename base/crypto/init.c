/*
 * Start-up of both libraries. An enclave calls this before its sandbox closes; from then on nothing here opens a file,
 * reads the environment or asks the kernel for randomness: libsodium takes its canary now, libcrypto is told not to
 * read openssl.cnf, and every cipher is fetched now (tests/unit/base/test_crypto.c closes such a sandbox).
 *
 * One thing is asked later: libcrypto blinds points of P-384, even when all is public. Its generator is seeded here, by the first
 * verification, and calls getpid() whenever it is used, and getrandom() after minutes or a fork. No result depends on it.
 */
#include "base/crypto.h"
#include "base/panic.h"
#include "ciphers.h"

#include <openssl/crypto.h>
#include <sodium.h>

static struct ciphers ciphers;
static bool is_ready;

static EVP_CIPHER *fetch(const char *name)
{
	return EVP_CIPHER_fetch(NULL, name, NULL);
}

/* RFC 6979, A.2.6: P-384 and SHA-384, message "sample". A known answer, and what seeds the generator. */
static bool p384_verifies(void)
{
	static const char key_and_signature[] =
	    "ec3a4e415b4e19a4568618029f427fa5da9a8bc4ae92e02e06aae5286b300c64def8f0ea9055866064a254515480bc13"
	    "8015d9b72d7d57244ea8ef9ac0c621896708a59367f9dfb9f54ca84b3f1c9db1288b231c3ae0d4fe7344fd2533264720"
	    "94edbb92a5ecb8aad4736e56c691916b3f88140666ce9fa73d64c4ea95ad133c81a648152e44acf96e36dd1e80fabe46"
	    "99ef4aeb15f178cea1fe40db2603138f130e740a19624526203b6351d0a3a94fa329c145786e679e7b82c71a38628ac8";
	uint8_t v[4 * 48];

	return hex_decode(v, sizeof v, key_and_signature) == ST_OK &&
	       ecdsa_verify(ECDSA_P384_SHA384, slice_of(v, 48), slice_of(v + 48, 48), slice_of(v + 96, 96),
		   slice_str("sample")) == ST_OK;
}

enum status crypto_init(void)
{
	if (is_ready)
		return ST_OK;
	if (sodium_init() < 0)
		return ST_TEE;
	if (OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_LOAD_CRYPTO_STRINGS, NULL) != 1)
		return ST_TEE;
	struct ciphers found = {
	    .aes128_ctr = fetch("AES-128-CTR"),
	    .aes128_ecb = fetch("AES-128-ECB"),
	    .aes256_gcm = fetch("AES-256-GCM"),
	    .chacha20_poly1305 = fetch("ChaCha20-Poly1305"),
	};
	if (!found.aes128_ctr || !found.aes128_ecb || !found.aes256_gcm || !found.chacha20_poly1305)
		return ST_TEE;
	if (!p384_verifies())
		return ST_TEE;
	ciphers = found;
	is_ready = true;
	return ST_OK;
}

const struct ciphers *ciphers_view(void)
{
	if (!is_ready)
		panic("crypto_init() has not run");
	return &ciphers;
}
