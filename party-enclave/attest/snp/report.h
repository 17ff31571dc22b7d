/*
 * The attestation report of SEV-SNP firmware, ATTESTATION_REPORT (AMD 56860, section 7.3): 1184 bytes, integers little
 * endian. Versions 2 to 5 differ in what was reserved before: version 3 adds CPUID, version 5 the mitigation vectors. What
 * is reserved must be zero; bits of PLATFORM_INFO that we do not know are kept, since firmware adds facts there.
 */
#ifndef ATTEST_SNP_REPORT_H
#define ATTEST_SNP_REPORT_H

#include "product.h"

enum {
	SNP_REPORT_LEN = 0x4a0,
	SNP_SIGNED_LEN = 0x2a0,
	SNP_SIGNATURE_LEN = 96, /* r || s of P-384, big endian */
};
enum snp_key { SNP_KEY_VCEK = 0, SNP_KEY_VLEK = 1, SNP_KEY_NONE = 7 };
enum snp_policy { /* guest policy bits (section 4.3) */
	SNP_POLICY_SMT = 16,
	SNP_POLICY_ONE = 17, /* reserved, must be one */
	SNP_POLICY_MIGRATION = 18,
	SNP_POLICY_DEBUG = 19,
	SNP_POLICY_KNOWN = 26, /* from this bit on reserved, must be zero */
};

struct snp_firmware {
	uint8_t build, minor, major;
};
struct snp_report { /* pointers borrow from the evidence; lengths are the format's */
	uint32_t version, guest_svn;
	uint64_t policy;
	const uint8_t *family_id, *image_id; /* 16 */
	uint32_t vmpl;
	uint64_t platform;
	enum snp_key key; /* which key signed */
	bool author_key, mask_chip_key;
	const uint8_t *report_data; /* 64 */
	const uint8_t *measurement; /* 48 */
	const uint8_t *host_data; /* 32 */
	const uint8_t *id_key_digest, *author_key_digest; /* 48 */
	const uint8_t *report_id, *report_id_ma; /* 32 */
	uint8_t family, model, stepping; /* CPUID, 0 in version 2 */
	const uint8_t *chip_id; /* 64 */
	const uint8_t *current, *reported, *committed, *launch; /* TCB_VERSION, 8 */
	struct snp_firmware current_firmware, committed_firmware;
	uint64_t launch_mitigations, current_mitigations; /* 0 before version 5 */
	uint8_t signature[SNP_SIGNATURE_LEN];
	struct slice signed_part;
};

/* Form alone: nothing in it is believed yet. ST_OK, or ST_ATT_FORMAT with the finding. */
MUST_USE enum status snp_report_parse(struct snp_report *out, struct slice evidence, struct att_finding *f);

#endif
