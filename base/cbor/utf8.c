#include "head.h"

/* Length of the well-formed sequence at p (Unicode 15, table 3-7), 0 when there is none. NUL is refused too. */
static size_t sequence_len(const uint8_t *p, size_t left)
{
	uint8_t lowest = 0x80, highest = 0xbf; /* of the second byte */
	size_t len;

	if (p[0] >= 0x01 && p[0] <= 0x7f)
		return 1;
	if (p[0] >= 0xc2 && p[0] <= 0xdf)
		len = 2;
	else if (p[0] >= 0xe0 && p[0] <= 0xef)
		len = 3;
	else if (p[0] >= 0xf0 && p[0] <= 0xf4)
		len = 4;
	else
		return 0;
	if (p[0] == 0xe0)
		lowest = 0xa0; /* else overlong */
	if (p[0] == 0xed)
		highest = 0x9f; /* else a surrogate */
	if (p[0] == 0xf0)
		lowest = 0x90; /* else overlong */
	if (p[0] == 0xf4)
		highest = 0x8f; /* else above U+10FFFF */
	if (left < len || p[1] < lowest || p[1] > highest)
		return 0;
	for (size_t i = 2; i < len; i++)
		if (p[i] < 0x80 || p[i] > 0xbf)
			return 0;
	return len;
}

bool utf8_is_text(struct slice text)
{
	for (size_t at = 0, len; at < text.len; at += len) {
		len = sequence_len(text.ptr + at, text.len - at);
		if (len == 0)
			return false;
	}
	return true;
}
