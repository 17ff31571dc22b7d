/*
 * What AMD certifies of a VCEK (one chip at one TCB) or VLEK (one cloud at one TCB): the private extensions
 * 1.3.6.1.4.1.3704.1.* of the leaf certificate (AMD 57230, section 3.1). Each value is DER inside extnValue, except hwID, which is raw:
 * 64 bytes, 8 on Turin.
 *
 *   .1 structVersion INTEGER     .2 productName IA5String     .3.1 boot loader  .3.2 TEE  .3.3 SNP  .3.8 microcode INTEGER
 *   .3.9 FMC INTEGER (Turin)     .3.4 to .3.7 spl4..7         .4 hwID (VCEK)    .5 CSP id IA5String (VLEK)
 *
 * Extensions come through a function, so that tests and fuzzers need no signed certificate.
 */
#ifndef ATTEST_SNP_LEAF_H
#define ATTEST_SNP_LEAF_H

#include "report.h"

struct snp_extensions {
	const void *ctx;
	/* Content of the extension's extnValue; false when there is none. */
	bool (*find)(const void *ctx, const char *oid, struct slice *value);
};
struct snp_leaf {
	uint8_t tcb[SNP_TCB_COUNT];
	uint8_t chip_id[SNP_CHIP_ID_LEN]; /* hwID as a report shows it: zeros behind; all zero for a VLEK */
};

/* ST_OK, or ST_ATT_CHAIN with the finding: the certificate is not of this product, not for this key, or malformed. */
MUST_USE enum status snp_leaf_read(struct snp_leaf *out, const struct snp_product *p, enum snp_key key,
    struct snp_extensions extensions, struct att_finding *f);

/* Below the signature: certificate and report describe one platform, the report holds nothing that no policy can permit;
 * then the claims. ST_ATT_PLATFORM (ATT_CHECK_PLATFORM_ID, ATT_CHECK_ATTRIBUTES). out as the registry gives it to a verifier. */
MUST_USE enum status snp_judge(struct att_claims *out, const struct snp_report *rep, const struct snp_leaf *leaf,
    const struct snp_product *p, struct att_finding *f);

#endif
