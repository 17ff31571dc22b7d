/* Every allocation of the collateral library fails in turn: ST_NO_MEMORY, nothing half done, nothing leaked (under the sanitizer). */
#include "files.h"

#include "../../support/failing_alloc.h"

#include "collateral/check.h"
#include "collateral/vendor.h"

#define DCAP PARLEY_SOURCE_DIR "/tests/kat/dcap/data/"
#define SNP PARLEY_SOURCE_DIR "/tests/kat/snp/data/"
#define TPM PARLEY_SOURCE_DIR "/tests/kat/tpm/data/"

enum { TRIES_MAX = 20000 };
static struct collateral set;
static struct buf file;

static enum status import_all(void)
{
	struct problem p = {.st = ST_OK};
	struct buf bundle = {0};
	enum status st = collateral_import(&set, buf_view(&file), "FILE", 0, &p);

	if (st == ST_OK)
		st = collateral_encode(&bundle, &set);
	buf_clear(&bundle);
	return st;
}

static enum status judge_all(void)
{
	static struct collateral_judgement j;
	struct problem p = {.st = ST_OK};
	enum status st = collateral_import(&set, buf_view(&file), "FILE", 0, &p);

	return st == ST_OK ? collateral_judge(&j, &set, &att_anchors_production, 1751328000) : st;
}

static enum status evidence_all(void)
{
	struct evidence_file e = {.form = 0};
	struct problem p = {.st = ST_OK};
	enum status st = evidence_import(&e, buf_view(&file), "FILE", &p);

	evidence_file_clear(&e);
	return st;
}

/* Until it succeeds; each failure before is for want of memory and leaves the set as it was. `expected`: what it says with enough of it. */
static void exhaust(const char *folder, const char *name, enum status (*work)(void), enum status expected)
{
	enum status st = ST_NO_MEMORY;
	long n;

	file = file_bytes(folder, name);
	for (n = 0; n < TRIES_MAX && st != expected; n++) {
		collateral_clear(&set);
		allocations_left = n;
		st = work();
		allocations_left = -1;
		if (st != expected && st != ST_NO_MEMORY)
			fail_msg("%s: allocation %ld: %s", name, n, status_name(st));
	}
	assert_int_equal(st, expected);
	collateral_clear(&set);
	buf_clear(&file);
}

static void imports(void **state)
{
	(void)state;
	exhaust(DATA_DIR, "intel-sgx-root-ca.der", import_all, ST_OK);
	exhaust(DATA_DIR, "intel-qe-identity.json", import_all, ST_OK);
	exhaust(SNP, "amd-ask-ark-milan.pem", import_all, ST_OK);
	exhaust(DCAP, "phala-sgx-collateral.json", import_all, ST_OK);
}

static void refusals_stay_refusals(void **state)
{
	(void)state;
	exhaust(DATA_DIR, "README.md", import_all, ST_COL_FILE);
	exhaust(DCAP, "phala-sgx-quote.bin", import_all, ST_COL_FILE);
	exhaust(SNP, "virtee-milan-v2-report.hex", import_all, ST_COL_FILE);
	exhaust(TPM, "azure-milan-v3-vtpm.json", import_all, ST_COL_FILE);
	exhaust(DATA_DIR, "intel-qe-identity.json", evidence_all, ST_COL_FILE);
}

static void judging(void **state)
{
	(void)state;
	exhaust(DCAP, "phala-tdx-collateral.json", judge_all, ST_OK);
}

static void evidence(void **state)
{
	(void)state;
	exhaust(SNP, "virtee-milan-v2-report.hex", evidence_all, ST_OK);
	exhaust(DCAP, "phala-tdx-quote.bin", evidence_all, ST_OK);
	exhaust(TPM, "azure-milan-v3-vtpm.json", evidence_all, ST_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(imports),
		cmocka_unit_test(refusals_stay_refusals),
		cmocka_unit_test(judging),
		cmocka_unit_test(evidence),
	};
	return crypto_init() == ST_OK ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
