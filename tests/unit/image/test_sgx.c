/* Tests image/sgx.h with a SIGSTRUCT that this test signs: fields, every flipped bit, every length. */
#include "support/test.h"

#include "base/crypto.h"
#include "image/sgx.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>

enum { N_LEN = 384 };
static uint8_t good[SIGSTRUCT_LEN];

static EVP_PKEY *make_key(void)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	BIGNUM *three = BN_new();
	EVP_PKEY *key = NULL;

	BN_set_word(three, 3);
	assert_true(EVP_PKEY_keygen_init(ctx) == 1 && EVP_PKEY_CTX_set_rsa_keygen_bits(ctx, 8 * N_LEN) == 1 &&
		EVP_PKEY_CTX_set1_rsa_keygen_pubexp(ctx, three) == 1 && EVP_PKEY_generate(ctx, &key) == 1);
	BN_free(three);
	EVP_PKEY_CTX_free(ctx);
	return key;
}

static void sign(uint8_t s[static SIGSTRUCT_LEN], EVP_PKEY *key)
{
	uint8_t message[256], sig[N_LEN];
	size_t len = sizeof sig;
	BIGNUM *n = NULL;
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &n);
	BN_bn2lebinpad(n, s + 128, N_LEN);
	BN_free(n);
	memcpy(message, s, 128);
	memcpy(message + 128, s + 900, 128);
	assert_true(EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, key) == 1 && EVP_DigestSign(ctx, sig, &len, message, sizeof message) == 1);
	for (size_t i = 0; i < N_LEN; i++)
		s[516 + i] = sig[N_LEN - 1 - i];
	EVP_MD_CTX_free(ctx);
}

static int setup(void **state)
{
	static const uint8_t header[16] = {6, 0, 0, 0, 0xe1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0};
	static const uint8_t header2[16] = {1, 1, 0, 0, 0x60, 0, 0, 0, 0x60, 0, 0, 0, 1, 0, 0, 0};
	EVP_PKEY *key = make_key();

	(void)state;
	memcpy(good, header, 16);
	memcpy(good + 24, header2, 16);
	good[512] = 3;
	good[928] = 4;    /* MODE64BIT */
	good[944] = 0xff; /* the mask: DEBUG must be clear */
	memset(good + 960, 0xab, 32);
	good[1024] = 7, good[1025] = 1;
	good[1026] = 3;
	sign(good, key);
	EVP_PKEY_free(key);
	return 0;
}

static void reads_what_is_signed(void **state)
{
	(void)state;
	struct sgx_identity id;
	uint8_t signer[32];

	assert_int_equal(sgx_sigstruct_read(&id, slice_of(good, sizeof good)), ST_OK);
	for (size_t i = 0; i < 32; i++)
		assert_int_equal(id.mrenclave[i], 0xab);
	SHA256(good + 128, N_LEN, signer);
	assert_memory_equal(id.mrsigner, signer, 32);
	assert_int_equal(id.isvprodid, 263);
	assert_int_equal(id.isvsvn, 3);
	assert_false(id.debug_permitted);
}

/* Q1 and Q2 (from 1040 on) only help the processor divide: it checks them itself. */
static void every_other_bit_is_bound(void **state)
{
	(void)state;
	struct sgx_identity id;

	for (size_t bit = 0; bit < 8 * 1040; bit++) {
		good[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_not_equal(sgx_sigstruct_read(&id, slice_of(good, sizeof good)), ST_OK);
		good[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
}

static void every_other_length_is_refused(void **state)
{
	(void)state;
	struct sgx_identity id;
	uint8_t longer[SIGSTRUCT_LEN + 1] = {0};

	for (size_t n = 0; n < sizeof good; n++)
		assert_int_equal(sgx_sigstruct_read(&id, slice_of(good, n)), ST_TRUNCATED);
	memcpy(longer, good, sizeof good);
	assert_int_equal(sgx_sigstruct_read(&id, slice_of(longer, sizeof longer)), ST_TRAILING);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_what_is_signed), cmocka_unit_test(every_other_bit_is_bound), cmocka_unit_test(every_other_length_is_refused),
	};
	return crypto_init() == ST_OK ? cmocka_run_group_tests(tests, setup, NULL) : 1;
}
