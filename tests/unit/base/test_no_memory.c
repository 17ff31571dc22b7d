/* Every allocation fails in turn: each call reports it, leaks nothing (under the sanitizer) and gives no partial result. */
#include "../../support/test.h"

#include "../../support/failing_crypto.h"

#include "base/cbor.h"
#include "base/cose.h"
#include "base/seal.h"

static uint8_t key[64], public_key[32];
static struct buf sign1, sealed;
static struct random rng;
static struct random_seeded seeded;

/* Each runs one call; true when it did its whole work. */
static bool run_aead_new(void)
{
	struct aead *a = NULL;
	bool ok = aead_new(&a, AEAD_AES256_GCM, key) == ST_OK;

	assert_int_equal(a != NULL, ok);
	aead_free(a);
	return ok;
}

static bool run_stream_new(void)
{
	struct aes_stream *s = NULL;
	bool ok = aes_stream_new(&s, key) == ST_OK;

	assert_int_equal(s != NULL, ok);
	aes_stream_free(s);
	return ok;
}

static bool run_cose_sign1(void)
{
	struct buf doc = {0};

	cose_sign1(&doc, "l", slice_str("payload"), key);
	bool ok = buf_status(&doc) == ST_OK;
	buf_clear(&doc);
	return ok;
}

static bool run_cose_sign1_verify(void)
{
	struct slice payload = {0};
	enum status st = cose_sign1_verify(buf_view(&sign1), "l", public_key, &payload);

	assert_true(st == ST_OK || (st == ST_NO_MEMORY && payload.len == 0));
	return st == ST_OK;
}

static bool run_cose_sign_make(void)
{
	struct cose_signature sig = {.kid = {0xee}};
	enum status st = cose_sign_make(&sig, "l", slice_str("payload"), key);

	assert_true(st == ST_OK || (st == ST_NO_MEMORY && sig.kid[0] == 0xee));
	return st == ST_OK;
}

static bool run_seal_to(void)
{
	struct buf out = {0};
	bool ok = seal_to(&out, public_key, slice_str("i"), slice_str("a"), slice_str("plain"), &rng) == ST_OK;

	assert_int_equal(out.len, ok ? 5 + SEAL_OVERHEAD : 0);
	buf_clear(&out);
	return ok;
}

static bool run_seal_open(void)
{
	uint8_t plain[5] = "xxxx";
	bool ok = seal_open(plain, key, slice_str("i"), slice_str("a"), buf_view(&sealed)) == ST_OK;

	assert_memory_equal(plain, ok ? "plain" : "\0\0\0\0\0", 5);
	return ok;
}

static bool run_ecdsa_verify(void)
{
	uint8_t x[32], y[32], sig[64];

	assert_int_equal(hex_decode(x, 32, "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"), ST_OK);
	assert_int_equal(hex_decode(y, 32, "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299"), ST_OK);
	assert_int_equal(hex_decode(sig, 32, "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"), ST_OK);
	assert_int_equal(hex_decode(sig + 32, 32, "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"), ST_OK);
	return ecdsa_verify(ECDSA_P256_SHA256, slice_of(x, 32), slice_of(y, 32), slice_of(sig, 64),
		   slice_str("sample")) == ST_OK;
}

static bool run_cbor_writer(void)
{
	struct buf b = {0};

	cbor_put_array(&b, 1);
	cbor_put_bytes(&b, slice_of(key, sizeof key));
	bool ok = buf_status(&b) == ST_OK;
	buf_clear(&b);
	return ok;
}

/* Fails allocation 0, 1, 2, … until the call gets through; it must take at least one. */
static void each_allocation_fails_in_turn(bool (*run)(void))
{
	for (long k = 0; k < 1000; k++) {
		allocations_left = k;
		bool ok = run();
		long left = allocations_left;
		allocations_left = -1;
		if (ok && left > 0) {
			assert_true(k > 0);
			return;
		}
	}
	fail_msg("never got through");
}

#define FAILING(name)                                                                                                  \
	static void name##_reports_every_failed_allocation(void **state)                                               \
	{                                                                                                              \
		(void)state;                                                                                           \
		each_allocation_fails_in_turn(run_##name);                                                             \
	}
FAILING(aead_new)
FAILING(stream_new)
FAILING(cose_sign1)
FAILING(cose_sign1_verify)
FAILING(cose_sign_make)
FAILING(seal_to)
FAILING(seal_open)
FAILING(ecdsa_verify)
FAILING(cbor_writer)

static int start(void **state)
{
	uint8_t seed[32] = {1};

	(void)state;
	if (crypto_init() != ST_OK)
		return -1;
	ed25519_keypair(public_key, key, seed);
	cose_sign1(&sign1, "l", slice_str("payload"), key);
	rng = random_from_seed(&seeded);
	uint8_t receive[32];
	x25519_public(receive, key);
	return seal_to(&sealed, receive, slice_str("i"), slice_str("a"), slice_str("plain"), &rng) == ST_OK ? 0 : -1;
}

static int stop(void **state)
{
	(void)state;
	buf_clear(&sign1);
	buf_clear(&sealed);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(aead_new_reports_every_failed_allocation),
	    cmocka_unit_test(stream_new_reports_every_failed_allocation),
	    cmocka_unit_test(cose_sign1_reports_every_failed_allocation),
	    cmocka_unit_test(cose_sign1_verify_reports_every_failed_allocation),
	    cmocka_unit_test(cose_sign_make_reports_every_failed_allocation),
	    cmocka_unit_test(seal_to_reports_every_failed_allocation),
	    cmocka_unit_test(seal_open_reports_every_failed_allocation),
	    cmocka_unit_test(ecdsa_verify_reports_every_failed_allocation),
	    cmocka_unit_test(cbor_writer_reports_every_failed_allocation),
	};
	if (!failing_crypto())
		return 1;
	return cmocka_run_group_tests(tests, start, stop);
}
