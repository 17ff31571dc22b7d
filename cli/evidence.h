/* What the evidence and collateral verbs share: files in, claims and documents out as text and JSON. */
#ifndef CLI_EVIDENCE_H
#define CLI_EVIDENCE_H

#include "cli.h"
#include "collateral/import.h"
#include "policy_common.h"

/* "nitro"; ST_ARGUMENT names the kinds. NULL leaves *kind as it is. */
MUST_USE enum status tee_option(struct cli *cli, const char *name, enum tee_kind *kind);
/* RFC 3339, or the machine's clock when text is NULL. */
MUST_USE enum status time_option(struct cli *cli, const char *name, const char *text, int64_t *seconds);
/* "2026-11-22T21:30:00Z"; years that have no such form as "@SECONDS". Static storage of eight texts, used in turn. */
const char *time_text(int64_t seconds);
/* 2*len lower-case digits; static storage of four texts. len <= 128. */
const char *hex_text(const uint8_t *bytes, size_t len);

/* Adds every file to `to`. A missing file is ST_NO_INPUT; one that is not understood ST_COL_FILE, with its place. */
MUST_USE enum status collateral_read(struct cli *cli, struct collateral *to, const struct opt_many *paths);

/* Claims as JSON, and as lines for a person. */
json_t *claims_json(const struct att_claims *c);
void claims_say(const struct cli *cli, const struct att_claims *c);

/* ---- what makes the verdict concrete ---- */
struct reference { /* large: heap only */
	struct att_reference ref;
	bool given;                     /* a policy or reference values were named */
	struct loaded_policy *policy;   /* owned */
	const struct policy_party *party;
	struct tee_set sets[TEE_SETS_MAX];
	struct tee_rules rules;
	uint8_t root[32];
	bool has_root;
};
MUST_USE enum status reference_new(struct reference **out);
void reference_free(struct reference *r);
/* One party of a policy file or sealed policy. */
MUST_USE enum status reference_from_policy(struct cli *cli, struct reference *r, const char *path, const char *party);
/* Reference values as a person keeps them, for evidence of this kind (docs/EVIDENCE.md): a part of a policy file (`reference_values`, `admission`),
 * the registers alone (`mrenclave: HEX`), or a whole policy, which needs `party`. Sets of several files are alternatives; rules of a later file
 * replace those of an earlier one. */
MUST_USE enum status reference_from_file(struct cli *cli, struct reference *r, const char *path, enum tee_kind kind, const char *party);
/* --root: 64 hex digits. */
MUST_USE enum status reference_root(struct cli *cli, struct reference *r, const char *hex);

/* ---- an organisation's endorsement ---- */
/* COSE_Sign1 by its first byte; anything else given with --endorsement is a vendor's certificate. */
bool is_endorsement(struct slice file);
/* Signed by this party's endorse key, for this party and this evidence; which session it names cannot be judged without its HELLOs.
 * ST_ATT_ENDORSEMENT with the finding, ST_NO_MEMORY. */
MUST_USE enum status endorsement_check(
    struct att_finding *f, const struct policy_party *party, struct slice document, enum tee_kind kind, struct slice evidence);

#endif
