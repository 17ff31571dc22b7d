/* Genuine reports with what they say, and the folders they lie in: data/ beside this file, else the shared vectors. */
#ifndef KAT_SNP_VECTORS_H
#define KAT_SNP_VECTORS_H

#include "attest/collateral.h"

struct snp_vector {
	const char *name, *report, *leaf, *chain;
	int64_t at; /* T of the vectors' table */
	int64_t not_before, not_after; /* of the leaf */
	enum att_root root;
	bool here; /* in data/: must never be missing */
	bool debug, vlek;
	uint64_t policy, platform;
	uint32_t vmpl, guest_svn;
	uint8_t reported[SNP_TCB_COUNT], committed[SNP_TCB_COUNT], current[SNP_TCB_COUNT];
	const char *measurement, *report_data, *instance, *product;
};
extern const struct snp_vector snp_vectors[];
enum { SNP_VECTORS = 6 };

/* The file's bytes; hex text is decoded. false when it is in neither folder. */
bool snp_file(struct buf *out, const char *name);
bool snp_vector_available(const struct snp_vector *v);

/* A bundle that owns what it holds. */
struct snp_collateral {
	struct att_bundle bundle;
	struct buf storage[ATT_ITEMS_MAX];
};
void snp_collateral_add(struct snp_collateral *c, enum att_item_type type, struct slice bytes);
void snp_collateral_add_file(struct snp_collateral *c, const char *name); /* .der: one; .pem: all certificates in it */
struct buf snp_collateral_encode(const struct snp_collateral *c);
void snp_collateral_clear(struct snp_collateral *c);

/* One run of att_examine. */
struct snp_run {
	enum status st;
	struct att_claims claims;
	struct att_finding finding;
};
struct snp_run snp_examine(struct slice report, struct slice collateral, const struct att_anchors *anchors,
    int64_t earliest_s, int64_t latest_s);
/* Stops the test unless the run ended so. */
void snp_expect(const struct snp_run *run, enum status st, enum att_check check);

#endif
