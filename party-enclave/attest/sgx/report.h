/*
 * The SGX report body, 384 bytes: what EREPORT states about an enclave. In a quote it describes the application's enclave
 * (SGX) and always the quoting enclave. Every byte is covered by a signature before it is believed.
 * Source: Intel SDM volume 3D, section 38.15 (REPORT); Quote Generation Reference, appendix A.
 */
#ifndef ATTEST_SGX_REPORT_H
#define ATTEST_SGX_REPORT_H

#include "base/slice.h"
#include "base/status.h"

enum { SGX_REPORT_LEN = 384 };
enum sgx_attribute { /* of `flags` */
	SGX_INIT = 1 << 0,
	SGX_DEBUG = 1 << 1,
	SGX_MODE64 = 1 << 2,
	SGX_PROVISION_KEY = 1 << 4,
	SGX_EINITTOKEN_KEY = 1 << 5,
};
struct sgx_report { /* pointers borrow from the body */
	const uint8_t *miscselect; /* 4 */
	const uint8_t *attributes; /* 16: flags, then XFRM, both little endian */
	uint64_t flags, xfrm;
	const uint8_t *mrenclave, *mrsigner; /* 32 each */
	const uint8_t *config_id; /* 64 */
	uint16_t isv_prod_id, isv_svn, config_svn;
	const uint8_t *report_data; /* 64 */
};
/* body: exactly SGX_REPORT_LEN bytes, else ST_TRUNCATED or ST_TRAILING. */
MUST_USE enum status sgx_report_parse(struct sgx_report *out, struct slice body);

#endif
