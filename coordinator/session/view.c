/* Making, freeing and looking at a session. */
#include <stdio.h>
#include <stdlib.h>

#include "machine.h"

void session_facts_of(struct session_facts *out, const struct policy *p, struct slice payload)
{
	*out = (struct session_facts){
	    .debug_insecure = p->debug_insecure,
	    .n_parties = p->n_parties,
	    .recipients = p->recipients,
	    .steps = p->plan.n_ops,
	    .step_deadline_s = p->step_deadline_s,
	    .session_deadline_s = p->session_deadline_s,
	};
	policy_hash(out->policy_hash, payload);
	plan_hash(out->plan_hash, p->plan_bytes);
	memcpy(out->policy, p->name, sizeof out->policy);
	for (unsigned i = 0; i < p->n_parties; i++) {
		memcpy(out->party[i].id, p->parties[i].id, sizeof out->party[i].id);
		memcpy(out->party[i].endorse, p->parties[i].endorse, sizeof out->party[i].endorse);
	}
	out->n_providers = p->n_providers;
	for (unsigned q = 0; q < p->n_providers; q++)
		memcpy(out->provider[q], p->providers[q].id, sizeof out->provider[q]);
}

bool session_may_blame(const struct session_facts *f, const char *id)
{
	for (unsigned q = 0; q < f->n_providers; q++)
		if (strcmp(f->provider[q], id) == 0)
			return true;
	return session_party_index(f, id) >= 0;
}

int session_party_index(const struct session_facts *f, const char *id)
{
	for (unsigned i = 0; i < f->n_parties; i++)
		if (strcmp(f->party[i].id, id) == 0)
			return (int)i;
	return -1;
}

enum status session_new(struct session **out, const struct session_facts *facts, const struct session_event *start)
{
	struct session *s = calloc(1, sizeof *s);

	if (s == NULL)
		return ST_NO_MEMORY;
	s->facts = *facts;
	memcpy(s->id, start->session, sizeof s->id);
	s->attempt = start->attempt;
	s->state = S_CREATED;
	s->created_s = s->changed_s = s->progress_s = s->now_s = start->time_s;
	*out = s;
	return ST_OK;
}

void session_free(struct session *s)
{
	if (s == NULL)
		return;
	session_drop_blobs(s);
	for (unsigned i = 0; i < POLICY_PARTIES_MAX; i++)
		free(s->member[i].outbox);
	free(s);
}

enum session_state session_state_of(const struct session *s)
{
	return s->state;
}

uint32_t session_step_of(const struct session *s)
{
	return slowest_step(s);
}

bool session_is_over(const struct session *s)
{
	return s->state == S_DONE || s->state == S_ABORTED;
}

bool session_is(const struct session *s, const uint8_t id[static WIRE_SESSION_LEN], uint32_t attempt)
{
	return memcmp(s->id, id, sizeof s->id) == 0 && s->attempt == attempt;
}

const struct session_facts *session_facts_view(const struct session *s)
{
	return &s->facts;
}

bool session_is_enrolled(const struct session *s, unsigned party)
{
	return s->member[party].phase > PH_NONE;
}

void session_view(const struct session *s, struct wire_session_view *out)
{
	int64_t deadline = session_deadline_s(s);

	*out = (struct wire_session_view){
	    .attempt = s->attempt,
	    .state = s->state,
	    .step = slowest_step(s),
	    .steps = s->facts.steps,
	    .created_s = s->created_s,
	    .changed_s = s->changed_s,
	    .deadline_s = deadline == INT64_MAX ? 0 : deadline,
	    .debug_insecure = s->facts.debug_insecure,
	    .n_parties = s->facts.n_parties,
	};
	memcpy(out->session, s->id, sizeof out->session);
	memcpy(out->policy, s->facts.policy, sizeof out->policy);
	memcpy(out->policy_hash, s->facts.policy_hash, sizeof out->policy_hash);
	if (s->state == S_ABORTED) {
		memcpy(out->code, s->abort.code, sizeof out->code);
		memcpy(out->blame, s->abort.blame, sizeof out->blame);
		memcpy(out->message, s->abort.message, sizeof out->message);
	}
	for (unsigned i = 0; i < s->facts.n_parties; i++) {
		struct wire_party_view *p = &out->parties[i];
		memcpy(p->id, s->facts.party[i].id, sizeof p->id);
		p->last = s->member[i].last;
		p->step = s->member[i].step;
		p->refused = s->member[i].refused;
	}
}

static void hash_member(struct hash *h, const struct member *m)
{
	hash_array(h, 19);
	hash_u64(h, m->phase);
	hash_u64(h, m->seq);
	hash_u64(h, m->last);
	hash_u64(h, m->refused);
	hash_u64(h, m->step);
	hash_u64(h, m->parts);
	hash_u64(h, m->rows);
	hash_bytes(h, slice_of(m->host_key, sizeof m->host_key));
	hash_bytes(h, slice_of(m->vk, sizeof m->vk));
	hash_bytes(h, slice_of(m->roster, sizeof m->roster));
	hash_bytes(h, slice_of(m->commitment, sizeof m->commitment));
	hash_bytes(h, slice_of(m->confirm, sizeof m->confirm));
	hash_bytes(h, slice_of(m->digest, sizeof m->digest));
	hash_bytes(h, m->hello);
	hash_bytes(h, m->evidence);
	hash_u64(h, m->epoch);
	hash_bytes(h, m->renewal);
	hash_bytes(h, m->receipt);
	hash_array(h, 2 * m->n_letters);
	for (size_t i = 0; i < m->n_letters; i++) {
		hash_u64(h, m->outbox[i].kind);
		hash_bytes(h, m->outbox[i].body);
	}
}

void session_fingerprint(const struct session *s, uint8_t out[static HASH_LEN])
{
	struct hash h;

	hash_begin(&h, "parley/session-state/v1", 14 + s->facts.n_parties);
	hash_bytes(&h, slice_of(s->id, sizeof s->id));
	hash_u64(&h, s->attempt);
	hash_u64(&h, s->state);
	hash_u64(&h, s->announced);
	hash_u64(&h, s->granted);
	hash_u64(&h, s->epoch);
	hash_bytes(&h, slice_of(s->sid, sizeof s->sid));
	hash_u64(&h, (uint64_t)s->created_s);
	hash_u64(&h, (uint64_t)s->changed_s);
	hash_u64(&h, (uint64_t)s->progress_s);
	hash_text(&h, s->abort.code);
	hash_text(&h, s->abort.blame);
	hash_text(&h, s->abort.message);
	hash_bytes(&h, slice_of(s->facts.policy_hash, HASH_LEN));
	for (unsigned i = 0; i < s->facts.n_parties; i++)
		hash_member(&h, &s->member[i]);
	hash_end(&h, out);
}
