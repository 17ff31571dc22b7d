#include "../../support/test.h"

#include "base/seal.h"

static uint8_t pk[X25519_LEN], sk[X25519_LEN];
static struct random_seeded seeded = {.seed = {1}};
static struct random rng;
static const struct slice plain = {(const uint8_t *)"a share of something", 20};

static int start(void **state)
{
	(void)state;
	if (crypto_init() != ST_OK)
		return -1;
	rng = random_from_seed(&seeded);
	seal_derive_keypair(pk, sk, slice_str("receive"));
	return 0;
}

static struct buf sealed_with(struct slice info, struct slice aad)
{
	struct buf b = {0};

	buf_append_str(&b, "before");
	assert_int_equal(seal_to(&b, pk, info, aad, plain, &rng), ST_OK);
	assert_int_equal(b.len, 6 + plain.len + SEAL_OVERHEAD);
	return b;
}

static enum status open_into(uint8_t out[20], const struct buf *b, const char *info, const char *aad)
{
	return seal_open(out, sk, slice_str(info), slice_str(aad), slice_of(b->ptr + 6, b->len - 6));
}

static void opens_what_was_sealed(void **state)
{
	struct buf b = sealed_with(slice_str("info"), slice_str("aad"));
	uint8_t out[20];

	(void)state;
	assert_memory_equal(b.ptr, "before", 6);
	assert_int_equal(open_into(out, &b, "info", "aad"), ST_OK);
	assert_memory_equal(out, plain.ptr, 20);
	buf_clear(&b);
}

static void empty_and_large_messages(void **state)
{
	struct buf b = {0};
	uint8_t *big = calloc(1, 1000000), *out = malloc(1000000);

	(void)state;
	assert_true(big && out);
	assert_int_equal(seal_to(&b, pk, (struct slice){0}, (struct slice){0}, (struct slice){0}, &rng), ST_OK);
	assert_int_equal(b.len, SEAL_OVERHEAD);
	assert_int_equal(seal_open(NULL, sk, (struct slice){0}, (struct slice){0}, buf_view(&b)), ST_OK);
	buf_reset(&b);
	assert_int_equal(seal_to(&b, pk, (struct slice){0}, (struct slice){0}, slice_of(big, 1000000), &rng), ST_OK);
	assert_int_equal(seal_open(out, sk, (struct slice){0}, (struct slice){0}, buf_view(&b)), ST_OK);
	assert_memory_equal(out, big, 1000000);
	free(big);
	free(out);
	buf_clear(&b);
}

static void is_bound_to_info_aad_and_key(void **state)
{
	struct buf b = sealed_with(slice_str("info"), slice_str("aad"));
	uint8_t out[20], other_pk[32], other_sk[32];

	(void)state;
	assert_int_equal(open_into(out, &b, "inf", "aad"), ST_DECRYPT);
	assert_int_equal(open_into(out, &b, "info", "aa"), ST_DECRYPT);
	assert_int_equal(open_into(out, &b, "infoa", "ad"), ST_DECRYPT);
	seal_derive_keypair(other_pk, other_sk, slice_str("other"));
	assert_int_equal(seal_open(out, other_sk, slice_str("info"), slice_str("aad"), slice_of(b.ptr + 6, b.len - 6)), ST_DECRYPT);
	buf_clear(&b);
}

static void every_flipped_bit_is_refused_and_wiped(void **state)
{
	struct buf b = sealed_with(slice_str("info"), slice_str("aad"));
	uint8_t out[20];

	(void)state;
	for (size_t bit = 8 * 6; bit < 8 * b.len; bit++) {
		if (bit == 8 * (6 + 31) + 7)
			continue; /* the top bit of enc: see the test below */
		b.ptr[bit / 8] ^= (uint8_t)(1u << bit % 8);
		memset(out, 0xff, sizeof out);
		assert_int_equal(open_into(out, &b, "info", "aad"), ST_DECRYPT);
		for (size_t i = 0; i < sizeof out; i++)
			assert_int_equal(out[i], 0);
		b.ptr[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	buf_clear(&b);
}

/* X25519 ignores the top bit of a point, but enc is in the KEM context as it was sent. */
static void top_bit_of_the_ephemeral_key_is_bound_too(void **state)
{
	struct buf b = sealed_with(slice_str("info"), slice_str("aad"));
	uint8_t out[20];

	(void)state;
	b.ptr[6 + 31] ^= 0x80;
	assert_int_equal(open_into(out, &b, "info", "aad"), ST_DECRYPT);
	buf_clear(&b);
}

static void every_truncation_is_refused(void **state)
{
	struct buf b = sealed_with(slice_str("info"), slice_str("aad"));
	uint8_t out[20];

	(void)state;
	for (size_t n = 0; n < b.len - 6; n++) {
		enum status st = seal_open(out, sk, slice_str("info"), slice_str("aad"), slice_of(b.ptr + 6, n));
		assert_int_equal(st, n < SEAL_OVERHEAD ? ST_TRUNCATED : ST_DECRYPT);
	}
	buf_clear(&b);
}

static void two_seals_of_the_same_differ(void **state)
{
	struct buf a = sealed_with(slice_str("i"), slice_str("a")), b = sealed_with(slice_str("i"), slice_str("a"));

	(void)state;
	assert_memory_not_equal(a.ptr + 6, b.ptr + 6, 32);
	assert_memory_not_equal(a.ptr + 38, b.ptr + 38, 20);
	buf_clear(&a);
	buf_clear(&b);
}

static void small_order_keys_are_refused(void **state)
{
	static const uint8_t zero[32 + 64];
	uint8_t out[48];
	struct buf b = {0};

	(void)state;
	assert_int_equal(seal_to(&b, zero, (struct slice){0}, (struct slice){0}, plain, &rng), ST_KEY);
	assert_int_equal(b.len, 0);
	assert_int_equal(seal_open(out, sk, (struct slice){0}, (struct slice){0}, slice_of(zero, sizeof zero)), ST_KEY);
	buf_clear(&b);
}

static void full_buffer_is_reported_and_left_as_it_was(void **state)
{
	struct buf b = {.limit = 60};

	(void)state;
	buf_append_str(&b, "x");
	assert_int_equal(seal_to(&b, pk, (struct slice){0}, (struct slice){0}, plain, &rng), ST_NO_MEMORY);
	assert_int_equal(b.len, 1);
	buf_clear(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(opens_what_was_sealed),
	    cmocka_unit_test(empty_and_large_messages),
	    cmocka_unit_test(is_bound_to_info_aad_and_key),
	    cmocka_unit_test(every_flipped_bit_is_refused_and_wiped),
	    cmocka_unit_test(top_bit_of_the_ephemeral_key_is_bound_too),
	    cmocka_unit_test(every_truncation_is_refused),
	    cmocka_unit_test(two_seals_of_the_same_differ),
	    cmocka_unit_test(small_order_keys_are_refused),
	    cmocka_unit_test(full_buffer_is_reported_and_left_as_it_was),
	};
	return cmocka_run_group_tests(tests, start, NULL);
}
