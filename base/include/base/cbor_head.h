/*
 * The head of a CBOR item (RFC 8949 section 3) in its one shortest form. Shared by the CBOR writer and by H, which
 * streams its items; everything else goes through base/cbor.h.
 */
#ifndef BASE_CBOR_HEAD_H
#define BASE_CBOR_HEAD_H

#include <stddef.h>
#include <stdint.h>

enum cbor_major {
	CBOR_UNSIGNED = 0,
	CBOR_NEGATIVE = 1,
	CBOR_BYTES = 2,
	CBOR_TEXT = 3,
	CBOR_ARRAY = 4,
	CBOR_MAP = 5,
	CBOR_TAG = 6,
	CBOR_SIMPLE = 7,
};
enum { CBOR_HEAD_MAX = 9 };

/* Bytes of the shortest head for this argument: 1, 2, 3, 5 or 9. */
static inline size_t cbor_head_len(uint64_t argument)
{
	if (argument < 24)
		return 1;
	if (argument <= UINT8_MAX)
		return 2;
	if (argument <= UINT16_MAX)
		return 3;
	return argument <= UINT32_MAX ? 5 : 9;
}

/* Returns the length written. */
static inline size_t cbor_head_encode(uint8_t out[CBOR_HEAD_MAX], enum cbor_major major, uint64_t argument)
{
	static const uint8_t additional[CBOR_HEAD_MAX + 1] = {[2] = 24, [3] = 25, [5] = 26, [9] = 27};
	size_t len = cbor_head_len(argument);

	out[0] = (uint8_t)((unsigned)major << 5 | (len == 1 ? (unsigned)argument : additional[len]));
	for (size_t i = len - 1; i > 0; i--, argument >>= 8)
		out[i] = (uint8_t)argument;
	return len;
}

#endif
