/* A genuine document of an Azure confidential VM: SNP report, key in the JSON, quote; every link of it broken in turn. */
#include "../../support/json_vectors.h"

#include "attest/collateral.h"
#include "attest/hcl.h"
#include "base/x509.h"

enum {
	HCL_HEADER = 32,
	DATA_HEADER = 32 + 1184,
	JSON_START = DATA_HEADER + 20,
	AT = 1775001600 /* T of the vectors' table */
};

static struct buf hcl, message, signature, collateral;
static uint8_t pcrs[HCL_PCRS][HCL_PCR_LEN];
static size_t stride = 1;

static void keep(struct buf *out, struct slice s)
{
	buf_append(out, s.ptr, s.len);
	free((void *)(uintptr_t)s.ptr);
}

static void load_pcrs(const json_t *list)
{
	assert_int_equal(json_array_size(list), HCL_PCRS);
	for (size_t i = 0; i < HCL_PCRS; i++)
		assert_int_equal(hex_decode(pcrs[i], HCL_PCR_LEN, json_string_value(json_array_get(list, i))), ST_OK);
}

static void add_certificate(struct att_bundle *bundle, struct slice der)
{
	bundle->items[bundle->n++] = (struct att_item){.type = ATT_ITEM_CERTIFICATE, .bytes = der};
}

/* The VCEK of the file and AMD's chain. The file's base64 is the standard one without padding. */
static void load_collateral(json_t *evidence)
{
	static uint8_t der[2][X509_DER_MAX];
	struct att_bundle bundle = {0};
	struct buf pem = {0};
	char *text = strdup(vector_string(evidence, "vcek"));
	size_t len;

	assert_non_null(text);
	for (char *p = text; *p; p++)
		*p = *p == '+' ? '-' : *p == '/' ? '_' : *p;
	assert_int_equal(json_object_set_new(evidence, "vcek-url", json_string(text)), 0);
	struct slice vcek = vector_base64url(evidence, "vcek-url");
	add_certificate(&bundle, vcek);
	assert_int_equal(buf_read_file(&pem, SNP_DATA_DIR "/amd-ask-ark-milan.pem", 1 << 16), ST_OK);
	struct slice rest = buf_view(&pem);
	for (size_t k = 0; k < 2; k++) {
		assert_int_equal(pem_next(der[k], X509_DER_MAX, &len, "CERTIFICATE", &rest), ST_OK);
		add_certificate(&bundle, slice_of(der[k], len));
	}
	assert_int_equal(att_bundle_encode(&collateral, &bundle), ST_OK);
	buf_clear(&pem);
	free((void *)(uintptr_t)vcek.ptr);
	free(text);
}

static int start(void **state)
{
	(void)state;
	if (crypto_init() != ST_OK)
		return -1;
	json_t *root = vectors_load(TPM_DATA_DIR "/azure-milan-v3-vtpm.json");
	json_t *evidence = json_object_get(root, "evidence"), *quote = json_object_get(evidence, "tpm_quote");
	keep(&hcl, vector_base64url(evidence, "hcl_report"));
	keep(&message, vector_hex(quote, "message"));
	keep(&signature, vector_hex(quote, "signature"));
	load_pcrs(json_object_get(quote, "pcrs"));
	load_collateral(evidence);
	json_decref(root);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	buf_clear(&hcl);
	buf_clear(&message);
	buf_clear(&signature);
	buf_clear(&collateral);
	return 0;
}

struct run {
	enum status st;
	struct att_claims claims;
	struct att_finding finding;
};

static struct run examine(enum tee_kind kind, const struct slice *nonce, int64_t at)
{
	struct run r = {0};
	const struct hcl_evidence e = {.report = buf_view(&hcl),
	    .message = buf_view(&message),
	    .signature = buf_view(&signature),
	    .pcrs = pcrs[0],
	    .nonce = nonce};
	const struct att_input in = {
	    .collateral = buf_view(&collateral), .anchors = &att_anchors_production, .now = {at, at}};

	r.st = hcl_examine(&r.claims, kind, &e, &in, &r.finding);
	assert_int_equal(r.st, r.finding.st);
	return r;
}

static void expect(const struct run *r, enum status st, enum att_check check)
{
	if (r->st == st && (st == ST_OK || r->finding.check == check))
		return;
	fail_msg("expected %s by %s, got %s by %s: expected %s, got %s", status_name(st), att_check_name(check),
	    status_name(r->st), att_check_name(r->finding.check), r->finding.expected, r->finding.got);
}

static void the_genuine_document_is_valid(void **state)
{
	static const char measured[] =
	    "6a063be9dd79f6371c842e480f8dc3b5c725961344e57130e88c5adf49e8f7f6c79b75a5eb77fc769959f4aeb2f9401e";
	struct slice nonce = slice_str("attestation-test-fixture"), measurement = test_hex(measured);
	struct run r = examine(TEE_SNP, &nonce, AT);

	(void)state;
	expect(&r, ST_OK, 0);
	assert_int_equal(r.claims.kind, TEE_SNP);
	assert_int_equal(r.claims.attributes, 0x3001f);
	assert_int_equal(r.claims.vmpl, 0);
	assert_string_equal(r.claims.product, "Milan");
	assert_false(r.claims.debug || r.claims.vlek);
	assert_true(r.claims.bound_elsewhere);
	assert_memory_equal(att_value(&r.claims, TEE_REG_MEASUREMENT)->bytes, measurement.ptr, measurement.len);
	r = examine(TEE_TPM, &nonce, AT);
	expect(&r, ST_OK, 0);
	assert_int_equal(r.claims.kind, TEE_TPM);
	assert_int_equal(r.claims.n_values, HCL_PCRS + 1);
	assert_memory_equal(att_value(&r.claims, TEE_REG_MEASUREMENT)->bytes, measurement.ptr, measurement.len);
	free((void *)(uintptr_t)measurement.ptr);
	assert_memory_equal(att_value(&r.claims, TEE_REG_PCR0 + 23)->bytes, pcrs[23], HCL_PCR_LEN);
	assert_int_equal(r.claims.report_data_len, nonce.len);
	assert_true(r.claims.bound_elsewhere);
	r = examine(TEE_SNP, NULL, AT);
	expect(&r, ST_OK, 0);
	r = examine(TEE_SGX, NULL, AT);
	expect(&r, ST_ATT_FORMAT, ATT_CHECK_KIND);
}

static void refuses_another_nonce_and_time(void **state)
{
	struct slice nonce = slice_str("attestation-test-fixturf");
	struct run r = examine(TEE_SNP, &nonce, AT);

	(void)state;
	expect(&r, ST_ATT_SIGNATURE, ATT_CHECK_SIGNATURE);
	r = examine(TEE_TPM, NULL, 1700000000);
	expect(&r, ST_ATT_VALIDITY, ATT_CHECK_VALIDITY);
	r = examine(TEE_TPM, NULL, 2000000000);
	expect(&r, ST_ATT_VALIDITY, ATT_CHECK_VALIDITY);
}

static void expect_flip(struct buf *b, size_t bit)
{
	b->ptr[bit / 8] ^= (uint8_t)(1 << bit % 8);
	struct run r = examine(TEE_SNP, NULL, AT);
	if (r.st == ST_OK)
		fail_msg("accepted with bit %zu of %zu bytes flipped", bit, b->len);
	b->ptr[bit / 8] ^= (uint8_t)(1 << bit % 8);
}

/* Every bit that the TPM signed; of its signature and of the PCRs one bit a byte. */
static void every_byte_of_the_quote_binds(void **state)
{
	(void)state;
	for (size_t bit = 0; bit < 8 * message.len; bit += stride)
		expect_flip(&message, bit);
	for (size_t byte = 0; byte < signature.len; byte += stride)
		expect_flip(&signature, 8 * byte + byte % 8);
	for (size_t byte = 0; byte < sizeof pcrs; byte += stride) {
		pcrs[byte / 32][byte % 32] ^= (uint8_t)(1 << byte % 8);
		struct run r = examine(TEE_SNP, NULL, AT);
		expect(&r, ST_ATT_SIGNATURE, ATT_CHECK_SIGNATURE);
		pcrs[byte / 32][byte % 32] ^= (uint8_t)(1 << byte % 8);
	}
}

/* Every bit of the two headers, which no signature covers (version 1 becomes 2 by two bits only); of the rest one bit a byte. */
static void every_byte_of_the_report_binds(void **state)
{
	(void)state;
	for (size_t byte = 0; byte < hcl.len; byte += stride) {
		bool header = byte < HCL_HEADER || (byte >= DATA_HEADER && byte < JSON_START);
		for (size_t bit = header ? 0 : byte % 8; bit < 8; bit += header ? 1 : 8)
			expect_flip(&hcl, 8 * byte + bit);
	}
}

static void refuses_every_truncation(void **state)
{
	size_t whole = hcl.len;

	(void)state;
	for (size_t n = 0; n < JSON_START + 0x456; n++) { /* what is behind the JSON is padding */
		hcl.len = n;
		struct run r = examine(TEE_SNP, NULL, AT);
		expect(&r, ST_ATT_FORMAT, ATT_CHECK_FORM);
	}
	hcl.len = whole;
	struct buf *parts[] = {&message, &signature};
	for (size_t k = 0; k < COUNT_OF(parts); k++) {
		whole = parts[k]->len;
		for (size_t n = 0; n < whole; n++) {
			parts[k]->len = n;
			struct run r = examine(TEE_SNP, NULL, AT);
			expect(&r, ST_ATT_SIGNATURE, ATT_CHECK_SIGNATURE);
		}
		parts[k]->len = whole;
	}
}

static void takes_the_report_out(void **state)
{
	struct att_finding f = {0};
	struct slice report;

	(void)state;
	assert_int_equal(hcl_snp_report(&report, buf_view(&hcl), &f), ST_OK);
	assert_ptr_equal(report.ptr, hcl.ptr + HCL_HEADER);
	assert_int_equal(report.len, 1184);
	assert_int_equal(hcl_snp_report(&report, slice_str("HCLA"), &f), ST_ATT_FORMAT);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_genuine_document_is_valid),
	    cmocka_unit_test(refuses_another_nonce_and_time),
	    cmocka_unit_test(every_byte_of_the_quote_binds),
	    cmocka_unit_test(every_byte_of_the_report_binds),
	    cmocka_unit_test(refuses_every_truncation),
	    cmocka_unit_test(takes_the_report_out),
	};

	if (argc > 1)
		stride = strtoul(argv[1], NULL, 10);
	return stride == 0 ? 1 : cmocka_run_group_tests(tests, start, stop);
}
