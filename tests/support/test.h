/* What every cmocka program includes first, and the few helpers that many of them want. */
#ifndef TESTS_SUPPORT_TEST_H
#define TESTS_SUPPORT_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/slice.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static inline void assert_slice_equal(struct slice a, struct slice b)
{
	assert_int_equal(a.len, b.len);
	if (a.len)
		assert_memory_equal(a.ptr, b.ptr, a.len);
}

/* xorshift64*: reproducible test inputs, no cryptography. */
struct test_rng {
	uint64_t state;
};
static inline uint64_t test_u64(struct test_rng *rng)
{
	rng->state ^= rng->state >> 12;
	rng->state ^= rng->state << 25;
	rng->state ^= rng->state >> 27;
	return rng->state * 0x2545f4914f6cdd1dULL;
}
static inline size_t test_below(struct test_rng *rng, size_t bound)
{
	return (size_t)(test_u64(rng) % bound);
}
static inline void test_fill(struct test_rng *rng, void *out, size_t len)
{
	for (size_t i = 0; i < len; i++)
		((uint8_t *)out)[i] = (uint8_t)(test_u64(rng) >> 56);
}

/* Bytes of a hex literal of a test; heap, the caller frees. Stops the test when it is not hex. */
static inline struct slice test_hex(const char *hex)
{
	size_t len = strlen(hex) / 2;
	uint8_t *bytes = malloc(len + 1);

	assert_non_null(bytes);
	assert_int_equal(strlen(hex) % 2, 0);
	for (size_t i = 0; i < len; i++) {
		unsigned v;
		assert_int_equal(sscanf(hex + 2 * i, "%2x", &v), 1);
		bytes[i] = (uint8_t)v;
	}
	return slice_of(bytes, len);
}

#endif
