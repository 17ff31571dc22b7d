/*
 * Renewal of evidence in sessions that last longer than max_evidence_age, in virtual time: as often as the formula says and with
 * the right answer; and with somebody who does not play along: the session ends with the right code, and nobody sends a share of
 * a new step after it.
 */
#include "liar.h"

#include "base/cbor.h"
#include "base/cose.h"
#include "channel/admission.h"
#include "receipt/receipt.h"

#include <stdlib.h>

#define SECOND UINT64_C(1000000000)
enum {
	AGE = 10,
	SKEW = 8,
	STEP_DEADLINE = 600,
	SOUTH = 1,
	VIEW_FRAMES = 2 /* one exchange of views: a frame to each peer */
};

static struct stage stage;
static struct sim_config good;

/* The stage's policy with short-lived evidence, and links on which a round takes a second. */
static void short_lived(uint32_t age_s)
{
	struct buf payload = {0}, file = {0};
	struct problem problem = {0};
	const struct ingest_table *tables[SIM_PARTIES];
	uint64_t seed = stage.config.seed;

	for (unsigned i = 0; i < SIM_PARTIES; i++)
		tables[i] = stage.config.tables[i];
	stage.policy.max_evidence_age_s = age_s;
	stage.policy.skew_s = SKEW;
	stage.policy.step_deadline_s = STEP_DEADLINE;
	stage.policy.session_deadline_s = 100000;
	assert_int_equal(sim_policy_own(&stage.policy, &stage.keys, &payload, &file, &problem), ST_OK);
	buf_clear(&stage.payload);
	buf_clear(&stage.file);
	stage.payload = payload;
	stage.file = file;
	sim_config_init(&stage.config, &stage.policy, buf_view(&stage.file), &stage.keys, seed);
	memcpy(stage.config.tables, tables, sizeof tables);
	stage.config.party_link = (struct link_spec){SECOND, 100000000};
	stage.config.coordinator_link = (struct link_spec){2000000, 100000000};
	stage.config.until_ns = 200000 * SECOND;
	stage.config.epoch_s += 1000; /* later than the signing time by more than any clock here is off */
	good = stage.config;
}

static int open_stage(void **state)
{
	(void)state;
	stage_open(&stage, 9);
	short_lived(AGE);
	return 0;
}

static int close_stage(void **state)
{
	(void)state;
	stage_close(&stage);
	return 0;
}

static int64_t latest(size_t k)
{
	int64_t t = stage.report.clocks[0][k];

	for (unsigned i = 1; i < SIM_PARTIES; i++)
		t = stage.report.clocks[i][k] > t ? stage.report.clocks[i][k] : t;
	return t;
}

/* What docs/PROTOCOL.md says: at a checkpoint a renewal is due when the latest clock is max_evidence_age past the last attestation;
 * the clocks asked for the renewal itself are where the next age begins. */
static uint32_t expected_renewals(int64_t age_s)
{
	int64_t last = stage.config.epoch_s;
	size_t n = stage.report.n_clocks[0];
	uint32_t renewals = 0;

	for (unsigned i = 0; i < SIM_PARTIES; i++) {
		assert_int_equal(stage.report.n_clocks[i], n);
		last = stage.config.epoch_s + stage.config.clock_offset_s[i] > last
			   ? stage.config.epoch_s + stage.config.clock_offset_s[i]
			   : last;
	}
	for (size_t k = 0; k < n; k++) {
		if (latest(k) - last < age_s)
			continue;
		assert_true(++k < n);
		last = latest(k);
		renewals++;
	}
	return renewals;
}

static uint32_t run_and_count(void)
{
	stage_run(&stage);
	stage_check_done(&stage); /* the right answer, and a receipt whose renewals are judged again */
	for (unsigned i = 1; i < SIM_PARTIES; i++)
		assert_int_equal(stage.report.renewals[i], stage.report.renewals[0]);
	return stage.report.renewals[0];
}

static void evidence_is_renewed_as_often_as_the_formula_says(void **state)
{
	static const uint32_t ages[] = {AGE, 20, 60, 150, 400, 3600};
	uint32_t before = UINT32_MAX;

	(void)state;
	for (size_t k = 0; k < COUNT_OF(ages); k++) {
		short_lived(ages[k]);
		uint32_t renewals = run_and_count();
		assert_int_equal(renewals, expected_renewals(ages[k]));
		assert_true(renewals <= before);
		printf("age %u s: %u renewals at %zu clocks, %u rounds\n", ages[k], renewals, stage.report.n_clocks[0],
		    (unsigned)stage.report.rounds);
		before = renewals;
		if (k == 0)
			assert_true(renewals >= 3);
	}
	assert_int_equal(before, 0);
	short_lived(AGE);
}

/* A host that holds its clock back is outvoted; one that runs ahead, within the skew, does no harm either. */
static void clocks_within_the_skew_change_little(void **state)
{
	(void)state;
	for (int sign = -1; sign <= 1; sign += 2) {
		stage.config.clock_offset_s[SOUTH] = sign * (SKEW - 4);
		stage.config.endorser_offset_s[SOUTH] = sign * (SKEW - 4);
		uint32_t renewals = run_and_count();
		assert_int_equal(renewals, expected_renewals(AGE));
		assert_true(renewals >= 3);
		stage.config = good;
	}
}

static void one_seed_gives_one_run(void **state)
{
	uint8_t first[HASH_LEN];

	(void)state;
	run_and_count();
	memcpy(first, stage.report.transcript, HASH_LEN);
	run_and_count();
	assert_memory_equal(first, stage.report.transcript, HASH_LEN);
}

/* ---- the receipt ---- */

static enum status audit(struct slice renewals)
{
	static struct receipt_bundle bundle;
	static struct receipt_verdict verdict;
	static struct policy policy;
	struct slice bytes, parts[POLICY_PARTIES_MAX];
	struct problem problem = {0};

	assert_int_equal(result_file_decode(&bytes, parts, buf_view(&stage.report.result[0])), ST_OK);
	assert_int_equal(receipt_bundle_decode(&bundle, bytes), ST_OK);
	if (renewals.ptr)
		bundle.renewals = renewals;
	enum status st = receipt_verify(&verdict, &policy, &bundle, NULL, NULL, &problem);
	if (st == ST_OK)
		assert_int_equal(verdict.epochs, stage.report.renewals[0]);
	return st;
}

static size_t read_records(struct slice *records, size_t cap)
{
	static struct receipt_bundle bundle;
	struct slice bytes, parts[POLICY_PARTIES_MAX];
	struct cbor_reader r;

	assert_int_equal(result_file_decode(&bytes, parts, buf_view(&stage.report.result[0])), ST_OK);
	assert_int_equal(receipt_bundle_decode(&bundle, bytes), ST_OK);
	cbor_reader_init(&r, bundle.renewals);
	size_t n = cbor_array(&r);
	assert_true(n <= cap);
	for (size_t k = 0; k < n; k++)
		records[k] = cbor_bytes(&r);
	cbor_close(&r);
	assert_int_equal(cbor_end(&r), ST_OK);
	return n;
}

static enum status audit_records(const struct slice *records, size_t n)
{
	struct buf out = {0};

	cbor_put_array(&out, n);
	for (size_t k = 0; k < n; k++)
		cbor_put_bytes(&out, records[k]);
	enum status st = audit(buf_view(&out));
	buf_clear(&out);
	return st;
}

static void an_audit_judges_every_renewal(void **state)
{
	struct slice records[64], swapped[64];

	(void)state;
	assert_true(run_and_count() >= 3);
	size_t n = read_records(records, COUNT_OF(records));
	assert_int_equal(n, stage.report.renewals[0]);
	assert_int_equal(audit((struct slice){0}), ST_OK);
	assert_int_equal(audit_records(records, n), ST_OK);
	assert_int_equal(audit_records(records, n - 1), ST_REC_RECEIPT); /* the last one left out */
	assert_int_equal(audit_records(records + 1, n - 1), ST_ATT_REPLAY); /* the first */
	assert_int_equal(audit(slice_of("", 0)), ST_REC_RECEIPT); /* all */
	memcpy(swapped, records, sizeof swapped);
	swapped[0] = records[1], swapped[1] = records[0];
	assert_int_equal(audit_records(swapped, n), ST_ATT_REPLAY);
	uint8_t *record = (uint8_t *)(uintptr_t)records[1].ptr;
	for (size_t byte = 0; byte < records[1].len; byte += 7) {
		record[byte] ^= 0x10;
		assert_int_not_equal(audit((struct slice){0}), ST_OK);
		record[byte] ^= 0x10;
	}
	assert_int_equal(audit((struct slice){0}), ST_OK);
}

/* ---- an organisation whose own device or endorser is in on it ---- */

struct south {
	unsigned from; /* which of its evidence is spoilt, 2: the first renewal */
	void (*spoil)(struct south *s, struct att_claims *claims);
	void (*sign)(const struct south *s, struct slice request, struct buf *document); /* NULL: the honest endorser */
	uint8_t last[HASH_LEN]; /* report data of the evidence before */
	unsigned nth;
	struct sim_tee tee;
};

static void state_claims(void *ctx, unsigned party, unsigned nth, struct att_claims *claims)
{
	struct south *s = ctx;
	uint8_t asked[HASH_LEN];

	if (party != SOUTH)
		return;
	memcpy(asked, claims->report_data, HASH_LEN);
	s->nth = nth;
	if (nth == s->from && s->spoil)
		s->spoil(s, claims);
	memcpy(s->last, asked, HASH_LEN);
}

/* What a renewal's request says that is needed to sign it unseen. */
struct asked {
	uint8_t sid[HASH_LEN];
	struct slice roster, evidence;
	uint32_t epoch, kind;
};

static bool read_request(struct asked *a, struct slice request)
{
	struct cbor_reader r;
	struct hash h;

	cbor_reader_init(&r, request);
	if (cbor_array(&r) != 9 || cbor_u64(&r) != 4)
		return false;
	hash_begin(&h, "parley/sid/v1", cbor_array(&r));
	for (unsigned i = 0; i < SIM_PARTIES; i++)
		hash_bytes(&h, cbor_bytes(&r));
	hash_end(&h, a->sid);
	cbor_close(&r);
	a->roster = cbor_bytes(&r);
	a->epoch = (uint32_t)cbor_u64(&r);
	cbor_any(&r);
	cbor_any(&r);
	a->kind = (uint32_t)cbor_u64(&r);
	a->evidence = cbor_bytes(&r);
	assert_int_equal(r.st, ST_OK);
	return true;
}

static void sign_with(
    struct slice request, struct buf *document, const uint8_t *sk, const char *label, int epoch_off, uint8_t flip)
{
	struct asked a;
	struct buf payload = {0};
	uint8_t h[HASH_LEN];
	struct hash hash;

	assert_true(read_request(&a, request));
	hash_begin(&hash, "parley/evidence/v1", 2);
	hash_u64(&hash, a.kind);
	hash_bytes(&hash, a.evidence);
	hash_end(&hash, h);
	h[0] ^= flip;
	cbor_put_map(&payload, 5);
	cbor_put_u64(&payload, 1);
	cbor_put_bytes(&payload, slice_of(a.sid, sizeof a.sid));
	cbor_put_u64(&payload, 2);
	cbor_put_text(&payload, stage.policy.parties[SOUTH].id);
	cbor_put_u64(&payload, 3);
	cbor_put_bytes(&payload, slice_of(h, sizeof h));
	cbor_put_u64(&payload, 4);
	cbor_put_bytes(&payload, a.roster);
	cbor_put_u64(&payload, 5);
	cbor_put_u64(&payload, (uint64_t)((int)a.epoch + epoch_off));
	cose_sign1(document, label, buf_view(&payload), sk);
	buf_clear(&payload);
}

static bool endorse(void *ctx, unsigned party, struct slice request, struct buf *response)
{
	struct south *s = ctx;
	struct asked a;
	struct buf document = {0};

	if (party != SOUTH || !s->sign || s->nth < s->from || !read_request(&a, request))
		return false;
	s->sign(s, request, &document);
	cbor_put_array(response, 2);
	cbor_put_u64(response, 0);
	cbor_put_bytes(response, buf_view(&document));
	buf_clear(&document);
	return true;
}

static void other_code(struct south *s, struct att_claims *claims)
{
	(void)s;
	claims->values[0].bytes[3] ^= 1;
}

static void old_nonces(struct south *s, struct att_claims *claims)
{
	memcpy(claims->report_data, s->last, HASH_LEN);
}

static void stale(struct south *s, struct att_claims *claims)
{
	(void)s;
	claims->issued_s -= 86400;
}

static void debug(struct south *s, struct att_claims *claims)
{
	(void)s;
	claims->debug = true;
}

#define AGAIN "parley/endorse-again/v1"
static void sign_blindly(const struct south *s, struct slice request, struct buf *document)
{
	(void)s;
	sign_with(request, document, stage.keys.endorse_sk[SOUTH], AGAIN, 0, 0);
}

static void sign_by_another(const struct south *s, struct slice request, struct buf *document)
{
	(void)s;
	sign_with(request, document, stage.keys.approve_sk[SOUTH], AGAIN, 0, 0);
}

static void sign_as_admission(const struct south *s, struct slice request, struct buf *document)
{
	(void)s;
	sign_with(request, document, stage.keys.endorse_sk[SOUTH], "parley/endorse/v1", 0, 0);
}

static void sign_another_epoch(const struct south *s, struct slice request, struct buf *document)
{
	(void)s;
	sign_with(request, document, stage.keys.endorse_sk[SOUTH], AGAIN, s->from == 2 ? 1 : -1, 0);
}

static void sign_other_evidence(const struct south *s, struct slice request, struct buf *document)
{
	(void)s;
	sign_with(request, document, stage.keys.endorse_sk[SOUTH], AGAIN, 0, 1);
}

/* No share of a new step: after its evidence left, an enclave that was content has at most sent its view. */
static void check_ended(enum status why)
{
	bool named = strcmp(stage.report.coordinator_code, status_code(why)) == 0;

	stage_check_law(&stage, true);
	stage_check_agreement(&stage);
	for (unsigned i = 0; i < SIM_PARTIES; i++) {
		named = named || stage.report.outcome[i].st == why;
		if (stage.report.outcome[i].st == ST_OK || stage.report.result[i].len)
			fail_msg("party %u has ended well [%s]", i, stage_describe(&stage));
		if (stage.report.renewals[i] && stage.report.frames_since_renewal[i] > VIEW_FRAMES)
			fail_msg("party %u sent %u frames after a renewal that failed [%s]", i,
			    (unsigned)stage.report.frames_since_renewal[i], stage_describe(&stage));
	}
	if (!named)
		fail_msg("nobody says %s [%s]", status_code(why), stage_describe(&stage));
}

static void accomplices_are_found_out(void **state)
{
	static const struct {
		const char *what;
		void (*spoil)(struct south *s, struct att_claims *claims);
		void (*sign)(const struct south *s, struct slice request, struct buf *document);
		enum status why;
	} tries[] = {
	    {"other code", other_code, sign_blindly, ST_ATT_MEASUREMENT},
	    {"other code, honest endorser", other_code, NULL, ST_ATT_ENDORSE_REFUSED},
	    {"the nonces of before", old_nonces, sign_blindly, ST_ATT_BINDING},
	    {"the nonces of before, honest endorser", old_nonces, NULL, ST_ATT_ENDORSE_REFUSED},
	    {"evidence of yesterday", stale, sign_blindly, ST_ATT_EXPIRED},
	    {"a debug enclave", debug, sign_blindly, ST_ATT_DEBUG},
	    {"endorsed by another key", NULL, sign_by_another, ST_ATT_ENDORSEMENT},
	    {"endorsed as at admission", NULL, sign_as_admission, ST_ATT_ENDORSEMENT},
	    {"endorsed for another epoch", NULL, sign_another_epoch, ST_ATT_ENDORSEMENT},
	    {"an endorsement of other evidence", NULL, sign_other_evidence, ST_ATT_ENDORSEMENT},
	};

	(void)state;
	for (size_t k = 0; k < COUNT_OF(tries); k++)
		for (unsigned from = 2; from <= 3; from++) { /* the first renewal, and the second */
			struct south s = {.from = from, .spoil = tries[k].spoil, .sign = tries[k].sign};
			s.tee = (struct sim_tee){&s, state_claims, endorse};
			snprintf(stage.label, sizeof stage.label, "%s, evidence %u", tries[k].what, from);
			stage.config.tee = &s.tee;
			stage_run(&stage);
			check_ended(tries[k].why);
			assert_int_equal(s.nth, from);
			stage.config = good;
		}
}

/* ---- the network and the coordinator ---- */

struct silence {
	bool (*is_it)(const struct sim_message *m);
	unsigned dropped, at_most;
	struct sim_adversary adversary;
};

static void drop(void *ctx, struct sim_message *m)
{
	struct silence *s = ctx;

	if (s->dropped < s->at_most && s->is_it(m)) {
		m->copies = 0;
		s->dropped++;
	}
}

static bool is_souths_renewal(const struct sim_message *m)
{
	static struct wire_request request;
	struct wire_storage storage = {0};
	bool found = false;

	if (strcmp(m->from, stage.policy.parties[SOUTH].id) != 0 || strcmp(m->to, SIM_COORDINATOR) != 0)
		return false;
	assert_int_equal(wire_request_decode(&request, &storage, buf_view(m->bytes)), ST_OK);
	for (uint32_t i = 0; i < request.n_messages; i++)
		found = found || request.messages[i].kind == WM_RENEWAL;
	wire_storage_clear(&storage);
	return found;
}

static bool is_relayed_to_south(const struct sim_message *m)
{
	static struct wire_reply reply;
	struct wire_storage storage = {0};
	bool found = false;

	if (strcmp(m->to, stage.policy.parties[SOUTH].id) != 0 || strcmp(m->from, SIM_COORDINATOR) != 0)
		return false;
	assert_int_equal(wire_reply_decode(&reply, &storage, buf_view(m->bytes)), ST_OK);
	for (uint32_t i = 0; i < reply.n_messages; i++)
		found = found || reply.messages[i].kind == WM_RENEWALS;
	wire_storage_clear(&storage);
	return found;
}

static void run_in_silence(struct silence *s)
{
	s->adversary = (struct sim_adversary){s, drop};
	stage.config.adversary = &s->adversary;
	stage_run(&stage);
	stage.config = good;
	assert_true(s->dropped > 0);
}

static void a_party_that_does_not_renew_is_named(void **state)
{
	struct silence s = {.is_it = is_souths_renewal, .at_most = STEP_DEADLINE / 10};

	(void)state;
	snprintf(stage.label, sizeof stage.label, "no renewal from south");
	run_in_silence(&s);
	check_ended(ST_ATT_REATTEST);
	assert_string_equal(stage.report.coordinator_code, status_code(ST_ATT_REATTEST));
	assert_non_null(strstr(stage.report.outcome[0].message, "no RENEWAL 1 of its evidence from south"));
	assert_string_equal(stage.report.outcome[0].where, "south");
}

static void a_lost_message_is_sent_again(void **state)
{
	struct silence s = {.is_it = is_souths_renewal, .at_most = 2}, r = {.is_it = is_relayed_to_south, .at_most = 2};

	(void)state;
	run_in_silence(&s);
	stage_check_done(&stage);
	run_in_silence(&r);
	stage_check_done(&stage);
}

static void a_relay_that_is_withheld_ends_the_session(void **state)
{
	struct silence s = {.is_it = is_relayed_to_south, .at_most = STEP_DEADLINE / 10};

	(void)state;
	snprintf(stage.label, sizeof stage.label, "RENEWALS withheld from south");
	run_in_silence(&s);
	check_ended(ST_SES_DEADLINE);
}

struct renewals {
	uint32_t epoch;
	size_t n;
	struct doc_evidence item[DOC_PARTIES_MAX];
};

static struct renewals read_renewals(struct slice body)
{
	struct renewals r;

	assert_int_equal(doc_get_renewals(&r.epoch, r.item, &r.n, body), ST_OK);
	return r;
}

static void swap_parties(struct liar *l, enum wire_message_kind *kind, struct slice body, struct buf *out)
{
	struct renewals r = read_renewals(body);
	struct doc_evidence first = r.item[0];

	(void)l, (void)kind;
	r.item[0] = r.item[1], r.item[1] = first;
	doc_put_renewals(out, r.epoch, r.item, r.n);
}

static void leave_one_out(struct liar *l, enum wire_message_kind *kind, struct slice body, struct buf *out)
{
	struct renewals r = read_renewals(body);

	(void)l, (void)kind;
	doc_put_renewals(out, r.epoch, r.item, r.n - 1);
}

static void another_number(struct liar *l, enum wire_message_kind *kind, struct slice body, struct buf *out)
{
	struct renewals r = read_renewals(body);

	(void)l, (void)kind;
	doc_put_renewals(out, r.epoch + 1, r.item, r.n);
}

static void remember_or_replay(struct liar *l, enum wire_message_kind *kind, struct slice body, struct buf *out)
{
	struct renewals now = read_renewals(body), before;

	(void)kind;
	if (now.epoch == 1) {
		buf_reset(&l->memory);
		buf_append(&l->memory, body.ptr, body.len);
		buf_append(out, body.ptr, body.len);
		return;
	}
	before = read_renewals(buf_view(&l->memory));
	doc_put_renewals(out, now.epoch, before.item, before.n); /* the last epoch's evidence under this one's number */
}

static void verbatim_replay(struct liar *l, enum wire_message_kind *kind, struct slice body, struct buf *out)
{
	struct renewals now = read_renewals(body);

	(void)kind;
	if (now.epoch == 1 && !l->memory.len)
		buf_append(&l->memory, body.ptr, body.len);
	buf_append(out, l->memory.ptr, l->memory.len);
}

static void alter_evidence(struct liar *l, enum wire_message_kind *kind, struct slice body, struct buf *out)
{
	struct renewals r = read_renewals(body);
	uint8_t *copy = malloc(r.item[SOUTH].evidence.len);

	(void)l, (void)kind;
	assert_non_null(copy);
	memcpy(copy, r.item[SOUTH].evidence.ptr, r.item[SOUTH].evidence.len);
	copy[r.item[SOUTH].evidence.len / 2] ^= 1;
	r.item[SOUTH].evidence.ptr = copy;
	doc_put_renewals(out, r.epoch, r.item, r.n);
	free(copy);
}

static void a_lying_coordinator_is_found_out(void **state)
{
	static const struct {
		const char *what;
		void (*lie)(struct liar *l, enum wire_message_kind *kind, struct slice body, struct buf *out);
		enum status why;
	} lies[] = {
	    {"two parties' renewals swapped", swap_parties, ST_ATT_CHAIN},
	    {"a renewal left out", leave_one_out, ST_ATT_EVIDENCE_SET},
	    {"another epoch", another_number, ST_ATT_REPLAY},
	    {"the last epoch's evidence", remember_or_replay, ST_ATT_BINDING},
	    {"the last epoch's message", verbatim_replay, ST_ATT_REPLAY},
	    {"evidence altered", alter_evidence, ST_ATT_CHAIN},
	};

	(void)state;
	for (size_t k = 0; k < COUNT_OF(lies); k++)
		for (unsigned victim = 0; victim <= LIAR_ALL; victim += LIAR_ALL) {
			struct liar liar;
			liar_init(&liar, &stage);
			liar.kind = WM_RENEWALS;
			liar.victim = victim;
			liar.lie = lies[k].lie;
			snprintf(stage.label, sizeof stage.label, "%s, %s", lies[k].what,
			    victim == LIAR_ALL ? "all" : "north alone");
			stage.config.adversary = &liar.adversary;
			stage_run(&stage);
			stage.config = good;
			check_ended(lies[k].why);
			liar_clear(&liar);
		}
}

/* The coordinator is started again from its journal in the middle of a renewal: the session goes on. */
static void a_crash_of_the_coordinator_is_survived(void **state)
{
	uint64_t requests;

	(void)state;
	run_and_count();
	requests = stage.report.requests;
	for (uint64_t at = requests / 4; at < requests; at += requests / 12 + 1) {
		stage.config.crash = (struct sim_crash){
		    .what = at % 2 ? SIM_COORDINATOR_BEFORE : SIM_COORDINATOR_AFTER, .at = at, .down_ns = 3 * SECOND};
		stage_run(&stage);
		stage_check_done(&stage);
		assert_true(stage.report.crashed);
	}
	stage.config = good;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(evidence_is_renewed_as_often_as_the_formula_says),
	    cmocka_unit_test(clocks_within_the_skew_change_little),
	    cmocka_unit_test(one_seed_gives_one_run),
	    cmocka_unit_test(an_audit_judges_every_renewal),
	    cmocka_unit_test(accomplices_are_found_out),
	    cmocka_unit_test(a_party_that_does_not_renew_is_named),
	    cmocka_unit_test(a_lost_message_is_sent_again),
	    cmocka_unit_test(a_relay_that_is_withheld_ends_the_session),
	    cmocka_unit_test(a_lying_coordinator_is_found_out),
	    cmocka_unit_test(a_crash_of_the_coordinator_is_survived),
	};
	return cmocka_run_group_tests(tests, open_stage, close_stage);
}
