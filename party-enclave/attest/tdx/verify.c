/*
 * Intel TDX: DCAP quotes of version 4 and 5 over a TD's report.
 */
#include "../dcap/dcap.h"
#include "report.h"

/* TUD, "TD under debug", is the low byte of ATTRIBUTES. Bit 0 is a claim, the others are reserved and break isolation in ways that
 * are not defined yet. */
static enum status check_attributes(const struct tdx_report *rep, struct att_finding *f)
{
	if (rep->td_attributes & TDX_TUD)
		return att_refuse(f, ST_ATT_PLATFORM, ATT_CHECK_ATTRIBUTES, "TDATTRIBUTES bits 1 to 7 clear", "%#llx",
		    (unsigned long long)rep->td_attributes);
	return ST_OK;
}

static bool claim_registers(struct att_claims *c, const struct tdx_report *rep)
{
	const struct {
		enum tee_register reg;
		const uint8_t *value;
	} registers[] = {
	    {TEE_REG_MRTD, rep->mr_td}, {TEE_REG_RTMR0, rep->rtmr[0]}, {TEE_REG_RTMR1, rep->rtmr[1]},
	    {TEE_REG_RTMR2, rep->rtmr[2]}, {TEE_REG_RTMR3, rep->rtmr[3]}, {TEE_REG_MRCONFIGID, rep->mr_config_id},
	    {TEE_REG_MROWNER, rep->mr_owner}, {TEE_REG_MROWNERCONFIG, rep->mr_owner_config},
	    {TEE_REG_MRSEAM, rep->mr_seam}, {TEE_REG_MRSERVICETD, rep->mr_service_td}, /* NULL before TDX 1.5 */
	};

	for (size_t i = 0; i < sizeof registers / sizeof registers[0]; i++)
		if (registers[i].value && !att_add_value(c, registers[i].reg, registers[i].value, TDX_MR_LEN))
			return false;
	return true;
}

static enum status claim(struct att_claims *c, const struct tdx_report *rep)
{
	memcpy(c->report_data, rep->report_data, sizeof c->report_data);
	c->report_data_len = sizeof c->report_data;
	c->debug = rep->td_attributes & TDX_DEBUG;
	c->migratable = rep->td_attributes & TDX_MIGRATABLE;
	c->attributes = rep->td_attributes;
	c->platform = rep->xfam;
	memcpy(c->tee_tcb_svn, rep->tee_tcb_svn, sizeof c->tee_tcb_svn);
	return claim_registers(c, rep) ? ST_OK : ST_BUG;
}

enum status tdx_verify(struct att_claims *out, const struct att_input *in, struct att_finding *f)
{
	struct dcap d = {.in = in, .claims = out, .f = f};
	struct tdx_report rep;
	enum status st;

	TRY(dcap_open(&d, TEE_TDX));
	TRY(tdx_report_parse(&rep, d.quote.body));
	TRY(dcap_authenticate(&d));
	TRY(dcap_judge_tcb(&d, &rep));
	TRY(check_attributes(&rep, f));
	TRY(claim(out, &rep));
out:
	dcap_clear(&d);
	return st;
}
