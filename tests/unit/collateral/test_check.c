/* collateral/check.h over vendors' own sets: what is theirs, of which time, what is missing for whom, and what replaces what. */
#include "files.h"

#include "collateral/check.h"
#include "pki.h"

#include <stdio.h>
#include <unistd.h>

#define DCAP PARLEY_SOURCE_DIR "/tests/kat/dcap/data/"
#define SNP PARLEY_SOURCE_DIR "/tests/kat/snp/data/"

enum { T_2025_07_01 = 1751328000, DAY = 86400 };

static struct collateral set;
static struct collateral_judgement judged;
static char gaps[1024];

static int clean(void **state)
{
	(void)state;
	collateral_clear(&set);
	return crypto_init() == ST_OK ? 0 : -1;
}

static void add(const char *folder, const char *name)
{
	struct buf b = file_bytes(folder, name);
	struct problem p = {.st = ST_OK};

	if (collateral_import(&set, buf_view(&b), name, 0, &p) != ST_OK)
		fail_msg("%s: %s", p.where, p.message);
	buf_clear(&b);
}

static void drop(size_t k)
{
	free(set.items[k].bytes);
	for (set.n--; k < set.n; k++)
		set.items[k] = set.items[k + 1];
}

static size_t index_of(const char *type, const char *text)
{
	struct att_bundle view;
	struct collateral_facts f;

	collateral_view(&view, &set);
	for (size_t k = 0; k < view.n; k++) {
		assert_int_equal(collateral_facts(&f, &view.items[k]), ST_OK);
		if (strcmp(f.type, type) == 0 && (strcmp(f.subject, text) == 0 || strcmp(f.issuer, text) == 0 || strcmp(f.id, text) == 0))
			return k;
	}
	fail_msg("no %s %s", type, text);
	return 0;
}

static void judge(int64_t at_s)
{
	assert_int_equal(collateral_judge(&judged, &set, &att_anchors_production, at_s), ST_OK);
	assert_int_equal(judged.n, set.n);
}

static void note(void *ctx, const char *what)
{
	(void)ctx;
	strncat(gaps, what, sizeof gaps - strlen(gaps) - 2);
	strcat(gaps, ";");
}

static bool suffices(struct collateral_need need, int64_t at_s, int64_t *until)
{
	judge(at_s);
	gaps[0] = 0;
	bool whole = collateral_suffices(&judged, &need, note, NULL, until);
	assert_int_equal(whole, gaps[0] == 0);
	return whole;
}

static const struct collateral_need sgx = {.tee = TEE_SGX, .fmspc = "00a067110000", .ca = "processor"};

static void a_whole_set(void **state)
{
	int64_t until;
	(void)state;

	add(DCAP, "phala-sgx-collateral.json");
	assert_true(suffices(sgx, T_2025_07_01, &until));
	assert_int_equal(until, 1752919278); /* 2025-07-19T10:01:18Z, the QE identity's */
	for (size_t k = 0; k < judged.n; k++) {
		assert_int_equal(judged.items[k].signature, COLLATERAL_SIGNED);
		assert_int_equal(judged.items[k].window, COLLATERAL_VALID);
	}
	assert_true(suffices(sgx, until, &until)); /* both ends inclusive */
	assert_false(suffices(sgx, until + 1, &until));
	assert_non_null(strstr(gaps, "QE identity QE has expired"));
	assert_false(suffices((struct collateral_need){.tee = TEE_SGX, .fmspc = "00a067110001"}, T_2025_07_01, &until));
	assert_string_equal(gaps, "TCB info SGX of FMSPC 00a067110001 is missing;");
	assert_false(suffices((struct collateral_need){.tee = TEE_SGX, .ca = "platform"}, T_2025_07_01, &until));
	assert_string_equal(gaps, "CRL of an Intel SGX PCK CA: platform is missing;");
	assert_false(suffices((struct collateral_need){.tee = TEE_TDX}, T_2025_07_01, &until));
	assert_non_null(strstr(gaps, "TD_QE is missing"));
	assert_true(collateral_speaks_of(&judged, TEE_SGX));
	assert_false(collateral_speaks_of(&judged, TEE_TDX));
	assert_false(collateral_speaks_of(&judged, TEE_SNP));
}

/* Each document on its own: what is told when it is away. A PCK CA may be away: the quote brings it. */
static void each_document_is_missed(void **state)
{
	static const struct {
		const char *type, *text, *gap;
	} cases[] = {{"tcb-info", "SGX", "TCB info SGX of FMSPC 00a067110000 is missing;"}, {"qe-identity", "QE", "QE identity QE is missing;"},
	    {"crl", "Intel SGX Root CA", "CRL of the Intel SGX Root CA is missing;"},
	    {"crl", "Intel SGX PCK Processor CA", "CRL of an Intel SGX PCK CA: processor is missing;"},
	    {"certificate", "Intel SGX PCK Processor CA", ""},
	    {"certificate", "Intel SGX TCB Signing", "TCB info SGX of FMSPC 00a067110000 lacks the certificates that signed it;QE identity QE lacks the certificates "
						     "that signed it;certificate \"Intel SGX TCB Signing\" is missing;"}};
	int64_t until;
	(void)state;

	for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
		collateral_clear(&set);
		add(DCAP, "phala-sgx-collateral.json");
		drop(index_of(cases[k].type, cases[k].text));
		suffices(sgx, T_2025_07_01, &until);
		assert_string_equal(gaps, cases[k].gap);
	}
}

static void one_altered_bit_is_not_the_vendors(void **state)
{
	(void)state;

	add(DCAP, "phala-sgx-collateral.json");
	size_t tcb = index_of("tcb-info", "SGX"), crl = index_of("crl", "Intel SGX Root CA");
	set.items[tcb].signature[63] ^= 1;
	set.items[crl].bytes[set.items[crl].len - 1] ^= 1;
	judge(T_2025_07_01);
	for (size_t k = 0; k < judged.n; k++)
		assert_int_equal(judged.items[k].signature, k == tcb || k == crl ? COLLATERAL_FORGED : COLLATERAL_SIGNED);
}

/* Without anchors nobody's root is the vendor's; and every document hangs on a root. */
static void roots_are_what_is_pinned(void **state)
{
	static const struct att_anchors nobody = {NULL, 0};
	(void)state;

	add(DCAP, "phala-tdx-collateral.json");
	add(SNP, "amd-ask-ark-milan.pem");
	assert_int_equal(collateral_judge(&judged, &set, &nobody, T_2025_07_01), ST_OK);
	for (size_t k = 0; k < judged.n; k++)
		assert_int_equal(judged.items[k].signature, COLLATERAL_FORGED);
}

static void a_look_alike_beside_the_genuine(void **state)
{
	(void)state;

	skip_without_vectors();
	add(DCAP, "phala-sgx-collateral.json");
	size_t genuine = set.n;
	add(VECTORS, "sgx/hostile-lookalike-tcb-chain.pem");
	add(VECTORS, "sgx/hostile-lookalike-root-crl.der");
	add(VECTORS, "sgx/hostile-lookalike-pck-chain.pem");
	judge(T_2025_07_01);
	for (size_t k = 0; k < judged.n; k++)
		assert_int_equal(judged.items[k].signature, k < genuine ? COLLATERAL_SIGNED : COLLATERAL_FORGED);
}

/* Names and pinned keys alone make nothing the vendor's: each certificate of a chain must be signed. */
static void an_altered_certificate_is_forged(void **state)
{
	(void)state;
	for (unsigned k = 0; k < 2; k++) {
		static const char *const names[] = {"SEV-Milan", "ARK-Milan"};
		clean(NULL);
		add(SNP, "amd-ask-ark-milan.pem");
		set.items[k].bytes[set.items[k].len - 1] ^= 1;
		judge(T_2025_07_01);
		assert_string_equal(judged.items[k].facts.subject, names[k]);
		assert_int_equal(judged.items[k].signature, COLLATERAL_FORGED);
		if (k == 1) /* nothing below it is the vendor's by way of it */
			assert_int_equal(judged.items[0].signature, COLLATERAL_FORGED);
	}
}

/* Each of 64 certificates is named as the issuer of 32 others: judged in seconds, not once for each way through them. */
static void names_that_refer_in_circles(void **state)
{
	enum { SECONDS = 60 };
	static const char *const names[] = {"one", "two"};
	EVP_PKEY *key = pki_ec("P-256"), *other = pki_ec("P-256");
	char serial[8];

	(void)state;
	for (unsigned k = 0; k < ATT_ITEMS_MAX; k++) {
		snprintf(serial, sizeof serial, "%02X", k + 1);
		struct buf der = pki_cert(&(struct pki_cert){.subject = names[k % 2], .issuer = names[(k + 1) % 2], .key = key,
		    .signer = k % 3 ? key : other, .serial = serial, .path_len = -1});
		assert_int_equal(collateral_add(&set, ATT_ITEM_CERTIFICATE, buf_view(&der), NULL, 0), ST_OK);
		buf_clear(&der);
	}
	alarm(SECONDS);
	judge(T_2025_07_01);
	alarm(0);
	for (size_t k = 0; k < judged.n; k++)
		assert_int_equal(judged.items[k].signature, COLLATERAL_ISSUER_ABSENT);
	EVP_PKEY_free(key);
	EVP_PKEY_free(other);
}

static void amd(void **state)
{
	int64_t until;
	(void)state;

	add(SNP, "amd-ask-ark-genoa.pem");
	assert_false(suffices((struct collateral_need){.tee = TEE_SNP, .product = "Genoa"}, 1775000000, &until));
	assert_string_equal(gaps, "the chip's VCEK, or a VLEK, is missing;");
	add(SNP, "lunal-genoa-v5-vcek.der");
	assert_true(suffices((struct collateral_need){.tee = TEE_SNP, .product = "Genoa"}, 1775000000, &until));
	assert_false(suffices((struct collateral_need){.tee = TEE_SNP, .product = "Milan"}, 1775000000, &until));
	drop(index_of("certificate", "SEV-Genoa"));
	assert_false(suffices((struct collateral_need){.tee = TEE_SNP, .product = "Genoa"}, 1775000000, &until));
	assert_true(collateral_speaks_of(&judged, TEE_SNP));
}

#define SIG "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
static void add_tcb(const char *fmspc, const char *issued)
{
	char text[512];
	struct problem p = {.st = ST_OK};

	snprintf(text, sizeof text, "{\"tcbInfo\":{\"id\":\"SGX\",\"issueDate\":\"%s\",\"nextUpdate\":\"2026-01-01T00:00:00Z\",\"fmspc\":\"%s\"},\"signature\":\"%s\"}", issued,
	    fmspc, SIG);
	assert_int_equal(collateral_import(&set, slice_str(text), "tcb", 0, &p), ST_OK);
}

static void the_newer_replaces_the_older_of_its_kind(void **state)
{
	(void)state;

	add_tcb("000000000001", "2025-02-01T00:00:00Z");
	add_tcb("000000000001", "2025-03-01T00:00:00Z");
	add_tcb("000000000002", "2025-01-01T00:00:00Z");
	add(SNP, "amd-ask-ark-milan.pem");
	add(DCAP, "phala-sgx-collateral.json");
	size_t before = set.n;
	collateral_supersede(&set);
	assert_int_equal(set.n, before - 1);
	assert_non_null(memmem(set.items[0].bytes, set.items[0].len, "2025-03-01", 10));
	collateral_supersede(&set);
	assert_int_equal(set.n, before - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_whole_set, clean, clean),
		cmocka_unit_test_setup_teardown(each_document_is_missed, clean, clean),
		cmocka_unit_test_setup_teardown(one_altered_bit_is_not_the_vendors, clean, clean),
		cmocka_unit_test_setup_teardown(roots_are_what_is_pinned, clean, clean),
		cmocka_unit_test_setup_teardown(a_look_alike_beside_the_genuine, clean, clean),
		cmocka_unit_test_setup_teardown(an_altered_certificate_is_forged, clean, clean),
		cmocka_unit_test_setup_teardown(names_that_refer_in_circles, clean, clean),
		cmocka_unit_test_setup_teardown(amd, clean, clean),
		cmocka_unit_test_setup_teardown(the_newer_replaces_the_older_of_its_kind, clean, clean),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
