/*
 * Who must not take part, in whole sessions: wrong clocks, another policy, wrong code, foreign roots, keys of another role.
 * Each is refused with its own code, and one refused pair means that no party sends a share.
 */
#include "stage.h"

#include "../../support/policy_builder.h"

enum { YEAR_S = 365 * 86400 };

static struct stage stage;
static struct sim_config good;

static int open_stage(void **state)
{
	(void)state;
	stage_open(&stage, 3);
	stage.config.epoch_s += 2 * YEAR_S; /* long after the policy was signed, so that skew alone decides */
	good = stage.config;
	return 0;
}

static int close_stage(void **state)
{
	(void)state;
	stage_close(&stage);
	return 0;
}

static void refused(enum status why)
{
	stage_run(&stage);
	stage_check_refused(&stage, why);
	stage_check_agreement(&stage);
	stage.config = good;
}

static void a_host_whose_clock_is_a_year_off_is_refused_by_its_endorser(void **state)
{
	(void)state;
	for (unsigned i = 0; i < SIM_PARTIES; i++)
		for (int sign = -1; sign <= 1; sign += 2) {
			stage.config.clock_offset_s[i] = sign * YEAR_S;
			refused(ST_ATT_ENDORSE_REFUSED);
		}
}

static void an_organisation_whose_clocks_are_a_year_off_is_refused_by_its_peers(void **state)
{
	(void)state;
	for (unsigned i = 0; i < SIM_PARTIES; i++)
		for (int sign = -1; sign <= 1; sign += 2) {
			stage.config.clock_offset_s[i] = stage.config.endorser_offset_s[i] = sign * YEAR_S;
			refused(ST_ATT_HELLO_CLOCK);
		}
}

static void clocks_within_the_skew_are_accepted(void **state)
{
	(void)state;
	stage.config.clock_offset_s[1] = (int64_t)stage.policy.skew_s / 2;
	stage_run(&stage);
	stage_check_done(&stage);
	stage.config = good;
}

static void a_party_with_another_policy_is_refused(void **state)
{
	struct stage *other = calloc(1, sizeof *other);
	struct test_keys *keys = calloc(1, sizeof *keys);
	struct problem problem = {0};

	(void)state;
	assert_non_null(other);
	assert_non_null(keys);
	test_keys_from_seed(keys, 1);
	test_policy_fill(&other->policy, keys);
	other->policy.serial++; /* signed by everybody, and not the one */
	assert_int_equal(sim_policy_own(&other->policy, &stage.keys, &other->payload, &other->file, &problem), ST_OK);
	for (unsigned i = 0; i < SIM_PARTIES; i++) {
		stage.config.policy_file_of[i] = buf_view(&other->file);
		refused(ST_ATT_ENDORSE_REFUSED); /* its own organisation approved the other one for this session */
		stage.config.policy_file_of[i] = buf_view(&other->file);
		stage.config.policy_of[i] = &other->policy;
		refused(ST_ATT_HELLO_POLICY);
	}
	buf_clear(&other->payload);
	buf_clear(&other->file);
	free(other);
	free(keys);
}

static void an_enclave_that_runs_other_code_is_refused(void **state)
{
	(void)state;
	for (unsigned i = 0; i < SIM_PARTIES; i++) {
		stage.config.measurement[i][5] ^= 1;
		refused(ST_ATT_ENDORSE_REFUSED); /* the endorser checks the evidence too */
	}
}

static void evidence_under_a_foreign_root_is_refused(void **state)
{
	(void)state;
	for (unsigned i = 0; i < SIM_PARTIES; i++) {
		memcpy(stage.config.tee_root_sk[i], stage.keys.root_sk[(i + 1) % SIM_PARTIES], ED25519_SECRET_LEN);
		refused(ST_ATT_ENDORSE_REFUSED);
	}
}

/* An endorser that is given the key of another role or of another organisation does not start. */
static void an_approve_key_does_not_endorse(void **state)
{
	(void)state;
	for (unsigned i = 0; i < SIM_PARTIES; i++) {
		const uint8_t *wrong[] = {stage.keys.approve_sk[i], stage.keys.endorse_sk[(i + 1) % SIM_PARTIES], stage.keys.root_sk[i]};
		for (size_t k = 0; k < COUNT_OF(wrong); k++) {
			memcpy(stage.config.endorse_sk[i], wrong[k], ED25519_SECRET_LEN);
			sim_report_clear(&stage.report);
			assert_int_equal(sim_run(&stage.report, &stage.config), ST_KEY);
			stage.config = good;
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_host_whose_clock_is_a_year_off_is_refused_by_its_endorser),
		cmocka_unit_test(an_organisation_whose_clocks_are_a_year_off_is_refused_by_its_peers),
		cmocka_unit_test(clocks_within_the_skew_are_accepted),
		cmocka_unit_test(a_party_with_another_policy_is_refused),
		cmocka_unit_test(an_enclave_that_runs_other_code_is_refused),
		cmocka_unit_test(evidence_under_a_foreign_root_is_refused),
		cmocka_unit_test(an_approve_key_does_not_endorse),
	};
	return cmocka_run_group_tests(tests, open_stage, close_stage);
}
