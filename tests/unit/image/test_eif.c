/* Tests image/eif.h: what is written reads back; PCRs by their definition; the CRC; signed by a certificate's key; every flip refused. */
#include "support/test.h"

#include "base/crypto.h"
#include "image/eif.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

static struct eif sample(void)
{
	return (struct eif){.kernel = slice_str("kernel"), .cmdline = slice_str("console=ttyS0"), .metadata = slice_str("{}"),
	    .ramdisk = {slice_str("first"), slice_str("second"), slice_str("third")}, .n_ramdisks = 3};
}

static void expect_pcr(const uint8_t pcr[static SHA384_LEN], const char *contents)
{
	static const uint8_t zeros[SHA384_LEN];
	uint8_t inner[SHA384_LEN], want[SHA384_LEN];
	struct sha2 s;

	sha384_begin(&s);
	sha2_update(&s, slice_str(contents));
	sha2_end(&s, inner);
	sha384_begin(&s);
	sha2_update(&s, slice_of(zeros, sizeof zeros));
	sha2_update(&s, slice_of(inner, sizeof inner));
	sha2_end(&s, want);
	assert_memory_equal(pcr, want, sizeof want);
}

static void pcrs_are_over_the_right_sections(void **state)
{
	(void)state;
	struct eif e = sample();
	struct eif_pcrs pcrs;

	assert_int_equal(eif_measure(&pcrs, &e), ST_OK);
	expect_pcr(pcrs.pcr0, "kernelconsole=ttyS0firstsecondthird");
	expect_pcr(pcrs.pcr1, "kernelconsole=ttyS0first");
	expect_pcr(pcrs.pcr2, "secondthird");
	assert_false(pcrs.is_signed);
}

static void reads_back(void **state)
{
	(void)state;
	struct eif e = sample(), got;
	struct buf b = {0};

	assert_int_equal(eif_write(&b, &e), ST_OK);
	assert_int_equal(b.len, 548 + 6 * 12 + 6 + 13 + 2 + 5 + 6 + 5);
	assert_memory_equal(b.ptr, ".eif\0\4\0\0", 8);
	assert_int_equal(eif_read(&got, buf_view(&b)), ST_OK);
	assert_slice_equal(got.kernel, e.kernel);
	assert_slice_equal(got.cmdline, e.cmdline);
	assert_slice_equal(got.metadata, e.metadata);
	assert_int_equal(got.n_ramdisks, 3);
	assert_slice_equal(got.ramdisk[2], e.ramdisk[2]);
	assert_int_equal(got.signature.len, 0);
	buf_clear(&b);
}

/* The CRC is over all bytes but its own, so every flip shows. */
static void refuses_every_flip_truncation_and_tail(void **state)
{
	(void)state;
	struct eif e = sample(), got;
	struct buf b = {0};

	assert_int_equal(eif_write(&b, &e), ST_OK);
	for (size_t bit = 0; bit < 8 * b.len; bit++) {
		b.ptr[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_not_equal(eif_read(&got, buf_view(&b)), ST_OK);
		b.ptr[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	for (size_t n = 0; n < b.len; n++)
		assert_int_not_equal(eif_read(&got, slice_of(b.ptr, n)), ST_OK);
	buf_append(&b, "", 1);
	assert_int_equal(eif_read(&got, buf_view(&b)), ST_TRAILING);
	buf_clear(&b);
}

/* ---- signing: a key and its certificate, by the library ---- */
struct pair {
	char *key, *certificate;
	uint8_t *der;
	int der_len;
};

static char *taken(BIO *bio)
{
	char *text;
	long len = BIO_get_mem_data(bio, &text);
	char *copy = calloc(1, (size_t)len + 1);

	memcpy(copy, text, (size_t)len);
	BIO_free(bio);
	return copy;
}

static struct pair make_pair(const char *curve)
{
	struct pair p = {0};
	EVP_PKEY *key = EVP_EC_gen(curve);
	X509 *c = X509_new();
	BIO *text = BIO_new(BIO_s_mem()), *secret = BIO_new(BIO_s_mem());

	X509_set_version(c, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(c), 7);
	X509_gmtime_adj(X509_getm_notBefore(c), 0);
	X509_gmtime_adj(X509_getm_notAfter(c), 86400);
	X509_NAME_add_entry_by_txt(X509_get_subject_name(c), "CN", MBSTRING_ASC, (const unsigned char *)"image", -1, -1, 0);
	X509_set_issuer_name(c, X509_get_subject_name(c));
	X509_set_pubkey(c, key);
	assert_true(X509_sign(c, key, strcmp(curve, "P-384") == 0 ? EVP_sha384() : EVP_sha256()) > 0);
	PEM_write_bio_X509(text, c);
	PEM_write_bio_PrivateKey(secret, key, NULL, NULL, 0, NULL, NULL);
	p.certificate = taken(text);
	p.key = taken(secret);
	p.der_len = i2d_X509(c, &p.der);
	X509_free(c);
	EVP_PKEY_free(key);
	return p;
}

static void pair_free(struct pair *p)
{
	free(p->key);
	free(p->certificate);
	OPENSSL_free(p->der);
}

static void signed_images_have_a_pcr8(void **state)
{
	(void)state;
	struct pair p = make_pair("P-384");
	struct eif e = sample(), got;
	struct buf signature = {0}, again = {0}, file = {0};
	struct eif_pcrs plain, pcrs;
	struct sha2 s;
	uint8_t inner[SHA384_LEN], want[SHA384_LEN], zeros[SHA384_LEN] = {0};

	assert_int_equal(eif_measure(&plain, &e), ST_OK);
	assert_int_equal(eif_sign(&signature, &e, slice_str(p.certificate), slice_str(p.key)), ST_OK);
	assert_int_equal(eif_sign(&again, &e, slice_str(p.certificate), slice_str(p.key)), ST_OK);
	assert_slice_equal(buf_view(&signature), buf_view(&again)); /* built again, the same bytes */
	e.signature = buf_view(&signature);
	assert_int_equal(eif_write(&file, &e), ST_OK);
	assert_int_equal(eif_read(&got, buf_view(&file)), ST_OK);
	assert_int_equal(eif_measure(&pcrs, &got), ST_OK);
	assert_true(pcrs.is_signed);
	assert_memory_equal(pcrs.pcr0, plain.pcr0, SHA384_LEN);
	sha384_begin(&s);
	sha2_update(&s, slice_of(p.der, (size_t)p.der_len));
	sha2_end(&s, inner);
	sha384_begin(&s);
	sha2_update(&s, slice_of(zeros, sizeof zeros));
	sha2_update(&s, slice_of(inner, sizeof inner));
	sha2_end(&s, want);
	assert_memory_equal(pcrs.pcr8, want, SHA384_LEN);
	got.kernel = slice_str("another"); /* signed, but not this one */
	assert_int_equal(eif_measure(&pcrs, &got), ST_SIGNATURE);
	buf_clear(&signature);
	buf_clear(&again);
	buf_clear(&file);
	pair_free(&p);
}

static void a_signature_is_refused_when_any_byte_differs(void **state)
{
	(void)state;
	struct pair p = make_pair("P-384");
	struct eif e = sample();
	struct eif_pcrs pcrs, good;
	struct buf signature = {0};

	assert_int_equal(eif_sign(&signature, &e, slice_str(p.certificate), slice_str(p.key)), ST_OK);
	e.signature = buf_view(&signature);
	assert_int_equal(eif_measure(&good, &e), ST_OK);
	for (size_t i = 0; i < signature.len; i += 7) {
		signature.ptr[i] ^= 1;
		/* PCR8 is a hash of the certificate; nothing checks the certificate's own signature, here as at AWS: then PCR8 differs */
		if (eif_measure(&pcrs, &e) == ST_OK)
			assert_memory_not_equal(pcrs.pcr8, good.pcr8, SHA384_LEN);
		signature.ptr[i] ^= 1;
	}
	for (size_t n = 1; n < signature.len; n += 13) {
		e.signature.len = n;
		assert_int_not_equal(eif_measure(&pcrs, &e), ST_OK);
	}
	buf_clear(&signature);
	pair_free(&p);
}

static void only_a_pair_on_p384_signs(void **state)
{
	(void)state;
	struct pair one = make_pair("P-384"), two = make_pair("P-384"), other = make_pair("P-256");
	struct eif e = sample();
	struct buf b = {0};

	assert_int_equal(eif_sign(&b, &e, slice_str(one.certificate), slice_str(two.key)), ST_KEY);
	assert_int_equal(eif_sign(&b, &e, slice_str(one.certificate), slice_str(other.key)), ST_KEY);
	assert_int_equal(eif_sign(&b, &e, slice_str(other.certificate), slice_str(one.key)), ST_UNSUPPORTED);
	assert_int_equal(eif_sign(&b, &e, slice_str(one.key), slice_str(one.key)), ST_FORMAT);
	assert_int_equal(eif_sign(&b, &e, slice_str(one.certificate), slice_str(one.certificate)), ST_KEY);
	buf_clear(&b);
	pair_free(&one);
	pair_free(&two);
	pair_free(&other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(pcrs_are_over_the_right_sections), cmocka_unit_test(reads_back),
	    cmocka_unit_test(refuses_every_flip_truncation_and_tail), cmocka_unit_test(signed_images_have_a_pcr8),
	    cmocka_unit_test(a_signature_is_refused_when_any_byte_differs), cmocka_unit_test(only_a_pair_on_p384_signs),
	};
	return crypto_init() == ST_OK ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
