/* The same with the carry-less multiplier of the processor. */
#include "kernels/kernels.h"

#if defined(__PCLMUL__)
#include <emmintrin.h>
#include <wmmintrin.h>

/* r3:r2 * x^128 folded with x^7 + x^2 + x + 1 = 0x87: two carry-less products by a constant. */
static __m128i reduce(__m128i lo, __m128i hi)
{
	const __m128i r = _mm_set_epi64x(0, 0x87);
	__m128i top = _mm_clmulepi64_si128(hi, r, 0x01); /* r3 * 0x87, belongs at x^64 */

	lo = _mm_xor_si128(lo, _mm_slli_si128(top, 8));
	hi = _mm_xor_si128(hi, _mm_srli_si128(top, 8)); /* what passed x^128 joins r2 */
	return _mm_xor_si128(lo, _mm_clmulepi64_si128(hi, r, 0x00));
}

void poly_blocks_clmul(struct poly *p, const uint64_t *words, size_t blocks)
{
	__m128i h = _mm_loadu_si128((const __m128i *)p->h), s = _mm_loadu_si128((const __m128i *)p->state);

	for (size_t b = 0; b < blocks; b++) {
		s = _mm_xor_si128(s, _mm_loadu_si128((const __m128i *)(words + 2 * b)));
		__m128i lo = _mm_clmulepi64_si128(s, h, 0x00), hi = _mm_clmulepi64_si128(s, h, 0x11);
		__m128i mid = _mm_xor_si128(_mm_clmulepi64_si128(s, h, 0x01), _mm_clmulepi64_si128(s, h, 0x10));

		lo = _mm_xor_si128(lo, _mm_slli_si128(mid, 8));
		hi = _mm_xor_si128(hi, _mm_srli_si128(mid, 8));
		s = reduce(lo, hi);
	}
	_mm_storeu_si128((__m128i *)p->state, s);
}
#else
void poly_blocks_clmul(struct poly *p, const uint64_t *words, size_t blocks)
{
	poly_blocks_scalar(p, words, blocks);
}
#endif
