#include "session.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/cbor.h"
#include "base/panic.h"

/* e: 12 people, 41250.50 on average; n: suppressed; s: 30, 38000.123457; w: 10, 0.000000 */
static const uint64_t answer[ANSWER_WORDS * ANSWER_GROUPS] = {
    12, 0, 30, 10, 41250500000, 0, 38000123457, 0, 1, 0, 1, 1};

static struct slice view(const struct buf *b)
{
	invariant(!b->failed);
	return buf_view(b);
}

static void sign(struct buf *out, const char *label, struct buf *payload, const uint8_t *sk)
{
	buf_reset(out);
	cose_sign1(out, label, view(payload), sk);
	invariant(!out->failed);
	buf_clear(payload);
}

static void make_policy(struct session *s, uint32_t recipients, void (*change)(struct policy *p))
{
	struct policy *made = calloc(1, sizeof *made);

	s->policy = calloc(1, sizeof *s->policy);
	invariant(made && s->policy);
	test_keys_from_seed(&s->keys, 7);
	test_policy_fill(made, &s->keys);
	made->recipients = recipients;
	if (change)
		change(made);
	test_policy_seal(made, &s->keys, &s->payload, &s->file);
	invariant(policy_decode(s->policy, view(&s->payload), NULL) == ST_OK);
	policy_hash(s->policy_hash, view(&s->payload));
	plan_hash(s->plan_hash, s->policy->plan_bytes);
	free(made);
}

/* ---- admission ---- */
static void make_hello(struct session *s, unsigned i, uint8_t number, uint32_t attempt, const struct random *rng)
{
	struct hello *h = &s->hellos[i];
	uint8_t seed[ED25519_SEED_LEN], ek_sk[X25519_LEN];
	struct buf payload = {0};

	rng->fill(rng->ctx, seed, sizeof seed);
	ed25519_keypair(h->vk, s->vk_sk[i], seed);
	rng->fill(rng->ctx, ek_sk, sizeof ek_sk);
	x25519_public(h->ek, ek_sk);
	rng->fill(rng->ctx, h->nonce, sizeof h->nonce);
	memset(h->session, number, sizeof h->session);
	h->attempt = attempt;
	h->time_s = SESSION_TIME + 7 * (int64_t)i;
	h->suites = 3;
	snprintf(h->id, sizeof h->id, "%s", s->policy->parties[i].id);
	snprintf(h->role, sizeof h->role, "compute");
	snprintf(h->protocol, sizeof h->protocol, "rep3/v1");
	memcpy(h->policy_hash, s->policy_hash, HASH_LEN);
	memcpy(h->plan_hash, s->plan_hash, HASH_LEN);
	hello_encode(&payload, h);
	sign(&s->hello[i], "parley/hello/v1", &payload, s->keys.endorse_sk[i]);
}

static void make_sid(struct session *s)
{
	struct hash h;

	hash_begin(&h, "parley/sid/v1", N);
	for (unsigned i = 0; i < N; i++)
		hash_bytes(&h, view(&s->hello[i]));
	hash_end(&h, s->sid);
}

static void evidence_hash(uint8_t out[static HASH_LEN], const struct session *s, unsigned i)
{
	struct hash h;

	hash_begin(&h, "parley/evidence/v1", 2);
	hash_u64(&h, TEE_SOFTWARE);
	hash_bytes(&h, view(&s->evidence[i]));
	hash_end(&h, out);
}

static void make_evidence(struct session *s, unsigned i)
{
	struct att_claims claims = test_soft_claims(test_code(s->policy, i), (uint8_t)i, SESSION_TIME);
	uint8_t h[HASH_LEN];
	struct buf payload = {0};

	admission_report_data_of(claims.report_data, s->sid, &s->hellos[i]);
	att_soft_produce(&s->evidence[i], &claims, s->keys.root_sk);
	evidence_hash(h, s, i);
	cbor_put_map(&payload, 3);
	cbor_put_u64(&payload, 1);
	cbor_put_bytes(&payload, slice_of(s->sid, HASH_LEN));
	cbor_put_u64(&payload, 2);
	cbor_put_text(&payload, s->policy->parties[i].id);
	cbor_put_u64(&payload, 3);
	cbor_put_bytes(&payload, slice_of(h, HASH_LEN));
	sign(&s->endorsement[i], "parley/endorse/v1", &payload, s->keys.endorse_sk[i]);
}

static void make_roster(struct session *s)
{
	uint8_t h[HASH_LEN];
	struct hash roster;

	hash_begin(&roster, "parley/roster/v1", 1 + 2 * N);
	hash_bytes(&roster, slice_of(s->sid, HASH_LEN));
	for (unsigned i = 0; i < N; i++) {
		evidence_hash(h, s, i);
		hash_bytes(&roster, slice_of(h, HASH_LEN));
		hash_one(h, "parley/endorse/v1", view(&s->endorsement[i]));
		hash_bytes(&roster, slice_of(h, HASH_LEN));
	}
	hash_end(&roster, s->roster);
}

/* What every enclave found: the claims of make_evidence. */
static void appraise(uint8_t out[static HASH_LEN], const struct session *s)
{
	struct hash h;

	hash_begin(&h, "parley/appraisal/v2", N);
	for (unsigned i = 0; i < N; i++) {
		const uint8_t instance[ATT_UEID_LEN] = {1, (uint8_t)i};
		uint8_t report_data[HASH_LEN];

		admission_report_data_of(report_data, s->sid, &s->hellos[i]);
		hash_array(&h, 8);
		hash_text(&h, s->policy->parties[i].id);
		hash_u64(&h, TEE_SOFTWARE);
		hash_array(&h, 1);
		hash_array(&h, 2);
		hash_u64(&h, TEE_REG_CODE);
		hash_bytes(&h, slice_of(test_code(s->policy, i), HASH_LEN));
		hash_bytes(&h, slice_of(report_data, HASH_LEN));
		hash_bytes(&h, slice_of(instance, sizeof instance));
		hash_array(&h, 1);
		hash_u64(&h, SESSION_TIME);
		hash_u64(&h, 0);
		hash_u64(&h, 0);
	}
	hash_end(&h, out);
}

void session_sign_admit(struct session *s, unsigned i, const uint8_t appraisals[static HASH_LEN])
{
	struct buf payload = {0};

	cbor_put_map(&payload, 4);
	cbor_put_u64(&payload, 1);
	cbor_put_bytes(&payload, slice_of(s->roster, HASH_LEN));
	cbor_put_u64(&payload, 2);
	cbor_put_text(&payload, s->policy->parties[i].id);
	cbor_put_u64(&payload, 3);
	cbor_put_array(&payload, N);
	for (unsigned j = 0; j < N; j++)
		cbor_put_text(&payload, s->policy->parties[j].id);
	cbor_put_u64(&payload, 4);
	cbor_put_bytes(&payload, slice_of(appraisals, HASH_LEN));
	sign(&s->admit[i], "parley/admit/v1", &payload, s->vk_sk[i]);
}

static void make_admit(struct session *s, unsigned i)
{
	uint8_t appraisals[HASH_LEN];

	appraise(appraisals, s);
	session_sign_admit(s, i, appraisals);
}

/* ---- inputs and results ---- */
void session_sign_commit(struct session *s, unsigned party, const struct commit_statement *c, const uint8_t *sk)
{
	struct buf payload = {0};

	commit_statement_encode(&payload, c);
	sign(&s->commit[party], "parley/commit/v1", &payload, sk);
}

void session_sign_receipt(struct session *s, unsigned party, const struct receipt_statement *r, const uint8_t *sk)
{
	struct buf payload = {0};

	receipt_statement_encode(&payload, s->policy, r);
	sign(&s->receipt[party], "parley/receipt/v1", &payload, sk);
}

static void make_commit(struct session *s, unsigned i, const struct random *rng)
{
	struct commit_statement *c = &s->commits[i];

	memcpy(c->sid, s->sid, HASH_LEN);
	snprintf(c->id, sizeof c->id, "%s", s->policy->parties[i].id);
	c->rows = 100 + i;
	rng->fill(rng->ctx, c->commitment, HASH_LEN);
	session_sign_commit(s, i, c, s->vk_sk[i]);
}

static void make_shares(struct session *s, const struct random *rng)
{
	memcpy(s->answer, answer, sizeof answer);
	rng->fill(rng->ctx, s->shares[0], sizeof s->shares[0]);
	rng->fill(rng->ctx, s->shares[1], sizeof s->shares[1]);
	for (unsigned k = 0; k < ANSWER_WORDS * ANSWER_GROUPS; k++)
		s->shares[2][k] = s->answer[k] ^ s->shares[0][k] ^ s->shares[1][k];
}

struct result_context session_context(const struct session *s)
{
	struct result_context ctx;

	memcpy(ctx.sid, s->sid, HASH_LEN);
	memcpy(ctx.roster, s->roster, HASH_LEN);
	memcpy(ctx.plan_hash, s->plan_hash, HASH_LEN);
	return ctx;
}

static void state_common(struct session *s, unsigned i)
{
	struct receipt_statement *r = &s->receipts[i];

	memcpy(r->sid, s->sid, HASH_LEN);
	memcpy(r->policy_hash, s->policy_hash, HASH_LEN);
	memcpy(r->plan_hash, s->plan_hash, HASH_LEN);
	memcpy(r->roster, s->roster, HASH_LEN);
	snprintf(r->id, sizeof r->id, "%s", s->policy->parties[i].id);
	for (unsigned j = 0; j < N; j++) {
		memcpy(r->commitments[j], s->commits[j].commitment, HASH_LEN);
		r->rows[j] = s->commits[j].rows;
	}
	memset(r->view_digest, 0x5e, sizeof r->view_digest);
	r->earliest_s = SESSION_TIME;
	r->latest_s = SESSION_TIME + 7 * (N - 1);
	memcpy(r->renewals, s->roster, HASH_LEN); /* there was none */
}

void session_seal_parts(struct session *s, unsigned party, const struct result_context *ctx, const uint64_t *own,
    const uint64_t *next)
{
	struct receipt_statement *r = &s->receipts[party];
	struct random_seeded state = {.seed = {0x55, (uint8_t)party}};
	struct random rng = random_from_seed(&state);

	r->n_parts = 0;
	for (unsigned to = 0; to < N; to++) {
		struct buf *part = &s->part[party][to];

		if (!(s->policy->recipients >> to & 1))
			continue;
		buf_reset(part);
		invariant(result_seal(part, s->policy, ctx, party, to, ANSWER_WORDS, ANSWER_GROUPS, own, next, &rng) == ST_OK);
		r->part_recipient[r->n_parts] = (uint8_t)to;
		result_part_hash(r->part_hash[r->n_parts++], view(part));
	}
	session_sign_receipt(s, party, r, s->vk_sk[party]);
}

static struct session *make_session(uint8_t number, uint32_t attempt, uint32_t recipients, void (*change)(struct policy *p))
{
	struct session *s = calloc(1, sizeof *s);
	struct random_seeded state = {.seed = {number, (uint8_t)attempt}};
	struct random rng = random_from_seed(&state);

	invariant(s && crypto_init() == ST_OK);
	make_policy(s, recipients, change);
	for (unsigned i = 0; i < N; i++)
		make_hello(s, i, number, attempt, &rng);
	make_sid(s);
	for (unsigned i = 0; i < N; i++)
		make_evidence(s, i);
	make_roster(s);
	for (unsigned i = 0; i < N; i++) {
		make_admit(s, i);
		make_commit(s, i, &rng);
	}
	make_shares(s, &rng);
	struct result_context ctx = session_context(s);
	for (unsigned i = 0; i < N; i++) {
		state_common(s, i);
		session_seal_parts(s, i, &ctx, s->shares[i], s->shares[(i + 1) % N]);
	}
	return s;
}

struct session *session_new(uint8_t number, uint32_t attempt, uint32_t recipients)
{
	return make_session(number, attempt, recipients, NULL);
}

struct session *session_of(void (*change)(struct policy *p))
{
	return make_session(1, 1, 7, change);
}

void session_free(struct session *s)
{
	for (unsigned i = 0; i < N; i++) {
		buf_clear(&s->hello[i]);
		buf_clear(&s->evidence[i]);
		buf_clear(&s->endorsement[i]);
		buf_clear(&s->admit[i]);
		buf_clear(&s->commit[i]);
		buf_clear(&s->receipt[i]);
		for (unsigned to = 0; to < N; to++)
			buf_clear(&s->part[i][to]);
	}
	buf_clear(&s->payload);
	buf_clear(&s->file);
	free(s->policy);
	free(s);
}

struct receipt_bundle session_bundle(const struct session *s)
{
	struct receipt_bundle b = {.policy_file = view(&s->file)};

	for (unsigned i = 0; i < N; i++) {
		b.hellos[i] = view(&s->hello[i]);
		b.evidences[i] = (struct admission_evidence){.kind = TEE_SOFTWARE, .evidence = view(&s->evidence[i]), .endorsement = view(&s->endorsement[i])};
		b.admits[i] = view(&s->admit[i]);
		b.commits[i] = view(&s->commit[i]);
		b.receipts[i] = view(&s->receipt[i]);
	}
	return b;
}

void session_parts(struct slice parts[static N], const struct session *s, unsigned recipient)
{
	for (unsigned i = 0; i < N; i++)
		parts[i] = view(&s->part[i][recipient]);
}

enum status session_verify(const struct receipt_bundle *b, struct receipt_verdict *v, struct problem *problem)
{
	static struct policy policy;
	static struct receipt_verdict ignored;

	return receipt_verify(v ? v : &ignored, &policy, b, NULL, NULL, problem);
}
