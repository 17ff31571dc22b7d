/* What a document claims, once it is known whose it is. */
#include "format.h"

static bool is_zero(const uint8_t *pcr)
{
	static const uint8_t zeros[NITRO_PCR_LEN];

	return memcmp(pcr, zeros, sizeof zeros) == 0;
}

/* PCR0, 1 and 2 are zero in debug mode, all three, and there is no other sign of it. */
static enum status check_debug(struct att_claims *out, const struct nitro_document *doc, struct att_finding *f)
{
	unsigned zeros = 0;

	for (unsigned i = 0; i < 3; i++)
		zeros += is_zero(doc->pcr[i]);
	out->debug = zeros == 3;
	if (zeros == 0 || zeros == 3)
		return ST_OK;
	return att_refuse(f, ST_ATT_PLATFORM, ATT_CHECK_ATTRIBUTES,
	    "PCR0, 1 and 2 all measured, or all zero in debug mode", "%u of them zero", zeros);
}

/* User data of another length binds nothing of ours; what fits is kept for people to see. */
static void take_report_data(struct att_claims *out, const struct nitro_document *doc)
{
	struct slice data = doc->user_data.bytes;

	if (data.len)
		memcpy(out->report_data, data.ptr, data.len < HASH_LEN ? data.len : HASH_LEN);
	out->report_data_len = data.len > UINT8_MAX ? UINT8_MAX : (uint8_t)data.len;
	out->bound_elsewhere = doc->nonce.presence == NITRO_BYTES || doc->public_key.presence == NITRO_BYTES;
}

enum status nitro_claims(struct att_claims *out, const struct nitro_document *doc, struct att_finding *f)
{
	enum status st;

	TRY(check_debug(out, doc, f));
	for (unsigned i = 0; i < NITRO_PCRS; i++)
		if (doc->pcrs >> i & 1 && !att_add_value(out, TEE_REG_PCR0 + i, doc->pcr[i], NITRO_PCR_LEN))
			return att_refuse(f, ST_ATT_FORMAT, ATT_CHECK_FORM, "at most 32 PCRs", "more");
	take_report_data(out, doc);
	out->instance_len = (uint8_t)doc->module_id.len;
	memcpy(out->instance, doc->module_id.ptr, doc->module_id.len);
	out->has_issued = true;
	out->issued_s = (int64_t)(doc->timestamp_ms / 1000);
	out->tcb_status = TEE_STATUS_UP_TO_DATE;
out:
	return st;
}
