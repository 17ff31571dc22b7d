/* Quotes from the field, each at its T: the verdict of the vectors' table, with the check named; and what must change it. */
#include "dcap_vectors.h"

#include "../../support/test.h"

static void assert_hex(const char *expected, const void *bytes, size_t len)
{
	char *hex = malloc(2 * len + 1);

	assert_non_null(hex);
	hex_encode(hex, slice_of(bytes, len));
	assert_string_equal(hex, expected);
	free(hex);
}

static void assert_advisories(const char *expected, const struct att_claims *c)
{
	char all[ATT_ADVISORIES_MAX * (TEE_ADVISORY_MAX + 2)] = "";

	for (size_t i = 0; i < c->n_advisories; i++) {
		strcat(all, i ? " " : "");
		strcat(all, c->advisories[i]);
	}
	assert_string_equal(all, expected);
}

static void assert_claims(const struct dcap_vector *v, const struct att_claims *c)
{
	assert_int_equal(c->kind, v->kind);
	assert_int_equal(c->tcb_status, v->status);
	assert_int_equal(c->debug, v->debug);
	assert_int_equal(c->valid_from, dcap_time(v->from));
	assert_int_equal(c->valid_to, dcap_time(v->to));
	assert_advisories(v->advisories, c);
	assert_int_equal(c->evaluation, v->evaluation);
	assert_string_equal(c->product, v->product);
	assert_hex(v->fmspc, c->fmspc, sizeof c->fmspc);
	assert_int_equal(c->attributes, v->attributes);
	assert_int_equal(c->platform, v->platform);
	assert_int_equal(c->report_data_len, 64);
	assert_hex(v->report_data, c->report_data, 64);
	assert_false(c->has_issued || c->bound_elsewhere || c->migratable || c->memory_unlocked);
	if (v->tee_tcb_svn)
		assert_hex(v->tee_tcb_svn, c->tee_tcb_svn, sizeof c->tee_tcb_svn);
	for (size_t i = 0; i < COUNT_OF(v->values) && v->values[i].hex; i++) {
		const struct tee_value *value = att_value(c, v->values[i].reg);
		assert_non_null(value);
		assert_int_equal(value->len, tee_register_info(v->kind, v->values[i].reg).len);
		assert_hex(v->values[i].hex, value->bytes, value->len);
	}
}

static void every_vector_has_its_verdict(void **state)
{
	size_t absent = 0;

	(void)state;
	for (size_t i = 0; i < dcap_vectors_n; i++) {
		const struct dcap_vector *v = &dcap_vectors[i];
		struct dcap_case c;
		if (!dcap_load(&c, v)) {
			absent++;
			continue;
		}
		struct dcap_run run = dcap_run(&c);
		print_message("%-32s %s %s %s\n", v->name, status_name(run.st),
		    run.st == ST_OK ? tee_status_name(run.claims.tcb_status) : att_check_name(run.finding.check),
		    run.finding.got);
		dcap_expect(&run, v->st, v->check);
		if (v->st == ST_OK)
			assert_claims(v, &run.claims);
		dcap_unload(&c);
	}
	if (absent)
		print_message("%zu vectors are not here: ../shared/vectors\n", absent);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_vector_has_its_verdict),
	};

	return cmocka_run_group_tests_name("kat_dcap", tests, NULL, NULL);
}
