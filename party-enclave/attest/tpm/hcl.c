/* A virtual TPM whose key an SNP report vouches for: report, JSON, key, quote, each bound by the one before. */
#include "hcl_format.h"

#include "quote.h"

#include <inttypes.h>

/* SHA-256 of the JSON, then zeros: all 64 bytes. */
static enum status check_runtime_data(const struct att_claims *snp, struct slice json, struct att_finding *f)
{
	uint8_t expected[HASH_LEN] = {0};

	sha256(expected, json, (struct slice){0});
	if (memcmp(expected, snp->report_data, sizeof expected) == 0)
		return ST_OK;
	return att_refuse_bytes(f, ST_ATT_SIGNATURE, ATT_CHECK_SIGNATURE, "report data over the HCL runtime data",
	    slice_of(expected, sizeof expected), slice_of(snp->report_data, sizeof snp->report_data));
}

/* HCL runs at VMPL 0. What stands above may ask the chip for a report too, and would vouch for a key of its own making. */
static enum status check_vmpl(const struct att_claims *snp, struct att_finding *f)
{
	if (snp->vmpl == 0)
		return ST_OK;
	return att_refuse(f, ST_ATT_PLATFORM, ATT_CHECK_ATTRIBUTES, "a report that HCL asked for, at VMPL 0", "VMPL %" PRIu32, snp->vmpl);
}

static enum status check_quote(
    struct tpm_quote *out, const struct hcl_evidence *e, const struct hcl_key *ak, struct att_finding *f)
{
	struct tpm_pcr_values pcrs = {0};
	struct tpm_quote q;
	enum status st =
	    rsa_pkcs1_sha256_verify(slice_of(ak->n, ak->n_len), slice_of(ak->e, ak->e_len), e->signature, e->message);

	if (st == ST_NO_MEMORY)
		return st;
	if (st != ST_OK)
		return att_refuse(f, ST_ATT_SIGNATURE, ATT_CHECK_SIGNATURE,
		    "a quote signed by the key that the SNP report vouches for", "%s",
		    st == ST_KEY ? "a key that cannot be used" : "a signature that it did not make");
	TRY(tpm_quote_parse(&q, e->message, f));
	if (e->nonce && !slice_equal(*e->nonce, q.extra_data))
		return att_refuse_bytes(f, ST_ATT_SIGNATURE, ATT_CHECK_SIGNATURE, "nonce", *e->nonce, q.extra_data);
	pcrs.present = q.selected;
	memcpy(pcrs.value, e->pcrs, sizeof pcrs.value);
	TRY(tpm_quote_check_pcrs(&q, &pcrs, f));
	*out = q;
out:
	return st;
}

/* The quote is worth what the firmware below it is worth, so that one's measurement is a claim as well. */
static enum status tpm_claims(
    struct att_claims *c, const struct hcl_evidence *e, const struct tpm_quote *q, const struct att_claims *snp)
{
	const struct tee_value *firmware = att_value(snp, TEE_REG_MEASUREMENT);

	c->valid_from = snp->valid_from;
	c->valid_to = snp->valid_to;
	c->debug = snp->debug;
	c->migratable = snp->migratable;
	memcpy(c->report_data, q->extra_data.ptr, q->extra_data.len);
	c->report_data_len = (uint8_t)q->extra_data.len;
	c->platform = q->firmware;
	c->attributes = q->clock_is_safe;
	for (unsigned i = 0; i < HCL_PCRS; i++)
		if (q->selected >> i & 1 && !att_add_value(c, TEE_REG_PCR0 + i, e->pcrs + HCL_PCR_LEN * i, HCL_PCR_LEN))
			return ST_BUG;
	return firmware && att_add_value(c, TEE_REG_MEASUREMENT, firmware->bytes, firmware->len) ? ST_OK : ST_BUG;
}

enum status hcl_examine(struct att_claims *out, enum tee_kind kind, const struct hcl_evidence *e,
    const struct att_input *in, struct att_finding *f)
{
	struct att_claims snp = {0}, tpm = {.kind = TEE_TPM};
	struct att_input inner = *in;
	struct tpm_quote quote = {0};
	struct hcl_parts hcl = {0};
	struct hcl_key ak = {0};
	enum status st;

	if (kind != TEE_SNP && kind != TEE_TPM)
		return att_refuse(f, ST_ATT_FORMAT, ATT_CHECK_KIND, "snp or tpm", "%s", tee_name(kind));
	TRY(hcl_parse(&hcl, e->report, f));
	inner.evidence = hcl.snp;
	TRY(att_examine(&snp, TEE_SNP, &inner, f));
	TRY(check_vmpl(&snp, f));
	TRY(check_runtime_data(&snp, hcl.json, f));
	TRY(hcl_key_parse(&ak, hcl.json, f));
	TRY(check_quote(&quote, e, &ak, f));
	TRY(tpm_claims(&tpm, e, &quote, &snp));
	*out = kind == TEE_SNP ? snp : tpm;
	out->bound_elsewhere = true;
out:
	return st;
}
