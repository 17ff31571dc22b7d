/*
 * Evidence of a confidential VM of Azure (docs/ATTESTATION.md, section 6.2). A guest there cannot ask the chip for a report over data of its own: the
 * firmware below it (host compatibility layer, HCL) took one report at boot, over the hash of a JSON text that holds the public attestation key of the
 * guest's virtual TPM, and that TPM quotes for the guest. So one document chains AMD's root → report → key → quote → nonce and PCRs.
 *
 *   HCL report = header 32 | SNP report 1184 | header 20 | JSON | zeros
 *
 * For `parley evidence verify`: a session never takes it as evidence, since 64 bytes of report data do not fit a vTPM's nonce the way ours do, and the
 * target attest_hcl is no part of the enclave. Pure; signature checks allocate.
 */
#ifndef ATTEST_HCL_H
#define ATTEST_HCL_H

#include "attest/attest.h"

enum { HCL_REPORT_MAX = 16384, HCL_PCRS = 24, HCL_PCR_LEN = 32 };
struct hcl_evidence { /* all borrowed, all hostile */
	struct slice report; /* the HCL report, as in the vTPM's NV index 0x01400001 */
	struct slice message, signature; /* the quote: TPMS_ATTEST, and RSASSA-PKCS1v15 with SHA-256 over it */
	const uint8_t *pcrs; /* 24 times 32 bytes: PCR 0 to 23 of the SHA-256 bank; those that the quote selects count */
	const struct slice *nonce; /* what the quote's extraData must be; NULL: not asked for */
};
/*
 * kind TEE_SNP: the claims are the SNP report's, its report data the hash of the JSON. kind TEE_TPM: PCRs and firmware of the quote, report data its extraData,
 * and of the SNP report its measurement (of the firmware that made the virtual TPM: without a known one the PCRs are anybody's), debug and migratable.
 * Everything is checked either way. `in` as for att_examine, its evidence and root are not looked at. Claims say bound_elsewhere: never of a session.
 * First failed check, in this order: ST_ATT_FORMAT (HCL report, then SNP report); those of att_examine for the SNP report; ST_ATT_PLATFORM (a report
 * of another VMPL than 0: not HCL's); ST_ATT_SIGNATURE
 * (JSON is not the report's; quote is not the key's; other PCRs; other nonce), ST_ATT_FORMAT (JSON, quote); ST_NO_MEMORY.
 */
MUST_USE enum status hcl_examine(struct att_claims *out, enum tee_kind kind, const struct hcl_evidence *e,
    const struct att_input *in, struct att_finding *f);

/* The SNP report inside, borrowed; for people and for `evidence show`. ST_ATT_FORMAT with the finding. */
MUST_USE enum status hcl_snp_report(struct slice *out, struct slice hcl_report, struct att_finding *f);

#endif
