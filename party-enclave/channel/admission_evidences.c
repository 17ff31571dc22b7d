/*
 * Judging everybody's evidence and endorsements, and fixing the roster. Evidence proves which code; the endorsement
 * proves whose enclave: without it a coordinator could bring genuine enclaves of its own.
 */
#include "admission_internal.h"

#include "base/cbor.h"
#include "base/cose.h"

void admission_report_data_of(uint8_t out[static HASH_LEN], const uint8_t sid[static HASH_LEN], const struct hello *h)
{
	struct hash s;

	hash_begin(&s, "parley/rd/v1", 5);
	hash_bytes(&s, slice_of(sid, HASH_LEN));
	hash_text(&s, h->id);
	hash_text(&s, h->role);
	hash_bytes(&s, slice_of(h->ek, sizeof h->ek));
	hash_bytes(&s, slice_of(h->vk, sizeof h->vk));
	hash_end(&s, out);
}

void evidence_hash(uint8_t out[static HASH_LEN], uint32_t kind, struct slice evidence)
{
	struct hash s;

	hash_begin(&s, "parley/evidence/v1", 2);
	hash_u64(&s, kind);
	hash_bytes(&s, evidence);
	hash_end(&s, out);
}

struct att_reference reference_of(const struct policy *p, unsigned party)
{
	const struct policy_party *party_of = &p->parties[party];

	return (struct att_reference){
	    .kind = party_of->tee,
	    .root = party_of->has_tee_root ? party_of->tee_root : NULL,
	    .sets = party_of->sets,
	    .n_sets = party_of->n_sets,
	    .rules = &party_of->rules,
	    .max_age_s = p->max_evidence_age_s,
	    .debug_permitted = p->debug_insecure,
	    .memory_unlocked_refused = p->memory_locked,
	};
}

enum status evidence_verify(struct att_claims *out, const struct policy *p, unsigned party,
    const struct att_anchors *anchors, const struct admission_evidence *item,
    const uint8_t report_data[static HASH_LEN], struct att_time now, struct problem *problem)
{
	const struct att_input in = {
	    .evidence = item->evidence, .collateral = item->collateral, .anchors = anchors, .now = now};
	struct att_reference ref = reference_of(p, party);
	struct att_finding finding = {0};
	enum status st = att_verify(out, item->kind, &in, &ref, report_data, &finding);

	if (st == ST_OK)
		return ST_OK;
	if (finding.st == ST_OK)
		return problem_default(problem, st, party_text(p, party).text);
	return att_problem(problem, &finding, party_text(p, party).text);
}

enum endorsement_key { O_SID = 1, O_ID, O_HASH, O_KEYS = 3 };

void endorsement_encode(
    struct buf *out, const uint8_t sid[static HASH_LEN], const char *id, const uint8_t h[static HASH_LEN])
{
	cbor_put_map(out, O_KEYS);
	cbor_put_u64(out, O_SID);
	cbor_put_bytes(out, slice_of(sid, HASH_LEN));
	cbor_put_u64(out, O_ID);
	cbor_put_text(out, id);
	cbor_put_u64(out, O_HASH);
	cbor_put_bytes(out, slice_of(h, HASH_LEN));
}

/* The payload has one encoding, so it is compared whole with the one we expect. */
static enum status check_endorsement(const struct policy *p, unsigned party, const uint8_t sid[static HASH_LEN],
    const uint8_t h[static HASH_LEN], struct slice doc, struct problem *problem)
{
	struct buf expected = {0};
	struct slice payload;
	enum status st = doc.len > ENDORSEMENT_MAX
			     ? ST_TOO_LARGE
			     : cose_sign1_verify(doc, ENDORSE_LABEL, p->parties[party].endorse, &payload);

	if (st == ST_NO_MEMORY)
		return problem_default(problem, st, party_text(p, party).text);
	if (st != ST_OK)
		return problem_set(problem, ST_ATT_ENDORSEMENT, party_text(p, party).text, NULL,
		    "endorsement: expected a signature by the endorse key of the policy, got %s", status_title(st));
	endorsement_encode(&expected, sid, p->parties[party].id, h);
	st = buf_status(&expected);
	if (st == ST_OK && !slice_equal(buf_view(&expected), payload))
		st = problem_set(problem, ST_ATT_ENDORSEMENT, party_text(p, party).text, NULL,
		    "endorsement: expected this session, this party and this evidence, got others");
	buf_clear(&expected);
	return problem_default(problem, st, party_text(p, party).text);
}

static enum status check_set(
    const struct policy *p, const struct admission_evidence *items, size_t n, struct problem *problem)
{
	if (n != p->n_parties)
		return problem_set(problem, ST_ATT_EVIDENCE_SET, "evidence list", NULL, "length: expected %u, got %zu",
		    (unsigned)p->n_parties, n);
	for (unsigned i = 0; i < n; i++) {
		if (items[i].evidence.len == 0)
			return problem_set(problem, ST_ATT_EVIDENCE_SET, party_text(p, i).text, NULL,
			    "evidence: expected a document, got none");
		for (unsigned j = 0; j < i; j++)
			if (slice_equal(items[i].evidence, items[j].evidence))
				return problem_set(problem, ST_ATT_EVIDENCE_SET, party_text(p, i).text, NULL,
				    "evidence: expected its own, got that of party %s", p->parties[j].id);
	}
	return ST_OK;
}

static enum status check_one(struct att_claims *claims, uint8_t h[static HASH_LEN], const struct policy *p,
    const struct att_anchors *anchors, unsigned party, const struct hello *hellos, const uint8_t sid[static HASH_LEN],
    const struct admission_evidence *item, struct problem *problem)
{
	uint8_t report_data[HASH_LEN];
	enum status st;

	admission_report_data_of(report_data, sid, &hellos[party]);
	TRY(evidence_verify(claims, p, party, anchors, item, report_data, hellos_time(hellos, p->n_parties), problem));
	evidence_hash(h, item->kind, item->evidence);
	TRY(check_endorsement(p, party, sid, h, item->endorsement, problem));
out:
	return st;
}

/* ---- diversity: how many vendors' and operators' failures it takes (docs/decisions/0022) ---- */

static unsigned count_vendors(const struct policy *p, const struct att_claims *claims)
{
	unsigned count = 0;

	for (unsigned i = 0; i < p->n_parties; i++) {
		const char *vendor = p->parties[i].compute ? tee_vendor(claims[i].kind) : NULL;
		bool is_new = vendor != NULL; /* software and tpm have none: the host's root reads their memory */
		for (unsigned j = 0; is_new && j < i; j++) {
			const char *other = p->parties[j].compute ? tee_vendor(claims[j].kind) : NULL;
			is_new = !other || strcmp(other, vendor) != 0;
		}
		count += is_new;
	}
	return count;
}

static unsigned count_operators(const struct policy *p)
{
	unsigned count = 0;

	for (unsigned i = 0; i < p->n_parties; i++) {
		bool is_new = p->parties[i].compute;
		for (unsigned j = 0; is_new && j < i; j++)
			is_new =
			    !p->parties[j].compute || strcmp(p->parties[j].operator_, p->parties[i].operator_) != 0;
		count += is_new;
	}
	return count;
}

static enum status check_distinct(const struct policy *p, const struct att_claims *claims, struct problem *problem)
{
	unsigned vendors = count_vendors(p, claims), operators = count_operators(p);

	if (vendors < p->distinct_vendors)
		return problem_set(problem, ST_ATT_DISTINCT, "admission.distinct.vendor", NULL,
		    "distinct vendors: expected at least %u among the compute parties, got %u", p->distinct_vendors,
		    vendors);
	if (operators < p->distinct_operators)
		return problem_set(problem, ST_ATT_DISTINCT, "admission.distinct.operator", NULL,
		    "distinct operators: expected at least %u among the compute parties, got %u", p->distinct_operators,
		    operators);
	return ST_OK;
}

enum status admission_check_evidences(uint8_t roster[static HASH_LEN],
    struct att_claims claims[static POLICY_PARTIES_MAX], const struct policy *p, const struct att_anchors *anchors,
    const struct hello hellos[static POLICY_PARTIES_MAX], const uint8_t sid[static HASH_LEN],
    const struct admission_evidence *items, size_t n, struct problem *problem)
{
	struct att_claims found[POLICY_PARTIES_MAX];
	uint8_t h[POLICY_PARTIES_MAX][HASH_LEN], endorsement[HASH_LEN];
	struct hash s;
	enum status st;

	TRY(check_set(p, items, n, problem));
	for (unsigned i = 0; i < p->n_parties; i++)
		TRY(check_one(&found[i], h[i], p, anchors, i, hellos, sid, &items[i], problem));
	TRY(check_distinct(p, found, problem));

	/* roster = H("parley/roster/v1", sid, h_0, H("parley/endorse/v1", O_0), h_1, ...) */
	hash_begin(&s, "parley/roster/v1", 1 + 2 * (size_t)p->n_parties);
	hash_bytes(&s, slice_of(sid, HASH_LEN));
	for (unsigned i = 0; i < p->n_parties; i++) {
		hash_one(endorsement, ENDORSE_LABEL, items[i].endorsement);
		hash_bytes(&s, slice_of(h[i], HASH_LEN));
		hash_bytes(&s, slice_of(endorsement, HASH_LEN));
	}
	hash_end(&s, roster);
	memcpy(claims, found, p->n_parties * sizeof found[0]);
out:
	return st;
}
