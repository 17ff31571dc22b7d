/* Reference values for a verdict: a party of a policy, or what a person writes down. */
#include "evidence.h"

#include "policy/corim.h"

#include "policy/manifest.h"

#include <stdlib.h>
#include <string.h>

enum status reference_new(struct reference **out)
{
	struct reference *r = calloc(1, sizeof *r);

	if (!r)
		return ST_NO_MEMORY;
	r->ref = (struct att_reference){.sets = r->sets, .rules = &r->rules};
	*out = r;
	return ST_OK;
}

void reference_free(struct reference *r)
{
	if (!r)
		return;
	loaded_policy_free(r->policy);
	free(r);
}

enum status reference_root(struct cli *cli, struct reference *r, const char *hex)
{
	if (hex_decode(r->root, sizeof r->root, hex) != ST_OK)
		return problem_set(&cli->problem, ST_ARGUMENT, "--root",
		    "software: `root` of the policy's tee entry; tpm: SHA-256 of the attestation key's SubjectPublicKeyInfo", "a root is 64 hex digits");
	r->has_root = true;
	r->ref.root = r->root;
	return ST_OK;
}

static const struct policy_party *find_party(const struct policy *p, const char *id)
{
	for (unsigned i = 0; i < p->n_parties; i++)
		if (strcmp(p->parties[i].id, id) == 0)
			return &p->parties[i];
	return NULL;
}

enum status reference_from_policy(struct cli *cli, struct reference *r, const char *path, const char *party)
{
	enum status st;

	TRY(loaded_policy_new(&r->policy));
	TRY(load_any(cli, r->policy, path));
	const struct policy *p = &r->policy->policy;
	r->party = find_party(p, party);
	if (!r->party)
		return problem_set(&cli->problem, ST_ARGUMENT, "--party", NULL, "\"%.60s\" is not a party of %s", party, path);
	r->given = true;
	r->ref = (struct att_reference){.kind = r->party->tee,
	    .root = r->party->has_tee_root ? r->party->tee_root : NULL,
	    .sets = r->party->sets,
	    .n_sets = r->party->n_sets,
	    .rules = &r->party->rules,
	    .max_age_s = p->max_evidence_age_s,
	    .debug_permitted = p->debug_insecure,
	    .memory_unlocked_refused = p->memory_locked};
	r->has_root = r->party->has_tee_root;
out:
	return st;
}

/* ---- parts of a policy ---- */

/* Does a line of the text begin with this key, at the outer level? */
static bool has_key(struct slice text, const char *key)
{
	size_t len = strlen(key);

	for (size_t k = 0; k + len < text.len; k++)
		if ((k == 0 || text.ptr[k - 1] == '\n') && memcmp(text.ptr + k, key, len) == 0 && text.ptr[k + len] == ':')
			return true;
	return false;
}

static bool is_policy(struct slice text)
{
	enum { CBOR_FIRST = 0x80 };

	return (text.len && text.ptr[0] >= CBOR_FIRST) || has_key(text, "parley");
}

/* `mrenclave: HEX` and its like: the values of one set. */
static void put_registers(struct buf *out, struct slice text, enum tee_kind kind)
{
	buf_printf(out, "reference_values:\n  - release: given\n    tee: %s\n    values:\n      ", tee_name(kind));
	for (size_t k = 0; k < text.len; k++) {
		buf_append(out, &text.ptr[k], 1);
		if (text.ptr[k] == '\n')
			buf_append_str(out, "      ");
	}
	buf_append_str(out, "\n");
}

/* A file that only has rules is read with values that nothing has, which are then dropped: no policy may leave its code open. */
static void put_placeholder(struct buf *out, enum tee_kind kind)
{
	char ones[2 * TEE_VALUE_MAX + 1];

	memset(ones, '1', sizeof ones);
	buf_printf(out, "reference_values:\n  - {release: none, tee: %s, values: {", tee_name(kind));
	for (unsigned reg = 0, n = 0; reg < TEE_REG_END_; reg++)
		if (tee_register_info(kind, reg).required || (kind == TEE_SGX && reg == TEE_REG_MRENCLAVE))
			buf_printf(out, "%s%s: \"%.*s\"", n++ ? ", " : "", tee_register_name(reg), 2 * tee_register_info(kind, reg).len, ones);
	buf_append_str(out, "}}\n");
}

/* What any policy must have, behind the part that matters, so that lines keep their numbers. */
static void put_rest(struct buf *out, enum tee_kind kind, const char *party)
{
	const char *tee = tee_name(kind);

	buf_printf(out,
	    "\nparley: 1\nname: reference\nparties: [{id: %s, tee: %s}, {id: zz-second, tee: %s}, {id: zz-third, tee: %s}]\n"
	    "datasets: [{name: d, from: [zz-third], columns: [{name: c, type: int64, range: [0, 1]}]}]\n"
	    "query: SELECT COUNT(*) AS n FROM d\nrelease: {to: [zz-third], min_subjects: 2}\n",
	    party ? party : "evidence", tee, tee, tee);
}

static enum status take_sets(struct cli *cli, struct reference *r, const char *path, const struct policy_party *p)
{
	for (unsigned k = 0; k < p->n_sets; k++) {
		if (r->ref.n_sets == TEE_SETS_MAX)
			return problem_set(&cli->problem, ST_ARGUMENT, path, NULL, "at most %d sets of reference values in all", TEE_SETS_MAX);
		r->sets[r->ref.n_sets++] = p->sets[k];
	}
	return ST_OK;
}

static enum status take_part(struct cli *cli, struct reference *r, const char *path, struct slice text, enum tee_kind kind, const char *party)
{
	bool values = has_key(text, "reference_values"), rules = has_key(text, "admission");
	struct manifest m = {.doc = NULL};
	struct buf yaml = {0};
	enum status st;

	if (values || rules)
		buf_append(&yaml, text.ptr, text.len);
	else
		put_registers(&yaml, text, kind);
	if (rules && !values) {
		buf_append_str(&yaml, "\n");
		put_placeholder(&yaml, kind);
	}
	put_rest(&yaml, kind, party);
	TRY(buf_status(&yaml));
	TRY(manifest_parse(&m, buf_view(&yaml), path, &cli->problem));
	const struct policy_party *p = &m.facts->parties[0];
	for (unsigned i = 0; i < m.facts->n_parties; i++)
		if (strcmp(m.facts->parties[i].id, party ? party : "evidence") == 0)
			p = &m.facts->parties[i];
	if (values || !rules)
		TRY(take_sets(cli, r, path, p));
	if (rules) {
		r->rules = p->rules;
		r->ref.memory_unlocked_refused = m.facts->memory_locked;
	}
out:
	manifest_clear(&m);
	buf_clear(&yaml);
	return st;
}

/* Sets of the kind out of a CoRIM; a signed one is judged by `policy reference import`, which asks for the signer. */
static enum status take_corim(struct cli *cli, struct reference *r, const char *path, struct slice bytes, enum tee_kind kind)
{
	struct corim *c = calloc(1, sizeof *c);
	enum status st = c ? ST_OK : ST_NO_MEMORY;

	TRY(st);
	TRY(corim_decode(c, bytes, &cli->problem));
	for (unsigned i = 0; i < c->n; i++) {
		if (c->sets[i].kind != kind)
			continue;
		if (r->ref.n_sets == TEE_SETS_MAX)
			TRY(problem_set(&cli->problem, ST_ARGUMENT, path, NULL, "at most %d sets of reference values in all", TEE_SETS_MAX));
		r->sets[r->ref.n_sets++] = c->sets[i].set;
	}
	if (r->ref.n_sets == 0)
		st = problem_set(&cli->problem, ST_ARGUMENT, path, NULL, "the CoRIM holds nothing for %s", tee_name(kind));
out:
	free(c);
	return st;
}

enum status reference_from_file(struct cli *cli, struct reference *r, const char *path, enum tee_kind kind, const char *party)
{
	struct buf file = {0};
	enum status st;

	if (r->policy)
		return problem_set(&cli->problem, ST_ARGUMENT, path, "give reference values either as --policy or as --reference", "a policy was named already");
	TRY(read_file(cli, &file, path, 2 * POLICY_SEALED_MAX));
	if (corim_is_signed(buf_view(&file)))
		TRY(problem_set(&cli->problem, ST_ARGUMENT, path, "parley policy reference import FILE --signer KEY, and give what it prints",
		    "a signed CoRIM needs its signer's key"));
	if (corim_is(buf_view(&file))) {
		TRY(take_corim(cli, r, path, buf_view(&file), kind));
		r->given = true;
		r->ref.kind = kind;
		goto out;
	}
	if (is_policy(buf_view(&file))) {
		st = party ? reference_from_policy(cli, r, path, party)
			   : problem_set(&cli->problem, ST_ARGUMENT, path, "add --party ID", "a policy has reference values for each party");
		goto out;
	}
	TRY(take_part(cli, r, path, buf_view(&file), kind, party));
	r->given = true;
	r->ref.kind = kind;
out:
	buf_clear(&file);
	return st;
}
