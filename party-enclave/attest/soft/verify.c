/*
 * Software-TEE evidence: COSE_Sign1 by the installation's root over the EAT of eat.h. The claims are read only once
 * the signature by the pinned root has verified.
 */
#include "eat.h"

#include "../verifier.h"
#include "base/cose.h"

enum status soft_verify(struct att_claims *out, const struct att_input *in, struct att_finding *f)
{
	struct slice payload;
	char root[2 * ED25519_PUBLIC_LEN + 1];
	enum status st;

	if (!in->root)
		return att_refuse(f, ST_ATT_CHAIN, ATT_CHECK_ROOT, "a pinned root of that installation", "none");
	st = cose_sign1_verify(in->evidence, EAT_LABEL, in->root, &payload);
	if (st == ST_NO_MEMORY)
		return st;
	if (st == ST_SIGNATURE) {
		hex_encode(root, slice_of(in->root, ED25519_PUBLIC_LEN));
		return att_refuse(f, ST_ATT_CHAIN, ATT_CHECK_ROOT, root, "a signature that this root did not make");
	}
	if (st != ST_OK)
		return att_refuse(f, ST_ATT_FORMAT, ATT_CHECK_FORM, "a COSE_Sign1 by EdDSA and no other header", "%s (%s)",
		    status_title(st), status_code(st));
	st = eat_decode(out, payload);
	if (st != ST_OK)
		return att_refuse(f, ST_ATT_FORMAT, ATT_CHECK_FORM, "exactly the claims of the profile parley:software/v1",
		    "%s (%s)", status_title(st), status_code(st));
	return ST_OK;
}
