/*
 * SEV-SNP evidence: the report as firmware gave it to the guest, with the certificates in the collateral. The order is
 * docs/ATTESTATION.md, section 5: form, chain to the pinned ARK at T, signature by the leaf, and only then what it says.
 */
#include "chain.h"
#include "leaf.h"

#include "../verifier.h"

static bool find_extension(const void *ctx, const char *oid, struct slice *value)
{
	bool critical;

	return x509_extension(ctx, oid, value, &critical);
}

/* SIGNING_KEY and MASK_CHIP_KEY (AMD 56860 sections 3.6 and 7.3): a report under a masked VCEK is not signed at all. */
static enum status check_signing_key(const struct snp_report *rep, struct att_finding *f)
{
	static const char expected[] = "a report signed by a VCEK (0) or VLEK (1)";

	if (rep->key == SNP_KEY_VLEK || (rep->key == SNP_KEY_VCEK && !rep->mask_chip_key))
		return ST_OK;
	if (rep->key == SNP_KEY_VCEK)
		return att_refuse(
		    f, ST_ATT_SIGNATURE, ATT_CHECK_SIGNATURE, expected, "MASK_CHIP_KEY: the VCEK does not sign");
	return att_refuse(f, ST_ATT_SIGNATURE, ATT_CHECK_SIGNATURE, expected, "signing key %d", (int)rep->key);
}

/* Does this certificate speak of this report's chip and TCB? For the words of a refusal only. */
static bool leaf_fits(const struct snp_report *rep, const struct snp_chain *chain)
{
	struct snp_extensions ext = {chain->leaf, find_extension};
	struct att_finding unused = {0};
	struct att_claims claims = {0};
	struct snp_leaf leaf;

	return snp_leaf_read(&leaf, chain->product, rep->key, ext, &unused) == ST_OK &&
	       snp_judge(&claims, rep, &leaf, chain->product, &unused) == ST_OK;
}

static enum status check_signature(const struct snp_report *rep, const struct snp_chain *chain, struct att_finding *f)
{
	enum status st = x509_verify_raw(chain->leaf, slice_of(rep->signature, SNP_SIGNATURE_LEN), rep->signed_part);

	if (st == ST_OK || st == ST_NO_MEMORY)
		return st;
	return att_refuse(f, ST_ATT_SIGNATURE, ATT_CHECK_SIGNATURE, "the report signed by its VCEK or VLEK",
	    leaf_fits(rep, chain)
		? "a signature that this key did not make"
		: "a signature that this key did not make; the certificate is of another chip or TCB");
}

static void narrow(struct att_claims *c, const struct x509 *certificate)
{
	att_window(c, x509_facts(certificate)->not_before, x509_facts(certificate)->not_after);
}

static enum status verify_with(struct att_claims *out, const struct snp_report *rep, const struct snp_bag *bag,
    const struct att_input *in, struct att_finding *f)
{
	struct att_claims claims = *out;
	struct snp_chain chain;
	struct snp_leaf leaf;
	enum status st;

	TRY(snp_chain_find(&chain, bag, rep, in, f));
	TRY(check_signature(rep, &chain, f));
	TRY(snp_leaf_read(&leaf, chain.product, rep->key, (struct snp_extensions){chain.leaf, find_extension}, f));
	TRY(snp_judge(&claims, rep, &leaf, chain.product, f));
	narrow(&claims, chain.root);
	narrow(&claims, chain.signer);
	narrow(&claims, chain.leaf);
	*out = claims;
out:
	return st;
}

enum status snp_verify(struct att_claims *out, const struct att_input *in, struct att_finding *f)
{
	struct snp_report rep;
	struct snp_bag bag = {0};
	enum status st;

	TRY(snp_report_parse(&rep, in->evidence, f));
	TRY(check_signing_key(&rep, f));
	TRY(snp_bag_open(&bag, in->collateral, f));
	TRY(verify_with(out, &rep, &bag, in, f));
out:
	snp_bag_clear(&bag);
	return st;
}
