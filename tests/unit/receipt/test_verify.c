/* receipt_verify: an honest session verifies; every altered byte, field, order and mixture is refused. */
#include "../../support/test.h"
#include "session.h"

static struct session *s, *other; /* other: the same policy and parties, another session */
static struct policy policy;

static int setup(void **state)
{
	(void)state;
	s = session_new(1, 1, 7);
	other = session_new(2, 1, 7);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	session_free(s);
	session_free(other);
	return 0;
}

static void an_honest_session_verifies(void **state)
{
	static struct receipt_verdict v;
	struct receipt_bundle b = session_bundle(s);
	struct problem problem = {0};

	(void)state;
	if (receipt_verify(&v, &policy, &b, NULL, s->policy_hash, &problem) != ST_OK)
		fail_msg("%s: %s", problem.where, problem.message);
	assert_memory_equal(v.ctx.sid, s->sid, HASH_LEN);
	assert_memory_equal(v.ctx.roster, s->roster, HASH_LEN);
	assert_memory_equal(v.ctx.plan_hash, s->plan_hash, HASH_LEN);
	assert_memory_equal(v.policy_hash, s->policy_hash, HASH_LEN);
	assert_memory_equal(v.session, s->hellos[0].session, sizeof v.session);
	assert_int_equal(v.attempt, 1);
	assert_string_equal(policy.parties[2].id, "west");
	for (unsigned i = 0; i < N; i++) {
		assert_memory_equal(v.hellos[i].vk, s->hellos[i].vk, ED25519_PUBLIC_LEN);
		assert_int_equal(v.claims[i].issued_s, SESSION_TIME);
		assert_int_equal(v.statements[i].rows[i], 100 + i);
	}
}

static void refuses_another_policy_than_the_one_expected(void **state)
{
	static struct receipt_verdict v;
	struct receipt_bundle b = session_bundle(s);
	uint8_t hash[HASH_LEN];
	struct problem problem = {0};

	(void)state;
	memcpy(hash, s->policy_hash, sizeof hash);
	hash[63] ^= 1;
	assert_int_equal(receipt_verify(&v, &policy, &b, NULL, hash, &problem), ST_REC_POLICY);
	assert_int_equal(problem.st, ST_REC_POLICY);
}

/* ---- bytes ---- */
static void refuses_every_altered_byte_of_the_bundle(void **state)
{
	struct receipt_bundle b = session_bundle(s), decoded;
	struct buf bytes = {0};

	(void)state;
	receipt_bundle_encode(&bytes, &b);
	for (size_t at = 0; at < bytes.len; at++) {
		struct problem problem = {0};

		bytes.ptr[at] ^= (uint8_t)(1u << at % 8);
		if (receipt_bundle_decode(&decoded, buf_view(&bytes)) == ST_OK && session_verify(&decoded, NULL, &problem) == ST_OK)
			fail_msg("byte %zu of %zu altered, and it still verifies", at, bytes.len);
		bytes.ptr[at] ^= (uint8_t)(1u << at % 8);
	}
	assert_int_equal(receipt_bundle_decode(&decoded, buf_view(&bytes)), ST_OK);
	assert_int_equal(session_verify(&decoded, NULL, NULL), ST_OK);
	buf_clear(&bytes);
}

/* ---- whole documents ---- */
enum { HELLO, EVIDENCE, ENDORSEMENT, ADMIT, COMMIT, RECEIPT, DOCUMENTS };

static struct slice *document(struct receipt_bundle *b, unsigned kind, unsigned party)
{
	struct slice *const all[DOCUMENTS] = {&b->hellos[party], &b->evidences[party].evidence,
	    &b->evidences[party].endorsement, &b->admits[party], &b->commits[party], &b->receipts[party]};

	return all[kind];
}

static void refused(const struct receipt_bundle *b, const char *what, unsigned kind, unsigned party)
{
	struct problem problem = {0};
	enum status st = session_verify(b, NULL, &problem);

	if (st == ST_OK)
		fail_msg("%s (document kind %u, party %u) still verifies", what, kind, party);
	assert_int_equal(problem.st, st);
	assert_true(problem.message[0] != 0);
}

static void refuses_a_document_of_another_session(void **state)
{
	struct receipt_bundle theirs = session_bundle(other);

	(void)state;
	assert_int_equal(session_verify(&theirs, NULL, NULL), ST_OK);
	for (unsigned kind = 0; kind < DOCUMENTS; kind++)
		for (unsigned i = 0; i < N; i++) {
			struct receipt_bundle b = session_bundle(s);

			*document(&b, kind, i) = *document(&theirs, kind, i);
			refused(&b, "a document of another session", kind, i);
		}
}

static void refuses_a_document_of_another_attempt(void **state)
{
	struct session *retry = session_new(1, 2, 7);
	struct receipt_bundle theirs = session_bundle(retry);

	(void)state;
	assert_int_equal(session_verify(&theirs, NULL, NULL), ST_OK);
	for (unsigned kind = 0; kind < DOCUMENTS; kind++) {
		struct receipt_bundle b = session_bundle(s);

		for (unsigned i = 0; i < N; i++)
			*document(&b, kind, i) = *document(&theirs, kind, i);
		refused(&b, "a list of another attempt", kind, 0);
	}
	session_free(retry);
}

static void refuses_documents_in_another_order_or_twice(void **state)
{
	(void)state;
	for (unsigned kind = 0; kind < DOCUMENTS; kind++)
		for (unsigned i = 0; i < N; i++) {
			struct receipt_bundle b = session_bundle(s);
			struct slice *x = document(&b, kind, i), *y = document(&b, kind, (i + 1) % N), keep = *x;

			*x = *y;
			refused(&b, "a document twice", kind, i);
			*y = keep;
			refused(&b, "two documents swapped", kind, i);
		}
}

static void refuses_a_missing_document(void **state)
{
	(void)state;
	for (unsigned kind = 0; kind < DOCUMENTS; kind++)
		for (unsigned i = 0; i < N; i++) {
			struct receipt_bundle b = session_bundle(s);

			*document(&b, kind, i) = slice_of("", 0);
			refused(&b, "a document missing", kind, i);
		}
}

static void refuses_evidence_of_an_unknown_kind(void **state)
{
	struct receipt_bundle b = session_bundle(s);

	(void)state;
	b.evidences[1].kind = 2;
	refused(&b, "another kind of evidence", EVIDENCE, 1);
}

static void refuses_a_policy_that_one_party_did_not_sign(void **state)
{
	struct receipt_bundle b = session_bundle(s);
	struct test_keys strangers = s->keys;
	struct buf file = {0};
	struct problem problem = {0};

	(void)state;
	policy_file_wrap(&file, buf_view(&s->payload));
	b.policy_file = buf_view(&file);
	assert_int_equal(session_verify(&b, NULL, &problem), ST_POLICY_UNSIGNED);
	buf_reset(&file);
	memcpy(strangers.approve_sk[1], s->keys.root_sk, sizeof s->keys.root_sk);
	test_payload_sign(buf_view(&s->payload), &strangers, &file);
	b.policy_file = buf_view(&file);
	refused(&b, "a policy signed by a stranger", 0, 1);
	buf_clear(&file);
}

/* A policy that all have signed and that releases what it must not is no policy to give a receipt on. */
static void refuses_a_policy_whose_plan_breaks_the_rules(void **state)
{
	struct receipt_bundle b = session_bundle(s);
	struct policy *bad = calloc(1, sizeof *bad);
	struct buf file = {0};
	struct problem problem = {0};

	(void)state;
	test_policy_fill(bad, &s->keys);
	bad->min_subjects = 11; /* the plan suppresses below 10 */
	test_policy_seal(bad, &s->keys, NULL, &file);
	b.policy_file = buf_view(&file);
	assert_int_equal(session_verify(&b, NULL, &problem), ST_PLAN_SUPPRESSION);
	buf_clear(&file);
	free(bad);
}

/* ---- fields: re-signed by a key that is not the enclave's, and by the enclave itself ---- */
struct field {
	const char *name;
	size_t offset;
};
#define RECEIPT_FIELD(name) {#name, offsetof(struct receipt_statement, name)}
static const struct field receipt_fields[] = {RECEIPT_FIELD(sid), RECEIPT_FIELD(policy_hash), RECEIPT_FIELD(plan_hash),
    RECEIPT_FIELD(roster), RECEIPT_FIELD(id), RECEIPT_FIELD(commitments[0]), RECEIPT_FIELD(commitments[1]),
    RECEIPT_FIELD(commitments[2]), RECEIPT_FIELD(rows[0]), RECEIPT_FIELD(rows[1]), RECEIPT_FIELD(rows[2]),
    RECEIPT_FIELD(part_hash[0]), RECEIPT_FIELD(part_hash[1]), RECEIPT_FIELD(part_hash[2]), RECEIPT_FIELD(view_digest),
    RECEIPT_FIELD(earliest_s), RECEIPT_FIELD(latest_s)};

/* Well signed, on the right roster: but what the enclave says it found in the evidence is not what stands there. */
static void refuses_an_admit_over_another_appraisal(void **state)
{
	static const uint8_t appraisals[HASH_LEN] = {0x0a};

	(void)state;
	for (unsigned i = 0; i < N; i++) {
		struct session *liar = session_new(1, 1, 7);
		struct problem problem = {0};

		session_sign_admit(liar, i, appraisals);
		struct receipt_bundle b = session_bundle(liar);
		assert_int_equal(session_verify(&b, NULL, &problem), ST_ATT_ADMIT);
		session_free(liar);
	}
}

static void refuses_every_altered_field_of_a_receipt(void **state)
{
	(void)state;
	for (size_t k = 0; k < COUNT_OF(receipt_fields); k++)
		for (unsigned i = 0; i < N; i++) {
			struct receipt_statement altered = s->receipts[i];
			bool is_part = strncmp(receipt_fields[k].name, "part_hash", 9) == 0;
			struct receipt_bundle b;

			((uint8_t *)&altered)[receipt_fields[k].offset] ^= 1;
			session_sign_receipt(s, i, &altered, other->vk_sk[i]);
			b = session_bundle(s);
			refused(&b, receipt_fields[k].name, RECEIPT, i);
			session_sign_receipt(s, i, &altered, s->vk_sk[i]);
			b = session_bundle(s);
			if (!is_part) /* the parts are not in the bundle: result_open compares them */
				refused(&b, receipt_fields[k].name, RECEIPT, i);
			session_sign_receipt(s, i, &s->receipts[i], s->vk_sk[i]);
		}
}

static void refuses_a_receipt_with_other_recipients(void **state)
{
	struct receipt_statement altered = s->receipts[1];
	struct receipt_bundle b;

	(void)state;
	altered.n_parts = 2;
	session_sign_receipt(s, 1, &altered, s->vk_sk[1]);
	b = session_bundle(s);
	refused(&b, "a recipient missing", RECEIPT, 1);
	altered = s->receipts[1];
	altered.part_recipient[1] = 0;
	session_sign_receipt(s, 1, &altered, s->vk_sk[1]);
	b = session_bundle(s);
	refused(&b, "a recipient twice", RECEIPT, 1);
}

static void refuses_every_altered_field_of_a_commit(void **state)
{
	static const struct field fields[] = {{"sid", offsetof(struct commit_statement, sid)},
	    {"id", offsetof(struct commit_statement, id)}, {"rows", offsetof(struct commit_statement, rows)},
	    {"commitment", offsetof(struct commit_statement, commitment)}};

	(void)state;
	for (size_t k = 0; k < COUNT_OF(fields); k++)
		for (unsigned i = 0; i < N; i++) {
			struct commit_statement altered = s->commits[i];
			struct receipt_bundle b;

			((uint8_t *)&altered)[fields[k].offset] ^= 1;
			session_sign_commit(s, i, &altered, other->vk_sk[i]);
			b = session_bundle(s);
			refused(&b, fields[k].name, COMMIT, i);
			session_sign_commit(s, i, &altered, s->vk_sk[i]);
			b = session_bundle(s);
			refused(&b, fields[k].name, COMMIT, i);
			session_sign_commit(s, i, &s->commits[i], s->vk_sk[i]);
		}
}

/* Even when everybody agrees on it: the policy bounds the rows. */
static void refuses_more_rows_than_the_policy_lets_a_party_bring(void **state)
{
	struct receipt_bundle b;
	struct problem problem = {0};

	(void)state;
	s->commits[2].rows = s->policy->rows_max_party + 1;
	session_sign_commit(s, 2, &s->commits[2], s->vk_sk[2]);
	for (unsigned i = 0; i < N; i++) {
		s->receipts[i].rows[2] = s->commits[2].rows;
		session_sign_receipt(s, i, &s->receipts[i], s->vk_sk[i]);
	}
	b = session_bundle(s);
	assert_int_equal(session_verify(&b, NULL, &problem), ST_REC_RECEIPT);
	assert_string_equal(problem.where, "COMMIT of west");
}

static void north_brings_nothing(struct policy *p)
{
	p->dataset_from = 6;
	p->plan.rows_max = 2 * p->rows_max_party;
}

static void everybody_pads(struct policy *p)
{
	p->pad_rows = true;
}

static void refuses_rows_of_a_party_without_data_and_unpadded_rows(void **state)
{
	static const struct {
		void (*change)(struct policy *p);
		uint32_t rows[N]; /* what is permitted */
	} cases[] = {{north_brings_nothing, {0, 101, 102}}, {everybody_pads, {10000, 10000, 10000}}};

	(void)state;
	for (size_t k = 0; k < COUNT_OF(cases); k++) {
		struct session *changed = session_of(cases[k].change);
		struct receipt_bundle b = session_bundle(changed);
		struct problem problem = {0};

		assert_int_equal(session_verify(&b, NULL, &problem), ST_REC_RECEIPT);
		assert_string_equal(problem.where, "COMMIT of north");
		for (unsigned i = 0; i < N; i++) {
			changed->commits[i].rows = cases[k].rows[i];
			session_sign_commit(changed, i, &changed->commits[i], changed->vk_sk[i]);
			for (unsigned j = 0; j < N; j++)
				changed->receipts[j].rows[i] = cases[k].rows[i];
		}
		for (unsigned i = 0; i < N; i++)
			session_sign_receipt(changed, i, &changed->receipts[i], changed->vk_sk[i]);
		b = session_bundle(changed);
		assert_int_equal(session_verify(&b, NULL, NULL), ST_OK);
		session_free(changed);
	}
}

/* A signature made for one purpose is worth nothing for another. */
static void refuses_a_document_signed_under_another_label(void **state)
{
	struct receipt_bundle b = session_bundle(s);
	struct buf payload = {0}, doc = {0};

	(void)state;
	receipt_statement_encode(&payload, s->policy, &s->receipts[0]);
	cose_sign1(&doc, "parley/commit/v1", buf_view(&payload), s->vk_sk[0]);
	b.receipts[0] = buf_view(&doc);
	refused(&b, "a receipt signed as a commit", RECEIPT, 0);
	buf_clear(&payload);
	buf_clear(&doc);
}

int main(void)
{
#define EACH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
	    EACH(an_honest_session_verifies),
	    EACH(refuses_another_policy_than_the_one_expected),
	    EACH(refuses_every_altered_byte_of_the_bundle),
	    EACH(refuses_a_document_of_another_session),
	    EACH(refuses_a_document_of_another_attempt),
	    EACH(refuses_documents_in_another_order_or_twice),
	    EACH(refuses_a_missing_document),
	    EACH(refuses_evidence_of_an_unknown_kind),
	    EACH(refuses_a_policy_that_one_party_did_not_sign),
	    EACH(refuses_a_policy_whose_plan_breaks_the_rules),
	    EACH(refuses_an_admit_over_another_appraisal),
	    EACH(refuses_every_altered_field_of_a_receipt),
	    EACH(refuses_a_receipt_with_other_recipients),
	    EACH(refuses_every_altered_field_of_a_commit),
	    EACH(refuses_more_rows_than_the_policy_lets_a_party_bring),
	    EACH(refuses_rows_of_a_party_without_data_and_unpadded_rows),
	    EACH(refuses_a_document_signed_under_another_label),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
