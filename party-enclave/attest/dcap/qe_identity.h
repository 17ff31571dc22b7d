/*
 * QE identity, version 2: which enclave of Intel's may sign quotes, and at which SVN. Form only, as tcb_info.h.
 * Source: Intel PCS API v4, "Get Enclave Identity" (EnclaveIdentityV2).
 */
#ifndef ATTEST_DCAP_QE_IDENTITY_H
#define ATTEST_DCAP_QE_IDENTITY_H

#include "../sgx/report.h"
#include "fields.h"

struct qe_identity {
	bool tdx; /* id "TD_QE", else "QE" */
	int64_t issued_s, next_s;
	uint32_t evaluation;
	uint8_t miscselect[4], miscselect_mask[4], attributes[16], attributes_mask[16], mr_signer[32];
	uint16_t isv_prod_id;
	struct svn_levels levels;
};
/* As tcb_info_parse(). ST_UNSUPPORTED: another version or enclave (QVE, QAE). */
MUST_USE enum status qe_identity_parse(struct qe_identity *out, struct slice text);

/* MRSIGNER, ISVPRODID, and MISCSELECT and ATTRIBUTES under their masks are the report's. NULL, or the name of the first
 * field that differs. */
const char *qe_identity_differs(const struct qe_identity *id, const struct sgx_report *qe);

#endif
