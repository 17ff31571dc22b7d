#include "../../support/policy_builder.h"
#include "../../support/test.h"

#include "policy/explain.h"

static struct policy policy;
static struct buf said;

static void collect(void *ctx, const char *section, const char *name, const char *text)
{
	unsigned *items = ctx;

	++*items;
	buf_printf(&said, "%s|%s|%s\n", section, name, text);
}

static void explain(void)
{
	unsigned items = 0;
	struct explain_sink sink = {.ctx = &items, .item = collect};

	buf_reset(&said);
	policy_explain_items(&sink, &policy, slice_str(""));
	assert_true(items > 15);
	buf_append(&said, "", 1);
}

static bool says(const char *text)
{
	return strstr((const char *)said.ptr, text) != NULL;
}

static int setup(void **state)
{
	struct test_keys keys;

	(void)state;
	test_keys_from_seed(&keys, 7);
	test_policy_fill(&policy, &keys);
	for (int i = 0; i < 3; i++)
		snprintf(policy.parties[i].operator_, sizeof policy.parties[i].operator_, "operator %d", i);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	buf_clear(&said);
	return 0;
}

static void sections_come_in_order(void **state)
{
	const char *at;

	(void)state;
	explain();
	at = (const char *)said.ptr;
	for (int i = 0; i < EXPLAIN_SECTIONS; i++) {
		char start[32];

		snprintf(start, sizeof start, "%s|", explain_sections[i]);
		assert_int_equal(strncmp(at, start, strlen(start)), 0);
		while (strncmp(at, start, strlen(start)) == 0)
			at = strchr(at, '\n') + 1;
		assert_string_not_equal(explain_section_title(explain_sections[i]), explain_sections[i]);
	}
	assert_int_equal(*at, 0);
}

static void each_column_with_its_way(void **state)
{
	(void)state;
	explain();
	assert_true(says("learns|column region|north, south and west learn the values of region"));
	assert_true(says("learns|column n|north, south and west learn COUNT(*) of each released group: GROUP > SUMS > "
			 "PICK > A2B > OUT"));
	assert_true(says("learns|column mean|north, south and west learn AVG(salary) of each released group: salary > "
			 "SUMS > PICK > A2B > AVG > OUT"));
	assert_true(says("columns not used|age"));
	assert_true(says("fewer than 10 rows"));
}

static void warns_of_what_weakens_it(void **state)
{
	(void)state;
	explain();
	assert_false(says("ONE OPERATOR"));
	assert_false(says("SHARED OPERATOR"));
	assert_true(says("SHARED ROOT")); /* the builder has one root for all */
	snprintf(policy.parties[1].operator_, sizeof policy.parties[1].operator_, "operator 0");
	explain();
	assert_true(says("SHARED OPERATOR"));
	snprintf(policy.parties[2].operator_, sizeof policy.parties[2].operator_, "operator 0");
	policy.debug_insecure = true;
	policy.pad_rows = true;
	policy.recipients = 2;
	explain();
	assert_true(says("ONE OPERATOR"));
	assert_true(says("DEBUG"));
	assert_true(says("pads to 10000 rows"));
	assert_true(says("north and west receive no part"));
}

static void put_value(struct tee_set *set, unsigned reg, unsigned len, uint8_t fill)
{
	struct tee_value *v = &set->values[set->n_values++];

	*v = (struct tee_value){.reg = (uint8_t)reg, .len = (uint8_t)len};
	memset(v->bytes, fill, len);
}

static struct tee_set *become(unsigned party, enum tee_kind kind)
{
	struct tee_set *set = &policy.parties[party].sets[0];

	policy.parties[party].tee = kind;
	policy.parties[party].has_tee_root = false;
	*set = (struct tee_set){.release = "2026.11", .not_before = TEST_NOT_BEFORE, .not_after = TEST_NOT_AFTER};
	return set;
}

static void says_which_code_is_admitted(void **state)
{
	struct tee_set *set;

	(void)state;
	explain();
	assert_true(says("evidence|north, code|software, for as long as the policy is valid: code a5a5a5a5a5a5a5a5"));
	assert_true(
	    says("evidence|diversity|not demanded; the parties' TEEs come from 0 vendors and are run by 0 operators"));
	assert_true(says("evidence|debug|refused"));
	assert_true(says("evidence|memory|an enclave that could not lock the memory of shares is admitted"));
	assert_true(says("threats|software TEE|north, south and west use it"));
	assert_false(says("hardware TEE"));
	set = become(0, TEE_NITRO);
	for (unsigned reg = 0; reg < 5; reg++)
		if (reg != 3)
			put_value(set, reg, 48, (uint8_t)(0xc0 + reg));
	set = become(1, TEE_SGX);
	set->not_after = 1767225600;
	put_value(set, TEE_REG_MRSIGNER, 32, 0xaa);
	put_value(set, TEE_REG_ISVPRODID, 2, 0);
	put_value(set, TEE_REG_ISVSVN, 2, 1);
	policy.parties[1].rules = (struct tee_rules){.statuses = 1u << TEE_STATUS_SW_HARDENING_NEEDED,
	    .n_advisories = 1,
	    .advisories = {"INTEL-SA-00615"},
	    .min_evaluation = 17};
	set = become(2, TEE_SNP);
	put_value(set, TEE_REG_MEASUREMENT, 48, 0xdd);
	policy.parties[2].rules = (struct tee_rules){.min_snp = {0, 3, 0, 8, 115}, .migratable = true};
	policy.distinct_vendors = 3;
	policy.memory_locked = true;
	explain();
	assert_true(
	    says("evidence|north, release 2026.11|nitro, from 2023-11-14T22:13:20Z to 2033-05-18T03:33:20Z: pcr0 "
		 "c0c0c0c0c0c0c0c0…, pcr1 c1"));
	assert_true(says("evidence|PCR4 PINNED|release 2026.11 of north names pcr4"));
	assert_true(says("mrsigner aaaaaaaaaaaaaaaa…, isvprodid 0, isvsvn at least 257"));
	assert_true(says("evidence|ENDS EARLY|after 2026-01-01T00:00:00Z no release of south counts"));
	assert_true(says("evidence|south, platform|TCB status UpToDate, SWHardeningNeeded; open advisories accepted: "
			 "INTEL-SA-00615; "
			 "collateral of evaluation 17 or later"));
	assert_true(
	    says("evidence|west, platform|TCB at least fmc 0, boot loader 3, tee 0, snp 8, microcode 115, reported and "
		 "committed; VMPL 0; signed by the chip's own VCEK; SMT may be on; MIGRATABLE guests are accepted"));
	assert_false(says("north, platform")); /* Nitro has no such rules */
	assert_true(says("evidence|diversity|at least 3 vendors and 0 operators"));
	assert_true(says("evidence|memory|an enclave that could not lock the memory of shares is refused"));
	assert_true(says("threats|hardware TEE|north, south and west run in encrypted memory"));
	assert_false(says("TEE root"));
	assert_false(says("SHARED ROOT"));
	assert_int_equal(setup(state), 0);
}

static void defaults_are_listed(void **state)
{
	struct buf text = {0};

	(void)state;
	policy_explain(&text, &policy, slice_str("serial\nparties.north.keys\n"));
	buf_append(&text, "", 1);
	assert_non_null(strstr((const char *)text.ptr, "  parties.north.keys\n"));
	assert_non_null(strstr((const char *)text.ptr, "\nWho learns what\n"));
	for (const char *line = (const char *)text.ptr; *line; line = strchr(line, '\n') + 1)
		assert_true(strcspn(line, "\n") <= 80);
	buf_clear(&text);
	policy.filled_in = true;
	explain();
	assert_true(says("defaults|marked|"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(sections_come_in_order),
	    cmocka_unit_test(each_column_with_its_way),
	    cmocka_unit_test(says_which_code_is_admitted),
	    cmocka_unit_test(warns_of_what_weakens_it),
	    cmocka_unit_test(defaults_are_listed),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
