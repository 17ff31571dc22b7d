/* endorser/endorse_server.h, the run counter: survives, counts each policy apart, and never counts from a damaged file. */
#include "support/test.h"

#include "endorser/endorse_server.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64], path[128];
static const uint8_t policy[HASH_LEN] = {1}, other[HASH_LEN] = {2};

static int make_folder(void **state)
{
	(void)state;
	snprintf(folder, sizeof folder, "/tmp/parley-test-runs-XXXXXX");
	if (!mkdtemp(folder))
		return 1;
	snprintf(path, sizeof path, "%s/runs", folder);
	return 0;
}

static int remove_folder(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(folder);
}

static struct run_counter *opened(uint64_t max_runs)
{
	struct run_counter *c = NULL;

	assert_int_equal(run_counter_open(&c, path, max_runs, NULL), ST_OK);
	return c;
}

static uint64_t runs(const struct run_counter *c, const uint8_t *hash)
{
	uint64_t n;

	assert_int_equal(run_counter_runs(c, hash, &n), ST_OK);
	return n;
}

static void write_file(const void *bytes, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, len), len);
	close(fd);
}

static void counts_and_survives(void **state)
{
	struct stat about;

	(void)state;
	struct run_counter *c = opened(0);
	assert_int_equal(stat(path, &about), 0);
	assert_int_equal(about.st_mode & 0777, 0600);
	assert_int_equal(runs(c, policy), 0);
	for (int i = 0; i < 3; i++)
		assert_int_equal(run_counter_count(c, policy), ST_OK);
	assert_int_equal(run_counter_count(c, other), ST_OK);
	/* what another process would find now, without our closing anything */
	assert_int_equal(stat(path, &about), 0);
	assert_int_equal(about.st_size, 4 * (4 + 2 * HASH_LEN + 1));
	run_counter_close(c);
	c = opened(0);
	assert_int_equal(runs(c, policy), 3);
	assert_int_equal(runs(c, other), 1);
	run_counter_close(c);
}

static void stops_at_the_limit_of_each_policy(void **state)
{
	(void)state;
	struct run_counter *c = opened(2);
	assert_int_equal(run_counter_count(c, policy), ST_OK);
	assert_int_equal(run_counter_count(c, policy), ST_OK);
	assert_int_equal(run_counter_count(c, policy), ST_ATT_RUNS);
	assert_int_equal(run_counter_count(c, policy), ST_ATT_RUNS);
	assert_int_equal(run_counter_count(c, other), ST_OK);
	assert_int_equal(runs(c, policy), 2);
	run_counter_close(c);
	c = opened(2);
	assert_int_equal(run_counter_count(c, policy), ST_ATT_RUNS);
	run_counter_close(c);
}

static void one_endorser_at_a_time(void **state)
{
	struct run_counter *second = NULL;
	struct problem problem = {0};

	(void)state;
	struct run_counter *c = opened(0);
	assert_int_equal(run_counter_open(&second, path, 0, &problem), ST_STORE);
	assert_null(second);
	run_counter_close(c);
	c = opened(0);
	run_counter_close(c);
}

/* Cut anywhere, as by a crash: whole lines count, the unfinished one goes, and counting goes on from there. */
static void an_unfinished_line_never_was(void **state)
{
	enum { LINE = 4 + 2 * HASH_LEN + 1 };
	uint8_t bytes[2 * LINE];

	(void)state;
	struct run_counter *c = opened(0);
	assert_int_equal(run_counter_count(c, policy), ST_OK);
	assert_int_equal(run_counter_count(c, policy), ST_OK);
	run_counter_close(c);
	int fd = open(path, O_RDONLY);
	assert_int_equal(read(fd, bytes, sizeof bytes), sizeof bytes);
	close(fd);
	for (size_t n = 0; n <= sizeof bytes; n++) {
		write_file(bytes, n);
		c = opened(0);
		assert_int_equal(runs(c, policy), n / LINE);
		assert_int_equal(run_counter_count(c, policy), ST_OK);
		run_counter_close(c);
		c = opened(0);
		assert_int_equal(runs(c, policy), n / LINE + 1);
		run_counter_close(c);
	}
}

static void refuses_a_damaged_file(void **state)
{
	enum { LINE = 4 + 2 * HASH_LEN + 1 };
	uint8_t bytes[LINE];
	struct run_counter *c = opened(0);

	(void)state;
	assert_int_equal(run_counter_count(c, policy), ST_OK);
	run_counter_close(c);
	int fd = open(path, O_RDONLY);
	assert_int_equal(read(fd, bytes, sizeof bytes), sizeof bytes);
	close(fd);
	for (size_t at = 0; at < sizeof bytes; at++) {
		struct problem problem = {0};
		bytes[at] ^= 0x80;
		write_file(bytes, sizeof bytes);
		bytes[at] ^= 0x80;
		assert_int_equal(run_counter_open(&c, path, 0, &problem), ST_STORE);
		assert_int_equal(problem.st, ST_STORE);
	}
	write_file("something else\n", 15);
	assert_int_equal(run_counter_open(&c, path, 0, NULL), ST_STORE);
}

static void refuses_what_is_no_file(void **state)
{
	struct run_counter *c = NULL;

	(void)state;
	assert_int_equal(run_counter_open(&c, folder, 0, NULL), ST_CANT_CREATE);
	assert_int_equal(run_counter_open(&c, "/nowhere/runs", 0, NULL), ST_CANT_CREATE);
	assert_int_equal(symlink("/tmp/parley-test-elsewhere", path), 0); /* nor where somebody else's link points */
	assert_int_equal(run_counter_open(&c, path, 0, NULL), ST_CANT_CREATE);
	assert_null(c);
}

#define folder_test(f) cmocka_unit_test_setup_teardown(f, make_folder, remove_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    folder_test(counts_and_survives),
	    folder_test(stops_at_the_limit_of_each_policy),
	    folder_test(one_endorser_at_a_time),
	    folder_test(an_unfinished_line_never_was),
	    folder_test(refuses_a_damaged_file),
	    folder_test(refuses_what_is_no_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
