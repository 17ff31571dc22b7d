/*
 * SHA-256 and SHA-384 (FIPS 180-4) piece by piece, for other people's measurements of large files. On the stack, no allocation,
 * cannot fail. The hash of our own is H (base/crypto.h).
 */
#ifndef BASE_SHA2_H
#define BASE_SHA2_H

#include "base/slice.h"

enum { SHA256_LEN = 32, SHA384_LEN = 48 };
struct sha2 {
	_Alignas(8) uint8_t opaque[216];
	bool is_384;
};
void sha256_begin(struct sha2 *s);
void sha384_begin(struct sha2 *s);
void sha2_update(struct sha2 *s, struct slice bytes);
void sha2_end(struct sha2 *s, uint8_t *out); /* 32 or 48 bytes; wipes the state */

/* HMAC-SHA-384 (RFC 2104) over three pieces; key at most 128 bytes. */
void hmac_sha384(uint8_t out[static SHA384_LEN], struct slice key, struct slice a, struct slice b, struct slice c);

#endif
