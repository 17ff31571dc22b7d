/* One line per TEE. The kind is told by the host, so the policy's reference decides which one is permitted. */
#include "verifier.h"

#include "attest/collateral.h"

static const att_verifier verifiers[TEE_KIND_COUNT_] = {
    [TEE_SOFTWARE] = soft_verify,
    [TEE_NITRO] = nitro_verify,
    [TEE_SGX] = sgx_verify,
    [TEE_TDX] = tdx_verify,
    [TEE_SNP] = snp_verify,
    [TEE_TPM] = tpm_verify,
};

/* Whatever the TEE: a bundle that is none is refused before anything is looked for in it. */
static enum status check_bundle(struct slice collateral, struct att_finding *f)
{
	struct att_bundle bundle;
	enum status st = att_bundle_decode(&bundle, collateral);

	if (st == ST_OK)
		return ST_OK;
	return att_refuse(f, ST_ATT_COLLATERAL, ATT_CHECK_COLLATERAL,
	    "a collateral bundle of at most 262144 bytes, or none", "%zu bytes that are none: %s", collateral.len,
	    status_title(st));
}

enum status att_examine(struct att_claims *out, enum tee_kind kind, const struct att_input *in, struct att_finding *f)
{
	struct att_claims claims = {.kind = kind, .valid_from = INT64_MIN, .valid_to = INT64_MAX};
	att_verifier verify = (unsigned)kind < TEE_KIND_COUNT_ ? verifiers[kind] : NULL;
	enum status st;

	if (!verify)
		return att_refuse(
		    f, ST_ATT_FORMAT, ATT_CHECK_KIND, "a TEE that this version verifies", "kind %u", kind);
	if (in->evidence.len == 0 || in->evidence.len > ATT_EVIDENCE_MAX)
		return att_refuse(
		    f, ST_ATT_FORMAT, ATT_CHECK_FORM, "1 to 65536 bytes of evidence", "%zu bytes", in->evidence.len);
	st = check_bundle(in->collateral, f);
	if (st != ST_OK)
		return st;
	st = verify(&claims, in, f);
	if (st == ST_OK)
		*out = claims;
	else if (f->st == ST_OK)
		att_refuse(f, st, ATT_CHECK_FORM, "evidence that can be read", "%s", status_title(st));
	return st;
}

enum status att_verify(struct att_claims *out, uint32_t kind, const struct att_input *in,
    const struct att_reference *ref, const uint8_t report_data[static HASH_LEN], struct att_finding *f)
{
	struct att_input pinned = *in;
	struct att_claims claims;
	enum status st;

	if (kind != (uint32_t)ref->kind)
		return att_refuse(f, ST_ATT_FORMAT, ATT_CHECK_KIND, tee_name(ref->kind), "%s",
		    kind < TEE_KIND_COUNT_ ? tee_name((enum tee_kind)kind) : "another kind");
	pinned.root = ref->root;
	TRY(att_examine(&claims, ref->kind, &pinned, f));
	TRY(att_appraise(&claims, ref, report_data, in->now, NULL, f));
	*out = claims;
out:
	return st;
}

bool att_anchors_hold(const struct att_anchors *a, enum att_root root, const uint8_t pin[static ATT_PIN_LEN])
{
	for (size_t k = 0; a && k < a->n; k++)
		if (a->list[k].root == root && memcmp(a->list[k].pin, pin, ATT_PIN_LEN) == 0)
			return true;
	return false;
}
