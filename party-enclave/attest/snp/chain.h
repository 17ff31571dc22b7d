/*
 * From the collateral bag to the chain of one report: leaf (VCEK or VLEK), ASK or ASVK, ARK (AMD 57230, section 2). The bag is
 * hostile and may hold anything; of certificates that fit the first is taken that verifies and is valid at the session's time.
 */
#ifndef ATTEST_SNP_CHAIN_H
#define ATTEST_SNP_CHAIN_H

#include "attest/collateral.h"
#include "report.h"

struct snp_bag { /* what could be read of the bundle; the rest is counted */
	size_t n_certificates, n_crls, unreadable;
	struct x509 *certificates[ATT_ITEMS_MAX];
	struct x509_crl *crls[ATT_ITEMS_MAX];
};
/* ST_NO_MEMORY, or what att_bundle_decode refuses, with the finding. Clear it in every case. */
MUST_USE enum status snp_bag_open(struct snp_bag *bag, struct slice bundle, struct att_finding *f);
void snp_bag_clear(struct snp_bag *bag);

struct snp_chain { /* borrowed from the bag */
	const struct snp_product *product;
	const struct x509 *leaf, *signer, *root;
};
/* Leaf for the report, its issuer, the pinned root, RFC 5280 path validation at in->now, and AMD's CRLs where the bag has them.
 * ST_ATT_COLLATERAL (something is missing), ST_ATT_CHAIN (ROOT, CHAIN), ST_ATT_VALIDITY, ST_ATT_REVOKED, ST_ATT_SIGNATURE
 * (a CRL in the root's name that it did not sign), ST_NO_MEMORY. */
MUST_USE enum status snp_chain_find(struct snp_chain *out, const struct snp_bag *bag, const struct snp_report *rep,
    const struct att_input *in, struct att_finding *f);

#endif
