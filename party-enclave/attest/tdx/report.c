#include "report.h"

#include "base/reader.h"

enum status tdx_report_parse(struct tdx_report *out, struct slice body)
{
	struct reader r = {.rest = body};
	struct tdx_report rep = {0};
	enum status st;

	rep.tee_tcb_svn = rd_bytes(&r, 16);
	rep.mr_seam = rd_bytes(&r, TDX_MR_LEN);
	rep.mr_signer_seam = rd_bytes(&r, TDX_MR_LEN);
	rep.seam_attributes = rd_bytes(&r, 8);
	rep.td_attributes = rd_u64le(&r);
	rep.xfam = rd_u64le(&r);
	rep.mr_td = rd_bytes(&r, TDX_MR_LEN);
	rep.mr_config_id = rd_bytes(&r, TDX_MR_LEN);
	rep.mr_owner = rd_bytes(&r, TDX_MR_LEN);
	rep.mr_owner_config = rd_bytes(&r, TDX_MR_LEN);
	for (size_t i = 0; i < 4; i++)
		rep.rtmr[i] = rd_bytes(&r, TDX_MR_LEN);
	rep.report_data = rd_bytes(&r, 64);
	if (body.len > TD10_REPORT_LEN) {
		rep.tee_tcb_svn_2 = rd_bytes(&r, 16);
		rep.mr_service_td = rd_bytes(&r, TDX_MR_LEN);
	}
	TRY(rd_end(&r));
	*out = rep;
out:
	return st;
}
