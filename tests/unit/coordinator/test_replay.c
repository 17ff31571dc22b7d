/* coordinator/session.h: a session is the fold of its events. Replaying any prefix of a journal gives the same state and
 * the same numbered messages; a journal with an event missing, doubled or moved does not replay. */
#include "../../support/test.h"

#include "lab.h"

static struct lab lab;
static uint8_t live[512][HASH_LEN]; /* fingerprint after event n, as it was then */

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

static void note(void)
{
	assert_true(lab.n_events < COUNT_OF(live));
	session_fingerprint(lab.session, live[lab.n_events]);
}

static void check_prefix(size_t n)
{
	struct session *s = lab_replay(&lab, n);
	uint8_t now[HASH_LEN];

	session_fingerprint(s, now);
	assert_memory_equal(now, live[n], HASH_LEN);
	session_free(s);
}

static void every_prefix_of_a_whole_session_replays(void **state)
{
	(void)state;
	note();
	while (lab_run(&lab, 1))
		note();
	assert_int_equal(session_state_of(lab.session), S_DONE);
	for (size_t n = 1; n <= lab.n_events; n++)
		check_prefix(n);
	/* and states do differ: each event changed something */
	for (size_t n = 2; n <= lab.n_events; n++)
		assert_memory_not_equal(live[n], live[n - 1], HASH_LEN);
}

/* What may happen besides honest messages; false when it cannot happen now. */
static bool disturb(struct test_rng *rng)
{
	struct session_event event;
	struct problem problem;
	struct buf body = {0};
	unsigned i = (unsigned)test_below(rng, FAKE_PARTIES);
	struct fake_party *p = &lab.party[i];
	bool did = false;

	switch (test_below(rng, 40)) {
	case 0:
		did = session_judge_operator(lab.session, slice_str("enough"), lab.now_s, &event) == ST_OK;
		break;
	case 1:
		fake_party_body(p, WM_FAULT, 0, &body);
		struct wire_message m = {p->n_sent + 1, WM_FAULT, buf_view(&body)};
		did = p->n_sent > 0 && lab_judge(&lab, i, &m, &event, &problem) == SESSION_TAKE;
		break;
	case 2:
		lab.now_s += 61;
		did = session_judge_time(lab.session, lab.now_s, &event);
		break;
	case 3:
		did = session_judge_resume(lab.session, lab.now_s, &event);
		break;
	case 4: /* a wrong message that its host has signed */
		fake_party_body(p, WM_FINISHED, 0, &body);
		struct wire_message wrong = {p->n_sent + 1, WM_FINISHED, buf_view(&body)};
		did = lab_judge(&lab, i, &wrong, &event, &problem) == SESSION_TAKE && event.kind == SE_ABORT;
		break;
	default:
		lab.now_s += (int64_t)test_below(rng, 3);
		break;
	}
	if (did)
		lab_apply(&lab, &event);
	buf_clear(&body);
	return did;
}

static void random_histories_replay(void **state)
{
	struct test_rng rng = {20261101};
	size_t ended[16] = {0}, last = 0;
	(void)state;

	for (unsigned run = 0; run < 150; run++) {
		lab_restart(&lab);
		note();
		for (unsigned idle = 0; idle < 200 && !session_is_over(lab.session); idle++) {
			/* a party that has sent FAULT has no honest next message: the walk may end there */
			unsigned i = (unsigned)test_below(&rng, FAKE_PARTIES);
			if (test_below(&rng, 4) == 0 && disturb(&rng))
				note();
			else if (!session_is_over(lab.session) &&
				 session_outbox_count(lab.session, i) >= lab.party[i].ack && lab_step(&lab, i))
				note();
			if (lab.party[0].has_bundle)
				break; /* a late FAULT takes a number of its own: test_session has those */
		}
		ended[session_state_of(lab.session)]++;
		for (size_t n = 1; n <= lab.n_events; n++)
			check_prefix(n);
		last += lab.n_events;
	}
	assert_true(ended[S_ABORTED] > 20 && ended[S_RELEASING] > 5);
	assert_true(last > 1500);
}

/* Replays the events but for one change; the status of the first that does not apply, or ST_OK. */
static enum status replay_with(size_t at, unsigned change)
{
	struct session *s = lab_replay(&lab, 1);
	enum status st = ST_OK;

	for (size_t i = 1; i < lab.n_events && st == ST_OK; i++) {
		size_t n = i;
		if (change == 0 && i == at)
			continue;
		if (change == 1 && (i == at || i == at + 1) && at + 1 < lab.n_events)
			n = i == at ? at + 1 : at;
		for (unsigned times = change == 2 && i == at ? 2 : 1; times > 0 && st == ST_OK; times--) {
			struct session_event e;
			assert_int_equal(session_event_decode(&e, buf_view(&lab.events[n])), ST_OK);
			st = session_apply(s, &e);
		}
	}
	session_free(s);
	return st;
}

static void a_journal_with_a_hole_or_a_double_does_not_replay(void **state)
{
	(void)state;
	lab_until(&lab, S_DONE);
	/* but for FINISHED, after which a party sends nothing: that one only the store's chain can miss */
	for (size_t at = 1; at + FAKE_PARTIES < lab.n_events; at++) {
		assert_int_equal(replay_with(at, 0), ST_STORE);
		assert_int_equal(replay_with(at, 2), ST_STORE);
	}
	assert_int_equal(replay_with(lab.n_events, 0), ST_OK);
}

static void events_are_read_strictly(void **state)
{
	struct session_event e;
	struct buf again = {0};
	(void)state;

	lab_until(&lab, S_RUNNING);
	assert_int_equal(session_judge_operator(lab.session, slice_str("x"), lab.now_s, &e), ST_OK);
	lab_apply(&lab, &e);
	for (size_t n = 0; n < lab.n_events; n++) {
		struct slice bytes = buf_view(&lab.events[n]);
		size_t step = bytes.len > 2000 ? 97 : 1;

		assert_int_equal(session_event_decode(&e, bytes), ST_OK);
		buf_reset(&again);
		session_event_encode(&again, &e);
		assert_slice_equal(buf_view(&again), bytes);
		for (size_t cut = 0; cut < bytes.len; cut += step)
			assert_int_equal(session_event_decode(&e, slice_of(bytes.ptr, cut)), ST_STORE);
		buf_append(&again, "", 1);
		assert_int_equal(session_event_decode(&e, buf_view(&again)), ST_STORE);
	}
	buf_clear(&again);
}

static void an_event_of_another_session_does_not_apply(void **state)
{
	struct session_event e;
	(void)state;

	lab_until(&lab, S_ENROLLING);
	assert_true(session_judge_resume(lab.session, lab.now_s, &e));
	e.attempt++;
	assert_int_equal(session_apply(lab.session, &e), ST_STORE);
	e.attempt--;
	e.session[0] ^= 1;
	assert_int_equal(session_apply(lab.session, &e), ST_STORE);
	e.session[0] ^= 1;
	e.kind = SE_CLOSE;
	assert_int_equal(session_apply(lab.session, &e), ST_STORE);
	e.kind = SE_START;
	assert_int_equal(session_apply(lab.session, &e), ST_STORE);
	e.kind = SE_MESSAGE;
	e.party = FAKE_PARTIES;
	assert_int_equal(session_apply(lab.session, &e), ST_STORE);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
	    T(every_prefix_of_a_whole_session_replays),
	    T(random_histories_replay),
	    T(a_journal_with_a_hole_or_a_double_does_not_replay),
	    T(events_are_read_strictly),
	    T(an_event_of_another_session_does_not_apply),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
