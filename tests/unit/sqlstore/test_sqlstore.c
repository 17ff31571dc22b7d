/* base/sqlstore.h: what was appended is there again, all or nothing, after any crash; what was altered is refused. */
#include "../../support/test.h"

#include <signal.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/sqlstore.h"

static char folder[64], path[128];

static int setup(void **state)
{
	(void)state;
	snprintf(folder, sizeof folder, "/tmp/parley-sqlstore-XXXXXX");
	if (mkdtemp(folder) == NULL)
		return 1;
	snprintf(path, sizeof path, "%s/journal", folder);
	return 0;
}

static void remove_files(void)
{
	static const char *const tails[] = {"", "-wal", "-shm", "-journal", ".copy"};
	char name[160];

	for (size_t i = 0; i < COUNT_OF(tails); i++) {
		snprintf(name, sizeof name, "%s%s", path, tails[i]);
		unlink(name);
	}
}

static int teardown(void **state)
{
	(void)state;
	remove_files();
	return rmdir(folder);
}

static struct sqlstore *must_open(void)
{
	struct sqlstore *s = NULL;
	struct problem problem = {0};

	if (sqlstore_open(&s, path, "test", 3, &problem) != ST_OK)
		fail_msg("%s: %s", problem.where, problem.message);
	return s;
}

static enum status try_open(const char *name, uint32_t version, struct problem *problem)
{
	struct sqlstore *s = NULL;
	enum status st;

	*problem = (struct problem){0};
	st = sqlstore_open(&s, path, name, version, problem);
	sqlstore_close(s);
	return st;
}

/* Entry n of every test: n bytes and then some. */
static struct slice entry(uint64_t n)
{
	static uint8_t bytes[4][3000];
	uint8_t *b = bytes[n % 4];
	size_t len = n * 37 % 3000;

	for (size_t i = 0; i < len; i++)
		b[i] = (uint8_t)(n + i * 7);
	return slice_of(b, len);
}

static void append_upto(struct sqlstore *s, uint64_t n)
{
	while (sqlstore_count(s) < n) {
		struct slice one = entry(sqlstore_count(s) + 1);
		assert_int_equal(sqlstore_append(s, &one, 1), ST_OK);
	}
}

static uint64_t expect_next;
static enum status is_expected(void *user, struct slice e)
{
	(void)user;
	expect_next++;
	return slice_equal(e, entry(expect_next)) ? ST_OK : ST_BUG;
}

static void expect_entries(struct sqlstore *s, uint64_t n)
{
	expect_next = 0;
	assert_int_equal(sqlstore_load(s, is_expected, NULL), ST_OK);
	assert_int_equal(expect_next, n);
	assert_int_equal(sqlstore_count(s), n);
}

static void entries_come_back_in_order(void **state)
{
	struct stat st;
	(void)state;

	struct sqlstore *s = must_open();
	expect_entries(s, 0);
	append_upto(s, 50);
	expect_entries(s, 50);
	sqlstore_close(s);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	for (uint64_t n = 50; n < 60; n++) {
		s = must_open();
		expect_entries(s, n);
		append_upto(s, n + 1);
		sqlstore_close(s);
	}
}

static void large_and_empty_entries_and_batches(void **state)
{
	static uint8_t large[3 << 20];
	struct slice batch[128];
	(void)state;

	struct sqlstore *s = must_open();
	for (size_t i = 0; i < COUNT_OF(batch); i++)
		batch[i] = slice_of(large, i % 3 == 0 ? 0 : i);
	batch[5] = slice_of(large, sizeof large);
	assert_int_equal(sqlstore_append(s, batch, COUNT_OF(batch)), ST_OK);
	assert_int_equal(sqlstore_append(s, batch, 0), ST_OK);
	assert_int_equal(sqlstore_append(s, &(struct slice){0}, 1), ST_OK);
	assert_int_equal(sqlstore_count(s), COUNT_OF(batch) + 1);
	sqlstore_close(s);
	s = must_open();
	assert_int_equal(sqlstore_count(s), COUNT_OF(batch) + 1);
	sqlstore_close(s);
}

static enum status stop_at_three(void *user, struct slice e)
{
	(void)e;
	return ++*(unsigned *)user == 3 ? ST_CLOSED : ST_OK;
}

static void loading_stops_where_it_is_told(void **state)
{
	unsigned n = 0;
	(void)state;

	struct sqlstore *s = must_open();
	append_upto(s, 9);
	assert_int_equal(sqlstore_load(s, stop_at_three, &n), ST_CLOSED);
	assert_int_equal(n, 3);
	append_upto(s, 10);
	sqlstore_close(s);
}

static void one_process_at_a_time(void **state)
{
	struct problem problem;
	(void)state;

	struct sqlstore *s = must_open();
	pid_t child = fork();
	if (child == 0)
		_exit(try_open("test", 3, &problem) == ST_STORE && strstr(problem.message, "another program") != NULL
			  ? 0
			  : 1);
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	append_upto(s, 3);
	sqlstore_close(s);
	sqlstore_close(must_open());
}

static void another_program_or_version_is_refused(void **state)
{
	struct problem problem;
	FILE *file;
	(void)state;

	sqlstore_close(must_open());
	assert_int_equal(try_open("other", 3, &problem), ST_STORE);
	assert_int_equal(try_open("test", 4, &problem), ST_STORE);
	assert_string_equal(problem.message, "a file of another program or another version");
	assert_string_equal(problem.where, path);
	assert_int_equal(try_open("test", 3, &problem), ST_OK);
	remove_files();
	file = fopen(path, "w"); /* not a database at all: it must stay as it is */
	assert_non_null(file);
	for (unsigned i = 0; i < 400; i++)
		fputs("this is somebody's letter\n", file);
	fclose(file);
	assert_int_equal(try_open("test", 3, &problem), ST_STORE);
	struct stat st;
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_size, 400 * 26);
	remove_files();
	sqlite3 *db; /* a database of somebody else */
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(
	    sqlite3_exec(db, "CREATE TABLE head (x); CREATE TABLE journal (y)", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
	assert_int_equal(try_open("test", 3, &problem), ST_STORE);
	snprintf(path, sizeof path, "%s/no/such/folder", folder);
	assert_int_equal(try_open("test", 3, &problem), ST_CANT_CREATE);
	snprintf(path, sizeof path, "%s/journal", folder);
}

/* Everything that one can do to rows with SQL. */
static void altered_rows_are_refused(void **state)
{
	static const char *const alterations[] = {
	    "DELETE FROM journal WHERE number = 10",
	    "DELETE FROM journal WHERE number = 20",
	    "DELETE FROM journal WHERE number = 1",
	    "DELETE FROM journal",
	    "UPDATE journal SET entry = x'00' || substr(entry, 2) WHERE number = 7",
	    "UPDATE journal SET entry = entry || x'00' WHERE number = 20",
	    "UPDATE journal SET chain = zeroblob(64) WHERE number = 12",
	    "UPDATE journal SET chain = x'' WHERE number = 12",
	    "UPDATE journal SET number = 21 WHERE number = 20",
	    "UPDATE journal SET number = 0 WHERE number = 1",
	    "UPDATE journal SET entry = (SELECT entry FROM journal WHERE number = 4) WHERE number = 3",
	    "INSERT INTO journal SELECT 21, entry, chain FROM journal WHERE number = 20",
	    "UPDATE head SET count = 19",
	    "UPDATE head SET count = 21",
	    "UPDATE head SET chain = zeroblob(64)",
	    "UPDATE head SET chain = (SELECT chain FROM journal WHERE number = 19)",
	    "DELETE FROM head",
	    "UPDATE head SET version = 4",
	    "DROP TABLE head",
	    "DROP TABLE journal",
	    "PRAGMA user_version = 9",
	    "PRAGMA application_id = 9",
	    "UPDATE journal SET entry = 'text' WHERE number = 5",
	};
	struct problem problem;
	(void)state;

	for (size_t i = 0; i < COUNT_OF(alterations); i++) {
		struct sqlstore *s = must_open();
		sqlite3 *db;

		append_upto(s, 20);
		sqlstore_close(s);
		assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
		if (sqlite3_exec(db, alterations[i], NULL, NULL, NULL) != SQLITE_OK)
			fail_msg("%s: %s", alterations[i], sqlite3_errmsg(db));
		sqlite3_close(db);
		if (try_open("test", 3, &problem) != ST_STORE)
			fail_msg("not noticed: %s", alterations[i]);
		remove_files();
	}
}

static void overwrite(struct slice bytes)
{
	remove_files();
	assert_int_equal(file_write(path, bytes, 0600), ST_OK);
}

/* The file cut short or with a byte changed: refused, or every entry is there and right. Never anything between. */
static void a_damaged_file_is_refused_or_whole(void **state)
{
	struct test_rng rng = {8};
	struct buf good = {0}, bad = {0};
	struct problem problem;
	size_t refused = 0, whole = 0;
	(void)state;

	struct sqlstore *s = must_open();
	append_upto(s, 30);
	sqlstore_close(s);
	assert_int_equal(buf_read_file(&good, path, 1 << 24), ST_OK);
	for (unsigned k = 0; k < 250; k++) {
		buf_reset(&bad);
		buf_append(&bad, good.ptr, good.len);
		if (k % 5 == 0)
			bad.len = 1 + test_below(&rng, good.len - 1);
		else
			bad.ptr[test_below(&rng, k % 2 ? good.len : 4096)] ^= (uint8_t)(1 << test_below(&rng, 8));
		overwrite(buf_view(&bad));
		s = NULL;
		problem = (struct problem){0};
		if (sqlstore_open(&s, path, "test", 3, &problem) != ST_OK) {
			refused++;
			continue;
		}
		expect_entries(s, 30);
		sqlstore_close(s);
		whole++;
	}
	assert_true(refused > 100 && whole > 0);
	buf_clear(&good);
	buf_clear(&bad);
}

/* A writer that is killed in the middle of whatever it does: what it was told is written is there, in order, and of a
 * batch all or nothing. */
static void a_killed_writer_loses_nothing(void **state)
{
	(void)state;
	uint64_t before = 0;

	for (unsigned round = 0; round < 12; round++) {
		int acknowledged[2];
		assert_int_equal(pipe(acknowledged), 0);
		pid_t child = fork();
		if (child == 0) {
			struct sqlstore *s = must_open();
			for (;;) {
				uint8_t one[4];
				struct slice batch[3];
				for (unsigned i = 0; i < 3; i++)
					batch[i] = entry(sqlstore_count(s) + 1 + i);
				if (sqlstore_append(s, batch, 3) != ST_OK)
					_exit(1);
				memset(one, 1, sizeof one);
				if (write(acknowledged[1], one, 1) != 1)
					_exit(1);
			}
		}
		close(acknowledged[1]);
		uint64_t told = 0;
		uint8_t byte;
		while (told < 1 + round * 3 && read(acknowledged[0], &byte, 1) == 1)
			told++;
		usleep(137 * round);
		kill(child, SIGKILL);
		while (read(acknowledged[0], &byte, 1) == 1)
			told++;
		close(acknowledged[0]);
		assert_int_equal(waitpid(child, NULL, 0), child);
		struct sqlstore *s = must_open();
		uint64_t count = sqlstore_count(s);
		assert_true(count >= before + 3 * told);
		assert_int_equal(count % 3, 0);
		expect_entries(s, count);
		before = count;
		sqlstore_close(s);
	}
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
	    T(entries_come_back_in_order),
	    T(large_and_empty_entries_and_batches),
	    T(loading_stops_where_it_is_told),
	    T(one_process_at_a_time),
	    T(another_program_or_version_is_refused),
	    T(altered_rows_are_refused),
	    T(a_damaged_file_is_refused_or_whole),
	    T(a_killed_writer_loses_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
