/*
 * The SGX extension of a PCK certificate: which platform it is and at which TCB its key was certified. The SVNs to compare with
 * TCB info are these, not the opaque CPUSVN of a report. Source: Intel SGX PCK Certificate and CRL Profile, section 1.3.5.
 */
#ifndef ATTEST_DCAP_PCK_H
#define ATTEST_DCAP_PCK_H

#include "base/slice.h"
#include "base/status.h"

#define PCK_EXTENSION_OID "1.2.840.113741.1.13.1"
enum { PCK_COMPONENTS = 16 };
struct pck {
	uint8_t ppid[16];
	uint8_t svn[PCK_COMPONENTS];
	uint16_t pce_svn;
	uint8_t cpu_svn[16];
	uint8_t pce_id[2], fmspc[6]; /* as encoded */
};
/* The content of the extension: DER, entries in any order, none twice; unknown ones below 1.2.840.113741.1.13.1 are well-formed and ignored.
 * ST_TRUNCATED, ST_TRAILING, ST_FORMAT, ST_DUPLICATE. */
MUST_USE enum status pck_parse(struct pck *out, struct slice extension);

#endif
