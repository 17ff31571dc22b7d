/*
 * Renewal: the parties of a running session prove again what they run (docs/PROTOCOL.md, section 3a). Keys stay; what is new is
 * evidence over fresh nonces, endorsed again, judged against the same policy and anchors. One round of it is an epoch.
 *
 *   rd'     = H("parley/rd-again/v1", roster, epoch, id, ek, vk, nonces ascending)
 *   O'      = COSE_Sign1 {1 sid, 2 id, 3 H(kind, E'), 4 roster, 5 epoch} under "parley/endorse-again/v1", by the endorse key
 *   chain_0 = roster
 *   chain_e = H("parley/renewal/v1", chain_{e-1}, epoch, earliest, latest, nonces, h_0, H("parley/endorse-again/v1", O'_0), h_1, …)
 */
#include "admission_internal.h"

#include "base/cbor.h"
#include "base/cose.h"
#include "base/sort.h"

static int by_bytes(const void *a, const void *b)
{
	return memcmp(a, b, RENEWAL_NONCE_LEN);
}

void renewal_sort(struct renewal *r, unsigned n)
{
	sort_in_place(r->nonces, n, RENEWAL_NONCE_LEN, by_bytes);
}

void renewal_report_data_of(uint8_t out[static HASH_LEN], const uint8_t roster[static HASH_LEN], const struct hello *h,
    const struct renewal *r, unsigned n)
{
	struct hash s;

	hash_begin(&s, "parley/rd-again/v1", 5 + (size_t)n);
	hash_bytes(&s, slice_of(roster, HASH_LEN));
	hash_u64(&s, r->epoch);
	hash_text(&s, h->id);
	hash_bytes(&s, slice_of(h->ek, sizeof h->ek));
	hash_bytes(&s, slice_of(h->vk, sizeof h->vk));
	for (unsigned i = 0; i < n; i++)
		hash_bytes(&s, slice_of(r->nonces[i], RENEWAL_NONCE_LEN));
	hash_end(&s, out);
}

enum again_key { AGAIN_SID = 1, AGAIN_ID, AGAIN_HASH, AGAIN_ROSTER, AGAIN_EPOCH, AGAIN_KEYS = 5 };

void endorsement_again_encode(struct buf *out, const uint8_t sid[static HASH_LEN], const char *id,
    const uint8_t h[static HASH_LEN], const uint8_t roster[static HASH_LEN], uint32_t epoch)
{
	cbor_put_map(out, AGAIN_KEYS);
	cbor_put_u64(out, AGAIN_SID);
	cbor_put_bytes(out, slice_of(sid, HASH_LEN));
	cbor_put_u64(out, AGAIN_ID);
	cbor_put_text(out, id);
	cbor_put_u64(out, AGAIN_HASH);
	cbor_put_bytes(out, slice_of(h, HASH_LEN));
	cbor_put_u64(out, AGAIN_ROSTER);
	cbor_put_bytes(out, slice_of(roster, HASH_LEN));
	cbor_put_u64(out, AGAIN_EPOCH);
	cbor_put_u64(out, epoch);
}

/* The payload has one encoding, so it is compared whole with the one we expect. */
static enum status check_endorsement(const struct renewal_facts *f, unsigned party, const struct renewal *r,
    const uint8_t h[static HASH_LEN], struct slice doc, struct problem *problem)
{
	struct party_text where = party_text(f->policy, party);
	struct buf expected = {0};
	struct slice payload;
	enum status st = doc.len > ENDORSEMENT_MAX
			     ? ST_TOO_LARGE
			     : cose_sign1_verify(doc, ENDORSE_AGAIN_LABEL, f->policy->parties[party].endorse, &payload);

	if (st == ST_NO_MEMORY)
		return problem_default(problem, st, where.text);
	if (st != ST_OK)
		return problem_set(problem, ST_ATT_ENDORSEMENT, where.text, NULL,
		    "renewed endorsement: expected a signature by the endorse key of the policy, got %s",
		    status_title(st));
	endorsement_again_encode(&expected, f->sid, f->policy->parties[party].id, h, f->roster, r->epoch);
	st = buf_status(&expected);
	if (st == ST_OK && !slice_equal(buf_view(&expected), payload))
		st = problem_set(problem, ST_ATT_ENDORSEMENT, where.text, NULL,
		    "renewed endorsement: expected this session, party, evidence and epoch, got others");
	buf_clear(&expected);
	return problem_default(problem, st, where.text);
}

/* A policy may accept several releases; an enclave that runs is of one of them, and stays of it. Registers that identify code do
 * not change while it runs; others may (a measurement of what was loaded later). */
static enum status check_same_code(
    const struct renewal_facts *f, unsigned party, const struct att_claims *now, struct problem *problem)
{
	const struct att_claims *then = &f->admitted[party];

	for (unsigned k = 0; k < then->n_values; k++) {
		const struct tee_value *was = &then->values[k], *is = att_value(now, was->reg);
		if (!tee_register_info(then->kind, was->reg).required)
			continue;
		if (!is || is->len != was->len || memcmp(is->bytes, was->bytes, was->len) != 0)
			return problem_set(problem, ST_ATT_MEASUREMENT, party_text(f->policy, party).text, NULL,
			    "renewed evidence: expected the code that was admitted, got other code (%s)",
			    tee_register_name(was->reg));
	}
	return ST_OK;
}

static enum status check_one(uint8_t h[static HASH_LEN], const struct renewal_facts *f, unsigned party,
    const struct renewal *r, const struct admission_evidence *item, struct problem *problem)
{
	uint8_t report_data[HASH_LEN];
	struct att_claims claims;
	enum status st;

	renewal_report_data_of(report_data, f->roster, &f->hellos[party], r, f->policy->n_parties);
	TRY(evidence_verify(&claims, f->policy, party, f->anchors, item, report_data, r->time, problem));
	TRY(check_same_code(f, party, &claims, problem));
	evidence_hash(h, item->kind, item->evidence);
	TRY(check_endorsement(f, party, r, h, item->endorsement, problem));
out:
	return st;
}

/* Epochs rise by one, nonces ascend, clocks agree and do not go back. */
static enum status check_round(
    const struct renewal_facts *f, const struct renewal *r, size_t n, struct problem *problem)
{
	if (r->epoch != f->epoch + 1)
		return problem_set(
		    problem, ST_ATT_REPLAY, "renewal", NULL, "epoch: expected %u, got %u", f->epoch + 1, r->epoch);
	if (n != f->policy->n_parties)
		return problem_set(problem, ST_ATT_EVIDENCE_SET, "renewal", NULL,
		    "renewed evidence: expected that of %u parties, got %zu", (unsigned)f->policy->n_parties, n);
	for (unsigned i = 1; i < f->policy->n_parties; i++)
		if (memcmp(r->nonces[i - 1], r->nonces[i], RENEWAL_NONCE_LEN) >= 0)
			return problem_set(problem, ST_ATT_REPLAY, "renewal", NULL,
			    "nonces: expected different ones, ascending, got others");
	if (r->time.earliest_s > r->time.latest_s || r->time.latest_s - r->time.earliest_s > (int64_t)f->policy->skew_s)
		return problem_set(problem, ST_ATT_HELLO_CLOCK, "renewal", NULL,
		    "time: expected all parties within %u s", f->policy->skew_s);
	if (r->time.latest_s < f->time.latest_s)
		return problem_set(problem, ST_ATT_HELLO_CLOCK, "renewal", NULL, "time: expected no clock to go back");
	if (r->time.latest_s > f->policy->not_after)
		return problem_set(
		    problem, ST_POLICY_NOT_VALID_NOW, "renewal", NULL, "the policy's validity has ended");
	return ST_OK;
}

enum status renewal_check(struct renewal_facts *f, const struct renewal *r, const struct admission_evidence *items,
    size_t n, struct problem *problem)
{
	uint8_t h[POLICY_PARTIES_MAX][HASH_LEN], endorsement[HASH_LEN];
	unsigned parties = f->policy->n_parties;
	struct hash s;
	enum status st;

	TRY(check_round(f, r, n, problem));
	for (unsigned i = 0; i < parties; i++)
		TRY(check_one(h[i], f, i, r, &items[i], problem));
	hash_begin(&s, "parley/renewal/v1", 4 + 3 * (size_t)parties);
	hash_bytes(&s, slice_of(f->chain, HASH_LEN));
	hash_u64(&s, r->epoch);
	hash_u64(&s, (uint64_t)r->time.earliest_s);
	hash_u64(&s, (uint64_t)r->time.latest_s);
	for (unsigned i = 0; i < parties; i++)
		hash_bytes(&s, slice_of(r->nonces[i], RENEWAL_NONCE_LEN));
	for (unsigned i = 0; i < parties; i++) {
		hash_one(endorsement, ENDORSE_AGAIN_LABEL, items[i].endorsement);
		hash_bytes(&s, slice_of(h[i], HASH_LEN));
		hash_bytes(&s, slice_of(endorsement, HASH_LEN));
	}
	hash_end(&s, f->chain);
	f->epoch = r->epoch;
	f->time = r->time;
out:
	return st;
}

void renewal_facts_begin(struct renewal_facts *f)
{
	f->epoch = 0;
	f->time = hellos_time(f->hellos, f->policy->n_parties);
	memcpy(f->chain, f->roster, HASH_LEN);
}

struct renewal_facts *admitted_facts(struct admitted *h)
{
	return &h->facts;
}
