/* The ciphers that crypto_init() fetched, so that nothing is looked up once the sandbox is closed. */
#ifndef BASE_CRYPTO_CIPHERS_H
#define BASE_CRYPTO_CIPHERS_H

#include <openssl/evp.h>

struct ciphers {
	EVP_CIPHER *aes128_ctr, *aes128_ecb, *aes256_gcm, *chacha20_poly1305;
};
/* Panics when crypto_init() has not run. */
const struct ciphers *ciphers_view(void);

#endif
