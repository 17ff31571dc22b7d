/*
 * SymmetricState (Noise revision 34, section 5.2) over BLAKE2b: HASHLEN 64, keys are the first 32 bytes of an output.
 */
#ifndef CHANNEL_NOISE_SYMMETRIC_H
#define CHANNEL_NOISE_SYMMETRIC_H

#include "noise_cipher.h"

struct noise_symmetric { /* lives inside secret memory */
	uint8_t ck[HASH_LEN], h[HASH_LEN];
	struct noise_cipher cipher;
};

/* InitializeSymmetric. The name has at most HASH_LEN bytes. */
void noise_symmetric_init(struct noise_symmetric *s, const char *protocol_name, enum aead_suite suite);
void noise_mix_key(struct noise_symmetric *s, struct slice input);
void noise_mix_hash(struct noise_symmetric *s, struct slice data);
/* EncryptAndHash and DecryptAndHash; before the first MixKey they pass the bytes through. */
MUST_USE enum status noise_encrypt_and_hash(struct noise_symmetric *s, struct slice plain, struct buf *out);
MUST_USE enum status noise_decrypt_and_hash(struct noise_symmetric *s, struct slice sealed, struct buf *out);
/* Split: k1 for messages from the initiator, k2 for those from the responder. */
void noise_symmetric_split(const struct noise_symmetric *s, uint8_t k1[static 32], uint8_t k2[static 32]);

#endif
