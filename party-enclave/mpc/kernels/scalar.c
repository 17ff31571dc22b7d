/* The reference kernels. */
#include "kernels/kernels.h"

#include <string.h>

static void xor_scalar(uint64_t *z, const uint64_t *x, const uint64_t *y, uint64_t f, size_t n)
{
	for (size_t k = 0; k < n; k++)
		z[k] = x[k] ^ y[k] ^ f;
}

static void and_scalar(uint64_t *z, const struct and_block *a, size_t n)
{
	for (size_t k = 0; k < n; k++) {
		uint64_t x0 = a->x0[k] ^ a->fx0, x1 = a->x1[k] ^ a->fx1;
		uint64_t y0 = a->y0[k] ^ a->t0[k] ^ a->fy0, y1 = a->y1[k] ^ a->t1[k] ^ a->fy1;

		z[k] ^= (x0 & (y0 ^ y1)) ^ (x1 & y0) ^ a->s0[k] ^ a->fs0;
	}
}

static void mul_scalar(
    uint64_t *z, const uint64_t *x0, const uint64_t *x1, const uint64_t *y0, const uint64_t *y1, size_t n)
{
	for (size_t k = 0; k < n; k++)
		z[k] += x0[k] * (y0[k] + y1[k]) + x1[k] * y0[k];
}

static uint64_t dot_scalar(const uint64_t *x0, const uint64_t *x1, const uint64_t *y0, const uint64_t *y01, size_t n)
{
	uint64_t a = 0, b = 0;

	for (size_t k = 0; k < n; k++) {
		a += x0[k] * y01[k];
		b += x1[k] * y0[k];
	}
	return a + b;
}

static void spread_scalar(uint64_t *z, const uint64_t *bits, size_t words)
{
	for (size_t w = 0; w < words; w++)
		for (unsigned k = 0; k < 64; k++)
			z[64 * w + k] = 0 - (bits[w] >> k & 1);
}

/* Swap ever smaller off-diagonal squares: Warren, Hacker's Delight, section 7-3. */
static void transpose_one(uint64_t a[64])
{
	uint64_t mask = UINT64_C(0x00000000ffffffff);

	for (unsigned j = 32; j; j >>= 1, mask ^= mask << j) {
		for (unsigned k = 0; k < 64; k = ((k | j) + 1) & ~j) {
			uint64_t t = (a[k] >> j ^ a[k | j]) & mask;
			a[k | j] ^= t;
			a[k] ^= t << j;
		}
	}
}

static void transpose_scalar(uint64_t *out, const uint64_t *in, size_t n)
{
	if (out != in)
		memcpy(out, in, n * 64 * sizeof *in);
	for (size_t b = 0; b < n; b++)
		transpose_one(out + 64 * b);
}

static void mask_scalar(uint64_t *z, const uint64_t *x, const uint64_t *y, size_t n)
{
	for (size_t k = 0; k < n; k++)
		z[k] = x[k] & y[k];
}

static uint64_t sum_scalar(const uint64_t *x, size_t n)
{
	uint64_t sum = 0;

	for (size_t k = 0; k < n; k++)
		sum += x[k];
	return sum;
}

static void add_scalar(uint64_t *z, const uint64_t *x, size_t n)
{
	for (size_t k = 0; k < n; k++)
		z[k] += x[k];
}

static void sub_scalar(uint64_t *z, const uint64_t *x, size_t n)
{
	for (size_t k = 0; k < n; k++)
		z[k] -= x[k];
}

const struct mpc_kernels mpc_kernels_scalar = {
    .name = "scalar",
    .xor = xor_scalar,
    .and = and_scalar,
    .mul = mul_scalar,
    .dot = dot_scalar,
    .spread = spread_scalar,
    .transpose = transpose_scalar,
    .mask = mask_scalar,
    .sum = sum_scalar,
    .add = add_scalar,
    .sub = sub_scalar,
};
