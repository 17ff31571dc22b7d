/*
 * The policy file: YAML 1.2 to facts, with the place of everything for messages. Owner of libfyaml. Pure.
 *
 * Hostile input: size, nodes and depth are capped; anchors, aliases, merge keys, tags, directives other than YAML 1.2 and
 * further documents are refused; so are unknown and doubled keys. Scalars are text and each key decides how to read
 * its own: no core-schema typing takes place, `no` in a domain is the two letters.
 */
#ifndef POLICY_MANIFEST_H
#define POLICY_MANIFEST_H

#include "policy/sealed.h"

enum {
	COMPILE_YAML_MAX = 256 * 1024, /* bytes of a policy file */
	COMPILE_ROWS_MAX_DEFAULT = 1 << 17, /* rows.max when neither the policy nor the caller says */
};

struct compile_keys { /* public keys of one party */
	uint8_t approve[ED25519_PUBLIC_LEN];
	uint8_t endorse[ED25519_PUBLIC_LEN];
	uint8_t receive[X25519_LEN];
};
/* What `parley run`, `sim` and `policy check` put where the file says nothing. Index = party number (ids ascending) where nothing else is said. */
struct compile_defaults {
	struct compile_keys
	    keys[POLICY_SOURCES_MAX]; /* index = source number: parties, then providers (no receive key) */
	uint8_t tee_root[POLICY_PARTIES_MAX][ED25519_PUBLIC_LEN];
	uint8_t measurement[HASH_LEN];
	int64_t now_s; /* valid.not_before; not_after is a year later. Seconds since 1970-01-01 UTC */
	uint32_t rows_max; /* the largest number of rows any party brings; rounded up to a power of two, at least 64.
	                          0: COMPILE_ROWS_MAX_DEFAULT */
};

enum {
	MANIFEST_NODES_MAX = 16384,
	MANIFEST_DEPTH_MAX = 10,
	MANIFEST_QUERY_MAX = 4096, /* bytes of SQL */
};
#define NO_PLACE UINT32_MAX

/* What a file may leave out and `parley run` fills in. Bits of has and party_has. */
enum manifest_has {
	HAS_SERIAL = 1 << 0,
	HAS_VALID = 1 << 1,
	HAS_PROTOCOL = 1 << 2,
	HAS_MAX_EVIDENCE_AGE = 1 << 3,
	HAS_SKEW = 1 << 4,
	HAS_STEP_DEADLINE = 1 << 5,
	HAS_SESSION_DEADLINE = 1 << 6,
	HAS_ROWS_MAX = 1 << 7,
	HAS_ALL = (1 << 8) - 1,
};
enum manifest_party_has {
	HAS_NAME = 1 << 0,
	HAS_OPERATOR = 1 << 1,
	HAS_KEYS = 1 << 2,
	HAS_COMPUTE = 1 << 3,
	HAS_TEE = 1 << 4,
	HAS_TEE_ROOT = 1 << 5, /* or the TEE needs none */
	HAS_MEASUREMENTS = 1 << 6, /* or reference values */
	HAS_PARTY_ALL = (1 << 7) - 1,
	HAS_PROVIDER_ALL = HAS_NAME | HAS_OPERATOR | HAS_KEYS,
};

struct yaml_doc; /* private */
struct manifest {
	struct yaml_doc *doc; /* owned; holds all text that facts and query borrow */
	char file_name[128];
	struct slice source; /* borrowed from the caller */
	struct policy *facts; /* owned; all but results, conditions, order, limit, sources and plan */
	uint32_t has;
	uint32_t party_has[POLICY_PARTIES_MAX];
	uint32_t provider_has[POLICY_PROVIDERS_MAX]; /* HAS_NAME, HAS_OPERATOR, HAS_KEYS */
	uint32_t column_at[PLAN_COLUMNS_MAX]; /* byte offset of each column's name in source */
	uint32_t party_at[POLICY_PARTIES_MAX], set_at[POLICY_PARTIES_MAX][TEE_SETS_MAX], distinct_at; /* the same */
	uint32_t provider_at[POLICY_PROVIDERS_MAX];
	struct slice query;
	uint32_t query_at; /* byte offset of the query's node */
	uint32_t *query_map; /* owned: for every byte of query its offset in source, NO_PLACE where unknown */
	struct buf filled_in; /* names, one a line: what manifest_fill_in added, or what the file's marker lists */
};

/* m is cleared first; on failure it is empty and `problem` holds status, place, message, fix and excerpt. */
MUST_USE enum status manifest_parse(
    struct manifest *m, struct slice yaml, const char *file_name, struct problem *problem);
void manifest_clear(struct manifest *m); /* may run twice */

/* Sets whatever is missing from `d` and lists it in m->filled_in. Reference values of hardware cannot be filled in:
 * manifest_check refuses what still lacks them. */
void manifest_fill_in(struct manifest *m, const struct compile_defaults *d);
/* What the facts must give together once all is known: each set within the policy's dates, code for every party, diversity
 * that the parties' TEEs can give. ST_POL_VALUE, ST_POL_MISSING with the place. */
MUST_USE enum status manifest_check(const struct manifest *m, struct problem *problem);
/* ST_POL_INCOMPLETE listing everything that a real session needs and that is missing. */
MUST_USE enum status manifest_complete(const struct manifest *m, struct problem *problem);
/* The effective policy as YAML with every key written out. Parsing it again gives equal facts and query. */
MUST_USE enum status manifest_render(struct buf *out, const struct manifest *m);

/* One entry of `reference_values`, as manifest_render writes it; party NULL: for all of the kind. */
void reference_render(struct buf *out, enum tee_kind kind, const char *party, const struct tee_set *set);

/*
 * Where a policy's source says what decided a refusal. `key` is what refusals name (struct att_finding.policy_key):
 * "admission.tcb.sgx.statuses", "reference_values of nitro". A rule of the party itself comes before that of its kind. Where the key
 * is not written, the place is that of the innermost map around it and `is_written` is false: its default decided.
 * False when the source is not YAML that parses, or nothing of the path is there.
 */
struct manifest_place {
	unsigned line, column; /* from 1; columns in characters */
	bool is_written;
	char path[96]; /* "parties.north.tcb.statuses" */
};
bool manifest_key_place(struct manifest_place *out, struct slice source, const char *party, const char *key);

/* A problem at a byte of the file: where, and the line with a caret. */
enum status manifest_problem(const struct manifest *m, struct problem *p, enum status st, size_t at, const char *fix,
    const char *format, ...) __attribute__((format(printf, 6, 7)));
/* The same at a byte of the query: its place in the file when it is known, else "FILE: query LINE:COLUMN". */
enum status manifest_query_problem(
    const struct manifest *m, struct problem *p, enum status st, size_t at, const char *fix, const char *message);

#endif
