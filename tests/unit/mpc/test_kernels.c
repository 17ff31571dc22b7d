/* Every kernel of every implementation against the scalar reference and against its definition, for all small lengths. */
#include "test.h"

#include "kernels/kernels.h"

enum { BIG = 5000, SMALL = 200 };

static uint64_t x[4][BIG], y[4][BIG], z[BIG], expected[BIG];
static struct test_rng rng = {0x5eed};

static void fill(void)
{
	for (int k = 0; k < 4; k++) {
		test_fill(&rng, x[k], sizeof x[k]);
		test_fill(&rng, y[k], sizeof y[k]);
	}
	test_fill(&rng, z, sizeof z);
	memcpy(expected, z, sizeof z);
}

static void check_all(const struct mpc_kernels *k, size_t n)
{
	const struct mpc_kernels *r = &mpc_kernels_scalar;
	struct and_block b = {.x0 = x[0],
	    .x1 = x[1],
	    .y0 = y[0],
	    .y1 = y[1],
	    .t0 = x[2],
	    .t1 = y[2],
	    .s0 = x[3],
	    .fx0 = ~0ULL,
	    .fy1 = ~0ULL,
	    .fs0 = ~0ULL};

	fill();
#define SAME(call)                                                                                                     \
	do {                                                                                                           \
		{                                                                                                      \
			const struct mpc_kernels *use = k;                                                             \
			uint64_t *to = z;                                                                              \
			call;                                                                                          \
		}                                                                                                      \
		{                                                                                                      \
			const struct mpc_kernels *use = r;                                                             \
			uint64_t *to = expected;                                                                       \
			call;                                                                                          \
		}                                                                                                      \
		assert_memory_equal(z, expected, sizeof z);                                                            \
	} while (0)
	SAME(use->xor (to, x[0], y[0], ~0ULL, n));
	SAME(use->and (to, &b, n));
	SAME(use->mul(to, x[0], x[1], y[0], y[1], n));
	SAME(use->mask(to, x[0], y[0], n));
	SAME(use->add(to, x[1], n));
	SAME(use->sub(to, x[2], n));
	SAME(use->spread(to, x[0], n / 64));
	SAME(use->transpose(to, x[0], n / 64));
	SAME(use->transpose(to, to, n / 64));
#undef SAME
	assert_true(k->dot(x[0], x[1], y[0], y[1], n) == r->dot(x[0], x[1], y[0], y[1], n));
	assert_true(k->sum(x[0], n) == r->sum(x[0], n));
}

static void vector_kernels_equal_the_reference(void **state)
{
	(void)state;
	for (size_t n = 0; n <= SMALL; n++)
		check_all(mpc_kernels_best(), n);
	for (int k = 0; k < 50; k++)
		check_all(mpc_kernels_best(), test_below(&rng, BIG));
	check_all(mpc_kernels_best(), BIG);
}

static void reference_follows_its_definition(void **state)
{
	const struct mpc_kernels *k = &mpc_kernels_scalar;
	uint64_t out[64];

	(void)state;
	fill();
	k->transpose(out, x[0], 1);
	for (unsigned r = 0; r < 64; r++)
		for (unsigned b = 0; b < 64; b++)
			assert_int_equal(out[b] >> r & 1, x[0][r] >> b & 1);
	k->spread(out, x[0], 1);
	for (unsigned b = 0; b < 64; b++)
		assert_true(out[b] == (x[0][0] >> b & 1 ? ~0ULL : 0));
	/* with x = x0 ^ x1 etc. of one party the AND is that of docs/ENGINE.md, section 2 */
	struct and_block a = {x[0], x[1], y[0], y[1], x[2], y[2], x[3], 0, 0, 0, 0, 0};
	memset(z, 0, sizeof z);
	k->and (z, &a, 1);
	uint64_t y0 = y[0][0] ^ x[2][0], y1 = y[1][0] ^ y[2][0];
	assert_true(z[0] == (((x[0][0] ^ x[1][0]) & y0) ^ (x[0][0] & y1) ^ x[3][0]));
	assert_true(k->dot(x[0], x[1], y[0], y[1], 1) == x[0][0] * y[1][0] + x[1][0] * y[0][0]);
}

/* Schoolbook: polynomials as bit arrays. */
static void slow_multiply(uint64_t a[2], const uint64_t b[2])
{
	uint64_t r[2] = {0, 0};

	for (int i = 127; i >= 0; i--) {
		uint64_t over = r[1] >> 63;

		r[1] = r[1] << 1 | r[0] >> 63;
		r[0] = r[0] << 1 ^ (over ? 0x87 : 0);
		if (b[i / 64] >> i % 64 & 1) {
			r[0] ^= a[0];
			r[1] ^= a[1];
		}
	}
	a[0] = r[0];
	a[1] = r[1];
}

static void slow_hash(uint64_t out[2], const uint64_t h[2], const uint64_t *words, size_t n)
{
	out[0] = out[1] = 0;
	for (size_t k = 0; k < n; k += 2) {
		out[0] ^= words[k];
		out[1] ^= k + 1 < n ? words[k + 1] : 0;
		slow_multiply(out, h);
	}
	out[0] ^= n * 64;
	slow_multiply(out, h);
}

static void poly_hash_is_what_it_says(void **state)
{
	(void)state;
	for (size_t n = 0; n < 70; n++) {
		uint64_t h[2] = {test_u64(&rng), test_u64(&rng)}, slow[2], fast[2], scalar[2];
		struct poly p;
		size_t cut = n ? test_below(&rng, n + 1) : 0;

		fill();
		slow_hash(slow, h, x[0], n);
		poly_begin(&p, h);
		poly_add(&p, x[0], cut);
		poly_add(&p, x[0] + cut, n - cut);
		poly_end(&p, fast);
		poly_begin(&p, h);
		p.blocks = poly_blocks_scalar;
		poly_add(&p, x[0], n);
		poly_end(&p, scalar);
		assert_memory_equal(fast, slow, sizeof slow);
		assert_memory_equal(scalar, slow, sizeof slow);
	}
}

static void poly_hash_depends_on_length_and_every_word(void **state)
{
	uint64_t words[9] = {0}, h[2] = {3, 5}, a[2], b[2];
	struct poly p;

	(void)state;
	poly_begin(&p, h);
	poly_add(&p, words, 8);
	poly_end(&p, a);
	poly_begin(&p, h);
	poly_add(&p, words, 9);
	poly_end(&p, b);
	assert_memory_not_equal(a, b, sizeof a);
	for (int k = 0; k < 8 * 64; k++) {
		words[k / 64] ^= 1ULL << k % 64;
		poly_begin(&p, h);
		poly_add(&p, words, 8);
		poly_end(&p, b);
		assert_memory_not_equal(a, b, sizeof a);
		words[k / 64] ^= 1ULL << k % 64;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(vector_kernels_equal_the_reference),
	    cmocka_unit_test(reference_follows_its_definition),
	    cmocka_unit_test(poly_hash_is_what_it_says),
	    cmocka_unit_test(poly_hash_depends_on_length_and_every_word),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
