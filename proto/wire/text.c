/* What a person will read on a terminal or a page must be UTF-8 without control characters. */
#include "scan.h"

/* Length of the well-formed sequence at p, 0 when there is none. */
static size_t sequence_len(const uint8_t *p, size_t left)
{
	uint8_t lowest = 0x80, highest = 0xbf; /* of the second byte */
	size_t len;

	if (p[0] < 0x80)
		return p[0] >= 0x20 && p[0] != 0x7f ? 1 : 0;
	if (p[0] >= 0xc2 && p[0] <= 0xdf)
		len = 2;
	else if (p[0] >= 0xe0 && p[0] <= 0xef)
		len = 3;
	else if (p[0] >= 0xf0 && p[0] <= 0xf4)
		len = 4;
	else
		return 0;
	if (p[0] == 0xc2)
		lowest = 0xa0; /* below: C1 control characters */
	else if (p[0] == 0xe0)
		lowest = 0xa0; /* below: overlong */
	else if (p[0] == 0xed)
		highest = 0x9f; /* above: surrogates */
	else if (p[0] == 0xf0)
		lowest = 0x90;
	else if (p[0] == 0xf4)
		highest = 0x8f;
	if (len > left || p[1] < lowest || p[1] > highest)
		return 0;
	for (size_t i = 2; i < len; i++)
		if (p[i] < 0x80 || p[i] > 0xbf)
			return 0;
	return len;
}

static size_t clean_prefix(struct slice text, size_t max)
{
	size_t at = 0;

	while (at < text.len) {
		size_t step = sequence_len(text.ptr + at, text.len - at);
		if (step == 0 || at + step > max)
			break;
		at += step;
	}
	return at;
}

bool text_is_clean(struct slice text)
{
	return clean_prefix(text, text.len) == text.len;
}

size_t text_clean_prefix(const char *text, size_t max)
{
	return clean_prefix(slice_of(text, strnlen(text, max)), max);
}
