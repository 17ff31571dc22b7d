/* Facts about the parties: who they are, their keys, and what code they run. */
#include "policy/reference.h"

#include "fields.h"

/* Every use of a key, numbered: three of each party, then two of each provider. */
enum { PARTY_ROLES = 3, PROVIDER_ROLES = 2 };

static const char *const role_names[PARTY_ROLES] = {"approve", "endorse", "receive"};

struct use {
	const char *id, *role;
	const uint8_t *key;
};

static unsigned uses(const struct policy *p)
{
	return (unsigned)p->n_parties * PARTY_ROLES + (unsigned)p->n_providers * PROVIDER_ROLES;
}

static struct use use_of(const struct policy *p, unsigned n)
{
	unsigned of_parties = (unsigned)p->n_parties * PARTY_ROLES;

	if (n < of_parties) {
		const struct policy_party *party = &p->parties[n / PARTY_ROLES];
		const uint8_t *const keys[PARTY_ROLES] = {party->approve, party->endorse, party->receive};

		return (struct use){party->id, role_names[n % PARTY_ROLES], keys[n % PARTY_ROLES]};
	}
	const struct policy_provider *provider = &p->providers[(n - of_parties) / PROVIDER_ROLES];
	bool is_approve = (n - of_parties) % PROVIDER_ROLES == 0;

	return (struct use){provider->id, role_names[!is_approve], is_approve ? provider->approve : provider->endorse};
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

/* The first use of this key before number `end`; -1: none. */
static int earlier_use(const struct policy *p, const uint8_t *key, unsigned end)
{
	for (unsigned n = 0; n < end; n++) {
		if (memcmp(use_of(p, n).key, key, ED25519_PUBLIC_LEN) == 0)
			return (int)n;
	}
	return -1;
}

static enum status check_keys(const struct policy *p, struct problem *problem)
{
	for (unsigned n = 0; n < uses(p); n++) {
		struct use use = use_of(p, n);
		int earlier = earlier_use(p, use.key, n);

		if (is_zero(use.key))
			return problem_set(
			    problem, ST_KEY, "sealed policy", NULL, "the %s key of %s is missing", use.role, use.id);
		if (earlier >= 0)
			return problem_set(problem, ST_KEY_ROLE, "sealed policy", NULL,
			    "the %s key of %s is also the %s key of %s", use.role, use.id,
			    use_of(p, (unsigned)earlier).role, use_of(p, (unsigned)earlier).id);
	}
	return ST_OK;
}

/* Parties of one installation may share its root, but a root is no organisation's key. */
static enum status check_root(const struct policy *p, const struct policy_party *party, struct problem *problem)
{
	int use = earlier_use(p, party->tee_root, uses(p));

	if (party->has_tee_root != reference_has_root(party->tee))
		return problem_set(problem, ST_POLICY_FACTS, "sealed policy", NULL,
		    "party %s: a TEE root is named exactly for software and tpm; the vendors' roots are pinned",
		    party->id);
	if (!party->has_tee_root)
		return ST_OK;
	if (is_zero(party->tee_root))
		return problem_set(problem, ST_KEY, "sealed policy", NULL, "the TEE root of %s is missing", party->id);
	if (use >= 0)
		return problem_set(problem, ST_KEY_ROLE, "sealed policy", NULL,
		    "the TEE root of %s is also the %s key of %s", party->id, use_of(p, (unsigned)use).role,
		    use_of(p, (unsigned)use).id);
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
		wrong = "it does not compute: such an organisation is a provider";
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

static enum status check_providers(const struct policy *p, struct problem *problem)
{
	const char *wrong = NULL;

	for (unsigned i = 0; i < p->n_providers && !wrong; i++) {
		const struct policy_provider *provider = &p->providers[i];

		if (!is_id(provider->id))
			wrong = "a provider's id is not a lower-case name";
		else if (policy_party_index(p, provider->id) >= 0)
			wrong = "a provider has the id of a party";
		else if (i > 0 && strcmp(p->providers[i - 1].id, provider->id) >= 0)
			wrong = "provider ids do not ascend";
		else if (!facts_is_printable(slice_str(provider->name)) ||
			 !facts_is_printable(slice_str(provider->operator_)))
			wrong = "a provider's name or operator is empty or not printable";
		else if (!(p->dataset_from >> (p->n_parties + i) & 1))
			wrong = "a provider brings no rows";
	}
	return wrong ? problem_set(problem, ST_POLICY_FACTS, "sealed policy", NULL, "%s", wrong) : ST_OK;
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
	TRY(check_providers(p, problem));
	if (reference_distinct_fault(fault, p))
		st = problem_set(problem, ST_POLICY_FACTS, "sealed policy", NULL, "%s", fault);
out:
	return st;
}
