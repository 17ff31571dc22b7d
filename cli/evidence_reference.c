/* Reference values for a verdict: a party of a policy, or what a person writes down. */
#include "evidence.h"

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
