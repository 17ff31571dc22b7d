/* Certificates are parsed and checked where no file can be opened and no randomness is to be had: nothing of the library's loads late. */
#include "../../support/closed_sandbox.h"

#include "base/buf.h"
#include "base/x509.h"

#define SEEDS PARLEY_SOURCE_DIR "/tests/fuzz/corpus/fuzz_x509/"

static struct buf ark, intel; /* seeds: where the list begins (two bytes), a certificate, a list */

static bool check_pss(void)
{
	struct x509 *c = NULL;
	enum status st;
	size_t where;
	bool ok = x509_parse(&c, slice_of(ark.ptr + 2, ark.len - 2)) == ST_OK &&
		  x509_chain((const struct x509 *const *)&c, 1, 1714521600, 1714521600, &where, &st) == X509_FINE;

	if (ok) /* the modulus as a TPM's key: the signature is none */
		ok = rsa_pkcs1_sha256_verify(x509_facts(c)->x, x509_facts(c)->y, x509_facts(c)->x, slice_str("m")) ==
		     ST_SIGNATURE;
	x509_free(c);
	return ok;
}

static bool check_ecdsa_and_list(void)
{
	size_t cut = (size_t)intel.ptr[0] << 8 | intel.ptr[1];
	struct x509 *c = NULL;
	struct x509_crl *crl = NULL;
	uint8_t sig[64] = {1};
	bool ok = x509_parse(&c, slice_of(intel.ptr + 2, cut)) == ST_OK &&
		  x509_crl_parse(&crl, slice_of(intel.ptr + 2 + cut, intel.len - 2 - cut)) == ST_OK &&
		  x509_signed_by(c, c) == ST_OK && x509_crl_signed_by(crl, c) == ST_OK && !x509_crl_lists(crl, c) &&
		  x509_verify_raw(c, slice_of(sig, sizeof sig), slice_str("m")) == ST_SIGNATURE;

	x509_free(c);
	x509_crl_free(crl);
	return ok;
}

static int work_in_the_sandbox(void)
{
	struct x509 *none = NULL;

	if (crypto_init() != ST_OK || close_sandbox() != 0)
		return 1;
	bool ok = check_pss() && check_ecdsa_and_list() &&
		  x509_parse(&none, slice_of("\x30\x03\x02\x01\x00", 5)) == ST_FORMAT;
	return ok ? 42 : 2;
}

static void everything_works_behind_a_closed_sandbox(void **state)
{
	(void)state;
	assert_int_equal(buf_read_file(&ark, SEEDS "amd_ark", 65536), ST_OK);
	assert_int_equal(buf_read_file(&intel, SEEDS "intel_root_and_list", 65536), ST_OK);
	assert_int_equal(in_child(work_in_the_sandbox), 42);
	buf_clear(&ark);
	buf_clear(&intel);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(everything_works_behind_a_closed_sandbox)};

	return cmocka_run_group_tests_name("x509 in a sandbox", tests, NULL, NULL);
}
