/* sim/run.h, sim/check.h: the undisturbed session, determinism, formulas, the network's share of the time. */
#include "stage.h"

static struct stage stage;

static int open_stage(void **state)
{
	(void)state;
	stage_open(&stage, 1);
	return 0;
}

static int close_stage(void **state)
{
	(void)state;
	stage_close(&stage);
	return 0;
}

static void everybody_is_done_with_the_answer_in_the_clear(void **state)
{
	(void)state;
	stage_run(&stage);
	stage_check_done(&stage);
	for (unsigned i = 0; i < SIM_PARTIES; i++) {
		assert_true(stage.report.result[i].len > 0);
		assert_true(stage.report.bundle[i].len > 0);
		assert_true(stage.report.admitted[i]);
		assert_true(stage.report.share_frames[i] > 0);
		assert_true(stage.report.wire_bytes[i] > stage.report.payload_bytes[i]);
	}
}

static void measured_costs_are_those_of_the_formulas(void **state)
{
	struct problem problem = {0};

	(void)state;
	stage_run(&stage);
	if (sim_check_costs(&stage.policy, stage.rows, &stage.report, &problem) != ST_OK)
		fail_msg("%s", problem.message);
	/* and the check can fail */
	stage.report.steps[4].payload_bytes[1]++;
	assert_int_equal(sim_check_costs(&stage.policy, stage.rows, &stage.report, &problem), ST_SIM_COST);
	stage.report.steps[4].payload_bytes[1]--;
	stage.report.steps[6].rounds--;
	assert_int_equal(sim_check_costs(&stage.policy, stage.rows, &stage.report, &problem), ST_SIM_COST);
}

static void a_wrong_word_is_a_safety_fault(void **state)
{
	struct problem problem = {0};

	(void)state;
	stage_run(&stage);
	stage.want[1] ^= 1;
	assert_int_equal(sim_check_result(stage.want, &stage.policy, buf_view(&stage.payload), &stage.keys, &stage.report, 0, &problem), ST_SIM_SAFETY);
	stage.want[1] ^= 1;
	assert_int_equal(sim_check_result(stage.want, &stage.policy, buf_view(&stage.payload), &stage.keys, &stage.report, 0, &problem), ST_OK);
}

static void the_same_seed_gives_the_same_run(void **state)
{
	uint8_t seen[20][HASH_LEN];

	(void)state;
	for (uint64_t seed = 0; seed < 20; seed++) {
		stage.config.seed = 1000 + seed;
		stage_run(&stage);
		memcpy(seen[seed], stage.report.transcript, HASH_LEN);
		uint64_t finished = stage.report.finished_ns;
		stage_run(&stage);
		assert_memory_equal(seen[seed], stage.report.transcript, HASH_LEN);
		assert_int_equal(finished, stage.report.finished_ns);
		for (uint64_t other = 0; other < seed; other++)
			assert_memory_not_equal(seen[other], seen[seed], HASH_LEN);
	}
	stage.config.seed = 1;
}

static void time_is_the_networks(void **state)
{
	const struct link_spec normal = stage.config.party_link;
	uint64_t quick, far, narrow, busy;

	(void)state;
	stage_run(&stage);
	quick = stage.report.finished_ns;
	stage.config.party_link.latency_ns += 10000000;
	stage_run(&stage);
	far = stage.report.finished_ns;
	stage_check_done(&stage);
	assert_true(far >= quick + stage.report.rounds * 10000000); /* each round waits at least that much longer */
	stage.config.party_link = (struct link_spec){normal.latency_ns, normal.bits_per_s / 100};
	stage_run(&stage);
	narrow = stage.report.finished_ns;
	assert_true(narrow > quick);
	stage.config.party_link = normal;
	stage.config.cpu_ns_per_byte = 1000;
	stage_run(&stage);
	busy = stage.report.finished_ns;
	assert_true(busy > quick);
	stage.config.cpu_ns_per_byte = 0;
}

static void other_rows_other_answers(void **state)
{
	(void)state;
	for (uint32_t rows = 0; rows < 200; rows += 33) {
		stage_rows(&stage, rows, rows);
		stage_run(&stage);
		stage_check_done(&stage);
	}
	stage_rows(&stage, 1, STAGE_ROWS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everybody_is_done_with_the_answer_in_the_clear),
		cmocka_unit_test(measured_costs_are_those_of_the_formulas),
		cmocka_unit_test(a_wrong_word_is_a_safety_fault),
		cmocka_unit_test(the_same_seed_gives_the_same_run),
		cmocka_unit_test(time_is_the_networks),
		cmocka_unit_test(other_rows_other_answers),
	};
	return cmocka_run_group_tests(tests, open_stage, close_stage);
}
