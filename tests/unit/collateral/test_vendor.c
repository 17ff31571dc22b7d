/* collateral/vendor.h: what is asked for, by which address, and which answers are taken. */
#include "files.h"

#include "collateral/vendor.h"

#define DCAP PARLEY_SOURCE_DIR "/tests/kat/dcap/data/"
#define SNP PARLEY_SOURCE_DIR "/tests/kat/snp/data/"

static struct vendor_wanted wanted[VENDOR_WANTED_MAX];

static struct vendor_platform platform_of(enum tee_kind tee, const char *path, const char *product)
{
	struct vendor_platform v = {.tee = 0};
	struct evidence_file e = {.form = 0};
	struct problem p = {.st = ST_OK};
	struct buf b = file_bytes("", path);

	snprintf(v.product, sizeof v.product, "%s", product);
	assert_int_equal(evidence_import(&e, buf_view(&b), path, &p), ST_OK);
	if (vendor_platform_of(&v, tee, buf_view(&e.bytes), path, &p) != ST_OK || vendor_platform_check(&v, &p) != ST_OK)
		fail_msg("%s: %s", p.where, p.message);
	buf_clear(&b);
	evidence_file_clear(&e);
	return v;
}

static void intels_addresses(void **state)
{
	struct vendor_platform v = platform_of(TEE_SGX, DCAP "phala-sgx-quote.bin", "");
	(void)state;

	assert_string_equal(v.fmspc, "00a067110000");
	assert_string_equal(v.ca, "processor");
	assert_int_equal(vendor_wanted(wanted, &v, NULL), 4);
	assert_string_equal(wanted[0].url, "https://api.trustedservices.intel.com/sgx/certification/v4/tcb?fmspc=00a067110000");
	assert_string_equal(wanted[1].url, "https://api.trustedservices.intel.com/sgx/certification/v4/qe/identity");
	assert_string_equal(wanted[2].url, "https://api.trustedservices.intel.com/sgx/certification/v4/pckcrl?ca=processor&encoding=der");
	assert_string_equal(wanted[3].url, "https://certificates.trustedservices.intel.com/IntelSGXRootCA.der");
	v = platform_of(TEE_TDX, DCAP "phala-tdx-quote.bin", "");
	assert_int_equal(vendor_wanted(wanted, &v, "https://pccs.example"), 4);
	assert_string_equal(wanted[0].url, "https://pccs.example/tdx/certification/v4/tcb?fmspc=b0c06f000000");
	assert_string_equal(wanted[1].url, "https://pccs.example/tdx/certification/v4/qe/identity");
	assert_string_equal(wanted[2].url, "https://pccs.example/sgx/certification/v4/pckcrl?ca=platform&encoding=der");
	assert_string_equal(wanted[3].url, "https://pccs.example/sgx/certification/v4/rootcacrl");
	v.ca[0] = 0;
	assert_int_equal(vendor_wanted(wanted, &v, NULL), 5);
}

static void amds_addresses(void **state)
{
	struct vendor_platform v = platform_of(TEE_SNP, SNP "oak-turin-v5-report.bin", "");
	(void)state;

	assert_int_equal(vendor_wanted(wanted, &v, NULL), 3);
	assert_string_equal(wanted[0].url, "https://kdsintf.amd.com/vcek/v1/Turin/cert_chain");
	assert_string_equal(wanted[1].url, "https://kdsintf.amd.com/vcek/v1/Turin/crl");
	assert_true(wanted[1].optional);
	assert_string_equal(wanted[2].url, "https://kdsintf.amd.com/vcek/v1/Turin/3b42092f69c656d3?fmcSPL=00&blSPL=01&teeSPL=00&snpSPL=02&ucodeSPL=71");
	v = platform_of(TEE_SNP, SNP "virtee-milan-v2-report.hex", "Milan");
	assert_int_equal(vendor_wanted(wanted, &v, NULL), 3);
	assert_non_null(strstr(wanted[2].url, "/vcek/v1/Milan/d49554ec"));
	assert_non_null(strstr(wanted[2].url, "?blSPL=03&teeSPL=00&snpSPL=08&ucodeSPL=115"));
	v = platform_of(TEE_SNP, SNP "coco-milan-v3-vlek-report.bin", "");
	assert_true(v.vlek);
	assert_int_equal(vendor_wanted(wanted, &v, NULL), 2); /* no KDS address gives a VLEK: the cloud does */
	assert_string_equal(wanted[0].url, "https://kdsintf.amd.com/vlek/v1/Milan/cert_chain");
}

static void what_is_not_known_is_asked_of_the_person(void **state)
{
	struct vendor_platform v = {.tee = TEE_SGX, .fmspc = "00A067110000"};
	struct problem p = {.st = ST_OK};
	(void)state;

	assert_int_equal(vendor_platform_check(&v, &p), ST_ARGUMENT);
	assert_int_equal(vendor_platform_of(&v, TEE_SGX, slice_of("\3\0\2\0", 4), "FILE", &p), ST_COL_FILE);
	assert_int_equal(vendor_platform_of(&v, TEE_SNP, slice_of("\3\0\2\0", 4), "FILE", &p), ST_COL_FILE);
	v = (struct vendor_platform){.tee = TEE_SNP, .product = "Rome"};
	assert_int_equal(vendor_platform_check(&v, &p), ST_ARGUMENT);
	v = (struct vendor_platform){.tee = TEE_SNP, .product = "Turin", .chip = "3b42"};
	assert_int_equal(vendor_platform_check(&v, &p), ST_ARGUMENT);
	v = (struct vendor_platform){.tee = TEE_NITRO};
	assert_int_equal(vendor_wanted(wanted, &v, NULL), 0);
}

static enum status accept(struct collateral *to, size_t k, const char *body, size_t len, const char *chain)
{
	struct problem p = {.st = ST_OK};
	enum status st = vendor_accept(to, &wanted[k], slice_of(body, len), slice_str(chain), 9, &p);

	assert_int_equal(p.st == ST_OK ? ST_OK : st, p.st);
	return st;
}

static void percent_encode(struct buf *out, struct slice text)
{
	for (size_t k = 0; k < text.len; k++)
		buf_printf(out, "%%%02X", text.ptr[k]);
	buf_append(out, "", 1);
}

static void answers(void **state)
{
	struct vendor_platform v = {.tee = TEE_SGX, .fmspc = "00a067110000", .ca = "processor"};
	struct buf qe = file_bytes(DATA_DIR, "intel-qe-identity.json"), crl = file_bytes(DATA_DIR, "intel-root-crl.der");
	struct buf pem = file_bytes(SNP, "amd-ask-ark-milan.pem"), chain = {0};
	struct collateral to = {.n = 0};
	const char *json = (const char *)qe.ptr, *der = (const char *)crl.ptr;
	(void)state;

	percent_encode(&chain, buf_view(&pem)); /* any certificates: whose they are is judged afterwards */
	const char *good = (const char *)chain.ptr;
	assert_int_equal(vendor_wanted(wanted, &v, NULL), 4);
	assert_int_equal(accept(&to, 1, json, qe.len, good), ST_OK);
	assert_int_equal(to.n, 3);
	assert_int_equal(to.items[0].fetched_s, 9);
	assert_int_equal(accept(&to, 3, der, crl.len, ""), ST_OK);
	assert_int_equal(to.n, 4);
	assert_int_equal(accept(&to, 0, json, qe.len, good), ST_COL_ANSWER); /* an identity where TCB info was asked for */
	assert_int_equal(accept(&to, 2, der, crl.len, good), ST_COL_ANSWER); /* the root's CRL where the PCK CA's was */
	assert_int_equal(accept(&to, 1, json, qe.len, ""), ST_COL_ANSWER);
	assert_int_equal(accept(&to, 1, json, qe.len, "%4"), ST_COL_ANSWER);
	assert_int_equal(accept(&to, 1, json, qe.len, "%zz"), ST_COL_ANSWER);
	assert_int_equal(accept(&to, 1, json, qe.len, "hello"), ST_COL_ANSWER);
	assert_int_equal(accept(&to, 1, json, qe.len - 3, good), ST_COL_ANSWER);
	assert_int_equal(accept(&to, 1, "", 0, good), ST_COL_ANSWER);
	assert_int_equal(to.n, 4); /* nothing stays of what is refused */
	collateral_clear(&to);
	buf_clear(&qe);
	buf_clear(&crl);
	buf_clear(&pem);
	buf_clear(&chain);
}

static int ready(void **state)
{
	(void)state;
	return crypto_init() == ST_OK ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(intels_addresses),
		cmocka_unit_test(amds_addresses),
		cmocka_unit_test(what_is_not_known_is_asked_of_the_person),
		cmocka_unit_test(answers),
	};
	return cmocka_run_group_tests(tests, ready, NULL);
}
