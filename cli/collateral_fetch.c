/*
 * parley collateral fetch: the only verb that opens a connection to a vendor, and only when told for whom. All documents of a run are
 * replaced together or none is: an outage leaves the old bundle, and says how long it still holds.
 */
#include "collateral.h"

#include "collateral/vendor.h"
#include "fetch/fetch.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { PLATFORMS_MAX = 16, TIMEOUT_DEFAULT_S = 20, TIMEOUT_MAX_S = 600 };

struct fetch_options {
	const char *tee, *product, *chip, *tcb, *from, *ca, *out, *at;
	struct opt_many fmspcs, evidence;
	uint64_t timeout_s;
};
struct fetching { /* large: heap only */
	struct vendor_platform platforms[PLATFORMS_MAX];
	size_t n_platforms, n_documents;
	struct collateral old, fresh;
	struct collateral_judgement judgement;
	int64_t at_s;
	bool nitro;
};

/* ---- for whom ---- */

static enum status add_platform(struct cli *cli, struct fetching *f, const struct vendor_platform *v)
{
	enum status st;

	if (v->tee == TEE_NITRO) {
		f->nitro = true;
		return ST_OK;
	}
	if (v->tee != TEE_SGX && v->tee != TEE_TDX && v->tee != TEE_SNP)
		return problem_set(&cli->problem, ST_ARGUMENT, "--tee", NULL, "%s evidence needs no collateral: its root is pinned in the policy", tee_name(v->tee));
	if (f->n_platforms == PLATFORMS_MAX)
		return problem_set(&cli->problem, ST_ARGUMENT, "command line", NULL, "at most %d platforms in one run", PLATFORMS_MAX);
	TRY(vendor_platform_check(v, &cli->problem));
	f->platforms[f->n_platforms++] = *v;
out:
	return st;
}

static enum status add_evidence(struct cli *cli, struct fetching *f, const struct fetch_options *o, const char *path)
{
	struct vendor_platform v = {.tee = 0};
	struct evidence_file file = {0};
	struct buf bytes = {0};
	enum tee_kind kind = 0;
	enum status st;

	TRY(tee_option(cli, o->tee, &kind));
	TRY(read_file(cli, &bytes, path, COLLATERAL_FILE_MAX));
	TRY(evidence_import(&file, buf_view(&bytes), path, &cli->problem));
	kind = kind ? kind : evidence_kind(buf_view(&file.bytes));
	if (!kind)
		TRY(problem_set(&cli->problem, ST_COL_FILE, path, "name its kind with --tee", "it looks like no kind of evidence that is known"));
	snprintf(v.product, sizeof v.product, "%s", o->product ? o->product : "");
	TRY(vendor_platform_of(&v, kind, buf_view(&file.bytes), path, &cli->problem));
	TRY(add_platform(cli, f, &v));
out:
	buf_clear(&bytes);
	evidence_file_clear(&file);
	return st;
}

static void lower(char *out, size_t cap, const char *text)
{
	snprintf(out, cap, "%s", text);
	for (char *p = out; *p; p++)
		if (*p >= 'A' && *p <= 'F')
			*p = (char)(*p | 0x20);
}

/* "3.0.8.115": boot loader, TEE, SNP, microcode; on Turin the FMC before them. */
static enum status take_tcb(struct cli *cli, struct vendor_platform *v, const char *text)
{
	unsigned n[5], parts = 0;
	int used = 0;
	bool turin = strcmp(v->product, "Turin") == 0;

	for (const char *p = text; parts < 5 && sscanf(p, "%3u%n", &n[parts], &used) == 1 && n[parts] <= 255; p += used + 1) {
		parts++;
		if (p[used] == 0) {
			for (unsigned k = 0; k < parts && parts == (turin ? 5 : 4); k++)
				v->tcb[(turin ? 0 : 1) + k] = (uint8_t)n[k];
			if (parts == (turin ? 5 : 4))
				return ST_OK;
			break;
		}
		if (p[used] != '.')
			break;
	}
	return problem_set(&cli->problem, ST_ARGUMENT, "--tcb", "boot loader, TEE, SNP, microcode, as 3.0.8.115; on Turin the FMC before them",
	    "\"%.40s\" is not a TCB of %s", text, v->product);
}

static enum status add_options(struct cli *cli, struct fetching *f, const struct fetch_options *o)
{
	struct vendor_platform v = {.tee = 0};
	enum status st;

	TRY(tee_option(cli, o->tee, &v.tee));
	if (o->product)
		snprintf(v.product, sizeof v.product, "%s", o->product);
	if (o->chip) {
		if (strlen(o->chip) >= sizeof v.chip || !o->tcb)
			return problem_set(&cli->problem, ST_ARGUMENT, "--chip", "or give --evidence of that machine", "--chip is hex and goes with --tcb");
		lower(v.chip, sizeof v.chip, o->chip);
		TRY(take_tcb(cli, &v, o->tcb));
	}
	st = o->fmspcs.n || v.tee == TEE_SGX || v.tee == TEE_TDX ? ST_OK : add_platform(cli, f, &v);
	if (st == ST_OK && o->fmspcs.n == 0 && (v.tee == TEE_SGX || v.tee == TEE_TDX))
		st = add_platform(cli, f, &v); /* says that the FMSPC is missing */
	for (size_t k = 0; st == ST_OK && k < o->fmspcs.n; k++) {
		if (strlen(o->fmspcs.values[k]) >= sizeof v.fmspc)
			return problem_set(&cli->problem, ST_ARGUMENT, "--fmspc", NULL, "an FMSPC is 12 hex digits");
		lower(v.fmspc, sizeof v.fmspc, o->fmspcs.values[k]);
		st = add_platform(cli, f, &v);
	}
out:
	return st;
}

static enum status find_platforms(struct cli *cli, struct fetching *f, const struct fetch_options *o)
{
	enum status st = ST_OK;

	if (!o->tee && !o->evidence.n)
		return problem_set(&cli->problem, ST_ARGUMENT, "command line", "give --evidence FILE, or --tee with --fmspc or --product",
		    "nothing is fetched unless it is said for whom");
	for (size_t k = 0; st == ST_OK && k < o->evidence.n; k++)
		st = add_evidence(cli, f, o, o->evidence.values[k]);
	if (st == ST_OK && o->tee && (!o->evidence.n || o->fmspcs.n))
		st = add_options(cli, f, o);
	return st;
}

/* ---- asking ---- */

static enum status fetch_one(struct cli *cli, struct fetching *f, const struct fetch_options *o, const struct vendor_wanted *w)
{
	const struct fetch get = {.url = w->url,
	    .header = w->chain_header,
	    .ca_file = o->ca,
	    .max = VENDOR_BODY_MAX,
	    .timeout_s = (unsigned)o->timeout_s};
	struct buf body = {0}, chain = {0};
	struct problem why = {.st = ST_OK};
	enum status st = fetch_get(&body, &chain, &get, &why);

	if (st == ST_OK)
		st = vendor_accept(&f->fresh, w, buf_view(&body), buf_view(&chain), (int64_t)time(NULL), &why);
	buf_clear(&body);
	buf_clear(&chain);
	if (st != ST_OK && w->optional && st != ST_COL_OUTAGE && st != ST_NO_MEMORY) {
		fprintf(stderr, "warning: without the %s: %s\n", w->what, why.message);
		return ST_OK;
	}
	if (st == ST_OK) {
		f->n_documents++;
		say(cli, "  fetched %s\n", w->what);
	} else
		cli->problem = why;
	return st;
}

static enum status fetch_all(struct cli *cli, struct fetching *f, const struct fetch_options *o)
{
	struct vendor_wanted wanted[VENDOR_WANTED_MAX];
	enum status st = ST_OK;

	for (size_t i = 0; st == ST_OK && i < f->n_platforms; i++) {
		size_t n = vendor_wanted(wanted, &f->platforms[i], o->from);
		for (size_t k = 0; st == ST_OK && k < n; k++)
			st = fetch_one(cli, f, o, &wanted[k]);
	}
	return st;
}

/* What came must be the vendor's and of this time; whatever stood in between may have sent anything. */
static enum status check_fresh(struct cli *cli, struct fetching *f, const struct fetch_options *o)
{
	enum status st;

	TRY(collateral_judge(&f->judgement, &f->fresh, &att_anchors_production, f->at_s));
	for (size_t k = 0; k < f->judgement.n; k++) {
		const struct collateral_judged *j = &f->judgement.items[k];
		const char *name = j->facts.id[0] ? j->facts.id : j->facts.subject[0] ? j->facts.subject : j->facts.issuer;
		if (j->signature != COLLATERAL_SIGNED)
			return problem_set(&cli->problem, ST_COL_ANSWER, o->from ? o->from : "the vendor's service", NULL,
			    "the %s %s that came is not signed by the vendor", j->facts.type, name);
		if (j->window != COLLATERAL_VALID)
			return problem_set(&cli->problem, ST_COL_ANSWER, o->from ? o->from : "the vendor's service",
			    "check this machine's clock; a cache may serve what is long out of date", "the %s %s that came is valid from %s to %s, not at %s", j->facts.type,
			    name, time_text(j->facts.from_s), time_text(j->facts.to_s), time_text(f->at_s));
	}
out:
	return st;
}

/* ---- keeping ---- */

static enum status read_old(struct cli *cli, struct fetching *f, const char *path)
{
	const struct opt_many one = {.values = {path}, .n = 1};

	return access(path, F_OK) != 0 && errno == ENOENT ? ST_OK : collateral_read(cli, &f->old, &one);
}

static enum status keep(struct cli *cli, struct fetching *f, const char *path)
{
	struct att_bundle fresh;
	struct buf bytes = {0};
	enum status st = ST_OK;

	collateral_view(&fresh, &f->fresh);
	for (size_t k = 0; st == ST_OK && k < fresh.n; k++)
		st = collateral_add(&f->old, fresh.items[k].type, fresh.items[k].bytes, fresh.items[k].signature.ptr, fresh.items[k].fetched_s);
	if (st == ST_OK) {
		collateral_supersede(&f->old);
		st = collateral_encode(&bytes, &f->old);
	}
	if (st == ST_TOO_LARGE)
		problem_set(&cli->problem, st, path, "begin a bundle of its own for these platforms", "a bundle holds at most 64 documents and 262144 bytes");
	if (st == ST_OK)
		st = write_file(cli, path, buf_view(&bytes), 0644);
	buf_clear(&bytes);
	return st;
}

static void ignore_gap(void *ctx, const char *what)
{
	(void)ctx, (void)what;
}

/* Does what is kept suffice for every platform asked for, and until when? */
static bool suffices(struct fetching *f, int64_t *until_s)
{
	bool whole = collateral_judge(&f->judgement, &f->old, &att_anchors_production, f->at_s) == ST_OK;

	*until_s = INT64_MAX;
	for (size_t i = 0; whole && i < f->n_platforms; i++) {
		const struct vendor_platform *v = &f->platforms[i];
		const struct collateral_need need = {.tee = v->tee, .fmspc = v->fmspc[0] ? v->fmspc : NULL, .ca = v->ca[0] ? v->ca : NULL,
		    .product = v->product[0] ? v->product : NULL};
		int64_t until;
		whole = collateral_suffices(&f->judgement, &need, ignore_gap, NULL, &until);
		*until_s = until < *until_s ? until : *until_s;
	}
	return whole;
}

/* An outage is no reason to stop while what is kept holds. */
static enum status after_failure(struct cli *cli, struct fetching *f, const struct fetch_options *o, enum status st)
{
	int64_t until_s;
	bool holds = suffices(f, &until_s);

	json_object_set_new(cli->doc, "outage", json_boolean(st == ST_COL_OUTAGE));
	json_object_set_new(cli->doc, "kept_suffices", json_boolean(holds));
	if (holds)
		put_text(cli->doc, "kept_until", time_text(until_s));
	if (st != ST_COL_OUTAGE || !holds)
		return st;
	fprintf(stderr, "warning: %s: %s; %s is unchanged and holds until %s\n", cli->problem.where, cli->problem.message, o->out, time_text(until_s));
	put_text(cli->doc, "warning", cli->problem.message);
	cli->problem = (struct problem){.st = ST_OK};
	return ST_OK;
}

static enum status run(struct cli *cli, struct fetching *f, const struct fetch_options *o)
{
	int64_t until_s;
	enum status st;

	TRY(time_option(cli, "--at", o->at, &f->at_s));
	TRY(find_platforms(cli, f, o));
	cli->doc = json_pack("{s:s}", "bundle", o->out);
	if (f->nitro)
		say(cli, "nitro: nothing to fetch; documents carry their whole chain, and AWS's root is pinned\n");
	if (!f->n_platforms)
		return ST_OK;
	TRY(read_old(cli, f, o->out));
	st = fetch_all(cli, f, o);
	if (st == ST_OK)
		st = check_fresh(cli, f, o);
	put_u64(cli->doc, "fetched", st == ST_OK ? f->n_documents : 0);
	if (st != ST_OK)
		return after_failure(cli, f, o, st);
	TRY(keep(cli, f, o->out));
	bool whole = suffices(f, &until_s);
	put_u64(cli->doc, "documents", f->old.n);
	json_object_set_new(cli->doc, "complete", json_boolean(whole));
	if (whole)
		put_text(cli->doc, "valid_until", time_text(until_s));
	say(cli, "%s: %zu documents%s%s\n", o->out, f->old.n, whole ? ", whole until " : "; `parley collateral check` says what is missing", whole ? time_text(until_s) : "");
out:
	return st;
}

enum status verb_collateral_fetch(struct cli *cli, int argc, char **argv)
{
	struct fetch_options o = {.timeout_s = TIMEOUT_DEFAULT_S};
	const struct opt opts[] = {{"--tee", OPT_TEXT, &o.tee, false}, {"--fmspc", OPT_MANY, &o.fmspcs, false}, {"--product", OPT_TEXT, &o.product, false},
	    {"--chip", OPT_TEXT, &o.chip, false}, {"--tcb", OPT_TEXT, &o.tcb, false}, {"--evidence", OPT_MANY, &o.evidence, false},
	    {"--from", OPT_TEXT, &o.from, false}, {"--ca", OPT_TEXT, &o.ca, false}, {"--out", OPT_TEXT, &o.out, true}, {"--at", OPT_TEXT, &o.at, false},
	    {"--timeout", OPT_U64, &o.timeout_s, false}};
	struct fetching *f = calloc(1, sizeof *f);
	enum status st;

	if (!f)
		return ST_NO_MEMORY;
	TRY(cli_options(cli, argc, argv, opts, sizeof opts / sizeof *opts, NULL, 0, 0));
	if (o.timeout_s < 1 || o.timeout_s > TIMEOUT_MAX_S)
		TRY(problem_set(&cli->problem, ST_ARGUMENT, "--timeout", NULL, "a time-out is 1 to %d seconds", TIMEOUT_MAX_S));
	st = run(cli, f, &o);
out:
	collateral_clear(&f->old);
	collateral_clear(&f->fresh);
	free(f);
	return st;
}
