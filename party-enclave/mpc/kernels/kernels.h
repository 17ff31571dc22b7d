/*
 * The inner loops, each in scalar C (the reference) and where it pays in AVX2, behind one table chosen at run time.
 * Straight-line code over arrays: no branch or index depends on a share. Arrays are 8-byte aligned; `n` may be any number.
 */
#ifndef MPC_KERNELS_H
#define MPC_KERNELS_H

#include <stddef.h>
#include <stdint.h>

/* Operands of one AND over a block of words; y is y ^ t; f* are 0 or all ones and complement a share. */
struct and_block {
	const uint64_t *x0, *x1, *y0, *y1, *t0, *t1, *s0;
	uint64_t fx0, fx1, fy0, fy1, fs0;
};

struct mpc_kernels {
	const char *name;
	/* z = x ^ y ^ f */
	void (*xor)(uint64_t *z, const uint64_t *x, const uint64_t *y, uint64_t f, size_t n);
	/* z ^= (x0 & (y0 ^ y1)) ^ (x1 & y0) ^ s0: z holds the zero share before */
	void (*and)(uint64_t *z, const struct and_block *a, size_t n);
	/* z += x0 * (y0 + y1) + x1 * y0 */
	void (*mul)(
	    uint64_t *z, const uint64_t *x0, const uint64_t *x1, const uint64_t *y0, const uint64_t *y1, size_t n);
	/* sum of x0 * y01 + x1 * y0, where y01 = y0 + y1 */
	uint64_t (*dot)(const uint64_t *x0, const uint64_t *x1, const uint64_t *y0, const uint64_t *y01, size_t n);
	/* z[k] = bit k as 0 or all ones, k < 64 * words */
	void (*spread)(uint64_t *z, const uint64_t *bits, size_t words);
	/* out[b] bit r = in[r] bit b: a 64 x 64 transposition of each of n consecutive blocks of 64 words. in place if equal */
	void (*transpose)(uint64_t *out, const uint64_t *in, size_t n);
	/* z = x & y */
	void (*mask)(uint64_t *z, const uint64_t *x, const uint64_t *y, size_t n);
	uint64_t (*sum)(const uint64_t *x, size_t n);
	/* z += x, z -= x */
	void (*add)(uint64_t *z, const uint64_t *x, size_t n);
	void (*sub)(uint64_t *z, const uint64_t *x, size_t n);
};

extern const struct mpc_kernels mpc_kernels_scalar;
extern const struct mpc_kernels mpc_kernels_avx2; /* call only when mpc_kernels_best() may return it */
const struct mpc_kernels *mpc_kernels_best(void);

/*
 * Keyed polynomial hash over GF(2^128) = GF(2)[x]/(x^128 + x^7 + x^2 + x + 1), bit i of the little-endian block is the
 * coefficient of x^i: for blocks m_1..m_l (the last padded with zeros) and the length in bits,
 * hash = m_1 h^(l+1) + ... + m_l h^2 + length h. Two inputs collide with probability (l+1)/2^128 over h.
 */
struct poly {
	uint64_t h[2], state[2];
	uint64_t words; /* hashed so far */
	uint64_t half; /* the first word of a block that is not complete */
	void (*blocks)(struct poly *p, const uint64_t *words, size_t blocks);
};
void poly_begin(struct poly *p, const uint64_t h[2]);
void poly_add(struct poly *p, const uint64_t *words, size_t n);
void poly_end(struct poly *p, uint64_t out[2]); /* wipes p */
void poly_blocks_scalar(struct poly *p, const uint64_t *words, size_t blocks);
void poly_blocks_clmul(struct poly *p, const uint64_t *words, size_t blocks);
int poly_has_clmul(void);

#endif
