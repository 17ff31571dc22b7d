/* Below the signature: the report against its certificate, bits that no policy can permit, and the claims. */
#include "leaf.h"

#include <inttypes.h>

enum { VMPL_MAX = 3 };

static bool has_bit(uint64_t bits, unsigned bit)
{
	return bits >> bit & 1;
}

static bool is_zero(const uint8_t *bytes, size_t len)
{
	uint8_t any = 0;

	for (size_t k = 0; k < len; k++)
		any |= bytes[k];
	return any == 0;
}

static enum status check_family(const struct snp_report *rep, const struct snp_product *p, struct att_finding *f)
{
	if (rep->version < 3 ||
	    rep->family == p->family) /* version 2 has no CPUID: the chain alone names the product */
		return ST_OK;
	return att_refuse(f, ST_ATT_PLATFORM, ATT_CHECK_PLATFORM_ID,
	    p->family == 0x19 ? "CPUID family 19h, as the certificates say"
			      : "CPUID family 1ah, as the certificates say",
	    "%02xh", rep->family);
}

/* A VLEK names no chip and its report must not. With a VCEK the report's chip id is the certificate's, or all zero where
 * the host masks it (SNP_CONFIG, MASK_CHIP_ID): then the signature alone says that it is this chip. */
static enum status check_chip(const struct snp_report *rep, const struct snp_leaf *leaf, struct att_finding *f)
{
	if (rep->key == SNP_KEY_VCEK && is_zero(rep->chip_id, SNP_CHIP_ID_LEN))
		return ST_OK;
	if (memcmp(rep->chip_id, leaf->chip_id, SNP_CHIP_ID_LEN) == 0)
		return ST_OK;
	return att_refuse_bytes(f, ST_ATT_PLATFORM, ATT_CHECK_PLATFORM_ID, "chip id",
	    slice_of(leaf->chip_id, SNP_CHIP_ID_LEN), slice_of(rep->chip_id, SNP_CHIP_ID_LEN));
}

static enum status get_tcb(uint8_t out[static SNP_TCB_COUNT], const struct snp_product *p, const uint8_t *raw,
    const char *which, struct att_finding *f)
{
	if (snp_tcb_decode(out, p, raw))
		return ST_OK;
	return att_refuse(f, ST_ATT_PLATFORM, ATT_CHECK_PLATFORM_ID, "zero in the reserved bytes of every TCB version",
	    "other bytes in the %s TCB", which);
}

/* The launch TCB, of the moment when the guest was launched or imported, is in no promised order to the others. */
static enum status check_tcb(const struct att_claims *c, const struct snp_leaf *leaf, struct att_finding *f)
{
	if (memcmp(c->snp_reported, leaf->tcb, SNP_TCB_COUNT) != 0)
		return att_refuse(f, ST_ATT_PLATFORM, ATT_CHECK_PLATFORM_ID,
		    "the reported TCB equal to the certificate's (FMC.boot loader.TEE.SNP.microcode)",
		    "reported %s, certified %s", snp_tcb_show(c->snp_reported).text, snp_tcb_show(leaf->tcb).text);
	if (!snp_tcb_at_most(c->snp_reported, c->snp_committed) || !snp_tcb_at_most(c->snp_committed, c->snp_current))
		return att_refuse(f, ST_ATT_PLATFORM, ATT_CHECK_ATTRIBUTES, "reported TCB <= committed <= current",
		    "%s, %s, %s", snp_tcb_show(c->snp_reported).text, snp_tcb_show(c->snp_committed).text,
		    snp_tcb_show(c->snp_current).text);
	return ST_OK;
}

/* Section 4.3: bit 17 is reserved and must be one, bits 63:26 must be zero. A bit that we do not know may permit anything. */
static enum status check_attributes(const struct snp_report *rep, struct att_finding *f)
{
	if (!has_bit(rep->policy, SNP_POLICY_ONE) || rep->policy >> SNP_POLICY_KNOWN)
		return att_refuse(f, ST_ATT_PLATFORM, ATT_CHECK_ATTRIBUTES,
		    "a guest policy with bit 17 set and bits 63:26 clear", "0x%" PRIx64, rep->policy);
	if (rep->vmpl > VMPL_MAX) /* 0xffffffff: asked for by the hypervisor, not by the guest */
		return att_refuse(f, ST_ATT_PLATFORM, ATT_CHECK_ATTRIBUTES, "VMPL 0 to 3", "0x%" PRIx32, rep->vmpl);
	if (!rep->author_key && !is_zero(rep->author_key_digest, 48))
		return att_refuse(
		    f, ST_ATT_PLATFORM, ATT_CHECK_ATTRIBUTES, "no author key digest without AUTHOR_KEY_EN", "one");
	return ST_OK;
}

static bool add_registers(struct att_claims *c, const struct snp_report *rep)
{
	uint8_t svn[4] = {(uint8_t)(rep->guest_svn >> 24), (uint8_t)(rep->guest_svn >> 16),
	    (uint8_t)(rep->guest_svn >> 8), (uint8_t)rep->guest_svn};

	return att_add_value(c, TEE_REG_MEASUREMENT, rep->measurement, 48) &&
	       att_add_value(c, TEE_REG_HOST_DATA, rep->host_data, 32) &&
	       att_add_value(c, TEE_REG_ID_KEY_DIGEST, rep->id_key_digest, 48) &&
	       att_add_value(c, TEE_REG_AUTHOR_KEY_DIGEST, rep->author_key_digest, 48) &&
	       att_add_value(c, TEE_REG_FAMILY_ID, rep->family_id, 16) &&
	       att_add_value(c, TEE_REG_IMAGE_ID, rep->image_id, 16) &&
	       att_add_value(c, TEE_REG_GUEST_SVN, svn, sizeof svn);
}

static void set_claims(struct att_claims *c, const struct snp_report *rep, const struct snp_product *p)
{
	memcpy(c->report_data, rep->report_data, HASH_LEN);
	c->report_data_len = HASH_LEN;
	c->attributes = rep->policy;
	c->platform = rep->platform;
	c->vmpl = rep->vmpl;
	c->vlek = rep->key == SNP_KEY_VLEK;
	c->migratable = has_bit(rep->policy, SNP_POLICY_MIGRATION);
	c->debug = has_bit(rep->policy, SNP_POLICY_DEBUG);
	c->tcb_status = TEE_STATUS_UP_TO_DATE;
	strncpy(c->product, p->name, sizeof c->product - 1);
	if (!is_zero(rep->chip_id, SNP_CHIP_ID_LEN)) {
		memcpy(c->instance, rep->chip_id, SNP_CHIP_ID_LEN);
		c->instance_len = SNP_CHIP_ID_LEN;
	}
}

enum status snp_judge(struct att_claims *out, const struct snp_report *rep, const struct snp_leaf *leaf,
    const struct snp_product *p, struct att_finding *f)
{
	struct att_claims c = *out;
	uint8_t launch[SNP_TCB_COUNT];
	enum status st;

	TRY(check_family(rep, p, f));
	TRY(check_chip(rep, leaf, f));
	TRY(get_tcb(c.snp_reported, p, rep->reported, "reported", f));
	TRY(get_tcb(c.snp_committed, p, rep->committed, "committed", f));
	TRY(get_tcb(c.snp_current, p, rep->current, "current", f));
	TRY(get_tcb(launch, p, rep->launch, "launch", f));
	TRY(check_tcb(&c, leaf, f));
	TRY(check_attributes(rep, f));
	set_claims(&c, rep, p);
	if (!add_registers(&c, rep))
		TRY(ST_BUG);
	*out = c;
out:
	return st;
}
