/* policy/sealed.h: facts that contradict each other, one at a time; the payload is well-formed each time. */
#include "sealed_tests.h"

static void name_empty(struct policy *p)
{
	p->name[0] = 0;
}

static void name_with_an_escape(struct policy *p)
{
	p->name[0] = 0x1b;
}

static struct test_provider provider_keys;

static void provider_with_a_partys_id(struct policy *p)
{
	test_policy_add_provider(p, &provider_keys, "south");
}

static void provider_ids_equal(struct policy *p)
{
	test_policy_add_provider(p, &provider_keys, "clinic");
	test_policy_add_provider(p, &provider_keys, "doctor");
	strcpy(p->providers[1].id, "clinic");
}

static void provider_ids_descend(struct policy *p)
{
	test_policy_add_provider(p, &provider_keys, "doctor");
	test_policy_add_provider(p, &provider_keys, "clinic");
}

static void provider_without_rows(struct policy *p)
{
	test_policy_add_provider(p, &provider_keys, "clinic");
	p->dataset_from &= 7;
}

static void provider_with_a_partys_key(struct policy *p)
{
	test_policy_add_provider(p, &provider_keys, "clinic");
	memcpy(p->providers[0].endorse, p->parties[1].receive, X25519_LEN);
}

static void provider_without_a_key(struct policy *p)
{
	test_policy_add_provider(p, &provider_keys, "clinic");
	memset(p->providers[0].approve, 0, ED25519_PUBLIC_LEN);
}

static void provider_without_a_name(struct policy *p)
{
	test_policy_add_provider(p, &provider_keys, "clinic");
	p->providers[0].name[0] = 0;
}

static void rows_of_an_eleventh_provider(struct policy *p)
{
	p->dataset_from |= 1 << 10;
}

static void compiler_empty(struct policy *p)
{
	p->compiler[0] = 0;
}

static void time_before_1970(struct policy *p)
{
	p->not_before = -1;
}

static void time_after_9999(struct policy *p)
{
	p->not_after = INT64_MAX;
}

static void signed_in_no_year(struct policy *p)
{
	p->signing_time = INT64_MIN + 1;
}

static void valid_never(struct policy *p)
{
	p->not_before = p->not_after;
}

static void signed_after_the_end(struct policy *p)
{
	p->signing_time = p->not_after;
}

static void family_unknown(struct policy *p)
{
	p->family = (enum policy_family)2;
}

static void two_parties(struct policy *p)
{
	p->n_parties = 2;
}

static void party_ids_equal(struct policy *p)
{
	strcpy(p->parties[1].id, p->parties[0].id);
}

static void party_ids_descend(struct policy *p)
{
	struct policy_party north = p->parties[0];
	p->parties[0] = p->parties[1];
	p->parties[1] = north;
}

static void party_id_with_a_capital(struct policy *p)
{
	p->parties[0].id[0] = 'N';
}

static void party_id_empty(struct policy *p)
{
	p->parties[0].id[0] = 0;
}

static void party_id_with_a_slash(struct policy *p)
{
	p->parties[2].id[1] = '/';
}

static void party_name_empty(struct policy *p)
{
	p->parties[1].name[0] = 0;
}

static void party_name_with_c1(struct policy *p)
{
	strcpy(p->parties[1].name, "a\xc2\x9b"
				   "2J");
}

static void operator_with_a_newline(struct policy *p)
{
	p->parties[1].operator_[0] = '\n';
}

static void party_that_does_not_compute(struct policy *p)
{
	p->parties[1].compute = false;
}

static void tee_unknown(struct policy *p)
{
	p->parties[1].tee = TEE_KIND_COUNT_;
}

static void no_measurement(struct policy *p)
{
	p->parties[1].n_sets = 0;
}

static void measurement_twice(struct policy *p)
{
	p->parties[1].n_sets = 2;
	p->parties[1].sets[1] = p->parties[1].sets[0];
}

static void key_missing(struct policy *p)
{
	memset(p->parties[2].receive, 0, X25519_LEN);
}

static void root_missing(struct policy *p)
{
	memset(p->parties[2].tee_root, 0, X25519_LEN);
}

static void key_in_two_roles(struct policy *p)
{
	memcpy(p->parties[1].endorse, p->parties[1].approve, X25519_LEN);
}

static void key_of_another_party(struct policy *p)
{
	memcpy(p->parties[2].approve, p->parties[0].approve, X25519_LEN);
}

static void key_to_receive_and_endorse(struct policy *p)
{
	memcpy(p->parties[2].receive, p->parties[0].endorse, X25519_LEN);
}

static void root_that_is_a_key(struct policy *p)
{
	memcpy(p->parties[2].tee_root, p->parties[1].approve, X25519_LEN);
}

static void evidence_age_zero(struct policy *p)
{
	p->max_evidence_age_s = 0;
}

static void skew_too_wide(struct policy *p)
{
	p->skew_s = 2592001;
}

static void step_longer_than_session(struct policy *p)
{
	p->step_deadline_s = p->session_deadline_s + 1;
}

static void dataset_nameless(struct policy *p)
{
	p->dataset[0] = 0;
}

static void dataset_from_nobody(struct policy *p)
{
	p->dataset_from = 0;
}

static void dataset_from_a_stranger(struct policy *p)
{
	p->dataset_from = 9;
}

static void no_rows(struct policy *p)
{
	p->rows_max_party = 0;
}

static void too_many_rows(struct policy *p)
{
	p->rows_max_party = PLAN_ROWS_MAX;
}

static void no_columns(struct policy *p)
{
	p->n_columns = 0;
}

static void column_nameless(struct policy *p)
{
	p->columns[0].name[0] = 0;
}

static void columns_of_one_name(struct policy *p)
{
	strcpy(p->columns[2].name, "salary");
}

static void column_type_unknown(struct policy *p)
{
	p->columns[2].type = (enum column_type)8;
}

static void range_empty(struct policy *p)
{
	p->columns[2].lo = 91;
}

static void range_above_2_to_the_62(struct policy *p)
{
	p->columns[2].hi = (INT64_C(1) << 62) + 1;
}

static void range_above_the_digits(struct policy *p)
{
	p->columns[1].hi = 1000000000;
}

static void decimal_without_digits(struct policy *p)
{
	p->columns[1].precision = 0;
}

static void decimal_with_19_digits(struct policy *p)
{
	p->columns[1].precision = 19;
}

static void decimal_all_behind_the_point(struct policy *p)
{
	p->columns[1].scale = 10;
}

static void bool_with_a_range(struct policy *p)
{
	p->columns[2].type = COL_BOOL;
}

static void date_out_of_range(struct policy *p)
{
	p->columns[2].type = COL_DATE;
	p->columns[2].hi = 2932897;
}

static void timestamp_out_of_range(struct policy *p)
{
	p->columns[2].type = COL_TIMESTAMP;
	p->columns[2].lo = -INT64_C(62135596801);
}

static void text_without_a_length(struct policy *p)
{
	p->columns[2] = (struct policy_column){.name = "note", .type = COL_TEXT};
}

static void text_with_a_range(struct policy *p)
{
	p->columns[2].type = COL_TEXT;
	p->columns[2].text_max = 5;
}

static void domain_empty(struct policy *p)
{
	p->columns[0].domain_size = 0;
}

static void domain_and_range_differ(struct policy *p)
{
	p->columns[0].hi = 4;
}

static void domain_not_sorted(struct policy *p)
{
	p->domain[1] = p->domain[3];
}

static void domain_value_twice(struct policy *p)
{
	p->domain[1] = p->domain[0];
}

static void domain_prefix_after(struct policy *p)
{
	p->domain[0] = slice_str("nn");
}

static void domain_value_with_a_tab(struct policy *p)
{
	p->domain[0] = slice_str("\t");
}

static void recipient_stranger(struct policy *p)
{
	p->recipients = 8;
}

static void recipient_nobody(struct policy *p)
{
	p->recipients = 0;
}

static void min_subjects_zero(struct policy *p)
{
	p->min_subjects = 0;
}

static void min_subjects_above_all(struct policy *p)
{
	p->min_subjects = PLAN_ROWS_MAX + 1;
}

static void limit_no_number(struct policy *p)
{
	p->limit = UINT64_MAX;
}

static void no_results(struct policy *p)
{
	p->n_results = 0;
}

static void result_nameless(struct policy *p)
{
	p->results[1].name[0] = 0;
}

static void result_kind_unknown(struct policy *p)
{
	p->results[1].kind = (enum release_kind)8;
}

static void count_of_a_column(struct policy *p)
{
	p->results[1].column = 1;
}

static void sum_of_no_column(struct policy *p)
{
	p->results[2].column = NO_COLUMN;
}

static void sum_of_an_unknown_column(struct policy *p)
{
	p->results[2].column = 3;
}

static void mean_of_text(struct policy *p)
{
	p->results[2].column = TEST_REGION;
}

static void mean_scale_too_small(struct policy *p)
{
	p->results[2].scale = 1;
}

static void mean_scale_too_large(struct policy *p)
{
	p->results[2].scale = 19;
}

static void count_with_a_scale(struct policy *p)
{
	p->results[1].scale = 1;
}

static void nullable_count(struct policy *p)
{
	p->results[1].nullable = true;
}

static void nullable_mean_of_what_is_never_null(struct policy *p)
{
	p->results[2].nullable = true;
}

static void mean_of_a_nullable_column_that_is_not(struct policy *p)
{
	p->results[2].column = TEST_AGE;
}

static void nullable_key(struct policy *p)
{
	p->results[0].nullable = true;
}

static void positions_swapped(struct policy *p)
{
	p->results[1].position = 1;
	p->results[2].position = 0;
}

static void key_position_too_large(struct policy *p)
{
	p->results[0].position = PLAN_KEYS_MAX;
}

static void condition_unknown(struct policy *p)
{
	p->n_conditions = 1;
	p->conditions[0] = (struct policy_condition){.column = NO_COLUMN};
}

static void condition_on_text(struct policy *p)
{
	p->n_conditions = 1;
	p->conditions[0] = (struct policy_condition){.kind = REL_SUM, .column = TEST_REGION};
}

static void order_by_no_result(struct policy *p)
{
	p->n_order = 1;
	p->order[0].result = 3;
}

static void order_with_an_unknown_flag(struct policy *p)
{
	p->n_order = 1;
	p->order[0].flags = SORT_HAS_NONNULL;
}

static void as_it_is(struct policy *p)
{
	(void)p;
}

static void one_recipient(struct policy *p)
{
	p->recipients = 4;
}

static void one_provider(struct policy *p)
{
	p->dataset_from = 2;
}

static void min_of_a_region(struct policy *p)
{
	p->n_conditions = 1;
	p->conditions[0] = (struct policy_condition){.kind = REL_MIN, .column = TEST_REGION};
}

static void an_empty_value_in_a_domain(struct policy *p)
{
	p->domain[0] = slice_str("");
}

static void a_name_beyond_ascii(struct policy *p)
{
	strcpy(p->parties[0].name, "H\xc3\xb4pital");
}

static void every_type_of_column(struct policy *p)
{
	p->columns[3] = (struct policy_column){.name = "b", .type = COL_BOOL, .hi = 1};
	p->columns[4] = (struct policy_column){.name = "d", .type = COL_DATE, .lo = -719162, .hi = 2932896};
	p->columns[5] = (struct policy_column){.name = "t", .type = COL_TIMESTAMP, .hi = 253402300799};
	p->columns[6] = (struct policy_column){.name = "n", .type = COL_TEXT, .text_max = 65535, .nullable = true};
	p->columns[7] = (struct policy_column){.name = "c",
	    .type = COL_DECIMAL,
	    .precision = 18,
	    .scale = 18,
	    .lo = -999999999999999999,
	    .hi = 999999999999999999};
	p->n_columns = 8;
	policy_plan_columns(p, &p->plan);
}

/* ---- evidence ---- */

static struct tee_set *set_of(struct policy *p, unsigned party)
{
	return &p->parties[party].sets[0];
}

static void put_value(struct tee_set *set, unsigned reg, unsigned len, uint8_t fill)
{
	struct tee_value *v = &set->values[set->n_values++];

	*v = (struct tee_value){.reg = (uint8_t)reg, .len = (uint8_t)len};
	memset(v->bytes, fill, len);
}

/* What stands in for a party of another kind, whole. */
static void become(struct policy *p, unsigned party, enum tee_kind kind)
{
	struct policy_party *o = &p->parties[party];

	o->tee = kind;
	o->has_tee_root = false;
	memset(o->tee_root, 0, sizeof o->tee_root);
	set_of(p, party)->n_values = 0;
	memset(set_of(p, party)->values, 0, sizeof set_of(p, party)->values);
	strcpy(set_of(p, party)->release, "2026.11");
	for (unsigned reg = 0; reg < TEE_REG_END_; reg++)
		if (tee_register_info(kind, reg).required)
			put_value(set_of(p, party), reg, tee_register_info(kind, reg).len, 0x30);
}

static void all_of_hardware(struct policy *p)
{
	become(p, 0, TEE_NITRO);
	become(p, 1, TEE_TDX);
	become(p, 2, TEE_SNP);
	p->distinct_vendors = p->distinct_operators = 3;
	p->memory_locked = true;
	p->parties[1].rules = (struct tee_rules){.statuses = 2,
	    .n_advisories = 2,
	    .advisories = {"INTEL-SA-1", "INTEL-SA-2"},
	    .min_evaluation = 17,
	    .migratable = true,
	    .perfmon = true};
	p->parties[2].rules = (struct tee_rules){
	    .min_snp = {1, 2, 3, 4, 255}, .vmpl_max = 3, .vlek = true, .migratable = true, .smt_forbidden = true};
}

static void an_enclave_by_its_signer(struct policy *p)
{
	become(p, 1, TEE_SGX);
	set_of(p, 1)->n_values = 0;
	put_value(set_of(p, 1), TEE_REG_MRSIGNER, 32, 1);
	put_value(set_of(p, 1), TEE_REG_ISVPRODID, 2, 0);
	put_value(set_of(p, 1), TEE_REG_ISVSVN, 2, 0);
}

static void an_enclave_by_its_signer_alone(struct policy *p)
{
	an_enclave_by_its_signer(p);
	set_of(p, 1)->n_values = 1;
}

static void two_sets(struct policy *p)
{
	p->parties[1].n_sets = 2;
	p->parties[1].sets[1] = p->parties[1].sets[0];
	p->parties[1].sets[1].values[0].bytes[0] ^= 1;
	strcpy(p->parties[1].sets[0].release, "2026.11");
	strcpy(p->parties[1].sets[1].release, "2026.12");
}

static void two_sets_of_one_release(struct policy *p)
{
	two_sets(p);
	strcpy(p->parties[1].sets[1].release, "2026.11");
}

static void two_releases_of_one_set(struct policy *p)
{
	two_sets(p);
	p->parties[1].sets[1].values[0] = p->parties[1].sets[0].values[0];
}

static void root_of_a_vendor(struct policy *p)
{
	become(p, 1, TEE_NITRO);
	p->parties[1].has_tee_root = true;
	memset(p->parties[1].tee_root, 9, sizeof p->parties[1].tee_root);
}

static void no_root_of_an_installation(struct policy *p)
{
	p->parties[1].has_tee_root = false;
	memset(p->parties[1].tee_root, 0, sizeof p->parties[1].tee_root);
}

static void release_with_an_escape(struct policy *p)
{
	strcpy(set_of(p, 1)->release, "\x1b[2J");
}

static void set_that_never_counts(struct policy *p)
{
	set_of(p, 1)->not_before = 2;
	set_of(p, 1)->not_after = 1;
}

static void set_before_1970(struct policy *p)
{
	set_of(p, 1)->not_before = -1;
}

static void set_over_before_the_policy(struct policy *p)
{
	set_of(p, 1)->not_after = p->not_before - 1;
}

static void set_over_with_the_policys_first_second(struct policy *p)
{
	set_of(p, 1)->not_after = p->not_before;
}

static void set_after_the_policy(struct policy *p)
{
	set_of(p, 1)->not_before = p->not_after + 1;
}

static void set_without_values(struct policy *p)
{
	set_of(p, 1)->n_values = 0;
}

static void register_of_another_kind(struct policy *p)
{
	become(p, 1, TEE_NITRO);
	put_value(set_of(p, 1), TEE_REG_MRTD, 48, 1);
}

static void register_too_short(struct policy *p)
{
	set_of(p, 1)->values[0].len--;
}

static void register_missing(struct policy *p)
{
	become(p, 1, TEE_NITRO);
	set_of(p, 1)->n_values--;
}

static void register_of_zeros(struct policy *p)
{
	become(p, 1, TEE_NITRO);
	memset(set_of(p, 1)->values[2].bytes, 0, 48);
}

static void measurement_of_zeros(struct policy *p)
{
	memset(set_of(p, 1)->values[0].bytes, 0, HASH_LEN);
}

static void rtmrs_of_zeros(struct policy *p)
{
	become(p, 1, TEE_TDX);
	memset(set_of(p, 1)->values[1].bytes, 0, 48);
	memset(set_of(p, 1)->values[2].bytes, 0, 48);
}

static void revoked_accepted(struct policy *p)
{
	all_of_hardware(p);
	p->parties[1].rules.statuses |= 1u << TEE_STATUS_REVOKED;
}

static void status_unknown(struct policy *p)
{
	all_of_hardware(p);
	p->parties[1].rules.statuses |= 1u << TEE_STATUS_COUNT_;
}

static void up_to_date_permitted(struct policy *p)
{
	all_of_hardware(p);
	p->parties[1].rules.statuses |= 1;
}

static void advisories_descend(struct policy *p)
{
	all_of_hardware(p);
	strcpy(p->parties[1].rules.advisories[1], "INTEL-SA-0");
}

static void advisory_twice(struct policy *p)
{
	all_of_hardware(p);
	strcpy(p->parties[1].rules.advisories[1], "INTEL-SA-1");
}

static void advisory_in_small_letters(struct policy *p)
{
	all_of_hardware(p);
	strcpy(p->parties[1].rules.advisories[1], "intel-sa-1");
}

static void advisory_empty(struct policy *p)
{
	all_of_hardware(p);
	p->parties[1].rules.advisories[0][0] = 0;
}

static void vmpl_four(struct policy *p)
{
	all_of_hardware(p);
	p->parties[2].rules.vmpl_max = 4;
}

static void statuses_for_snp(struct policy *p)
{
	all_of_hardware(p);
	p->parties[2].rules.statuses = 2;
}

static void components_for_tdx(struct policy *p)
{
	all_of_hardware(p);
	p->parties[1].rules.min_snp[SNP_SNP] = 1;
}

static void vlek_for_software(struct policy *p)
{
	p->parties[1].rules.vlek = true;
}

static void migration_for_nitro(struct policy *p)
{
	all_of_hardware(p);
	p->parties[0].rules.migratable = true;
}

static void perfmon_for_snp(struct policy *p)
{
	all_of_hardware(p);
	p->parties[2].rules.perfmon = true;
}

static void distinct_software(struct policy *p)
{
	p->distinct_operators = 1;
}

static void two_vendors_of_one(struct policy *p)
{
	all_of_hardware(p);
	become(p, 0, TEE_TDX);
	p->parties[0].rules = (struct tee_rules){0};
	p->distinct_vendors = 3;
}

static void two_operators_of_one(struct policy *p)
{
	all_of_hardware(p);
	strcpy(p->parties[0].operator_, p->parties[1].operator_);
}

static void four_vendors(struct policy *p)
{
	all_of_hardware(p);
	p->distinct_vendors = 4;
}

static void a_tpm(struct policy *p)
{
	struct tee_value code = set_of(p, 1)->values[0];

	p->parties[1].tee = TEE_TPM;
	set_of(p, 1)->n_values = 0;
	put_value(set_of(p, 1), 14, 32, 0); /* a PCR may be zero: the code is in the event log */
	set_of(p, 1)->values[set_of(p, 1)->n_values++] = code;
}

struct fact {
	const char *name;
	void (*spoil)(struct policy *p);
	enum status st;
	const char *says; /* part of the message */
};

#define FACT(name, st, says)                                                                                           \
	{                                                                                                              \
#name, name, st, says                                                                                  \
	}

/* clang-format off */
static const struct fact facts[] = {
	FACT(name_empty, ST_POLICY_FACTS, "policy's name"),
	FACT(name_with_an_escape, ST_POLICY_FACTS, "policy's name"),
	FACT(compiler_empty, ST_POLICY_FACTS, "its compiler"),
	FACT(time_before_1970, ST_POLICY_FACTS, "years 1970"),
	FACT(time_after_9999, ST_POLICY_FACTS, "years 1970"),
	FACT(signed_in_no_year, ST_POLICY_FACTS, "years 1970"),
	FACT(valid_never, ST_POLICY_FACTS, "not_before is not before"),
	FACT(signed_after_the_end, ST_POLICY_FACTS, "signing time"),
	FACT(family_unknown, ST_POLICY_FACTS, "protocol"),
	FACT(two_parties, ST_POLICY_FACTS, "exactly three parties"),
	FACT(party_ids_equal, ST_POLICY_FACTS, "do not ascend"),
	FACT(party_ids_descend, ST_POLICY_FACTS, "do not ascend"),
	FACT(party_id_with_a_capital, ST_POLICY_FACTS, "lower-case"),
	FACT(party_id_empty, ST_POLICY_FACTS, "lower-case"),
	FACT(party_id_with_a_slash, ST_POLICY_FACTS, "lower-case"),
	FACT(party_name_empty, ST_POLICY_FACTS, "party south: its name"),
	FACT(party_name_with_c1, ST_POLICY_FACTS, "party south: its name"),
	FACT(operator_with_a_newline, ST_POLICY_FACTS, "party south: its name or operator"),
	FACT(party_that_does_not_compute, ST_POLICY_FACTS, "does not compute"),
	FACT(provider_with_a_partys_id, ST_POLICY_FACTS, "a provider has the id of a party"),
	FACT(provider_ids_equal, ST_POLICY_FACTS, "provider ids do not ascend"),
	FACT(provider_ids_descend, ST_POLICY_FACTS, "provider ids do not ascend"),
	FACT(provider_without_rows, ST_POLICY_FACTS, "a provider brings no rows"),
	FACT(provider_with_a_partys_key, ST_KEY_ROLE, "the endorse key of clinic is also the receive key of south"),
	FACT(provider_without_a_key, ST_KEY, "the approve key of clinic is missing"),
	FACT(provider_without_a_name, ST_POLICY_FACTS, "a provider's name"),
	FACT(rows_of_an_eleventh_provider, ST_POLICY_FACTS, "neither party nor provider"),
	FACT(tee_unknown, ST_POLICY_FACTS, "its TEE"),
	FACT(no_measurement, ST_POLICY_FACTS, "no measurement"),
	FACT(measurement_twice, ST_POLICY_FACTS, "listed twice"),
	FACT(root_of_a_vendor, ST_POLICY_FACTS, "party south: a TEE root is named exactly for software and tpm"),
	FACT(no_root_of_an_installation, ST_POLICY_FACTS, "party south: a TEE root is named exactly"),
	FACT(release_with_an_escape, ST_POLICY_FACTS, "name of the release"),
	FACT(set_that_never_counts, ST_POLICY_FACTS, "never counts"),
	FACT(set_before_1970, ST_POLICY_FACTS, "years 1970"),
	FACT(set_over_before_the_policy, ST_POLICY_FACTS, "over before the policy begins"),
	FACT(set_after_the_policy, ST_POLICY_FACTS, "begins after the policy ends"),
	FACT(set_without_values, ST_POLICY_FACTS, "software needs `code`"),
	FACT(register_of_another_kind, ST_POLICY_FACTS, "nitro has no register `mrtd`"),
	FACT(register_too_short, ST_POLICY_FACTS, "`code` has 64 bytes, not 63"),
	FACT(register_missing, ST_POLICY_FACTS, "nitro needs `pcr2`"),
	FACT(register_of_zeros, ST_POLICY_FACTS, "`pcr2` is all zero"),
	FACT(measurement_of_zeros, ST_POLICY_FACTS, "`code` is all zero"),
	FACT(an_enclave_by_its_signer_alone, ST_POLICY_FACTS, "sgx needs `mrenclave`, or"),
	FACT(two_sets_of_one_release, ST_POLICY_FACTS, "release `2026.11` is listed twice"),
	FACT(two_releases_of_one_set, ST_POLICY_FACTS, "values of `2026.11` are listed twice"),
	FACT(revoked_accepted, ST_POLICY_FACTS, "Revoked cannot be accepted"),
	FACT(status_unknown, ST_POLICY_FACTS, "a status that is unknown"),
	FACT(up_to_date_permitted, ST_POLICY_FACTS, "UpToDate, which needs no permission"),
	FACT(advisories_descend, ST_POLICY_FACTS, "advisories do not ascend"),
	FACT(advisory_twice, ST_POLICY_FACTS, "advisories do not ascend"),
	FACT(advisory_in_small_letters, ST_POLICY_FACTS, "not of the form INTEL-SA"),
	FACT(advisory_empty, ST_POLICY_FACTS, "not of the form INTEL-SA"),
	FACT(vmpl_four, ST_POLICY_FACTS, "no VMPL above 3"),
	FACT(statuses_for_snp, ST_POLICY_FACTS, "snp has no rule about TCB statuses"),
	FACT(components_for_tdx, ST_POLICY_FACTS, "tdx has no rule about SNP's"),
	FACT(vlek_for_software, ST_POLICY_FACTS, "software has no rule about SNP's"),
	FACT(migration_for_nitro, ST_POLICY_FACTS, "nitro has no rule about guests that migrate"),
	FACT(perfmon_for_snp, ST_POLICY_FACTS, "snp has no rule about PERFMON"),
	FACT(distinct_software, ST_POLICY_FACTS, "software and tpm never count"),
	FACT(two_vendors_of_one, ST_POLICY_FACTS, "3 distinct vendors are demanded and the parties' TEEs give 2"),
	FACT(two_operators_of_one, ST_POLICY_FACTS, "3 distinct operators are demanded"),
	FACT(four_vendors, ST_POLICY_FACTS, "4 distinct vendors"),
	FACT(key_missing, ST_KEY, "the receive key of west is missing"),
	FACT(root_missing, ST_KEY, "the TEE root of west is missing"),
	FACT(key_in_two_roles, ST_KEY_ROLE, "the endorse key of south is also the approve key of south"),
	FACT(key_of_another_party, ST_KEY_ROLE, "the approve key of west is also the approve key of north"),
	FACT(key_to_receive_and_endorse, ST_KEY_ROLE, "the receive key of west is also the endorse key of north"),
	FACT(root_that_is_a_key, ST_KEY_ROLE, "the TEE root of west is also the approve key of south"),
	FACT(evidence_age_zero, ST_POLICY_FACTS, "30 days"),
	FACT(skew_too_wide, ST_POLICY_FACTS, "30 days"),
	FACT(step_longer_than_session, ST_POLICY_FACTS, "deadline of a step"),
	FACT(dataset_nameless, ST_POLICY_FACTS, "dataset's name"),
	FACT(dataset_from_nobody, ST_POLICY_FACTS, "from nobody"),
	FACT(dataset_from_a_stranger, ST_POLICY_FACTS, "from nobody"),
	FACT(no_rows, ST_POLICY_FACTS, "no rows"),
	FACT(too_many_rows, ST_PLAN_LIMIT, "rows in all"),
	FACT(no_columns, ST_POLICY_FACTS, "no columns"),
	FACT(column_nameless, ST_POLICY_FACTS, "the name of column 1"),
	FACT(columns_of_one_name, ST_POLICY_FACTS, "two of that name"),
	FACT(column_type_unknown, ST_POLICY_FACTS, "column age: it has a type"),
	FACT(range_empty, ST_POLICY_FACTS, "column age: its range is empty"),
	FACT(range_above_2_to_the_62, ST_POLICY_FACTS, "wider than its type"),
	FACT(range_above_the_digits, ST_POLICY_FACTS, "column salary: its range is empty, or wider"),
	FACT(decimal_without_digits, ST_POLICY_FACTS, "1 to 18 digits"),
	FACT(decimal_with_19_digits, ST_POLICY_FACTS, "1 to 18 digits"),
	FACT(decimal_all_behind_the_point, ST_POLICY_FACTS, "1 to 18 digits"),
	FACT(bool_with_a_range, ST_POLICY_FACTS, "not that of its domain"),
	FACT(date_out_of_range, ST_POLICY_FACTS, "wider than its type"),
	FACT(timestamp_out_of_range, ST_POLICY_FACTS, "wider than its type"),
	FACT(text_without_a_length, ST_POLICY_FACTS, "greatest length"),
	FACT(text_with_a_range, ST_POLICY_FACTS, "wider than its type"),
	FACT(domain_empty, ST_POLICY_FACTS, "empty domain"),
	FACT(domain_and_range_differ, ST_POLICY_FACTS, "not that of its domain"),
	FACT(domain_not_sorted, ST_POLICY_FACTS, "not sorted"),
	FACT(domain_value_twice, ST_POLICY_FACTS, "holds a value twice"),
	FACT(domain_prefix_after, ST_POLICY_FACTS, "not sorted"),
	FACT(domain_value_with_a_tab, ST_POLICY_FACTS, "not printable"),
	FACT(recipient_stranger, ST_PLAN_RECIPIENT, "not a party"),
	FACT(recipient_nobody, ST_PLAN_RECIPIENT, "nobody"),
	FACT(min_subjects_zero, ST_POLICY_FACTS, "min_subjects"),
	FACT(min_subjects_above_all, ST_POLICY_FACTS, "min_subjects"),
	FACT(limit_no_number, ST_POLICY_FACTS, "limit"),
	FACT(no_results, ST_POLICY_FACTS, "nothing is released"),
	FACT(result_nameless, ST_POLICY_FACTS, "result column 2 has a name"),
	FACT(result_kind_unknown, ST_POLICY_FACTS, "result column 2 has a kind"),
	FACT(count_of_a_column, ST_POLICY_FACTS, "a column where there is none"),
	FACT(sum_of_no_column, ST_POLICY_FACTS, "none where one is needed"),
	FACT(sum_of_an_unknown_column, ST_POLICY_FACTS, "none where one is needed"),
	FACT(mean_of_text, ST_POLICY_FACTS, "what is no number"),
	FACT(mean_scale_too_small, ST_POLICY_FACTS, "scale"),
	FACT(mean_scale_too_large, ST_POLICY_FACTS, "scale"),
	FACT(count_with_a_scale, ST_POLICY_FACTS, "scale"),
	FACT(nullable_count, ST_POLICY_FACTS, "never NULL"),
	FACT(nullable_mean_of_what_is_never_null, ST_POLICY_FACTS, "never NULL"),
	FACT(mean_of_a_nullable_column_that_is_not, ST_POLICY_FACTS, "never NULL"),
	FACT(nullable_key, ST_POLICY_FACTS, "a key has a code for"),
	FACT(positions_swapped, ST_POLICY_FACTS, "position"),
	FACT(key_position_too_large, ST_POLICY_FACTS, "key position"),
	FACT(condition_unknown, ST_POLICY_FACTS, "condition 1"),
	FACT(condition_on_text, ST_POLICY_FACTS, "condition 1"),
	FACT(order_by_no_result, ST_POLICY_FACTS, "the order names"),
	FACT(order_with_an_unknown_flag, ST_POLICY_FACTS, "the order names"),
	FACT(as_it_is, ST_OK, ""),
	FACT(all_of_hardware, ST_OK, ""),
	FACT(an_enclave_by_its_signer, ST_OK, ""),
	FACT(two_sets, ST_OK, ""),
	FACT(a_tpm, ST_OK, ""),
	FACT(set_over_with_the_policys_first_second, ST_OK, ""),
	FACT(rtmrs_of_zeros, ST_OK, ""),
	FACT(one_recipient, ST_OK, ""),
	FACT(one_provider, ST_OK, ""),
	FACT(min_of_a_region, ST_OK, ""),
	FACT(an_empty_value_in_a_domain, ST_OK, ""),
	FACT(a_name_beyond_ascii, ST_OK, ""),
	FACT(every_type_of_column, ST_OK, ""),
};
/* clang-format on */

static void each_contradiction_has_its_code(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < COUNT_OF(facts); i++) {
		struct problem problem = {0};

		test_policy_fill(f->p, &f->keys);
		facts[i].spoil(f->p);
		buf_reset(&f->payload);
		assert_int_equal(policy_encode(&f->payload, f->p), ST_OK);
		enum status st = decode_and_compare(f, buf_view(&f->payload), &problem);
		if (st != facts[i].st || !strstr(problem.message, facts[i].says))
			print_error("%s: %s, %s\n", facts[i].name, status_name(st), problem.message);
		assert_int_equal(st, facts[i].st);
		assert_int_equal(problem.st, facts[i].st);
		assert_non_null(strstr(problem.message, facts[i].says));
	}
}

int run_facts_tests(void)
{
	static const struct CMUnitTest tests[] = {
	    TEST(each_contradiction_has_its_code),
	};
	return cmocka_run_group_tests_name("policy/sealed.h: facts", tests, NULL, NULL);
}
