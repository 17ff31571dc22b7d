/*
 * The endorser's core: what an organisation's endorse key signs, and only after looking at it. Behind it stands a
 * process apart from the compute host, so a host that is taken over gets no signature over another policy, another
 * enclave's code or a second enclave for one HELLO.
 *
 * What it remembers (a ring of the last HELLOS_KEPT HELLOs it signed) is lost when it ends: a HELLO from before then gets
 * no endorsement any more, and the host starts a new attempt.
 */
#include "channel/endorse.h"

#include "admission_internal.h"
#include "base/cbor.h"
#include "base/cose.h"
#include "proto/documents.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { HELLOS_KEPT = 64 };
enum request_type { REQUEST_ENROL = 1, REQUEST_HELLO, REQUEST_EVIDENCE, REQUEST_RENEWAL };
enum response_type { RESPONSE_DOCUMENT = 0, RESPONSE_REFUSAL = 1 };

struct signed_hello {
	bool used, endorsed;
	uint8_t session[16];
	uint32_t attempt;
	uint8_t payload_hash[HASH_LEN]; /* under HELLO_LABEL */
	uint8_t evidence_hash[HASH_LEN]; /* of the last epoch */
	uint32_t epoch; /* 0: the evidence of admission */
	int64_t latest_s;
	uint8_t roster[HASH_LEN]; /* since the first renewal */
};

struct endorser {
	struct endorser_config cfg;
	struct signed_hello hellos[HELLOS_KEPT];
	unsigned next; /* to be overwritten */
};

enum status endorser_new(struct endorser **out, const struct endorser_config *cfg)
{
	if (cfg->self >= cfg->policy->n_parties)
		return ST_ARGUMENT;
	/* The key must be the one that the policy names for this party: nobody would believe another. */
	if (memcmp(cfg->endorse_sk + ED25519_SEED_LEN, cfg->policy->parties[cfg->self].endorse, ED25519_PUBLIC_LEN) !=
	    0)
		return ST_KEY;
	struct endorser *e = calloc(1, sizeof *e);
	if (!e)
		return ST_NO_MEMORY;
	e->cfg = *cfg;
	*out = e;
	return ST_OK;
}

void endorser_free(struct endorser *e)
{
	free(e); /* the key is the caller's */
}

static const struct policy_party *own_party(const struct endorser *e)
{
	return &e->cfg.policy->parties[e->cfg.self];
}

static void sign(const struct endorser *e, struct buf *out, const char *label, struct slice payload)
{
	cose_sign1(out, label, payload, e->cfg.endorse_sk);
}

static struct signed_hello *find_by_payload(struct endorser *e, const uint8_t hash[static HASH_LEN])
{
	for (size_t i = 0; i < HELLOS_KEPT; i++)
		if (e->hellos[i].used && memcmp(e->hellos[i].payload_hash, hash, HASH_LEN) == 0)
			return &e->hellos[i];
	return NULL;
}

static bool has_attempt(const struct endorser *e, const struct hello *h)
{
	for (size_t i = 0; i < HELLOS_KEPT; i++) {
		const struct signed_hello *s = &e->hellos[i];
		if (s->used && s->attempt == h->attempt && memcmp(s->session, h->session, sizeof s->session) == 0)
			return true;
	}
	return false;
}

static void remember(struct endorser *e, const struct hello *h, const uint8_t hash[static HASH_LEN])
{
	struct signed_hello *s = &e->hellos[e->next];

	e->next = (e->next + 1) % HELLOS_KEPT;
	*s = (struct signed_hello){.used = true, .attempt = h->attempt};
	memcpy(s->session, h->session, sizeof s->session);
	memcpy(s->payload_hash, hash, HASH_LEN);
}

static enum status check_id(const struct endorser *e, const char *id, struct problem *problem)
{
	if (strcmp(id, own_party(e)->id) == 0)
		return ST_OK;
	return problem_set(
	    problem, ST_ATT_HELLO_OWN, "request", NULL, "id: expected \"%s\", got \"%s\"", own_party(e)->id, id);
}

static enum status check_clock(int64_t time_s, int64_t now_s, int64_t allowed_s, struct problem *problem)
{
	if (time_s >= now_s - allowed_s && time_s <= now_s + allowed_s)
		return ST_OK;
	return problem_set(problem, ST_ATT_HELLO_CLOCK, "request", NULL,
	    "time: expected within %" PRId64 " s of the endorser's clock, %" PRId64 ", got %" PRId64, allowed_s, now_s,
	    time_s);
}

static enum status check_valid_now(const struct policy *p, int64_t now_s, struct problem *problem)
{
	if (now_s >= p->not_before && now_s <= p->not_after)
		return ST_OK;
	return problem_set(problem, ST_POLICY_NOT_VALID_NOW, "policy", NULL,
	    "time: expected %" PRId64 " to %" PRId64 ", the endorser's clock says %" PRId64, p->not_before,
	    p->not_after, now_s);
}

/* ---- [1, enrol payload] ---- */

static enum status handle_enrol(struct endorser *e, struct slice payload, struct buf *document, struct problem *problem)
{
	struct doc_enrol enrol;
	enum status st;

	TRY(doc_get_enrol(&enrol, payload));
	TRY(check_id(e, enrol.id, problem));
	if (enrol.n_urls != e->cfg.policy->n_parties)
		return problem_set(problem, ST_FORMAT, "request", NULL, "addresses: expected one per party, got %u",
		    (unsigned)enrol.n_urls);
	sign(e, document, DOC_ENROL_LABEL, payload);
out:
	return st;
}

/* ---- [2, HELLO payload] ---- */

static enum status check_hello(const struct endorser *e, const struct hello *h, int64_t now_s, struct problem *problem)
{
	const struct policy *p = e->cfg.policy;
	enum status st;

	TRY(check_id(e, h->id, problem));
	if (strcmp(h->role, ROLE_COMPUTE) != 0)
		return problem_set(problem, ST_ATT_HELLO_SET, "request", NULL,
		    "role: expected \"" ROLE_COMPUTE "\", got \"%s\"", h->role);
	if (memcmp(h->policy_hash, e->cfg.policy_hash, HASH_LEN) != 0 ||
	    memcmp(h->plan_hash, e->cfg.plan_hash, HASH_LEN) != 0 || strcmp(h->protocol, PROTOCOL_REP3) != 0)
		return problem_set(problem, ST_ATT_HELLO_POLICY, "request", NULL,
		    "policy: expected the one this endorser serves, got another");
	TRY(check_clock(h->time_s, now_s, p->skew_s, problem));
	if (h->time_s < p->signing_time)
		return problem_set(problem, ST_ATT_HELLO_CLOCK, "request", NULL,
		    "time: expected not before the policy's signing time %" PRId64 ", got %" PRId64, p->signing_time,
		    h->time_s);
	TRY(check_valid_now(p, now_s, problem));
out:
	return st;
}

static enum status handle_hello(
    struct endorser *e, struct slice payload, int64_t now_s, struct buf *document, struct problem *problem)
{
	uint8_t hash[HASH_LEN];
	struct hello h;
	enum status st;

	TRY(hello_decode(&h, payload));
	TRY(check_hello(e, &h, now_s, problem));
	hash_one(hash, HELLO_LABEL, payload);
	if (!find_by_payload(e, hash)) { /* the same again: the first response was lost */
		if (has_attempt(e, &h))
			return problem_set(problem, ST_ATT_HELLO_REUSED, "request", NULL,
			    "HELLO: expected one per session and attempt, got a second");
		remember(e, &h, hash);
	}
	sign(e, document, HELLO_LABEL, payload);
out:
	return st;
}

/* ---- [3, [HELLO...], kind, evidence, collateral] ---- */

struct evidence_request {
	struct slice docs[POLICY_PARTIES_MAX];
	size_t n;
	struct admission_evidence item; /* no endorsement yet */
	const uint8_t *roster; /* renewals */
	struct renewal renewal;
};

/* The HELLO of ours in the list: one that this endorser signed, and for which it has endorsed nothing else. */
static enum status find_own(
    struct endorser *e, struct signed_hello **out, const struct evidence_request *q, struct problem *problem)
{
	struct signed_hello *own = NULL;

	for (size_t i = 0; i < q->n && !own; i++) {
		uint8_t hash[HASH_LEN];
		struct slice payload;
		if (cose_sign1_peek(q->docs[i], &payload) != ST_OK)
			continue;
		hash_one(hash, HELLO_LABEL, payload);
		own = find_by_payload(e, hash);
	}
	if (!own)
		return problem_set(problem, ST_ATT_HELLO_OWN, "request", NULL,
		    "HELLO list: expected one that this endorser has signed since it started, got none");
	*out = own;
	return ST_OK;
}

static enum status check_first(
    const struct signed_hello *own, const uint8_t h[static HASH_LEN], struct problem *problem)
{
	if (own->endorsed && (own->epoch > 0 || memcmp(own->evidence_hash, h, HASH_LEN) != 0))
		return problem_set(
		    problem, ST_ATT_REPLAY, "request", NULL, "evidence: expected one per HELLO, got a second");
	return ST_OK;
}

static enum status check_evidence(const struct endorser *e, uint8_t sid[static HASH_LEN],
    const struct evidence_request *q, int64_t now_s, struct problem *problem)
{
	const struct policy *p = e->cfg.policy;
	struct hello hellos[POLICY_PARTIES_MAX];
	struct att_claims claims;
	uint8_t report_data[HASH_LEN];
	enum status st;

	TRY(admission_check_hellos(hellos, sid, p, e->cfg.policy_hash, e->cfg.plan_hash, q->docs, q->n, problem));
	for (unsigned i = 0; i < p->n_parties; i++)
		TRY(check_clock(hellos[i].time_s, now_s, (int64_t)p->skew_s + p->max_evidence_age_s, problem));
	TRY(check_valid_now(p, now_s, problem));
	admission_report_data_of(report_data, sid, &hellos[e->cfg.self]);
	TRY(evidence_verify(&claims, p, e->cfg.self, e->cfg.anchors, &q->item, report_data,
	    hellos_time(hellos, p->n_parties), problem));
out:
	return st;
}

/* Counted, durably, before the signature leaves. The same request again was counted when it came first. */
static enum status count_once(
    struct endorser *e, struct signed_hello *own, const uint8_t h[static HASH_LEN], struct problem *problem)
{
	if (own->endorsed)
		return ST_OK;
	enum status st = e->cfg.count_run(e->cfg.ctx, e->cfg.policy_hash);
	if (st != ST_OK)
		return problem_set(problem, st, "run counter", NULL, "the run is not permitted: %s", status_title(st));
	own->endorsed = true;
	memcpy(own->evidence_hash, h, HASH_LEN);
	return ST_OK;
}

static enum status handle_evidence(
    struct endorser *e, const struct evidence_request *q, int64_t now_s, struct buf *document, struct problem *problem)
{
	uint8_t sid[HASH_LEN], h[HASH_LEN];
	struct signed_hello *own = NULL;
	struct buf payload = {0};
	enum status st;

	evidence_hash(h, q->item.kind, q->item.evidence);
	TRY(find_own(e, &own, q, problem));
	TRY(check_first(own, h, problem));
	TRY(check_evidence(e, sid, q, now_s, problem));
	endorsement_encode(&payload, sid, own_party(e)->id, h);
	TRY(buf_status(&payload));
	TRY(count_once(e, own, h, problem));
	sign(e, document, ENDORSE_LABEL, buf_view(&payload));
out:
	buf_clear(&payload);
	return st;
}

/* ---- [4, [HELLO...], roster, epoch, [earliest, latest], [nonce...], kind, evidence, collateral] ---- */

/* The next epoch of an enclave that was endorsed, on one roster; or the last one again, word for word. */
static enum status check_epoch(const struct signed_hello *own, const struct evidence_request *q,
    const uint8_t h[static HASH_LEN], struct problem *problem)
{
	uint32_t epoch = q->renewal.epoch;
	bool is_again = epoch > 0 && epoch == own->epoch && memcmp(own->evidence_hash, h, HASH_LEN) == 0;

	if (!own->endorsed)
		return problem_set(problem, ST_ATT_REPLAY, "request", NULL,
		    "renewal: expected an enclave whose evidence was endorsed before, got another");
	if (!is_again && epoch != own->epoch + 1)
		return problem_set(problem, ST_ATT_REPLAY, "request", NULL,
		    "renewal: expected epoch %" PRIu32 ", got %" PRIu32, own->epoch + 1, epoch);
	if (own->epoch > 0 && memcmp(own->roster, q->roster, HASH_LEN) != 0)
		return problem_set(
		    problem, ST_ATT_REPLAY, "request", NULL, "renewal: expected the roster of epoch 1, got another");
	return ST_OK;
}

static enum status check_renewed_time(const struct endorser *e, const struct signed_hello *own,
    const struct att_time *t, int64_t now_s, struct problem *problem)
{
	const struct policy *p = e->cfg.policy;
	enum status st;

	if (t->earliest_s > t->latest_s || t->latest_s < own->latest_s)
		return problem_set(problem, ST_ATT_HELLO_CLOCK, "request", NULL, "time: expected no clock to go back");
	TRY(check_clock(t->earliest_s, now_s, p->skew_s, problem));
	TRY(check_clock(t->latest_s, now_s, p->skew_s, problem));
	TRY(check_valid_now(p, now_s, problem));
out:
	return st;
}

static enum status check_renewed_evidence(
    const struct endorser *e, uint8_t sid[static HASH_LEN], const struct evidence_request *q, struct problem *problem)
{
	const struct policy *p = e->cfg.policy;
	struct hello hellos[POLICY_PARTIES_MAX];
	struct att_claims claims;
	uint8_t report_data[HASH_LEN];
	enum status st;

	TRY(admission_check_hellos(hellos, sid, p, e->cfg.policy_hash, e->cfg.plan_hash, q->docs, q->n, problem));
	renewal_report_data_of(report_data, q->roster, &hellos[e->cfg.self], &q->renewal, p->n_parties);
	TRY(evidence_verify(&claims, p, e->cfg.self, e->cfg.anchors, &q->item, report_data, q->renewal.time, problem));
out:
	return st;
}

static enum status handle_renewal(
    struct endorser *e, const struct evidence_request *q, int64_t now_s, struct buf *document, struct problem *problem)
{
	uint8_t sid[HASH_LEN], h[HASH_LEN];
	struct signed_hello *own = NULL;
	struct buf payload = {0};
	enum status st;

	evidence_hash(h, q->item.kind, q->item.evidence);
	TRY(find_own(e, &own, q, problem));
	TRY(check_epoch(own, q, h, problem));
	TRY(check_renewed_time(e, own, &q->renewal.time, now_s, problem));
	TRY(check_renewed_evidence(e, sid, q, problem));
	endorsement_again_encode(&payload, sid, own_party(e)->id, h, q->roster, q->renewal.epoch);
	TRY(buf_status(&payload));
	own->epoch = q->renewal.epoch;
	own->latest_s = q->renewal.time.latest_s;
	memcpy(own->evidence_hash, h, HASH_LEN);
	memcpy(own->roster, q->roster, HASH_LEN);
	sign(e, document, ENDORSE_AGAIN_LABEL, buf_view(&payload));
out:
	buf_clear(&payload);
	return st;
}

/* ---- requests and responses ---- */

static void read_hellos(struct cbor_reader *r, struct evidence_request *q)
{
	q->n = cbor_array(r);
	if (q->n > POLICY_PARTIES_MAX)
		cbor_fail(r, ST_TOO_LARGE);
	for (size_t i = 0; i < q->n && r->st == ST_OK; i++)
		q->docs[i] = cbor_bytes_max(r, HELLO_DOC_MAX);
	cbor_close(r);
}

static void read_round(struct cbor_reader *r, struct evidence_request *q)
{
	struct slice roster = cbor_bytes_max(r, HASH_LEN);

	if (roster.len != HASH_LEN)
		cbor_fail(r, ST_FORMAT);
	q->roster = roster.ptr;
	q->renewal.epoch = (uint32_t)cbor_u64_max(r, UINT32_MAX - 1);
	cbor_array_exact(r, 2);
	q->renewal.time.earliest_s = (int64_t)cbor_u64_max(r, HELLO_TIME_MAX);
	q->renewal.time.latest_s = (int64_t)cbor_u64_max(r, HELLO_TIME_MAX);
	cbor_close(r);
	cbor_array_exact(r, q->n);
	for (size_t i = 0; i < q->n && r->st == ST_OK; i++)
		cbor_bytes_exact(r, q->renewal.nonces[i], RENEWAL_NONCE_LEN);
	cbor_close(r);
}

static void read_item(struct cbor_reader *r, struct evidence_request *q)
{
	q->item.kind = (uint32_t)cbor_u64_max(r, UINT32_MAX);
	q->item.evidence = cbor_bytes_max(r, ATT_EVIDENCE_MAX);
	q->item.collateral = cbor_bytes_max(r, ATT_COLLATERAL_MAX);
}

static enum status dispatch(
    struct endorser *e, struct slice request, int64_t now_s, struct buf *document, struct problem *problem)
{
	struct evidence_request q = {0};
	struct slice payload = {0};
	struct cbor_reader r;
	enum status st;

	cbor_reader_init(&r, request);
	size_t items = cbor_array(&r);
	uint64_t type = cbor_u64_max(&r, REQUEST_RENEWAL);
	if (items != (type == REQUEST_RENEWAL ? 9 : type == REQUEST_EVIDENCE ? 5 : 2))
		cbor_fail(&r, ST_FORMAT);
	if (type < REQUEST_EVIDENCE) {
		payload = cbor_bytes_max(&r, HELLO_DOC_MAX);
	} else {
		read_hellos(&r, &q);
		if (type == REQUEST_RENEWAL)
			read_round(&r, &q);
		read_item(&r, &q);
	}
	cbor_close(&r);
	TRY(cbor_end(&r));
	if (type == REQUEST_ENROL)
		TRY(handle_enrol(e, payload, document, problem));
	else if (type == REQUEST_HELLO)
		TRY(handle_hello(e, payload, now_s, document, problem));
	else if (type == REQUEST_EVIDENCE)
		TRY(handle_evidence(e, &q, now_s, document, problem));
	else if (type == REQUEST_RENEWAL)
		TRY(handle_renewal(e, &q, now_s, document, problem));
	else
		st = ST_FORMAT;
out:
	return st == ST_OK ? buf_status(document) : st;
}

/* Text that a message may quote is the request's; what leaves is printable ASCII, so that it is valid wherever it was cut. */
static void put_refusal(struct buf *response, struct problem *problem)
{
	for (char *c = problem->message; *c; c++)
		if (*c < 0x20 || *c > 0x7e)
			*c = '?';
	cbor_put_array(response, 3);
	cbor_put_u64(response, RESPONSE_REFUSAL);
	cbor_put_text(response, status_code(problem->st));
	cbor_put_text(response, problem->message);
}

void endorser_handle(struct endorser *e, struct slice request, int64_t now_s, struct buf *response)
{
	struct problem problem = {0};
	struct buf document = {0};
	enum status st = problem_default(&problem, dispatch(e, request, now_s, &document, &problem), "request");

	if (st != ST_OK) {
		put_refusal(response, &problem);
	} else {
		cbor_put_array(response, 2);
		cbor_put_u64(response, RESPONSE_DOCUMENT);
		cbor_put_bytes(response, buf_view(&document));
	}
	buf_clear(&document);
}
