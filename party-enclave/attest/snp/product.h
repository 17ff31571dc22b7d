/*
 * AMD's products that attest SEV-SNP guests, and their layouts of TCB_VERSION (AMD 56860 section 2.2): which byte
 * of the eight is which component depends on the processor family, so a TCB is compared component by component and never
 * as a number. Tables and table look-ups; no allocation.
 *
 *   byte          0            1            2        3      4, 5      6      7
 *   family 19h    boot loader  TEE          reserved …                SNP    microcode
 *   family 1Ah    FMC          boot loader  TEE      SNP    reserved  …      microcode
 */
#ifndef ATTEST_SNP_PRODUCT_H
#define ATTEST_SNP_PRODUCT_H

#include "attest/attest.h"

enum { SNP_TCB_LEN = 8, SNP_CHIP_ID_LEN = 64 };

struct snp_product {
	const char *name; /* as in the issuer's common name: SEV-Milan, SEV-VLEK-Milan */
	enum att_root root;
	uint8_t family; /* CPUID: extended plus base family */
	bool has_fmc; /* the layout of family 1Ah */
	uint8_t hwid_len; /* bytes of the chip id that are not zero */
};

/* The product whose ASK or ASVK has this common name; NULL for none. *vlek: it is an ASVK's. */
const struct snp_product *snp_product_of_issuer(const char *common_name, bool *vlek);

/* false when a reserved byte is set: a component that this version does not know. The FMC of family 19h is 0. */
bool snp_tcb_decode(
    uint8_t out[static SNP_TCB_COUNT], const struct snp_product *p, const uint8_t raw[static SNP_TCB_LEN]);
/* a <= b in every component. */
bool snp_tcb_at_most(const uint8_t a[static SNP_TCB_COUNT], const uint8_t b[static SNP_TCB_COUNT]);

/* "1.0.2.71" in the order of enum tee_snp_tcb, for people. */
struct snp_tcb_text {
	char text[4 * SNP_TCB_COUNT + 1];
};
struct snp_tcb_text snp_tcb_show(const uint8_t tcb[static SNP_TCB_COUNT]);

#endif
