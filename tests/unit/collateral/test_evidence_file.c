/* collateral/import.h: evidence files, in the encodings people keep them in, and what kind they look like. */
#include "files.h"

static struct evidence_file e;

static int clean(void **state)
{
	(void)state;
	evidence_file_clear(&e);
	e = (struct evidence_file){0};
	return crypto_init() == ST_OK ? 0 : -1;
}

static enum status take(struct slice file)
{
	struct problem p = {.st = ST_OK};
	enum status st;

	evidence_file_clear(&e);
	st = evidence_import(&e, file, "FILE", &p);
	assert_int_equal(p.st, st == ST_NO_MEMORY ? p.st : st);
	return st;
}

static void assert_bytes(const char *text, enum evidence_form form, const void *bytes, size_t len)
{
	assert_int_equal(take(slice_str(text)), ST_OK);
	assert_int_equal(e.form, form);
	assert_int_equal(e.bytes.len, len);
	assert_memory_equal(e.bytes.ptr, bytes, len);
}

static void encodings(void **state)
{
	(void)state;
	assert_bytes("00fFa1", EVIDENCE_HEX, "\x00\xff\xa1", 3);
	assert_bytes(" 00\r\nFF\n a1\n", EVIDENCE_HEX, "\x00\xff\xa1", 3);
	assert_bytes("+/8=", EVIDENCE_BASE64, "\xfb\xff", 2);
	assert_bytes("-_8\n", EVIDENCE_BASE64, "\xfb\xff", 2);
	assert_bytes("+w\n", EVIDENCE_BASE64, "\xfb", 1);
	assert_bytes("+w==", EVIDENCE_BASE64, "\xfb", 1);
	assert_int_equal(take(slice_of("\x84\x44\x00", 3)), ST_OK);
	assert_int_equal(e.form, EVIDENCE_BINARY);
	assert_int_equal(e.bytes.len, 3);
}

static void what_is_none(void **state)
{
	static const char *const bad[] = {"", " ", "hello, world", "+w=", "+x==", "+w===", "+", "=", "+=w=", "{}", "{\"evidence\":{}}", "{\"evidence\":{\"hcl_report\":\"AAAA\"}}",
	    "{\"evidence\":{\"hcl_report\":7}}", "{\"evidence\":[", "{", "{\"evidence\":{\"hcl_report\":\"SENMQQ\"}}"};
	(void)state;

	for (size_t k = 0; k < sizeof bad / sizeof *bad; k++)
		if (take(slice_str(bad[k])) != ST_COL_FILE)
			fail_msg("\"%s\" is taken", bad[k]);
}

static void kinds_of_the_vectors(void **state)
{
	static const struct {
		const char *name;
		enum evidence_form form;
		enum tee_kind kind;
	} files[] = {{"nitro/nitro-2022-10-12-debug.cbor", EVIDENCE_BINARY, TEE_NITRO}, {"nitro/nitro-2023-09-18-debug.b64", EVIDENCE_BASE64, TEE_NITRO},
	    {"nitro/hostile-malformed-cbor.b64", EVIDENCE_BASE64, TEE_NITRO}, {"sgx/phala-sgx-quote.bin", EVIDENCE_BINARY, TEE_SGX},
	    {"sgx/automata-sgx-quote.hex", EVIDENCE_HEX, TEE_SGX}, {"tdx/google-tdx5-quote.bin", EVIDENCE_BINARY, TEE_TDX},
	    {"tdx/automata-tdx4-padded-quote.bin", EVIDENCE_BINARY, TEE_TDX}, {"snp/virtee-milan-v2-report.hex", EVIDENCE_HEX, TEE_SNP},
	    {"snp/oak-turin-v5-report.bin", EVIDENCE_BINARY, TEE_SNP}, {"sgx/hostile-badchain-oe-report.bin", EVIDENCE_BINARY, 0},
	    {"snp/azure-milan-v3-vtpm.json", EVIDENCE_AZURE_JSON, TEE_SNP}};
	(void)state;

	skip_without_vectors();
	for (size_t k = 0; k < sizeof files / sizeof *files; k++) {
		struct buf b = file_bytes(VECTORS, files[k].name);
		print_message("%s\n", files[k].name);
		assert_int_equal(take(buf_view(&b)), ST_OK);
		assert_int_equal(e.form, files[k].form);
		assert_int_equal(evidence_kind(buf_view(&e.bytes)), files[k].kind);
		assert_int_equal(e.collateral.n, files[k].form == EVIDENCE_AZURE_JSON);
		buf_clear(&b);
	}
}

static void every_short_prefix_has_some_kind_or_none(void **state)
{
	uint8_t bytes[64] = {3, 0, 2};
	(void)state;

	for (size_t n = 0; n <= sizeof bytes; n++) {
		uint8_t *exact = malloc(n ? n : 1);
		memcpy(exact, bytes, n);
		enum tee_kind kind = evidence_kind(slice_of(exact, n));
		assert_int_equal(kind, n < 48 ? 0 : TEE_SGX);
		free(exact);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(encodings, clean, clean),
		cmocka_unit_test_setup_teardown(what_is_none, clean, clean),
		cmocka_unit_test_setup_teardown(kinds_of_the_vectors, clean, clean),
		cmocka_unit_test(every_short_prefix_has_some_kind_or_none),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
