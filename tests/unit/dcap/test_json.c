/* The strict JSON cursor: what it reads, what it refuses, and that a value's exact bytes are given. */
#include "attest/json.h"

#include "../../support/test.h"

static enum status skip_all(struct slice text)
{
	struct json j;

	json_init(&j, text);
	json_value(&j);
	return json_end(&j);
}

static void values_are_skipped_or_refused(void **state)
{
	static const struct {
		const char *text;
		enum status st;
	} cases[] = {
	    {"{}", ST_OK},
	    {"[]", ST_OK},
	    {" { } \n", ST_OK},
	    {"\"\"", ST_OK},
	    {"0", ST_OK},
	    {"-0", ST_OK},
	    {"true", ST_OK},
	    {"false", ST_OK},
	    {"null", ST_OK},
	    {"1.5e-3", ST_OK},
	    {"-12E+4", ST_OK},
	    {"[1,2,[3,{\"a\":[]}]]", ST_OK},
	    {"{\"a\":1,\"b\":{\"a\":1}}", ST_OK},
	    {"\"\\u00e9\\n\\\"\\\\\\/\"", ST_OK},
	    {"[[[[[[[[]]]]]]]]", ST_OK},
	    {"", ST_TRUNCATED},
	    {"{", ST_TRUNCATED},
	    {"[", ST_TRUNCATED},
	    {"[1", ST_TRUNCATED},
	    {"[1,", ST_TRUNCATED},
	    {"{\"a\"", ST_TRUNCATED},
	    {"{\"a\":", ST_TRUNCATED},
	    {"\"abc", ST_TRUNCATED},
	    {"{\"a\":1", ST_TRUNCATED},
	    {"[1,]", ST_FORMAT},
	    {"{\"a\":1,}", ST_FORMAT},
	    {"{,}", ST_FORMAT},
	    {"[,]", ST_FORMAT},
	    {"[1 2]", ST_FORMAT},
	    {"{\"a\" 1}", ST_FORMAT},
	    {"{a:1}", ST_FORMAT},
	    {"{1:1}", ST_FORMAT},
	    {"{\"a\":1]", ST_FORMAT},
	    {"[1}", ST_FORMAT},
	    {"01", ST_FORMAT},
	    {"-", ST_FORMAT},
	    {"+1", ST_FORMAT},
	    {".5", ST_FORMAT},
	    {"1.", ST_FORMAT},
	    {"1e", ST_FORMAT},
	    {"nul", ST_FORMAT},
	    {"True", ST_FORMAT},
	    {"NaN", ST_FORMAT},
	    {"'a'", ST_FORMAT},
	    {"\"\\x41\"", ST_FORMAT},
	    {"\"\\u12\"", ST_FORMAT},
	    {"\"\n\"", ST_FORMAT},
	    {"\"\xc3\xa9\"", ST_FORMAT},
	    {"{\"\\u0061\":1}", ST_FORMAT},
	    {"/**/1", ST_FORMAT},
	    {"\xef\xbb\xbf{}", ST_FORMAT},
	    {"{} {}", ST_TRAILING},
	    {"1,", ST_TRAILING},
	    {"truefalse", ST_TRAILING},
	    {"[]]", ST_TRAILING},
	    {"{\"a\":1,\"a\":2}", ST_DUPLICATE},
	    {"{\"x\":[{\"a\":1,\"b\":2,\"a\":1}]}", ST_DUPLICATE},
	    {"[[[[[[[[[]]]]]]]]]", ST_TOO_LARGE},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++)
		if (skip_all(slice_str(cases[i].text)) != cases[i].st)
			fail_msg("%s: expected %s, got %s", cases[i].text, status_name(cases[i].st),
			    status_name(skip_all(slice_str(cases[i].text))));
	assert_int_equal(skip_all(slice_of("{}\0", 3)), ST_TRAILING);
	assert_int_equal(skip_all(slice_of("\0", 1)), ST_FORMAT);
}

static void keys_are_counted(void **state)
{
	char text[1024] = "{";

	(void)state;
	for (int i = 0; i <= JSON_KEYS; i++) {
		snprintf(text + strlen(text), sizeof text - strlen(text), "%s\"k%d\":0", i ? "," : "", i);
		size_t len = strlen(text);
		strcpy(text + len, "}");
		assert_int_equal(skip_all(slice_str(text)), i < JSON_KEYS ? ST_OK : ST_TOO_LARGE);
		text[len] = 0;
	}
}

static void numbers_that_are_due(void **state)
{
	static const struct {
		const char *text;
		uint64_t max;
		enum status st;
	} cases[] = {
	    {"0", 0, ST_OK},
	    {"255", 255, ST_OK},
	    {"256", 255, ST_TOO_LARGE},
	    {"18446744073709551615", UINT64_MAX, ST_OK},
	    {"18446744073709551616", UINT64_MAX, ST_TOO_LARGE},
	    {"99999999999999999999999", UINT64_MAX, ST_TOO_LARGE},
	    {"5", 4, ST_TOO_LARGE},
	    {"-1", 255, ST_FORMAT},
	    {"1.0", 255, ST_FORMAT},
	    {"1e2", 255, ST_FORMAT},
	    {"1E2", 255, ST_FORMAT},
	    {"007", 255, ST_FORMAT},
	    {"\"1\"", 255, ST_FORMAT},
	    {"", 255, ST_TRUNCATED},
	    {"true", 255, ST_FORMAT},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct json j;
		json_init(&j, slice_str(cases[i].text));
		uint64_t v = json_u64(&j, cases[i].max);
		assert_int_equal(json_end(&j), cases[i].st);
		assert_true(cases[i].st == ST_OK ? v <= cases[i].max : v == 0);
	}
}

static void strings_that_are_due_have_no_escape(void **state)
{
	struct json j;

	(void)state;
	json_init(&j, slice_str("\"OS/VMM\""));
	assert_slice_equal(json_take_string(&j), slice_str("OS/VMM"));
	assert_int_equal(json_end(&j), ST_OK);
	json_init(&j, slice_str("\"a\\/b\""));
	assert_int_equal(json_take_string(&j).len, 0);
	assert_int_equal(json_end(&j), ST_FORMAT);
}

/* What a signature covers: braces in strings, escapes and white space around do not move its ends. */
static void exact_bytes_of_a_value(void **state)
{
	static const char object[] = "{ \"a\":\"}{\\\"]\", \"b\":[ 1 ,{}] }";
	char text[128];
	struct slice key;
	struct json j;

	(void)state;
	snprintf(text, sizeof text, "{\"tcbInfo\" : %s ,\"signature\":\"00\"}", object);
	json_init(&j, slice_str(text));
	json_enter_object(&j);
	assert_true(json_key(&j, &key));
	assert_slice_equal(key, slice_str("tcbInfo"));
	assert_slice_equal(json_value(&j), slice_str(object));
	assert_true(json_key(&j, &key));
	assert_slice_equal(key, slice_str("signature"));
	assert_slice_equal(json_take_string(&j), slice_str("00"));
	assert_false(json_key(&j, &key));
	assert_int_equal(json_end(&j), ST_OK);
}

struct pair {
	uint64_t a, b;
};
static void read_number(struct json *j, void *member, size_t size)
{
	assert_int_equal(size, sizeof(uint64_t));
	*(uint64_t *)member = json_u64(j, 99);
}
static void read_nothing(struct json *j, void *member, size_t size)
{
	(void)j, (void)member, (void)size;
}

static void objects_by_a_table(void **state)
{
	static const struct json_field fields[] = {
	    {"a", read_number, JSON_MEMBER(struct pair, a), false},
	    {"b", read_number, JSON_MEMBER(struct pair, b), true},
	};
	static const struct json_field careless[] = {{"a", read_nothing, 0, 0, false}};
	static const struct {
		const char *text;
		enum status st;
	} cases[] = {{"{\"a\":1,\"b\":2}", ST_OK}, {"{\"b\":2,\"c\":[{}],\"a\":1}", ST_OK}, {"{\"a\":1}", ST_OK},
	    {"{\"b\":2}", ST_FORMAT}, {"{\"a\":100}", ST_TOO_LARGE}, {"{\"a\":1,\"a\":1}", ST_DUPLICATE},
	    {"[1]", ST_FORMAT}, {"{\"a\":1,\"c\":}", ST_FORMAT}, {"{\"a\":1,\"c\":[1.]}", ST_FORMAT}};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct pair p = {0};
		struct json j;
		json_init(&j, slice_str(cases[i].text));
		json_fields(&j, fields, COUNT_OF(fields), &p);
		assert_int_equal(json_end(&j), cases[i].st);
		if (cases[i].st == ST_OK)
			assert_int_equal(p.a, 1);
	}
	struct json j; /* a reader that reads nothing ends in a failure, not in a loop */
	json_init(&j, slice_str("{\"a\":1}"));
	json_fields(&j, careless, 1, NULL);
	assert_int_equal(json_end(&j), ST_FORMAT);
}

static void misuse_fails(void **state)
{
	struct slice key;
	struct json j;

	(void)state;
	json_init(&j, slice_str("[1]"));
	assert_false(json_more(&j)); /* not entered */
	assert_int_equal(json_end(&j), ST_FORMAT);
	json_init(&j, slice_str("[1]"));
	json_enter_array(&j);
	assert_false(json_key(&j, &key)); /* an array has no keys */
	assert_int_equal(json_end(&j), ST_FORMAT);
	json_init(&j, slice_str("[1]"));
	json_enter_array(&j);
	assert_int_equal(json_end(&j), ST_TRUNCATED); /* not left */
}

static void every_truncation_is_refused(void **state)
{
	static const char text[] = "{\"a\":[1,-2.5e3,\"x\\u0041\"],\"b\":{\"c\":null,\"d\":true}}";

	(void)state;
	for (size_t n = 0; n < sizeof text - 1; n++)
		assert_int_not_equal(skip_all(slice_of(text, n)), ST_OK);
	assert_int_equal(skip_all(slice_str(text)), ST_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(values_are_skipped_or_refused),
	    cmocka_unit_test(keys_are_counted),
	    cmocka_unit_test(numbers_that_are_due),
	    cmocka_unit_test(strings_that_are_due_have_no_escape),
	    cmocka_unit_test(exact_bytes_of_a_value),
	    cmocka_unit_test(objects_by_a_table),
	    cmocka_unit_test(misuse_fails),
	    cmocka_unit_test(every_truncation_is_refused),
	};

	return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
