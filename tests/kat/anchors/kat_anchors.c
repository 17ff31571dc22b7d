/* The production table of anchors against the vendors' certificates, out of their own documents; and that it holds nothing else. */
#include "../../support/test.h"

#include "base/buf.h"
#include "collateral/import.h"
#include "format.h"

#include <stdio.h>

#define DCAP DATA_DIR "/dcap/data/"
#define NITRO DATA_DIR "/nitro/data/"
#define SNP DATA_DIR "/snp/data/"

static const enum att_root roots[] = {
    ATT_ROOT_AWS_NITRO, ATT_ROOT_INTEL_SGX, ATT_ROOT_AMD_MILAN, ATT_ROOT_AMD_GENOA, ATT_ROOT_AMD_TURIN};

static int setup(void **state)
{
	(void)state;
	return crypto_init() == ST_OK ? 0 : -1;
}

static struct buf file_bytes(const char *path)
{
	struct buf b = {0};

	if (buf_read_file(&b, path, 1 << 20) != ST_OK)
		fail_msg("cannot read %s", path);
	return b;
}

/* This vendor's key is pinned for this root and for no other, whole. */
static void expect_pinned(struct slice der, enum att_root root, const char *name)
{
	struct x509 *c = NULL;
	uint8_t pin[ATT_PIN_LEN];

	assert_int_equal(x509_parse(&c, der), ST_OK);
	assert_string_equal(x509_facts(c)->subject_cn, name);
	x509_pin(pin, c);
	for (size_t k = 0; k < COUNT_OF(roots); k++)
		assert_int_equal(att_anchors_hold(&att_anchors_production, roots[k], pin), roots[k] == root);
	for (size_t at = 0; at < ATT_PIN_LEN; at++) {
		pin[at] ^= 1;
		assert_false(att_anchors_hold(&att_anchors_production, root, pin));
		pin[at] ^= 1;
	}
	x509_free(c);
}

/* As the vendor publishes it; NULL: it does not. */
static void expect_fingerprint(struct slice der, const char *hex)
{
	uint8_t expected[32], found[32];

	assert_int_equal(hex_decode(expected, sizeof expected, hex), ST_OK);
	sha256(found, der, (struct slice){0});
	assert_memory_equal(found, expected, sizeof expected);
}

/* AWS, "Verifying the root of trust": the fingerprint of the G1 root. */
static void aws(void **state)
{
	struct buf document = file_bytes(NITRO "nitro-2025-12-25-nondebug-indef.cbor");
	struct nitro_document doc;
	struct att_finding f = {.st = ST_OK};

	(void)state;
	assert_int_equal(nitro_parse(&doc, buf_view(&document), &f), ST_OK);
	expect_fingerprint(doc.bundle[0], "641a0321a3e244efe456463195d606317ed7cdcc3c1756e09893f3c68f79bb5b");
	expect_pinned(doc.bundle[0], ATT_ROOT_AWS_NITRO, "aws.nitro-enclaves");
	buf_clear(&document);
}

/* The certificates of a file that call themselves so: one at least. */
static void expect_certificate(const char *path, const char *name, enum att_root root)
{
	static struct collateral set;
	struct buf file = file_bytes(path);
	struct problem p = {.st = ST_OK};
	struct att_bundle view;
	struct collateral_facts facts;
	unsigned found = 0;

	assert_int_equal(collateral_import(&set, buf_view(&file), path, 0, &p), ST_OK);
	collateral_view(&view, &set);
	for (size_t k = 0; k < view.n; k++) {
		assert_int_equal(collateral_facts(&facts, &view.items[k]), ST_OK);
		if (view.items[k].type != ATT_ITEM_CERTIFICATE || strcmp(facts.subject, name) != 0)
			continue;
		expect_pinned(view.items[k].bytes, root, name);
		found++;
	}
	assert_true(found > 0);
	collateral_clear(&set);
	buf_clear(&file);
}

static void intel(void **state)
{
	(void)state;
	expect_certificate(DCAP "phala-sgx-collateral.json", "Intel SGX Root CA", ATT_ROOT_INTEL_SGX);
	expect_certificate(DCAP "phala-tdx-collateral.json", "Intel SGX Root CA", ATT_ROOT_INTEL_SGX);
}

/* One key per product; the chain of VLEKs ends at the same. */
static void amd(void **state)
{
	(void)state;
	expect_certificate(SNP "amd-ask-ark-milan.pem", "ARK-Milan", ATT_ROOT_AMD_MILAN);
	expect_certificate(SNP "amd-ask-ark-milan-vlek.pem", "ARK-Milan", ATT_ROOT_AMD_MILAN);
	expect_certificate(SNP "amd-ask-ark-genoa.pem", "ARK-Genoa", ATT_ROOT_AMD_GENOA);
	expect_certificate(SNP "amd-ask-ark-turin.pem", "ARK-Turin", ATT_ROOT_AMD_TURIN);
}

/* Each of the five once: what the tests above have not met is not in the table. */
static void nothing_else_is_pinned(void **state)
{
	(void)state;
	assert_int_equal(att_anchors_production.n, COUNT_OF(roots));
	for (size_t k = 0; k < COUNT_OF(roots); k++)
		assert_int_equal(att_anchors_production.list[k].root, roots[k]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(aws),
	    cmocka_unit_test(intel),
	    cmocka_unit_test(amd),
	    cmocka_unit_test(nothing_else_is_pinned),
	};
	return cmocka_run_group_tests_name("anchors", tests, setup, NULL);
}
