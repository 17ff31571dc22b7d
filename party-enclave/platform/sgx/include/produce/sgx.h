/*
 * Evidence of an Intel SGX enclave under Gramine: three pseudo-files in /dev/attestation. A DCAP quote over the report data
 * (docs/ATTESTATION.md, section 3).
 *
 *   evidence     the quote is appended; unchanged unless ST_OK
 *   ST_TEE       not under Gramine, not set up for DCAP, a quote that is too short or long or of other report data: *p says which
 *   ST_NO_MEMORY
 *
 * Source: Gramine documentation, "Attestation and Secret Provisioning", section on /dev/attestation.
 */
#ifndef PRODUCE_SGX_H
#define PRODUCE_SGX_H

#include "produce/device.h"

#define GRAMINE_TYPE "/dev/attestation/attestation_type"
#define GRAMINE_REPORT_DATA "/dev/attestation/user_report_data"
#define GRAMINE_QUOTE "/dev/attestation/quote"
enum { SGX_QUOTE_MIN = 432 + 4, SGX_QUOTE_MAX = 16384 };

MUST_USE enum status produce_sgx(struct buf *evidence, const struct device_calls *d,
    const uint8_t report_data[static REPORT_DATA_LEN], struct problem *p);

#endif
