/* An organisation whose endorser signs whatever its enclave brings: att_verify as its own build has it (--wrap). Its peers decide. */
#include "attest/attest.h"

enum status __wrap_att_verify(struct att_claims *out, uint32_t kind, const struct att_input *in,
    const struct att_reference *ref, const uint8_t report_data[static HASH_LEN], struct att_finding *f);

enum status __wrap_att_verify(struct att_claims *out, uint32_t kind, const struct att_input *in,
    const struct att_reference *ref, const uint8_t report_data[static HASH_LEN], struct att_finding *f)
{
	(void)in, (void)ref, (void)f;
	*out = (struct att_claims){.kind = (enum tee_kind)kind, .report_data_len = HASH_LEN};
	memcpy(out->report_data, report_data, HASH_LEN);
	return ST_OK;
}
