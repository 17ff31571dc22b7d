/*
 * The sealed policy: what every organisation signs and what enclaves parse (no YAML, no SQL in trusted code).
 * Deterministic CBOR with the sources, the facts and the plan; docs/sealed-policy.cddl. The file is a COSE_Sign whose
 * payload is that CBOR, with one approve signature per organisation, external_aad "parley/approve/v1"; before the first
 * signature it is the payload alone, because COSE has no COSE_Sign without signatures.
 *
 *   policy_hash = H("parley/policy/v1", payload)     plan_hash = H("parley/plan/v1", plan bytes)
 *
 * Pure, no clock. A struct policy is large (about 300 KiB): heap or static, never the stack.
 * Its text lies inside the struct; its slices borrow from the bytes it was decoded from.
 */
#ifndef POLICY_SEALED_H
#define POLICY_SEALED_H

#include "base/cose.h"
#include "base/crypto.h"
#include "base/problem.h"
#include "base/tee.h"
#include "policy/plan.h"

enum {
	POLICY_PARTIES_MAX = 3, /* rep3: exactly three compute parties */
	POLICY_PROVIDERS_MAX = 13, /* with the parties, as many signers as a policy file can hold */
	POLICY_SOURCES_MAX = POLICY_PARTIES_MAX + POLICY_PROVIDERS_MAX,
	POLICY_ID_MAX = 32,     /* [a-z][a-z0-9-]* */
	POLICY_NAME_MAX = 128,
	POLICY_DOMAIN_MAX = 4096,
	POLICY_SEALED_MAX = 1 << 20, /* bytes of payload an enclave accepts */
};

enum policy_family { FAMILY_REP3 = 1 };

struct policy_party {
	char id[POLICY_ID_MAX + 1];
	char name[POLICY_NAME_MAX + 1];
	char operator_[POLICY_NAME_MAX + 1];
	uint8_t approve[ED25519_PUBLIC_LEN];
	uint8_t endorse[ED25519_PUBLIC_LEN];
	uint8_t receive[X25519_LEN];
	bool compute;
	enum tee_kind tee;
	bool has_tee_root;          /* software and tpm only: their roots are made per installation */
	uint8_t tee_root[32];       /* software: Ed25519; tpm: SHA-256 of the attestation key's SubjectPublicKeyInfo */
	uint8_t n_sets;             /* reference values, 1..TEE_SETS_MAX; several releases may count at once */
	struct tee_set sets[TEE_SETS_MAX];
	struct tee_rules rules;     /* of the platform */
};

/* An organisation that owns rows and runs no compute enclave: it verifies the admission itself and seals its shares to the
 * enclaves (docs/PROTOCOL.md, section 11). It approves the policy like everybody else. */
struct policy_provider {
	char id[POLICY_ID_MAX + 1];
	char name[POLICY_NAME_MAX + 1];
	char operator_[POLICY_NAME_MAX + 1];
	uint8_t approve[ED25519_PUBLIC_LEN];
	uint8_t endorse[ED25519_PUBLIC_LEN]; /* signs its manifests */
};

enum column_type { COL_INT64 = 1, COL_DECIMAL, COL_BOOL, COL_DATE, COL_TIMESTAMP, COL_TEXT_DOMAIN, COL_TEXT };

struct policy_column {
	char name[POLICY_NAME_MAX + 1];
	enum column_type type;
	uint8_t precision, scale; /* decimal */
	uint16_t text_max;        /* text(n): bytes */
	bool nullable;
	int64_t lo, hi;           /* declared range of the code; for a text domain 0..size-1 */
	uint32_t domain_first, domain_size; /* into policy.domain: values sorted bytewise */
};

/* What the query releases, or lets decide about a row: everything the plan's outputs may depend on. */
enum release_kind { REL_KEY = 1, REL_COUNT, REL_COUNT_COLUMN, REL_SUM, REL_AVG, REL_MIN, REL_MAX };
enum { NO_COLUMN = 0xffff };
struct policy_result { /* one column of the result table */
	char name[POLICY_NAME_MAX + 1];
	enum release_kind kind;
	uint16_t column;   /* dataset column, NO_COLUMN for COUNT(*) */
	uint16_t position; /* REL_KEY: position among the keys; else: index among the OUT operators */
	uint8_t scale;     /* digits after the point of the released number: its column's; AVG: at least that; counts: 0 */
	bool nullable;     /* an OUT with a nonnull bit: every aggregate of a nullable column, never COUNT(*) or a key */
};
struct policy_condition { /* an aggregate that HAVING or ORDER BY looks at */
	enum release_kind kind;
	uint16_t column;
};
struct policy_order { /* how the recipient sorts the rows it sees: positions in results */
	uint16_t result;
	uint8_t flags; /* SORT_DESC, SORT_NULLS_FIRST */
};

struct policy {
	char name[POLICY_ID_MAX + 1];
	uint64_t serial;
	int64_t not_before, not_after; /* seconds since 1970-01-01 UTC */
	int64_t signing_time;          /* floor for every clock in the session */
	uint8_t n_parties;             /* ids ascending bytewise: index = party number = rep3 index */
	struct policy_party parties[POLICY_PARTIES_MAX];
	uint8_t n_providers;           /* ids ascending; provider q is source n_parties + q */
	struct policy_provider providers[POLICY_PROVIDERS_MAX];
	enum policy_family family;
	/* admission and deadlines, seconds */
	uint32_t max_evidence_age_s, skew_s, step_deadline_s, session_deadline_s;
	bool debug_insecure; /* policy says `debug: INSECURE` */
	bool memory_locked;  /* policy says `memory: locked`: evidence that claims unlocked share memory is refused */
	uint8_t distinct_vendors, distinct_operators; /* at least so many among the compute parties; 0: not asked for */
	/* the dataset: the union of the rows of the sources in `from` (bit i = source i) */
	char dataset[POLICY_NAME_MAX + 1];
	uint32_t dataset_from;
	bool pad_rows; /* rows.pad: every source pads to rows_max_party */
	uint32_t rows_max_party;
	uint16_t n_columns;
	struct policy_column columns[PLAN_COLUMNS_MAX];
	uint32_t n_domain;
	struct slice domain[POLICY_DOMAIN_MAX];
	/* release */
	uint32_t recipients; /* bit i = party i */
	uint32_t min_subjects;
	uint8_t n_results;
	struct policy_result results[PLAN_RESULTS_MAX];
	uint8_t n_conditions;
	struct policy_condition conditions[PLAN_RESULTS_MAX];
	uint8_t n_order;
	struct policy_order order[PLAN_SORT_MAX];
	uint64_t limit; /* 0: none */
	/* sources, for recompiling and for `policy show` */
	struct slice source_yaml;  /* the effective policy file, all of it; the query stands in it */
	char compiler[64];         /* version that made it */
	bool filled_in;            /* `parley run` and `sim` filled something in; a real session refuses it */
	struct plan plan;
	struct slice plan_bytes;   /* as embedded; set by decode */
};

/* Payload codec. Encoding appends and does not judge: ST_NO_MEMORY, or ST_PLAN_LIMIT above POLICY_SEALED_MAX.
 * Decoding checks form (ST_PLAN_FORMAT), limits (ST_PLAN_LIMIT) and the facts among themselves (ST_POLICY_FACTS;
 * recipients are parties: ST_PLAN_RECIPIENT; all keys different: ST_KEY_ROLE, none of them zero: ST_KEY), and decodes the
 * plan (plan_decode). It does not judge the plan against the facts: policy/rules.h does. On failure *p is all zero and
 * `problem` (may be NULL) is filled. Names, and values of domains, hold no control characters. No allocation. */
MUST_USE enum status policy_encode(struct buf *out, const struct policy *p);
MUST_USE enum status policy_decode(struct policy *p, struct slice payload, struct problem *problem);
/* The plan's own view of the dataset, from the facts: compiler and rules share it. */
void policy_plan_columns(const struct policy *p, struct plan *plan);

void policy_hash(uint8_t out[static HASH_LEN], struct slice payload);
void plan_hash(uint8_t out[static HASH_LEN], struct slice plan_bytes);

/* The signed file. `payload` borrows from `file`. ST_PLAN_FORMAT, ST_PLAN_LIMIT; *payload is written only on ST_OK.
 * policy_file_verify requires exactly one valid approve signature per party and no other: ST_POLICY_UNSIGNED names the
 * party, ST_KEY_ROLE when an endorse key has signed. p is what policy_decode made of the payload of this very file. */
#define POLICY_APPROVE_LABEL "parley/approve/v1"
MUST_USE enum status policy_file_parse(struct slice file, struct slice *payload);
MUST_USE enum status policy_file_verify(const struct policy *p, struct slice file, struct problem *problem);
/* Which sources have signed validly (bit i), for `policy show`. */
MUST_USE enum status policy_file_signers(const struct policy *p, struct slice file, uint32_t *signers);
/* Appends to out the file with the signature of `sk` added or replaced. ST_KEY when sk is no party's approve key,
 * ST_KEY_ROLE when it is an endorse key; out is untouched then. */
MUST_USE enum status policy_file_sign(struct buf *out, const struct policy *p, struct slice file,
    const uint8_t sk[static ED25519_SECRET_LEN]);
/* Appends a file with no signature yet. */
void policy_file_wrap(struct buf *out, struct slice payload);

int policy_party_index(const struct policy *p, const char *id); /* compute parties; -1: none */
/* Compute parties and providers, under one numbering. */
unsigned policy_sources(const struct policy *p);
const char *policy_source_id(const struct policy *p, unsigned source); /* "" beyond the last */
int policy_source_index(const struct policy *p, const char *id);       /* -1: none */

#endif
