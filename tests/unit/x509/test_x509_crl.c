/* base/x509.h: revocation lists. */
#include "../../support/test.h"

#include "pki.h"

#include <openssl/x509v3.h>

static EVP_PKEY *key, *other;
static const char *const revoked[] = {"1", "80ff", "0102030405060708090a0b0c0d0e0f1011121314"};
static const uint8_t reason[] = {0x0a, 0x01, 0x01}, crl_number[] = {0x02, 0x01, 0x07};

static int setup(void **state)
{
	(void)state;
	key = pki_ec("P-256");
	other = pki_ec("P-256");
	return crypto_init() == ST_OK ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	EVP_PKEY_free(key);
	EVP_PKEY_free(other);
	return 0;
}

static enum status parsed(struct slice der)
{
	struct x509_crl *c = NULL;
	enum status st = x509_crl_parse(&c, der);

	assert_int_equal(c != NULL, st == ST_OK);
	x509_crl_free(c);
	return st;
}

static enum status made(const struct pki_crl *want)
{
	struct buf der = pki_crl(want);
	enum status st = parsed(buf_view(&der));

	buf_clear(&der);
	return st;
}

static struct buf good(void)
{
	static const struct pki_extension number = {"2.5.29.20", false, {crl_number, sizeof crl_number}},
					  why = {"2.5.29.21", false, {reason, sizeof reason}};

	return pki_crl(&(struct pki_crl){.issuer = "ca",
	    .signer = key,
	    .serials = revoked,
	    .n_serials = COUNT_OF(revoked),
	    .extensions = &number,
	    .n_extensions = 1,
	    .entry_extensions = &why,
	    .n_entry_extensions = 1});
}

static bool lists(const struct x509_crl *crl, const char *serial)
{
	struct buf der =
	    pki_cert(&(struct pki_cert){.subject = "s", .issuer = "ca", .key = other, .signer = key, .serial = serial});
	struct x509 *c = pki_parse(&der);
	bool found = x509_crl_lists(crl, c);

	x509_free(c);
	buf_clear(&der);
	return found;
}

static void says_what_stands_in_it(void **state)
{
	(void)state;
	struct buf der = good();
	struct x509_crl *crl = NULL;

	assert_int_equal(x509_crl_parse(&crl, buf_view(&der)), ST_OK);
	const struct x509_crl_facts *f = x509_crl_facts(crl);
	assert_string_equal(f->issuer_cn, "ca");
	assert_int_equal(f->this_update, 1704067200);
	assert_int_equal(f->next_update, 2019686400);
	assert_int_equal(f->revoked, 3);
	for (size_t i = 0; i < COUNT_OF(revoked); i++)
		assert_true(lists(crl, revoked[i]));
	assert_false(lists(crl, "2"));
	assert_false(lists(crl, "ff"));
	assert_false(lists(crl, "0"));
	assert_false(lists(crl, "02030405060708090a0b0c0d0e0f1011121314"));
	x509_crl_free(crl);
	buf_clear(&der);
}

static void an_empty_list_lists_nothing(void **state)
{
	(void)state;
	struct buf der = pki_crl(&(struct pki_crl){.issuer = "ca", .signer = key});
	struct x509_crl *crl = NULL;

	assert_int_equal(x509_crl_parse(&crl, buf_view(&der)), ST_OK);
	assert_int_equal(x509_crl_facts(crl)->revoked, 0);
	assert_false(lists(crl, "1"));
	x509_crl_free(crl);
	buf_clear(&der);
}

static enum status signed_by(const struct buf *der, const struct pki_cert *issuer)
{
	struct buf ca = pki_cert(issuer);
	struct x509 *c = pki_parse(&ca);
	struct x509_crl *crl = NULL;

	assert_int_equal(x509_crl_parse(&crl, buf_view(der)), ST_OK);
	enum status st = x509_crl_signed_by(crl, c);
	x509_crl_free(crl);
	x509_free(c);
	buf_clear(&ca);
	return st;
}

static void signed_by_its_issuer_only(void **state)
{
	(void)state;
	struct buf der = good();
	struct pki_cert ca = {.subject = "ca", .key = key, .ca = true, .path_len = -1, .key_usage = KU_CRL_SIGN};

	assert_int_equal(signed_by(&der, &ca), ST_OK);
	ca.key_usage = 0;
	assert_int_equal(signed_by(&der, &ca), ST_OK);
	ca.key_usage = KU_KEY_CERT_SIGN;
	assert_int_equal(signed_by(&der, &ca), ST_SIGNATURE);
	ca.key_usage = KU_CRL_SIGN;
	ca.subject = "cb";
	assert_int_equal(signed_by(&der, &ca), ST_SIGNATURE);
	ca.subject = "ca";
	ca.key = other;
	assert_int_equal(signed_by(&der, &ca), ST_SIGNATURE);
	EVP_PKEY *rsa = pki_rsa(2048);
	ca.key = rsa;
	assert_int_equal(signed_by(&der, &ca), ST_SIGNATURE);
	EVP_PKEY_free(rsa);
	buf_clear(&der);
}

static void refuses_what_it_does_not_understand(void **state)
{
	(void)state;
	struct pki_extension twice[2] = {{"2.5.29.20", false, {crl_number, 3}}, {"2.5.29.20", false, {crl_number, 3}}};
	struct pki_crl want = {.issuer = "ca", .signer = key, .serials = revoked, .n_serials = 1};

	assert_int_equal(made(&want), ST_OK);
	want.no_next_update = true;
	assert_int_equal(made(&want), ST_FORMAT);
	want.no_next_update = false;
	want.next_update = "240101000000+0000";
	assert_int_equal(made(&want), ST_FORMAT);
	want.next_update = NULL;
	want.is_v1 = true;
	assert_int_equal(made(&want), ST_UNSUPPORTED);
	want.is_v1 = false;
	want.algorithm = PKI_SHA1;
	assert_int_equal(made(&want), ST_UNSUPPORTED);
	want.algorithm = PKI_FITTING;
	want.extensions = twice;
	want.n_extensions = 2;
	assert_int_equal(made(&want), ST_DUPLICATE);
	want.n_extensions = 1;
	twice[0].critical = true; /* such as a delta CRL's */
	assert_int_equal(made(&want), ST_UNSUPPORTED);
	want.n_extensions = 0;
	twice[0] = (struct pki_extension){"2.5.29.21", true, {reason, sizeof reason}};
	want.entry_extensions = twice;
	want.n_entry_extensions = 1;
	assert_int_equal(made(&want), ST_UNSUPPORTED);
}

static void inner_and_outer_algorithm_agree(void **state)
{
	(void)state;
	struct buf der = good();
	static const uint8_t oid[] = {0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02};
	size_t at = der.len - sizeof oid;

	while (memcmp(der.ptr + at, oid, sizeof oid) != 0)
		at--;
	der.ptr[at + 7] = 3;
	assert_int_equal(parsed(buf_view(&der)), ST_FORMAT);
	buf_clear(&der);
}

static void refuses_truncation_and_trailing_bytes(void **state)
{
	(void)state;
	struct buf der = good();

	for (size_t n = 0; n < der.len; n++) {
		uint8_t *exact = malloc(n + 1);
		memcpy(exact, der.ptr, n);
		assert_int_equal(parsed(slice_of(exact, n)), ST_TRUNCATED);
		free(exact);
	}
	buf_append(&der, "\0", 1);
	assert_int_equal(parsed(buf_view(&der)), ST_TRAILING);
	while (der.len <= X509_CRL_MAX)
		buf_append(&der, "\0", 1);
	assert_int_equal(parsed(buf_view(&der)), ST_TOO_LARGE);
	buf_clear(&der);
}

static void no_altered_list_bears_its_signature(void **state)
{
	(void)state;
	struct buf der = good(), ca = pki_root("ca", key);
	struct x509 *issuer = pki_parse(&ca);

	for (size_t bit = 0; bit < 8 * der.len; bit++) {
		struct x509_crl *c = NULL;
		der.ptr[bit / 8] ^= (uint8_t)(1u << bit % 8);
		if (x509_crl_parse(&c, buf_view(&der)) == ST_OK)
			assert_int_equal(x509_crl_signed_by(c, issuer), ST_SIGNATURE);
		der.ptr[bit / 8] ^= (uint8_t)(1u << bit % 8);
		x509_crl_free(c);
	}
	x509_free(issuer);
	buf_clear(&ca);
	buf_clear(&der);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(says_what_stands_in_it),
	    cmocka_unit_test(an_empty_list_lists_nothing),
	    cmocka_unit_test(signed_by_its_issuer_only),
	    cmocka_unit_test(refuses_what_it_does_not_understand),
	    cmocka_unit_test(inner_and_outer_algorithm_agree),
	    cmocka_unit_test(refuses_truncation_and_trailing_bytes),
	    cmocka_unit_test(no_altered_list_bears_its_signature),
	};
	return cmocka_run_group_tests_name("x509 crl", tests, setup, teardown);
}
