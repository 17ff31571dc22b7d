/*
 * COSE_Sign1 and COSE_Sign (RFC 9052) with EdDSA over Ed25519 (RFC 9053, algorithm -8), and verification of
 * COSE_Sign1/COSE_Sign with ES256 for the published vectors. Pure. Payload is always attached.
 *
 * Our documents are deterministic CBOR; the verifier of *our* documents is strict: protected header exactly
 * {1: -8} (Sign1) or per signature {1: -8, 4: kid}, body protected header empty (h''), unprotected maps empty.
 * Purpose separation: every signature has external_aad = a label such as "parley/approve/v1".
 */
#ifndef BASE_COSE_H
#define BASE_COSE_H

#include "base/buf.h"
#include "base/crypto.h"

/* Tagged (18) COSE_Sign1, appended to out. */
void cose_sign1(struct buf *out, const char *aad_label, struct slice payload, const uint8_t sk[static ED25519_SECRET_LEN]);
/* payload (out) borrows from doc, written only on ST_OK. ST_FORMAT/ST_TRUNCATED/…, ST_SIGNATURE. */
MUST_USE enum status cose_sign1_verify(struct slice doc, const char *aad_label,
    const uint8_t pk[static ED25519_PUBLIC_LEN], struct slice *payload);
/* The payload of a document nobody has verified yet: to learn whose key it claims. Same form checks; no signature check. */
MUST_USE enum status cose_sign1_peek(struct slice doc, struct slice *payload);

enum { COSE_SIGNERS_MAX = 16 };
struct cose_signature {
	uint8_t kid[ED25519_PUBLIC_LEN]; /* our key id is the public key itself */
	uint8_t sig[ED25519_SIG_LEN];
};
/* Tagged (98) COSE_Sign with the given signatures, 1..COSE_SIGNERS_MAX, kids ascending strictly (else a panic). */
void cose_sign_encode(struct buf *out, struct slice payload, const struct cose_signature *sigs, size_t n);
MUST_USE enum status cose_sign_parse(struct slice doc, struct slice *payload,
    struct cose_signature sigs[static COSE_SIGNERS_MAX], size_t *n); /* structure only; kids must ascend strictly */
/* out is written only on ST_OK; ST_NO_MEMORY otherwise. kid is the public half of sk. */
MUST_USE enum status cose_sign_make(struct cose_signature *out, const char *aad_label, struct slice payload,
    const uint8_t sk[static ED25519_SECRET_LEN]);
MUST_USE enum status cose_sign_check(const struct cose_signature *sig, const char *aad_label, struct slice payload);

/* General verification for documents that are not ours (the published vectors; later Nitro): any protected header,
 * unprotected header ignored (but well-formed, no key twice), tag optional, external_aad as bytes, algorithm pinned by the caller and
 * required in the protected header; each curve only with its own hash. */
enum cose_alg { COSE_EDDSA = -8, COSE_ES256 = -7, COSE_ES384 = -35, COSE_ES512 = -36 };
struct cose_key {
	enum cose_alg alg;
	struct slice x, y; /* EC coordinates, big endian; for EdDSA only x */
};
MUST_USE enum status cose_sign1_verify_any(struct slice doc, struct slice external_aad, const struct cose_key *key,
    struct slice *payload);

#endif
