/*
 * SIGSTRUCT, the signed certificate of an SGX enclave (Intel SDM volume 3D, table 38-19): 1808 bytes, checked and read. MRENCLAVE itself
 * is a hash over the pages that Gramine's loader lays out (ECREATE, EADD, EEXTEND); which those are only Gramine's own signer knows, for its
 * own version, so the value is taken from what it has signed. Pure.
 */
#ifndef IMAGE_SGX_H
#define IMAGE_SGX_H

#include "base/slice.h"
#include "base/status.h"

enum { SIGSTRUCT_LEN = 1808 };
struct sgx_identity {
	uint8_t mrenclave[32], mrsigner[32];
	uint16_t isvprodid, isvsvn;
	bool debug_permitted; /* ATTRIBUTES.DEBUG is not forced to zero by the mask, or is one */
};
/* ST_TRUNCATED, ST_TRAILING, ST_FORMAT, ST_SIGNATURE, ST_NO_MEMORY. */
MUST_USE enum status sgx_sigstruct_read(struct sgx_identity *out, struct slice sigstruct);

#endif
