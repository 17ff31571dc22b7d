/*
 * Judging a HELLO list, in the order of docs/PROTOCOL.md, section 3: form, set, our own, signatures, reuse, policy, clocks.
 * Pure and stateless; whoever relays the list is hostile, and so may be any host that signed one.
 */
#include "admission_internal.h"

#include "base/cose.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

struct party_text party_text(const struct policy *p, unsigned party)
{
	struct party_text t;

	snprintf(t.text, sizeof t.text, "party %s", p->parties[party].id);
	return t;
}

struct att_time hellos_time(const struct hello *hellos, unsigned n)
{
	struct att_time t = {hellos[0].time_s, hellos[0].time_s};

	for (unsigned i = 1; i < n; i++) {
		if (hellos[i].time_s < t.earliest_s)
			t.earliest_s = hellos[i].time_s;
		if (hellos[i].time_s > t.latest_s)
			t.latest_s = hellos[i].time_s;
	}
	return t;
}

struct list { /* in party order */
	struct hello hello[POLICY_PARTIES_MAX];
	struct slice doc[POLICY_PARTIES_MAX], payload[POLICY_PARTIES_MAX]; /* doc.ptr NULL: not there yet */
};

static enum status parse(struct hello *hello, struct slice *payload, struct slice doc)
{
	enum status st = doc.len > HELLO_DOC_MAX ? ST_TOO_LARGE : cose_sign1_peek(doc, payload);

	return st == ST_OK ? hello_decode(hello, *payload) : st;
}

static enum status check_form(
    struct hello *hellos, struct slice *payloads, const struct slice *docs, size_t n, struct problem *problem)
{
	for (size_t i = 0; i < n; i++) {
		enum status st = parse(&hellos[i], &payloads[i], docs[i]);
		if (st != ST_OK)
			return problem_set(
			    problem, st, "HELLO list", NULL, "HELLO number %zu: %s", i + 1, status_title(st));
	}
	return ST_OK;
}

/* Exactly the policy's ids, once each, each computing. */
static enum status check_set(struct list *l, const struct policy *p, const struct hello *hellos,
    const struct slice *payloads, const struct slice *docs, struct problem *problem)
{
	for (size_t i = 0; i < p->n_parties; i++) {
		int party = policy_party_index(p, hellos[i].id);
		if (party < 0)
			return problem_set(problem, ST_ATT_HELLO_SET, "HELLO list", NULL,
			    "id: expected the policy's %u parties, got \"%s\"", (unsigned)p->n_parties, hellos[i].id);
		if (l->doc[party].ptr)
			return problem_set(problem, ST_ATT_HELLO_SET, party_text(p, (unsigned)party).text, NULL,
			    "id: expected one HELLO, got two");
		if (strcmp(hellos[i].role, ROLE_COMPUTE) != 0)
			return problem_set(problem, ST_ATT_HELLO_SET, party_text(p, (unsigned)party).text, NULL,
			    "role: expected \"" ROLE_COMPUTE "\", got \"%s\"", hellos[i].role);
		l->hello[party] = hellos[i];
		l->payload[party] = payloads[i];
		l->doc[party] = docs[i];
	}
	return ST_OK;
}

static enum status check_own(
    const struct list *l, const struct policy *p, const struct slice *own, unsigned self, struct problem *problem)
{
	if (!own || slice_equal(l->payload[self], *own))
		return ST_OK;
	return problem_set(problem, ST_ATT_HELLO_OWN, party_text(p, self).text, NULL,
	    "our own HELLO: expected the bytes we made, got others");
}

static enum status check_signatures(const struct list *l, const struct policy *p, struct problem *problem)
{
	for (unsigned i = 0; i < p->n_parties; i++) {
		struct slice payload;
		enum status st = cose_sign1_verify(l->doc[i], HELLO_LABEL, p->parties[i].endorse, &payload);
		if (st == ST_SIGNATURE)
			return problem_set(problem, ST_ATT_HELLO_SIGNATURE, party_text(p, i).text, NULL,
			    "signature: expected the endorse key of the policy, got another");
		if (st != ST_OK)
			return problem_default(problem, st, party_text(p, i).text);
	}
	return ST_OK;
}

enum { FRESH_VALUES = 3 }; /* ek, vk, nonce: 32 bytes each, and no two of a session alike */

static const uint8_t *fresh_value(const struct hello *h, unsigned which)
{
	const uint8_t *const values[FRESH_VALUES] = {h->ek, h->vk, h->nonce};

	return values[which];
}

static bool is_long_term_key(const struct policy *p, const uint8_t value[static 32])
{
	for (unsigned i = 0; i < p->n_parties; i++) {
		const struct policy_party *party = &p->parties[i];
		const uint8_t *const keys[] = {party->approve, party->endorse, party->receive, party->tee_root};
		for (size_t k = 0; k < sizeof keys / sizeof keys[0]; k++)
			if (memcmp(keys[k], value, 32) == 0)
				return true;
	}
	return false;
}

static enum status check_fresh(const struct list *l, const struct policy *p, unsigned use, struct problem *problem)
{
	static const char *const names[FRESH_VALUES] = {"ek", "vk", "nonce"};
	unsigned party = use / FRESH_VALUES;
	const uint8_t *value = fresh_value(&l->hello[party], use % FRESH_VALUES);
	bool reused = is_long_term_key(p, value);

	for (unsigned other = 0; other < use; other++)
		reused |= memcmp(fresh_value(&l->hello[other / FRESH_VALUES], other % FRESH_VALUES), value, 32) == 0;
	if (!reused)
		return ST_OK;
	return problem_set(problem, ST_ATT_HELLO_REUSED, party_text(p, party).text, NULL,
	    "%s: expected a fresh value, got one that is in use already", names[use % FRESH_VALUES]);
}

static enum status check_reuse(const struct list *l, const struct policy *p, struct problem *problem)
{
	enum status st = ST_OK;

	for (unsigned i = 1; i < p->n_parties; i++) {
		if (memcmp(l->hello[i].session, l->hello[0].session, sizeof l->hello[i].session) != 0)
			return problem_set(problem, ST_ATT_HELLO_REUSED, party_text(p, i).text, NULL,
			    "session: expected that of party %s, got another", p->parties[0].id);
		if (l->hello[i].attempt != l->hello[0].attempt)
			return problem_set(problem, ST_ATT_HELLO_REUSED, party_text(p, i).text, NULL,
			    "attempt: expected %" PRIu32 " like party %s, got %" PRIu32, l->hello[0].attempt,
			    p->parties[0].id, l->hello[i].attempt);
	}
	for (unsigned use = 0; use < p->n_parties * FRESH_VALUES; use++)
		TRY(check_fresh(l, p, use, problem));
out:
	return st;
}

static enum status check_policy(const struct list *l, const struct policy *p,
    const uint8_t policy_hash[static HASH_LEN], const uint8_t plan_hash[static HASH_LEN], struct problem *problem)
{
	for (unsigned i = 0; i < p->n_parties; i++) {
		const struct hello *h = &l->hello[i];
		const char *what = memcmp(h->policy_hash, policy_hash, HASH_LEN) != 0 ? "policy hash"
				   : memcmp(h->plan_hash, plan_hash, HASH_LEN) != 0   ? "plan hash"
				   : strcmp(h->protocol, PROTOCOL_REP3) != 0          ? "protocol"
										      : NULL;
		if (what)
			return problem_set(problem, ST_ATT_HELLO_POLICY, party_text(p, i).text, NULL,
			    "%s: expected that of the policy we hold, got another", what);
	}
	return ST_OK;
}

/* The party whose clock stands furthest from those of the others: with three, the one away from the middle. */
static unsigned odd_clock(const struct list *l, unsigned n)
{
	uint64_t worst = 0;
	unsigned odd = 0;

	for (unsigned i = 0; i < n; i++) {
		uint64_t distance = 0;
		for (unsigned j = 0; j < n; j++)
			distance += (uint64_t)llabs(l->hello[i].time_s - l->hello[j].time_s);
		if (distance > worst)
			worst = distance, odd = i;
	}
	return odd;
}

static enum status check_clocks(const struct list *l, const struct policy *p, struct problem *problem)
{
	struct att_time t = hellos_time(l->hello, p->n_parties);

	if (t.latest_s - t.earliest_s > (int64_t)p->skew_s)
		return problem_set(problem, ST_ATT_HELLO_CLOCK, party_text(p, odd_clock(l, p->n_parties)).text, NULL,
		    "time: expected all parties within %" PRIu32 " s, got %" PRId64 " s", p->skew_s,
		    t.latest_s - t.earliest_s);
	for (unsigned i = 0; i < p->n_parties; i++)
		if (l->hello[i].time_s < p->signing_time)
			return problem_set(problem, ST_ATT_HELLO_CLOCK, party_text(p, i).text, NULL,
			    "time: expected not before the policy's signing time %" PRId64 ", got %" PRId64,
			    p->signing_time, l->hello[i].time_s);
	if (t.earliest_s < p->not_before || t.latest_s > p->not_after)
		return problem_set(problem, ST_POLICY_NOT_VALID_NOW, "HELLO list", NULL,
		    "time: expected %" PRId64 " to %" PRId64 ", got %" PRId64 " to %" PRId64, p->not_before,
		    p->not_after, t.earliest_s, t.latest_s);
	return ST_OK;
}

static void sid_hash(uint8_t sid[static HASH_LEN], const struct list *l, unsigned n)
{
	struct hash h;

	hash_begin(&h, "parley/sid/v1", n);
	for (unsigned i = 0; i < n; i++)
		hash_bytes(&h, l->doc[i]);
	hash_end(&h, sid);
}

enum status hellos_check(struct hello out[static POLICY_PARTIES_MAX], uint8_t sid[static HASH_LEN],
    const struct policy *p, const uint8_t policy_hash[static HASH_LEN], const uint8_t plan_hash[static HASH_LEN],
    const struct slice *docs, size_t n, const struct slice *own, unsigned self, struct problem *problem)
{
	struct hello hellos[POLICY_PARTIES_MAX];
	struct slice payloads[POLICY_PARTIES_MAX];
	struct list l = {0};
	enum status st;

	if (n != p->n_parties)
		return problem_set(problem, ST_ATT_HELLO_SET, "HELLO list", NULL, "length: expected %u HELLOs, got %zu",
		    (unsigned)p->n_parties, n);
	TRY(check_form(hellos, payloads, docs, n, problem));
	TRY(check_set(&l, p, hellos, payloads, docs, problem));
	TRY(check_own(&l, p, own, self, problem));
	TRY(check_signatures(&l, p, problem));
	TRY(check_reuse(&l, p, problem));
	TRY(check_policy(&l, p, policy_hash, plan_hash, problem));
	TRY(check_clocks(&l, p, problem));
	memcpy(out, l.hello, p->n_parties * sizeof out[0]);
	sid_hash(sid, &l, p->n_parties);
out:
	return st;
}

enum status admission_check_hellos(struct hello out[static POLICY_PARTIES_MAX], uint8_t sid[static HASH_LEN],
    const struct policy *p, const uint8_t policy_hash[static HASH_LEN], const uint8_t plan_hash[static HASH_LEN],
    const struct slice *docs, size_t n, struct problem *problem)
{
	return hellos_check(out, sid, p, policy_hash, plan_hash, docs, n, NULL, 0, problem);
}
