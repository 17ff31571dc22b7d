/*
 * Test vendors: AWS, Intel and AMD with keys made at run time. A vendor lives in a folder, so that several processes (a device's double,
 * a verifier with test anchors) can share it: vendor_make writes it, vendor_open reads what signs evidence.
 *
 *   nitro.key nitro-{0..3}.der nitro-leaf.der        root, regional, zonal, instance
 *   dcap-pck.key dcap-chain.pem                      PCK first
 *   snp.key snp-{ark,ask,vcek}.der
 *   collateral.cbor                                  a bundle for all of them (attest/collateral.h)
 *   anchors                                          a line for each root: enum att_root in decimal, SHA-256 of its key in hex
 */
#ifndef TESTS_SUPPORT_TEE_VENDOR_H
#define TESTS_SUPPORT_TEE_VENDOR_H

#include "base/buf.h"

#include <stdint.h>

enum vendor_set { VENDOR_NITRO = 1, VENDOR_DCAP = 2, VENDOR_SNP = 4, VENDOR_ALL = 7 };
/* Everything is made to be valid from a day before `now` to weeks after; aborts when anything fails: it is a test's fixture. */
void vendor_make(const char *folder, unsigned set, int64_t now_s);

struct vendor; /* what signs evidence */
struct vendor *vendor_open(const char *folder, unsigned set);
void vendor_close(struct vendor *v);

/* What evidence shall say; zero is an ordinary production enclave. */
struct vendor_wish {
	uint8_t report_data[64];
	uint8_t
	    code; /* every byte of PCR0..2, MRTD and RTMR0..2, MRENCLAVE, MEASUREMENT is this plus the register's number; 0 is 0x10 */
	bool debug;
	int64_t now_s; /* Nitro: the document's time */
};
void vendor_nitro(struct buf *out, const struct vendor *v, const struct vendor_wish *w); /* the COSE_Sign1 */
void vendor_tdx(struct buf *out, const struct vendor *v, const struct vendor_wish *w); /* quote, version 4 */
void vendor_sgx(struct buf *out, const struct vendor *v, const struct vendor_wish *w); /* quote, version 3 */
void vendor_snp(struct buf *out, const struct vendor *v, const struct vendor_wish *w); /* report, version 3, Milan */
void vendor_snp_table(struct buf *out, const struct vendor *v); /* VCEK, ASK, ARK */

#endif
