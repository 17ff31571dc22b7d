/*
 * The vocabulary of trusted execution environments, shared by the policy (which says what it accepts) and the verifiers
 * (which say what they found): kinds, measurement registers, TCB statuses, and the two structs a policy hands to appraisal.
 * Tables of names only: no crypto, no I/O, no allocation. Names are what a policy file, `evidence show` and a refusal say.
 */
#ifndef BASE_TEE_H
#define BASE_TEE_H

#include "base/slice.h"

enum tee_kind { TEE_SOFTWARE = 1, TEE_NITRO, TEE_SGX, TEE_TDX, TEE_SNP, TEE_TPM, TEE_KIND_COUNT_ };
const char *tee_name(enum tee_kind kind);            /* "nitro"; "?" for none */
bool tee_from_name(enum tee_kind *kind, struct slice name);
/* "aws", "intel", "amd"; NULL for kinds that never count towards diversity (software, tpm: the host's root reads their memory). */
const char *tee_vendor(enum tee_kind kind);

/* Measurement registers. A value is bytes of the register's exact length; numbers are big endian. */
enum tee_register {
	TEE_REG_PCR0 = 0, /* ..31: Nitro PCR (48 bytes, SHA-384), TPM PCR (32 bytes, SHA-256) */
	TEE_REG_CODE = 64,            /* software: H over the launched files; tpm: the enclave's, out of the event log; 64 */
	TEE_REG_MRENCLAVE, TEE_REG_MRSIGNER,   /* sgx, 32 */
	TEE_REG_ISVPRODID, TEE_REG_ISVSVN,     /* sgx, 2; ISVSVN is a minimum */
	TEE_REG_CONFIGID, TEE_REG_CONFIGSVN,   /* sgx, 64 and 2 (a minimum) */
	TEE_REG_MRTD, TEE_REG_RTMR0, TEE_REG_RTMR1, TEE_REG_RTMR2, TEE_REG_RTMR3,  /* tdx, 48 */
	TEE_REG_MRCONFIGID, TEE_REG_MROWNER, TEE_REG_MROWNERCONFIG, TEE_REG_MRSEAM, TEE_REG_MRSERVICETD, /* tdx, 48 */
	TEE_REG_MEASUREMENT, TEE_REG_HOST_DATA, TEE_REG_ID_KEY_DIGEST, TEE_REG_AUTHOR_KEY_DIGEST, /* snp, 48 32 48 48 */
	TEE_REG_FAMILY_ID, TEE_REG_IMAGE_ID, TEE_REG_GUEST_SVN, /* snp, 16 16 4 (a minimum) */
	TEE_REG_END_,
};
struct tee_register_info {
	uint8_t len;      /* exact, in bytes; 0: the kind has no such register */
	bool at_least;    /* appraised as a big-endian minimum, not for equality */
	bool required;    /* a reference set without it is refused: it is what identifies the code */
};
struct tee_register_info tee_register_info(enum tee_kind kind, unsigned reg);
const char *tee_register_name(unsigned reg);          /* "mrtd", "pcr8"; "?" for none */
bool tee_register_from_name(uint8_t *reg, enum tee_kind kind, struct slice name);

enum { TEE_VALUE_MAX = 64, TEE_SET_VALUES_MAX = 12, TEE_SETS_MAX = 8, TEE_ADVISORIES_MAX = 16, TEE_ADVISORY_MAX = 31,
	TEE_RELEASE_MAX = 32 };
struct tee_value {
	uint8_t reg, len;
	uint8_t bytes[TEE_VALUE_MAX];
};
/* Reference values of one release: evidence matches the set when it matches every value. SGX: a set names mrenclave, or
 * mrsigner with isvprodid and isvsvn. Dates bound when the set counts at all: release N and N+1 overlap for a while. */
struct tee_set {
	char release[TEE_RELEASE_MAX + 1];   /* "2026.11"; for people and receipts */
	int64_t not_before, not_after;       /* seconds since 1970-01-01 UTC, inclusive */
	uint8_t n_values;
	struct tee_value values[TEE_SET_VALUES_MAX]; /* registers ascend */
};

/* TCB statuses of Intel's collateral. Nitro, software and tpm are always UP_TO_DATE; so is SNP once its minimum holds. */
enum tee_status {
	TEE_STATUS_UP_TO_DATE, TEE_STATUS_SW_HARDENING_NEEDED, TEE_STATUS_CONFIGURATION_NEEDED,
	TEE_STATUS_CONFIGURATION_AND_SW_HARDENING_NEEDED, TEE_STATUS_OUT_OF_DATE, TEE_STATUS_OUT_OF_DATE_CONFIGURATION_NEEDED,
	TEE_STATUS_TD_RELAUNCH_ADVISED, TEE_STATUS_TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED, TEE_STATUS_REVOKED,
	TEE_STATUS_COUNT_,
};
const char *tee_status_name(enum tee_status s);       /* Intel's spelling: "SWHardeningNeeded" */
bool tee_status_from_name(enum tee_status *s, struct slice name);

/* SNP TCB components, in one order for every family. */
enum tee_snp_tcb { SNP_FMC, SNP_BOOT_LOADER, SNP_TEE, SNP_SNP, SNP_MICROCODE, SNP_TCB_COUNT };

/* What a policy accepts of a platform besides its measurement. All zero is the strict default: UpToDate only, no advisory,
 * VMPL 0, VCEK, not migratable. REVOKED can never be accepted. */
struct tee_rules {
	uint32_t statuses;                 /* bit 1 << enum tee_status, besides UpToDate */
	uint8_t n_advisories;
	char advisories[TEE_ADVISORIES_MAX][TEE_ADVISORY_MAX + 1]; /* accepted; ascending */
	uint32_t min_evaluation;           /* sgx, tdx: tcbEvaluationDataNumber, against replay of old collateral */
	uint8_t min_snp[SNP_TCB_COUNT];    /* snp: reported and committed TCB, component by component */
	uint8_t vmpl_max;                  /* snp */
	bool vlek;                         /* snp: a VLEK binds to a cloud, not to a chip */
	bool migratable;                   /* snp: migration agent; tdx: MIGRATABLE */
	bool smt_forbidden;                /* snp: policy bit 16 must be clear */
	bool perfmon;                      /* tdx: PERFMON permitted */
};

#endif
