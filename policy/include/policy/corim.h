/*
 * Reference values as a CoRIM (draft-ietf-rats-corim-09), in a narrow profile of ours: docs/CORIM.md, with CDDL. For exchange with
 * tools of others; enclaves never read one. One CoMID a set; deterministic CBOR, so equal contents are equal bytes, and
 * whatever decodes encodes back to the same bytes. Pure; a struct corim is large (about 25 KiB): heap or static.
 */
#ifndef POLICY_CORIM_H
#define POLICY_CORIM_H

#include "base/buf.h"
#include "base/crypto.h"
#include "base/problem.h"
#include "base/tee.h"

enum { CORIM_MAX = 65536, CORIM_SETS_MAX = 24, CORIM_ID_MAX = 127 };
#define CORIM_PROFILE "tag:parley,2026:corim/reference-values/1"

struct corim_set {
	char tag_id[CORIM_ID_MAX + 1]; /* of the CoMID; no two alike */
	enum tee_kind kind;
	struct tee_set set; /* with a release; its dates are those of the CoRIM */
};
struct corim {
	char id[CORIM_ID_MAX + 1];
	int64_t not_before, not_after; /* rim-validity; REFERENCE_ALWAYS_FROM and _TO when it has none */
	uint8_t n;
	struct corim_set sets[CORIM_SETS_MAX];
};

/* The tagged map (501), appended. Does not judge: what breaks the profile is refused by corim_decode. ST_NO_MEMORY. */
MUST_USE enum status corim_encode(struct buf *out, const struct corim *c);
/* `bytes` is hostile. ST_FORMAT, ST_TRUNCATED, ST_TRAILING, ST_NOT_CANONICAL, ST_TOO_LARGE, …: not this CBOR; ST_UNSUPPORTED: a CoRIM that
 * says something outside the profile, which `problem` names; ST_POL_VALUE: a set that no policy could hold. *c is written only on ST_OK. */
MUST_USE enum status corim_decode(struct corim *c, struct slice bytes, struct problem *problem);

/* COSE_Sign1 (18) over the tagged map: EdDSA, content type application/rim+cbor, CWT claims with the issuer. ST_NO_MEMORY. */
MUST_USE enum status corim_sign(
    struct buf *out, struct slice corim, const char *issuer, const uint8_t sk[static ED25519_SECRET_LEN]);
bool corim_is_signed(struct slice file);
bool corim_is(struct slice file); /* by its first bytes: the tagged map */
/* The tagged map in a signed file, and who says it is the issuer; both are written only on ST_OK. ST_SIGNATURE when pk did not sign it, else
 * as corim_decode. */
MUST_USE enum status corim_open(struct slice *corim, char issuer[static CORIM_ID_MAX + 1], struct slice file,
    const uint8_t pk[static ED25519_PUBLIC_LEN], struct problem *problem);

#endif
