/* base/x509.h: one certificate - what it says, what is refused, and whose signature it bears. */
#include "../../support/test.h"

#include "pki.h"

#include <openssl/core_names.h>
#include <openssl/x509v3.h>

static EVP_PKEY *p256, *p384, *rsa, *other;

static int make_keys(void **state)
{
	(void)state;
	p256 = pki_ec("P-256");
	p384 = pki_ec("P-384");
	rsa = pki_rsa(2048);
	other = pki_ec("P-384");
	return crypto_init() == ST_OK ? 0 : -1;
}

static int free_keys(void **state)
{
	(void)state;
	EVP_PKEY_free(p256);
	EVP_PKEY_free(p384);
	EVP_PKEY_free(rsa);
	EVP_PKEY_free(other);
	return 0;
}

static enum status parsed(struct slice der)
{
	struct x509 *c = NULL;
	enum status st = x509_parse(&c, der);

	assert_int_equal(c != NULL, st == ST_OK);
	x509_free(c);
	return st;
}

static enum status made(const struct pki_cert *want)
{
	struct buf der = pki_cert(want);
	enum status st = parsed(buf_view(&der));

	buf_clear(&der);
	return st;
}

static void says_what_stands_in_it(void **state)
{
	(void)state;
	struct buf der = pki_cert(&(struct pki_cert){.subject = "under",
	    .issuer = "above",
	    .key = p384,
	    .signer = rsa,
	    .ca = true,
	    .path_len = 2,
	    .key_usage = KU_KEY_CERT_SIGN | KU_DIGITAL_SIGNATURE,
	    .serial = "80ff",
	    .not_before = "691231235959Z",
	    .not_after = "20500101000000Z"});
	struct x509 *c = pki_parse(&der);
	const struct x509_facts *f = x509_facts(c);
	struct buf x = pki_number(p384, OSSL_PKEY_PARAM_EC_PUB_X, 48),
		   y = pki_number(p384, OSSL_PKEY_PARAM_EC_PUB_Y, 48);
	uint8_t pin[32], expected[32];

	assert_slice_equal(f->der, buf_view(&der));
	assert_string_equal(f->subject_cn, "under");
	assert_string_equal(f->issuer_cn, "above");
	assert_false(slice_equal(f->subject, f->issuer));
	assert_int_equal(f->subject.ptr[0], 0x30);
	assert_slice_equal(f->serial, slice_of("\x00\x80\xff", 3));
	assert_int_equal(f->key, X509_P384);
	assert_slice_equal(f->x, buf_view(&x));
	assert_slice_equal(f->y, buf_view(&y));
	assert_int_equal(f->not_before, -1);
	assert_int_equal(f->not_after, 2524608000);
	assert_true(f->basic_constraints && f->ca && f->key_usage && f->key_cert_sign && f->digital_signature);
	assert_false(f->crl_sign);
	assert_int_equal(f->path_len, 2);
	assert_int_equal(f->spki.len, 120);
	sha256(expected, f->spki, (struct slice){0});
	x509_pin(pin, c);
	assert_memory_equal(pin, expected, sizeof pin);
	x509_free(c);
	buf_clear(&der);
	buf_clear(&x);
	buf_clear(&y);
}

static void knows_three_kinds_of_key(void **state)
{
	(void)state;
	struct buf a = pki_root("a", p256), b = pki_root("b", rsa);
	struct x509 *ec = pki_parse(&a), *r = pki_parse(&b);
	struct buf n = pki_number(rsa, OSSL_PKEY_PARAM_RSA_N, 256);

	assert_int_equal(x509_facts(ec)->key, X509_P256);
	assert_int_equal(x509_facts(ec)->x.len, 32);
	assert_int_equal(x509_facts(r)->key, X509_RSA);
	assert_slice_equal(x509_facts(r)->x, buf_view(&n));
	assert_slice_equal(x509_facts(r)->y, slice_of("\x01\x00\x01", 3));
	assert_int_equal(x509_signed_by(ec, ec), ST_OK);
	assert_int_equal(x509_signed_by(r, r), ST_OK);
	assert_int_equal(x509_signed_by(ec, r), ST_SIGNATURE);
	assert_int_equal(x509_signed_by(r, ec), ST_SIGNATURE);
	x509_free(ec);
	x509_free(r);
	buf_clear(&a);
	buf_clear(&b);
	buf_clear(&n);
}

static void refuses_other_keys(void **state)
{
	(void)state;
	static const char *const groups[] = {"P-521", "secp256k1", "P-224"};
	EVP_PKEY *k;

	for (size_t i = 0; i < COUNT_OF(groups); i++) {
		k = pki_ec(groups[i]);
		assert_int_equal(
		    made(&(struct pki_cert){.subject = "s", .key = k, .signer = p384, .algorithm = PKI_SHA384}),
		    ST_UNSUPPORTED);
		EVP_PKEY_free(k);
	}
	k = pki_rsa(1024);
	assert_int_equal(made(&(struct pki_cert){.subject = "s", .key = k, .signer = p384}), ST_UNSUPPORTED);
	EVP_PKEY_free(k);
	k = pki_rsa_e(2048, 3);
	assert_int_equal(made(&(struct pki_cert){.subject = "s", .key = k, .signer = p384}), ST_UNSUPPORTED);
	EVP_PKEY_free(k);
	k = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	assert_int_equal(made(&(struct pki_cert){.subject = "s", .key = k, .signer = p384}), ST_UNSUPPORTED);
	assert_int_equal(made(&(struct pki_cert){.subject = "s", .key = p384, .signer = k, .algorithm = PKI_NO_DIGEST}),
	    ST_UNSUPPORTED);
	EVP_PKEY_free(k);
	k = pki_ec("P-256");
	assert_int_equal(
	    EVP_PKEY_set_utf8_string_param(k, OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT, "compressed"), 1);
	assert_int_equal(made(&(struct pki_cert){.subject = "s", .key = k, .signer = p384}), ST_UNSUPPORTED);
	EVP_PKEY_free(k);
	k = pki_ec("P-256");
	assert_int_equal(EVP_PKEY_set_utf8_string_param(k, OSSL_PKEY_PARAM_EC_ENCODING, "explicit"), 1);
	assert_int_equal(made(&(struct pki_cert){.subject = "s", .key = k, .signer = p384}), ST_UNSUPPORTED);
	EVP_PKEY_free(k);
}

static void knows_its_signature_algorithms(void **state)
{
	(void)state;
	static const struct {
		bool by_rsa;
		enum pki_algorithm algorithm;
		enum status st;
	} cases[] = {
	    {false, PKI_SHA256, ST_OK},
	    {false, PKI_SHA384, ST_OK},
	    {false, PKI_SHA1, ST_UNSUPPORTED},
	    {false, PKI_SHA512, ST_UNSUPPORTED},
	    {true, PKI_SHA256, ST_OK},
	    {true, PKI_SHA384, ST_OK},
	    {true, PKI_SHA1, ST_UNSUPPORTED},
	    {true, PKI_SHA512, ST_UNSUPPORTED},
	    {true, PKI_PSS_SHA384, ST_OK},
	    {true, PKI_PSS_SHA256, ST_UNSUPPORTED},
	    {true, PKI_PSS_MGF_SHA256, ST_UNSUPPORTED},
	    {true, PKI_PSS_SALT_32, ST_UNSUPPORTED},
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		EVP_PKEY *k = cases[i].by_rsa ? rsa : p384;
		struct buf der =
		    pki_cert(&(struct pki_cert){.subject = "s", .key = k, .algorithm = cases[i].algorithm});
		struct x509 *c = NULL;
		assert_int_equal(x509_parse(&c, buf_view(&der)), cases[i].st);
		if (c)
			assert_int_equal(x509_signed_by(c, c), ST_OK);
		x509_free(c);
		buf_clear(&der);
	}
}

/* Last occurrence of `from` becomes `to`. */
static void patch(struct buf *der, struct slice from, const void *to)
{
	for (size_t at = der->len - from.len + 1; at-- > 0;)
		if (memcmp(der->ptr + at, from.ptr, from.len) == 0) {
			memcpy(der->ptr + at, to, from.len);
			return;
		}
	fail_msg("nothing to patch");
}

static void inner_and_outer_algorithm_agree(void **state)
{
	(void)state;
	struct buf der = pki_root("r", p384);

	patch(&der, slice_of("\x2a\x86\x48\xce\x3d\x04\x03\x03", 8), "\x2a\x86\x48\xce\x3d\x04\x03\x02");
	assert_int_equal(parsed(buf_view(&der)), ST_FORMAT);
	buf_clear(&der);
}

/* X.690 section 11.2.1: bits that a BIT STRING does not use are zero. The library reads it all the same. */
static void unused_bits_are_zero(void **state)
{
	(void)state;
	struct buf der = pki_root("r", p384);
	size_t at = der.len - 2;

	while (der.ptr[at] != 0x03 || der.ptr[at + 1] != der.len - at - 2 || der.ptr[at + 2] != 0)
		at--; /* the signature is the last element */
	der.ptr[at + 2] = 1;
	der.ptr[der.len - 1] |= 1;
	assert_int_equal(parsed(buf_view(&der)), ST_FORMAT);
	buf_clear(&der);
}

static void extensions_come_once_and_are_known_when_critical(void **state)
{
	(void)state;
	static const uint8_t no_ca[] = {0x30, 0x00}, value[] = {0x04, 0x03, 1, 2, 3};
	struct pki_extension e[3] = {
	    {"1.3.6.1.4.1.3704.1.1", false, {value, sizeof value}},
	    {"1.3.6.1.4.1.3704.1.10", false, {value, 1}},
	    {"2.5.29.19", false, {no_ca, sizeof no_ca}},
	};
	struct pki_cert want = {.subject = "s", .key = p384, .path_len = -1, .extensions = e, .n_extensions = 3};
	struct slice found;
	bool critical;

	assert_int_equal(made(&want), ST_DUPLICATE); /* basicConstraints stands there already */
	want.n_extensions = 2;
	struct buf der = pki_cert(&want);
	struct x509 *c = pki_parse(&der);
	assert_true(x509_extension(c, "1.3.6.1.4.1.3704.1.1", &found, &critical));
	assert_slice_equal(found, slice_of(value, sizeof value));
	assert_false(critical);
	assert_true(x509_extension(c, "1.3.6.1.4.1.3704.1.10", &found, &critical));
	assert_int_equal(found.len, 1);
	assert_true(x509_extension(c, "2.5.29.19", &found, &critical));
	assert_true(critical);
	assert_false(x509_extension(c, "1.3.6.1.4.1.3704.1", &found, &critical));
	assert_false(x509_extension(c, "", &found, &critical));
	x509_free(c);
	buf_clear(&der);
	e[0].critical = true;
	assert_int_equal(made(&want), ST_UNSUPPORTED);
}

static void refuses_a_heap_of_extensions(void **state)
{
	(void)state;
	struct pki_extension e[40];
	char oid[40][32];

	for (int i = 0; i < 40; i++) {
		snprintf(oid[i], sizeof oid[i], "1.3.6.1.4.1.99999.%d", i);
		e[i] = (struct pki_extension){oid[i], false, {(const uint8_t *)"", 0}};
	}
	struct pki_cert want = {.subject = "s", .key = p384, .path_len = -1, .extensions = e, .n_extensions = 31};
	assert_int_equal(made(&want), ST_OK);
	want.n_extensions = 32;
	assert_int_equal(made(&want), ST_TOO_LARGE);
}

/* The value of an extension that we read must be the one encoding of what it says. */
static void constraints_and_usage_are_strict(void **state)
{
	(void)state;
	static const struct {
		const char *oid;
		struct slice value;
		enum status st;
	} cases[] = {
	    {"2.5.29.19", {(const uint8_t *)"\x30\x00", 2}, ST_OK},
	    {"2.5.29.19", {(const uint8_t *)"\x30\x03\x01\x01\xff", 5}, ST_OK},
	    {"2.5.29.19", {(const uint8_t *)"\x30\x03\x01\x01\x01", 5}, ST_FORMAT}, /* TRUE is ff */
	    {"2.5.29.19", {(const uint8_t *)"\x30\x03\x01\x01\x00", 5}, ST_FORMAT}, /* the default is left out */
	    {"2.5.29.19", {(const uint8_t *)"\x30\x00\x00", 3}, ST_FORMAT}, /* trailing */
	    {"2.5.29.19", {(const uint8_t *)"\x30\x06\x01\x01\xff\x02\x01\x00", 8}, ST_OK},
	    {"2.5.29.19", {(const uint8_t *)"\x30\x06\x01\x01\xff\x02\x01\xff", 8}, ST_FORMAT}, /* negative */
	    {"2.5.29.19", {(const uint8_t *)"\x30\x07\x01\x01\xff\x02\x02\x00\x01", 9}, ST_FORMAT},
	    {"2.5.29.19", {(const uint8_t *)"\x30\x03\x02\x01\x00", 5}, ST_FORMAT}, /* a limit without a CA */
	    {"2.5.29.19", {(const uint8_t *)"\x30\x81\x00", 3}, ST_FORMAT},
	    {"2.5.29.19", {(const uint8_t *)"", 0}, ST_FORMAT},
	    {"2.5.29.15", {(const uint8_t *)"\x03\x02\x02\x04", 4}, ST_OK},
	    {"2.5.29.15", {(const uint8_t *)"\x03\x02\x02\x05", 4}, ST_FORMAT}, /* a bit below the end */
	    {"2.5.29.15", {(const uint8_t *)"\x03\x02\x09\x04", 4}, ST_FORMAT},
	    {"2.5.29.15", {(const uint8_t *)"\x04\x02\x02\x04", 4}, ST_FORMAT},
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct pki_extension e = {cases[i].oid, true, cases[i].value};
		enum status st = made(&(struct pki_cert){
		    .subject = "s", .key = p384, .no_constraints = true, .extensions = &e, .n_extensions = 1});
		if (st != cases[i].st)
			print_error("case %zu\n", i);
		assert_int_equal(st, cases[i].st);
	}
}

static void serials(void **state)
{
	(void)state;
	static const struct {
		const char *hex;
		enum status st;
		size_t len;
	} cases[] = {
	    {"0", ST_OK, 1}, /* AMD's leaves */
	    {"7f", ST_OK, 1},
	    {"-1", ST_FORMAT, 0},
	    {"-0102030405060708090a0b0c0d0e0f1011121314", ST_FORMAT, 0},
	    {"0102030405060708090a0b0c0d0e0f1011121314", ST_OK, 20},
	    {"f102030405060708090a0b0c0d0e0f1011121314", ST_OK, 21},
	    {"0102030405060708090a0b0c0d0e0f101112131415", ST_TOO_LARGE, 0},
	    {"f102030405060708090a0b0c0d0e0f101112131415", ST_TOO_LARGE, 0},
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct buf der = pki_cert(&(struct pki_cert){.subject = "s", .key = p384, .serial = cases[i].hex});
		struct x509 *c = NULL;
		assert_int_equal(x509_parse(&c, buf_view(&der)), cases[i].st);
		if (c)
			assert_int_equal(x509_facts(c)->serial.len, cases[i].len);
		x509_free(c);
		buf_clear(&der);
	}
}

static void times(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		enum status st;
		int64_t seconds;
	} cases[] = {
	    {"700101000000Z", ST_OK, 0},
	    {"500101000000Z", ST_OK, -631152000},
	    {"491231235959Z", ST_OK, 2524607999},
	    {"20491231235959Z", ST_OK, 2524607999},
	    {"20541206075525Z", ST_OK, 2680156525},
	    {"240229120000Z", ST_OK, 1709208000},
	    {"19000228000000Z", ST_OK, -2203977600},
	    {"00000101000000Z", ST_OK, -62167219200},
	    {"99991231235959Z", ST_OK, 253402300799},
	    {"230229120000Z", ST_FORMAT, 0}, /* no leap year */
	    {"19000229000000Z", ST_FORMAT, 0},
	    {"241301000000Z", ST_FORMAT, 0},
	    {"240001000000Z", ST_FORMAT, 0},
	    {"240100000000Z", ST_FORMAT, 0},
	    {"240431000000Z", ST_FORMAT, 0},
	    {"240101240000Z", ST_FORMAT, 0},
	    {"240101006000Z", ST_FORMAT, 0},
	    {"240101000060Z", ST_FORMAT, 0}, /* leap seconds do not exist here */
	    {"2401010000Z", ST_FORMAT, 0},
	    {"240101000000+0100", ST_FORMAT, 0},
	    {"20240101000000.5Z", ST_FORMAT, 0},
	    {"20240101000000", ST_FORMAT, 0},
	    {"2401010000000", ST_FORMAT, 0},
	    {"24 101000000Z", ST_FORMAT, 0},
	    {"-40101000000Z", ST_FORMAT, 0},
	    {"", ST_FORMAT, 0},
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct buf der = pki_cert(&(struct pki_cert){.subject = "s", .key = p384, .not_after = cases[i].text});
		struct x509 *c = NULL;
		enum status st = x509_parse(&c, buf_view(&der));
		if (st != cases[i].st || (c && x509_facts(c)->not_after != cases[i].seconds))
			fail_msg("%s: %s", cases[i].text, c ? "another time" : status_name(st));
		x509_free(c);
		buf_clear(&der);
	}
}

static void names_for_people_are_plain_or_empty(void **state)
{
	(void)state;
	char long_name[66];
	static const struct {
		const char *cn, *shown;
	} cases[] = {{"Milan-B0 (x=1)", "Milan-B0 (x=1)"}, {"tab\there", ""}, {"del\x7f", ""}};

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct buf der = pki_root(cases[i].cn, p384);
		struct x509 *c = pki_parse(&der);
		assert_string_equal(x509_facts(c)->subject_cn, cases[i].shown);
		x509_free(c);
		buf_clear(&der);
	}
	memset(long_name, 'a', sizeof long_name);
	long_name[64] = 0;
	struct buf der = pki_root(long_name, p384);
	struct x509 *c = pki_parse(&der);
	assert_string_equal(x509_facts(c)->subject_cn, long_name);
	x509_free(c);
	buf_clear(&der);
}

static void refuses_truncation_and_trailing_bytes(void **state)
{
	(void)state;
	struct buf der = pki_root("r", rsa);

	for (size_t n = 0; n < der.len; n++) {
		uint8_t *exact = malloc(n + 1); /* the sanitizer sees a read past the end */
		memcpy(exact, der.ptr, n);
		assert_int_equal(parsed(slice_of(exact, n)), ST_TRUNCATED);
		free(exact);
	}
	buf_append(&der, "\0", 1);
	assert_int_equal(parsed(buf_view(&der)), ST_TRAILING);
	while (der.len <= X509_DER_MAX)
		buf_append(&der, "\0", 1);
	assert_int_equal(parsed(buf_view(&der)), ST_TOO_LARGE);
	buf_clear(&der);
}

static void refuses_long_and_indefinite_lengths(void **state)
{
	(void)state;
	struct buf good = pki_root("r", p384), bad = {0};
	size_t len = good.len - 4;

	assert_int_equal(good.ptr[1], 0x82);
	const uint8_t head[] = {0x30, 0x83, 0, (uint8_t)(len >> 8), (uint8_t)len};
	buf_append(&bad, head, sizeof head);
	buf_append(&bad, good.ptr + 4, len);
	assert_int_equal(parsed(buf_view(&bad)), ST_FORMAT);
	buf_reset(&bad);
	buf_append(&bad, "\x30\x80", 2);
	buf_append(&bad, good.ptr + 4, len);
	buf_append(&bad, "\0\0", 2);
	assert_int_equal(parsed(buf_view(&bad)), ST_FORMAT);
	buf_clear(&bad);
	buf_clear(&good);
}

static void refuses_version_one(void **state)
{
	(void)state;
	assert_int_equal(made(&(struct pki_cert){.subject = "s", .key = p384, .is_v1 = true, .no_constraints = true}),
	    ST_UNSUPPORTED);
}

static void no_altered_certificate_bears_its_signature(void **state)
{
	(void)state;
	EVP_PKEY *keys[] = {p256, p384, rsa};

	for (size_t k = 0; k < COUNT_OF(keys); k++) {
		struct buf ca = pki_root("r", keys[k]), der = pki_ca("s", other, "r", keys[k], 3);
		struct x509 *issuer = pki_parse(&ca), *c = pki_parse(&der);
		assert_int_equal(x509_signed_by(c, issuer), ST_OK);
		x509_free(c);
		for (size_t bit = 0; bit < 8 * der.len; bit++) {
			c = NULL;
			der.ptr[bit / 8] ^= (uint8_t)(1u << bit % 8);
			if (x509_parse(&c, buf_view(&der)) == ST_OK)
				assert_int_equal(x509_signed_by(c, issuer), ST_SIGNATURE);
			der.ptr[bit / 8] ^= (uint8_t)(1u << bit % 8);
			x509_free(c);
		}
		x509_free(issuer);
		buf_clear(&ca);
		buf_clear(&der);
	}
}

static void verifies_raw_signatures(void **state)
{
	(void)state;
	EVP_PKEY *keys[] = {p256, p384};
	struct slice msg = slice_str("a document");

	for (size_t k = 0; k < COUNT_OF(keys); k++) {
		struct buf der = pki_root("r", keys[k]), sig = pki_raw_signature(keys[k], msg);
		struct x509 *c = pki_parse(&der);
		size_t half = sig.len / 2;
		uint8_t zero[96] = {0};
		assert_int_equal(x509_verify_raw(c, buf_view(&sig), msg), ST_OK);
		assert_int_equal(x509_verify_raw(c, buf_view(&sig), slice_str("a documenT")), ST_SIGNATURE);
		assert_int_equal(x509_verify_raw(c, slice_of(sig.ptr, sig.len - 1), msg), ST_SIGNATURE);
		memcpy(zero, sig.ptr, half); /* s = 0 */
		assert_int_equal(x509_verify_raw(c, slice_of(zero, sig.len), msg), ST_SIGNATURE);
		memset(zero, 0, half);
		memcpy(zero + half, sig.ptr + half, half); /* r = 0 */
		assert_int_equal(x509_verify_raw(c, slice_of(zero, sig.len), msg), ST_SIGNATURE);
		memset(zero, 0xff, half); /* r > n */
		assert_int_equal(x509_verify_raw(c, slice_of(zero, sig.len), msg), ST_SIGNATURE);
		x509_free(c);
		buf_clear(&der);
		buf_clear(&sig);
	}
	struct buf der = pki_root("r", rsa);
	struct x509 *c = pki_parse(&der);
	assert_int_equal(x509_verify_raw(c, msg, msg), ST_KEY);
	x509_free(c);
	buf_clear(&der);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(says_what_stands_in_it),
	    cmocka_unit_test(knows_three_kinds_of_key),
	    cmocka_unit_test(refuses_other_keys),
	    cmocka_unit_test(knows_its_signature_algorithms),
	    cmocka_unit_test(inner_and_outer_algorithm_agree),
	    cmocka_unit_test(unused_bits_are_zero),
	    cmocka_unit_test(extensions_come_once_and_are_known_when_critical),
	    cmocka_unit_test(refuses_a_heap_of_extensions),
	    cmocka_unit_test(constraints_and_usage_are_strict),
	    cmocka_unit_test(serials),
	    cmocka_unit_test(times),
	    cmocka_unit_test(names_for_people_are_plain_or_empty),
	    cmocka_unit_test(refuses_truncation_and_trailing_bytes),
	    cmocka_unit_test(refuses_long_and_indefinite_lengths),
	    cmocka_unit_test(refuses_version_one),
	    cmocka_unit_test(no_altered_certificate_bears_its_signature),
	    cmocka_unit_test(verifies_raw_signatures),
	};
	return cmocka_run_group_tests_name("x509", tests, make_keys, free_keys);
}
