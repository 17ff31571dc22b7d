/*
 * The TD report body: 584 bytes (TDX 1.0) or 648 (TDX 1.5, quote v5 body type 3). Covered by the quote's signature.
 * Source: Intel TDX DCAP Quoting Library API, appendix 3; TDX Module Base Specification (TDREPORT, ATTRIBUTES).
 */
#ifndef ATTEST_TDX_REPORT_H
#define ATTEST_TDX_REPORT_H

#include "base/slice.h"
#include "base/status.h"

enum { TD10_REPORT_LEN = 584, TD15_REPORT_LEN = 648, TDX_MR_LEN = 48 };
#define TDX_DEBUG (UINT64_C(1) << 0)
#define TDX_TUD UINT64_C(0xfe) /* the other bits of "TD under debug": reserved, must be 0 */
#define TDX_MIGRATABLE (UINT64_C(1) << 29)

struct tdx_report { /* pointers borrow from the body */
	const uint8_t *tee_tcb_svn; /* 16: [0] module SVN, [1] module version, [2] SEAM loader */
	const uint8_t *mr_seam, *mr_signer_seam;
	const uint8_t *seam_attributes; /* 8 */
	uint64_t td_attributes, xfam;
	const uint8_t *mr_td, *mr_config_id, *mr_owner, *mr_owner_config;
	const uint8_t *rtmr[4];
	const uint8_t *report_data; /* 64 */
	const uint8_t *tee_tcb_svn_2; /* TDX 1.5: of the module that runs now, else NULL */
	const uint8_t *mr_service_td; /* TDX 1.5, else NULL */
};
/* body: exactly one of the two lengths, else ST_TRUNCATED or ST_TRAILING. */
MUST_USE enum status tdx_report_parse(struct tdx_report *out, struct slice body);

#endif
