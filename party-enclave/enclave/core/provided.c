/*
 * ADMITTED: rows of providers, before our own. The host hands on what each provider sent, in PROVIDED frames: its manifest, then the
 * chunks sealed to this enclave. The host can withhold, nothing else: manifest and chunks are bound to this session and to each other
 * (provide/provide.h), and the manifests are part of the first view, which the enclaves compare before any share.
 */
#include "core.h"

#include <stdio.h>
#include <stdlib.h>

enum { CHUNK_BYTES = PROVIDE_CHUNK_WORDS * 8 };

_Static_assert((int)EXEC_PROVIDERS_MAX == (int)POLICY_PROVIDERS_MAX, "one numbering of providers");

enum status blame_provider(struct party *p, unsigned q, enum status st, const char *what)
{
	const char *id = p->policy->providers[q].id;

	if (!p->blame[0])
		memcpy(p->blame, id, strlen(id) + 1);
	return problem_set(&p->problem, st, id, NULL, "provider %s: %s", id, what);
}

/* That memory is short here is nobody's fault but ours. */
static enum status refuse(struct party *p, unsigned q, enum status st, const struct problem *why)
{
	return st == ST_NO_MEMORY ? st : blame_provider(p, q, st, why->message[0] ? why->message : status_title(st));
}

static struct provide_session session_of(const struct party *p, unsigned q)
{
	return (struct provide_session){.policy = p->policy,
	    .provider = q,
	    .sid = admitted_sid(p->admitted),
	    .roster = admitted_roster(p->admitted),
	    .policy_hash = p->policy_hash};
}

static enum status take_manifest(struct party *p, unsigned q, struct slice document)
{
	struct provide_session s = session_of(p, q);
	const struct plan *plan = &p->policy->plan;
	struct problem problem = {0};
	struct provide_manifest m;
	enum status st = provide_manifest_check(&m, &s, document, &problem);

	if (st != ST_OK)
		return refuse(p, q, st, &problem);
	if (!p->chunk)
		p->chunk = arena_take(&p->arena, CHUNK_BYTES);
	void *storage = arena_take(&p->arena, exec_given_bytes(plan, m.rows));
	if (!storage || !p->chunk)
		return ST_NO_MEMORY;
	exec_given_place(&p->given[q], plan, m.rows, storage);
	p->rows[MPC_PARTIES + q] = m.rows;
	memcpy(p->manifests[q], m.hash, HASH_LEN);
	return provide_taker_new(
	    &p->taker[q], &s, p->self, &m, exec_given_words(plan, m.rows), admitted_ek_secret(p->admitted), p->chunk);
}

/* Party i holds x_i and x_{i+1}: of x_2 party 1 has the second, party 2 the first. */
static enum status take_chunk(struct party *p, unsigned q, struct slice sealed)
{
	struct problem problem = {0};
	const uint64_t *words;
	size_t from, n;
	enum status st = provide_take(p->taker[q], sealed, &words, &from, &n, &problem);

	if (st != ST_OK)
		return refuse(p, q, st, &problem);
	if (n)
		exec_given_put(&p->given[q], &p->policy->plan, p->self == 1, from, words, n);
	return ST_OK;
}

enum status party_provided(struct party *p, const struct frame *f)
{
	if (f->peer >= p->policy->n_providers)
		return ST_SES_STATE;
	return p->taker[f->peer] ? take_chunk(p, f->peer, f->body) : take_manifest(p, f->peer, f->body);
}

/* The share that is a seed's stream. */
static enum status expand(struct party *p, unsigned q, unsigned which)
{
	const uint8_t *seed = provide_seed(p->taker[q], which);
	unsigned share = (which + MPC_PARTIES - p->self) % MPC_PARTIES;
	size_t words = exec_given_words(&p->policy->plan, p->given[q].rows);
	enum status st = ST_OK;

	for (size_t from = 0; seed && from < words; from += PROVIDE_CHUNK_WORDS) {
		size_t n = words - from < PROVIDE_CHUNK_WORDS ? words - from : PROVIDE_CHUNK_WORDS;

		TRY(provide_stream(p->chunk, seed, from, n));
		exec_given_put(&p->given[q], &p->policy->plan, share, from, p->chunk, n);
	}
out:
	return st;
}

/* Everything of everybody must be here; then the session key that envelopes were sealed to is of no more use. */
enum status party_provided_end(struct party *p)
{
	enum status st = ST_OK;

	for (unsigned q = 0; st == ST_OK && q < p->policy->n_providers; q++) {
		if (!p->taker[q] || !provide_taker_done(p->taker[q]))
			st = blame_provider(p, q, ST_SES_SEQUENCE, "its rows have not come, or not all of them");
		for (unsigned which = 0; st == ST_OK && which < 2; which++)
			st = expand(p, q, which);
	}
	party_provided_clear(p);
	if (p->admitted)
		admitted_forget_ek(p->admitted);
	return st;
}

void party_provided_clear(struct party *p)
{
	for (unsigned q = 0; q < EXEC_PROVIDERS_MAX; q++) {
		provide_taker_free(p->taker[q]);
		p->taker[q] = NULL;
	}
	if (p->chunk)
		wipe(p->chunk, CHUNK_BYTES);
	p->chunk = NULL; /* the arena's */
}

size_t party_provided_memory(const struct policy *policy)
{
	if (policy->n_providers == 0)
		return 0;
	return CHUNK_BYTES + policy->n_providers * (exec_given_bytes(&policy->plan, policy->rows_max_party) + 64);
}
