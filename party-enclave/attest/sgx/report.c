#include "report.h"

#include "base/reader.h"

enum status sgx_report_parse(struct sgx_report *out, struct slice body)
{
	struct reader r = {.rest = body};
	struct sgx_report rep = {0};
	enum status st;

	rd_bytes(&r, 16); /* CPUSVN: opaque; the components to compare are in the PCK certificate */
	rep.miscselect = rd_bytes(&r, 4);
	rd_bytes(&r, 12 + 16); /* reserved, ISVEXTPRODID */
	rep.attributes = rd_bytes(&r, 16);
	rep.mrenclave = rd_bytes(&r, 32);
	rd_bytes(&r, 32);
	rep.mrsigner = rd_bytes(&r, 32);
	rd_bytes(&r, 32);
	rep.config_id = rd_bytes(&r, 64);
	rep.isv_prod_id = rd_u16le(&r);
	rep.isv_svn = rd_u16le(&r);
	rep.config_svn = rd_u16le(&r);
	rd_bytes(&r, 42 + 16); /* reserved, ISVFAMILYID */
	rep.report_data = rd_bytes(&r, 64);
	TRY(rd_end(&r));
	struct reader bits = {.rest = slice_of(rep.attributes, 16)};
	rep.flags = rd_u64le(&bits);
	rep.xfrm = rd_u64le(&bits);
	*out = rep;
out:
	return st;
}
