#include "walk.h"

#include "policy/reference.h"

#include <stdio.h>

enum {
	FILL_VALID_S = 365 * 86400,
	FILL_EVIDENCE_AGE_S = 300,
	FILL_SKEW_S = 300,
	FILL_STEP_S = 120,
	FILL_SESSION_S = 3600,
	FILL_ROWS_MIN = 64,
};

static const struct {
	uint32_t bit;
	const char *name;
} top_names[] = {{HAS_SERIAL, "serial"}, {HAS_VALID, "valid"}, {HAS_PROTOCOL, "protocol"},
    {HAS_MAX_EVIDENCE_AGE, "admission.max_evidence_age"}, {HAS_SKEW, "admission.skew"},
    {HAS_STEP_DEADLINE, "deadlines.step"}, {HAS_SESSION_DEADLINE, "deadlines.session"}, {HAS_ROWS_MAX, "rows.max"}};

static const struct {
	uint32_t bit;
	const char *name;
} party_names[] = {{HAS_NAME, "name"}, {HAS_OPERATOR, "operator"}, {HAS_KEYS, "keys"}, {HAS_COMPUTE, "compute"},
    {HAS_TEE, "tee"}, {HAS_TEE_ROOT, "tee_root"}, {HAS_MEASUREMENTS, "measurements"}};

/* The smallest power of two that is at least n. */
static uint32_t power_of_two(uint32_t n)
{
	uint32_t p = FILL_ROWS_MIN;

	while (p < n && p <= PLAN_ROWS_MAX / POLICY_PARTIES_MAX / 2)
		p *= 2;
	return p;
}

static void fill_top(struct manifest *m, const struct compile_defaults *d)
{
	struct policy *f = m->facts;
	uint32_t missing = HAS_ALL & ~m->has;

	if (missing & HAS_SERIAL)
		f->serial = 1;
	if (missing & HAS_VALID) {
		bool derived = f->signing_time == f->not_before;

		f->not_before = d->now_s;
		f->not_after = d->now_s + FILL_VALID_S;
		if (derived)
			f->signing_time = f->not_before;
	}
	if (missing & HAS_PROTOCOL)
		f->family = FAMILY_REP3;
	if (missing & HAS_MAX_EVIDENCE_AGE)
		f->max_evidence_age_s = FILL_EVIDENCE_AGE_S;
	if (missing & HAS_SKEW)
		f->skew_s = FILL_SKEW_S;
	if (missing & HAS_SESSION_DEADLINE)
		f->session_deadline_s = f->step_deadline_s > FILL_SESSION_S ? f->step_deadline_s : FILL_SESSION_S;
	if (missing & HAS_STEP_DEADLINE)
		f->step_deadline_s = f->session_deadline_s < FILL_STEP_S ? f->session_deadline_s : FILL_STEP_S;
	if (missing & HAS_ROWS_MAX)
		f->rows_max_party = d->rows_max ? power_of_two(d->rows_max) : COMPILE_ROWS_MAX_DEFAULT;
}

static void fill_measurement(struct policy_party *p, const uint8_t measurement[static HASH_LEN])
{
	p->n_sets = 1;
	p->sets[0] = (struct tee_set){
	    .not_after = REFERENCE_ALWAYS_TO, .n_values = 1, .values = {{.reg = TEE_REG_CODE, .len = HASH_LEN}}};
	memcpy(p->sets[0].values[0].bytes, measurement, HASH_LEN);
}

static void fill_party(struct manifest *m, unsigned i, const struct compile_defaults *d)
{
	struct policy_party *p = &m->facts->parties[i];
	uint32_t missing = HAS_PARTY_ALL & ~m->party_has[i];

	if (missing & HAS_NAME)
		memcpy(p->name, p->id, sizeof p->id);
	if (missing & HAS_OPERATOR)
		memcpy(p->operator_, p->id, sizeof p->id);
	if (missing & HAS_KEYS) {
		memcpy(p->approve, d->keys[i].approve, sizeof p->approve);
		memcpy(p->endorse, d->keys[i].endorse, sizeof p->endorse);
		memcpy(p->receive, d->keys[i].receive, sizeof p->receive);
	}
	if (missing & HAS_COMPUTE)
		p->compute = true;
	if (missing & HAS_TEE)
		p->tee = TEE_SOFTWARE;
	if (reference_has_root(p->tee) && !p->has_tee_root) {
		p->has_tee_root = true;
		memcpy(p->tee_root, d->tee_root[i], sizeof p->tee_root);
	}
	if (missing & HAS_MEASUREMENTS && reference_is_one_value(p->tee))
		fill_measurement(p, d->measurement);
}

static void fill_provider(struct manifest *m, unsigned q, const struct compile_defaults *d)
{
	struct policy_provider *p = &m->facts->providers[q];
	const struct compile_keys *keys = &d->keys[m->facts->n_parties + q];
	uint32_t missing = HAS_PROVIDER_ALL & ~m->provider_has[q];

	if (missing & HAS_NAME)
		memcpy(p->name, p->id, sizeof p->id);
	if (missing & HAS_OPERATOR)
		memcpy(p->operator_, p->id, sizeof p->id);
	if (missing & HAS_KEYS) {
		memcpy(p->approve, keys->approve, sizeof p->approve);
		memcpy(p->endorse, keys->endorse, sizeof p->endorse);
	}
}

/* The first three of party_names are a provider's too. */
enum { PROVIDER_NAMES = 3 };

/* One name a line: "parties.north.keys". */
static void list_missing(struct buf *out, const struct manifest *m)
{
	for (size_t k = 0; k < sizeof top_names / sizeof top_names[0]; k++)
		if (!(m->has & top_names[k].bit))
			buf_printf(out, "%s\n", top_names[k].name);
	for (unsigned i = 0; i < m->facts->n_parties; i++)
		for (size_t k = 0; k < sizeof party_names / sizeof party_names[0]; k++)
			if (!(m->party_has[i] & party_names[k].bit))
				buf_printf(out, "parties.%s.%s\n", m->facts->parties[i].id, party_names[k].name);
	for (unsigned i = 0; i < m->facts->n_providers; i++)
		for (size_t k = 0; k < PROVIDER_NAMES; k++)
			if (!(m->provider_has[i] & party_names[k].bit))
				buf_printf(out, "providers.%s.%s\n", m->facts->providers[i].id, party_names[k].name);
}

void manifest_fill_in(struct manifest *m, const struct compile_defaults *d)
{
	size_t before = m->filled_in.len;

	list_missing(&m->filled_in, m);
	if (m->filled_in.len > before)
		m->facts->filled_in = true;
	fill_top(m, d);
	for (unsigned i = 0; i < m->facts->n_parties; i++)
		fill_party(m, i, d);
	for (unsigned i = 0; i < m->facts->n_providers; i++) {
		fill_provider(m, i, d);
		m->provider_has[i] = HAS_PROVIDER_ALL;
	}
	m->has = HAS_ALL;
	for (unsigned i = 0; i < m->facts->n_parties; i++)
		m->party_has[i] = HAS_PARTY_ALL;
}

/* ", parties.north.{keys,tee}" for what is missing of one organisation. */
static size_t list_one(char *list, size_t used, size_t cap, const char *kind, const char *id, uint32_t missing)
{
	bool first = true;

	for (size_t k = 0; missing && k < sizeof party_names / sizeof party_names[0]; k++)
		if (missing & party_names[k].bit && used < cap) {
			if (first)
				used += (size_t)snprintf(list + used, cap - used, "%s%s.%s.{%s", used ? ", " : "", kind, id,
				    party_names[k].name);
			else
				used += (size_t)snprintf(list + used, cap - used, ",%s", party_names[k].name);
			first = false;
		}
	if (missing && used < cap)
		used += (size_t)snprintf(list + used, cap - used, "}");
	return used;
}

enum status manifest_complete(const struct manifest *m, struct problem *problem)
{
	char list[400];
	size_t used = 0;

	list[0] = 0;
	for (size_t k = 0; k < sizeof top_names / sizeof top_names[0]; k++)
		if (!(m->has & top_names[k].bit) && used < sizeof list)
			used += (size_t)snprintf(
			    list + used, sizeof list - used, "%s%s", used ? ", " : "", top_names[k].name);
	for (unsigned i = 0; i < m->facts->n_parties; i++)
		used = list_one(list, used, sizeof list, "parties", m->facts->parties[i].id, HAS_PARTY_ALL & ~m->party_has[i]);
	for (unsigned i = 0; i < m->facts->n_providers; i++)
		used = list_one(
		    list, used, sizeof list, "providers", m->facts->providers[i].id, HAS_PROVIDER_ALL & ~m->provider_has[i]);
	if (used == 0)
		return ST_OK;
	return manifest_problem(m, problem, ST_POL_INCOMPLETE, 0, NULL, "the policy leaves out %s", list);
}
