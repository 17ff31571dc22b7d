/*
 * The policy compiler: a collaboration file (YAML with a SQL query) becomes the sealed policy's payload. Runs outside
 * the enclave; nothing here is trusted: `policy sign` recompiles and enclaves judge the result (policy/rules.h).
 * Reproducible: no clock, no randomness; the same file and the same compiler give the same bytes.
 *
 *   YAML --manifest--> struct manifest --sql helper--> AST --bind--> typed query --lower--> plan and facts --sealed--> payload
 *
 * The one outside thing it does is to run `parley-sqlparse` (policy/sql.h), a sandboxed process that holds libpg_query.
 * Language: docs/POLICY-LANGUAGE.md.
 */
#ifndef POLICY_COMPILE_H
#define POLICY_COMPILE_H

#include "policy/sealed.h"

enum {
	COMPILE_YAML_MAX = 256 * 1024, /* bytes of a policy file */
	COMPILE_ROWS_MAX_DEFAULT = 1 << 17, /* rows.max when neither the policy nor the caller says */
};
#define COMPILER_VERSION "parley 0.1.0"

struct compile_keys { /* public keys of one party */
	uint8_t approve[ED25519_PUBLIC_LEN];
	uint8_t endorse[ED25519_PUBLIC_LEN];
	uint8_t receive[X25519_LEN];
};
/* What `parley run`, `sim` and `policy check` put where the file says nothing. Index = party number (ids ascending). */
struct compile_defaults {
	struct compile_keys keys[POLICY_PARTIES_MAX];
	uint8_t tee_root[POLICY_PARTIES_MAX][ED25519_PUBLIC_LEN];
	uint8_t measurement[HASH_LEN];
	int64_t now_s;         /* valid.not_before; not_after is a year later. Seconds since 1970-01-01 UTC */
	uint32_t rows_max;     /* the largest number of rows any party brings; rounded up to a power of two, at least 64.
	                          0: COMPILE_ROWS_MAX_DEFAULT */
};

struct compile_options {
	const char *file_name;     /* for places in messages: "policy.yaml" */
	const char *sqlparse_path; /* the helper program */
	bool fill_in;              /* fill what the file leaves out, from *defaults */
	const struct compile_defaults *defaults; /* needed when fill_in */
};

/*
 * Compiles `yaml` and writes the payload of the sealed policy.
 *
 *   out        written only on ST_OK; borrows from `payload`. About 300 KiB: heap or static
 *   payload    appended to; empty on entry
 *   filled_in  names of what was filled in, one a line ("parties.north.keys"); appended to; empty when nothing was
 *   problem    the first fault: status, "policy.yaml:14:9", message, fix, excerpt with caret
 *
 * Without fill_in everything that is missing is reported at once: ST_POL_INCOMPLETE, message lists the keys.
 * Otherwise: ST_POL_* (file), ST_SQL_* (query), ST_KEY, ST_KEY_ROLE, ST_NO_MEMORY; ST_BUG when what we made does not
 * pass rules_check.
 */
MUST_USE enum status policy_compile(struct policy *out, struct buf *payload, struct slice yaml,
    const struct compile_options *opt, struct buf *filled_in, struct problem *problem);

/* Compiles decoded->source_yaml again, without filling in, and compares with `payload` byte for byte: ST_POLICY_HASH
 * when they differ or the source does not compile (then `problem` says why). opt->fill_in is ignored. */
MUST_USE enum status policy_recompile_check(const struct policy *decoded, struct slice payload,
    const struct compile_options *opt, struct problem *problem);

#endif
