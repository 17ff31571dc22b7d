/* The examples, without MPC: generator, CSV files, SQLite's answer and the compiled plan's answer agree. */
#include "../../support/test.h"

#include "compile/compile_support.h"
#include "ingest/csv.h"

#include <unistd.h>

#define EXAMPLES PARLEY_SOURCE_DIR "/examples"
#define HELPER PARLEY_BIN_DIR "/parley-sqlparse"

static const char *const examples[] = {"wage-gap", "hospital-outcomes", "fraud-statistics"};
static const char *const parties[] = {"north", "south", "west"};

static void read_file(struct buf *out, const char *folder, const char *example, const char *name, const char *suffix)
{
	char path[512];

	snprintf(path, sizeof path, "%s/%s/%s%s", folder, example, name, suffix);
	if (buf_read_file(out, path, 1 << 20) != ST_OK)
		fail_msg("cannot read %s", path);
}

static void same_text(const struct buf *got, const struct buf *expected, const char *what)
{
	if (!slice_equal(buf_view(got), buf_view(expected)))
		fail_msg("%s: got\n%.*sinstead of\n%.*s", what, (int)got->len, got->ptr, (int)expected->len, expected->ptr);
}

/* ---- the generator ---- */
static void the_data_are_what_the_generator_writes(void **state)
{
	char dir[] = "/tmp/parley-example-data-XXXXXX", command[1024];

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(command, sizeof command, "'%s' %s", EXAMPLE_DATA, dir);
	assert_int_equal(system(command), 0);
	for (size_t e = 0; e < COUNT_OF(examples); e++)
		for (size_t i = 0; i < COUNT_OF(parties); i++) {
			struct buf made = {0}, committed = {0};

			read_file(&made, dir, examples[e], parties[i], ".csv");
			read_file(&committed, EXAMPLES, examples[e], parties[i], ".csv");
			same_text(&committed, &made, examples[e]);
			buf_clear(&made);
			buf_clear(&committed);
		}
	snprintf(command, sizeof command, "rm -r %s", dir);
	assert_int_equal(system(command), 0);
}

/* ---- SQLite ---- */
static void run_command(struct buf *out, const char *command)
{
	FILE *pipe = popen(command, "r");
	char chunk[4096];
	size_t n;

	assert_non_null(pipe);
	while ((n = fread(chunk, 1, sizeof chunk, pipe)) > 0)
		buf_append(out, chunk, n);
	assert_int_equal(pclose(pipe), 0);
}

static void sqlite_gives_the_expected_answer(void **state)
{
	(void)state;
	for (size_t e = 0; e < COUNT_OF(examples); e++) {
		struct buf got = {0}, expected = {0};
		char command[2048];

		snprintf(command, sizeof command, "cd '%s/%s' && '%s' clear.sql north.csv south.csv west.csv", EXAMPLES, examples[e],
		    CLEAR_ANSWER);
		run_command(&got, command);
		read_file(&expected, EXAMPLES, examples[e], "expected", ".csv");
		same_text(&got, &expected, examples[e]);
		buf_clear(&got);
		buf_clear(&expected);
	}
}

/* ---- the policy ---- */
static struct policy policy;

/* The parties' rows one after the other: the union that the dataset is. */
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

static void load_rows(struct rows *all, const char *example)
{
	for (size_t i = 0; i < COUNT_OF(parties); i++) {
		struct ingest_table table = {0};
		struct problem problem = {0};
		struct buf csv = {0};

		read_file(&csv, EXAMPLES, example, parties[i], ".csv");
		if (ingest_csv(&table, &policy, buf_view(&csv), parties[i], &problem) != ST_OK)
			fail_msg("%s: %s: %s", example, problem.where, problem.message);
		append_rows(all, &table);
		ingest_table_clear(&table);
		buf_clear(&csv);
	}
}

static void the_plan_gives_the_expected_answer(void **state)
{
	(void)state;
	for (size_t e = 0; e < COUNT_OF(examples); e++) {
		struct buf yaml = {0}, payload = {0}, csv = {0}, expected = {0};
		struct problem problem = {0};
		struct rows all = {0};

		read_file(&yaml, EXAMPLES, examples[e], "policy", ".yaml");
		if (test_compile(&policy, &payload, buf_view(&yaml), HELPER, &problem) != ST_OK)
			fail_msg("%s: %s %s\n%s\n%s", examples[e], problem.where, problem.message, problem.excerpt, problem.fix);
		load_rows(&all, examples[e]);
		assert_true(test_answer(&csv, &policy, &all.in));
		read_file(&expected, EXAMPLES, examples[e], "expected", ".csv");
		same_text(&csv, &expected, examples[e]);
		for (unsigned c = 0; c < PLAN_COLUMNS_MAX; c++) {
			free(all.values[c]);
			free(all.known[c]);
		}
		buf_clear(&yaml);
		buf_clear(&payload);
		buf_clear(&csv);
		buf_clear(&expected);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_data_are_what_the_generator_writes),
	    cmocka_unit_test(sqlite_gives_the_expected_answer),
	    cmocka_unit_test(the_plan_gives_the_expected_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
