#include "../../support/test.h"

#include "base/cbor.h"

/* ---- accepted and refused single items; the examples of RFC 8949 appendix A, and their long forms ---- */

static enum status any_status(const char *hex)
{
	struct slice bytes = test_hex(hex);
	struct cbor_reader r;

	cbor_reader_init(&r, bytes);
	struct slice item = cbor_any(&r);
	enum status st = cbor_end(&r);
	if (st == ST_OK)
		assert_slice_equal(item, bytes);
	free((void *)bytes.ptr);
	return st;
}

static void accepts_the_deterministic_examples(void **state)
{
	static const char *const good[] = {
	    "00", "01", "0a", "17", "1818", "1819", "1864", "1903e8", "1a000f4240", "1b000000e8d4a51000",
	    "1bffffffffffffffff", "3bffffffffffffffff", "20", "29", "3863", "3903e7", "f4", "f5", "f6", "40",
	    "4401020304", "60", "6161", "6449455446", "62225c", "62c3bc", "63e6b0b4", "64f0908591", "80", "83010203",
	    "8301820203820405", "98190102030405060708090a0b0c0d0e0f101112131415161718181819", "a0", "a201020304",
	    "a26161016162820203", "826161a161626163",
	    "a56161614161626142616361436164614461656145",
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(good); i++)
		assert_int_equal(any_status(good[i]), ST_OK);
}

static const struct refusal {
	const char *hex;
	enum status st;
} refusals[] = {
    /* longer than the shortest head */
    {"1800", ST_NOT_CANONICAL}, {"1817", ST_NOT_CANONICAL}, {"190000", ST_NOT_CANONICAL}, {"1900ff", ST_NOT_CANONICAL},
    {"1a0000ffff", ST_NOT_CANONICAL}, {"1b00000000ffffffff", ST_NOT_CANONICAL}, {"3800", ST_NOT_CANONICAL},
    {"390001", ST_NOT_CANONICAL}, {"3a00000001", ST_NOT_CANONICAL}, {"3b0000000000000001", ST_NOT_CANONICAL},
    {"5800", ST_NOT_CANONICAL}, {"590001aa", ST_NOT_CANONICAL}, {"5a00000001aa", ST_NOT_CANONICAL},
    {"5b0000000000000001aa", ST_NOT_CANONICAL}, {"7800", ST_NOT_CANONICAL}, {"78016100", ST_NOT_CANONICAL},
    {"9800", ST_NOT_CANONICAL}, {"990000", ST_NOT_CANONICAL}, {"9a00000000", ST_NOT_CANONICAL},
    {"9b0000000000000000", ST_NOT_CANONICAL}, {"b800", ST_NOT_CANONICAL}, {"b90000", ST_NOT_CANONICAL},
    /* indefinite lengths */
    {"5f41004100ff", ST_NOT_CANONICAL}, {"7f6161ff", ST_NOT_CANONICAL}, {"9fff", ST_NOT_CANONICAL},
    {"9f01ff", ST_NOT_CANONICAL}, {"bfff", ST_NOT_CANONICAL}, {"ff", ST_FORMAT}, {"8101ff", ST_TRAILING},
    /* floats, undefined and other simple values */
    {"f90000", ST_FORMAT}, {"fa47c35000", ST_FORMAT}, {"fb3ff199999999999a", ST_FORMAT}, {"f97e00", ST_FORMAT},
    {"f7", ST_FORMAT}, {"f0", ST_FORMAT}, {"f818", ST_FORMAT}, {"f8ff", ST_FORMAT}, {"f814", ST_FORMAT},
    {"e0", ST_FORMAT}, {"fc", ST_FORMAT}, {"fd", ST_FORMAT}, {"fe", ST_FORMAT},
    /* reserved additional information */
    {"1c", ST_FORMAT}, {"1f", ST_FORMAT}, {"3c", ST_FORMAT}, {"5d", ST_FORMAT}, {"7e", ST_FORMAT}, {"9c", ST_FORMAT},
    {"bd", ST_FORMAT}, {"dc", ST_FORMAT},
    /* tags that nobody asked for */
    {"c000", ST_FORMAT}, {"d81800", ST_FORMAT}, {"81c101", ST_FORMAT}, {"a1c10101", ST_FORMAT}, {"d2", ST_FORMAT},
    /* keys: not ascending, doubled, of a type that is not one */
    {"a202010102", ST_NOT_CANONICAL}, {"a201010102", ST_DUPLICATE}, {"a220010002", ST_NOT_CANONICAL},
    {"a2616201616102", ST_NOT_CANONICAL}, {"a262616101616202", ST_NOT_CANONICAL}, {"a2616101616102", ST_DUPLICATE},
    {"a1800000", ST_FORMAT}, {"a1a00000", ST_FORMAT}, {"a1f40000", ST_FORMAT}, {"a118000000", ST_NOT_CANONICAL},
    {"82a201000201a201000000", ST_NOT_CANONICAL},
    /* text: overlong, surrogates, above U+10FFFF, cut, stray, NUL */
    {"62c080", ST_FORMAT}, {"62c1bf", ST_FORMAT}, {"63e08080", ST_FORMAT}, {"63eda080", ST_FORMAT},
    {"63edbfbf", ST_FORMAT}, {"64f0808080", ST_FORMAT}, {"64f4908080", ST_FORMAT}, {"64f5808080", ST_FORMAT},
    {"61c3", ST_FORMAT}, {"62e6b0", ST_FORMAT}, {"6180", ST_FORMAT}, {"61ff", ST_FORMAT}, {"6100", ST_FORMAT},
    {"63610061", ST_FORMAT}, {"62c328", ST_FORMAT},
    /* counts that cannot be: refused at once, before anything is allocated or looped over */
    {"9a10000000", ST_TRUNCATED}, {"9b7fffffffffffffff", ST_TRUNCATED}, {"9bffffffffffffffff", ST_TRUNCATED},
    {"bb7fffffffffffffff", ST_TRUNCATED}, {"bb8000000000000000", ST_TRUNCATED}, {"bbffffffffffffffff", ST_TRUNCATED},
    {"ba10000000", ST_TRUNCATED}, {"5bffffffffffffffff", ST_TRUNCATED}, {"7b7fffffffffffffff", ST_TRUNCATED},
    {"a2010203", ST_TRUNCATED}, {"820081", ST_TRUNCATED},
    /* left over */
    {"0000", ST_TRAILING}, {"8000", ST_TRAILING}, {"", ST_TRUNCATED},
};

static void refuses_everything_else(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(refusals); i++) {
		enum status st = any_status(refusals[i].hex);
		if (st != refusals[i].st)
			fail_msg("%s gave %s", refusals[i].hex, status_name(st));
	}
}

static void depth_is_bounded(void **state)
{
	char hex[2 * (CBOR_DEPTH_MAX + 2) + 1];

	(void)state;
	for (size_t depth = 1; depth <= CBOR_DEPTH_MAX + 1; depth++) {
		for (size_t i = 0; i < depth; i++)
			memcpy(hex + 2 * i, "81", 2);
		strcpy(hex + 2 * depth, "00");
		assert_int_equal(any_status(hex), depth <= CBOR_DEPTH_MAX ? ST_OK : ST_TOO_LARGE);
	}
}

/* ---- the accessors ---- */

static struct cbor_reader reader_of(const void *bytes, size_t len)
{
	struct cbor_reader r;

	cbor_reader_init(&r, slice_of(bytes, len));
	return r;
}
#define READER(...) reader_of((const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))

static void integers_have_their_range(void **state)
{
	struct cbor_reader r = READER(0x1b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff);

	(void)state;
	assert_true(cbor_u64(&r) == UINT64_MAX);
	assert_int_equal(cbor_end(&r), ST_OK);
	r = READER(0x1b, 0x80, 0, 0, 0, 0, 0, 0, 0);
	assert_int_equal(cbor_i64(&r), 0);
	assert_int_equal(cbor_end(&r), ST_FORMAT);
	r = READER(0x3b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff);
	assert_true(cbor_i64(&r) == INT64_MIN);
	assert_int_equal(cbor_end(&r), ST_OK);
	r = READER(0x3b, 0x80, 0, 0, 0, 0, 0, 0, 0);
	assert_int_equal(cbor_i64(&r), 0);
	assert_int_equal(cbor_end(&r), ST_FORMAT);
	r = READER(0x05);
	assert_int_equal(cbor_u64_max(&r, 5), 5);
	assert_int_equal(cbor_end(&r), ST_OK);
	r = READER(0x06);
	assert_int_equal(cbor_u64_max(&r, 5), 0);
	assert_int_equal(cbor_end(&r), ST_FORMAT);
}

/* One document; every accessor of another type must refuse it, and give nothing. */
static void another_type_is_refused(void **state)
{
	static const uint8_t documents[][3] = {{0x00}, {0x20}, {0x41, 0x61}, {0x61, 0x61}, {0x80}, {0xa0}, {0xd2, 0x00}, {0xf5}};
	static const size_t lens[] = {1, 1, 2, 2, 1, 1, 2, 1};
	char text[4];
	uint8_t bytes[1];

	(void)state;
	for (size_t major = 0; major < COUNT_OF(documents); major++)
		for (size_t reads = 0; reads < 10; reads++) {
			struct cbor_reader r = reader_of(documents[major], lens[major]);
			bool fits = true;
			assert_int_equal(cbor_peek_major(&r), major);
			assert_int_equal(cbor_is_tag(&r), major == 6);
			switch (reads) {
			case 0:
				assert_int_equal(cbor_u64(&r), 0);
				fits = major == 0;
				break;
			case 1:
				assert_int_equal(cbor_i64(&r), major == 1 ? -1 : 0);
				fits = major <= 1;
				break;
			case 2:
				assert_int_equal(cbor_bytes(&r).len, major == 2);
				fits = major == 2;
				break;
			case 3:
				assert_int_equal(cbor_text(&r).len, major == 3);
				fits = major == 3;
				break;
			case 4:
				assert_int_equal(cbor_array(&r), 0);
				cbor_close(&r);
				fits = major == 4;
				break;
			case 5:
				assert_int_equal(cbor_map(&r), 0);
				cbor_close(&r);
				fits = major == 5;
				break;
			case 6:
				cbor_tag(&r, 18);
				assert_int_equal(cbor_u64(&r), 0);
				fits = major == 6;
				break;
			case 7:
				assert_int_equal(cbor_bool(&r), major == 7);
				fits = major == 7;
				break;
			case 8:
				cbor_text_copy(&r, text, sizeof text);
				assert_string_equal(text, major == 3 ? "a" : "");
				fits = major == 3;
				break;
			default:
				cbor_bytes_exact(&r, bytes, 1);
				assert_int_equal(bytes[0], major == 2 ? 'a' : 0);
				fits = major == 2;
			}
			if (fits)
				assert_int_equal(cbor_end(&r), ST_OK);
			else
				assert_int_equal(cbor_end(&r), ST_FORMAT);
		}
}

static void null_is_not_a_bool(void **state)
{
	struct cbor_reader r = READER(0xf6);

	(void)state;
	cbor_null(&r);
	assert_int_equal(cbor_end(&r), ST_OK);
	r = READER(0xf6);
	assert_false(cbor_bool(&r));
	assert_int_equal(cbor_end(&r), ST_FORMAT);
	r = READER(0xf4);
	cbor_null(&r);
	assert_int_equal(cbor_end(&r), ST_FORMAT);
}

static void lengths_are_bounded(void **state)
{
	struct cbor_reader r = READER(0x43, 1, 2, 3);
	uint8_t four[4];
	char text[4];

	(void)state;
	assert_int_equal(cbor_bytes_max(&r, 3).len, 3);
	assert_int_equal(cbor_end(&r), ST_OK);
	r = READER(0x43, 1, 2, 3);
	assert_int_equal(cbor_bytes_max(&r, 2).len, 0);
	assert_int_equal(cbor_end(&r), ST_TOO_LARGE);
	r = READER(0x43, 1, 2, 3);
	cbor_bytes_exact(&r, four, 4);
	assert_int_equal(cbor_end(&r), ST_FORMAT);
	r = READER(0x63, 'a', 'b', 'c');
	cbor_text_copy(&r, text, 4);
	assert_int_equal(cbor_end(&r), ST_OK);
	assert_string_equal(text, "abc");
	r = READER(0x63, 'a', 'b', 'c');
	cbor_text_copy(&r, text, 3);
	assert_int_equal(cbor_end(&r), ST_TOO_LARGE);
	assert_string_equal(text, "");
}

static void containers_must_be_read_to_their_end(void **state)
{
	struct cbor_reader r = READER(0x82, 1, 2);

	(void)state;
	cbor_array(&r);
	cbor_u64(&r);
	cbor_close(&r);
	assert_int_equal(cbor_end(&r), ST_FORMAT);
	r = READER(0x81, 1, 2); /* the second integer lies outside */
	cbor_array(&r);
	cbor_u64(&r);
	assert_int_equal(cbor_peek_major(&r), 255);
	assert_int_equal(cbor_u64(&r), 0);
	assert_int_equal(cbor_end(&r), ST_FORMAT);
	r = READER(0x81, 1);
	cbor_array(&r);
	cbor_u64(&r);
	assert_int_equal(cbor_end(&r), ST_FORMAT); /* never closed */
	r = READER(0x82, 1, 2);
	assert_int_equal(cbor_array_exact(&r, 3), 0);
	assert_int_equal(cbor_end(&r), ST_FORMAT);
	r = READER(0x01);
	cbor_close(&r);
	assert_int_equal(cbor_end(&r), ST_FORMAT);
}

static void first_failure_wins_and_everything_reads_empty(void **state)
{
	struct cbor_reader r = READER(0x61, 0xff, 0x01);

	(void)state;
	assert_int_equal(cbor_text(&r).len, 0);
	cbor_fail(&r, ST_TOO_LARGE);
	assert_int_equal(cbor_u64(&r), 0);
	assert_int_equal(cbor_array(&r), 0);
	assert_int_equal(cbor_map(&r), 0);
	assert_int_equal(cbor_any(&r).len, 0);
	assert_true(cbor_peek_key(&r) == UINT64_MAX);
	assert_int_equal(cbor_peek_major(&r), 255);
	cbor_key(&r, 1);
	cbor_close(&r);
	assert_int_equal(cbor_end(&r), ST_FORMAT);
}

/* ---- map keys ---- */

/* {1: uint, ? 2: uint, -3: uint} */
static enum status read_keys(struct slice bytes)
{
	struct cbor_reader r;

	cbor_reader_init(&r, bytes);
	cbor_map(&r);
	cbor_key(&r, 1);
	cbor_u64(&r);
	if (cbor_peek_key(&r) == 2) {
		cbor_key(&r, 2);
		cbor_u64(&r);
	}
	cbor_key_int(&r, -3);
	cbor_u64(&r);
	cbor_close(&r);
	return cbor_end(&r);
}
#define READ_KEYS(...) read_keys(slice_of((const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__})))

static void keys_are_exactly_those_expected(void **state)
{
	(void)state;
	assert_int_equal(READ_KEYS(0xa3, 1, 10, 2, 12, 0x22, 13), ST_OK);
	assert_int_equal(READ_KEYS(0xa3, 1, 10, 3, 12, 0x22, 13), ST_UNKNOWN_FIELD);
	assert_int_equal(READ_KEYS(0xa3, 1, 10, 2, 12, 0x23, 13), ST_UNKNOWN_FIELD);
	assert_int_equal(READ_KEYS(0xa4, 1, 10, 2, 12, 0x22, 13, 0x23, 1), ST_UNKNOWN_FIELD);
	assert_int_equal(READ_KEYS(0xa1, 1, 10), ST_UNKNOWN_FIELD);
	assert_int_equal(READ_KEYS(0xa3, 2, 12, 1, 10, 0x22, 13), ST_UNKNOWN_FIELD);
	assert_int_equal(READ_KEYS(0xa3, 1, 10, 1, 12, 0x22, 13), ST_DUPLICATE);
	assert_int_equal(READ_KEYS(0xa0), ST_UNKNOWN_FIELD);
}

static void optional_keys_come_in_order(void **state)
{
	struct cbor_reader r = READER(0xa3, 1, 2, 5, 10, 4, 8);

	(void)state;
	cbor_map(&r);
	for (uint64_t key = cbor_peek_key(&r); key != UINT64_MAX; key = cbor_peek_key(&r)) {
		cbor_key(&r, key);
		assert_int_equal(cbor_u64(&r), r.st == ST_OK ? key * 2 : 0);
	}
	cbor_close(&r);
	assert_int_equal(cbor_end(&r), ST_NOT_CANONICAL);
	r = READER(0xa1, 0x61, 'a', 1);
	cbor_map(&r);
	assert_true(cbor_peek_key(&r) == UINT64_MAX);
	assert_int_equal(cbor_end(&r), ST_UNKNOWN_FIELD);
	r = READER(0x81, 1);
	cbor_array(&r);
	assert_true(cbor_peek_key(&r) == UINT64_MAX); /* an array has no keys */
	cbor_key(&r, 1);
	assert_int_equal(cbor_end(&r), ST_UNKNOWN_FIELD);
}

/* A map keyed by data: the caller reads keys as values, and the order is still enforced. */
static void keys_read_as_values_must_ascend_too(void **state)
{
	struct cbor_reader r = READER(0xa2, 0x61, 'b', 1, 0x61, 'a', 2);

	(void)state;
	assert_int_equal(cbor_map(&r), 2);
	assert_int_equal(cbor_text(&r).len, 1);
	assert_int_equal(cbor_u64(&r), 1);
	assert_int_equal(cbor_text(&r).len, 0);
	assert_int_equal(cbor_end(&r), ST_NOT_CANONICAL);
}

static void tags_only_where_asked_for(void **state)
{
	struct cbor_reader r = READER(0xd2, 0x80);

	(void)state;
	assert_true(cbor_is_tag(&r));
	cbor_tag(&r, 18);
	assert_int_equal(cbor_array(&r), 0);
	cbor_close(&r);
	assert_int_equal(cbor_end(&r), ST_OK);
	r = READER(0xd1, 0x80);
	cbor_tag(&r, 18);
	assert_int_equal(cbor_end(&r), ST_FORMAT);
	r = READER(0xd8, 0x12, 0x80);
	cbor_tag(&r, 18);
	assert_int_equal(cbor_end(&r), ST_NOT_CANONICAL);
	r = READER(0x80);
	cbor_tag(&r, 18);
	assert_int_equal(cbor_end(&r), ST_FORMAT);
}

static void any_stays_inside_its_container(void **state)
{
	struct cbor_reader r = READER(0x83, 0x82, 1, 0xa1, 2, 3, 0x41, 9, 7);

	(void)state;
	cbor_array(&r);
	assert_int_equal(cbor_any(&r).len, 5);
	assert_int_equal(cbor_any(&r).len, 2);
	assert_int_equal(cbor_u64(&r), 7);
	assert_int_equal(cbor_any(&r).len, 0);
	assert_int_equal(cbor_end(&r), ST_FORMAT);
}

/* ---- property: what the writer writes, the reader reads; nothing shorter, nothing else ---- */

struct program {
	struct test_rng rng;
	int items;
};

static uint64_t any_argument(struct test_rng *rng)
{
	return test_u64(rng) >> test_below(rng, 64);
}

static void write_item(struct buf *b, struct program *p, int depth);
static void read_item(struct cbor_reader *r, struct program *p, int depth);

static struct slice some_bytes(struct test_rng *rng, uint8_t storage[300], bool is_text)
{
	size_t len = test_below(rng, test_below(rng, 8) ? 24 : 300);

	for (size_t i = 0; i < len; i++)
		storage[i] = is_text ? (uint8_t)('a' + test_below(rng, 26)) : (uint8_t)test_u64(rng);
	return slice_of(storage, len);
}

static size_t some_kind(struct program *p, int depth)
{
	return p->items++ > 200 || depth == 0 ? test_below(&p->rng, 6) : test_below(&p->rng, 9);
}

static void write_item(struct buf *b, struct program *p, int depth)
{
	uint8_t storage[300];

	switch (some_kind(p, depth)) {
	case 0:
		cbor_put_u64(b, any_argument(&p->rng));
		break;
	case 1:
		cbor_put_i64(b, (int64_t)any_argument(&p->rng));
		break;
	case 2:
		cbor_put_bytes(b, some_bytes(&p->rng, storage, false));
		break;
	case 3:
		cbor_put_text_slice(b, some_bytes(&p->rng, storage, true));
		break;
	case 4:
		cbor_put_bool(b, test_below(&p->rng, 2) == 1);
		break;
	case 5:
		cbor_put_null(b);
		break;
	case 6: {
		size_t n = test_below(&p->rng, 30);
		cbor_put_array(b, n);
		for (size_t i = 0; i < n; i++)
			write_item(b, p, depth - 1);
		break;
	}
	case 7: {
		size_t n = test_below(&p->rng, 30);
		cbor_put_map(b, n);
		for (size_t i = 0; i < n; i++) {
			cbor_put_u64(b, 7 * i * i);
			write_item(b, p, depth - 1);
		}
		break;
	}
	default:
		cbor_put_tag(b, any_argument(&p->rng));
		cbor_put_null(b);
	}
}

static void read_item(struct cbor_reader *r, struct program *p, int depth)
{
	uint8_t storage[300];

	switch (some_kind(p, depth)) {
	case 0:
		assert_true(cbor_u64(r) == any_argument(&p->rng));
		break;
	case 1:
		assert_true(cbor_i64(r) == (int64_t)any_argument(&p->rng));
		break;
	case 2:
		assert_slice_equal(cbor_bytes(r), some_bytes(&p->rng, storage, false));
		break;
	case 3:
		assert_slice_equal(cbor_text(r), some_bytes(&p->rng, storage, true));
		break;
	case 4:
		assert_int_equal(cbor_bool(r), test_below(&p->rng, 2) == 1);
		break;
	case 5:
		cbor_null(r);
		break;
	case 6: {
		size_t n = test_below(&p->rng, 30);
		assert_int_equal(cbor_array_exact(r, n), n);
		for (size_t i = 0; i < n; i++)
			read_item(r, p, depth - 1);
		cbor_close(r);
		break;
	}
	case 7: {
		size_t n = test_below(&p->rng, 30);
		assert_int_equal(cbor_map(r), n);
		for (size_t i = 0; i < n; i++) {
			assert_true(cbor_peek_key(r) == 7 * i * i);
			cbor_key(r, 7 * i * i);
			read_item(r, p, depth - 1);
		}
		assert_true(cbor_peek_key(r) == UINT64_MAX);
		cbor_close(r);
		break;
	}
	default:
		cbor_tag(r, any_argument(&p->rng));
		cbor_null(r);
	}
}

static void random_programs_read_back(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 500; seed++) {
		struct program writer = {.rng = {seed}}, same = {.rng = {seed}};
		struct buf b = {0};
		struct cbor_reader r;

		write_item(&b, &writer, 5);
		cbor_reader_init(&r, buf_view(&b));
		read_item(&r, &same, 5);
		if (cbor_end(&r) != ST_OK)
			fail_msg("seed %lu: %s", (unsigned long)seed, status_name(r.st));
		assert_true(writer.rng.state == same.rng.state);
		buf_clear(&b);
	}
}

static bool has_tag(struct slice bytes)
{
	struct cbor_reader r;

	cbor_reader_init(&r, bytes);
	cbor_any(&r);
	return r.st != ST_OK;
}

static void every_truncation_of_random_programs_is_refused(void **state)
{
	size_t tried = 0;

	(void)state;
	for (uint64_t seed = 1000; seed < 1100; seed++) {
		struct program writer = {.rng = {seed}};
		struct buf b = {0};

		write_item(&b, &writer, 3);
		for (size_t n = 0; n < b.len && !has_tag(buf_view(&b)); n++, tried++) {
			uint8_t *exact = malloc(n + 1); /* so that the sanitizer sees a read past the end */
			struct cbor_reader r;
			assert_non_null(exact);
			memcpy(exact + 1, b.ptr, n);
			cbor_reader_init(&r, slice_of(exact + 1, n));
			cbor_any(&r);
			assert_int_equal(cbor_end(&r), ST_TRUNCATED);
			free(exact);
		}
		buf_clear(&b);
	}
	assert_true(tried > 1000);
}

static void writer_is_the_shortest_form(void **state)
{
	static const struct {
		uint64_t v;
		const char *hex;
	} cases[] = {{0, "00"}, {23, "17"}, {24, "1818"}, {255, "18ff"}, {256, "190100"}, {65535, "19ffff"},
	    {65536, "1a00010000"}, {UINT32_MAX, "1affffffff"}, {1ULL << 32, "1b0000000100000000"},
	    {UINT64_MAX, "1bffffffffffffffff"}};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct buf b = {0};
		struct slice expected = test_hex(cases[i].hex);
		cbor_put_u64(&b, cases[i].v);
		assert_slice_equal(buf_view(&b), expected);
		free((void *)expected.ptr);
		buf_clear(&b);
	}
}

static void writer_reports_a_full_buffer(void **state)
{
	struct buf b = {.limit = 8};

	(void)state;
	cbor_put_text(&b, "eight by");
	assert_int_equal(buf_status(&b), ST_NO_MEMORY);
	cbor_put_u64(&b, 1);
	assert_int_equal(buf_status(&b), ST_NO_MEMORY);
	buf_clear(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(accepts_the_deterministic_examples),
	    cmocka_unit_test(refuses_everything_else),
	    cmocka_unit_test(depth_is_bounded),
	    cmocka_unit_test(integers_have_their_range),
	    cmocka_unit_test(another_type_is_refused),
	    cmocka_unit_test(null_is_not_a_bool),
	    cmocka_unit_test(lengths_are_bounded),
	    cmocka_unit_test(containers_must_be_read_to_their_end),
	    cmocka_unit_test(first_failure_wins_and_everything_reads_empty),
	    cmocka_unit_test(keys_are_exactly_those_expected),
	    cmocka_unit_test(optional_keys_come_in_order),
	    cmocka_unit_test(keys_read_as_values_must_ascend_too),
	    cmocka_unit_test(tags_only_where_asked_for),
	    cmocka_unit_test(any_stays_inside_its_container),
	    cmocka_unit_test(random_programs_read_back),
	    cmocka_unit_test(every_truncation_of_random_programs_is_refused),
	    cmocka_unit_test(writer_is_the_shortest_form),
	    cmocka_unit_test(writer_reports_a_full_buffer),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
