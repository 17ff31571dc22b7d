#include "text.h"

/* Length of the well-formed UTF-8 sequence at p (Unicode 15, table 3-7), 0 when there is none. */
static size_t sequence_len(const uint8_t *p, size_t left)
{
	uint8_t lowest = 0x80, highest = 0xbf; /* of the second byte */
	size_t len;

	if (p[0] <= 0x7f)
		return 1;
	if (p[0] < 0xc2 || p[0] > 0xf4)
		return 0;
	len = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
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

/* Offset of the first ill-formed sequence, or bytes.len. Eight ASCII bytes at a time. */
static size_t find_bad_utf8(struct slice bytes)
{
	size_t at = 0;

	while (at < bytes.len) {
		uint64_t eight;
		size_t len;

		if (bytes.len - at >= sizeof eight) {
			memcpy(&eight, bytes.ptr + at, sizeof eight);
			if ((eight & 0x8080808080808080u) == 0) {
				at += sizeof eight;
				continue;
			}
		}
		len = sequence_len(bytes.ptr + at, bytes.len - at);
		if (len == 0)
			return at;
		at += len;
	}
	return at;
}

size_t text_count_lines(struct slice bytes)
{
	size_t lines = 0;

	for (size_t i = 0; i < bytes.len; i++)
		lines += bytes.ptr[i] == '\n';
	return lines;
}

struct text_check text_check(struct slice bytes)
{
	struct text_check c = {.lines = text_count_lines(bytes)};
	const uint8_t *nul = bytes.len > 0 ? memchr(bytes.ptr, 0, bytes.len) : NULL;

	if (nul) {
		c.has_nul = true;
		c.bad_at = (size_t)(nul - bytes.ptr);
		return c;
	}
	c.bad_at = find_bad_utf8(bytes);
	c.has_bad_utf8 = c.bad_at < bytes.len;
	return c;
}
