/* Every allocation of ours and of libcrypto fails in turn: no partial result, no leak (under the sanitizer), and never ST_OK. */
#include "../../support/test.h"

#include "../../support/failing_crypto.h"
#include "pki.h"

#include <openssl/core_names.h>

static struct buf ca_der, rsa_der, pss_der, leaf_der, crl_der, modulus, quote_sig;
static struct x509 *ca, *rsa, *leaf, *pss;
static struct x509_crl *crl;
static unsigned long blamed; /* a failed allocation that was taken for a fault of the document */

static bool said(enum status st)
{
	blamed += st != ST_OK && st != ST_NO_MEMORY;
	return st == ST_OK;
}

static bool parse(const struct buf *der)
{
	struct x509 *c = NULL;
	enum status st = x509_parse(&c, buf_view(der));

	assert_int_equal(c != NULL, st == ST_OK);
	x509_free(c);
	return said(st);
}

static bool run_parse_ec(void)
{
	return parse(&ca_der);
}

static bool run_parse_rsa(void)
{
	return parse(&rsa_der);
}

static bool run_parse_pss(void)
{
	return parse(&pss_der);
}

static bool run_parse_crl(void)
{
	struct x509_crl *c = NULL;
	enum status st = x509_crl_parse(&c, buf_view(&crl_der));

	assert_int_equal(c != NULL, st == ST_OK);
	x509_crl_free(c);
	return said(st);
}

static bool run_signed_by(void)
{
	return said(x509_signed_by(leaf, ca));
}

static bool run_signed_by_pss(void)
{
	return said(x509_signed_by(pss, rsa));
}

static bool run_chain(void)
{
	const struct x509 *const chain[] = {ca, leaf};
	enum status st;
	size_t where;
	enum x509_fault f = x509_chain(chain, 2, 1735689600, 1735689600, &where, &st);

	assert_true(st == ST_OK || f != X509_FINE);
	return f == X509_FINE;
}

static bool run_crl_signed_by(void)
{
	return said(x509_crl_signed_by(crl, ca));
}

static bool run_rsa_verify(void)
{
	return said(rsa_pkcs1_sha256_verify(
	    buf_view(&modulus), slice_of("\x01\x00\x01", 3), buf_view(&quote_sig), slice_str("quote")));
}

static void each_allocation_fails_in_turn(bool (*run)(void), const char *name)
{
	blamed = 0;
	for (long k = 0; k < 5000; k++) {
		allocations_left = k;
		bool ok = run();
		long left = allocations_left;
		allocations_left = -1;
		if (ok && left > 0) {
			assert_true(k > 0);
			if (blamed)
				print_message("%s: %lu of %ld failed allocations were taken for the document's fault\n",
				    name, blamed, k);
			return;
		}
	}
	fail_msg("never got through");
}

#define FAILING(name)                                                                                                  \
	static void name##_reports_every_failed_allocation(void **state)                                               \
	{                                                                                                              \
		(void)state;                                                                                           \
		each_allocation_fails_in_turn(run_##name, #name);                                                      \
	}
FAILING(parse_ec)
FAILING(parse_rsa)
FAILING(parse_pss)
FAILING(parse_crl)
FAILING(signed_by)
FAILING(signed_by_pss)
FAILING(chain)
FAILING(crl_signed_by)
FAILING(rsa_verify)

static void make_documents(EVP_PKEY *ec, EVP_PKEY *rsa_key)
{
	static const char *const serials[] = {"1", "2"};

	ca_der = pki_root("ca", ec);
	rsa_der = pki_root("rsa", rsa_key);
	leaf_der = pki_leaf("leaf", ec, "ca", ec);
	pss_der = pki_cert(&(struct pki_cert){.subject = "pss",
	    .issuer = "rsa",
	    .key = ec,
	    .signer = rsa_key,
	    .algorithm = PKI_PSS_SHA384,
	    .no_constraints = true});
	crl_der = pki_crl(&(struct pki_crl){.issuer = "ca", .signer = ec, .serials = serials, .n_serials = 2});
	modulus = pki_number(rsa_key, OSSL_PKEY_PARAM_RSA_N, 256);
}

static void sign_quote(EVP_PKEY *key)
{
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	size_t len = 256;

	assert_int_equal(EVP_DigestSignInit(md, NULL, EVP_sha256(), NULL, key), 1);
	assert_int_equal(EVP_DigestSign(md, buf_extend(&quote_sig, len), &len, (const uint8_t *)"quote", 5), 1);
	EVP_MD_CTX_free(md);
}

static int start(void **state)
{
	(void)state;
	if (crypto_init() != ST_OK)
		return -1;
	EVP_PKEY *ec = pki_ec("P-384"), *rsa_key = pki_rsa(2048);
	make_documents(ec, rsa_key);
	sign_quote(rsa_key);
	EVP_PKEY_free(ec);
	EVP_PKEY_free(rsa_key);
	ca = pki_parse(&ca_der);
	rsa = pki_parse(&rsa_der);
	leaf = pki_parse(&leaf_der);
	pss = pki_parse(&pss_der);
	bool warm = run_chain() && run_signed_by_pss() && run_rsa_verify(); /* what the library keeps, it has by now */
	return warm && x509_crl_parse(&crl, buf_view(&crl_der)) == ST_OK && run_crl_signed_by() ? 0 : -1;
}

static int stop(void **state)
{
	struct buf *all[] = {&ca_der, &rsa_der, &pss_der, &leaf_der, &crl_der, &modulus, &quote_sig};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(all); i++)
		buf_clear(all[i]);
	x509_free(ca);
	x509_free(rsa);
	x509_free(leaf);
	x509_free(pss);
	x509_crl_free(crl);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(parse_ec_reports_every_failed_allocation),
	    cmocka_unit_test(parse_rsa_reports_every_failed_allocation),
	    cmocka_unit_test(parse_pss_reports_every_failed_allocation),
	    cmocka_unit_test(parse_crl_reports_every_failed_allocation),
	    cmocka_unit_test(signed_by_reports_every_failed_allocation),
	    cmocka_unit_test(signed_by_pss_reports_every_failed_allocation),
	    cmocka_unit_test(chain_reports_every_failed_allocation),
	    cmocka_unit_test(crl_signed_by_reports_every_failed_allocation),
	    cmocka_unit_test(rsa_verify_reports_every_failed_allocation),
	};
	if (!failing_crypto())
		return 1;
	return cmocka_run_group_tests_name("x509 without memory", tests, start, stop);
}
