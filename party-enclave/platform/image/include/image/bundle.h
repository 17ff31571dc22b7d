/*
 * An image bundle: a folder with the archives that enclaves run from, what else their measurements depend on, and a manifest that lists
 * both with hashes and measurements for every kind of TEE; signed, a release that anybody can check and nobody can make differently.
 * The manifest is deterministic CBOR (docs/image-manifest.cddl), in COSE_Sign1 under the label "parley/image/v1". Pure: files come as bytes.
 */
#ifndef IMAGE_BUNDLE_H
#define IMAGE_BUNDLE_H

#include "base/buf.h"
#include "base/crypto.h"
#include "base/problem.h"
#include "base/tee.h"

enum bundle_part {
	PART_SOFTWARE = 1, /* archive of parley-enclave: software TEE, and the TPM that records it */
	PART_GUEST,        /* archive of parley-enclave-guest: the initrd of a TDX or SNP guest */
	PART_EIF,          /* AWS Nitro image with parley-enclave-nitro in it */
	PART_KERNEL,       /* of the guest */
	PART_OVMF,         /* SNP guest firmware */
	PART_TDVF,         /* TDX guest firmware */
	PART_SIGSTRUCT,    /* what Gramine's signer made for parley-enclave-sgx */
	PART_COUNT_,
};
const char *bundle_part_file(enum bundle_part part); /* "software.cpio": its name in the folder */
#define BUNDLE_LABEL "parley/image/v1"

enum { BUNDLE_VCPUS_MAX = 4, BUNDLE_MEASUREMENTS_MAX = 16, BUNDLE_VALUES_MAX = 4, BUNDLE_TEXT_MAX = 160, BUNDLE_MANIFEST_MAX = 65536,
	BUNDLE_CMDLINE_MAX = 1024, BUNDLE_PART_BYTES_MAX = 512 << 20 };
struct bundle_settings { /* what measurements depend on and no file holds */
	char release[TEE_RELEASE_MAX + 1];
	char cmdline[BUNDLE_CMDLINE_MAX + 1]; /* of the guest's kernel */
	uint32_t vcpus[BUNDLE_VCPUS_MAX];     /* SNP: one measurement each; ascending; 0 from there on */
	char cpu[32];                         /* SNP: "EPYC-Milan"; "" without */
};
struct bundle_measurement {
	enum tee_kind kind;
	char note[BUNDLE_TEXT_MAX + 1]; /* measured: which of several ("4 vCPUs, EPYC-Milan, QEMU"); not measured: the reason */
	uint8_t n_values;               /* 0: not measured */
	struct tee_value values[BUNDLE_VALUES_MAX]; /* registers ascend */
};
struct bundle_manifest {
	struct bundle_settings settings;
	struct {
		uint64_t size; /* 0: not in the bundle */
		uint8_t hash[HASH_LEN]; /* H("parley/image-part/v1", bytes) */
	} part[PART_COUNT_];
	size_t n_measurements;
	struct bundle_measurement measurement[BUNDLE_MEASUREMENTS_MAX]; /* kinds ascend; every kind at least once */
};
/* Fills part and measurement from settings and bytes; an empty slice is a part that is not there. `where` of a problem is the part's file.
 * ST_IMAGE_INPUT, ST_NO_MEMORY. */
MUST_USE enum status bundle_measure(struct bundle_manifest *m, const struct slice parts[static PART_COUNT_], struct problem *problem);

void bundle_encode(struct buf *out, const struct bundle_manifest *m);
/* ST_FORMAT and its like; strict: encodes back to the same bytes. */
MUST_USE enum status bundle_decode(struct bundle_manifest *out, struct slice manifest);
/* The bytes are the manifest's and measure as it says: ST_IMAGE_BUNDLE with the part or kind that differs. */
MUST_USE enum status bundle_check(const struct bundle_manifest *m, const struct slice parts[static PART_COUNT_], struct problem *problem);

#endif
