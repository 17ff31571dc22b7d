/* parley policy reference import|export: reference values from and to a CoRIM (docs/CORIM.md). */
#include "base/keyfile.h"
#include "policy/corim.h"
#include "policy/reference.h"
#include "policy_common.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct reference_options {
	const char *signer, *out, *release, *party, *key, *issuer;
};

/* ---- import ---- */

/* A signed file needs to be asked for by its signer's key; an unsigned one must not pretend. */
static enum status open_file(
    struct cli *cli, struct slice *corim, struct slice file, const struct reference_options *o, const char *path)
{
	uint8_t pk[ED25519_PUBLIC_LEN];
	char issuer[CORIM_ID_MAX + 1];
	enum status st;

	*corim = file;
	if (!corim_is_signed(file) && o->signer)
		return problem_set(
		    &cli->problem, ST_SIGNATURE, path, "ask for the signed file", "the file is not signed");
	if (!corim_is_signed(file)) {
		say(cli, "# not signed: compare these values with their source\n");
		return ST_OK;
	}
	if (!o->signer)
		return problem_set(&cli->problem, ST_ARGUMENT, "--signer", "give the signer's Ed25519 public key",
		    "the file is signed, and nobody says by whom");
	if (hex_decode(pk, sizeof pk, o->signer) != ST_OK)
		return problem_set(&cli->problem, ST_ARGUMENT, "--signer", NULL, "a public key has 64 hex digits");
	TRY(corim_open(corim, issuer, file, pk, &cli->problem));
	put_text(cli->doc, "issuer", issuer);
	say(cli, "# signed by %s, who calls itself \"%s\"\n", o->signer, issuer);
out:
	return st;
}

static enum status import(struct cli *cli, const char *path, const struct reference_options *o)
{
	struct corim *c = calloc(1, sizeof *c);
	struct buf file = {0}, yaml = {0};
	struct slice bytes;
	enum status st = c ? ST_OK : ST_NO_MEMORY;

	TRY(st);
	TRY(read_file(cli, &file, path, 2 * CORIM_MAX));
	TRY(open_file(cli, &bytes, buf_view(&file), o, path));
	TRY(corim_decode(c, bytes, &cli->problem));
	buf_append_str(&yaml, "reference_values:\n");
	for (unsigned i = 0; i < c->n; i++)
		reference_render(&yaml, c->sets[i].kind, NULL, &c->sets[i].set);
	TRY(buf_status(&yaml));
	if (o->out)
		TRY(write_file(cli, o->out, buf_view(&yaml), 0644));
	put_text(cli->doc, "id", c->id);
	put_u64(cli->doc, "sets", c->n);
	json_object_set_new(cli->doc, "reference_values", json_stringn((const char *)yaml.ptr, yaml.len));
	say(cli, "# %s\n", c->id);
	say_bytes(cli, buf_view(&yaml));
out:
	buf_clear(&file);
	buf_clear(&yaml);
	free(c);
	return st;
}

/* ---- export ---- */

static bool is_there(const struct corim *c, enum tee_kind kind, const struct tee_set *set)
{
	for (unsigned i = 0; i < c->n; i++)
		if (c->sets[i].kind == kind &&
		    (!set->release[0] || strcmp(c->sets[i].set.release, set->release) == 0) &&
		    memcmp(c->sets[i].set.values, set->values, sizeof set->values) == 0)
			return true;
	return false;
}

static enum status add_set(struct cli *cli, struct corim *c, const struct policy_party *p, const struct tee_set *set)
{
	struct corim_set *s = &c->sets[c->n];
	char release[TEE_RELEASE_MAX + 1] = "";
	unsigned unnamed = 0;

	if (is_there(c, p->tee, set))
		return ST_OK;
	if (c->n == CORIM_SETS_MAX)
		return problem_set(&cli->problem, ST_TOO_LARGE, p->id, "export one release: --release NAME",
		    "more than %d sets", CORIM_SETS_MAX);
	if (c->n && (set->not_before != c->not_before || set->not_after != c->not_after))
		return problem_set(&cli->problem, ST_POL_UNSUPPORTED, p->id, "export one release: --release NAME",
		    "the sets have different dates, and a CoRIM has one pair of them");
	c->not_before = set->not_before;
	c->not_after = set->not_after;
	s->kind = p->tee;
	s->set = *set;
	for (unsigned i = 0; i < c->n; i++)
		unnamed += c->sets[i].kind == p->tee && strncmp(c->sets[i].set.release, "unnamed", 7) == 0;
	if (set->release[0])
		snprintf(release, sizeof release, "%s", set->release);
	else
		snprintf(release, sizeof release, "unnamed-%u", unnamed + 1);
	memcpy(s->set.release, release, sizeof release);
	snprintf(s->tag_id, sizeof s->tag_id, "%s/%s", tee_name(p->tee), release);
	c->n++;
	return ST_OK;
}

static enum status collect(struct cli *cli, struct corim *c, const struct policy *p, const struct reference_options *o)
{
	enum status st = ST_OK;

	if (o->party && policy_party_index(p, o->party) < 0)
		return problem_set(
		    &cli->problem, ST_ARGUMENT, "--party", NULL, "\"%.60s\" is no party of this policy", o->party);
	snprintf(c->id, sizeof c->id, "%s-%llu%s%s", p->name, (unsigned long long)p->serial, o->release ? "-" : "",
	    o->release ? o->release : "");
	for (unsigned i = 0; i < p->n_parties; i++)
		for (unsigned k = 0; k < p->parties[i].n_sets; k++) {
			const struct tee_set *set = &p->parties[i].sets[k];
			if ((o->party && strcmp(o->party, p->parties[i].id) != 0) ||
			    (o->release && strcmp(o->release, set->release) != 0))
				continue;
			TRY(add_set(cli, c, &p->parties[i], set));
		}
	if (c->n == 0)
		st = problem_set(&cli->problem, ST_ARGUMENT, "--release", NULL, "the policy has no such release%s",
		    o->party ? " for this party" : "");
out:
	return st;
}

/* What another organisation would read, read here first. */
static enum status check(struct cli *cli, struct slice bytes)
{
	struct corim *again = calloc(1, sizeof *again);
	struct problem inner = {0};
	enum status st = again ? corim_decode(again, bytes, &inner) : ST_NO_MEMORY;

	free(again);
	if (st == ST_POL_VALUE)
		return problem_set(&cli->problem, ST_POL_UNSUPPORTED, inner.where, "export one party: --party ID",
		    "parties have sets that one CoRIM cannot hold: %s", inner.message);
	return problem_default(&cli->problem, st, "CoRIM");
}

static enum status sign(struct cli *cli, struct buf *file, struct slice bytes, const struct reference_options *o)
{
	struct key_file key = {0};
	uint8_t sk[ED25519_SECRET_LEN];
	enum status st;

	if (!o->issuer)
		return problem_set(&cli->problem, ST_ARGUMENT, "--issuer", "name the organisation",
		    "a signed CoRIM says who issued it");
	if (strlen(o->issuer) > CORIM_ID_MAX)
		return problem_set(&cli->problem, ST_ARGUMENT, "--issuer", NULL, "longer than %d bytes", CORIM_ID_MAX);
	TRY(key_file_read(&key, o->key, KEY_IMAGE, &cli->problem));
	key_file_signing(sk, &key);
	st = corim_sign(file, bytes, o->issuer, sk);
	wipe(sk, sizeof sk);
out:
	secret32_wipe(&key.secret);
	return st;
}

static enum status export(struct cli *cli, const char *path, const struct reference_options *o) {
	struct corim *c = calloc(1, sizeof *c); struct loaded_policy *p = NULL; struct buf bytes = {0}, file = {0};
	enum status st = c ? ST_OK : ST_NO_MEMORY;

	TRY(st);
	if (!o->out) TRY(problem_set(&cli->problem, ST_ARGUMENT, "--out", "add --out FILE.corim", "a CoRIM is binary"));
	TRY(loaded_policy_new(&p));
	TRY(load_any(cli, p, path));
	TRY(collect(cli, c, &p->policy, o));
	TRY(corim_encode(&bytes, c));
	TRY(check(cli, buf_view(&bytes)));
	if (o->key) TRY(sign(cli, &file, buf_view(&bytes), o));
	TRY(write_file(cli, o->out, o->key ? buf_view(&file) : buf_view(&bytes), 0644));
	put_text(cli->doc, "id", c->id);
	put_u64(cli->doc, "sets", c->n);
	say(cli, "wrote %s: %u set%s of %s, %s\n", o->out, c->n, c->n == 1 ? "" : "s", c->id,
	    o->key ? "signed" : "not signed");
	out : buf_clear(&bytes);
	buf_clear(&file);
	loaded_policy_free(p);
	free(c);
	return st;
}

enum status verb_policy_reference(struct cli *cli, int argc, char **argv)
{
	struct reference_options o = {0};
	const struct opt opts[] = {{"--signer", OPT_TEXT, &o.signer, false}, {"--out", OPT_TEXT, &o.out, false},
	    {"--release", OPT_TEXT, &o.release, false}, {"--party", OPT_TEXT, &o.party, false},
	    {"--key", OPT_TEXT, &o.key, false}, {"--issuer", OPT_TEXT, &o.issuer, false}};
	const char *positions[2];
	enum status st;

	TRY(cli_options(cli, argc, argv, opts, sizeof opts / sizeof *opts, positions, 2, 2));
	cli->doc = json_object();
	if (strcmp(positions[0], "import") == 0 && (o.release || o.party || o.key || o.issuer))
		return problem_set(&cli->problem, ST_ARGUMENT, "command line", NULL,
		    "--release, --party, --key and --issuer are for export");
	if (strcmp(positions[0], "export") == 0 && o.signer)
		return problem_set(&cli->problem, ST_ARGUMENT, "command line", NULL, "--signer is for import");
	if (strcmp(positions[0], "import") == 0)
		return import(cli, positions[1], &o);
	if (strcmp(positions[0], "export") == 0)
		return export(cli, positions[1], &o);
	st = problem_set(&cli->problem, ST_ARGUMENT, "command line",
	    "parley policy reference import FILE, or export POLICY --out FILE",
	    "\"%.40s\" is neither import nor export", positions[0]);
out:
	return st;
}
