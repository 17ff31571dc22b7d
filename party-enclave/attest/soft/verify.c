/*
 * Software-TEE evidence: COSE_Sign1 by the installation's root over the EAT of eat.h. The claims are read only once
 * the signature by the pinned root has verified.
 */
#include "eat.h"

#include "../verifier.h"
#include "base/cose.h"

enum status soft_verify(
    struct att_claims *out, struct slice evidence, const struct att_reference *ref, struct problem *problem)
{
	struct slice payload;
	enum status st = cose_sign1_verify(evidence, EAT_LABEL, ref->root, &payload);

	if (st == ST_NO_MEMORY)
		return problem_default(problem, st, "evidence");
	if (st == ST_SIGNATURE) {
		char root[2 * ED25519_PUBLIC_LEN + 1];
		hex_encode(root, slice_of(ref->root, sizeof ref->root));
		return problem_set(problem, ST_ATT_CHAIN, "evidence", NULL,
		    "signer: expected the root %s, got a signature that it did not make", root);
	}
	if (st != ST_OK)
		return problem_set(problem, ST_ATT_FORMAT, "evidence", NULL,
		    "COSE_Sign1: expected one signature by EdDSA and no other header, got %s (%s)", status_title(st),
		    status_code(st));
	st = eat_decode(out, payload);
	if (st != ST_OK)
		return problem_set(problem, ST_ATT_FORMAT, "evidence", NULL,
		    "claims: expected exactly the profile parley:software/v1, got %s (%s)", status_title(st),
		    status_code(st));
	return ST_OK;
}
