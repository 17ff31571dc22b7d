/* collateral/import.h: every form is told by its bytes, signed text is kept to the byte, and what is not known is refused with its place. */
#include "files.h"

static struct collateral set;

static int clean(void **state)
{
	(void)state;
	collateral_clear(&set);
	return crypto_init() == ST_OK ? 0 : -1;
}

static enum status import(struct slice file, struct problem *p)
{
	*p = (struct problem){.st = ST_OK};
	return collateral_import(&set, file, "FILE", 7, p);
}

static void import_ok(struct slice file)
{
	struct problem p;

	if (import(file, &p) != ST_OK)
		fail_msg("%s: %s", p.where, p.message);
}

static void import_text(const char *text)
{
	import_ok(slice_str(text));
}

static void refused(const char *text, const char *where, const char *message)
{
	struct problem p;
	size_t before = set.n;

	assert_int_equal(import(slice_str(text), &p), ST_COL_FILE);
	assert_int_equal(p.st, ST_COL_FILE);
	assert_non_null(strstr(p.where, where));
	if (!strstr(p.message, message))
		fail_msg("\"%s\" does not say \"%s\"", p.message, message);
	assert_int_equal(set.n, before);
}

static void assert_item(size_t k, enum att_item_type type, struct slice bytes)
{
	assert_true(k < set.n);
	assert_int_equal(set.items[k].type, type);
	assert_int_equal(set.items[k].len, bytes.len);
	assert_memory_equal(set.items[k].bytes, bytes.ptr, bytes.len);
}

/* ---- forms ---- */

static char *as_hex(struct slice s, bool broken)
{
	char *hex = malloc(2 * s.len + 1), *out = malloc(4 * s.len + 16);
	size_t n = 0;

	hex_encode(hex, s);
	for (size_t k = 0; hex[k]; k++) {
		out[n++] = hex[k];
		if (broken && k % 61 == 60)
			out[n++] = '\n';
	}
	out[n++] = '\n';
	out[n] = 0;
	free(hex);
	return out;
}

static void put_base64(struct buf *out, struct slice s, const char *alphabet, bool padded, size_t line)
{
	size_t column = 0;

	for (size_t k = 0; k < s.len; k += 3) {
		uint32_t bits = (uint32_t)s.ptr[k] << 16;
		size_t have = s.len - k < 3 ? s.len - k : 3;
		bits |= have > 1 ? (uint32_t)s.ptr[k + 1] << 8 : 0;
		bits |= have > 2 ? s.ptr[k + 2] : 0;
		for (size_t i = 0; i < 4; i++) {
			if (i <= have)
				buf_append(out, &alphabet[bits >> (18 - 6 * i) & 63], 1);
			else if (padded)
				buf_append_str(out, "=");
			if (line && ++column % line == 0)
				buf_append_str(out, "\r\n");
		}
	}
}

static const char standard[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char url_safe[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static void every_encoding_of_a_document(void **state)
{
	static const struct {
		const char *name;
		enum att_item_type type;
	} documents[] = {{"intel-sgx-root-ca.der", ATT_ITEM_CERTIFICATE}, {"amd-milan-vcek.der", ATT_ITEM_CERTIFICATE}, {"intel-root-crl.der", ATT_ITEM_CRL}};
	(void)state;

	for (size_t d = 0; d < sizeof documents / sizeof *documents; d++) {
		struct buf der = file_bytes(DATA_DIR, documents[d].name);
		for (int form = 0; form < 6; form++) {
			struct buf text = {0};
			char *hex = as_hex(buf_view(&der), form == 1);
			collateral_clear(&set);
			if (form >= 2)
				put_base64(&text, buf_view(&der), form == 4 ? url_safe : standard, form != 3, form == 5 ? 64 : 0);
			if (form == 0)
				import_ok(buf_view(&der));
			import_ok(form < 2 ? slice_str(hex) : buf_view(&text));
			assert_int_equal(set.n, 1); /* form 0 came twice */
			assert_item(0, documents[d].type, buf_view(&der));
			free(hex);
			buf_clear(&text);
		}
		buf_clear(&der);
	}
}

static void put_pem(struct buf *out, const char *label, const char *file)
{
	struct buf der = file_bytes(DATA_DIR, file);

	buf_printf(out, "-----BEGIN %s-----\n", label);
	put_base64(out, buf_view(&der), standard, true, 64);
	buf_printf(out, "\n-----END %s-----\n", label);
	buf_clear(&der);
}

static void pem_chains_with_crls_and_a_final_nul(void **state)
{
	struct buf text = {0};
	(void)state;

	put_pem(&text, "CERTIFICATE", "amd-milan-vcek.der");
	put_pem(&text, "X509 CRL", "intel-root-crl.der");
	put_pem(&text, "CERTIFICATE", "intel-sgx-root-ca.der");
	buf_append(&text, "\0", 1);
	import_ok(buf_view(&text));
	assert_int_equal(set.n, 3);
	assert_int_equal(set.items[0].type, ATT_ITEM_CERTIFICATE);
	assert_int_equal(set.items[1].type, ATT_ITEM_CRL);
	assert_int_equal(set.items[2].fetched_s, 7);
	buf_clear(&text);
}

static void pem_is_refused_with_the_number_of_the_block(void **state)
{
	struct buf text = {0};
	(void)state;

	put_pem(&text, "CERTIFICATE", "amd-milan-vcek.der");
	buf_append_str(&text, "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n");
	buf_append(&text, "", 1);
	refused((char *)text.ptr, "PEM block 2", "neither a CERTIFICATE nor an X509 CRL");
	refused("-----BEGIN CERTIFICATE-----\nAAAA", "PEM block 1", "damaged");
	refused("-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n", "PEM block 1", "that can be read");
	buf_clear(&text);
}

/* ---- signed JSON ---- */

static void pcs_answers_keep_the_inner_bytes(void **state)
{
	struct buf file = file_bytes(DATA_DIR, "intel-qe-identity.json");
	const char *start, *end;
	(void)state;

	buf_append(&file, "", 1);
	import_text((char *)file.ptr);
	start = strstr((char *)file.ptr, "{\"id\"");
	end = strstr((char *)file.ptr, ",\"signature\"");
	assert_non_null(start);
	assert_non_null(end);
	assert_item(0, ATT_ITEM_QE_IDENTITY, slice_of(start, (size_t)(end - start)));
	buf_clear(&file);
}

#define SIG64 "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define SIG SIG64 SIG64

static void braces_in_strings_and_blanks_are_kept(void **state)
{
	static const char inner[] = "{ \"id\" : \"a}\\\"]{\", \"n\":[1, {\"x\":null}] }";
	char text[512];
	(void)state;

	snprintf(text, sizeof text, " {\"signature\" : \"%s\",\n \"tcbInfo\":%s }\n", SIG, inner);
	import_text(text);
	assert_item(0, ATT_ITEM_TCB_INFO, slice_str(inner));
	assert_int_equal(set.items[0].signature[1], 0x11);
}

static void field_named_json(void **state)
{
	struct buf crl = file_bytes(DATA_DIR, "intel-root-crl.der"), text = {0};
	char *hex = as_hex(buf_view(&crl), false);
	(void)state;

	hex[strlen(hex) - 1] = 0;
	buf_printf(&text, "{\"root_ca_crl\":\"%s\",\"tcb_info\":\"{\\\"id\\\":\\\"TDX\\\"}\",\"tcb_info_signature\":\"%s\"}", hex, SIG);
	import_ok(buf_view(&text));
	assert_int_equal(set.n, 2);
	assert_item(0, ATT_ITEM_CRL, buf_view(&crl));
	assert_item(1, ATT_ITEM_TCB_INFO, slice_str("{\"id\":\"TDX\"}"));
	free(hex);
	buf_clear(&crl);
	buf_clear(&text);
}

static void what_is_not_known_is_refused_by_name(void **state)
{
	(void)state;
	refused("", "FILE", "empty");
	refused(" \n\t", "FILE", "empty");
	refused("hello, world", "FILE", "neither PEM, JSON, hex nor base64");
	refused("00ff", "FILE", "neither a certificate");
	refused("{\"root_ca\":\"00\"}", "FILE", "\"root_ca\"");
	refused("{\"root_ca_crl\":\"zz\"}", "FILE, root_ca_crl", "hex, base64 or PEM");
	refused("{\"root_ca_crl\":\"3000\",\"root_ca_crl\":\"3000\"}", "root_ca_crl", "twice");
	refused("{\"root_ca_crl\":17}", "root_ca_crl", "not a string");
	refused("{\"tcb_info\":\"{}\"}", "tcb_info", "signature is missing");
	refused("{\"tcb_info\":\"{}x\",\"tcb_info_signature\":\"" SIG "\"}", "tcb_info", "not a JSON object");
	refused("{\"tcb_info\":\"{}\",\"tcb_info_signature\":\"" SIG64 "\"}", "signature", "128 hex digits");
	refused("{\"tcbInfo\":{}}", "tcbInfo", "signature is missing");
	refused("{\"tcbInfo\":{},\"signature\":\"" SIG "\",\"more\":1}", "tcbInfo", "nothing may stand");
	refused("{\"tcbInfo\":{},\"tcbInfo\":{},\"signature\":\"" SIG "\"}", "tcbInfo", "each once");
	refused("{\"tcbInfo\":[],\"signature\":\"" SIG "\"}", "tcbInfo", "not a JSON object");
	refused("{\"tcbInfo\":{},\"signature\":\"" SIG "\"} x", "tcbInfo", "not well-formed JSON at byte");
	refused("{\"tcbInfo\":{\"a\":1,}", "FILE", "");
	refused("{\"\x01\":1}", "FILE", "");
}

static void nothing_stays_of_a_file_that_is_refused(void **state)
{
	struct problem p;
	struct buf crl = file_bytes(DATA_DIR, "intel-root-crl.der"), text = {0};
	char *hex = as_hex(buf_view(&crl), false);
	(void)state;

	hex[strlen(hex) - 1] = 0;
	buf_printf(&text, "{\"root_ca_crl\":\"%s\",\"tcb_info\":\"nonsense\",\"tcb_info_signature\":\"%s\"}", hex, SIG);
	assert_int_equal(import(buf_view(&text), &p), ST_COL_FILE);
	assert_int_equal(set.n, 0);
	free(hex);
	buf_clear(&crl);
	buf_clear(&text);
}

static void truncations_are_refused_and_never_read_beyond(void **state)
{
	static const char *const names[] = {"intel-sgx-root-ca.der", "intel-root-crl.der", "intel-qe-identity.json"};
	struct problem p;
	(void)state;

	for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
		struct buf file = file_bytes(DATA_DIR, names[k]);
		size_t whole = file.len;
		while (whole && file.ptr[whole - 1] == '\n')
			whole--;
		for (size_t n = 0; n < whole; n++) {
			uint8_t *exact = malloc(n ? n : 1); /* the sanitizer sees one byte too far */
			memcpy(exact, file.ptr, n);
			assert_int_not_equal(import(slice_of(exact, n), &p), ST_OK);
			free(exact);
		}
		buf_clear(&file);
	}
}

/* ---- bundles ---- */

static void bundles_merge_without_doubles_and_have_one_form(void **state)
{
	static const char *const names[] = {"intel-sgx-root-ca.der", "intel-root-crl.der", "intel-qe-identity.json", "amd-milan-vcek.der"};
	struct buf there = {0}, back = {0}, again = {0};
	(void)state;

	for (int k = 0; k < 4; k++) {
		struct buf b = file_bytes(DATA_DIR, names[k]);
		import_ok(buf_view(&b));
		buf_clear(&b);
	}
	assert_int_equal(collateral_encode(&there, &set), ST_OK);
	collateral_clear(&set);
	for (int k = 3; k >= 0; k--) {
		struct buf b = file_bytes(DATA_DIR, names[k]);
		import_ok(buf_view(&b));
		buf_clear(&b);
	}
	assert_int_equal(collateral_encode(&back, &set), ST_OK);
	assert_true(slice_equal(buf_view(&there), buf_view(&back)));
	import_ok(buf_view(&there)); /* merging with itself */
	assert_int_equal(set.n, 4);
	assert_int_equal(collateral_encode(&again, &set), ST_OK);
	assert_true(slice_equal(buf_view(&there), buf_view(&again)));
	buf_clear(&there);
	buf_clear(&back);
	buf_clear(&again);
}

static void dates_of_a_bundle_stay_and_the_later_wins(void **state)
{
	struct buf der = file_bytes(DATA_DIR, "intel-root-crl.der"), bundle = {0};
	(void)state;

	assert_int_equal(collateral_add(&set, ATT_ITEM_CRL, buf_view(&der), NULL, 1000), ST_OK);
	assert_int_equal(collateral_encode(&bundle, &set), ST_OK);
	import_ok(buf_view(&der)); /* 7: earlier */
	assert_int_equal(set.items[0].fetched_s, 1000);
	collateral_clear(&set);
	import_ok(buf_view(&der));
	import_ok(buf_view(&bundle));
	assert_int_equal(set.n, 1);
	assert_int_equal(set.items[0].fetched_s, 1000);
	buf_clear(&der);
	buf_clear(&bundle);
}

static void more_than_a_bundle_holds_is_refused(void **state)
{
	struct problem p;
	char text[512];
	(void)state;

	for (int k = 0; k <= ATT_ITEMS_MAX; k++) {
		snprintf(text, sizeof text, "{\"tcbInfo\":{\"n\":%d},\"signature\":\"%s\"}", k, SIG);
		assert_int_equal(import(slice_str(text), &p), k < ATT_ITEMS_MAX ? ST_OK : ST_TOO_LARGE);
	}
	assert_int_equal(set.n, ATT_ITEMS_MAX);
	assert_non_null(strstr(p.message, "64 documents"));
}

/* ---- facts ---- */

static void facts_for_people(void **state)
{
	static const char *const names[] = {"intel-sgx-root-ca.der", "intel-root-crl.der", "intel-qe-identity.json"};
	struct collateral_facts f[3];
	struct att_bundle view;
	(void)state;

	for (size_t k = 0; k < 3; k++) {
		struct buf b = file_bytes(DATA_DIR, names[k]);
		import_ok(buf_view(&b));
		buf_clear(&b);
	}
	collateral_view(&view, &set);
	for (size_t k = 0; k < 3; k++)
		assert_int_equal(collateral_facts(&f[k], &view.items[k]), ST_OK);
	assert_string_equal(f[0].subject, "Intel SGX Root CA");
	assert_int_equal(f[0].to_s, 2524607999); /* 2049-12-31T23:59:59Z */
	assert_string_equal(f[1].issuer, "Intel SGX Root CA");
	assert_string_equal(f[1].type, "crl");
	assert_string_equal(f[2].id, "QE");
	assert_int_equal(f[2].evaluation, 17);
	assert_int_equal(f[2].from_s, 1755232606); /* 2025-08-15T04:36:46Z */
}

static void times(void **state)
{
	static const struct {
		const char *text;
		int64_t seconds;
	} good[] = {{"1970-01-01T00:00:00Z", 0}, {"2025-07-01T00:00:00Z", 1751328000}, {"2025-07-01T02:00:00+02:00", 1751328000},
	    {"2025-06-30T19:30:00.999-04:30", 1751328000}, {"2024-02-29T23:59:59z", 1709251199}, {"1969-12-31T23:59:59Z", -1}};
	static const char *const bad[] = {"", "2025-07-01", "2025-07-01T00:00:00", "2025-07-01 00:00:00Z", "2025-02-29T00:00:00Z", "2025-13-01T00:00:00Z",
	    "2025-07-01T24:00:00Z", "2025-07-01T00:60:00Z", "2025-07-01T00:00:00.Z", "2025-07-01T00:00:00Zx", "2025-07-01T00:00:00+2:00", "-025-07-01T00:00:00Z"};
	int64_t got;
	(void)state;

	for (size_t k = 0; k < sizeof good / sizeof *good; k++) {
		assert_int_equal(time_parse(&got, slice_str(good[k].text)), ST_OK);
		assert_int_equal(got, good[k].seconds);
	}
	for (size_t k = 0; k < sizeof bad / sizeof *bad; k++)
		assert_int_equal(time_parse(&got, slice_str(bad[k])), ST_FORMAT);
}

/* ---- the shared vectors: every collateral file there is understood ---- */

static void every_collateral_file_of_the_vectors(void **state)
{
	static const struct {
		const char *name;
		size_t n;
	} files[] = {{"sgx/phala-sgx-collateral.json", 7}, {"tdx/phala-tdx-collateral.json", 7}, {"tdx/phala-90c06f-collateral.json", 7},
	    {"sgx/automata-sgx-tcbinfo.json", 1}, {"sgx/automata-sgx-qeidentity.json", 1}, {"sgx/automata-sgx-platform-crl.der", 1},
	    {"sgx/intel-platform-ca.der", 1}, {"sgx/intel-tcb-signing-2025.der", 1}, {"sgx/mobilecoin-tcbinfo.json", 1}, {"sgx/mobilecoin-tcb-signer.pem", 1},
	    {"sgx/mobilecoin-root-crl.der", 1}, {"sgx/mobilecoin-processor-crl.der", 1}, {"sgx/mobilecoin-root-ca.pem", 1},
	    {"sgx/hostile-lookalike-pck-chain.pem", 2}, {"sgx/hostile-lookalike-tcbinfo.json", 1}, {"sgx/hostile-lookalike-qeidentity.json", 1},
	    {"sgx/hostile-lookalike-tcb-chain.pem", 2}, {"sgx/hostile-lookalike-pck-crl.der", 1}, {"sgx/hostile-lookalike-root-crl.der", 1},
	    {"tdx/automata-806f-tcb-chain.pem", 2}, {"tdx/automata-806f-tcbinfo.json", 1}, {"tdx/automata-806f-td-qeidentity.json", 1},
	    {"tdx/google-50806f-tcbinfo.json", 1}, {"tdx/google-td-qeidentity.json", 1}, {"tdx/google-platform-crl.der", 1}, {"tdx/google-root-crl.der", 1},
	    {"tdx/hostile-lookalike-root.pem", 1}, {"snp/amd-ask-ark-milan.pem", 2}, {"snp/amd-ask-ark-milan-vlek.pem", 2}, {"snp/amd-ask-ark-turin.pem", 2},
	    {"snp/amd-ask-ark-genoa.pem", 2}, {"snp/coco-milan-v3-vlek.der", 1}, {"snp/oak-turin-v5-vcek.der", 1}, {"snp/hostile-vcek-legacy.der", 1},
	    {"snp/hostile-vcek-new.der", 1}, {"nitro/aws-nitro-root-g1.pem", 1}};
	(void)state;

	skip_without_vectors();
	for (size_t k = 0; k < sizeof files / sizeof *files; k++) {
		struct buf b = file_bytes(VECTORS, files[k].name);
		struct problem p = {.st = ST_OK};
		collateral_clear(&set);
		if (collateral_import(&set, buf_view(&b), files[k].name, 0, &p) != ST_OK)
			fail_msg("%s: %s", p.where, p.message);
		if (set.n != files[k].n)
			fail_msg("%s: %zu documents, not %zu", files[k].name, set.n, files[k].n);
		buf_clear(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(every_encoding_of_a_document, clean, clean),
		cmocka_unit_test_setup_teardown(pem_chains_with_crls_and_a_final_nul, clean, clean),
		cmocka_unit_test_setup_teardown(pem_is_refused_with_the_number_of_the_block, clean, clean),
		cmocka_unit_test_setup_teardown(pcs_answers_keep_the_inner_bytes, clean, clean),
		cmocka_unit_test_setup_teardown(braces_in_strings_and_blanks_are_kept, clean, clean),
		cmocka_unit_test_setup_teardown(field_named_json, clean, clean),
		cmocka_unit_test_setup_teardown(what_is_not_known_is_refused_by_name, clean, clean),
		cmocka_unit_test_setup_teardown(nothing_stays_of_a_file_that_is_refused, clean, clean),
		cmocka_unit_test_setup_teardown(truncations_are_refused_and_never_read_beyond, clean, clean),
		cmocka_unit_test_setup_teardown(bundles_merge_without_doubles_and_have_one_form, clean, clean),
		cmocka_unit_test_setup_teardown(dates_of_a_bundle_stay_and_the_later_wins, clean, clean),
		cmocka_unit_test_setup_teardown(more_than_a_bundle_holds_is_refused, clean, clean),
		cmocka_unit_test_setup_teardown(facts_for_people, clean, clean),
		cmocka_unit_test(times),
		cmocka_unit_test_setup_teardown(every_collateral_file_of_the_vectors, clean, clean),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
