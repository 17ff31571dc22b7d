/* att_appraise() over claims of the test's own: each thing a policy says of a platform, at its edges, refused under its name. */
#include "support/test.h"

#include "attest/attest.h"

enum { SHORT = 2 };

struct scene {
	struct att_claims claims;
	struct tee_rules rules;
	struct tee_set set;
	struct att_reference ref;
	struct att_finding finding;
};

/* A platform that the strictest policy accepts. */
static void scene_init(struct scene *s, enum tee_kind kind)
{
	*s = (struct scene){.claims = {.kind = kind, .report_data_len = HASH_LEN}};
	s->ref = (struct att_reference){.kind = kind, .rules = &s->rules};
}

static void expect_at(struct scene *s, enum status st, enum att_check check, const char *key, int line)
{
	s->finding = (struct att_finding){.st = ST_OK};
	enum status found = att_appraise(&s->claims, &s->ref, NULL, (struct att_time){5, 5}, NULL, &s->finding);

	if (found != st || s->finding.st != st || (st != ST_OK && s->finding.check != check))
		fail_msg("line %d: %s, %s", line, status_title(found), att_check_name(s->finding.check));
	assert_string_equal(s->finding.policy_key, key);
}
#define ACCEPTED(s) expect_at(s, ST_OK, 0, "", __LINE__)
#define REFUSED(s, st, check, key) expect_at(s, st, check, key, __LINE__)

static void each_status_is_accepted_by_its_name(void **state)
{
	static const enum tee_kind kinds[] = {TEE_SGX, TEE_TDX};
	struct scene s;
	char key[64];

	(void)state;
	for (unsigned k = 0; k < 2; k++) {
		scene_init(&s, kinds[k]);
		snprintf(key, sizeof key, "admission.tcb.%s.statuses", tee_name(kinds[k]));
		for (unsigned status = 0; status < TEE_STATUS_REVOKED; status++) {
			s.claims.tcb_status = (enum tee_status)status;
			s.rules.statuses = 0;
			if (status == TEE_STATUS_UP_TO_DATE) {
				ACCEPTED(&s);
				continue;
			}
			REFUSED(&s, ST_ATT_TCB, ATT_CHECK_TCB_STATUS, key);
			s.rules.statuses = ~(UINT32_C(1) << status); /* every other one does not help */
			REFUSED(&s, ST_ATT_TCB, ATT_CHECK_TCB_STATUS, key);
			s.rules.statuses = UINT32_C(1) << status;
			ACCEPTED(&s);
		}
		s.claims.tcb_status = TEE_STATUS_REVOKED;
		s.rules.statuses = UINT32_MAX;
		REFUSED(&s, ST_ATT_REVOKED, ATT_CHECK_TCB_STATUS, "");
	}
}

static void each_advisory_is_accepted_by_its_name(void **state)
{
	struct scene s;

	(void)state;
	scene_init(&s, TEE_SGX);
	s.claims.n_advisories = 2;
	strcpy(s.claims.advisories[0], "INTEL-SA-00334");
	strcpy(s.claims.advisories[1], "INTEL-SA-00615");
	REFUSED(&s, ST_ATT_TCB, ATT_CHECK_ADVISORY, "admission.tcb.sgx.advisories");
	s.rules.n_advisories = 1;
	strcpy(s.rules.advisories[0], "INTEL-SA-00334");
	REFUSED(&s, ST_ATT_TCB, ATT_CHECK_ADVISORY, "admission.tcb.sgx.advisories");
	assert_string_equal(s.finding.got, "INTEL-SA-00615");
	strcpy(s.rules.advisories[0], "INTEL-SA-0033"); /* a part of the name is not the name */
	REFUSED(&s, ST_ATT_TCB, ATT_CHECK_ADVISORY, "admission.tcb.sgx.advisories");
	s.rules.n_advisories = 2;
	strcpy(s.rules.advisories[0], "INTEL-SA-00334");
	strcpy(s.rules.advisories[1], "INTEL-SA-00615");
	ACCEPTED(&s);
}

static void old_collateral_is_refused(void **state)
{
	struct scene s;

	(void)state;
	scene_init(&s, TEE_TDX);
	s.claims.evaluation = 16;
	s.rules.min_evaluation = 17;
	REFUSED(&s, ST_ATT_TCB, ATT_CHECK_TCB_MINIMUM, "admission.tcb.tdx.min_evaluation");
	s.claims.evaluation = 17;
	ACCEPTED(&s);
	s.claims.evaluation = 18;
	ACCEPTED(&s);
}

/* Reported and committed TCB, each component alone. A high one elsewhere makes up for nothing. */
static void each_snp_component_has_its_minimum(void **state)
{
	static const char *const keys[SNP_TCB_COUNT] = {"fmc", "boot_loader", "tee", "snp", "microcode"};
	struct scene s;
	char key[64];

	(void)state;
	for (unsigned k = 0; k < SNP_TCB_COUNT; k++) {
		scene_init(&s, TEE_SNP);
		snprintf(key, sizeof key, "admission.tcb.snp.%s", keys[k]);
		memset(s.claims.snp_reported, 9, SNP_TCB_COUNT);
		memset(s.claims.snp_committed, 9, SNP_TCB_COUNT);
		memset(s.rules.min_snp, 5, SNP_TCB_COUNT);
		s.claims.snp_reported[k] = 4;
		REFUSED(&s, ST_ATT_TCB, ATT_CHECK_TCB_MINIMUM, key);
		s.claims.snp_reported[k] = 5;
		ACCEPTED(&s);
		s.claims.snp_committed[k] = 4;
		REFUSED(&s, ST_ATT_TCB, ATT_CHECK_TCB_MINIMUM, key);
		s.claims.snp_committed[k] = 5;
		ACCEPTED(&s);
		s.claims.snp_current[k] = 0; /* not what a certificate vouches for, nor what a rollback is held to */
		ACCEPTED(&s);
	}
}

static void the_platform_of_a_guest(void **state)
{
	struct scene s;

	(void)state;
	scene_init(&s, TEE_SNP);
	s.claims.vmpl = 1;
	REFUSED(&s, ST_ATT_PLATFORM, ATT_CHECK_PLATFORM, "admission.tcb.snp.vmpl_max");
	s.rules.vmpl_max = 1;
	ACCEPTED(&s);
	s.claims.vmpl = 2;
	REFUSED(&s, ST_ATT_PLATFORM, ATT_CHECK_PLATFORM, "admission.tcb.snp.vmpl_max");
	scene_init(&s, TEE_SNP);
	s.claims.vlek = true;
	REFUSED(&s, ST_ATT_PLATFORM, ATT_CHECK_PLATFORM, "admission.tcb.snp.vlek");
	s.rules.vlek = true;
	ACCEPTED(&s);
	scene_init(&s, TEE_SNP);
	s.claims.attributes = UINT64_C(1) << 16;
	ACCEPTED(&s);
	s.rules.smt_forbidden = true;
	REFUSED(&s, ST_ATT_PLATFORM, ATT_CHECK_PLATFORM, "admission.tcb.snp.smt");
	s.claims.attributes = ~(UINT64_C(1) << 16);
	ACCEPTED(&s);
}

static void guests_that_migrate_and_are_profiled(void **state)
{
	struct scene s;

	(void)state;
	scene_init(&s, TEE_SNP);
	s.claims.migratable = true;
	REFUSED(&s, ST_ATT_PLATFORM, ATT_CHECK_PLATFORM, "admission.tcb.snp.migratable");
	s.rules.migratable = true;
	ACCEPTED(&s);
	scene_init(&s, TEE_TDX);
	s.claims.migratable = true;
	REFUSED(&s, ST_ATT_PLATFORM, ATT_CHECK_PLATFORM, "admission.tcb.tdx.migratable");
	s.rules.migratable = true;
	ACCEPTED(&s);
	s.claims.attributes = UINT64_C(1) << 63;
	REFUSED(&s, ST_ATT_PLATFORM, ATT_CHECK_PLATFORM, "admission.tcb.tdx.perfmon");
	s.rules.perfmon = true;
	ACCEPTED(&s);
}

/* ISVSVN, CONFIGSVN and guest SVN are minimums, big endian; everything else must be equal. */
static void versions_are_minimums(void **state)
{
	static const struct {
		uint8_t found[SHORT];
		bool fine;
	} cases[] = {{{1, 2}, true}, {{1, 3}, true}, {{2, 0}, true}, {{1, 1}, false}, {{0, 255}, false}, {{255, 255}, true}};
	struct scene s;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		for (unsigned reg = TEE_REG_ISVPRODID; reg <= TEE_REG_ISVSVN; reg++) {
			scene_init(&s, TEE_SGX);
			s.ref.sets = &s.set, s.ref.n_sets = 1;
			s.set = (struct tee_set){.not_after = 10, .n_values = 1, .values = {{(uint8_t)reg, SHORT, {1, 2}}}};
			assert_true(att_add_value(&s.claims, reg, cases[i].found, SHORT));
			if (reg == TEE_REG_ISVSVN ? cases[i].fine : i == 0)
				ACCEPTED(&s);
			else
				REFUSED(&s, ST_ATT_MEASUREMENT, ATT_CHECK_MEASUREMENT, "reference_values of sgx");
		}
	}
	scene_init(&s, TEE_SGX); /* a claim that is not there is no version at all */
	s.ref.sets = &s.set, s.ref.n_sets = 1;
	s.set = (struct tee_set){.not_after = 10, .n_values = 1, .values = {{TEE_REG_ISVSVN, SHORT, {0, 0}}}};
	REFUSED(&s, ST_ATT_MEASUREMENT, ATT_CHECK_MEASUREMENT, "reference_values of sgx");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_status_is_accepted_by_its_name),
	    cmocka_unit_test(each_advisory_is_accepted_by_its_name),
	    cmocka_unit_test(old_collateral_is_refused),
	    cmocka_unit_test(each_snp_component_has_its_minimum),
	    cmocka_unit_test(the_platform_of_a_guest),
	    cmocka_unit_test(guests_that_migrate_and_are_profiled),
	    cmocka_unit_test(versions_are_minimums),
	};
	return cmocka_run_group_tests_name("appraise", tests, NULL, NULL);
}
