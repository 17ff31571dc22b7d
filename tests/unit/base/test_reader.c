#include "../../support/test.h"

#include "base/reader.h"

static const uint8_t document[] = {0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x0b,
    0x0c, 0x0d, 0x0e, 0x0f, 'a', 'b', 'c'};

struct fields {
	uint8_t a;
	uint16_t b;
	uint32_t c;
	uint64_t d;
	struct slice e;
};

static enum status read_fields(struct slice bytes, struct fields *f)
{
	struct reader r = {.rest = bytes};

	f->a = rd_u8(&r);
	f->b = rd_u16le(&r);
	f->c = rd_u32le(&r);
	f->d = rd_u64le(&r);
	f->e = rd_slice(&r, 3);
	return rd_end(&r);
}

static void reads_little_endian_fields(void **state)
{
	struct fields f;

	(void)state;
	assert_int_equal(read_fields(slice_of(document, sizeof document), &f), ST_OK);
	assert_int_equal(f.a, 0x01);
	assert_int_equal(f.b, 0x0302);
	assert_int_equal(f.c, 0x07060504);
	assert_true(f.d == 0x0f0e0d0c0b0a0908);
	assert_slice_equal(f.e, slice_str("abc"));
}

static void every_truncation_is_refused_and_reads_zero(void **state)
{
	struct fields f;

	(void)state;
	for (size_t n = 0; n < sizeof document; n++) {
		assert_int_equal(read_fields(slice_of(document, n), &f), ST_TRUNCATED);
		assert_int_equal(f.e.len, 0);
	}
}

static void failure_sticks(void **state)
{
	struct reader r = {.rest = slice_of(document, 4)};

	(void)state;
	assert_null(rd_bytes(&r, 5));
	assert_int_equal(rd_u8(&r), 0);
	assert_null(rd_bytes(&r, 0));
	assert_int_equal(rd_end(&r), ST_TRUNCATED);
}

static void left_over_bytes_are_refused(void **state)
{
	struct reader r = {.rest = slice_of(document, 3)};

	(void)state;
	rd_u16le(&r);
	assert_int_equal(rd_end(&r), ST_TRAILING);
	assert_null(rd_bytes(&r, SIZE_MAX));
}

static void put_and_read_agree(void **state)
{
	uint8_t bytes[14];
	struct reader r = {.rest = slice_of(bytes, sizeof bytes)};

	(void)state;
	put_u16le(bytes, 0xfedc);
	put_u32le(bytes + 2, 0x89abcdef);
	put_u64le(bytes + 6, UINT64_MAX - 5);
	assert_int_equal(rd_u16le(&r), 0xfedc);
	assert_int_equal(rd_u32le(&r), 0x89abcdef);
	assert_true(rd_u64le(&r) == UINT64_MAX - 5);
	assert_int_equal(rd_end(&r), ST_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_little_endian_fields),
	    cmocka_unit_test(every_truncation_is_refused_and_reads_zero),
	    cmocka_unit_test(failure_sticks),
	    cmocka_unit_test(left_over_bytes_are_refused),
	    cmocka_unit_test(put_and_read_agree),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
