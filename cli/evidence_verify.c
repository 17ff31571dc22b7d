/*
 * parley evidence verify: one document from the field, and what it proves or why it is refused (docs/EVIDENCE.md).
 *
 *   reject   not genuine, not of this time, not complete, or not the code that was asked for
 *   debug    genuine, and worthless: the host can read the enclave's memory
 *   policy   genuine; a policy must permit its status, advisory or platform by name
 *   valid    all of it holds
 */
#include "evidence.h"

#include "attest/hcl.h"
#include "policy/ear.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct judgement { /* large: heap only */
	struct evidence_file file;
	struct collateral collateral;
	struct buf bundle, endorsement; /* of an organisation; empty: none */
	struct reference *reference;
	struct att_claims claims;
	struct att_finding finding; /* of the first refusal */
	const char *verdict, *release;
	bool has_claims;
	enum tee_kind kind;
	int64_t at_s;
};

struct verify_options {
	const char *path, *tee, *at, *root, *policy, *party;
	struct opt_many collateral, endorsements, references;
	bool ear;
};

static struct judgement *judgement_new(void)
{
	struct judgement *j = calloc(1, sizeof *j);

	if (j && reference_new(&j->reference) != ST_OK) {
		free(j);
		return NULL;
	}
	return j;
}

static void judgement_free(struct judgement *j)
{
	if (!j)
		return;
	evidence_file_clear(&j->file);
	collateral_clear(&j->collateral);
	buf_clear(&j->bundle);
	buf_clear(&j->endorsement);
	reference_free(j->reference);
	free(j);
}

/* ---- files ---- */

/* A file that cannot be read at all is the caller's mistake; one that holds no evidence, or nothing that is known, is a verdict. */
static enum status as_verdict(struct cli *cli, struct judgement *j, enum status st, enum att_check check, const char *expected)
{
	if (st != ST_COL_FILE && st != ST_TOO_LARGE)
		return st;
	att_refuse(&j->finding, check == ATT_CHECK_FORM ? ST_ATT_FORMAT : ST_ATT_COLLATERAL, check, expected, "%s: %s", cli->problem.where,
	    cli->problem.message);
	cli->problem = (struct problem){.st = ST_OK};
	return ST_OK;
}

static enum status read_evidence(struct cli *cli, struct judgement *j, const char *path)
{
	struct buf file = {0};
	enum status st = read_file(cli, &file, path, COLLATERAL_FILE_MAX);

	if (st == ST_OK)
		st = evidence_import(&j->file, buf_view(&file), path, &cli->problem);
	buf_clear(&file);
	return as_verdict(cli, j, st, ATT_CHECK_FORM, "evidence: binary, hex or base64");
}

static enum status read_collateral(struct cli *cli, struct judgement *j, const struct opt_many *paths)
{
	return as_verdict(cli, j, collateral_read(cli, &j->collateral, paths), ATT_CHECK_COLLATERAL, "collateral in a form that is known");
}

/* Vendors sign platforms with certificates, organisations sign enclaves with COSE: the first kind is collateral. */
static enum status read_endorsement(struct cli *cli, struct judgement *j, const char *path)
{
	const struct opt_many one = {.values = {path}, .n = 1};
	struct buf file = {0};
	struct evidence_file decoded = {0};
	struct problem none = {.st = ST_OK};
	enum status st;

	TRY(read_file(cli, &file, path, COLLATERAL_FILE_MAX));
	st = evidence_import(&decoded, buf_view(&file), path, &none); /* for its text encodings */
	if (st != ST_OK || !is_endorsement(buf_view(&decoded.bytes)))
		TRY(read_collateral(cli, j, &one));
	else if (j->endorsement.len)
		TRY(problem_set(&cli->problem, ST_ARGUMENT, path, "give one", "an enclave has one endorsement by its organisation"));
	else {
		j->endorsement = decoded.bytes;
		decoded.bytes = (struct buf){0};
		st = ST_OK;
	}
out:
	buf_clear(&file);
	evidence_file_clear(&decoded);
	return st;
}

static enum status make_bundle(struct cli *cli, struct judgement *j)
{
	struct att_bundle own;
	enum status st = ST_OK;

	collateral_view(&own, &j->file.collateral);
	for (size_t k = 0; st == ST_OK && k < own.n; k++)
		st = collateral_add(&j->collateral, own.items[k].type, own.items[k].bytes, NULL, 0);
	if (st == ST_OK && j->collateral.n)
		st = collateral_encode(&j->bundle, &j->collateral);
	if (st == ST_TOO_LARGE)
		problem_set(&cli->problem, st, "--collateral", NULL, "more collateral than a bundle holds");
	return as_verdict(cli, j, st, ATT_CHECK_COLLATERAL, "a bundle of at most 64 documents and 262144 bytes");
}

/* ---- judging ---- */

static const char open_enclave[] = "an Open Enclave report: 16 bytes stand before the quote, cut them off";

/* Refusals keep their own code; what is not one of attestation's would leave with another exit code. */
static enum status refused(struct judgement *j, const char *verdict)
{
	j->verdict = verdict;
	if (j->finding.st != ST_NO_MEMORY && status_exit(j->finding.st) != EXIT_CODE_ATTESTATION)
		j->finding.st = ST_ATT_FORMAT;
	return j->finding.st;
}

static enum status examine(struct judgement *j)
{
	const struct att_input in = {.evidence = buf_view(&j->file.bytes),
	    .collateral = buf_view(&j->bundle),
	    .anchors = &att_anchors_production,
	    .root = j->reference->ref.root,
	    .now = {j->at_s, j->at_s}};

	if (evidence_open_enclave(in.evidence).len)
		return att_refuse(&j->finding, ST_ATT_FORMAT, ATT_CHECK_FORM, "a quote, report or document as the TEE made it", "%s", open_enclave);
	const struct hcl_evidence hcl = {.report = buf_view(&j->file.hcl),
	    .message = buf_view(&j->file.message),
	    .signature = buf_view(&j->file.signature),
	    .pcrs = j->file.pcrs[0]};
	bool azure = j->file.form == EVIDENCE_AZURE_JSON && (j->kind == TEE_SNP || j->kind == TEE_TPM);
	enum status st = azure ? hcl_examine(&j->claims, j->kind, &hcl, &in, &j->finding) : att_examine(&j->claims, j->kind, &in, &j->finding);
	j->has_claims = st == ST_OK;
	return st;
}

static enum status judge(struct judgement *j)
{
	struct att_time now = {j->at_s, j->at_s};
	struct att_reference *ref = &j->reference->ref;

	if (j->finding.st != ST_OK) /* a file was refused */
		return refused(j, "reject");
	if (j->reference->given && ref->kind != j->kind) {
		att_refuse(&j->finding, ST_ATT_FORMAT, ATT_CHECK_KIND, tee_name(ref->kind), "%s", tee_name(j->kind));
		return refused(j, "reject");
	}
	ref->kind = j->kind;
	if (examine(j) != ST_OK)
		return refused(j, "reject");
	enum status st = att_appraise(&j->claims, ref, NULL, now, &j->release, &j->finding);
	if (j->claims.debug) { /* whatever a policy permits: this word is never `valid` */
		j->finding = (struct att_finding){.st = ST_OK};
		att_refuse(&j->finding, ST_ATT_DEBUG, ATT_CHECK_DEBUG, "an enclave that no debugger can read", "a debug enclave");
		return refused(j, "debug");
	}
	if (st == ST_OK && j->endorsement.len)
		st = endorsement_check(&j->finding, j->reference->party, buf_view(&j->endorsement), j->kind, buf_view(&j->file.bytes));
	if (st == ST_ATT_MEASUREMENT || st == ST_ATT_REVOKED || st == ST_ATT_ENDORSEMENT)
		return refused(j, "reject");
	if (st != ST_OK)
		return refused(j, "policy");
	j->verdict = "valid";
	return ST_OK;
}

/* ---- reporting ---- */

/* Where the policy that was named says what decided; false without a policy, or when none can permit it. */
static bool decided_at(char out[static POLICY_LINE_MAX], const struct judgement *j)
{
	const struct reference *r = j->reference;

	return j->finding.policy_key[0] && r->policy && r->party &&
	       policy_line(out, policy_source(r->policy), r->party->id, j->finding.policy_key);
}

static void fill_doc(struct cli *cli, const struct judgement *j, const struct verify_options *o)
{
	const struct att_finding *f = &j->finding;
	char line[POLICY_LINE_MAX];

	cli->doc = json_object();
	put_text(cli->doc, "verdict", j->verdict);
	put_text(cli->doc, "code", status_code(f->st));
	put_text(cli->doc, "check", f->st ? att_check_name(f->check) : "");
	put_text(cli->doc, "expected", f->expected);
	put_text(cli->doc, "got", f->got);
	json_object_set_new(cli->doc, "claims", j->has_claims ? claims_json(&j->claims) : json_object());
	put_text(cli->doc, "tcb_status", j->has_claims ? tee_status_name(j->claims.tcb_status) : "");
	put_text(cli->doc, "policy_key", f->policy_key);
	if (decided_at(line, j))
		put_text(cli->doc, "policy_line", line);
	json_object_set_new(cli->doc, "temporary", json_boolean(f->st && att_is_temporary(f->st)));
	json_object_set_new(cli->doc, "endorsed", json_boolean(f->st == ST_OK && j->endorsement.len));
	put_text(cli->doc, "tee", tee_name(j->kind));
	put_text(cli->doc, "at", time_text(j->at_s));
	json_object_set_new(cli->doc, "at_is_now", json_boolean(!o->at));
	json_object_set_new(cli->doc, "measured", json_boolean(j->reference->ref.n_sets > 0));
	if (j->release)
		put_text(cli->doc, "release", j->release);
}

static void report(struct cli *cli, const struct judgement *j, const struct verify_options *o)
{
	const struct att_finding *f = &j->finding;
	const char *status = j->has_claims ? tee_status_name(j->claims.tcb_status) : "";
	char line[POLICY_LINE_MAX];

	say(cli, "%s: %s%s%s evidence, judged at %s%s\n", j->verdict, tee_name(j->kind), status[0] ? ", " : "", status, time_text(j->at_s),
	    o->at ? "" : " (now; --at gives another time)");
	if (f->st)
		say(cli, "  %-24s%s\n  %-24s%s\n  %-24s%s\n", "check", att_check_name(f->check), "expected", f->expected, "got", f->got);
	if (decided_at(line, j))
		say(cli, "  %-24s%s\n", "decided at", line);
	if (j->has_claims)
		claims_say(cli, &j->claims);
	if (f->st == ST_OK && !j->reference->ref.n_sets)
		say(cli, "  genuine; whether this is the code you agreed on was not asked: name it with --reference or --policy\n");
}

enum { NAME_SHOWN = 255 };

/* A file may be named by any bytes; a JSON key is UTF-8. */
static void plain_name(char out[static NAME_SHOWN + 1], const char *name)
{
	size_t n = strnlen(name, NAME_SHOWN);

	for (size_t k = 0; k < n; k++)
		out[k] = name[k] >= ' ' && name[k] <= '~' ? name[k] : '?';
	out[n] = 0;
}

/* An EAT attestation result (docs/EAR.md): with --json beside our own words, else alone on standard output. */
static enum status report_ear(struct cli *cli, const struct judgement *j, const struct verify_options *o)
{
	char name[NAME_SHOWN + 1];
	const struct ear_subject subject = {.name = name,
	    .kind = j->kind,
	    .st = j->finding.st,
	    .claims = j->has_claims ? &j->claims : NULL,
	    .finding = j->finding.st ? &j->finding : NULL,
	    .measured = j->finding.st == ST_OK && j->reference->ref.n_sets > 0,
	    .release = j->release};

	plain_name(name, o->party ? o->party : o->path);
	json_t *ear = ear_result(&subject, 1, j->at_s);
	if (!ear)
		return ST_NO_MEMORY;
	if (cli->json)
		return json_object_set_new(cli->doc, "ear", ear) == 0 ? ST_OK : ST_NO_MEMORY;
	json_dumpf(ear, stdout, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
	putchar('\n');
	json_decref(ear);
	return ST_OK;
}

/* ---- options ---- */

static enum status check_options(struct cli *cli, struct judgement *j, const struct verify_options *o)
{
	enum status st;

	TRY(tee_option(cli, o->tee, &j->kind));
	TRY(time_option(cli, "--at", o->at, &j->at_s));
	if (o->policy ? !o->party : o->party && !o->references.n)
		return problem_set(&cli->problem, ST_ARGUMENT, "command line", "give both", "--policy and --party go together");
	if (o->policy)
		TRY(reference_from_policy(cli, j->reference, o->policy, o->party));
	if (o->root)
		TRY(reference_root(cli, j->reference, o->root));
out:
	return st;
}

/* The kind that was named, else the one that the bytes look like; then what is accepted of it, and its root. */
static enum status settle_kind(struct cli *cli, struct judgement *j, const struct verify_options *o)
{
	enum status st = ST_OK;

	if (!o->tee)
		j->kind = evidence_kind(buf_view(&j->file.bytes));
	if (!j->kind && j->finding.st == ST_OK)
		att_refuse(&j->finding, ST_ATT_FORMAT, ATT_CHECK_KIND, "evidence of a kind that is known, or --tee", "%s",
		    evidence_open_enclave(buf_view(&j->file.bytes)).len ? open_enclave : "bytes like none of them");
	for (size_t k = 0; j->kind && k < o->references.n; k++)
		TRY(reference_from_file(cli, j->reference, o->references.values[k], j->kind, o->party));
	bool rooted = j->kind == TEE_SOFTWARE || (j->kind == TEE_TPM && j->file.form != EVIDENCE_AZURE_JSON);
	if (rooted && !j->reference->ref.root && j->finding.st == ST_OK)
		return problem_set(&cli->problem, ST_ARGUMENT, "--root", "give it, or --policy and --party that pin it",
		    "%s evidence is signed by a root of one installation", tee_name(j->kind));
	if (j->endorsement.len && !j->reference->party)
		return problem_set(&cli->problem, ST_ARGUMENT, "--endorsement", "add --policy FILE --party ID", "whose endorse key should have signed it?");
out:
	return st;
}

enum status verb_evidence_verify(struct cli *cli, int argc, char **argv)
{
	struct verify_options o = {0};
	const struct opt opts[] = {{"--tee", OPT_TEXT, &o.tee, false}, {"--at", OPT_TEXT, &o.at, false}, {"--collateral", OPT_MANY, &o.collateral, false},
	    {"--endorsement", OPT_MANY, &o.endorsements, false}, {"--reference", OPT_MANY, &o.references, false}, {"--policy", OPT_TEXT, &o.policy, false},
	    {"--party", OPT_TEXT, &o.party, false}, {"--root", OPT_TEXT, &o.root, false}, {"--ear", OPT_FLAG, &o.ear, false}};
	struct judgement *j = judgement_new();
	enum status st;

	if (!j)
		return ST_NO_MEMORY;
	TRY(cli_options(cli, argc, argv, opts, sizeof opts / sizeof *opts, &o.path, 1, 1));
	TRY(check_options(cli, j, &o));
	TRY(read_evidence(cli, j, o.path));
	TRY(read_collateral(cli, j, &o.collateral));
	for (size_t k = 0; k < o.endorsements.n; k++)
		TRY(read_endorsement(cli, j, o.endorsements.values[k]));
	TRY(settle_kind(cli, j, &o));
	TRY(make_bundle(cli, j));
	st = judge(j);
	if (st == ST_NO_MEMORY)
		goto out;
	fill_doc(cli, j, &o);
	if (o.ear && report_ear(cli, j, &o) != ST_OK) {
		st = ST_NO_MEMORY;
		goto out;
	}
	if (!o.ear || cli->json)
		report(cli, j, &o);
	if (st != ST_OK)
		att_problem(&cli->problem, &j->finding, o.path);
out:
	judgement_free(j);
	return st;
}
