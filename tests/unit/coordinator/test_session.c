/* coordinator/session.h: every state × message, what is verified, who is blamed, deadlines, windows, the commit point. */
#include "../../support/test.h"

#include "base/cbor.h"
#include "lab.h"

static struct lab lab;

static int setup(void **state)
{
	(void)state;
	lab_init(&lab, 0, NULL);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	lab_clear(&lab);
	return 0;
}

static const enum wire_message_kind kinds[] = {WM_ENROL, WM_HELLO, WM_EVIDENCE, WM_ADMITTED, WM_COMMITTED, WM_STEP,
    WM_CONFIRM, WM_PART, WM_RECEIPT, WM_FAULT, WM_FINISHED, WM_RENEWAL, WM_RENEWALS, WM_PEERS, WM_DONE, (enum wire_message_kind)99};

/* The party's message of this kind, signed as it should be, with the next number. */
static struct wire_message make(
    const struct fake_party *p, enum wire_message_kind kind, uint32_t number, struct buf *body)
{
	buf_reset(body);
	fake_party_body(p, kind, number, body);
	return (struct wire_message){.seq = p->n_sent + 1, .kind = kind, .body = buf_view(body)};
}

static enum session_verdict judge_kind(
    unsigned party, enum wire_message_kind kind, struct session_event *event, struct problem *problem)
{
	static struct buf body;
	const struct fake_party *p = &lab.party[party];
	uint32_t recipient = p->parts & 1 ? (p->parts & 2 ? 2 : 1) : 0;
	struct wire_message m = make(p, kind, kind == WM_PART ? recipient : p->step + 1, &body);

	return lab_judge(&lab, party, &m, event, problem);
}

/* ---- the table ---- */

/* At its first instant each state takes exactly these from party 0. */
static void every_state_takes_exactly_its_messages(void **state)
{
	static const struct {
		enum session_state in;
		enum wire_message_kind takes[3];
	} table[] = {
	    {S_CREATED, {WM_ENROL}},
	    {S_ENROLLING, {WM_HELLO, WM_FAULT}},
	    {S_ADMITTED, {WM_COMMITTED, WM_FAULT}},
	    {S_COMMITTED, {WM_STEP, WM_RENEWAL, WM_FAULT}},
	    {S_RUNNING, {WM_STEP, WM_RENEWAL, WM_FAULT}},
	    {S_RELEASING, {WM_CONFIRM, WM_FAULT}},
	    {S_DONE, {0}},
	};
	(void)state;

	for (size_t row = 0; row < COUNT_OF(table); row++) {
		lab_restart(&lab);
		lab_until(&lab, table[row].in);
		for (size_t k = 0; k < COUNT_OF(kinds); k++) {
			struct session_event event;
			struct problem problem;
			enum session_verdict verdict = judge_kind(0, kinds[k], &event, &problem);
			bool takes = false;

			for (size_t t = 0; t < 3; t++)
				takes = takes || (table[row].takes[t] != 0 && table[row].takes[t] == kinds[k]);
			if (table[row].in == S_DONE) {
				assert_int_equal(verdict, SESSION_REPEAT);
			} else if (takes) {
				assert_int_equal(verdict, SESSION_TAKE);
				assert_int_equal(event.kind, SE_MESSAGE);
			} else if (table[row].in == S_CREATED) { /* a stranger still */
				assert_int_equal(verdict, SESSION_REFUSE);
				assert_int_equal(problem.st, ST_SES_STATE);
			} else {
				assert_int_equal(verdict, SESSION_TAKE);
				assert_int_equal(event.kind, SE_ABORT);
				assert_string_equal(event.abort.code, "SES-0001");
				assert_string_equal(event.abort.blame, "north");
			}
		}
	}
}

/* At every position of a whole session, for every party and kind: its next message and FAULT, nothing else. */
static void every_position_takes_only_the_next_message(void **state)
{
	size_t positions = 0;
	(void)state;

	for (unsigned turn = 0;; turn = (turn + 1) % FAKE_PARTIES, positions++) {
		bool over = session_is_over(lab.session);
		bool released = lab.party[0].has_bundle;

		for (unsigned i = 0; i < FAKE_PARTIES; i++) {
			enum wire_message_kind next = fake_party_next(&lab.party[i]);
			bool enrolled = lab.party[i].n_sent > 0;
			bool between_steps = lab.party[i].has_committed && lab.party[i].step < lab.world.policy->plan.n_ops;
			bool finished = enrolled && lab.party[i].sent[lab.party[i].n_sent - 1].kind == WM_FINISHED;

			for (size_t k = 0; k < COUNT_OF(kinds); k++) {
				struct session_event event;
				struct problem problem;
				enum session_verdict verdict = judge_kind(i, kinds[k], &event, &problem);
				bool may = kinds[k] == next || (kinds[k] == WM_FAULT && enrolled && !finished) ||
					   (kinds[k] == WM_RENEWAL && between_steps);

				if (over)
					assert_int_equal(verdict, SESSION_REPEAT);
				else if (may)
					assert_true(verdict == SESSION_TAKE && event.kind == SE_MESSAGE);
				else if (!enrolled || released)
					assert_int_equal(verdict, SESSION_REFUSE);
				else
					assert_true(verdict == SESSION_TAKE && event.kind == SE_ABORT);
			}
		}
		if (over)
			break;
		lab_step(&lab, turn);
	}
	assert_true(positions > 60);
	assert_int_equal(session_state_of(lab.session), S_DONE);
	for (unsigned i = 0; i < FAKE_PARTIES; i++)
		assert_true(lab.party[i].is_done);
}

static void aborts_in_every_live_state_reach_everybody(void **state)
{
	static const enum session_state live[] = {
	    S_CREATED, S_ENROLLING, S_ADMITTED, S_COMMITTED, S_RUNNING, S_RELEASING};
	(void)state;

	for (size_t k = 0; k < COUNT_OF(live); k++) {
		struct session_event event;

		lab_restart(&lab);
		lab_until(&lab, live[k]);
		assert_int_equal(
		    session_judge_operator(lab.session, slice_str("maintenance\n\x1b[2J"), lab.now_s, &event), ST_OK);
		lab_apply(&lab, &event);
		assert_int_equal(session_state_of(lab.session), S_ABORTED);
		for (unsigned i = 0; i < FAKE_PARTIES; i++) {
			assert_true(lab.party[i].is_aborted);
			assert_string_equal(lab.party[i].abort.code, "SES-0010");
			assert_string_equal(lab.party[i].abort.message,
			    "the operator of the coordinator aborted the session: maintenance??[2J");
		}
		assert_int_equal(
		    session_judge_operator(lab.session, (struct slice){0}, lab.now_s, &event), ST_SES_STATE);
	}
}

/* ---- what is verified ---- */

static void expect_abort(
    const struct session_event *event, enum session_verdict verdict, const char *code, const char *blame)
{
	assert_int_equal(verdict, SESSION_TAKE);
	assert_int_equal(event->kind, SE_ABORT);
	assert_string_equal(event->abort.code, code);
	assert_string_equal(event->abort.blame, blame);
}

/* Each signed message with each bit of it flipped, one by one: never taken. (PART, EVIDENCE, FAULT, FINISHED are only
 * signed by the host, over the post: test_coordinator.) */
static void no_flipped_bit_is_taken(void **state)
{
	static const enum wire_message_kind signed_kinds[] = {
	    WM_ENROL, WM_HELLO, WM_ADMITTED, WM_COMMITTED, WM_STEP, WM_CONFIRM, WM_RECEIPT};
	struct buf body = {0};
	size_t flips = 0;
	(void)state;

	for (size_t k = 0; k < COUNT_OF(signed_kinds); k++) {
		while (fake_party_next(&lab.party[1]) != signed_kinds[k])
			lab_run(&lab, 1);
		struct wire_message m = make(&lab.party[1], signed_kinds[k], lab.party[1].step + 1, &body);
		for (size_t bit = k % 3; bit < 8 * body.len; bit += 3, flips++) {
			struct session_event event;
			struct problem problem;
			body.ptr[bit / 8] ^= (uint8_t)(1 << bit % 8);
			enum session_verdict verdict = lab_judge(&lab, 1, &m, &event, &problem);
			body.ptr[bit / 8] ^= (uint8_t)(1 << bit % 8);
			if (signed_kinds[k] == WM_ENROL)
				assert_int_equal(verdict, SESSION_REFUSE);
			else
				assert_true(verdict == SESSION_TAKE && event.kind == SE_ABORT &&
					    strcmp(event.abort.blame, "south") == 0);
		}
		for (size_t cut = 1; cut <= body.len; cut += 7) {
			struct session_event event;
			struct problem problem;
			struct wire_message shorter = {m.seq, m.kind, slice_of(body.ptr, body.len - cut)};
			enum session_verdict verdict = lab_judge(&lab, 1, &shorter, &event, &problem);
			assert_true(verdict == SESSION_REFUSE || event.kind == SE_ABORT);
		}
	}
	assert_true(flips > 3000);
	buf_clear(&body);
}

static void another_key_or_label_or_party_is_refused(void **state)
{
	struct buf body = {0}, payload = {0};
	struct session_event event;
	struct problem problem;
	struct slice inner;
	(void)state;

	lab_until(&lab, S_RUNNING);
	/* a STEP signed by another enclave of the session */
	fake_party_body(&lab.party[2], WM_STEP, lab.party[2].step + 1, &body);
	struct wire_message m = {lab.party[0].n_sent + 1, WM_STEP, buf_view(&body)};
	expect_abort(&event, lab_judge(&lab, 0, &m, &event, &problem), "SIG-0001", "north");
	/* its own statement under another label */
	buf_reset(&body);
	fake_party_body(&lab.party[0], WM_STEP, lab.party[0].step + 1, &body);
	assert_int_equal(cose_sign1_peek(buf_view(&body), &inner), ST_OK);
	buf_append(&payload, inner.ptr, inner.len);
	buf_reset(&body);
	cose_sign1(&body, DOC_CONFIRM_LABEL, buf_view(&payload), lab.party[0].vk_sk);
	m.body = buf_view(&body);
	expect_abort(&event, lab_judge(&lab, 0, &m, &event, &problem), "SIG-0001", "north");
	/* with the endorse key */
	buf_reset(&body);
	cose_sign1(&body, DOC_STEP_LABEL, buf_view(&payload), lab.world.keys.endorse_sk[0]);
	m.body = buf_view(&body);
	expect_abort(&event, lab_judge(&lab, 0, &m, &event, &problem), "SIG-0001", "north");
	buf_clear(&body);
	buf_clear(&payload);
}

static void a_hello_of_another_session_or_policy_is_refused(void **state)
{
	struct buf body = {0};
	struct session_event event;
	struct problem problem;
	(void)state;

	lab_run(&lab, 3);
	struct fake_party other = lab.party[0];
	other.session[3] ^= 1;
	struct wire_message m = make(&other, WM_HELLO, 0, &body);
	expect_abort(&event, lab_judge(&lab, 0, &m, &event, &problem), "SES-0003", "north");
	other = lab.party[0];
	other.attempt = 2;
	m = make(&other, WM_HELLO, 0, &body);
	expect_abort(&event, lab_judge(&lab, 0, &m, &event, &problem), "SES-0003", "north");
	struct fake_world world = lab.world;
	other = lab.party[0];
	other.world = &world;
	world.policy_hash[5] ^= 1;
	m = make(&other, WM_HELLO, 0, &body);
	expect_abort(&event, lab_judge(&lab, 0, &m, &event, &problem), "ATT-0011", "north");
	other = lab.party[0];
	memcpy(world.keys.endorse_sk[0], lab.world.keys.approve_sk[0], ED25519_SECRET_LEN);
	world.policy_hash[5] ^= 1;
	other.world = &world;
	m = make(&other, WM_HELLO, 0, &body);
	expect_abort(&event, lab_judge(&lab, 0, &m, &event, &problem), "ATT-0008", "north");
	buf_clear(&body);
}

static void steps_rise_by_one_within_the_grant(void **state)
{
	struct buf body = {0};
	struct session_event event;
	struct problem problem;
	(void)state;

	lab_until(&lab, S_RUNNING);
	for (uint32_t step = 0; step < 40; step++) {
		struct wire_message m = {.seq = lab.party[0].n_sent + 1, .kind = WM_STEP};
		if (step == 0 || step == lab.party[0].step + 1)
			continue;
		buf_reset(&body);
		fake_party_body(&lab.party[0], WM_STEP, step, &body);
		m.body = buf_view(&body);
		expect_abort(&event, lab_judge(&lab, 0, &m, &event, &problem), "SES-0002", "north");
	}
	buf_clear(&body);
}

/* Two parties that state different digests for one step: aborted, and nobody is named. */
static void different_views_abort_without_blame(void **state)
{
	struct buf body = {0};
	struct session_event event;
	struct problem problem;
	(void)state;

	lab_until(&lab, S_RUNNING); /* north has stated step 1 */
	struct fake_party liar = lab.party[1];
	liar.commitments[0][0] ^= 1;
	struct wire_message m = make(&liar, WM_STEP, 1, &body);
	expect_abort(&event, lab_judge(&lab, 1, &m, &event, &problem), "SES-0005", "");

	lab_restart(&lab);
	lab_until(&lab, S_RELEASING);
	lab_step(&lab, 0); /* CONFIRM of north */
	assert_int_equal(lab.party[0].sent[lab.party[0].n_sent - 1].kind, WM_CONFIRM);
	liar = lab.party[2];
	liar.commitments[0][0] ^= 1;
	m = make(&liar, WM_CONFIRM, 0, &body);
	expect_abort(&event, lab_judge(&lab, 2, &m, &event, &problem), "SES-0005", "");

	lab_restart(&lab);
	while (lab.party[0].n_sent == 0 || lab.party[0].sent[lab.party[0].n_sent - 1].kind != WM_ADMITTED)
		lab_run(&lab, 1);
	liar = lab.party[1];
	liar.roster[0] ^= 1;
	m = make(&liar, WM_ADMITTED, 0, &body);
	expect_abort(&event, lab_judge(&lab, 1, &m, &event, &problem), "SES-0005", "");
	buf_clear(&body);
}

/* A receipt must be about what was posted: every field that the coordinator can compare. */
static void a_receipt_about_something_else_is_refused(void **state)
{
	struct buf body = {0};
	struct session_event event;
	struct problem problem;
	(void)state;

	while (fake_party_next(&lab.party[1]) != WM_RECEIPT)
		lab_run(&lab, 1);
	struct fake_party other = lab.party[1];
	other.input = 77; /* other parts */
	struct wire_message m = make(&other, WM_RECEIPT, 0, &body);
	expect_abort(&event, lab_judge(&lab, 1, &m, &event, &problem), "REC-0001", "south");
	other = lab.party[1];
	other.commitments[2][9] ^= 4;
	m = make(&other, WM_RECEIPT, 0, &body);
	expect_abort(&event, lab_judge(&lab, 1, &m, &event, &problem), "SES-0005", "");
	other = lab.party[1];
	other.rows[0]++;
	m = make(&other, WM_RECEIPT, 0, &body);
	expect_abort(&event, lab_judge(&lab, 1, &m, &event, &problem), "SES-0005", "");
	other = lab.party[1];
	other.roster[1] ^= 1;
	m = make(&other, WM_RECEIPT, 0, &body);
	expect_abort(&event, lab_judge(&lab, 1, &m, &event, &problem), "SES-0005", "");
	struct fake_world world = lab.world;
	world.plan_hash[0] ^= 1;
	other = lab.party[1];
	other.world = &world;
	m = make(&other, WM_RECEIPT, 0, &body);
	expect_abort(&event, lab_judge(&lab, 1, &m, &event, &problem), "REC-0004", "south");
	buf_clear(&body);
}

static void a_part_for_nobody_or_twice_is_refused(void **state)
{
	struct buf body = {0};
	struct session_event event;
	struct problem problem;
	(void)state;

	while (fake_party_next(&lab.party[0]) != WM_PART)
		lab_run(&lab, 1);
	struct wire_message m = make(&lab.party[0], WM_PART, 3, &body);
	expect_abort(&event, lab_judge(&lab, 0, &m, &event, &problem), "PLAN-0007", "north");
	lab_step(&lab, 0);
	m = make(&lab.party[0], WM_PART, 0, &body);
	expect_abort(&event, lab_judge(&lab, 0, &m, &event, &problem), "FMT-0007", "north");
	buf_clear(&body);
}

static void a_body_beyond_its_limit_is_refused(void **state)
{
	struct buf big = {0};
	struct session_event event;
	struct problem problem;
	(void)state;

	while (fake_party_next(&lab.party[0]) != WM_PART)
		lab_run(&lab, 1);
	static uint8_t zeroes[SESSION_PART_MAX + 1];
	doc_put_part(&big, 0, slice_of(zeroes, SESSION_PART_MAX));
	struct wire_message m = {lab.party[0].n_sent + 1, WM_PART, buf_view(&big)};
	assert_int_equal(lab_judge(&lab, 0, &m, &event, &problem), SESSION_TAKE);
	assert_int_equal(event.kind, SE_MESSAGE);
	buf_reset(&big);
	doc_put_part(&big, 0, slice_of(zeroes, SESSION_PART_MAX + 1));
	buf_append(&big, zeroes, 16);
	m.body = buf_view(&big);
	expect_abort(&event, lab_judge(&lab, 0, &m, &event, &problem), "FMT-0005", "north");
	buf_clear(&big);
}

/* ---- sequence ---- */

static void repeats_are_harmless_and_gaps_wait(void **state)
{
	struct session_event event;
	struct problem problem;
	uint8_t before[HASH_LEN], now[HASH_LEN];
	(void)state;

	lab_until(&lab, S_COMMITTED);
	session_fingerprint(lab.session, before);
	for (size_t n = 1; n <= lab.party[1].n_sent; n++) {
		struct wire_message m = fake_party_message(&lab.party[1], n);
		assert_int_equal(lab_judge(&lab, 1, &m, &event, &problem), SESSION_REPEAT);
	}
	struct wire_message m = fake_party_message(&lab.party[1], 1);
	static const uint64_t gaps[] = {0, 2, 100, UINT64_MAX};
	for (size_t k = 0; k < COUNT_OF(gaps); k++) {
		m.seq = gaps[k] == 0 ? 0 : gaps[k] == UINT64_MAX ? UINT64_MAX : lab.party[1].n_sent + gaps[k];
		assert_int_equal(lab_judge(&lab, 1, &m, &event, &problem), SESSION_REFUSE);
		assert_int_equal(problem.st, ST_SES_SEQUENCE);
	}
	session_fingerprint(lab.session, now);
	assert_memory_equal(before, now, sizeof now);
}

/* A quick party's COMMIT may arrive before a slow host's ADMIT. */
static void a_commit_may_overtake_an_admit(void **state)
{
	(void)state;
	while (fake_party_next(&lab.party[2]) != WM_ADMITTED)
		lab_run(&lab, 1);
	while (fake_party_next(&lab.party[0]) != 0)
		lab_step(&lab, 0);
	assert_int_equal(lab.party[0].sent[lab.party[0].n_sent - 1].kind, WM_COMMITTED);
	assert_int_equal(session_state_of(lab.session), S_ENROLLING);
	lab_until(&lab, S_DONE);
}

/* ---- windows ---- */

static void grants_stay_within_the_window(void **state)
{
	struct lab l;
	uint32_t grants = 0, seen = 0;
	(void)state;

	lab_init(&l, 100, NULL);
	assert_int_equal(l.world.policy->plan.n_ops, 100);
	lab_until(&l, S_COMMITTED);
	assert_int_equal(l.party[0].granted, SESSION_WINDOW);
	while (lab_step(&l, 0)) /* north alone: it may use up its window, no more */
		assert_int_equal(l.party[0].granted, SESSION_WINDOW);
	assert_int_equal(l.party[0].step, SESSION_WINDOW);
	while (session_state_of(l.session) != S_RELEASING) {
		struct wire_session_view view;
		lab_run(&l, 1);
		session_view(l.session, &view);
		for (unsigned i = 0; i < FAKE_PARTIES; i++)
			assert_true(l.party[i].granted <= view.step + SESSION_WINDOW);
		grants += l.party[1].granted != seen;
		seen = l.party[1].granted;
	}
	assert_int_equal(seen, 100);
	assert_true(grants <= 1 + 2 * 100 / SESSION_WINDOW);
	lab_clear(&l);
}

static void beyond_the_window_a_step_is_refused(void **state)
{
	struct lab l;
	struct session_event event;
	struct problem problem;
	struct buf body = {0};
	(void)state;

	lab_init(&l, 100, NULL);
	lab_until(&l, S_COMMITTED);
	while (lab_step(&l, 0))
		;
	fake_party_body(&l.party[0], WM_STEP, l.party[0].step + 1, &body);
	struct wire_message m = {l.party[0].n_sent + 1, WM_STEP, buf_view(&body)};
	expect_abort(&event, lab_judge(&l, 0, &m, &event, &problem), "SES-0012", "north");
	buf_clear(&body);
	lab_clear(&l);
}

/* ---- deadlines: 60 s a step and 3600 s a session in the test policy ---- */

static void waiting_for_hosts_only_the_session_deadline_runs(void **state)
{
	struct session_event event;
	(void)state;

	lab_step(&lab, 0);
	lab_step(&lab, 2);
	assert_false(session_judge_time(lab.session, LAB_START_S + 3599, &event));
	assert_true(session_judge_time(lab.session, LAB_START_S + 3600, &event));
	assert_int_equal(event.kind, SE_ABORT);
	assert_string_equal(event.abort.code, "SES-0008");
	assert_string_equal(event.abort.blame, "south");
	assert_string_equal(event.abort.message, "a deadline passed: no ENROL from south");
}

static void the_slowest_party_has_a_step_deadline(void **state)
{
	struct session_event event;
	(void)state;

	lab_until(&lab, S_RUNNING);
	int64_t since = session_deadline_s(lab.session) - 60;
	lab.now_s = since + 50;
	lab_step(&lab, 0); /* the quick one does not buy time */
	lab_step(&lab, 1);
	assert_int_equal(session_deadline_s(lab.session), since + 60);
	assert_false(session_judge_time(lab.session, since + 59, &event));
	assert_true(session_judge_time(lab.session, since + 60, &event));
	assert_string_equal(event.abort.message, "a deadline passed: no STEP 1 from west");
	assert_string_equal(event.abort.blame, "west");
	lab_step(&lab, 2); /* in time after all */
	assert_int_equal(session_deadline_s(lab.session), lab.now_s + 60);
	lab_apply(&lab, &(struct session_event){
			    .kind = SE_RESUME, .session = {0x5e, 0x55}, .attempt = 1, .time_s = lab.now_s + 500});
	assert_int_equal(session_deadline_s(lab.session), lab.now_s + 560);
	assert_true(session_judge_time(lab.session, lab.now_s + 560, &event));
	lab_apply(&lab, &event);
	for (unsigned i = 0; i < FAKE_PARTIES; i++)
		assert_string_equal(lab.party[i].abort.code, "SES-0008");
	assert_int_equal(session_deadline_s(lab.session), INT64_MAX);
}

/* ---- renewed evidence ---- */

static enum session_verdict renew(unsigned party, struct session_event *event)
{
	static struct buf body;
	struct fake_party *p = &lab.party[party];
	struct problem problem;

	buf_reset(&body);
	fake_party_body(p, WM_RENEWAL, 0, &body);
	fake_party_put(p, WM_RENEWAL, buf_view(&body));
	struct wire_message m = fake_party_message(p, p->n_sent);
	enum session_verdict verdict = lab_judge(&lab, party, &m, event, &problem);
	if (verdict == SESSION_TAKE)
		lab_apply(&lab, event);
	return verdict;
}

static void assert_renewed(unsigned party)
{
	struct session_event event;

	assert_int_equal(renew(party, &event), SESSION_TAKE);
	assert_int_equal(event.kind, SE_MESSAGE);
}

/* fake_party.c panics at anything but the next epoch, of everybody. */
static void renewals_are_relayed_when_all_have_posted(void **state)
{
	static const enum session_state states[] = {S_COMMITTED, S_RUNNING};
	uint8_t now[HASH_LEN], again[HASH_LEN];
	(void)state;

	for (size_t k = 0; k < COUNT_OF(states); k++) {
		lab_restart(&lab);
		lab_until(&lab, states[k]);
		for (uint32_t epoch = 1; epoch <= 3; epoch++)
			for (unsigned i = 0; i < FAKE_PARTIES; i++) {
				assert_int_equal(lab.party[i].relayed, epoch - 1);
				assert_renewed((i + epoch) % FAKE_PARTIES);
			}
		for (unsigned i = 0; i < FAKE_PARTIES; i++)
			assert_int_equal(lab.party[i].relayed, 3);
		assert_int_equal(session_state_of(lab.session), states[k]);
		lab_until(&lab, S_DONE);
		session_fingerprint(lab.session, now);
		struct session *replayed = lab_replay(&lab, lab.n_events);
		session_fingerprint(replayed, again);
		assert_memory_equal(now, again, HASH_LEN);
		session_free(replayed);
	}
}

static void whoever_does_not_renew_in_time_is_named(void **state)
{
	struct session_event event;
	(void)state;

	lab_until(&lab, S_RUNNING);
	lab.now_s += 20;
	assert_renewed(0);
	assert_true(session_judge_time(lab.session, session_deadline_s(lab.session), &event));
	assert_string_equal(event.abort.code, "ATT-0027");
	assert_string_equal(event.abort.message, "a deadline passed: no RENEWAL 1 of its evidence from south, west");
	assert_string_equal(event.abort.blame, "");
	assert_renewed(2);
	assert_true(session_judge_time(lab.session, session_deadline_s(lab.session), &event));
	assert_string_equal(event.abort.message, "a deadline passed: no RENEWAL 1 of its evidence from south");
	assert_string_equal(event.abort.blame, "south");
	assert_renewed(1); /* in time after all: from now on it is about steps again */
	assert_int_equal(session_deadline_s(lab.session), lab.now_s + 60);
	assert_true(session_judge_time(lab.session, session_deadline_s(lab.session), &event));
	assert_string_equal(event.abort.code, "SES-0008");
}

static void a_renewal_out_of_order_aborts(void **state)
{
	struct session_event event;
	(void)state;

	lab_until(&lab, S_RUNNING);
	assert_renewed(1);
	assert_int_equal(renew(1, &event), SESSION_TAKE); /* a second one before the others' first */
	assert_int_equal(event.kind, SE_ABORT);
	assert_string_equal(event.abort.code, "SES-0002");
	assert_string_equal(event.abort.blame, "south");
	lab_restart(&lab);
	lab_until(&lab, S_RUNNING);
	lab.party[1].relayed = 4; /* it counts wrongly */
	assert_int_equal(renew(1, &event), SESSION_TAKE);
	assert_int_equal(event.kind, SE_ABORT);
	assert_string_equal(event.abort.code, "SES-0002");
}

static void two_slow_parties_are_named_and_none_is_blamed(void **state)
{
	struct session_event event;
	(void)state;

	lab_until(&lab, S_ADMITTED);
	lab_step(&lab, 1);
	assert_true(session_judge_time(lab.session, lab.now_s + 60, &event));
	assert_string_equal(event.abort.message, "a deadline passed: no COMMITTED from north, west");
	assert_string_equal(event.abort.blame, "");
}

static void every_live_state_has_a_deadline(void **state)
{
	static const enum session_state live[] = {
	    S_CREATED, S_ENROLLING, S_ADMITTED, S_COMMITTED, S_RUNNING, S_RELEASING};
	struct session_event event;
	(void)state;

	for (size_t k = 0; k < COUNT_OF(live); k++) {
		lab_restart(&lab);
		lab_until(&lab, live[k]);
		assert_true(session_deadline_s(lab.session) <= LAB_START_S + 3600);
		assert_true(session_judge_time(lab.session, LAB_START_S + 3600, &event));
	}
}

/* ---- faults and the commit point ---- */

static void a_fault_reaches_everybody_with_its_reason(void **state)
{
	static const struct doc_fault fault = {"ATT-0004", "west", "other code\x1b[31m\xc2\x9b"},
				      odd = {"EVIL-1", "nobody", ""};
	struct buf body = {0};
	struct session_event event;
	struct problem problem;
	(void)state;

	lab_until(&lab, S_ADMITTED);
	doc_put_fault(&body, &fault);
	struct wire_message m = {lab.party[0].n_sent + 1, WM_FAULT, buf_view(&body)};
	assert_int_equal(lab_judge(&lab, 0, &m, &event, &problem), SESSION_TAKE);
	lab_apply(&lab, &event);
	for (unsigned i = 0; i < FAKE_PARTIES; i++) {
		assert_string_equal(lab.party[i].abort.code, "ATT-0004");
		assert_string_equal(lab.party[i].abort.blame, "west");
		assert_string_equal(lab.party[i].abort.message, "north: other code [31m  ");
	}
	struct wire_session_view view;
	session_view(lab.session, &view);
	assert_true(view.parties[0].refused && !view.parties[1].refused);

	lab_restart(&lab);
	lab_until(&lab, S_ADMITTED);
	buf_reset(&body);
	doc_put_fault(&body, &odd);
	m = (struct wire_message){lab.party[0].n_sent + 1, WM_FAULT, buf_view(&body)};
	assert_int_equal(lab_judge(&lab, 0, &m, &event, &problem), SESSION_TAKE);
	lab_apply(&lab, &event);
	assert_string_equal(lab.party[1].abort.code, "SES-0010");
	assert_string_equal(lab.party[1].abort.blame, "");
	buf_clear(&body);
}

/* The longest message that a FAULT can have, in two-byte characters: what goes out is still a document. */
static void a_long_fault_is_cut_between_characters(void **state)
{
	struct doc_fault fault = {.code = "ENV-0002"};
	struct buf body = {0};
	struct session_event event;
	struct problem problem;
	(void)state;

	for (size_t pad = 0; pad < 2; pad++) {
		lab_restart(&lab);
		lab_until(&lab, S_ADMITTED);
		memset(fault.message, 0, sizeof fault.message);
		if (pad)
			fault.message[0] = 'x';
		for (size_t i = pad; i + 2 < sizeof fault.message; i += 2)
			memcpy(fault.message + i, "\xc3\xa4", 2);
		buf_reset(&body);
		doc_put_fault(&body, &fault);
		struct wire_message m = {lab.party[0].n_sent + 1, WM_FAULT, buf_view(&body)};
		assert_int_equal(lab_judge(&lab, 0, &m, &event, &problem), SESSION_TAKE);
		lab_apply(&lab, &event); /* fake parties panic when ABORT is not well-formed */
		assert_true(lab.party[2].is_aborted);
	}
	buf_clear(&body);
}

static void after_the_last_receipt_nothing_aborts(void **state)
{
	struct buf body = {0};
	struct session_event event;
	struct problem problem;
	(void)state;

	while (!lab.party[0].has_bundle)
		lab_run(&lab, 1);
	assert_int_equal(session_judge_operator(lab.session, (struct slice){0}, lab.now_s, &event), ST_SES_STATE);
	struct wire_message m = make(&lab.party[0], WM_STEP, 3, &body);
	assert_int_equal(lab_judge(&lab, 0, &m, &event, &problem), SESSION_REFUSE);
	m = make(&lab.party[0], WM_FAULT, 0, &body);
	assert_int_equal(lab_judge(&lab, 0, &m, &event, &problem), SESSION_TAKE);
	lab_apply(&lab, &event);
	assert_int_equal(session_state_of(lab.session), S_RELEASING);
	lab_step(&lab, 1);
	assert_true(session_judge_time(lab.session, lab.now_s + 60, &event));
	assert_int_equal(event.kind, SE_CLOSE);
	lab_apply(&lab, &event);
	for (unsigned i = 0; i < FAKE_PARTIES; i++)
		assert_true(lab.party[i].is_done && !lab.party[i].is_aborted);
	buf_clear(&body);
}

static void only_recipients_get_parts(void **state);
static void spoil_recipients(struct policy *p)
{
	p->recipients = 2; /* south alone */
}
static void only_recipients_get_parts(void **state)
{
	struct lab l;
	(void)state;

	lab_init(&l, 0, spoil_recipients);
	lab_until(&l, S_DONE); /* fake parties panic unless BUNDLE has three parts for south and none for others */
	for (unsigned i = 0; i < FAKE_PARTIES; i++)
		assert_true(l.party[i].has_bundle);
	lab_clear(&l);
}

/* ---- a session that is over can let go of its documents ---- */

static void a_forgotten_session_still_says_how_it_ended(void **state)
{
	struct wire_message m;
	(void)state;

	lab_until(&lab, S_RUNNING);
	session_forget(lab.session); /* not over: nothing happens */
	assert_true(session_outbox_get(lab.session, 0, 1, &m));
	lab_until(&lab, S_DONE);
	uint64_t last = session_outbox_count(lab.session, 0);
	assert_true(session_bytes(lab.session) > 1000);
	session_forget(lab.session);
	session_forget(lab.session);
	assert_true(session_bytes(lab.session) < 100);
	for (uint64_t n = 0; n < last; n++)
		assert_false(session_outbox_get(lab.session, 0, n, &m));
	assert_true(session_outbox_get(lab.session, 0, last, &m));
	assert_int_equal(m.kind, WM_DONE);
	assert_int_equal(doc_get_empty(m.body), ST_OK);
	assert_false(session_outbox_get(lab.session, 0, last + 1, &m));
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
	    T(every_state_takes_exactly_its_messages),
	    T(every_position_takes_only_the_next_message),
	    T(aborts_in_every_live_state_reach_everybody),
	    T(no_flipped_bit_is_taken),
	    T(another_key_or_label_or_party_is_refused),
	    T(a_hello_of_another_session_or_policy_is_refused),
	    T(steps_rise_by_one_within_the_grant),
	    T(different_views_abort_without_blame),
	    T(a_receipt_about_something_else_is_refused),
	    T(a_part_for_nobody_or_twice_is_refused),
	    T(a_body_beyond_its_limit_is_refused),
	    T(repeats_are_harmless_and_gaps_wait),
	    T(a_commit_may_overtake_an_admit),
	    T(grants_stay_within_the_window),
	    T(beyond_the_window_a_step_is_refused),
	    T(waiting_for_hosts_only_the_session_deadline_runs),
	    T(the_slowest_party_has_a_step_deadline),
	    T(renewals_are_relayed_when_all_have_posted),
	    T(whoever_does_not_renew_in_time_is_named),
	    T(a_renewal_out_of_order_aborts),
	    T(two_slow_parties_are_named_and_none_is_blamed),
	    T(every_live_state_has_a_deadline),
	    T(a_fault_reaches_everybody_with_its_reason),
	    T(a_long_fault_is_cut_between_characters),
	    T(after_the_last_receipt_nothing_aborts),
	    T(only_recipients_get_parts),
	    T(a_forgotten_session_still_says_how_it_ended),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
