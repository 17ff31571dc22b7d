/*
 * TCB info, version 3: the levels that Intel publishes for one family of platforms (FMSPC) and one TEE. Form only: that it is
 * signed, fits and is valid now is select.c's. Source: Intel PCS API v4, "Get TCB Info" (TcbInfoV3).
 */
#ifndef ATTEST_DCAP_TCB_INFO_H
#define ATTEST_DCAP_TCB_INFO_H

#include "fields.h"
#include "pck.h"

enum { TCB_LEVELS_MAX = 64, TDX_MODULES_MAX = 8 };
struct tcb_level {
	uint8_t sgx[PCK_COMPONENTS], tdx[PCK_COMPONENTS];
	bool has_tdx;
	uint16_t pce_svn;
	enum tee_status status;
	struct slice advisories; /* as in struct svn_level */
};
struct tdx_module {
	uint8_t version; /* "TDX_%02X"; unused for the document's own `tdxModule`, which is version 0 */
	uint8_t mr_signer[48], attributes[8], attributes_mask[8];
	struct svn_levels levels; /* empty for `tdxModule` */
};
struct tcb_info {
	bool tdx;
	int64_t issued_s, next_s;
	uint8_t fmspc[6], pce_id[2];
	uint32_t evaluation;
	bool has_module;
	struct tdx_module module;
	size_t n_modules;
	struct tdx_module modules[TDX_MODULES_MAX];
	size_t n_levels;
	struct tcb_level
	    levels[TCB_LEVELS_MAX]; /* descending: SGX components, PCESVN, TDX components; as QVL sorts them */
};
/* `text`: exactly the object that the signature covers; slices borrow from it. About 10 KiB of storage, the caller's.
 * ST_UNSUPPORTED: another version, TEE or tcbType; ST_FORMAT and the cursor's others. */
MUST_USE enum status tcb_info_parse(struct tcb_info *out, struct slice text);

#endif
