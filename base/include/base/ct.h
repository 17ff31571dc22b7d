/* Constant time in every argument. Compilers do undo masks, so values pass a barrier; tests/ct measures the result. */
#ifndef BASE_CT_H
#define BASE_CT_H

#include <stddef.h>
#include <stdint.h>

static inline uint64_t ct_barrier_u64(uint64_t v)
{
	__asm__ volatile("" : "+r"(v));
	return v;
}

/* bit must be 0 or 1: returns a when 1, b when 0, without a branch. */
static inline uint64_t ct_select_u64(uint64_t bit, uint64_t a, uint64_t b)
{
	uint64_t mask = ct_barrier_u64(0 - bit);
	return b ^ (mask & (a ^ b));
}

/* 1 when v is 0, else 0. */
static inline uint64_t ct_is_zero_u64(uint64_t v)
{
	return 1 ^ ((v | (0 - v)) >> 63);
}

#endif
