/*
 * Which published level a platform is at, and one status out of the statuses of its parts. Pure comparisons over parsed documents.
 * Source: the rules of Intel's Quote Verification Library (TcbLevelCheck, TdxModuleCheck, TDRelaunchCheck).
 */
#ifndef ATTEST_DCAP_LEVEL_H
#define ATTEST_DCAP_LEVEL_H

#include "../tdx/report.h"
#include "tcb_info.h"

struct tcb_match {
	const struct tcb_level *sgx; /* the first whose SGX components and PCESVN the platform reaches */
	const struct tcb_level *all; /* the first for which TEE_TCB_SVN reaches the TDX components too; sgx: the same */
};
/* tee_tcb_svn: 16 bytes for TDX, NULL for SGX. When TEE_TCB_SVN[1] > 0 the module has a version and identities of its own, and
 * components 0 and 1 do not count. A part that no level has is NULL. */
struct tcb_match tcb_level_match(const struct tcb_info *info, const struct pck *pck, const uint8_t *tee_tcb_svn);

/* The identity of a module version; version 0 is the document's `tdxModule`. NULL when there is none. */
const struct tdx_module *tdx_module_of(const struct tcb_info *info, uint8_t version);

/* The platform's status when a part of it (TDX module, quoting enclave) is at `part`. */
enum tee_status tcb_converge(enum tee_status platform, enum tee_status part);

/* TDX 1.5 tells the TCB at the TD's launch from that of the module that runs now. When only the launch was out of date,
 * a relaunch is what is advised: the status, given the one without this rule. Written only when ST_OK; ST_ATT_TCB when the running
 * module's version is not published. */
struct tdx_relaunch {
	enum tee_status platform; /* of tcb_match.sgx */
	enum tee_status module, qe;
};
MUST_USE enum status tdx_relaunch(enum tee_status *status, const struct tcb_info *info,
    const struct tdx_relaunch *parts, const uint8_t tee_tcb_svn_2[static 16]);

#endif
