/*
 * The enclave's side of admission as a state machine. Whatever comes twice, out of order or wrong ends it:
 *
 *   NEW --hellos--> HELLOS --evidences--> EVIDENCES --channels--> ADMITTED        any failure --> DEAD, keys wiped
 */
#include "admission_internal.h"

#include "base/panic.h"

#include <stdio.h>

static void fill(const struct random *rng, void *out, size_t len)
{
	rng->fill(rng->ctx, out, len);
}

static void make_own_hello(struct admission *a, const struct admission_config *cfg)
{
	struct hello *h = &a->own;

	memcpy(h->session, cfg->session, sizeof h->session);
	h->attempt = cfg->attempt;
	snprintf(h->id, sizeof h->id, "%s", cfg->policy->parties[cfg->self].id);
	snprintf(h->role, sizeof h->role, "%s", ROLE_COMPUTE);
	x25519_public(h->ek, a->ek_secret);
	memcpy(h->vk, a->vk_secret + ED25519_SEED_LEN, sizeof h->vk);
	fill(&cfg->rng, h->nonce, sizeof h->nonce);
	h->time_s = cfg->time_s;
	memcpy(h->policy_hash, cfg->policy_hash, HASH_LEN);
	memcpy(h->plan_hash, cfg->plan_hash, HASH_LEN);
	snprintf(h->protocol, sizeof h->protocol, "%s", PROTOCOL_REP3);
	h->suites = SUITE_CHACHAPOLY | SUITE_AESGCM;
}

enum status admission_new(struct admission **out, const struct admission_config *cfg)
{
	SECRET32_LOCAL(seed);
	uint8_t vk[ED25519_PUBLIC_LEN];

	if (cfg->self >= cfg->policy->n_parties || cfg->time_s < 0 || (uint64_t)cfg->time_s > HELLO_TIME_MAX)
		return ST_ARGUMENT;
	struct admission *a = secret_alloc(sizeof *a);
	if (!a)
		return ST_NO_MEMORY;
	a->policy = cfg->policy;
	a->anchors = cfg->anchors;
	a->self = cfg->self;
	a->rng = cfg->rng;
	a->state = ADM_NEW;
	memcpy(a->policy_hash, cfg->policy_hash, HASH_LEN);
	memcpy(a->plan_hash, cfg->plan_hash, HASH_LEN);
	fill(&cfg->rng, a->ek_secret, sizeof a->ek_secret);
	fill(&cfg->rng, seed.bytes, sizeof seed.bytes);
	ed25519_keypair(vk, a->vk_secret, seed.bytes);
	make_own_hello(a, cfg);
	*out = a;
	return ST_OK;
}

void admission_free(struct admission *a)
{
	secret_free(a);
}

enum status admission_end(struct admission *a, enum status st)
{
	wipe(a, sizeof *a);
	a->state = ADM_DEAD;
	return st;
}

enum status admission_enter(struct admission *a, enum admission_state from, struct problem *problem)
{
	if (a->state == from)
		return ST_OK;
	enum status st = a->state > from && a->state != ADM_DEAD ? ST_ATT_REPLAY : ST_SES_STATE;
	return admission_end(a, problem_default(problem, st, "admission"));
}

void admission_hello(const struct admission *a, struct buf *out)
{
	invariant(a->state == ADM_NEW);
	hello_encode(out, &a->own);
}

static enum status take_hellos(struct admission *a, const struct slice *docs, size_t n, struct problem *problem)
{
	struct buf own = {0};
	enum status st;

	hello_encode(&own, &a->own);
	TRY(buf_status(&own));
	struct slice own_payload = buf_view(&own);
	TRY(hellos_check(
	    a->hellos, a->sid, a->policy, a->policy_hash, a->plan_hash, docs, n, &own_payload, a->self, problem));
	admission_report_data_of(a->report_data, a->sid, &a->own);
out:
	buf_clear(&own);
	return st;
}

enum status admission_hellos(struct admission *a, const struct slice *docs, size_t n, struct problem *problem)
{
	enum status st = admission_enter(a, ADM_NEW, problem);

	if (st != ST_OK)
		return st;
	st = take_hellos(a, docs, n, problem);
	if (st != ST_OK)
		return admission_end(a, problem_default(problem, st, "HELLO list"));
	a->state = ADM_HELLOS;
	return ST_OK;
}

static bool has_sid(const struct admission *a)
{
	return a->state >= ADM_HELLOS && a->state <= ADM_ADMITTED;
}

const uint8_t *admission_sid(const struct admission *a)
{
	return has_sid(a) ? a->sid : NULL;
}

const uint8_t *admission_report_data(const struct admission *a)
{
	return has_sid(a) ? a->report_data : NULL;
}

enum status admission_evidences(
    struct admission *a, const struct admission_evidence *items, size_t n, struct problem *problem)
{
	enum status st = admission_enter(a, ADM_HELLOS, problem);

	if (st != ST_OK)
		return st;
	st = admission_check_evidences(a->roster, a->claims, a->policy, a->anchors, a->hellos, a->sid, items, n, problem);
	if (st != ST_OK)
		return admission_end(a, problem_default(problem, st, "evidence list"));
	appraisals_hash(a->appraisals, a->policy, a->claims);
	a->state = ADM_EVIDENCES;
	return ST_OK;
}
