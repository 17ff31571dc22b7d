/* Contracts of base/crypto.h that no published vector covers; the vectors are in tests/kat/crypto. */
#include "../../support/closed_sandbox.h"
#include "../../support/test.h"

#include "base/cbor.h"
#include "base/cose.h"
#include "base/crypto.h"
#include "base/seal.h"

#include <errno.h>
#include <grp.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int start(void **state)
{
	(void)state;
	return crypto_init() == ST_OK && crypto_init() == ST_OK ? 0 : -1;
}

/* Runs f in a child. The exit code, or minus the signal that ended it. */
/* ---- H ---- */

static void hash_is_blake2b_of_canonical_cbor(void **state)
{
	static const uint8_t data[300] = {1, 2, 3};
	uint8_t streamed[HASH_LEN], expected[HASH_LEN];
	struct buf b = {0};
	struct hash h;

	(void)state;
	hash_begin(&h, "parley/test/v1", 4);
	hash_bytes(&h, slice_of(data, sizeof data));
	hash_array(&h, 3);
	hash_u64(&h, 1000000);
	hash_array(&h, 0);
	hash_text(&h, "inner");
	hash_u64(&h, 23);
	hash_bytes(&h, (struct slice){0});
	hash_end(&h, streamed);

	cbor_put_array(&b, 5);
	cbor_put_text(&b, "parley/test/v1");
	cbor_put_bytes(&b, slice_of(data, sizeof data));
	cbor_put_array(&b, 3);
	cbor_put_u64(&b, 1000000);
	cbor_put_array(&b, 0);
	cbor_put_text(&b, "inner");
	cbor_put_u64(&b, 23);
	cbor_put_bytes(&b, (struct slice){0});
	blake2b_512(expected, buf_view(&b), (struct slice){0});
	assert_memory_equal(streamed, expected, HASH_LEN);
	buf_clear(&b);
}

static void hash_one_is_an_array_of_two(void **state)
{
	uint8_t one[HASH_LEN], expected[HASH_LEN];

	(void)state;
	hash_one(one, "L", slice_str("ab"));
	blake2b_512(expected, slice_of("\x82\x61L\x42" "ab", 6), (struct slice){0});
	assert_memory_equal(one, expected, HASH_LEN);
}

/* The same bytes split elsewhere, or under another label, are another hash. */
static void hash_separates_labels_items_and_types(void **state)
{
	uint8_t out[6][HASH_LEN];
	struct hash h;

	(void)state;
	hash_one(out[0], "a", slice_str("bc"));
	hash_one(out[1], "ab", slice_str("c"));
	hash_begin(&h, "a", 2);
	hash_bytes(&h, slice_str("b"));
	hash_bytes(&h, slice_str("c"));
	hash_end(&h, out[2]);
	hash_begin(&h, "a", 1);
	hash_text(&h, "bc");
	hash_end(&h, out[3]);
	hash_begin(&h, "a", 1);
	hash_array(&h, 1);
	hash_bytes(&h, slice_str("bc"));
	hash_end(&h, out[4]);
	hash_begin(&h, "abc", 0);
	hash_end(&h, out[5]);
	for (size_t i = 0; i < 6; i++)
		for (size_t j = 0; j < i; j++)
			assert_memory_not_equal(out[i], out[j], HASH_LEN);
}

static int hash_item_too_few(void)
{
	uint8_t out[HASH_LEN];
	struct hash h;

	hash_begin(&h, "a", 2);
	hash_u64(&h, 1);
	hash_end(&h, out);
	return 0;
}

static int hash_item_too_many(void)
{
	struct hash h;

	hash_begin(&h, "a", 1);
	hash_u64(&h, 1);
	hash_u64(&h, 1);
	return 0;
}

static int hash_nested_item_too_few(void)
{
	uint8_t out[HASH_LEN];
	struct hash h;

	hash_begin(&h, "a", 1);
	hash_array(&h, 1);
	hash_end(&h, out);
	return 0;
}

static void hash_panics_unless_the_promise_is_kept(void **state)
{
	(void)state;
	assert_int_equal(in_child(hash_item_too_few), -SIGABRT);
	assert_int_equal(in_child(hash_item_too_many), -SIGABRT);
	assert_int_equal(in_child(hash_nested_item_too_few), -SIGABRT);
}

/* ---- signatures and key agreement ---- */

static void signature_refuses_every_flipped_bit(void **state)
{
	uint8_t pk[32], sk[64], sig[64], seed[32] = {7}, msg[20] = "twenty bytes of text";

	(void)state;
	ed25519_keypair(pk, sk, seed);
	ed25519_sign(sig, slice_of(msg, sizeof msg), sk);
	assert_int_equal(ed25519_verify(sig, slice_of(msg, sizeof msg), pk), ST_OK);
	for (size_t bit = 0; bit < 8 * sizeof sig; bit++) {
		sig[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_equal(ed25519_verify(sig, slice_of(msg, sizeof msg), pk), ST_SIGNATURE);
		sig[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	for (size_t bit = 0; bit < 8 * sizeof msg; bit++) {
		msg[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_equal(ed25519_verify(sig, slice_of(msg, sizeof msg), pk), ST_SIGNATURE);
		msg[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	for (size_t bit = 0; bit < 8 * sizeof pk; bit++) {
		pk[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_equal(ed25519_verify(sig, slice_of(msg, sizeof msg), pk), ST_SIGNATURE);
		pk[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
}

/* Points of small order: for them some signature verifies over any message. */
static void signature_refuses_small_order_and_non_canonical_keys(void **state)
{
	static const char *const bad[] = {
	    "0000000000000000000000000000000000000000000000000000000000000000",
	    "0100000000000000000000000000000000000000000000000000000000000000",
	    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
	    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
	    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	};
	uint8_t pk[32], sig[64] = {1}; /* R = identity, S = 0: verifies under a small-order key if it is not refused */

	(void)state;
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		assert_int_equal(hex_decode(pk, 32, bad[i]), ST_OK);
		assert_int_equal(ed25519_verify(sig, slice_str("x"), pk), ST_SIGNATURE);
	}
}

static void x25519_refuses_small_order_points(void **state)
{
	static const char *const bad[] = {
	    "0000000000000000000000000000000000000000000000000000000000000000",
	    "0100000000000000000000000000000000000000000000000000000000000000",
	    "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
	    "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
	    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	};
	uint8_t sk[32] = {9}, pk[32], out[32];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		memset(out, 0xff, sizeof out);
		assert_int_equal(hex_decode(pk, 32, bad[i]), ST_OK);
		assert_int_equal(x25519(out, sk, pk), ST_KEY);
		for (size_t k = 0; k < sizeof out; k++)
			assert_int_equal(out[k], 0);
	}
}

static void x25519_agrees_and_may_overwrite_its_inputs(void **state)
{
	uint8_t a[32] = {1}, b[32] = {2}, pa[32], pb[32], one[32];

	(void)state;
	x25519_public(pa, a);
	x25519_public(pb, b);
	assert_int_equal(x25519(one, a, pb), ST_OK);
	assert_int_equal(x25519(pa, b, pa), ST_OK);
	assert_memory_equal(one, pa, 32);
}

static void ecdsa_refuses_what_is_not_a_key_or_signature(void **state)
{
	static const uint8_t ones[132] = {1};
	struct slice f = slice_of(ones, 32), sig = slice_of(ones, 64), msg = slice_str("m");

	(void)state;
	assert_int_equal(ecdsa_verify(ECDSA_P256_SHA256, f, f, sig, msg), ST_KEY); /* not on the curve */
	assert_int_equal(ecdsa_verify((enum ecdsa_curve)3, f, f, sig, msg), ST_KEY);
	assert_int_equal(ecdsa_verify((enum ecdsa_curve)-1, f, f, sig, msg), ST_KEY);
	assert_int_equal(ecdsa_verify(ECDSA_P256_SHA256, slice_of(ones, 31), f, sig, msg), ST_KEY);
	assert_int_equal(ecdsa_verify(ECDSA_P256_SHA256, f, slice_of(ones, 33), sig, msg), ST_KEY);
	assert_int_equal(ecdsa_verify(ECDSA_P256_SHA256, (struct slice){0}, (struct slice){0}, (struct slice){0}, msg), ST_KEY);
	assert_int_equal(ecdsa_verify(ECDSA_P256_SHA256, f, f, slice_of(ones, 63), msg), ST_SIGNATURE);
}

/* ---- AEAD ---- */

static const enum aead_suite suites[] = {AEAD_AES256_GCM, AEAD_CHACHA20_POLY1305};

static void aead_opens_what_it_sealed(void **state)
{
	static const size_t lens[] = {0, 1, 15, 16, 17, 64, 1000, 70000};
	uint8_t key[32] = {3}, nonce[12] = {0}, *plain = malloc(70000), *out = malloc(70016);
	struct slice ad = slice_str("associated");

	(void)state;
	assert_true(plain && out);
	for (size_t s = 0; s < COUNT_OF(suites); s++) {
		struct aead *a;
		assert_int_equal(aead_new(&a, suites[s], key), ST_OK);
		for (size_t i = 0; i < COUNT_OF(lens); i++) {
			nonce[0] = (uint8_t)i;
			memset(plain, (int)i + 1, lens[i]);
			assert_int_equal(aead_seal(a, out, nonce, ad, slice_of(plain, lens[i])), ST_OK);
			if (lens[i] > 15)
				assert_memory_not_equal(out, plain, lens[i]);
			assert_int_equal(aead_open(a, out, nonce, ad, slice_of(out, lens[i] + 16)), ST_OK); /* in place */
			assert_memory_equal(out, plain, lens[i]);
			/* sealing in place gives the same bytes */
			memcpy(out, plain, lens[i]);
			assert_int_equal(aead_seal(a, out, nonce, ad, slice_of(out, lens[i])), ST_OK);
			assert_int_equal(aead_open(a, out, nonce, ad, slice_of(out, lens[i] + 16)), ST_OK);
			assert_memory_equal(out, plain, lens[i]);
		}
		aead_free(a);
	}
	aead_free(NULL);
	free(plain);
	free(out);
}

static void aead_refuses_every_change_and_wipes(void **state)
{
	uint8_t key[32] = {3}, nonce[12] = {1}, sealed[40], out[24], ad[5] = "assoc";
	struct slice plain = slice_str("twenty-four bytes long!!");

	(void)state;
	for (size_t s = 0; s < COUNT_OF(suites); s++) {
		struct aead *a;
		assert_int_equal(aead_new(&a, suites[s], key), ST_OK);
		assert_int_equal(aead_seal(a, sealed, nonce, slice_of(ad, 5), plain), ST_OK);
		for (size_t bit = 0; bit < 8 * sizeof sealed; bit++) {
			sealed[bit / 8] ^= (uint8_t)(1u << bit % 8);
			memset(out, 0xff, sizeof out);
			assert_int_equal(aead_open(a, out, nonce, slice_of(ad, 5), slice_of(sealed, 40)), ST_DECRYPT);
			for (size_t k = 0; k < sizeof out; k++)
				assert_int_equal(out[k], 0);
			sealed[bit / 8] ^= (uint8_t)(1u << bit % 8);
		}
		for (size_t n = 0; n < sizeof sealed; n++)
			assert_int_equal(aead_open(a, out, nonce, slice_of(ad, 5), slice_of(sealed, n)), ST_DECRYPT);
		for (size_t bit = 0; bit < 40; bit++) {
			ad[bit / 8] ^= (uint8_t)(1u << bit % 8);
			assert_int_equal(aead_open(a, out, nonce, slice_of(ad, 5), slice_of(sealed, 40)), ST_DECRYPT);
			ad[bit / 8] ^= (uint8_t)(1u << bit % 8);
		}
		for (size_t bit = 0; bit < 96; bit++) {
			nonce[bit / 8] ^= (uint8_t)(1u << bit % 8);
			assert_int_equal(aead_open(a, out, nonce, slice_of(ad, 5), slice_of(sealed, 40)), ST_DECRYPT);
			nonce[bit / 8] ^= (uint8_t)(1u << bit % 8);
		}
		/* and the context still works after all these failures */
		assert_int_equal(aead_open(a, out, nonce, slice_of(ad, 5), slice_of(sealed, 40)), ST_OK);
		assert_memory_equal(out, plain.ptr, 24);
		aead_free(a);
	}
}

static void aead_refuses_an_unknown_suite(void **state)
{
	uint8_t key[32] = {0};
	struct aead *a = NULL;

	(void)state;
	assert_int_equal(aead_new(&a, (enum aead_suite)3, key), ST_ARGUMENT);
	assert_null(a);
}

/* ---- the AES stream ---- */

/* Block by block is the definition; every length and split must agree with it. */
static void stream_is_the_same_however_it_is_asked_for(void **state)
{
	enum { LEN = 20000 };
	uint8_t key[16] = {5}, *whole = malloc(LEN), *piece = malloc(LEN + 1);
	struct aes_stream *s;

	(void)state;
	assert_true(whole && piece);
	assert_int_equal(aes_stream_new(&s, key), ST_OK);
	for (size_t at = 0; at < LEN; at += 16)
		aes_stream_fill(s, whole + at, 16, 11, 22, 1000 + at / 16);
	for (size_t len = 0; len <= LEN; len += len < 1100 ? 1 : 997) {
		memset(piece, 0xee, LEN + 1);
		aes_stream_fill(s, piece + 1, len, 11, 22, 1000); /* unaligned */
		assert_memory_equal(piece + 1, whole, len);
		if (len < LEN)
			assert_int_equal(piece[1 + len], 0xee); /* nothing past the end */
	}
	aes_stream_fill(s, piece, LEN - 1600, 11, 22, 1100);
	assert_memory_equal(piece, whole + 1600, LEN - 1600);
	aes_stream_free(s);
	aes_stream_free(NULL);
	free(whole);
	free(piece);
}

static void stream_addresses_do_not_meet(void **state)
{
	uint8_t key[16] = {5}, out[5][32];
	struct aes_stream *s;

	(void)state;
	assert_int_equal(aes_stream_new(&s, key), ST_OK);
	aes_stream_fill(s, out[0], 32, 1, 2, 3);
	aes_stream_fill(s, out[1], 32, 2, 2, 3);
	aes_stream_fill(s, out[2], 32, 1, 3, 3);
	aes_stream_fill(s, out[3], 32, 1, 2, 5);
	aes_stream_fill(s, out[4], 32, 1, 2, 3 + (1ULL << 32));
	for (size_t i = 0; i < 5; i++)
		for (size_t j = 0; j < i; j++)
			assert_memory_not_equal(out[i], out[j], 32);
	aes_stream_free(s);
}

/* Across 2^32 the library's counter must carry into ours, as the definition does. */
static void stream_carries_through_the_whole_counter(void **state)
{
	static const uint64_t starts[] = {UINT32_MAX - 20, (1ULL << 40) - 13, UINT64_MAX - 99};
	uint8_t key[16] = {5}, bulk[1600], one[16];
	struct aes_stream *s;

	(void)state;
	assert_int_equal(aes_stream_new(&s, key), ST_OK);
	for (size_t i = 0; i < COUNT_OF(starts); i++) {
		aes_stream_fill(s, bulk, sizeof bulk, 1, 2, starts[i]);
		for (uint64_t k = 0; k < 100; k++) {
			aes_stream_fill(s, one, 16, 1, 2, starts[i] + k);
			assert_memory_equal(bulk + 16 * k, one, 16);
		}
	}
	aes_stream_free(s);
}

static int stream_wraps(void)
{
	uint8_t key[16] = {5}, out[33];
	struct aes_stream *s;

	if (aes_stream_new(&s, key) != ST_OK)
		return 1;
	aes_stream_fill(s, out, 32, 1, 2, UINT64_MAX - 1); /* the last two blocks there are */
	aes_stream_fill(s, out, 33, 1, 2, UINT64_MAX - 1);
	return 0;
}

static void stream_panics_rather_than_wrap(void **state)
{
	(void)state;
	assert_int_equal(in_child(stream_wraps), -SIGABRT);
}

/* ---- HKDF, hex, memory ---- */

static void hkdf_has_its_length_limit(void **state)
{
	uint8_t prk[32] = {1}, *out = malloc(255 * 32), block[32];

	(void)state;
	assert_non_null(out);
	assert_int_equal(hkdf_sha256_expand(out, 255 * 32, prk, slice_str("i")), ST_OK);
	assert_int_equal(hkdf_sha256_expand(out, 255 * 32 + 1, prk, slice_str("i")), ST_TOO_LARGE);
	assert_int_equal(hkdf_sha256_expand(block, 32, prk, slice_str("i")), ST_OK);
	assert_memory_equal(block, out, 32);
	assert_int_equal(hkdf_sha256_expand(block, 0, prk, slice_str("i")), ST_OK);
	free(out);
}

static void hkdf_parts_are_their_concatenation(void **state)
{
	struct slice parts[] = {slice_str("ab"), {0}, slice_str("c")};
	uint8_t one[32], other[32];

	(void)state;
	hkdf_sha256_extract(one, slice_str("salt"), slice_str("abc"));
	hkdf_sha256_extract_parts(other, slice_str("salt"), parts, 3);
	assert_memory_equal(one, other, 32);
}

static void hex_goes_both_ways_and_refuses_the_rest(void **state)
{
	uint8_t all[256], back[256], untouched[2] = {0xaa, 0xbb};
	char text[513], expected[513];

	(void)state;
	for (size_t i = 0; i < 256; i++) {
		all[i] = (uint8_t)i;
		sprintf(expected + 2 * i, "%02x", (unsigned)i);
	}
	hex_encode(text, slice_of(all, 256));
	assert_string_equal(text, expected);
	assert_int_equal(hex_decode(back, 256, text), ST_OK);
	assert_memory_equal(back, all, 256);
	assert_int_equal(hex_decode(back, 2, "aBFf"), ST_OK);
	assert_memory_equal(back, "\xab\xff", 2);
	for (int c = 1; c < 256; c++) {
		bool is_digit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
		for (int at = 0; at < 4; at++) {
			char four[5] = "0000";
			four[at] = (char)c;
			assert_int_equal(hex_decode(back, 2, four), is_digit ? ST_OK : ST_FORMAT);
		}
	}
	assert_int_equal(hex_decode(untouched, 2, "000"), ST_FORMAT);
	assert_int_equal(hex_decode(untouched, 2, "00000"), ST_FORMAT);
	assert_int_equal(hex_decode(untouched, 2, "00 0"), ST_FORMAT);
	assert_int_equal(hex_decode(untouched, 2, ""), ST_FORMAT);
	assert_memory_equal(untouched, "\xaa\xbb", 2);
}

static void compares_and_wipes(void **state)
{
	uint8_t a[8] = "1234567", b[8] = "1234567";

	(void)state;
	assert_true(ct_equal(a, b, 8));
	b[7] = 1;
	assert_false(ct_equal(a, b, 8));
	assert_true(ct_equal(a, b, 7));
	assert_true(ct_equal(NULL, NULL, 0));
	wipe(a, sizeof a);
	assert_memory_equal(a, "\0\0\0\0\0\0\0\0", 8);
	wipe(NULL, 0);
}

static void secret_memory_is_zeroed_and_aligned(void **state)
{
	(void)state;
	for (size_t len = 0; len < 200; len += 33) {
		uint8_t *p = secret_alloc(len);
		assert_non_null(p);
		assert_int_equal((uintptr_t)p % 64, 0);
		for (size_t i = 0; i < len; i++)
			assert_int_equal(p[i], 0);
		memset(p, 0xff, len);
		secret_free(p);
	}
	assert_null(secret_alloc(SIZE_MAX));
	assert_null(secret_alloc(SIZE_MAX - 100));
	secret_free(NULL);
}

#if defined(__SANITIZE_ADDRESS__)
#define HAS_ADDRESS_SANITIZER 1
#elif defined(__has_feature)
#define HAS_ADDRESS_SANITIZER __has_feature(address_sanitizer)
#else
#define HAS_ADDRESS_SANITIZER 0
#endif

static int alloc_without_a_lock(void)
{
	struct rlimit none = {0, 0};

	if (setrlimit(RLIMIT_MEMLOCK, &none) != 0)
		return 1;
	if (geteuid() == 0 && (setgroups(0, NULL) != 0 || setgid(65534) != 0 || setuid(65534) != 0))
		return 2;
	return secret_alloc(32) == NULL ? 42 : 3;
}

static void secret_memory_that_cannot_be_locked_is_refused(void **state)
{
	(void)state;
#if HAS_ADDRESS_SANITIZER
	print_message("skipped: the address sanitizer makes mlock() do nothing\n");
	skip();
#endif
	assert_int_equal(in_child(alloc_without_a_lock), 42);
}

static int overrun(void)
{
	volatile uint8_t *p = secret_alloc(64);

	signal(SIGSEGV, SIG_DFL);
	p[64] = 1;
	return 0;
}

static void secret_memory_ends_at_a_guard_page(void **state)
{
	(void)state;
	assert_int_equal(in_child(overrun), -SIGSEGV);
}

static void seeded_randomness_repeats(void **state)
{
	struct random_seeded one = {.seed = {1}}, same = {.seed = {1}}, other = {.seed = {2}};
	struct random a = random_from_seed(&one), b = random_from_seed(&same), c = random_from_seed(&other);
	uint8_t x[3][100], y[100];

	(void)state;
	a.fill(a.ctx, x[0], 100);
	b.fill(b.ctx, x[1], 100);
	c.fill(c.ctx, x[2], 100);
	assert_memory_equal(x[0], x[1], 100);
	assert_memory_not_equal(x[0], x[2], 100);
	a.fill(a.ctx, y, 100);
	assert_memory_not_equal(x[0], y, 100);
}

static void system_randomness_differs_each_time(void **state)
{
	uint8_t x[2][1000] = {{0}};

	(void)state;
	random_system.fill(random_system.ctx, x[0], 1000);
	random_system.fill(random_system.ctx, x[1], 1000);
	assert_memory_not_equal(x[0], x[1], 1000);
}

/* ---- the sandbox: after crypto_init() nothing opens a file, reads one, or asks for randomness or the time ---- */

static bool use_keys(void)
{
	uint8_t pk[32], sk[64], dh[32], seed[32] = {4};
	struct cose_signature sig;
	struct buf doc = {0};
	struct slice payload;

	ed25519_keypair(pk, sk, seed);
	x25519_public(dh, seed);
	cose_sign1(&doc, "l", slice_str("p"), sk);
	bool ok = cose_sign1_verify(buf_view(&doc), "l", pk, &payload) == ST_OK && x25519(dh, seed, dh) == ST_OK &&
		  cose_sign_make(&sig, "l", payload, sk) == ST_OK && cose_sign_check(&sig, "l", payload) == ST_OK;
	buf_clear(&doc);
	return ok;
}

static bool use_ciphers(void)
{
	uint8_t key[32] = {3}, nonce[12] = {0}, out[1000] = {0};
	struct aes_stream *s;
	bool ok = aes_stream_new(&s, key) == ST_OK;

	aes_stream_fill(s, out, 1000, 1, 2, 3);
	aes_stream_fill(s, out, 10, 1, 2, 3);
	aes_stream_free(s);
	for (size_t i = 0; i < COUNT_OF(suites); i++) {
		struct aead *a;
		ok = ok && aead_new(&a, suites[i], key) == ST_OK &&
		     aead_seal(a, out, nonce, slice_str("ad"), slice_of(out, 100)) == ST_OK &&
		     aead_open(a, out, nonce, slice_str("ad"), slice_of(out, 116)) == ST_OK &&
		     aead_open(a, out, nonce, slice_str("ad"), slice_of(out, 116)) == ST_DECRYPT;
		aead_free(a);
	}
	return ok;
}

static bool use_seal(void)
{
	struct random_seeded seeded = {.seed = {1}};
	struct random rng = random_from_seed(&seeded);
	uint8_t sk[32] = {8}, pk[32], out[5];
	struct buf sealed = {0};

	x25519_public(pk, sk);
	bool ok = seal_to(&sealed, pk, slice_str("i"), slice_str("a"), slice_str("plain"), &rng) == ST_OK &&
		  seal_open(out, sk, slice_str("i"), slice_str("a"), buf_view(&sealed)) == ST_OK;
	buf_clear(&sealed);
	return ok;
}

/* The P-256 key and signature of RFC 6979, A.2.5, message "sample" with SHA-256. */
static bool use_ecdsa(void)
{
	uint8_t x[32], y[32], sig[64];

	return hex_decode(x, 32, "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6") == ST_OK &&
	       hex_decode(y, 32, "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299") == ST_OK &&
	       hex_decode(sig, 32, "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716") == ST_OK &&
	       hex_decode(sig + 32, 32, "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8") == ST_OK &&
	       ecdsa_verify(ECDSA_P256_SHA256, slice_of(x, 32), slice_of(y, 32), slice_of(sig, 64),
		   slice_str("sample")) == ST_OK &&
	       ecdsa_verify(ECDSA_P256_SHA256, slice_of(x, 32), slice_of(y, 32), slice_of(sig, 64),
		   slice_str("Sample")) == ST_SIGNATURE;
}

static int work_in_the_sandbox(void)
{
	if (close_sandbox() != 0)
		return 1;
	uint8_t digest[HASH_LEN];
	hash_one(digest, "l", slice_str("x"));
	void *secret = secret_alloc(100);
	bool ok = secret && use_keys() && use_ciphers() && use_seal() && use_ecdsa();
	secret_free(secret);
	return ok ? 42 : 2;
}

static int escape(void)
{
	uint8_t byte;

	if (close_sandbox() != 0)
		return 1;
	random_system.fill(random_system.ctx, &byte, 1);
	return 0;
}

static void everything_works_behind_a_closed_sandbox(void **state)
{
	(void)state;
	assert_int_equal(in_child(escape), -SIGSYS); /* the sandbox of this test does bite */
	assert_int_equal(in_child(work_in_the_sandbox), 42);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(hash_is_blake2b_of_canonical_cbor),
	    cmocka_unit_test(hash_one_is_an_array_of_two),
	    cmocka_unit_test(hash_separates_labels_items_and_types),
	    cmocka_unit_test(hash_panics_unless_the_promise_is_kept),
	    cmocka_unit_test(signature_refuses_every_flipped_bit),
	    cmocka_unit_test(signature_refuses_small_order_and_non_canonical_keys),
	    cmocka_unit_test(x25519_refuses_small_order_points),
	    cmocka_unit_test(x25519_agrees_and_may_overwrite_its_inputs),
	    cmocka_unit_test(ecdsa_refuses_what_is_not_a_key_or_signature),
	    cmocka_unit_test(aead_opens_what_it_sealed),
	    cmocka_unit_test(aead_refuses_every_change_and_wipes),
	    cmocka_unit_test(aead_refuses_an_unknown_suite),
	    cmocka_unit_test(stream_is_the_same_however_it_is_asked_for),
	    cmocka_unit_test(stream_addresses_do_not_meet),
	    cmocka_unit_test(stream_carries_through_the_whole_counter),
	    cmocka_unit_test(stream_panics_rather_than_wrap),
	    cmocka_unit_test(hkdf_has_its_length_limit),
	    cmocka_unit_test(hkdf_parts_are_their_concatenation),
	    cmocka_unit_test(hex_goes_both_ways_and_refuses_the_rest),
	    cmocka_unit_test(compares_and_wipes),
	    cmocka_unit_test(secret_memory_is_zeroed_and_aligned),
	    cmocka_unit_test(secret_memory_that_cannot_be_locked_is_refused),
	    cmocka_unit_test(secret_memory_ends_at_a_guard_page),
	    cmocka_unit_test(seeded_randomness_repeats),
	    cmocka_unit_test(system_randomness_differs_each_time),
	    cmocka_unit_test(everything_works_behind_a_closed_sandbox),
	};
	return cmocka_run_group_tests(tests, start, NULL);
}
