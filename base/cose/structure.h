/* The bytes that a signature covers (RFC 9052 section 4.4), and the protected headers of our own documents. */
#ifndef BASE_COSE_STRUCTURE_H
#define BASE_COSE_STRUCTURE_H

#include "base/cbor.h"
#include "base/cose.h"

enum { COSE_TAG_SIGN1 = 18, COSE_TAG_SIGN = 98, COSE_HEADER_ALG = 1, COSE_HEADER_KID = 4 };
enum { PROTECTED_SIGN1_LEN = 3, PROTECTED_SIGNER_LEN = 3 + 1 + 2 + ED25519_PUBLIC_LEN };

extern const uint8_t protected_sign1[PROTECTED_SIGN1_LEN]; /* {1: -8} */
/* {1: -8, 4: kid} */
void protected_signer(uint8_t out[static PROTECTED_SIGNER_LEN], const uint8_t kid[static ED25519_PUBLIC_LEN]);

/* ["Signature1", protected, aad, payload] */
void structure_sign1(struct buf *out, struct slice protected_header, struct slice aad, struct slice payload);
/* ["Signature", h'', protected of the signer, aad, payload] */
void structure_sign(struct buf *out, struct slice signer_header, struct slice aad, struct slice payload);

#endif
