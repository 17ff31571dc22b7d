/*
 * AWS Nitro's enclave image file, version 4 (aws-nitro-enclaves-image-format, src/defs): big endian; a header of 548 bytes with the place
 * and size of up to 32 sections and a CRC-32 over everything but itself; then each section behind 12 bytes of its own. PCRs as nitro-cli
 * computes them: SHA-384(48 zero bytes || SHA-384(contents)) over kernel, command line and ramdisks (PCR0), those up to the first
 * ramdisk (PCR1), the other ramdisks (PCR2), the signing certificate in DER (PCR8). Pure; kernels are borrowed.
 */
#ifndef IMAGE_EIF_H
#define IMAGE_EIF_H

#include "base/buf.h"
#include "base/sha2.h"
#include "base/vendor_sign.h"

enum { EIF_RAMDISKS_MAX = 8, EIF_CMDLINE_MAX = 2048, PCR_LEN_384 = SHA384_LEN };
struct eif {
	struct slice kernel, cmdline, metadata; /* command line without NUL */
	struct slice ramdisk[EIF_RAMDISKS_MAX]; /* the first is AWS's init */
	size_t n_ramdisks;
	struct slice signature; /* empty: not signed */
};
/* Fixed metadata (JSON), so that an image says nothing about when and where it was built. */
void eif_metadata(struct buf *out, const char *release);
/* signature, when there is one, as eif_sign() makes it. */
MUST_USE enum status eif_write(struct buf *out, const struct eif *eif);
/* ST_FORMAT (also a wrong CRC, doubled or unknown sections, gaps), ST_TRUNCATED, ST_TRAILING. */
MUST_USE enum status eif_read(struct eif *out, struct slice file);

struct eif_pcrs {
	uint8_t pcr0[SHA384_LEN], pcr1[SHA384_LEN], pcr2[SHA384_LEN], pcr8[SHA384_LEN];
	bool is_signed; /* else PCR8 is zero in an enclave */
};
/* A signature section is verified: ES384 by the certificate's key, over PCR0. ST_SIGNATURE, ST_FORMAT, ST_UNSUPPORTED, ST_NO_MEMORY. */
MUST_USE enum status eif_measure(struct eif_pcrs *out, const struct eif *eif);
/* The signature section for this image: a certificate in PEM (P-384) and its private key. ST_KEY when they are not a pair. */
MUST_USE enum status eif_sign(struct buf *out, const struct eif *eif, struct slice certificate_pem, struct slice key_pem);

#endif
