/*
 * The software TEE's claims set: an EAT (RFC 9711) in deterministic CBOR with exactly these claims, in this order.
 * docs/ATTESTATION.md, section 1, has the map with its sources. Codec only.
 *
 *   6 iat            256 ueid       265 eat_profile    -65537 software (private use, RFC 8392 section 9.1)
 *   10 eat_nonce     263 dbgstat    273 measurements   -65538 memory_unlocked
 */
#ifndef ATTEST_SOFT_EAT_H
#define ATTEST_SOFT_EAT_H

#include "attest/attest.h"

#define EAT_LABEL "parley/eat/v1" /* external_aad of the COSE_Sign1 around it */

void eat_encode(struct buf *out, const struct att_claims *claims);
/* out comes zeroed, its kind set, and is written only on ST_OK; base/cbor.h names the failures. Hostile bytes, but behind the signature. */
MUST_USE enum status eat_decode(struct att_claims *out, struct slice payload);

#endif
