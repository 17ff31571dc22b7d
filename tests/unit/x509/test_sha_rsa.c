/* base/x509.h: SHA-256, SHA-384 (FIPS 180-4; examples of NIST's "SHA examples" pages) and RSASSA-PKCS1v15. */
#include "../../support/test.h"

#include "pki.h"

#include <openssl/core_names.h>

static void shows(const char *expected, const char *text, bool is_384)
{
	struct slice all = slice_str(text);

	for (size_t cut = 0; cut <= all.len; cut++) {
		uint8_t out[48];
		char hex[97];
		struct slice a = slice_of(all.ptr, cut), b = slice_of(all.ptr + cut, all.len - cut);
		if (is_384)
			sha384(out, a, b);
		else
			sha256(out, a, b);
		hex_encode(hex, slice_of(out, is_384 ? 48 : 32));
		assert_string_equal(hex, expected);
	}
}

static void published_examples(void **state)
{
	(void)state;
	shows("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", "abc", false);
	shows("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "", false);
	shows("248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
	    "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", false);
	shows("cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7", "abc",
	    true);
	shows("38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da274edebfe76f65fbd51ad2f14898b95b", "",
	    true);
	shows("09330c33f71147e83d192fc782cd1b4753111b173b3b05d22fa08086e3b0f712fcc7c71a557e2db966c3e9fa91746039",
	    "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstno"
	    "pqrstu",
	    true);
}

static struct buf sign(EVP_PKEY *key, const EVP_MD *digest, struct slice msg)
{
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	struct buf sig = {0};
	size_t len = (size_t)EVP_PKEY_get_size(key);

	assert_int_equal(EVP_DigestSignInit(md, NULL, digest, NULL, key), 1);
	assert_int_equal(EVP_DigestSign(md, buf_extend(&sig, len), &len, msg.ptr, msg.len), 1);
	EVP_MD_CTX_free(md);
	return sig;
}

static void rsa_signatures(void **state)
{
	(void)state;
	EVP_PKEY *key = pki_rsa(2048), *other = pki_rsa(2048);
	struct buf n = pki_number(key, OSSL_PKEY_PARAM_RSA_N, 256), n2 = pki_number(other, OSSL_PKEY_PARAM_RSA_N, 256);
	struct slice msg = slice_str("quote"), e = slice_of("\x01\x00\x01", 3);
	struct buf sig = sign(key, EVP_sha256(), msg), sha1 = sign(key, EVP_sha1(), msg);

	assert_int_equal(rsa_pkcs1_sha256_verify(buf_view(&n), e, buf_view(&sig), msg), ST_OK);
	assert_int_equal(rsa_pkcs1_sha256_verify(buf_view(&n), e, buf_view(&sig), slice_str("Quote")), ST_SIGNATURE);
	assert_int_equal(rsa_pkcs1_sha256_verify(buf_view(&n), e, buf_view(&sha1), msg), ST_SIGNATURE);
	assert_int_equal(rsa_pkcs1_sha256_verify(buf_view(&n2), e, buf_view(&sig), msg), ST_SIGNATURE);
	assert_int_equal(rsa_pkcs1_sha256_verify(buf_view(&n), e, slice_of(sig.ptr, 255), msg), ST_SIGNATURE);
	for (size_t bit = 0; bit < 8 * sig.len; bit += 7) {
		sig.ptr[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_equal(rsa_pkcs1_sha256_verify(buf_view(&n), e, buf_view(&sig), msg), ST_SIGNATURE);
		sig.ptr[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	EVP_PKEY_free(key);
	EVP_PKEY_free(other);
	buf_clear(&n);
	buf_clear(&n2);
	buf_clear(&sig);
	buf_clear(&sha1);
}

static void rsa_keys(void **state)
{
	(void)state;
	uint8_t n[513], sig[513] = {0};
	static const struct {
		size_t n_len;
		uint8_t first, last;
		const char *e;
		size_t e_len;
		enum status st;
	} cases[] = {
	    {256, 0x80, 1, "\x01\x00\x01", 3, ST_SIGNATURE},
	    {512, 0xff, 1, "\x01\x00\x01", 3, ST_SIGNATURE},
	    {513, 0xff, 1, "\x01\x00\x01", 3, ST_KEY},
	    {255, 0xff, 1, "\x01\x00\x01", 3, ST_KEY},
	    {256, 0x7f, 1, "\x01\x00\x01", 3, ST_KEY},
	    {257, 0x00, 1, "\x01\x00\x01", 3, ST_KEY},
	    {256, 0xff, 2, "\x01\x00\x01", 3, ST_KEY},
	    {256, 0xff, 1, "\x01\x00\x02", 3, ST_KEY},
	    {256, 0xff, 1, "\x00\x01\x00\x01", 4, ST_KEY},
	    {256, 0xff, 1, "\x03", 1, ST_KEY},
	    {256, 0xff, 1, "\x01\x00\x00\x00\x01", 5, ST_KEY},
	    {256, 0xff, 1, "", 0, ST_KEY},
	    {0, 0xff, 1, "\x01\x00\x01", 3, ST_KEY},
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		size_t len = cases[i].n_len;
		memset(n, 0x5a, sizeof n);
		n[0] = cases[i].first;
		if (len)
			n[len - 1] = cases[i].last;
		assert_int_equal(rsa_pkcs1_sha256_verify(slice_of(n, len), slice_of(cases[i].e, cases[i].e_len),
				     slice_of(sig, len), slice_str("m")),
		    cases[i].st);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(published_examples),
	    cmocka_unit_test(rsa_signatures),
	    cmocka_unit_test(rsa_keys),
	};
	return cmocka_run_group_tests_name("sha and rsa", tests, NULL, NULL);
}
