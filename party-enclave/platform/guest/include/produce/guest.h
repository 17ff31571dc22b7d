/*
 * Evidence of a confidential guest. The kernel says which TEE it is: Intel TDX gives a quote, AMD SEV-SNP a report. Through
 * configfs-tsm (Linux 6.7 and later), else through /dev/sev-guest (docs/ATTESTATION.md, sections 4 and 5).
 *
 *   kind         TEE_TDX or TEE_SNP
 *   evidence     quote or report is appended, as the kernel gave it
 *   table        SNP: the certificate table that the host attached is appended, checked for form; nothing when there is none
 *   all three are unchanged unless ST_OK
 *   ST_TEE       no such device, an unknown provider, somebody else's request in between again and again, an answer that is
 *                not well-formed or is of other report data: *p says which
 *   ST_NO_MEMORY
 */
#ifndef PRODUCE_GUEST_H
#define PRODUCE_GUEST_H

#include "base/tee.h"
#include "produce/device.h"

#define TSM_REPORTS "/sys/kernel/config/tsm/report"
#define SEV_GUEST_PATH "/dev/sev-guest"
enum { TDX_QUOTE_MAX = 32768, SNP_REPORT_LEN = 1184, GUEST_TABLE_MAX = 0x4000 };

MUST_USE enum status produce_guest(enum tee_kind *kind, struct buf *evidence, struct buf *table,
    const struct device_calls *d, const uint8_t report_data[static REPORT_DATA_LEN], struct problem *p);

/* Certificates out of an SNP table; slices borrow from it; empty: not in the table. DER or PEM, as the host put it. */
struct guest_certificates {
	struct slice vcek, vlek, ask, ark, crl;
};
/* ST_FORMAT: no terminating entry, an entry outside the table or over its head, a kind twice. An empty table is fine. */
MUST_USE enum status guest_certificates_parse(struct guest_certificates *out, struct slice table);

/* ---- linux/sev-guest.h, for the device's double ---- */
struct sev_request { /* struct snp_guest_request_ioctl */
	uint8_t message_version; /* 1 */
	uint64_t request, response; /* addresses */
	uint64_t firmware_and_vmm_error; /* low half: firmware, high half: hypervisor */
};
struct sev_report_request {
	uint8_t user_data[64];
	uint32_t vmpl;
	uint8_t reserved[28];
};
struct sev_extended_request {
	struct sev_report_request data;
	uint64_t certificates; /* address */
	uint32_t certificates_len; /* a multiple of 4096; needed length when it was too small */
};
struct sev_report_response {
	uint8_t data[4000]; /* u32 status, u32 size, 24 reserved, the report */
};
#define SEV_GET_REPORT 0xc0205300ul /* _IOWR('S', 0, struct sev_request) */
#define SEV_GET_EXTENDED_REPORT 0xc0205302ul /* _IOWR('S', 2, struct sev_request) */
enum { SEV_VMM_INVALID_LENGTH = 1, SEV_VMM_BUSY = 2 };

#endif
