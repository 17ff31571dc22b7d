/* Facts about the parties: who they are, their keys, and what code they run. */
#include "policy/reference.h"

#include "fields.h"

enum { ROLES = 3 };

static const char *const role_names[ROLES] = {"approve", "endorse", "receive"};

static const uint8_t *role_key(const struct policy_party *party, unsigned role)
{
	const uint8_t *const keys[ROLES] = {party->approve, party->endorse, party->receive};
	return keys[role];
}

/* [a-z][a-z0-9-]* */
static bool is_id(const char *id)
{
	if (id[0] < 'a' || id[0] > 'z')
		return false;
	for (const char *c = id; *c; c++) {
		if (!((*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9') || *c == '-'))
			return false;
	}
	return true;
}

static bool is_zero(const uint8_t key[static ED25519_PUBLIC_LEN])
{
	static const uint8_t zero[ED25519_PUBLIC_LEN];
	return memcmp(key, zero, sizeof zero) == 0;
}

/* Number of the other use of this key, counting uses party by party; -1 when there is none before `end`. */
static int earlier_use(const struct policy *p, const uint8_t *key, unsigned end)
{
	for (unsigned use = 0; use < end; use++) {
		if (memcmp(role_key(&p->parties[use / ROLES], use % ROLES), key, ED25519_PUBLIC_LEN) == 0)
			return (int)use;
	}
	return -1;
}

static enum status check_keys(const struct policy *p, struct problem *problem)
{
	for (unsigned use = 0; use < (unsigned)p->n_parties * ROLES; use++) {
		const struct policy_party *party = &p->parties[use / ROLES];
		const uint8_t *key = role_key(party, use % ROLES);
		int earlier = earlier_use(p, key, use);

		if (is_zero(key))
			return problem_set(problem, ST_KEY, "sealed policy", NULL, "the %s key of %s is missing",
			    role_names[use % ROLES], party->id);
		if (earlier >= 0)
			return problem_set(problem, ST_KEY_ROLE, "sealed policy", NULL,
			    "the %s key of %s is also the %s key of %s", role_names[use % ROLES], party->id,
			    role_names[earlier % ROLES], p->parties[earlier / ROLES].id);
	}
	return ST_OK;
}

/* Parties of one installation may share its root, but a root is no organisation's key. */
static enum status check_root(const struct policy *p, const struct policy_party *party, struct problem *problem)
{
	int use = earlier_use(p, party->tee_root, (unsigned)p->n_parties * ROLES);

	if (party->has_tee_root != reference_has_root(party->tee))
		return problem_set(problem, ST_POLICY_FACTS, "sealed policy", NULL,
		    "party %s: a TEE root is named exactly for software and tpm; the vendors' roots are pinned", party->id);
	if (!party->has_tee_root)
		return ST_OK;
	if (is_zero(party->tee_root))
		return problem_set(problem, ST_KEY, "sealed policy", NULL, "the TEE root of %s is missing", party->id);
	if (use >= 0)
		return problem_set(problem, ST_KEY_ROLE, "sealed policy", NULL,
		    "the TEE root of %s is also the %s key of %s", party->id, role_names[use % ROLES],
		    p->parties[use / ROLES].id);
	return ST_OK;
}

/* False when all of the party's sets and rules can stand. */
static bool reference_fault(char *out, const struct policy *p, const struct policy_party *party)
{
	for (unsigned i = 0; i < party->n_sets; i++) {
		const struct tee_set *set = &party->sets[i];
		if (reference_set_fault(out, party->tee, set) || reference_dates_fault(out, p, set))
			return true;
		for (unsigned j = 0; j < i; j++)
			if (reference_pair_fault(out, &party->sets[j], set))
				return true;
	}
	return reference_rules_fault(out, party->tee, &party->rules);
}

static enum status check_party(const struct policy *p, const struct policy_party *party, struct problem *problem)
{
	char fault[REFERENCE_FAULT_MAX];
	const char *wrong = NULL;

	if (!is_id(party->id))
		return problem_set(
		    problem, ST_POLICY_FACTS, "sealed policy", NULL, "a party id is not a lower-case name");
	if (!facts_is_printable(slice_str(party->name)) || !facts_is_printable(slice_str(party->operator_)))
		wrong = "its name or operator is empty or not printable";
	else if (!party->compute)
		wrong = "it does not compute, and in this version every party does";
	else if (party->tee < TEE_SOFTWARE || party->tee >= TEE_KIND_COUNT_)
		wrong = "its TEE is none that this version knows";
	else if (party->n_sets == 0)
		wrong = "no measurement of its code is accepted";
	else if (reference_fault(fault, p, party))
		wrong = fault;
	if (wrong)
		return problem_set(problem, ST_POLICY_FACTS, "sealed policy", NULL, "party %s: %s", party->id, wrong);
	return check_root(p, party, problem);
}

enum status facts_check_parties(const struct policy *p, struct problem *problem)
{
	char fault[REFERENCE_FAULT_MAX];
	enum status st;

	if (p->n_parties != POLICY_PARTIES_MAX)
		return problem_set(problem, ST_POLICY_FACTS, "sealed policy", NULL,
		    "rep3 needs exactly three parties, not %u", (unsigned)p->n_parties);
	TRY(check_keys(p, problem));
	for (unsigned i = 0; i < p->n_parties; i++) {
		TRY(check_party(p, &p->parties[i], problem));
		if (i > 0 && strcmp(p->parties[i - 1].id, p->parties[i].id) >= 0)
			st = problem_set(problem, ST_POLICY_FACTS, "sealed policy", NULL,
			    "party ids do not ascend: %s follows %s", p->parties[i].id, p->parties[i - 1].id);
		TRY(st);
	}
	if (reference_distinct_fault(fault, p))
		st = problem_set(problem, ST_POLICY_FACTS, "sealed policy", NULL, "%s", fault);
out:
	return st;
}
