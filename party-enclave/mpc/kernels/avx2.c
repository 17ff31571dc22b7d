/* AVX2 kernels: 256 lanes to a register; the last words of an array fall to the scalar reference. */
#include "kernels/kernels.h"

#if defined(__AVX2__)
#include <immintrin.h>

static __m256i load(const uint64_t *p)
{
	return _mm256_loadu_si256((const __m256i *)p);
}

static void store(uint64_t *p, __m256i v)
{
	_mm256_storeu_si256((__m256i *)p, v);
}

static __m256i all(uint64_t v)
{
	return _mm256_set1_epi64x((long long)v);
}

static void xor_avx2(uint64_t *z, const uint64_t *x, const uint64_t *y, uint64_t f, size_t n)
{
	__m256i flip = all(f);
	size_t k = 0;

	for (; k + 4 <= n; k += 4)
		store(z + k, _mm256_xor_si256(_mm256_xor_si256(load(x + k), load(y + k)), flip));
	mpc_kernels_scalar.xor (z + k, x + k, y + k, f, n - k);
}

static void and_avx2(uint64_t *z, const struct and_block *a, size_t n)
{
	__m256i fx0 = all(a->fx0), fx1 = all(a->fx1), fy0 = all(a->fy0), fy1 = all(a->fy1), fs0 = all(a->fs0);
	size_t k = 0;

	for (; k + 4 <= n; k += 4) {
		__m256i x0 = _mm256_xor_si256(load(a->x0 + k), fx0), x1 = _mm256_xor_si256(load(a->x1 + k), fx1);
		__m256i y0 = _mm256_xor_si256(_mm256_xor_si256(load(a->y0 + k), load(a->t0 + k)), fy0);
		__m256i y1 = _mm256_xor_si256(_mm256_xor_si256(load(a->y1 + k), load(a->t1 + k)), fy1);
		__m256i s0 = _mm256_xor_si256(load(a->s0 + k), fs0);
		__m256i v = _mm256_and_si256(x0, _mm256_xor_si256(y0, y1));

		v = _mm256_xor_si256(v, _mm256_and_si256(x1, y0));
		store(z + k, _mm256_xor_si256(_mm256_xor_si256(load(z + k), v), s0));
	}
	struct and_block rest = *a;
	rest.x0 += k, rest.x1 += k, rest.y0 += k, rest.y1 += k, rest.t0 += k, rest.t1 += k, rest.s0 += k;
	mpc_kernels_scalar.and (z + k, &rest, n - k);
}

/* The low 64 bits of a product from three 32-bit ones. */
static __m256i mul64(__m256i a, __m256i b)
{
	__m256i cross = _mm256_mullo_epi32(a, _mm256_shuffle_epi32(b, 0xb1));
	__m256i high = _mm256_slli_epi64(_mm256_add_epi32(cross, _mm256_srli_epi64(cross, 32)), 32);

	return _mm256_add_epi64(_mm256_mul_epu32(a, b), high);
}

static void mul_avx2(
    uint64_t *z, const uint64_t *x0, const uint64_t *x1, const uint64_t *y0, const uint64_t *y1, size_t n)
{
	size_t k = 0;

	for (; k + 4 <= n; k += 4) {
		__m256i b = load(y0 + k), v = mul64(load(x0 + k), _mm256_add_epi64(b, load(y1 + k)));

		v = _mm256_add_epi64(v, mul64(load(x1 + k), b));
		store(z + k, _mm256_add_epi64(load(z + k), v));
	}
	mpc_kernels_scalar.mul(z + k, x0 + k, x1 + k, y0 + k, y1 + k, n - k);
}

static void spread_avx2(uint64_t *z, const uint64_t *bits, size_t words)
{
	const __m256i one = _mm256_setr_epi64x(1, 2, 4, 8);

	for (size_t w = 0; w < words; w++) {
		for (unsigned k = 0; k < 64; k += 4) {
			__m256i v = _mm256_and_si256(all(bits[w] >> k), one);
			store(z + 64 * w + k, _mm256_cmpeq_epi64(v, one));
		}
	}
}

/* One stage of the transposition: swap squares of side j between rows k and k + j. For j >= 4 four rows k.. at once. */
static void stage_wide(uint64_t *a, unsigned j, uint64_t mask)
{
	__m256i m = all(mask);
	__m128i count = _mm_cvtsi32_si128((int)j);

	for (unsigned base = 0; base < 64; base += 2 * j) {
		for (unsigned k = base; k < base + j; k += 4) {
			__m256i lo = load(a + k), hi = load(a + k + j);
			__m256i t = _mm256_and_si256(_mm256_xor_si256(_mm256_srl_epi64(lo, count), hi), m);

			store(a + k + j, _mm256_xor_si256(hi, t));
			store(a + k, _mm256_xor_si256(lo, _mm256_sll_epi64(t, count)));
		}
	}
}

/* Stages 2 and 1 pair rows inside one register of four. */
static __m256i stage_narrow(__m256i v, __m256i swapped, int j, uint64_t mask, __m256i upper)
{
	/* rows that are the lower of their pair: t = ((v >> j) ^ other) & mask, v ^= t << j
	 * rows that are the upper:               t = ((other >> j) ^ v) & mask, v ^= t */
	__m256i m = all(mask);
	__m256i low = _mm256_and_si256(_mm256_xor_si256(_mm256_srli_epi64(v, j), swapped), m);
	__m256i high = _mm256_and_si256(_mm256_xor_si256(_mm256_srli_epi64(swapped, j), v), m);

	return _mm256_xor_si256(v, _mm256_blendv_epi8(_mm256_slli_epi64(low, j), high, upper));
}

static void transpose_one(uint64_t *a)
{
	const __m256i upper2 = _mm256_setr_epi64x(0, 0, -1, -1), upper1 = _mm256_setr_epi64x(0, -1, 0, -1);

	stage_wide(a, 32, UINT64_C(0x00000000ffffffff));
	stage_wide(a, 16, UINT64_C(0x0000ffff0000ffff));
	stage_wide(a, 8, UINT64_C(0x00ff00ff00ff00ff));
	stage_wide(a, 4, UINT64_C(0x0f0f0f0f0f0f0f0f));
	for (unsigned k = 0; k < 64; k += 4) {
		__m256i v = load(a + k);

		v = stage_narrow(v, _mm256_permute4x64_epi64(v, 0x4e), 2, UINT64_C(0x3333333333333333), upper2);
		v = stage_narrow(v, _mm256_permute4x64_epi64(v, 0xb1), 1, UINT64_C(0x5555555555555555), upper1);
		store(a + k, v);
	}
}

static void transpose_avx2(uint64_t *out, const uint64_t *in, size_t n)
{
	for (size_t b = 0; b < n; b++) {
		if (out != in)
			for (unsigned k = 0; k < 64; k += 4)
				store(out + 64 * b + k, load(in + 64 * b + k));
		transpose_one(out + 64 * b);
	}
}

static void mask_avx2(uint64_t *z, const uint64_t *x, const uint64_t *y, size_t n)
{
	size_t k = 0;

	for (; k + 4 <= n; k += 4)
		store(z + k, _mm256_and_si256(load(x + k), load(y + k)));
	mpc_kernels_scalar.mask(z + k, x + k, y + k, n - k);
}

static uint64_t sum_avx2(const uint64_t *x, size_t n)
{
	__m256i sum = _mm256_setzero_si256();
	uint64_t part[4];
	size_t k = 0;

	for (; k + 4 <= n; k += 4)
		sum = _mm256_add_epi64(sum, load(x + k));
	store(part, sum);
	return part[0] + part[1] + part[2] + part[3] + mpc_kernels_scalar.sum(x + k, n - k);
}

static void add_avx2(uint64_t *z, const uint64_t *x, size_t n)
{
	size_t k = 0;

	for (; k + 4 <= n; k += 4)
		store(z + k, _mm256_add_epi64(load(z + k), load(x + k)));
	mpc_kernels_scalar.add(z + k, x + k, n - k);
}

static void sub_avx2(uint64_t *z, const uint64_t *x, size_t n)
{
	size_t k = 0;

	for (; k + 4 <= n; k += 4)
		store(z + k, _mm256_sub_epi64(load(z + k), load(x + k)));
	mpc_kernels_scalar.sub(z + k, x + k, n - k);
}

/* Two 64-bit products per element: the scalar multiplier beats three 32-bit vector products when nothing is stored. */
static uint64_t dot_avx2(const uint64_t *x0, const uint64_t *x1, const uint64_t *y0, const uint64_t *y01, size_t n)
{
	return mpc_kernels_scalar.dot(x0, x1, y0, y01, n);
}

const struct mpc_kernels mpc_kernels_avx2 = {
    .name = "avx2",
    .xor = xor_avx2,
    .and = and_avx2,
    .mul = mul_avx2,
    .dot = dot_avx2,
    .spread = spread_avx2,
    .transpose = transpose_avx2,
    .mask = mask_avx2,
    .sum = sum_avx2,
    .add = add_avx2,
    .sub = sub_avx2,
};
#else
/* Never chosen on a processor of another kind. */
const struct mpc_kernels mpc_kernels_avx2 = {.name = "none"};
#endif
