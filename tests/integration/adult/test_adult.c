/*
 * Queries a01 to a20 over the census table: those of this version answer exactly, the others are refused by name. And the
 * examples answer what they promise.
 */
#include "../../support/test.h"

#include "compile/compile_support.h"
#include "ingest/csv.h"

#include <unistd.h>

#define HELPER PARLEY_BIN_DIR "/parley-sqlparse"
#define DATA PARLEY_SHARED_DIR "/data/adult"
#define QUERIES PARLEY_SHARED_DIR "/data/queries/adult"
#define POLICIES PARLEY_SOURCE_DIR "/tests/integration/adult"

enum { ORGS = 3 };

static struct policy policy;

static void skip_without_data(void)
{
	if (access(DATA "/org1.csv", R_OK) != 0) {
		print_message("skipped: the census data are not here (%s)\n", DATA);
		skip();
	}
}

static void read_file(struct buf *out, const char *folder, const char *name, const char *suffix)
{
	char path[512];

	snprintf(path, sizeof path, "%s/%s%s", folder, name, suffix);
	assert_int_equal(buf_read_file(out, path, 1 << 24), ST_OK);
}

static void compile_policy(struct buf *payload, struct slice yaml)
{
	struct compile_defaults d;
	struct compile_options opt = {
	    .file_name = "policy.yaml", .sqlparse_path = HELPER, .fill_in = true, .defaults = &d};
	struct problem problem = {0};
	struct buf filled_in = {0};

	test_defaults(&d);
	d.rows_max = 16281;
	if (policy_compile(&policy, payload, yaml, &opt, &filled_in, &problem) != ST_OK)
		fail_msg("%s: %s %s", problem.where, status_code(problem.st), problem.message);
	buf_clear(&filled_in);
}

/* All organisations' rows, one after the other: the union that the dataset is. */
struct rows {
	struct plan_clear_input in;
	int64_t *values[PLAN_COLUMNS_MAX];
	uint8_t *known[PLAN_COLUMNS_MAX];
};

static void append_rows(struct rows *all, const struct ingest_table *t)
{
	uint32_t before = all->in.rows;

	all->in.rows += t->rows;
	for (unsigned c = 0; c < t->columns; c++) {
		if (t->values[c]) {
			all->values[c] = realloc(all->values[c], all->in.rows * sizeof *all->values[c]);
			assert_non_null(all->values[c]);
			memcpy(all->values[c] + before, t->values[c], t->rows * sizeof *t->values[c]);
		}
		if (t->known[c]) {
			all->known[c] = realloc(all->known[c], all->in.rows);
			assert_non_null(all->known[c]);
			memcpy(all->known[c] + before, t->known[c], t->rows);
		}
		all->in.values[c] = all->values[c];
		all->in.known[c] = all->known[c];
	}
}

static void load_rows(struct rows *all, const char *folder, const char *const names[ORGS])
{
	memset(all, 0, sizeof *all);
	for (int org = 0; org < ORGS; org++) {
		struct buf csv = {0};
		struct ingest_table table = {0};
		struct problem problem = {0};

		read_file(&csv, folder, names[org], ".csv");
		if (ingest_csv_columns(&table, &policy, ingest_columns_of_plan(&policy.plan), buf_view(&csv),
			names[org], &problem) != ST_OK)
			fail_msg("%s: %s", problem.where, problem.message);
		append_rows(all, &table);
		ingest_table_clear(&table);
		buf_clear(&csv);
	}
}

static void clear_rows(struct rows *all)
{
	for (unsigned c = 0; c < PLAN_COLUMNS_MAX; c++) {
		free(all->values[c]);
		free(all->known[c]);
	}
}

struct place {
	const char *folder, *name;
};

static void answer_is_expected(
    struct place policy_file, const char *data, const char *const parts[ORGS], struct place answer)
{
	struct buf yaml = {0}, payload = {0}, csv = {0}, expected = {0};
	const char *name = policy_file.name;
	struct rows all;

	read_file(&yaml, policy_file.folder, name, ".yaml");
	compile_policy(&payload, buf_view(&yaml));
	load_rows(&all, data, parts);
	assert_true(test_answer(&csv, &policy, &all.in));
	read_file(&expected, answer.folder, answer.name, ".csv");
	if (!slice_equal(buf_view(&csv), buf_view(&expected)))
		fail_msg("%s: got\n%.*sinstead of\n%.*s", name, (int)csv.len, csv.ptr, (int)expected.len, expected.ptr);
	clear_rows(&all);
	buf_clear(&yaml);
	buf_clear(&payload);
	buf_clear(&csv);
	buf_clear(&expected);
}

static void answers_are_the_expected_ones(void **state)
{
	static const char *const names[] = {"a01", "a02", "a03", "a04", "a05", "a06", "a08", "a14"};
	static const char *const parts[ORGS] = {"org1", "org2", "org3"};

	(void)state;
	skip_without_data();
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		char expected[32];

		snprintf(expected, sizeof expected, "%s.expected", names[i]);
		answer_is_expected((struct place){POLICIES, names[i]}, DATA, parts, (struct place){QUERIES, expected});
	}
}

static void examples_answer_as_they_say(void **state)
{
	static const char *const names[] = {"wage-gap", "hospital-outcomes", "fraud-statistics"};
	static const char *const parts[ORGS] = {"north", "south", "west"};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		char folder[512];

		snprintf(folder, sizeof folder, "%s/examples/%s", PARLEY_SOURCE_DIR, names[i]);
		answer_is_expected((struct place){folder, "policy"}, folder, parts, (struct place){folder, "expected"});
	}
}

/* The policy of a01 with another query in its place. */
static void put_query(struct buf *out, struct slice yaml, struct slice sql)
{
	static const char start[] = "query: |\n", end[] = "release:";
	const uint8_t *from = memmem(yaml.ptr, yaml.len, start, sizeof start - 1),
		      *to = memmem(yaml.ptr, yaml.len, end, sizeof end - 1);

	assert_non_null(from);
	assert_non_null(to);
	buf_append(out, yaml.ptr, (size_t)(from - yaml.ptr) + sizeof start - 1);
	for (size_t i = 0, line = 1; i < sql.len; i++) {
		if (line)
			buf_append_str(out, "  ");
		buf_append(out, &sql.ptr[i], 1);
		line = sql.ptr[i] == '\n';
	}
	buf_append(out, to, yaml.len - (size_t)(to - yaml.ptr));
}

struct refused {
	const char *name, *where, *message;
};

static void is_refused(const struct refused *r)
{
	struct buf yaml = {0}, sql = {0}, text = {0}, payload = {0};
	struct problem problem = {0};

	read_file(&yaml, POLICIES, "a01", ".yaml");
	read_file(&sql, QUERIES, r->name, ".sql");
	put_query(&text, buf_view(&yaml), buf_view(&sql));
	if (test_compile(&policy, &payload, buf_view(&text), HELPER, &problem) != ST_SQL_UNSUPPORTED)
		fail_msg("%s: %s %s", r->name, status_code(problem.st), problem.message);
	if (strcmp(problem.message, r->message) != 0 || strcmp(problem.where, r->where) != 0)
		fail_msg("%s: %s: %s", r->name, problem.where, problem.message);
	assert_int_not_equal(problem.fix[0], 0);
	assert_non_null(strstr(problem.excerpt, "^"));
	buf_clear(&yaml);
	buf_clear(&sql);
	buf_clear(&text);
	buf_clear(&payload);
}

static void others_are_refused_by_name(void **state)
{
	static const struct refused table[] = {
	    {"a07", "policy.yaml:70:7", "CASE is not supported"},
	    {"a09", "policy.yaml:58:24", "LIKE is not supported"},
	    {"a10", "policy.yaml:61:11", "CASE is not supported"},
	    {"a11", "policy.yaml:59:7", "DISTINCT inside an aggregate is not supported"},
	    {"a12", "policy.yaml:59:7", "the function VAR_SAMP is not supported"},
	    {"a13", "policy.yaml:59:7", "the function MEDIAN is not supported"},
	    {"a15", "policy.yaml:59:64", "arithmetic in the SELECT list is not supported"},
	    {"a16", "policy.yaml:59:15", "SUM of an expression is not supported"},
	    {"a17", "policy.yaml:61:25", "SUM of an expression is not supported"},
	    {"a18", "policy.yaml:62:23", "JOIN is not supported"},
	    {"a19", "policy.yaml:63:7", "JOIN is not supported"},
	    {"a20", "policy.yaml:64:12", "JOIN is not supported"},
	};

	(void)state;
	skip_without_data();
	for (size_t i = 0; i < COUNT_OF(table); i++)
		is_refused(&table[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(answers_are_the_expected_ones),
	    cmocka_unit_test(examples_answer_as_they_say),
	    cmocka_unit_test(others_are_refused_by_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
