/* base/x509.h: PEM blocks. */
#include "../../support/test.h"

#include "base/x509.h"

#define BEGIN "-----BEGIN CERTIFICATE-----"
#define END "-----END CERTIFICATE-----"

static enum status next(const char *text, size_t text_len, uint8_t *out, size_t cap, size_t *len, size_t *left)
{
	uint8_t *exact = malloc(text_len + 1);

	if (text_len)
		memcpy(exact, text, text_len);
	struct slice rest = slice_of(exact, text_len);
	enum status st = pem_next(out, cap, len, "CERTIFICATE", &rest);
	*left = rest.len;
	free(exact);
	return st;
}

static void decodes(void **state)
{
	(void)state;
	static const struct {
		const char *text, *bytes;
	} cases[] = {
	    {BEGIN "\nYQ==\n" END "\n", "a"},
	    {" \r\n\t" BEGIN "\r\nYWI=\r\n" END, "ab"},
	    {BEGIN "\nYW\nJj\n" END, "abc"},
	    {BEGIN "YWJj" END, "abc"},
	    {BEGIN "\nYWJjZGVmZ2hpag==\n" END, "abcdefghij"},
	    {BEGIN "\n+/+/\n" END, "\xfb\xff\xbf"},
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		uint8_t out[16];
		size_t len, left;
		assert_int_equal(next(cases[i].text, strlen(cases[i].text), out, sizeof out, &len, &left), ST_OK);
		assert_slice_equal(slice_of(out, len), slice_str(cases[i].bytes));
	}
}

static void refuses(void **state)
{
	(void)state;
	static const char *const cases[] = {
	    "x" BEGIN "\nYQ==\n" END,
	    "-----BEGIN X509 CRL-----\nYQ==\n-----END X509 CRL-----",
	    BEGIN "\nYQ==\n-----END X509 CRL-----",
	    BEGIN "\nYQ==\n",
	    BEGIN "\nYQ=\n" END,
	    BEGIN "\nYQ\n" END,
	    BEGIN "\nY===\n" END,
	    BEGIN "\nYR==\n" END, /* bits below the padding */
	    BEGIN "\nYWJ=\n" END,
	    BEGIN "\nYQ==YQ==\n" END,
	    BEGIN "\nY=Q=\n" END,
	    BEGIN "\n=\n" END,
	    BEGIN "\nY*==\n" END,
	    BEGIN "\n" END,
	    BEGIN "\nProc-Type: 4\n\nYQ==\n" END,
	    "-----BEGIN CERTIFICATE----\nYQ==\n" END,
	    "-----BEGIN  CERTIFICATE-----\nYQ==\n" END,
	    "-----BEGIN",
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		uint8_t out[16];
		size_t len = 77, left;
		if (next(cases[i], strlen(cases[i]), out, sizeof out, &len, &left) != ST_FORMAT)
			fail_msg("case %zu", i);
		assert_int_equal(len, 77); /* untouched */
		assert_int_equal(left, strlen(cases[i]));
	}
}

static void walks_a_chain_to_its_end(void **state)
{
	(void)state;
	static const char text[] = BEGIN "\nYQ==\n" END "\n" BEGIN "\nYg==\n" END "\n\0";
	struct slice rest = slice_of(text, sizeof text - 1); /* with one NUL, as in quotes */
	uint8_t out[4];
	size_t len;

	for (const char *p = "ab"; *p; p++) {
		assert_int_equal(pem_next(out, sizeof out, &len, "CERTIFICATE", &rest), ST_OK);
		assert_slice_equal(slice_of(out, len), slice_of(p, 1));
	}
	for (int i = 0; i < 2; i++) {
		assert_int_equal(pem_next(out, sizeof out, &len, "CERTIFICATE", &rest), ST_OK);
		assert_int_equal(len, 0);
		assert_int_equal(rest.len, 0);
	}
	rest = slice_of("\0\0", 2);
	assert_int_equal(pem_next(out, sizeof out, &len, "CERTIFICATE", &rest), ST_FORMAT);
	rest = slice_of("\0 ", 2);
	assert_int_equal(pem_next(out, sizeof out, &len, "CERTIFICATE", &rest), ST_FORMAT);
}

static void stays_in_its_space(void **state)
{
	(void)state;
	uint8_t *out = malloc(3);
	size_t len, left;
	static const char text[] = BEGIN "\nYWJjZA==\n" END;

	assert_int_equal(next(text, sizeof text - 1, out, 3, &len, &left), ST_TOO_LARGE);
	free(out);
	out = malloc(4);
	assert_int_equal(next(text, sizeof text - 1, out, 4, &len, &left), ST_OK);
	free(out);
}

static void refuses_every_truncation(void **state)
{
	(void)state;
	static const char text[] = BEGIN "\nYWJjZA==\n" END;
	uint8_t out[8];
	size_t len, left;

	for (size_t n = 1; n < sizeof text - 1; n++)
		assert_int_equal(next(text, n, out, sizeof out, &len, &left), ST_FORMAT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(decodes),
	    cmocka_unit_test(refuses),
	    cmocka_unit_test(walks_a_chain_to_its_end),
	    cmocka_unit_test(stays_in_its_space),
	    cmocka_unit_test(refuses_every_truncation),
	};
	return cmocka_run_group_tests_name("pem", tests, NULL, NULL);
}
