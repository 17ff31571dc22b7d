/* What the policy verbs share: compile a policy file, read a sealed one. */
#ifndef CLI_POLICY_COMMON_H
#define CLI_POLICY_COMMON_H

#include "cli.h"
#include "policy/compile.h"

/* A policy compiled or decoded, with the bytes it borrows from. Large: heap only. */
struct loaded_policy {
	struct policy policy;
	struct buf file;      /* sealed file, or the YAML */
	struct buf payload;   /* compiled payload; empty when `file` is sealed */
	struct slice bytes;   /* the payload, wherever it lies */
	struct buf filled_in; /* names, one a line */
};
MUST_USE enum status loaded_policy_new(struct loaded_policy **out);
void loaded_policy_free(struct loaded_policy *p);

/* Compiles the YAML at path. fill_in: what `parley run` would fill in; defaults NULL: placeholders that are only good for
 * checking (distinct keys derived from the party numbers). */
MUST_USE enum status compile_file(struct cli *cli, struct loaded_policy *out, const char *path, bool fill_in,
    const struct compile_defaults *defaults);
/* Decodes the sealed file at path (signatures are not judged). */
MUST_USE enum status load_sealed(struct cli *cli, struct loaded_policy *out, const char *path);
/* Either, by the first byte: a sealed file is CBOR, a policy file is text (a UTF-8 byte order mark is refused as YAML too). */
MUST_USE enum status load_any(struct cli *cli, struct loaded_policy *out, const char *path);
void placeholder_defaults(struct compile_defaults *out, int64_t now_s);
/* Where the source of a policy says what `key` of a refusal names (policy/manifest.h): "admission.debug, line 14 column 3". False: not
 * there. `source` is the author's file, or what a sealed policy embeds; `party` may be "". */
enum { POLICY_LINE_MAX = 192 };
bool policy_line(char out[static POLICY_LINE_MAX], struct slice source, const char *party, const char *key);
/* Puts it into a refusal whose message names such a key: "… (policy: admission.debug)". */
void add_policy_line(struct problem *problem, const struct policy *p, struct slice source);
/* The file that a person looks at: the author's where there is one, else what the sealed policy embeds. */
struct slice policy_source(const struct loaded_policy *p);
/* JSON array of lines. */
json_t *json_lines(struct slice text);

#endif
