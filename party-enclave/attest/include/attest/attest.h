/*
 * Evidence: verified here by every peer, produced by each TEE's own producer. Two pure steps (RFC 9334, sections 8.1, 8.3):
 *
 *   att_examine   is it genuine?      form → chain to the pinned root at T → signatures → collateral → claims
 *   att_appraise  is it acceptable?   report data → measurement → age → debug → TCB and platform, against a policy
 *
 * Bytes, anchors, reference values, collateral and time in; claims or the first failed check out. No I/O, no clock;
 * signature checks allocate, nothing else does. Formats, checks, sources, tests: docs/ATTESTATION.md.
 *
 *   evidence     1..65536 bytes in the vendor's own form, as received; hostile; borrowed
 *   collateral   a bundle (attest/collateral.h) of certificates, CRLs and signed documents, or empty; hostile; borrowed
 *   anchors      pinned vendor roots: a parameter here, one production table in each program (target attest_anchors)
 *   now          everything must be valid at every instant from the earliest to the latest HELLO time
 *   out          written only on ST_OK
 */
#ifndef ATTEST_ATTEST_H
#define ATTEST_ATTEST_H

#include "base/buf.h"
#include "base/crypto.h"
#include "base/problem.h"
#include "base/tee.h"

enum {
	ATT_EVIDENCE_MAX = 65536,
	ATT_COLLATERAL_MAX = 262144,
	ATT_INSTANCE_MAX = 128,
	ATT_VALUES_MAX = 40,
	ATT_PIN_LEN = 32,
};

/* ---- trust anchors: SHA-256 of the root's SubjectPublicKeyInfo ---- */
enum att_root { ATT_ROOT_AWS_NITRO = 1, ATT_ROOT_INTEL_SGX, ATT_ROOT_AMD_MILAN, ATT_ROOT_AMD_GENOA, ATT_ROOT_AMD_TURIN };
struct att_anchor {
	enum att_root root;
	uint8_t pin[ATT_PIN_LEN];
};
struct att_anchors {
	const struct att_anchor *list;
	size_t n;
};
/* NULL holds none: vendors' evidence is refused then, software and tpm need none. */
bool att_anchors_hold(const struct att_anchors *a, enum att_root root, const uint8_t pin[static ATT_PIN_LEN]);
extern const struct att_anchors att_anchors_production; /* target attest_anchors: linked by programs, never by cores */

/* ---- what a check found ---- */
enum att_check {
	ATT_CHECK_FORM,        /* "form": length, syntax, fields and their types */
	ATT_CHECK_ROOT,        /* "root": the chain ends at the pinned root */
	ATT_CHECK_CHAIN,       /* "chain": names, CA, pathLen, keyUsage, signatures of certificates */
	ATT_CHECK_VALIDITY,    /* "validity": certificates, CRLs, collateral at this time */
	ATT_CHECK_SIGNATURE,   /* "signature": the evidence by its leaf or attestation key */
	ATT_CHECK_REVOCATION,  /* "revocation": CRLs present, signed, and list none of ours */
	ATT_CHECK_COLLATERAL,  /* "collateral": what is needed is there and signed by the vendor */
	ATT_CHECK_QE,          /* "qe": quoting enclave's report, key binding, identity */
	ATT_CHECK_PLATFORM_ID, /* "platform-id": FMSPC, PCEID, chip id, TCB of the certificate are the evidence's */
	ATT_CHECK_TCB_LEVEL,   /* "tcb-level": a published level matches */
	ATT_CHECK_TDX_MODULE,  /* "tdx-module" */
	ATT_CHECK_ATTRIBUTES,  /* "attributes": bits that no policy can permit */
	ATT_CHECK_BINDING,     /* "report-data" */
	ATT_CHECK_MEASUREMENT, /* "measurement" */
	ATT_CHECK_AGE,         /* "age" */
	ATT_CHECK_DEBUG,       /* "debug" */
	ATT_CHECK_TCB_STATUS,  /* "tcb-status" */
	ATT_CHECK_ADVISORY,    /* "advisory" */
	ATT_CHECK_TCB_MINIMUM, /* "tcb-minimum": SVN components, tcbEvaluationDataNumber */
	ATT_CHECK_PLATFORM,    /* "platform": VMPL, VLEK, migration, SMT, PERFMON, memory */
	ATT_CHECK_KIND,        /* "kind": the TEE is the one the policy names */
	ATT_CHECK_COUNT_
};
const char *att_check_name(enum att_check c);
struct att_finding { /* zero it first; the first refusal is kept */
	enum status st;
	enum att_check check;
	char expected[256], got[256]; /* one line each, no secrets, printable ASCII */
	char policy_key[64];          /* "admission.tcb.sgx.statuses": what in the policy decides; "" when no policy can permit it */
};
/* Records the first refusal; returns st. `got` is a format. */
enum status att_refuse(struct att_finding *f, enum status st, enum att_check check, const char *expected, const char *got,
    ...) __attribute__((format(printf, 5, 6)));
/* The same with both values as hex, cut to what fits. */
enum status att_refuse_bytes(struct att_finding *f, enum status st, enum att_check check, const char *what,
    struct slice expected, struct slice got);
/* What to do about a status, and for those of attestation whether trying again can help: "fix (temporary: …)". */
void att_advice(char *out, size_t cap, enum status st);
/* "check: expected X, got Y (policy: KEY)", with att_advice() as the fix. */
enum status att_problem(struct problem *p, const struct att_finding *f, const char *where);
bool att_is_temporary(enum status st); /* missing or stale collateral, age: another attempt may do; else a person must act */

/* ---- claims ---- */
enum { ATT_ADVISORIES_MAX = 32 };
struct att_claims {
	enum tee_kind kind;
	uint8_t report_data[HASH_LEN];
	uint8_t report_data_len;        /* 64, else the evidence binds nothing of ours (Nitro documents with other user_data) */
	bool bound_elsewhere;           /* Nitro: nonce or public_key present: never in a document made for a session */
	uint8_t n_values;
	struct tee_value values[ATT_VALUES_MAX]; /* registers ascend */
	uint8_t instance_len;
	uint8_t instance[ATT_INSTANCE_MAX]; /* software: UEID; nitro: module id (text); snp: chip id; else empty */
	bool has_issued;                /* the evidence carries a time of its own */
	int64_t issued_s;
	bool debug, memory_unlocked;
	/* the platform; depends on the verifier's collateral from here on: not part of the appraisal digest */
	enum tee_status tcb_status;
	uint8_t n_advisories;
	char advisories[ATT_ADVISORIES_MAX][TEE_ADVISORY_MAX + 1]; /* of the matching levels, no name twice, ascending */
	uint32_t evaluation;            /* tcbEvaluationDataNumber, 0 without */
	int64_t valid_from, valid_to;   /* intersection of every window used; INT64_MIN, INT64_MAX without */
	uint64_t attributes;            /* sgx: ATTRIBUTES.flags; tdx: TDATTRIBUTES; snp: guest policy; tpm: bit 0, the clock is safe */
	uint64_t platform;              /* sgx, tdx: XFRM, XFAM; snp: platform info; tpm: firmware version */
	uint8_t fmspc[6];               /* sgx, tdx */
	uint8_t tcb_svn[18];            /* sgx, tdx: 16 components, PCESVN big endian, of the PCK certificate */
	uint8_t tee_tcb_svn[16];        /* tdx */
	uint8_t snp_reported[SNP_TCB_COUNT], snp_committed[SNP_TCB_COUNT], snp_current[SNP_TCB_COUNT];
	uint32_t vmpl;
	bool vlek, migratable;
	char product[32];               /* snp: "Milan"; sgx, tdx: the PCK CA; for people */
};
const struct tee_value *att_value(const struct att_claims *c, unsigned reg); /* NULL: none */
/* Appends a value; registers may be added in any order and are sorted; false when full or doubled. */
bool att_add_value(struct att_claims *c, unsigned reg, const uint8_t *bytes, size_t len);

struct att_time {
	int64_t earliest_s, latest_s;
};
struct att_input {
	struct slice evidence, collateral;
	const struct att_anchors *anchors;
	const uint8_t *root; /* 32 bytes: software, the installation's Ed25519 key; tpm, SHA-256 of the AK's SubjectPublicKeyInfo */
	struct att_time now;
};
/* Any kind of the registry. Refusals: ST_ATT_FORMAT, _CHAIN, _VALIDITY, _SIGNATURE, _COLLATERAL, _REVOKED, _TCB (no level),
 * _PLATFORM (bits no policy can permit); ST_NO_MEMORY. */
MUST_USE enum status att_examine(
    struct att_claims *out, enum tee_kind kind, const struct att_input *in, struct att_finding *f);

/* What the policy accepts for this party; borrowed. */
struct att_reference {
	enum tee_kind kind;
	const uint8_t *root;           /* as in att_input */
	const struct tee_set *sets;    /* any one of them, within its dates */
	size_t n_sets;
	const struct tee_rules *rules;
	uint32_t max_age_s;
	bool debug_permitted;          /* the signed policy says `debug: INSECURE` */
	bool memory_unlocked_refused;  /* the policy says `memory: locked` */
};
/* report_data NULL: the binding is not asked for (`evidence verify`), neither is age. n_sets 0 then means: not asked for.
 * ST_ATT_BINDING, _MEASUREMENT, _EXPIRED, _DEBUG, _TCB, _PLATFORM. *release: name of the set that matched (may be NULL). */
MUST_USE enum status att_appraise(const struct att_claims *claims, const struct att_reference *ref,
    const uint8_t *report_data, struct att_time now, const char **release, struct att_finding *f);

/* Both, with the kind that the host told compared first: what admission uses. in->root is taken from ref. */
MUST_USE enum status att_verify(struct att_claims *out, uint32_t kind, const struct att_input *in,
    const struct att_reference *ref, const uint8_t report_data[static HASH_LEN], struct att_finding *f);

/* The software TEE's producer, in the launcher: EAT under the installation's root. Appends to out (out->failed when
 * memory ran out). issued_s >= 0; instance is the UEID, measurement register TEE_REG_CODE. */
enum { ATT_UEID_LEN = 33 };
void att_soft_produce(
    struct buf *out, const struct att_claims *claims, const uint8_t root_sk[static ED25519_SECRET_LEN]);

/* Measurement of what was launched: H("parley/measure/v1", [name, H(file)]… sorted by name). */
struct att_measured {
	const char *name;
	uint8_t hash[HASH_LEN];
};
void att_soft_measurement(uint8_t out[static HASH_LEN], struct att_measured *files, size_t n); /* sorts files */

#endif
