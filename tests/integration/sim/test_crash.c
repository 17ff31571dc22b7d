/*
 * The coordinator is killed at every request it gets, before and after it has journalled it, and is started again from its
 * journal; enclaves and whole hosts die at their messages. In the end everybody agrees: all DONE with the right answer, or all ended with
 * a reason and nobody with a result; the same at the coordinator.
 */
#include "stage.h"

static struct stage stage;

static int open_stage(void **state)
{
	(void)state;
	stage_open(&stage, 5);
	return 0;
}

static int close_stage(void **state)
{
	(void)state;
	stage_close(&stage);
	return 0;
}

static void run_with(struct sim_crash crash, const char *name)
{
	snprintf(stage.label, sizeof stage.label, "%s of party %u at %u", name, crash.party, (unsigned)crash.at);
	stage.config.crash = crash;
	stage.config.seed = 5000 + crash.at;
	stage_run(&stage);
	stage.config.crash = (struct sim_crash){0};
	stage_check_law(&stage, true);
}

static unsigned count_done(void)
{
	unsigned done = 0;

	for (unsigned i = 0; i < SIM_PARTIES; i++)
		done += stage.report.outcome[i].st == ST_OK;
	return done;
}

/* Time without a coordinator is nobody's fault: the session goes on. */
static void kill_coordinator_everywhere(enum sim_crash_what what, const char *name)
{
	unsigned runs = 0;

	for (uint64_t at = 1; at <= stage.requests; at++, runs++) {
		run_with((struct sim_crash){.what = what, .at = at, .down_ns = 3000000000}, name);
		assert_true(stage.report.crashed);
		stage_check_agreement(&stage);
		stage_check_done(&stage);
	}
	assert_true(runs > 50);
}

static void the_coordinator_is_killed_before_it_has_read_a_request(void **state)
{
	(void)state;
	kill_coordinator_everywhere(SIM_COORDINATOR_BEFORE, "coordinator killed before");
}

static void the_coordinator_is_killed_between_journal_and_reply(void **state)
{
	(void)state;
	kill_coordinator_everywhere(SIM_COORDINATOR_AFTER, "coordinator killed after");
}

static void a_coordinator_that_stays_away_ends_the_session_the_same_everywhere(void **state)
{
	(void)state;
	for (uint64_t at = 1; at <= stage.requests; at += 7) {
		run_with((struct sim_crash){.what = SIM_COORDINATOR_AFTER, .at = at, .down_ns = UINT64_C(100000) * 1000000000}, "coordinator gone");
		for (unsigned i = 0; i < SIM_PARTIES; i++)
			assert_true(stage.report.outcome[i].st != ST_OK || stage.report.result[i].len > 0);
	}
}

static void an_enclave_that_dies_ends_the_session_for_all(void **state)
{
	(void)state;
	for (unsigned party = 0; party < SIM_PARTIES; party++)
		for (uint64_t at = 1; at <= stage.peer_frames[party]; at += 1 + at / 8) {
			run_with((struct sim_crash){.what = SIM_ENCLAVE_DIES, .party = party, .at = at}, "enclave dies");
			stage_check_agreement(&stage);
			assert_int_equal(count_done(), 0);
			assert_int_equal(stage.report.outcome[party].st, ST_TEE_DIED);
			assert_int_equal(stage.report.coordinator_state, S_ABORTED);
			assert_true(stage.report.finished_ns < UINT64_C(5) * 1000000000); /* nobody waits for a deadline */
		}
}

static void a_host_that_dies_is_missed_by_the_others(void **state)
{
	(void)state;
	for (unsigned party = 0; party < SIM_PARTIES; party++) {
		unsigned aborted = 0;
		for (uint64_t at = 1; at <= stage.peer_frames[party] + 20; at += 1 + at / 8) {
			unsigned others = 0, results = 0;
			run_with((struct sim_crash){.what = SIM_HOST_DIES, .party = party, .at = at}, "host dies");
			if (stage.report.outcome[party].st == ST_OK)
				break; /* it had nothing more to send */
			for (unsigned i = 0; i < SIM_PARTIES; i++) {
				others += i != party && stage.report.outcome[i].st == ST_OK;
				results += i != party && stage.report.result[i].len > 0;
			}
			assert_true(others == 0 || others == SIM_PARTIES - 1); /* the living agree */
			assert_true(others > 0 || results == 0);
			aborted += others == 0;
		}
		assert_true(aborted > 10);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_coordinator_is_killed_before_it_has_read_a_request),
		cmocka_unit_test(the_coordinator_is_killed_between_journal_and_reply),
		cmocka_unit_test(a_coordinator_that_stays_away_ends_the_session_the_same_everywhere),
		cmocka_unit_test(an_enclave_that_dies_ends_the_session_for_all),
		cmocka_unit_test(a_host_that_dies_is_missed_by_the_others),
	};
	return cmocka_run_group_tests(tests, open_stage, close_stage);
}
