/*
 * A bundle, checked offline and from nothing but itself: policy and its signatures, then admission once more as every
 * enclave did it, then what the enclaves signed afterwards, and that it all speaks of one session (docs/PROTOCOL.md, section 9).
 */
#include <stdio.h>

#include "base/cbor.h"
#include "base/cose.h"
#include "policy/rules.h"
#include "receipt/receipt.h"

struct audit {
	const struct receipt_bundle *bundle;
	const struct att_anchors *anchors;
	struct policy *policy;
	struct problem *problem;
	struct receipt_verdict v;
	struct commit_statement commits[POLICY_PARTIES_MAX];
	struct renewal_facts renewals; /* where the chain stands after all of the bundle's */
};

/* ---- the policy ---- */
static enum status check_policy(struct audit *a, const uint8_t *expect)
{
	struct slice payload;
	enum status st;

	TRY(policy_file_parse(a->bundle->policy_file, &payload));
	policy_hash(a->v.policy_hash, payload);
	if (expect && memcmp(expect, a->v.policy_hash, HASH_LEN) != 0)
		TRY(problem_default(a->problem, ST_REC_POLICY, "policy"));
	TRY(policy_decode(a->policy, payload, a->problem));
	TRY(policy_file_verify(a->policy, a->bundle->policy_file, a->problem));
	TRY(rules_check(a->policy, a->problem));
	if (a->policy->n_parties != POLICY_PARTIES_MAX)
		TRY(ST_REC_RECEIPT);
	plan_hash(a->v.ctx.plan_hash, a->policy->plan_bytes);
out:
	return st;
}

/* ---- admission ---- */
/* admission_check_hellos takes any order; a bundle has one. */
static enum status check_hello_order(const struct audit *a)
{
	for (unsigned i = 0; i < POLICY_PARTIES_MAX; i++) {
		struct slice payload;
		enum status st = cose_sign1_verify(a->bundle->hellos[i], "parley/hello/v1",
		    a->policy->parties[i].endorse, &payload);

		if (st != ST_OK)
			return problem_set(a->problem, ST_REC_RECEIPT, a->policy->parties[i].id, NULL,
			    "the HELLOs do not stand in party order");
	}
	return ST_OK;
}

static enum status check_admission(struct audit *a)
{
	struct receipt_verdict *v = &a->v;
	enum status st;

	TRY(admission_check_hellos(v->hellos, v->ctx.sid, a->policy, v->policy_hash, v->ctx.plan_hash, a->bundle->hellos,
	    POLICY_PARTIES_MAX, a->problem));
	TRY(check_hello_order(a));
	TRY(admission_check_evidences(v->ctx.roster, v->claims, a->policy, a->anchors, v->hellos, v->ctx.sid,
	    a->bundle->evidences, POLICY_PARTIES_MAX, a->problem));
	for (unsigned i = 0; i < POLICY_PARTIES_MAX; i++)
		TRY(admission_check_admit(a->policy, i, v->hellos[i].vk, v->ctx.roster, v->claims, a->bundle->admits[i],
		    a->problem));
	memcpy(v->session, v->hellos[0].session, sizeof v->session);
	v->attempt = v->hellos[0].attempt;
out:
	return st;
}

/* ---- renewals: judged again, each at its own times and with the bytes that the enclave of this bundle's host had ---- */
static enum status check_renewal(struct audit *a, struct slice record)
{
	struct admission_evidence items[POLICY_PARTIES_MAX];
	struct renewal renewal;
	enum status st;

	TRY(receipt_renewal_decode(&renewal, items, record));
	TRY(renewal_check(&a->renewals, &renewal, items, POLICY_PARTIES_MAX, a->problem));
out:
	return st;
}

static void begin_renewals(struct audit *a)
{
	struct renewal_facts *f = &a->renewals;

	f->policy = a->policy;
	f->anchors = a->anchors;
	memcpy(f->hellos, a->v.hellos, sizeof f->hellos);
	memcpy(f->admitted, a->v.claims, sizeof f->admitted);
	memcpy(f->sid, a->v.ctx.sid, HASH_LEN);
	memcpy(f->roster, a->v.ctx.roster, HASH_LEN);
	renewal_facts_begin(f);
}

static enum status check_renewals(struct audit *a)
{
	struct cbor_reader r;
	enum status st = ST_OK;

	begin_renewals(a);
	if (a->bundle->renewals.len == 0)
		return ST_OK;
	cbor_reader_init(&r, a->bundle->renewals);
	size_t n = cbor_array(&r);
	if (n == 0 || n > RENEWALS_MAX)
		cbor_fail(&r, ST_FORMAT);
	for (size_t k = 0; k < n && r.st == ST_OK; k++) {
		struct slice record = cbor_bytes(&r);
		if (r.st == ST_OK)
			TRY(check_renewal(a, record));
	}
	cbor_close(&r);
	TRY(cbor_end(&r));
	a->v.epochs = a->renewals.epoch;
out:
	return problem_default(a->problem, st, "renewals");
}

/* ---- COMMIT and RECEIPT ---- */
static enum status refuse(const struct audit *a, unsigned party, const char *document, const char *what)
{
	char where[96];

	snprintf(where, sizeof where, "%s of %s", document, a->policy->parties[party].id);
	return problem_set(a->problem, ST_REC_RECEIPT, where, NULL, "%s", what);
}

/* Nobody brings more than rows.max, who is not in `from` brings none, and with rows.pad all bring rows.max. */
static bool rows_permitted(const struct policy *p, unsigned party, uint32_t rows)
{
	uint32_t most = p->dataset_from >> party & 1 ? p->rows_max_party : 0;

	return p->pad_rows ? rows == most : rows <= most;
}

/* The payload that the party's enclave signed under this label. */
static enum status open_statement(const struct audit *a, unsigned party, const char *document, const char *label,
    struct slice doc, struct slice *payload)
{
	enum status st = cose_sign1_verify(doc, label, a->v.hellos[party].vk, payload);

	if (st == ST_OK || st == ST_NO_MEMORY)
		return st;
	return refuse(a, party, document, "it is not signed by that party's enclave");
}

static enum status check_commit(struct audit *a, unsigned party)
{
	struct commit_statement *c = &a->commits[party];
	struct slice payload;
	enum status st;

	TRY(open_statement(a, party, "COMMIT", "parley/commit/v1", a->bundle->commits[party], &payload));
	if (commit_statement_decode(c, payload) != ST_OK)
		return refuse(a, party, "COMMIT", "it is not well-formed");
	if (memcmp(c->sid, a->v.ctx.sid, HASH_LEN) != 0)
		return refuse(a, party, "COMMIT", "it is of another session");
	if (strcmp(c->id, a->policy->parties[party].id) != 0)
		return refuse(a, party, "COMMIT", "it names another party");
	if (!rows_permitted(a->policy, party, c->rows))
		return refuse(a, party, "COMMIT", "it has a number of rows that the policy does not permit");
out:
	return st;
}

static bool same(const void *a, const void *b, size_t len)
{
	return memcmp(a, b, len) == 0;
}

static const char *find_other_session(const struct audit *a, unsigned party, const struct receipt_statement *s)
{
	const struct receipt_verdict *v = &a->v;

	if (!same(s->sid, v->ctx.sid, HASH_LEN))
		return "it is of another session";
	if (strcmp(s->id, a->policy->parties[party].id) != 0)
		return "it names another party";
	if (!same(s->policy_hash, v->policy_hash, HASH_LEN))
		return "it is of another policy";
	if (!same(s->plan_hash, v->ctx.plan_hash, HASH_LEN))
		return "it is of another plan";
	if (!same(s->roster, v->ctx.roster, HASH_LEN))
		return "it is of another roster";
	return NULL;
}

/* A provider's manifest is no part of the bundle: the three enclaves, which have checked it, must state the same. */
static const char *find_other_provided(const struct audit *a, const struct receipt_statement *s)
{
	const struct receipt_statement *first = &a->v.statements[0];

	for (unsigned i = a->policy->n_parties; i < policy_sources(a->policy); i++) {
		if (!rows_permitted(a->policy, i, s->rows[i]))
			return "a provider has a number of rows that the policy does not permit";
		if (s->rows[i] != first->rows[i] || !same(s->commitments[i], first->commitments[i], HASH_LEN))
			return "a provider's manifest is not the one that the other enclaves state";
	}
	return NULL;
}

static const char *find_other_inputs(const struct audit *a, const struct receipt_statement *s)
{
	for (unsigned i = 0; i < POLICY_PARTIES_MAX; i++)
		if (s->rows[i] != a->commits[i].rows || !same(s->commitments[i], a->commits[i].commitment, HASH_LEN))
			return "its inputs are not the ones committed to";
	return NULL;
}

static const char *find_other_recipients(const struct audit *a, const struct receipt_statement *s)
{
	uint32_t recipients = 0;

	for (unsigned k = 0; k < s->n_parts; k++)
		recipients |= UINT32_C(1) << s->part_recipient[k];
	return recipients == a->policy->recipients ? NULL : "its result parts are not for the policy's recipients";
}

static const char *find_other_times(const struct audit *a, const struct receipt_statement *s)
{
	int64_t earliest = a->v.hellos[0].time_s, latest = earliest;

	for (unsigned i = 1; i < POLICY_PARTIES_MAX; i++) {
		int64_t t = a->v.hellos[i].time_s;

		earliest = t < earliest ? t : earliest;
		latest = t > latest ? t : latest;
	}
	return s->earliest_s == earliest && s->latest_s == latest ? NULL : "its times are not those of the HELLOs";
}

static enum status check_receipt(struct audit *a, unsigned party)
{
	struct receipt_statement *s = &a->v.statements[party];
	const char *fault;
	struct slice payload;
	enum status st;

	TRY(open_statement(a, party, "RECEIPT", "parley/receipt/v1", a->bundle->receipts[party], &payload));
	if (receipt_statement_decode(s, a->policy, payload) != ST_OK)
		return refuse(a, party, "RECEIPT", "it is not well-formed");
	fault = find_other_session(a, party, s);
	if (!fault)
		fault = find_other_inputs(a, s);
	if (!fault)
		fault = find_other_provided(a, s);
	if (!fault)
		fault = find_other_recipients(a, s);
	if (!fault)
		fault = find_other_times(a, s);
	if (!fault && (s->epochs != a->renewals.epoch || !same(s->renewals, a->renewals.chain, HASH_LEN)))
		fault = "its renewals of evidence are not those of the bundle";
	/* Keyed under the enclaves' group key: nobody outside can recompute it, but equal views give equal digests. */
	if (!fault && !same(s->view_digest, a->v.statements[0].view_digest, sizeof s->view_digest))
		fault = "its view of the session is not the others'";
	if (fault)
		return refuse(a, party, "RECEIPT", fault);
out:
	return st;
}

static enum status check_statements(struct audit *a)
{
	enum status st = ST_OK;

	for (unsigned i = 0; i < POLICY_PARTIES_MAX; i++)
		TRY(check_commit(a, i));
	for (unsigned i = 0; i < POLICY_PARTIES_MAX; i++)
		TRY(check_receipt(a, i));
out:
	return st;
}

enum status receipt_verify(struct receipt_verdict *out, struct policy *policy, const struct receipt_bundle *b,
    const struct att_anchors *anchors, const uint8_t *expect_policy, struct problem *problem)
{
	struct audit a = {.bundle = b, .anchors = anchors, .policy = policy, .problem = problem};
	enum status st;

	TRY(check_policy(&a, expect_policy));
	TRY(check_admission(&a));
	TRY(check_renewals(&a));
	TRY(check_statements(&a));
	*out = a.v;
out:
	if (st != ST_OK)
		problem_default(problem, st, NULL);
	return st;
}
