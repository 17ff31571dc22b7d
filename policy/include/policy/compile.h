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

#include "policy/manifest.h"

#define COMPILER_VERSION "parley 0.1.0"

struct compile_options {
	const char *file_name; /* for places in messages: "policy.yaml" */
	const char *sqlparse_path; /* the helper program */
	bool fill_in; /* fill what the file leaves out, from *defaults */
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
MUST_USE enum status policy_recompile_check(
    const struct policy *decoded, struct slice payload, const struct compile_options *opt, struct problem *problem);

#endif
