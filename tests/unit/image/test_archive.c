/* Tests image/archive.h: one set of files has one archive; the reader takes that and nothing else. */
#include "support/test.h"

#include "image/archive.h"

static void make(struct buf *out)
{
	static struct archive a;

	a.n = 0;
	assert_int_equal(archive_add(&a, "/parley-enclave", ARCHIVE_PROGRAM, slice_str("program")), ST_OK);
	assert_int_equal(archive_add(&a, "/lib/x86_64-linux-gnu/libc.so.6", ARCHIVE_PROGRAM, slice_str("libc")), ST_OK);
	assert_int_equal(archive_add(&a, "/lib/empty", ARCHIVE_FILE, (struct slice){0}), ST_OK);
	assert_int_equal(archive_add(&a, "/init", ARCHIVE_LINK, slice_str("parley-enclave")), ST_OK);
	archive_write(out, &a);
	assert_int_equal(buf_status(out), ST_OK);
}

static void reads_back_in_order(void **state)
{
	(void)state;
	static const char *const names[] = {"init", "lib", "lib/empty", "lib/x86_64-linux-gnu", "lib/x86_64-linux-gnu/libc.so.6", "parley-enclave"};
	static struct archive a;
	struct buf b = {0};

	make(&b);
	assert_int_equal(archive_read(&a, buf_view(&b)), ST_OK);
	assert_int_equal(a.n, COUNT_OF(names));
	for (size_t i = 0; i < a.n; i++)
		assert_string_equal(a.entry[i].name, names[i]);
	assert_slice_equal(a.entry[5].content, slice_str("program"));
	assert_int_equal(a.entry[1].mode, ARCHIVE_FOLDER);
	/* the first header, byte by byte: newc, inode 1, mode, owner, group, one link, time 0 */
	assert_memory_equal(b.ptr, "0707010000000100" "00a1ff", 22);
	assert_memory_equal(b.ptr + 22, "0000000000000000" "00000001" "00000000" "0000000e", 40);
	buf_clear(&b);
}

static void the_order_of_adding_does_not_show(void **state)
{
	(void)state;
	static struct archive a;
	struct buf one = {0}, two = {0};

	a.n = 0;
	assert_int_equal(archive_add(&a, "b", ARCHIVE_FILE, slice_str("1")), ST_OK);
	assert_int_equal(archive_add(&a, "a/c", ARCHIVE_FILE, slice_str("2")), ST_OK);
	archive_write(&one, &a);
	a.n = 0;
	assert_int_equal(archive_add(&a, "a/c", ARCHIVE_FILE, slice_str("2")), ST_OK);
	assert_int_equal(archive_add(&a, "b", ARCHIVE_FILE, slice_str("1")), ST_OK);
	assert_int_equal(archive_add(&a, "b", ARCHIVE_FILE, slice_str("1")), ST_DUPLICATE);
	archive_write(&two, &a);
	assert_slice_equal(buf_view(&one), buf_view(&two));
	buf_clear(&one);
	buf_clear(&two);
}

static void refuses_every_truncation_and_tail(void **state)
{
	(void)state;
	static struct archive a;
	struct buf b = {0};

	make(&b);
	for (size_t n = 0; n < b.len; n++)
		assert_int_equal(archive_read(&a, slice_of(b.ptr, n)), ST_TRUNCATED);
	buf_append(&b, "\0\0\0\0", 4);
	assert_int_equal(archive_read(&a, buf_view(&b)), ST_TRAILING);
	buf_clear(&b);
}

/* Whatever is still accepted after a flip is another archive that the writer makes: it differs in contents or a name alone. */
static void every_flipped_bit_is_refused_or_another_archive(void **state)
{
	(void)state;
	static struct archive a;
	struct buf b = {0}, again = {0};

	make(&b);
	for (size_t bit = 0; bit < 8 * b.len; bit++) {
		b.ptr[bit / 8] ^= (uint8_t)(1 << bit % 8);
		if (archive_read(&a, buf_view(&b)) == ST_OK) {
			buf_reset(&again);
			archive_write(&again, &a);
			assert_slice_equal(buf_view(&again), buf_view(&b));
		}
		b.ptr[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	buf_clear(&b);
	buf_clear(&again);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_back_in_order), cmocka_unit_test(the_order_of_adding_does_not_show),
	    cmocka_unit_test(refuses_every_truncation_and_tail), cmocka_unit_test(every_flipped_bit_is_refused_or_another_archive),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
