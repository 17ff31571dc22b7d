/* base/x509.h: x509_chain() finds the first thing that is wrong, and where. */
#include "../../support/test.h"

#include "pki.h"

#include <openssl/x509v3.h>

enum { NOW = 1735689600, END = 2019686400 /* 2034-01-01 */, START = 1704067200 /* 2024-01-01 */ };

static EVP_PKEY *root_key, *mid_key, *leaf_key;
static struct pki_cert good[4]; /* root, two intermediates, leaf */

static int setup(void **state)
{
	(void)state;
	root_key = pki_ec("P-384");
	mid_key = pki_ec("P-256");
	leaf_key = pki_ec("P-384");
	int signs = KU_KEY_CERT_SIGN | KU_CRL_SIGN;
	good[0] = (struct pki_cert){.subject = "root", .key = root_key, .ca = true, .path_len = 2, .key_usage = signs};
	good[1] = (struct pki_cert){.subject = "one",
	    .issuer = "root",
	    .key = mid_key,
	    .signer = root_key,
	    .ca = true,
	    .path_len = 1,
	    .key_usage = signs};
	good[2] = (struct pki_cert){.subject = "two",
	    .issuer = "one",
	    .key = root_key,
	    .signer = mid_key,
	    .ca = true,
	    .path_len = 0,
	    .key_usage = signs};
	good[3] = (struct pki_cert){.subject = "leaf",
	    .issuer = "two",
	    .key = leaf_key,
	    .signer = root_key,
	    .path_len = -1,
	    .key_usage = KU_DIGITAL_SIGNATURE};
	return crypto_init() == ST_OK ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	EVP_PKEY_free(root_key);
	EVP_PKEY_free(mid_key);
	EVP_PKEY_free(leaf_key);
	return 0;
}

static enum x509_fault check(const struct pki_cert *want, size_t n, int64_t earliest_s, int64_t latest_s, size_t *where)
{
	struct x509 *c[X509_CHAIN_MAX] = {0};
	enum status st;

	for (size_t i = 0; i < n; i++) {
		struct buf der = pki_cert(&want[i]);
		c[i] = pki_parse(&der);
		buf_clear(&der);
	}
	enum x509_fault f = x509_chain((const struct x509 *const *)c, n, earliest_s, latest_s, where, &st);
	assert_int_equal(st, ST_OK);
	for (size_t i = 0; i < n; i++)
		x509_free(c[i]);
	return f;
}

static void expect(const struct pki_cert *want, size_t n, enum x509_fault fault, size_t where)
{
	size_t at;
	enum x509_fault f = check(want, n, NOW, NOW, &at);

	if (f != fault || (f != X509_FINE && at != where))
		fail_msg("%s at %zu", x509_fault_text(f), at);
}

static struct pki_cert chain[4];

static int fresh(void **state)
{
	(void)state;
	memcpy(chain, good, sizeof chain);
	return 0;
}

static void a_good_chain_of_any_length(void **state)
{
	(void)state;
	for (size_t n = 1; n <= 4; n++)
		expect(good, n, X509_FINE, 0);
}

static void validity_holds_over_the_whole_interval(void **state)
{
	(void)state;
	size_t where;

	assert_int_equal(check(good, 4, START, END, &where), X509_FINE);
	assert_int_equal(check(good, 4, START - 1, END, &where), X509_FAULT_NOT_YET);
	assert_int_equal(where, 0);
	assert_int_equal(check(good, 4, START, END + 1, &where), X509_FAULT_EXPIRED);
	for (size_t i = 0; i < 4; i++) {
		fresh(NULL);
		chain[i].not_after = "250101000000Z"; /* NOW is the last good second */
		assert_int_equal(check(chain, 4, NOW, NOW, &where), X509_FINE);
		assert_int_equal(check(chain, 4, NOW, NOW + 1, &where), X509_FAULT_EXPIRED);
		assert_int_equal(where, i);
		chain[i].not_after = NULL;
		chain[i].not_before = "20250101000000Z";
		assert_int_equal(check(chain, 4, NOW, NOW, &where), X509_FINE);
		assert_int_equal(check(chain, 4, NOW - 1, NOW, &where), X509_FAULT_NOT_YET);
		assert_int_equal(where, i);
	}
}

static void wrong_issuer(void **state)
{
	(void)state;
	for (size_t i = 1; i < 4; i++) {
		fresh(NULL);
		chain[i].issuer = "somebody";
		expect(chain, 4, X509_FAULT_NAME, i);
	}
	fresh(NULL);
	chain[1].issuer = "Root"; /* no folding of case */
	expect(chain, 4, X509_FAULT_NAME, 1);
}

static void no_ca(void **state)
{
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		fresh(NULL);
		chain[i].ca = false;
		expect(chain, 4, X509_FAULT_NOT_CA, i);
		chain[i].no_constraints = true;
		expect(chain, 4, X509_FAULT_NOT_CA, i);
	}
}

static void too_long_a_path(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		fresh(NULL);
		chain[i].path_len--;
		expect(chain, 4, X509_FAULT_PATH_LEN, i);
	}
	fresh(NULL);
	chain[0].path_len = chain[1].path_len = chain[2].path_len = -1;
	expect(chain, 4, X509_FINE, 0);
	struct x509 *none[X509_CHAIN_MAX + 1] = {0};
	size_t where;
	enum status st;
	assert_int_equal(x509_chain((const struct x509 *const *)none, 0, NOW, NOW, &where, &st), X509_FAULT_PATH_LEN);
	assert_int_equal(x509_chain((const struct x509 *const *)none, X509_CHAIN_MAX + 1, NOW, NOW, &where, &st),
	    X509_FAULT_PATH_LEN);
}

static void key_usage(void **state)
{
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		fresh(NULL);
		chain[i].key_usage = KU_DIGITAL_SIGNATURE | KU_CRL_SIGN;
		expect(chain, 4, X509_FAULT_KEY_USAGE, i);
		chain[i].key_usage = 0; /* no such extension: an anchor's right only */
		expect(chain, 4, i == 0 ? X509_FINE : X509_FAULT_KEY_USAGE, i);
	}
}

static void wrong_key(void **state)
{
	(void)state;
	for (size_t i = 1; i < 4; i++) {
		fresh(NULL);
		chain[i].signer = leaf_key;
		expect(chain, 4, X509_FAULT_SIGNATURE, i);
	}
}

static void the_anchor_signs_itself(void **state)
{
	(void)state;
	chain[0].signer = leaf_key;
	expect(chain, 4, X509_FAULT_SELF, 0);
	fresh(NULL);
	chain[0].issuer = "other";
	expect(chain, 4, X509_FAULT_SELF, 0);
	expect(good + 1, 3, X509_FAULT_SELF, 0);
}

static void every_fault_has_a_text(void **state)
{
	(void)state;
	for (int f = X509_FINE; f <= X509_FAULT_SELF; f++)
		assert_true(strlen(x509_fault_text((enum x509_fault)f)) > 10);
	assert_string_equal(x509_fault_text((enum x509_fault)99), "unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_good_chain_of_any_length),
	    cmocka_unit_test_setup(validity_holds_over_the_whole_interval, fresh),
	    cmocka_unit_test_setup(wrong_issuer, fresh),
	    cmocka_unit_test_setup(no_ca, fresh),
	    cmocka_unit_test_setup(too_long_a_path, fresh),
	    cmocka_unit_test_setup(key_usage, fresh),
	    cmocka_unit_test_setup(wrong_key, fresh),
	    cmocka_unit_test_setup(the_anchor_signs_itself, fresh),
	    cmocka_unit_test(every_fault_has_a_text),
	};
	return cmocka_run_group_tests_name("x509 chain", tests, setup, teardown);
}
