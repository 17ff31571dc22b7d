/* parley collateral show, check: what a bundle holds; what of it is the vendor's and of this time, and what evidence would miss. */
#include "collateral.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const windows[] = {[COLLATERAL_VALID] = "valid", [COLLATERAL_NOT_YET] = "not yet", [COLLATERAL_EXPIRED] = "expired"};

const char *document_name(const struct collateral_facts *f)
{
	static char name[160];

	if (f->id[0])
		snprintf(name, sizeof name, "%s%s%s", f->id, f->fmspc[0] ? " of FMSPC " : "", f->fmspc);
	else
		snprintf(name, sizeof name, "%s", f->subject[0] ? f->subject : f->issuer);
	return name;
}

json_t *judgement_say(const struct cli *cli, const struct collateral_judgement *j)
{
	json_t *list = json_array();

	for (size_t k = 0; k < j->n; k++) {
		const struct collateral_judged *i = &j->items[k];
		const struct collateral_facts *f = &i->facts;
		json_t *doc = json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:s}", "type", f->type, "name", document_name(f), "issuer", f->issuer, "from", time_text(f->from_s), "to",
		    time_text(f->to_s), "signature", collateral_signature_name(i->signature), "window", windows[i->window]);
		if (f->fmspc[0])
			put_text(doc, "fmspc", f->fmspc);
		if (f->evaluation)
			put_u64(doc, "tcb_evaluation", f->evaluation);
		if (strcmp(f->type, "crl") == 0)
			put_u64(doc, "revoked", f->revoked);
		put_text(doc, "fetched", f->fetched_s ? time_text(f->fetched_s) : "");
		json_array_append_new(list, doc);
		say(cli, "  %-12s %-42s %.10s to %.10s  %-8s %s%s%.10s\n", f->type, document_name(f), time_text(f->from_s), time_text(f->to_s), windows[i->window],
		    collateral_signature_name(i->signature), f->fetched_s ? ", fetched " : "", f->fetched_s ? time_text(f->fetched_s) : "");
	}
	return list;
}

/* ---- what is missing for whom ---- */

struct telling {
	struct cli *cli;
	json_t *gaps;
	const char *who;
	size_t n, asked;
};

static void tell_gap(void *ctx, const char *what)
{
	struct telling *t = ctx;

	t->n++;
	say(t->cli, "  %s: %s\n", t->who, what);
	json_array_append_new(t->gaps, json_pack("{s:s,s:s}", "for", t->who, "what", what));
}

static void ask(struct telling *t, const struct collateral_judgement *j, const struct collateral_need *need)
{
	char who[64];
	int64_t until_s;
	const char *platform = need->fmspc ? need->fmspc : need->product;

	snprintf(who, sizeof who, "%s%s%s", tee_name(need->tee), platform ? " " : "", platform ? platform : "");
	t->who = who;
	t->asked++;
	if (collateral_suffices(j, need, tell_gap, t, &until_s))
		say(t->cli, "  %s: whole until %s\n", who, time_text(until_s));
}

/* Without --tee: for each platform that something lies there for. */
static void ask_for_all(struct telling *t, const struct collateral_judgement *j)
{
	for (size_t k = 0; k < j->n; k++) {
		const struct collateral_facts *f = &j->items[k].facts;
		struct collateral_need need = {.fmspc = f->fmspc[0] ? f->fmspc : NULL};
		if (strcmp(f->type, "tcb-info") == 0)
			need.tee = strcmp(f->id, "TDX") == 0 ? TEE_TDX : TEE_SGX;
		else if (strncmp(f->subject, "ARK-", 4) == 0) {
			need.tee = TEE_SNP;
			need.product = f->subject + 4;
		}
		if (need.tee)
			ask(t, j, &need);
	}
}

struct check_options {
	const char *path, *tee, *fmspc, *product, *at;
};

/* Documents of another time may lie beside those that hold; alone they are nothing. */
static enum status verdict(struct cli *cli, const char *path, const struct collateral_judgement *j, const struct telling *t)
{
	size_t forged = 0, stale = 0;

	for (size_t k = 0; k < j->n; k++) {
		forged += j->items[k].signature == COLLATERAL_FORGED;
		stale += j->items[k].window != COLLATERAL_VALID;
	}
	put_u64(cli->doc, "forged", forged);
	put_u64(cli->doc, "stale", stale);
	if (forged)
		return problem_set(&cli->problem, ST_COL_FORGED, path, NULL, "%zu documents are not signed by the vendor", forged);
	if (t->n || (stale && !t->asked))
		return problem_set(&cli->problem, ST_COL_STALE, path, NULL, "%zu documents are not valid at this time, %zu things are missing", stale, t->n);
	return ST_OK;
}

static enum status judge_bundle(struct cli *cli, const struct check_options *o, bool with_verdict)
{
	const struct opt_many one = {.values = {o->path}, .n = 1};
	struct collateral set = {.n = 0};
	struct collateral_judgement *j = calloc(1, sizeof *j);
	struct collateral_need need = {.fmspc = o->fmspc, .product = o->product};
	int64_t at_s;
	enum status st = j ? ST_OK : ST_NO_MEMORY;

	TRY(st);
	TRY(tee_option(cli, o->tee, &need.tee));
	TRY(time_option(cli, "--at", o->at, &at_s));
	TRY(collateral_read(cli, &set, &one));
	TRY(collateral_judge(j, &set, &att_anchors_production, at_s));
	say(cli, "%s: %zu documents, judged at %s%s\n", o->path, j->n, time_text(at_s), o->at ? "" : " (now)");
	cli->doc = json_pack("{s:s,s:s,s:b,s:o}", "bundle", o->path, "at", time_text(at_s), "at_is_now", !o->at, "documents", judgement_say(cli, j));
	struct telling t = {cli, json_array(), "", 0, 0};
	if (need.tee)
		ask(&t, j, &need);
	else
		ask_for_all(&t, j);
	json_object_set_new(cli->doc, "gaps", t.gaps);
	if (with_verdict)
		st = verdict(cli, o->path, j, &t);
out:
	collateral_clear(&set);
	free(j);
	return st;
}

static enum status judge_verb(struct cli *cli, int argc, char **argv, bool with_verdict)
{
	struct check_options o = {0};
	const struct opt opts[] = {
	    {"--tee", OPT_TEXT, &o.tee, false}, {"--fmspc", OPT_TEXT, &o.fmspc, false}, {"--product", OPT_TEXT, &o.product, false}, {"--at", OPT_TEXT, &o.at, false}};
	enum status st = cli_options(cli, argc, argv, opts, sizeof opts / sizeof *opts, &o.path, 1, 1);

	return st == ST_OK ? judge_bundle(cli, &o, with_verdict) : st;
}

enum status verb_collateral_show(struct cli *cli, int argc, char **argv)
{
	return judge_verb(cli, argc, argv, false);
}

enum status verb_collateral_check(struct cli *cli, int argc, char **argv)
{
	return judge_verb(cli, argc, argv, true);
}
