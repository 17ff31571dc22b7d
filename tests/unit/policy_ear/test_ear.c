#include "../../support/test.h"

#include "policy/ear.h"

static struct att_claims claims;
static struct att_finding finding;

static struct ear_subject subject(enum tee_kind kind, enum status st, enum att_check check)
{
	claims = (struct att_claims){.kind = kind};
	finding = (struct att_finding){.st = st, .check = check};
	snprintf(finding.expected, sizeof finding.expected, "this");
	snprintf(finding.got, sizeof finding.got, "that");
	snprintf(finding.policy_key, sizeof finding.policy_key, "admission.debug");
	return (struct ear_subject){.name = "north",
	    .kind = kind,
	    .st = st,
	    .claims = &claims,
	    .finding = st == ST_OK ? NULL : &finding,
	    .measured = st == ST_OK,
	    .bound = st == ST_OK,
	    .release = "2026.11",
	    .policy_id = "parley:policy:00"};
}

/* "instance-identity configuration executables hardware runtime-opaque", "-" for none. */
static void check(const struct ear_subject *s, const char *status, const char *vector)
{
	static const char *const names[] = {
	    "instance-identity", "configuration", "executables", "hardware", "runtime-opaque"};
	json_t *doc = ear_result(s, 1, 1793491200), *made;
	char text[128] = "";

	assert_non_null(doc);
	json_t *one = json_object_get(json_object_get(doc, "submods"), "north");
	assert_string_equal(json_string_value(json_object_get(one, "ear_status")), status);
	assert_string_equal(ear_status(s), status);
	made = json_object_get(one, "ear_trustworthiness_vector");
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		json_t *v = json_object_get(made, names[i]);

		if (v)
			snprintf(text + strlen(text), sizeof text - strlen(text), "%s%lld", i ? " " : "",
			    (long long)json_integer_value(v));
		else
			snprintf(text + strlen(text), sizeof text - strlen(text), "%s-", i ? " " : "");
	}
	assert_string_equal(text, vector);
	assert_true(json_object_size(made) <= COUNT_OF(names));
	json_decref(doc);
}

static void whole_documents(void **state)
{
	struct ear_subject s = subject(TEE_NITRO, ST_OK, ATT_CHECK_FORM);
	json_t *doc = ear_result(&s, 1, 1793491200);
	char *text = json_dumps(doc, JSON_COMPACT | JSON_SORT_KEYS);

	(void)state;
	assert_string_equal(text,
	    "{\"ear_verifier_id\":{\"build\":\"parley 0.1.0\",\"developer\":\"Parley\"},"
	    "\"eat_profile\":\"tag:ietf.org,2026:rats/ear#04\",\"iat\":1793491200,\"submods\":{\"north\":{"
	    "\"ear_appraisal_policy_ids\":[\"parley:policy:00\"],\"ear_status\":\"affirming\","
	    "\"ear_trustworthiness_vector\":{\"configuration\":2,\"executables\":3,\"hardware\":2,\"instance-"
	    "identity\":2,"
	    "\"runtime-opaque\":2},\"ear_verifier_claims\":{\"parley.code\":\"OK\",\"parley.release\":\"2026.11\","
	    "\"parley.tcb_status\":\"UpToDate\",\"parley.tee\":\"nitro\"}}}}");
	free(text);
	json_decref(doc);
	s = subject(TEE_TDX, ST_ATT_TCB, ATT_CHECK_TCB_STATUS);
	claims.tcb_status = TEE_STATUS_OUT_OF_DATE;
	s.policy_id = NULL;
	doc = ear_result(&s, 1, 0);
	text = json_dumps(json_object_get(doc, "submods"), JSON_COMPACT | JSON_SORT_KEYS);
	assert_string_equal(text,
	    "{\"north\":{\"ear_status\":\"contraindicated\",\"ear_trustworthiness_vector\":{\"hardware\":96,\"runtime-"
	    "opaque\":2},"
	    "\"ear_verifier_claims\":{\"parley.check\":\"tcb-status\",\"parley.code\":\"ATT-0024\",\"parley.expected\":"
	    "\"this\","
	    "\"parley.got\":\"that\",\"parley.policy_key\":\"admission.debug\",\"parley.tcb_status\":\"OutOfDate\","
	    "\"parley.tee\":\"tdx\"}}}");
	free(text);
	json_decref(doc);
}

static void what_was_admitted(void **state)
{
	struct ear_subject s = subject(TEE_SNP, ST_OK, ATT_CHECK_FORM);

	(void)state;
	check(&s, "affirming", "2 2 3 2 2");
	s.bound = false;
	check(&s, "affirming", "- 2 3 2 2");
	s.measured = false; /* a fine platform that runs nobody knows what */
	check(&s, "none", "- - 0 2 2");
	s = subject(TEE_SGX, ST_OK, ATT_CHECK_FORM);
	claims.tcb_status = TEE_STATUS_SW_HARDENING_NEEDED;
	check(&s, "warning", "2 2 3 32 2");
	claims.tcb_status = TEE_STATUS_UP_TO_DATE;
	claims.n_advisories = 1;
	check(&s, "warning", "2 2 3 32 2");
	s = subject(TEE_SOFTWARE, ST_OK, ATT_CHECK_FORM);
	check(&s, "warning", "2 2 3 - 32");
	s = subject(TEE_TPM, ST_OK, ATT_CHECK_FORM);
	check(&s, "warning", "2 2 3 - 32");
	/* INSECURE is permitted, and still nobody should rely on it */
	s = subject(TEE_SGX, ST_OK, ATT_CHECK_FORM);
	claims.debug = true;
	check(&s, "contraindicated", "2 32 3 2 96");
}

static void what_the_policy_refused(void **state)
{
	static const struct {
		enum att_check check;
		const char *vector;
	} cases[] = {{ATT_CHECK_BINDING, "97 - - 2 2"}, {ATT_CHECK_AGE, "97 - - 2 2"},
	    {ATT_CHECK_MEASUREMENT, "- - 96 2 2"}, {ATT_CHECK_DEBUG, "- 96 - 2 2"},
	    {ATT_CHECK_TCB_STATUS, "- - - 96 2"}, {ATT_CHECK_ADVISORY, "- - - 96 2"},
	    {ATT_CHECK_TCB_MINIMUM, "- - - 96 2"}, {ATT_CHECK_PLATFORM, "- 96 - 2 2"}, {ATT_CHECK_KIND, "- - - 97 2"}};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct ear_subject s = subject(TEE_TDX, ST_ATT_PLATFORM, cases[i].check);

		check(&s, "contraindicated", cases[i].vector);
	}
}

/* Whatever the check and the kind: a refusal is contraindicated, or nothing can be said; never warning or affirming. */
static void no_refusal_affirms(void **state)
{
	(void)state;
	for (unsigned kind = TEE_SOFTWARE; kind < TEE_KIND_COUNT_; kind++)
		for (unsigned c = 0; c < ATT_CHECK_COUNT_; c++)
			for (int genuine = 0; genuine < 2; genuine++) {
				struct ear_subject s = subject((enum tee_kind)kind, ST_ATT_FORMAT, (enum att_check)c);

				s.claims = genuine ? &claims : NULL;
				assert_string_equal(ear_status(&s), "contraindicated");
				s.finding = NULL;
				assert_string_equal(ear_status(&s), "contraindicated");
			}
}

static void what_is_not_genuine(void **state)
{
	struct ear_subject s = subject(TEE_TDX, ST_ATT_SIGNATURE, ATT_CHECK_SIGNATURE);

	(void)state;
	s.claims = NULL;
	check(&s, "contraindicated", "99 99 99 99 99");
	s = subject(TEE_TDX, ST_ATT_REVOKED, ATT_CHECK_REVOCATION);
	s.claims = NULL;
	check(&s, "contraindicated", "- - - 96 -");
	s = subject(TEE_TDX, ST_ATT_TCB, ATT_CHECK_TCB_LEVEL);
	s.claims = NULL;
	check(&s, "contraindicated", "- - - 97 -");
	s = subject(TEE_SNP, ST_ATT_PLATFORM, ATT_CHECK_ATTRIBUTES);
	s.claims = NULL;
	check(&s, "contraindicated", "- 96 - - -");
	s = subject(TEE_SNP, ST_ATT_COLLATERAL, ATT_CHECK_COLLATERAL); /* an outage is not a refusal */
	s.claims = NULL;
	check(&s, "none", "- - - 0 -");
}

static void several_parties(void **state)
{
	struct ear_subject s[2] = {
	    subject(TEE_NITRO, ST_OK, ATT_CHECK_FORM), subject(TEE_NITRO, ST_OK, ATT_CHECK_FORM)};
	json_t *doc;

	(void)state;
	s[1].name = "south";
	doc = ear_result(s, 2, 1);
	assert_int_equal(json_object_size(json_object_get(doc, "submods")), 2);
	json_decref(doc);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(whole_documents),
	    cmocka_unit_test(what_was_admitted),
	    cmocka_unit_test(what_the_policy_refused),
	    cmocka_unit_test(no_refusal_affirms),
	    cmocka_unit_test(what_is_not_genuine),
	    cmocka_unit_test(several_parties),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
