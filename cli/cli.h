/*
 * What every verb shares: options, one JSON document on standard output, a person's text on standard error, exit codes.
 * A verb is a function that returns a status; main() prints the problem and picks the exit code.
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include "base/buf.h"
#include "base/crypto.h"
#include "base/problem.h"

#include <jansson.h>
#include <stdbool.h>

struct cli {
	bool json;              /* --json: one document on stdout, text on stderr */
	json_t *doc;            /* what a verb puts into the document on success */
	struct problem problem; /* what went wrong */
	const char *bin_dir;    /* where our other programs lie: beside this one */
	char **argv_rest;
};

enum opt_kind { OPT_FLAG, OPT_TEXT, OPT_MANY, OPT_U64 };
enum { OPT_MANY_MAX = 64 };
struct opt_many {
	const char *values[OPT_MANY_MAX];
	size_t n;
};
struct opt {
	const char *name; /* "--out" */
	enum opt_kind kind;
	void *to; /* bool *, const char **, struct opt_many *, uint64_t * */
	bool required;
};
struct verb {
	const char *noun, *name; /* "policy", "check"; name NULL: the noun alone is the verb */
	enum status (*run)(struct cli *cli, int argc, char **argv);
	const char *usage; /* after "parley" */
	const char *summary;
};
extern const struct verb verbs[];
extern const size_t n_verbs;

/* Takes options out of argv; what is left are positions, exactly n_positions of them (max: at most). Unknown or doubled option, missing
 * value: ST_ARGUMENT with the nearest option. --json and --help are known to every verb. */
MUST_USE enum status cli_options(struct cli *cli, int argc, char **argv, const struct opt *opts, size_t n_opts,
    const char **positions, size_t min, size_t max);

/* A person's text: standard output, or standard error under --json. */
void say(const struct cli *cli, const char *format, ...) __attribute__((format(printf, 2, 3)));
void say_bytes(const struct cli *cli, struct slice text);
/* "/usr/lib/parley/bin/NAME" beside this program; static storage is the caller's. */
void program_path(const struct cli *cli, char out[static 4096], const char *name);
/* Reads a file with a place for messages: ST_NO_INPUT, ST_TOO_LARGE, ST_IO. */
MUST_USE enum status read_file(struct cli *cli, struct buf *out, const char *path, size_t max);
MUST_USE enum status write_file(struct cli *cli, const char *path, struct slice bytes, unsigned mode);
json_t *json_hex(struct slice bytes);
void put_u64(json_t *object, const char *key, uint64_t value);
void put_text(json_t *object, const char *key, const char *value);

/* Replaces this process by another program of ours; returns only on failure. */
enum status exec_program(struct cli *cli, const char *program, char *const *argv);

enum status verb_audit_verify(struct cli *cli, int argc, char **argv);
enum status verb_bench(struct cli *cli, int argc, char **argv);
enum status verb_collateral_check(struct cli *cli, int argc, char **argv);
enum status verb_collateral_fetch(struct cli *cli, int argc, char **argv);
enum status verb_collateral_show(struct cli *cli, int argc, char **argv);
enum status verb_coordinator_run(struct cli *cli, int argc, char **argv);
enum status verb_data_check(struct cli *cli, int argc, char **argv);
enum status verb_data_submit(struct cli *cli, int argc, char **argv);
enum status verb_demo(struct cli *cli, int argc, char **argv);
enum status verb_doctor(struct cli *cli, int argc, char **argv);
enum status verb_endorse(struct cli *cli, int argc, char **argv);
enum status verb_evidence_show(struct cli *cli, int argc, char **argv);
enum status verb_evidence_verify(struct cli *cli, int argc, char **argv);
enum status verb_help(struct cli *cli, int argc, char **argv);
enum status verb_image_build(struct cli *cli, int argc, char **argv);
enum status verb_image_measure(struct cli *cli, int argc, char **argv);
enum status verb_image_sign(struct cli *cli, int argc, char **argv);
enum status verb_image_verify(struct cli *cli, int argc, char **argv);
enum status verb_keys_new(struct cli *cli, int argc, char **argv);
enum status verb_party_run(struct cli *cli, int argc, char **argv);
enum status verb_policy_check(struct cli *cli, int argc, char **argv);
enum status verb_policy_compile(struct cli *cli, int argc, char **argv);
enum status verb_policy_diff(struct cli *cli, int argc, char **argv);
enum status verb_policy_explain(struct cli *cli, int argc, char **argv);
enum status verb_policy_reference(struct cli *cli, int argc, char **argv);
enum status verb_policy_show(struct cli *cli, int argc, char **argv);
enum status verb_policy_sign(struct cli *cli, int argc, char **argv);
enum status verb_result_open(struct cli *cli, int argc, char **argv);
enum status verb_run(struct cli *cli, int argc, char **argv);
enum status verb_session_abort(struct cli *cli, int argc, char **argv);
enum status verb_session_list(struct cli *cli, int argc, char **argv);
enum status verb_session_show(struct cli *cli, int argc, char **argv);
enum status verb_session_start(struct cli *cli, int argc, char **argv);
enum status verb_session_watch(struct cli *cli, int argc, char **argv);
enum status verb_sim_run(struct cli *cli, int argc, char **argv);
enum status verb_version(struct cli *cli, int argc, char **argv);

#endif
