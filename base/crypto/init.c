/*
 * Start-up of both libraries. An enclave calls this before its sandbox closes; from then on nothing here opens a file,
 * reads the environment or asks the kernel for randomness: libsodium takes its canary now, libcrypto is told not to
 * read openssl.cnf, and every cipher is fetched now (tests/unit/base/test_crypto.c closes such a sandbox).
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
