/*
 * CipherState (Noise revision 34, section 5.1) and the nonce encodings of section 12, which records share.
 */
#ifndef CHANNEL_NOISE_CIPHER_H
#define CHANNEL_NOISE_CIPHER_H

#include "base/buf.h"
#include "base/crypto.h"

enum { NOISE_NONCE_LEN = 12 };

struct noise_cipher { /* lives inside secret memory */
	enum aead_suite suite;
	bool has_key;
	uint8_t k[AEAD_KEY_LEN];
	uint64_t n;
};

/* 32 zero bits, then the counter: little endian for ChaChaPoly (12.3), big endian for AESGCM (12.4). */
void noise_nonce(uint8_t out[static NOISE_NONCE_LEN], enum aead_suite suite, uint64_t counter);
void noise_cipher_key(struct noise_cipher *c, const uint8_t key[static AEAD_KEY_LEN]); /* InitializeKey */
/* EncryptWithAd: appends ciphertext and tag to out. ST_NO_MEMORY; ST_ATT_HANDSHAKE when the nonces are used up. */
MUST_USE enum status noise_cipher_encrypt(struct noise_cipher *c, struct slice ad, struct slice plain, struct buf *out);
/* DecryptWithAd: appends the plaintext; ST_DECRYPT, and the nonce is not advanced. */
MUST_USE enum status noise_cipher_decrypt(
    struct noise_cipher *c, struct slice ad, struct slice sealed, struct buf *out);

#endif
