/*
 * Sealing to a key: HPKE base mode, RFC 9180, DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305 (0x0020,
 * 0x0001, 0x0003), single shot (sequence number 0). Output is enc (32 bytes) || ciphertext || tag (16 bytes).
 */
#ifndef BASE_SEAL_H
#define BASE_SEAL_H

#include "base/buf.h"
#include "base/crypto.h"

enum { SEAL_OVERHEAD = X25519_LEN + AEAD_TAG_LEN };

/* Appends plain.len + SEAL_OVERHEAD bytes to out. */
MUST_USE enum status seal_to(struct buf *out, const uint8_t recipient[static X25519_LEN], struct slice info,
    struct slice aad, struct slice plain, const struct random *rng);
/* plain has room for sealed.len - SEAL_OVERHEAD bytes; wiped on failure. ST_TRUNCATED, ST_DECRYPT, ST_KEY. */
MUST_USE enum status seal_open(uint8_t *plain, const uint8_t secret[static X25519_LEN], struct slice info,
    struct slice aad, struct slice sealed);

/* For the RFC's vectors: the key schedule with a given ephemeral key, and any sequence number. */
struct seal_context {
	uint8_t key[32], base_nonce[12], exporter_secret[32];
};
MUST_USE enum status seal_setup_sender(struct seal_context *ctx, uint8_t enc[static X25519_LEN],
    const uint8_t recipient[static X25519_LEN], const uint8_t ephemeral_seed_ikm[static 32], struct slice info);
MUST_USE enum status seal_setup_receiver(struct seal_context *ctx, const uint8_t enc[static X25519_LEN],
    const uint8_t secret[static X25519_LEN], struct slice info);
/* RFC 9180 section 7.1.3 DeriveKeyPair for X25519. */
void seal_derive_keypair(uint8_t pk[static X25519_LEN], uint8_t sk[static X25519_LEN], struct slice ikm);

#endif
