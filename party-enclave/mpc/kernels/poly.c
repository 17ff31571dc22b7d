/* The polynomial hash: framing, and the reference multiplication in constant time without carry-less instructions. */
#include "kernels/kernels.h"
#include "base/crypto.h"
#include "base/ct.h"

/* Carry-less 64 x 64 product, one bit of b at a time under a mask. */
static void clmul_scalar(uint64_t a, uint64_t b, uint64_t *lo, uint64_t *hi)
{
	uint64_t l = 0, h = 0;

	for (unsigned i = 0; i < 64; i++) {
		uint64_t mask = ct_barrier_u64(0 - (b >> i & 1));
		l ^= mask & (a << i);
		h ^= mask & (i ? a >> (64 - i) : 0);
	}
	*lo = l;
	*hi = h;
}

/* x^128 = x^7 + x^2 + x + 1: fold the upper half twice. */
static void reduce(uint64_t out[2], uint64_t r0, uint64_t r1, uint64_t r2, uint64_t r3)
{
	uint64_t over = r3 >> 63 ^ r3 >> 62 ^ r3 >> 57; /* what r3 pushes past bit 127 */

	r2 ^= over;
	r0 ^= r2 ^ r2 << 1 ^ r2 << 2 ^ r2 << 7;
	r1 ^= r3 ^ (r3 << 1 | r2 >> 63) ^ (r3 << 2 | r2 >> 62) ^ (r3 << 7 | r2 >> 57);
	out[0] = r0;
	out[1] = r1;
}

static void multiply(uint64_t a[2], const uint64_t h[2])
{
	uint64_t l0, l1, h0, h1, m0, m1;

	clmul_scalar(a[0], h[0], &l0, &l1);
	clmul_scalar(a[1], h[1], &h0, &h1);
	clmul_scalar(a[0] ^ a[1], h[0] ^ h[1], &m0, &m1); /* Karatsuba */
	m0 ^= l0 ^ h0;
	m1 ^= l1 ^ h1;
	reduce(a, l0, l1 ^ m0, h0 ^ m1, h1);
}

void poly_blocks_scalar(struct poly *p, const uint64_t *words, size_t blocks)
{
	for (size_t b = 0; b < blocks; b++) {
		p->state[0] ^= words[2 * b];
		p->state[1] ^= words[2 * b + 1];
		multiply(p->state, p->h);
	}
}

void poly_begin(struct poly *p, const uint64_t h[2])
{
	*p = (struct poly){.h = {h[0], h[1]}};
	p->blocks = poly_has_clmul() ? poly_blocks_clmul : poly_blocks_scalar;
}

void poly_add(struct poly *p, const uint64_t *words, size_t n)
{
	size_t at = 0;

	if (n == 0)
		return;
	if (p->words & 1) {
		uint64_t block[2] = {p->half, words[0]};

		p->blocks(p, block, 1);
		at = 1;
	}
	p->blocks(p, words + at, (n - at) / 2);
	if ((n - at) & 1)
		p->half = words[n - 1];
	p->words += n;
}

void poly_end(struct poly *p, uint64_t out[2])
{
	uint64_t length[2] = {p->words * 64, 0};

	if (p->words & 1) {
		uint64_t block[2] = {p->half, 0};
		p->blocks(p, block, 1);
	}
	p->blocks(p, length, 1);
	out[0] = p->state[0];
	out[1] = p->state[1];
	wipe(p, sizeof *p);
}
