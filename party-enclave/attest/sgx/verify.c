/*
 * Intel SGX: DCAP quotes of version 3 (and 4, 5) over an enclave's report.
 */
#include "../dcap/dcap.h"
#include "report.h"

/* INIT is what makes it an enclave at all. The two provisioning keys are for Intel's own and launch enclaves; no application of
 * ours has a use for them. DEBUG is a claim: the policy may opt in by name. */
static enum status check_attributes(const struct sgx_report *rep, struct att_finding *f)
{
	if (!(rep->flags & SGX_INIT))
		return att_refuse(f, ST_ATT_PLATFORM, ATT_CHECK_ATTRIBUTES, "an initialised enclave",
		    "ATTRIBUTES %#llx without INIT", (unsigned long long)rep->flags);
	if (rep->flags & (SGX_PROVISION_KEY | SGX_EINITTOKEN_KEY))
		return att_refuse(f, ST_ATT_PLATFORM, ATT_CHECK_ATTRIBUTES, "no access to provisioning or launch keys",
		    "ATTRIBUTES %#llx", (unsigned long long)rep->flags);
	return ST_OK;
}

static bool add_u16(struct att_claims *c, enum tee_register reg, uint16_t v)
{
	const uint8_t big_endian[2] = {(uint8_t)(v >> 8), (uint8_t)v};

	return att_add_value(c, reg, big_endian, sizeof big_endian);
}

static enum status claim(struct att_claims *c, const struct sgx_report *rep)
{
	bool ok = att_add_value(c, TEE_REG_MRENCLAVE, rep->mrenclave, 32) &&
		  att_add_value(c, TEE_REG_MRSIGNER, rep->mrsigner, 32) &&
		  add_u16(c, TEE_REG_ISVPRODID, rep->isv_prod_id) && add_u16(c, TEE_REG_ISVSVN, rep->isv_svn) &&
		  att_add_value(c, TEE_REG_CONFIGID, rep->config_id, 64) &&
		  add_u16(c, TEE_REG_CONFIGSVN, rep->config_svn);

	memcpy(c->report_data, rep->report_data, sizeof c->report_data);
	c->report_data_len = sizeof c->report_data;
	c->debug = rep->flags & SGX_DEBUG;
	c->attributes = rep->flags;
	c->platform = rep->xfrm;
	return ok ? ST_OK : ST_BUG;
}

enum status sgx_verify(struct att_claims *out, const struct att_input *in, struct att_finding *f)
{
	struct dcap d = {.in = in, .claims = out, .f = f};
	struct sgx_report rep;
	enum status st;

	TRY(dcap_open(&d, TEE_SGX));
	TRY(sgx_report_parse(&rep, d.quote.body));
	TRY(dcap_authenticate(&d));
	TRY(dcap_judge_tcb(&d, NULL));
	TRY(check_attributes(&rep, f));
	TRY(claim(out, &rep));
out:
	dcap_clear(&d);
	return st;
}
