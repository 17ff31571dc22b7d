/*
 * Evidence of an AWS Nitro enclave: one ioctl on /dev/nsm. The attestation document carries the report data as user_data; nonce and
 * public_key are absent (docs/ATTESTATION.md, section 2).
 *
 *   evidence     the document is appended, as the NSM made it; unchanged unless ST_OK
 *   ST_TEE       no device, an error of the NSM, an answer that is not well-formed or is of other report data: *p says which
 *   ST_NO_MEMORY
 *
 * Source: aws-nitro-enclaves-nsm-api, docs/attestation_process.md, and linux/nsm.h (request ≤ 0x1000, response ≤ 0x3000 bytes).
 */
#ifndef PRODUCE_NITRO_H
#define PRODUCE_NITRO_H

#include "produce/device.h"

#define NSM_PATH "/dev/nsm"
enum { NSM_REQUEST_MAX = 0x1000, NSM_RESPONSE_MAX = 0x3000 };
struct nsm_part { /* struct nsm_iovec */
	uint64_t address, len;
};
struct nsm_message { /* struct nsm_raw; response.len: room there is, then bytes written */
	struct nsm_part request, response;
};
#define NSM_IOCTL 0xc0200a00ul /* _IOWR(0x0a, 0, struct nsm_message) */

MUST_USE enum status produce_nitro(struct buf *evidence, const struct device_calls *d,
    const uint8_t report_data[static REPORT_DATA_LEN], struct problem *p);

#endif
