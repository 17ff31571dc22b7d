/* base/cbor_pairs.h: the two things that are relaxed, and that nothing else is. */
#include "../../support/test.h"

#include "base/cbor_pairs.h"

/* Reads {+ uint => uint} and sums them up as key * 256 + value. */
static enum status read_map(const char *hex, enum cbor_pairs_form form, size_t *pairs, uint64_t *sum)
{
	struct slice bytes = test_hex(hex);
	struct cbor_reader r;

	*pairs = 0, *sum = 0;
	cbor_reader_init(&r, bytes);
	struct cbor_pairs p = cbor_pairs_open(&r, form);
	while (cbor_pairs_next(&r, &p)) {
		*sum += cbor_u64(&r) * 256;
		*sum += cbor_u64(&r);
		*pairs += 1;
	}
	assert_false(cbor_pairs_next(&r, &p));
	enum status st = cbor_end(&r);
	free((void *)bytes.ptr);
	return st;
}

static void reads_any_order_and_either_length(void **state)
{
	(void)state;
	static const struct {
		const char *hex;
		size_t pairs;
		uint64_t sum;
	} good[] = {
	    {"a0", 0, 0}, {"a10102", 1, 258}, {"a20304 0102", 2, 4 * 256 + 6}, {"bfff", 0, 0},
	    {"bf0304 0102 ff", 2, 4 * 256 + 6}, {"bf0102ff", 1, 258},
	    {"a2 0101 0101", 2, 514}, /* a doubled key is the caller's to see */
	};
	for (size_t i = 0; i < COUNT_OF(good); i++) {
		char hex[64];
		size_t n = 0, pairs;
		uint64_t sum;
		for (const char *p = good[i].hex; *p; p++)
			if (*p != ' ')
				hex[n++] = *p;
		hex[n] = 0;
		assert_int_equal(read_map(hex, CBOR_PAIRS_INDEFINITE, &pairs, &sum), ST_OK);
		assert_int_equal(pairs, good[i].pairs);
		assert_int_equal(sum, good[i].sum);
		assert_int_equal(
		    read_map(hex, CBOR_PAIRS_DEFINITE, &pairs, &sum), hex[0] == 'b' ? ST_NOT_CANONICAL : ST_OK);
	}
}

static void refuses_everything_else(void **state)
{
	(void)state;
	static const struct {
		const char *hex;
		enum status st;
	} bad[] = {
	    {"", ST_TRUNCATED},
	    {"bf", ST_TRUNCATED},
	    {"bf0102", ST_TRUNCATED},
	    {"bf01", ST_TRUNCATED},
	    {"bf01ff", ST_FORMAT}, /* a break where a value stands */
	    {"bf0102ff00", ST_TRAILING},
	    {"bfffff", ST_TRAILING},
	    {"a1", ST_TRUNCATED},
	    {"a20102", ST_TRUNCATED},
	    {"a1010203", ST_TRAILING},
	    {"a10102ff", ST_TRAILING},
	    {"a0ff", ST_TRAILING},
	    {"b8010102", ST_NOT_CANONICAL}, /* a long head */
	    {"bbffffffffffffffff0102", ST_TRUNCATED},
	    {"bb80000000000000000102", ST_TRUNCATED},
	    {"80", ST_FORMAT},
	    {"9fff", ST_NOT_CANONICAL},
	    {"5fff", ST_NOT_CANONICAL},
	    {"ff", ST_FORMAT},
	    {"f6", ST_FORMAT},
	    {"c1a0", ST_FORMAT},
	    {"a1180102", ST_NOT_CANONICAL}, /* keys and values stay strict */
	    {"bf011802ff", ST_NOT_CANONICAL},
	    {"a101bfff", ST_FORMAT},
	    {"bc0102", ST_FORMAT},
	};
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		size_t pairs;
		uint64_t sum;
		enum status st = read_map(bad[i].hex, CBOR_PAIRS_INDEFINITE, &pairs, &sum);
		if (st != bad[i].st)
			fail_msg("%s: %s", bad[i].hex, status_name(st));
	}
}

static void stands_only_where_nothing_is_open(void **state)
{
	struct cbor_reader r;

	(void)state;
	cbor_reader_init(&r, slice_of("\x81\xa0", 2));
	assert_int_equal(cbor_array(&r), 1);
	struct cbor_pairs p = cbor_pairs_open(&r, CBOR_PAIRS_INDEFINITE);
	assert_false(cbor_pairs_next(&r, &p));
	assert_int_equal(cbor_end(&r), ST_FORMAT);
}

static void one_map_may_hold_another(void **state)
{
	struct cbor_reader r;

	(void)state;
	cbor_reader_init(&r, slice_of("\xbf\x05\xa2\x02\x00\x01\x00\x04\x82\x01\x02\xff", 12));
	struct cbor_pairs outer = cbor_pairs_open(&r, CBOR_PAIRS_INDEFINITE);
	assert_true(cbor_pairs_next(&r, &outer));
	assert_int_equal(cbor_u64(&r), 5);
	struct cbor_pairs inner = cbor_pairs_open(&r, CBOR_PAIRS_DEFINITE);
	for (uint64_t key = 2; key > 0; key--) {
		assert_true(cbor_pairs_next(&r, &inner));
		assert_int_equal(cbor_u64(&r), key);
		assert_int_equal(cbor_u64(&r), 0);
	}
	assert_false(cbor_pairs_next(&r, &inner));
	assert_true(cbor_pairs_next(&r, &outer));
	assert_int_equal(cbor_u64(&r), 4);
	assert_int_equal(cbor_any(&r).len, 3);
	assert_false(cbor_pairs_next(&r, &outer));
	assert_int_equal(cbor_end(&r), ST_OK);
}

/* The strict functions are what they were: none of them takes what is relaxed here. */
static void our_own_formats_stay_strict(void **state)
{
	static const char *const relaxed[] = {"\xbf\x01\x02\xff", "\xa2\x03\x04\x01\x02"};
	static const size_t len[] = {4, 5};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(relaxed); i++) {
		struct cbor_reader r;
		cbor_reader_init(&r, slice_of(relaxed[i], len[i]));
		(void)cbor_any(&r);
		assert_int_equal(cbor_end(&r), ST_NOT_CANONICAL);
		cbor_reader_init(&r, slice_of(relaxed[i], len[i]));
		size_t pairs = cbor_map(&r);
		for (size_t k = 0; k < pairs; k++) {
			(void)cbor_u64(&r);
			(void)cbor_u64(&r);
		}
		cbor_close(&r);
		assert_int_equal(cbor_end(&r), ST_NOT_CANONICAL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_any_order_and_either_length),
	    cmocka_unit_test(refuses_everything_else),
	    cmocka_unit_test(stands_only_where_nothing_is_open),
	    cmocka_unit_test(one_map_may_hold_another),
	    cmocka_unit_test(our_own_formats_stay_strict),
	};
	return cmocka_run_group_tests_name("cbor pairs", tests, NULL, NULL);
}
