/*
 * A vendor of our own for tests: ARK, ASK, ASVK and leaves in AMD's form (RSASSA-PSS with SHA-384, serial 0 and AMD's private
 * extensions in the leaf), and reports signed by the leaf's key. Real signatures under a root that no production table holds.
 * Every failure of the library stops the test.
 */
#ifndef TESTS_SUPPORT_AMD_H
#define TESTS_SUPPORT_AMD_H

#include "attest/collateral.h"

struct amd_vendor; /* keys and certificates of one product */
struct amd_vendor *amd_vendor_new(const char *product, enum att_root root); /* "Turin" */
void amd_vendor_free(struct amd_vendor *v);
struct att_anchor amd_vendor_anchor(const struct amd_vendor *v);

enum amd_certificate { AMD_ARK, AMD_ASK, AMD_ASVK };
struct slice amd_vendor_certificate(const struct amd_vendor *v, enum amd_certificate which); /* DER, borrowed */

enum { AMD_EXTENSIONS_MAX = 16, AMD_REPORT_LEN = 1184 };
struct amd_extension {
	char oid[32]; /* behind 1.3.6.1.4.1.3704.1. : "3.8" */
	uint8_t len;
	uint8_t value[80];
};
/* What a leaf says. Fill it with amd_leaf_default, then change what the test is about. */
struct amd_leaf {
	bool vlek; /* issued by the ASVK */
	bool ca; /* with basicConstraints CA */
	const char *subject_cn;
	int64_t not_before, not_after;
	size_t n_extensions;
	struct amd_extension extensions[AMD_EXTENSIONS_MAX];
};
/* tcb in the order of enum tee_snp_tcb; chip: 64 bytes, of which a Turin shows 8. */
void amd_leaf_default(struct amd_leaf *out, const struct amd_vendor *v, bool vlek,
    const uint8_t tcb[static SNP_TCB_COUNT], const uint8_t chip[static 64]);
/* Replaces the extension, or adds it; NULL removes it. */
void amd_leaf_extension(struct amd_leaf *leaf, const char *oid, const void *value, size_t len);
/* DER appended to out; signed by the ASK or ASVK. */
void amd_leaf_issue(struct buf *out, const struct amd_vendor *v, const struct amd_leaf *leaf);

/* A report of this version whose fields fit amd_leaf_default(…): policy 0x30000, VMPL 0, the rest zero. Not signed yet. */
void amd_report_default(uint8_t out[static AMD_REPORT_LEN], const struct amd_vendor *v, uint32_t version, bool vlek,
    const uint8_t tcb[static SNP_TCB_COUNT], const uint8_t chip[static 64]);
/* Signs bytes 0..0x29f with the leaf key, which all leaves of a vendor share. */
void amd_report_sign(uint8_t report[static AMD_REPORT_LEN], const struct amd_vendor *v);

/* The ARK's CRL, appended to out; or one in its name that another key signed. */
void amd_crl_issue(struct buf *out, const struct amd_vendor *v, bool revoke_ask, bool revoke_asvk, bool foreign_key,
    int64_t this_update, int64_t next_update);

#endif
