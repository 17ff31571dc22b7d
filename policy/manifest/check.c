/*
 * What can be judged only together: dates of sets beside those of the policy, code for every party, diversity. While the file
 * leaves something out it is not judged; after filling in everything is.
 */
#include "policy/reference.h"

#include "walk.h"

static enum status check_sets(const struct manifest *m, unsigned party, struct problem *problem)
{
	const struct policy_party *p = &m->facts->parties[party];
	char fault[REFERENCE_FAULT_MAX];

	for (unsigned k = 0; k < p->n_sets; k++)
		if (reference_dates_fault(fault, m->facts, &p->sets[k]))
			return manifest_problem(m, problem, ST_POL_VALUE, m->set_at[party][k],
			    "let its dates overlap `valid`, or leave it out", "release %s: %s", p->sets[k].release,
			    fault);
	return ST_OK;
}

/* Nobody can fill in what hardware must report. */
static enum status check_has_code(const struct manifest *m, unsigned party, struct problem *problem)
{
	const struct policy_party *p = &m->facts->parties[party];

	if (p->n_sets || !(m->party_has[party] & HAS_TEE) || reference_is_one_value(p->tee))
		return ST_OK;
	return manifest_problem(m, problem, ST_POL_MISSING, m->party_at[party],
	    "add `reference_values:` with the registers of the release that it runs",
	    "party %s runs %s, and nothing says which code", p->id, tee_name(p->tee));
}

static bool tees_are_known(const struct manifest *m)
{
	for (unsigned i = 0; i < m->facts->n_parties; i++)
		if (!(m->party_has[i] & HAS_TEE) || !(m->party_has[i] & HAS_OPERATOR))
			return false;
	return true;
}

/* Filling in gives software TEEs, which never count. */
static enum status check_distinct(const struct manifest *m, struct problem *problem)
{
	char fault[REFERENCE_FAULT_MAX];

	if (!tees_are_known(m) || !reference_distinct_fault(fault, m->facts))
		return ST_OK;
	return manifest_problem(m, problem, ST_POL_VALUE, m->distinct_at,
	    "lower it, or let parties run TEEs of more vendors and operators", "%s", fault);
}

static enum status check_providers(const struct manifest *m, struct problem *problem)
{
	const struct policy *f = m->facts;

	for (unsigned q = 0; q < f->n_providers; q++)
		if (!(f->dataset_from >> (f->n_parties + q) & 1))
			return manifest_problem(m, problem, ST_POL_VALUE, m->provider_at[q],
			    "add it to the dataset's `from`, or remove it",
			    "provider %s brings no rows: no dataset is from it", f->providers[q].id);
	return ST_OK;
}

enum status manifest_check(const struct manifest *m, struct problem *problem)
{
	enum status st;

	TRY(check_providers(m, problem));
	for (unsigned i = 0; i < m->facts->n_parties; i++) {
		if (m->has & HAS_VALID)
			TRY(check_sets(m, i, problem));
		TRY(check_has_code(m, i, problem));
	}
	TRY(check_distinct(m, problem));
out:
	return st;
}
