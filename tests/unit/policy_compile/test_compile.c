/* The compiler end to end: what is embedded, what is reproducible, what is refused and where. */
#include "../policy_manifest/sample.h"
#include "../../support/test.h"

#include "compile/compile_support.h"
#include "policy/rules.h"

#define HELPER PARLEY_BIN_DIR "/parley-sqlparse"

static const char wage_gap[] =
    "parley: 1\n"
    "name: wage-gap\n"
    "parties: [{id: north}, {id: south}, {id: west}]\n"
    "datasets:\n"
    "  - name: staff\n"
    "    from: [north, south, west]            # same schema at several parties: their rows together\n"
    "    columns:\n"
    "      - {name: region, type: text, domain: [n, s, e, w]}\n"
    "      - {name: salary, type: \"decimal(9,2)\", range: [0, 1000000]}\n"
    "query: SELECT region, COUNT(*) AS n, AVG(salary) AS mean FROM staff GROUP BY region\n"
    "release: {to: [north, south, west], min_subjects: 10}     # one row is one subject\n";

static struct policy policy;
static const struct compile_options check_options = {.file_name = "policy.yaml", .sqlparse_path = HELPER};

static void compile_ok(struct buf *payload, const char *yaml)
{
	struct problem problem = {0};

	if (test_compile(&policy, payload, slice_str(yaml), HELPER, &problem) != ST_OK)
		fail_msg("%s: %s %s", problem.where, status_code(problem.st), problem.message);
}

static void the_smallest_policy(void **state)
{
	static const char plan[] = "1 VALID() -> bits rows [0,1]\n"
				   "2 COL(a=0) -> bits rows [0,3]\n"
				   "3 GROUP(1, 2, a=1) -> matrix rows [0,1]\n"
				   "4 COLW(a=1) -> words rows [0,100000000]\n"
				   "5 SUMS(3, 4) -> sums groups [0,3072]\n"
				   "6 PICK(5, a=0) -> words groups [0,3072]\n"
				   "7 A2B(6) -> bits groups [0,3072]\n"
				   "8 SUPPRESS(7, imm=10) -> keep groups [0,1]\n"
				   "9 OUT(8, 7, a=1) -> nothing\n"
				   "10 PICK(5, a=1) -> words groups [0,307200000000]\n"
				   "11 A2B(10) -> bits groups [0,307200000000]\n"
				   "12 AVG(11, 7, imm=10000) -> bits groups [0,3072000000000000]\n"
				   "13 OUT(8, 12, a=2) -> nothing\n"
				   "14 OUTKEEP(8) -> nothing\n";
	struct buf payload = {0}, text = {0};
	struct problem problem = {0};

	(void)state;
	compile_ok(&payload, wage_gap);
	plan_print(&text, &policy.plan);
	assert_slice_equal(buf_view(&text), slice_str(plan));
	assert_true(policy.filled_in);
	assert_string_equal(policy.compiler, COMPILER_VERSION);
	assert_int_equal(rules_check(&policy, &problem), ST_OK);
	buf_clear(&payload);
	buf_clear(&text);
}

/* The effective policy is embedded, complete, and gives the same bytes again. */
static void what_was_filled_in_is_in_the_source(void **state)
{
	struct buf payload = {0}, again = {0}, source = {0};
	struct problem problem = {0};

	(void)state;
	compile_ok(&payload, wage_gap);
	buf_append(&source, policy.source_yaml.ptr, policy.source_yaml.len);
	assert_int_equal(policy_recompile_check(&policy, buf_view(&payload), &check_options, &problem), ST_OK);
	assert_int_equal(test_compile_whole(&policy, &again, buf_view(&source), HELPER, &problem), ST_OK);
	assert_slice_equal(buf_view(&payload), buf_view(&again));
	assert_true(policy.filled_in);
	buf_clear(&payload);
	buf_clear(&again);
	buf_clear(&source);
}

static void a_complete_file_is_embedded_as_it_is(void **state)
{
	struct buf first = {0}, second = {0};
	struct problem problem = {0};

	(void)state;
	assert_int_equal(test_compile_whole(&policy, &first, slice_str(sample_whole), HELPER, &problem), ST_OK);
	assert_slice_equal(policy.source_yaml, slice_str(sample_whole));
	assert_false(policy.filled_in);
	assert_int_equal(policy_recompile_check(&policy, buf_view(&first), &check_options, &problem), ST_OK);
	/* defaults that are not needed change nothing */
	assert_int_equal(test_compile(&policy, &second, slice_str(sample_whole), HELPER, &problem), ST_OK);
	assert_slice_equal(buf_view(&first), buf_view(&second));
	buf_clear(&first);
	buf_clear(&second);
}

static void names_of_what_was_filled_in(void **state)
{
	struct compile_defaults d;
	struct compile_options opt = {
	    .file_name = "policy.yaml", .sqlparse_path = HELPER, .fill_in = true, .defaults = &d};
	struct buf payload = {0}, names = {0};
	struct problem problem = {0};

	(void)state;
	test_defaults(&d);
	assert_int_equal(policy_compile(&policy, &payload, slice_str(wage_gap), &opt, &names, &problem), ST_OK);
	assert_non_null(memmem(names.ptr, names.len, "parties.west.keys\n", 18));
	assert_non_null(memmem(names.ptr, names.len, "rows.max\n", 9));
	assert_null(memmem(names.ptr, names.len, "release", 7));
	assert_int_equal(policy.rows_max_party, 1024);
	assert_memory_equal(policy.parties[2].endorse, d.keys[2].endorse, ED25519_PUBLIC_LEN);
	buf_clear(&payload);
	buf_clear(&names);
}

/* Facts, plan or source changed behind the compiler's back, then correctly encoded. */
static void expect_another_policy(void)
{
	struct buf payload = {0};
	struct problem problem = {0};

	assert_int_equal(policy_encode(&payload, &policy), ST_OK);
	assert_int_equal(policy_recompile_check(&policy, buf_view(&payload), &check_options, &problem), ST_POLICY_HASH);
	assert_int_not_equal(problem.message[0], 0);
	buf_clear(&payload);
}

static void recompiling_finds_what_was_changed(void **state)
{
	struct buf payload = {0};
	struct slice source;

	(void)state;
	compile_ok(&payload, wage_gap);
	source = policy.source_yaml;
	policy.min_subjects = 1;
	expect_another_policy();
	policy.min_subjects = 10;
	policy.plan.ops[7].imm = 1;
	expect_another_policy();
	policy.plan.ops[7].imm = 10;
	policy.recipients = 1;
	expect_another_policy();
	policy.recipients = 7;
	snprintf(policy.compiler, sizeof policy.compiler, "parley 0.0.9");
	expect_another_policy();
	snprintf(policy.compiler, sizeof policy.compiler, "%s", COMPILER_VERSION);
	policy.source_yaml = slice_str(wage_gap); /* incomplete: it does not compile by itself */
	expect_another_policy();
	policy.source_yaml = source;
	policy.parties[0].endorse[0] ^= 1;
	expect_another_policy();
	buf_clear(&payload);
}

static void everything_missing_at_once(void **state)
{
	struct buf payload = {0};
	struct problem problem = {0};

	(void)state;
	memset(&policy, 0xaa, sizeof policy);
	assert_int_equal(
	    test_compile_whole(&policy, &payload, slice_str(wage_gap), HELPER, &problem), ST_POL_INCOMPLETE);
	assert_non_null(strstr(problem.message, "serial"));
	assert_non_null(strstr(problem.message, "parties.west.{name,operator,keys,compute,tee,measurements}"));
	assert_int_equal(policy.n_parties, 0xaa); /* untouched */
	buf_clear(&payload);
}

static void faults_of_the_query_have_their_place_in_the_file(void **state)
{
	static const struct {
		const char *query;
		enum status st;
		const char *where, *excerpt;
	} table[] = {
	    {"SELECT COUNT(*) FRM staff", ST_SQL_SYNTAX, "policy.yaml:10:28",
		"query: SELECT COUNT(*) FRM staff\n                           ^"},
	    {"SELECT COUNT(*) FROM staff WHERE", ST_SQL_SYNTAX, "policy.yaml:10:39", NULL},
	    {"SELECT salery FROM staff", ST_SQL_NAME, "policy.yaml:10:15",
		"query: SELECT salery FROM staff\n              ^"},
	    {"SELECT salary FROM staff", ST_SQL_RELEASE, "policy.yaml:10:15", NULL},
	    {"|\n  SELECT COUNT(*)\n  FROM staff\n  WHERE region = 'x'", ST_SQL_TYPE, "policy.yaml:13:18",
		"  WHERE region = 'x'\n                 ^"},
	    {"\"SELECT COUNT(*),\\n  MEDIAN(salary) FROM staff\"", ST_SQL_UNSUPPORTED, "policy.yaml: query 2:3",
		"  MEDIAN(salary) FROM staff\n  ^"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(table); i++) {
		const char *at = strstr(wage_gap, "query: ") + 7, *rest = strstr(wage_gap, "release:");
		struct buf yaml = {0}, payload = {0};
		struct problem problem = {0};

		buf_printf(&yaml, "%.*s%s\n%s", (int)(at - wage_gap), wage_gap, table[i].query, rest);
		assert_int_equal(test_compile(&policy, &payload, buf_view(&yaml), HELPER, &problem), table[i].st);
		assert_string_equal(problem.where, table[i].where);
		if (table[i].excerpt)
			assert_string_equal(problem.excerpt, table[i].excerpt);
		buf_clear(&yaml);
		buf_clear(&payload);
	}
}

static void a_missing_helper_says_so(void **state)
{
	struct buf payload = {0};
	struct problem problem = {0};

	(void)state;
	assert_int_equal(test_compile(&policy, &payload, slice_str(wage_gap), "/nonexistent/parley-sqlparse", &problem),
	    ST_SQL_HELPER);
	assert_non_null(strstr(problem.message, "No such file"));
	assert_int_equal(test_compile(&policy, &payload, slice_str(wage_gap), "/bin/true", &problem), ST_SQL_HELPER);
	buf_clear(&payload);
}

/* Largest shapes: the limits of a plan are refusals of the query, not faults of ours. */
static void limits(void **state)
{
	struct buf yaml = {0}, payload = {0};
	struct problem problem = {0};

	(void)state;
	buf_append_str(&yaml, "parley: 1\nname: wide\nparties: [{id: a}, {id: b}, {id: c}]\ndatasets:\n  - name: t\n   "
			      " from: [a]\n    columns:\n");
	for (int i = 0; i < 24; i++)
		buf_printf(&yaml, "      - {name: c%d, type: int64, range: [0, 9]}\n", i);
	buf_append_str(&yaml, "release: {to: [a], min_subjects: 1}\nquery: SELECT COUNT(*)");
	for (int i = 0; i < 24; i++)
		buf_printf(&yaml, ", SUM(c%d) s%d", i, i);
	buf_append_str(&yaml, " FROM t\n");
	assert_int_equal(test_compile(&policy, &payload, buf_view(&yaml), HELPER, &problem), ST_SQL_UNSUPPORTED);
	assert_non_null(strstr(problem.message, "more than 23 sums"));
	memset(&problem, 0, sizeof problem);
	yaml.len = (size_t)((uint8_t *)memmem(yaml.ptr, yaml.len, "query:", 6) - yaml.ptr);
	buf_append_str(&yaml, "query: SELECT COUNT(*) FROM t WHERE c0 + c1 = 1");
	for (int i = 0; i < 180; i++)
		buf_printf(&yaml, " OR c%d*c%d=%d", i % 24, (i * 7 + i / 24) % 24, i % 60);
	buf_append_str(&yaml, "\n");
	assert_int_equal(test_compile(&policy, &payload, buf_view(&yaml), HELPER, &problem), ST_OK);
	buf_clear(&yaml);
	buf_clear(&payload);
}

/* 4,096 groups: with the keep bit sixteen values a group make 65,536, one more is too many. */
static void a_result_must_fit_a_sealed_part(void **state)
{
	static const char head[] = "parley: 1\nname: large\nparties: [{id: a}, {id: b}, {id: c}]\ndatasets:\n  - name: t\n"
				   "    from: [a]\n    columns:\n      - {name: k, type: int64, range: [0, 4095]}\n";

	(void)state;
	for (int columns = 15; columns <= 16; columns++) {
		struct buf yaml = {0}, payload = {0};
		struct problem problem = {0};

		buf_append_str(&yaml, head);
		for (int i = 0; i < columns; i++)
			buf_printf(&yaml, "      - {name: c%d, type: int64, range: [0, 9]}\n", i);
		buf_append_str(&yaml, "release: {to: [a], min_subjects: 1}\nquery: SELECT k");
		for (int i = 0; i < columns; i++)
			buf_printf(&yaml, ", SUM(c%d) s%d", i, i);
		buf_append_str(&yaml, " FROM t GROUP BY k\n");
		enum status st = test_compile(&policy, &payload, buf_view(&yaml), HELPER, &problem);
		assert_int_equal(st, columns == 15 ? ST_OK : ST_SQL_UNSUPPORTED);
		if (st != ST_OK)
			assert_non_null(strstr(problem.message, "more than 65536 values"));
		buf_clear(&yaml);
		buf_clear(&payload);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_smallest_policy),
	    cmocka_unit_test(what_was_filled_in_is_in_the_source),
	    cmocka_unit_test(a_complete_file_is_embedded_as_it_is),
	    cmocka_unit_test(names_of_what_was_filled_in),
	    cmocka_unit_test(recompiling_finds_what_was_changed),
	    cmocka_unit_test(everything_missing_at_once),
	    cmocka_unit_test(faults_of_the_query_have_their_place_in_the_file),
	    cmocka_unit_test(a_missing_helper_says_so),
	    cmocka_unit_test(limits),
	    cmocka_unit_test(a_result_must_fit_a_sealed_part),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
