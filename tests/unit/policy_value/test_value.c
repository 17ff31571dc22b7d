#include "../../support/test.h"

#include "policy/value.h"

static struct slice text(const char *s)
{
	return slice_str(s);
}

static void numbers(void **state)
{
	static const struct {
		const char *text;
		unsigned scale;
		enum status st;
		int64_t code;
	} table[] = {
	    {"0", 0, ST_OK, 0},
	    {"-0", 0, ST_OK, 0},
	    {"42", 0, ST_OK, 42},
	    {"-7", 2, ST_OK, -700},
	    {"1.5", 2, ST_OK, 150},
	    {".06", 2, ST_OK, 6},
	    {"3.", 2, ST_OK, 300},
	    {"-0.01", 2, ST_OK, -1},
	    {"1.500", 2, ST_OK, 150},
	    {"1.501", 2, ST_TRAILING, 0},
	    {"4611686018427387903", 0, ST_OK, INT64_C(4611686018427387903)},
	    {"4611686018427387904", 0, ST_TOO_LARGE, 0},
	    {"99999999999999999999", 0, ST_TOO_LARGE, 0},
	    {"46116860184273879", 3, ST_TOO_LARGE, 0},
	    {"", 0, ST_FORMAT, 0},
	    {"-", 0, ST_FORMAT, 0},
	    {".", 2, ST_FORMAT, 0},
	    {"+1", 0, ST_FORMAT, 0},
	    {"1e3", 0, ST_FORMAT, 0},
	    {" 1", 0, ST_FORMAT, 0},
	    {"1 ", 0, ST_FORMAT, 0},
	    {"1..2", 2, ST_FORMAT, 0},
	    {"0x1", 0, ST_FORMAT, 0},
	    {"--1", 0, ST_FORMAT, 0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(table); i++) {
		int64_t v = 77;

		assert_int_equal(value_parse_decimal(&v, text(table[i].text), table[i].scale), table[i].st);
		assert_int_equal(v, table[i].st == ST_OK ? table[i].code : 77);
	}
}

static void whole_numbers_have_no_point(void **state)
{
	int64_t v;

	(void)state;
	assert_int_equal(value_parse_int(&v, text("1.0")), ST_FORMAT);
	assert_int_equal(value_parse_int(&v, text("12")), ST_OK);
}

static void check_printed(int64_t code, enum column_type type, unsigned scale, const char *expected)
{
	struct buf b = {0};
	int64_t again;

	value_format(&b, code, type, scale);
	assert_slice_equal(buf_view(&b), text(expected));
	assert_int_equal(value_parse(&again, buf_view(&b), type, scale), ST_OK);
	assert_int_equal(again, code);
	buf_clear(&b);
}

static void printing_is_canonical(void **state)
{
	(void)state;
	check_printed(-5, COL_DECIMAL, 2, "-0.05");
	check_printed(123456, COL_DECIMAL, 2, "1234.56");
	check_printed(0, COL_DECIMAL, 18, "0.000000000000000000");
	check_printed(-12, COL_INT64, 0, "-12");
	check_printed(1, COL_BOOL, 0, "true");
	check_printed(0, COL_DATE, 0, "1970-01-01");
	check_printed(-719162, COL_DATE, 0, "0001-01-01");
	check_printed(2932896, COL_DATE, 0, "9999-12-31");
	check_printed(-1, COL_TIMESTAMP, 0, "1969-12-31T23:59:59Z");
	check_printed(951782400, COL_TIMESTAMP, 0, "2000-02-29T00:00:00Z");
}

/* Every day of four centuries comes after the one before it, and reads back. */
static void dates_are_consecutive(void **state)
{
	struct buf b = {0}, before = {0};

	(void)state;
	for (int64_t day = -146097 / 2; day < 146097 / 2; day++) {
		int64_t again = 0;

		buf_reset(&b);
		value_format_date(&b, day);
		assert_int_equal(value_parse_date(&again, buf_view(&b)), ST_OK);
		assert_int_equal(again, day);
		if (before.len)
			assert_true(memcmp(before.ptr, b.ptr, 10) < 0);
		buf_reset(&before);
		buf_append(&before, b.ptr, b.len);
	}
	buf_clear(&b);
	buf_clear(&before);
}

static void wrong_dates(void **state)
{
	static const char *const dates[] = {"2026-1-1", "2026-13-01", "2026-00-10", "2026-02-29", "1900-02-29",
	    "2026-04-31", "26-01-01", "2026/01/01", "2026-01-01 ", "0000-01-01", "2026-01-00", "", "2026-01-0a"};
	static const char *const times[] = {"2026-01-01", "2026-01-01T24:00:00Z", "2026-01-01T00:60:00",
	    "2026-01-01T00:00:60", "2026-01-01X00:00:00", "2026-01-01T00:00:00+01:00", "2026-01-01T00:00:00ZZ",
	    "2026-02-30 00:00:00"};
	int64_t v;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(dates); i++)
		assert_int_equal(value_parse_date(&v, text(dates[i])), ST_FORMAT);
	for (size_t i = 0; i < COUNT_OF(times); i++)
		assert_int_equal(value_parse_timestamp(&v, text(times[i])), ST_FORMAT);
	assert_int_equal(value_parse_date(&v, text("2000-02-29")), ST_OK);
	assert_int_equal(value_parse_timestamp(&v, text("2000-02-29 23:59:59")), ST_OK);
	assert_int_equal(v, 951868799);
}

static void distances(void **state)
{
	static const struct {
		const char *a, *b;
		size_t d;
	} table[] = {{"", "", 0}, {"a", "", 1}, {"same", "SAME", 0}, {"kitten", "sitting", 3}, {"ab", "ba", 1},
	    {"parties", "partys", 2}};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(table); i++) {
		assert_int_equal(name_distance(text(table[i].a), text(table[i].b)), table[i].d);
		assert_int_equal(name_distance(text(table[i].b), text(table[i].a)), table[i].d);
	}
	assert_true(name_distance(text("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"),
			text("x")) == SIZE_MAX);
}

static void suggestions(void **state)
{
	struct slice names[] = {text("salary"), text("region"), text("age")};

	(void)state;
	assert_int_equal(name_nearest(text("salery"), names, 3), 0);
	assert_int_equal(name_nearest(text("REGOIN"), names, 3), 1);
	assert_int_equal(name_nearest(text("country"), names, 3), -1);
	assert_int_equal(name_nearest(text("ag"), names, 3), 2);
	assert_int_equal(name_nearest(text("x"), names, 0), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(numbers),
	    cmocka_unit_test(whole_numbers_have_no_point),
	    cmocka_unit_test(printing_is_canonical),
	    cmocka_unit_test(dates_are_consecutive),
	    cmocka_unit_test(wrong_dates),
	    cmocka_unit_test(distances),
	    cmocka_unit_test(suggestions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
