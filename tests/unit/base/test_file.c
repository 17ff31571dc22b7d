/* The part of base/buf.h that touches files. */
#include "../../support/test.h"

#include "base/buf.h"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64];

static const char *path_of(const char *name)
{
	static char path[128];

	snprintf(path, sizeof path, "%s/%s", folder, name);
	return path;
}

static int make_folder(void **state)
{
	(void)state;
	strcpy(folder, "/tmp/parley-test-file-XXXXXX");
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	(void)state;
	unlink(path_of("a"));
	unlink(path_of("empty"));
	return rmdir(folder); /* fails when a part file was left behind */
}

static void reads_back_what_was_written(void **state)
{
	struct buf b = {0}, back = {0};
	struct stat info;

	(void)state;
	for (size_t i = 0; i < 200000; i++)
		buf_append(&b, &(uint8_t){(uint8_t)(i * 7)}, 1);
	assert_int_equal(file_write(path_of("a"), buf_view(&b), 0600), ST_OK);
	assert_int_equal(stat(path_of("a"), &info), 0);
	assert_int_equal(info.st_mode & 0777, 0600);
	buf_append_str(&back, "x");
	assert_int_equal(buf_read_file(&back, path_of("a"), b.len), ST_OK);
	assert_int_equal(back.ptr[0], 'x');
	assert_slice_equal(slice_of(back.ptr + 1, back.len - 1), buf_view(&b));
	buf_clear(&b);
	buf_clear(&back);
}

static void replaces_whole_files(void **state)
{
	struct buf back = {0};

	(void)state;
	assert_int_equal(file_write(path_of("a"), slice_str("long old content"), 0600), ST_OK);
	assert_int_equal(file_write(path_of("a"), slice_str("new"), 0600), ST_OK);
	assert_int_equal(buf_read_file(&back, path_of("a"), 100), ST_OK);
	assert_slice_equal(buf_view(&back), slice_str("new"));
	buf_clear(&back);
}

static void one_byte_over_the_maximum_is_refused(void **state)
{
	struct buf back = {0};

	(void)state;
	assert_int_equal(file_write(path_of("a"), slice_str("12345"), 0600), ST_OK);
	assert_int_equal(buf_read_file(&back, path_of("a"), 4), ST_TOO_LARGE);
	buf_reset(&back);
	assert_int_equal(buf_read_file(&back, path_of("a"), 5), ST_OK);
	assert_int_equal(file_write(path_of("empty"), (struct slice){0}, 0600), ST_OK);
	buf_reset(&back);
	assert_int_equal(buf_read_file(&back, path_of("empty"), 0), ST_OK);
	assert_int_equal(back.len, 0);
	buf_clear(&back);
}

static void missing_places_have_their_own_status(void **state)
{
	struct buf back = {0};

	(void)state;
	assert_int_equal(buf_read_file(&back, path_of("none"), 10), ST_NO_INPUT);
	assert_int_equal(buf_read_file(&back, folder, 10), ST_IO);
	assert_int_equal(file_write(path_of("none/deeper"), slice_str("x"), 0600), ST_CANT_CREATE);
	buf_clear(&back);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_back_what_was_written),
	    cmocka_unit_test(replaces_whole_files),
	    cmocka_unit_test(one_byte_over_the_maximum_is_refused),
	    cmocka_unit_test(missing_places_have_their_own_status),
	};
	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
