#include "der.h"

enum { BOOLEAN = 0x01, SEQUENCE = 0x30, SET = 0x31, CONSTRUCTED = 0x20, LONG_TAG = 0x1f, CLASS_BITS = 0xc0 };

/* X.690 section 10.1: the fewest length bytes. Four of them are more than anything here may be long. */
static bool content_length(struct slice *rest, size_t *len)
{
	size_t n, v = 0;

	if (rest->len == 0)
		return false;
	uint8_t first = rest->ptr[0];
	rest->ptr++, rest->len--;
	if (first < 0x80) {
		*len = first;
		return true;
	}
	n = first & 0x7f;
	if (n == 0 || n > 3 || n > rest->len)
		return false;
	for (size_t i = 0; i < n; i++)
		v = v << 8 | rest->ptr[i];
	rest->ptr += n, rest->len -= n;
	*len = v;
	return v >= 0x80 && v >> (8 * (n - 1)) != 0;
}

bool der_next(struct slice *rest, uint8_t *tag, struct slice *whole, struct slice *content)
{
	struct slice at = *rest;
	size_t len;

	if (at.len < 2)
		return false;
	uint8_t t = at.ptr[0];
	at.ptr++, at.len--;
	if ((t & LONG_TAG) == LONG_TAG || t == 0 || !content_length(&at, &len) || len > at.len)
		return false;
	*tag = t;
	*content = slice_of(at.ptr, len);
	*whole = slice_of(rest->ptr, (size_t)(at.ptr - rest->ptr) + len);
	*rest = slice_of(at.ptr + len, at.len - len);
	return true;
}

/* Of the universal class only SEQUENCE and SET are constructed (X.690 section 10.2), and they always are. */
static bool form_fits(uint8_t tag)
{
	bool constructed = tag & CONSTRUCTED;
	uint8_t number = tag & LONG_TAG;

	if (tag & CLASS_BITS)
		return true;
	return constructed == (number == (SEQUENCE & LONG_TAG) || number == (SET & LONG_TAG));
}

/* X.690 section 11.1: TRUE is ff. */
static bool content_fits(uint8_t tag, struct slice content)
{
	if (tag != BOOLEAN)
		return true;
	return content.len == 1 && (content.ptr[0] == 0 || content.ptr[0] == 0xff);
}

/* With a stack of what is left behind each open element, so that nothing recurses. */
static enum status walk(struct slice inside)
{
	struct slice behind[DER_DEPTH_MAX], whole, content;
	size_t depth = 0;
	uint8_t tag;

	for (;;) {
		while (inside.len == 0) {
			if (depth == 0)
				return ST_OK;
			inside = behind[--depth];
		}
		if (!der_next(&inside, &tag, &whole, &content) || !form_fits(tag) || !content_fits(tag, content))
			return ST_FORMAT;
		if (!(tag & CONSTRUCTED))
			continue;
		if (depth == DER_DEPTH_MAX)
			return ST_TOO_LARGE;
		behind[depth++] = inside;
		inside = content;
	}
}

/* Told apart from a malformed head, for the person who pasted half a file. */
static bool is_prefix(struct slice bytes)
{
	size_t len;

	if (bytes.len < 2)
		return true;
	if (bytes.ptr[0] != SEQUENCE)
		return false;
	if (bytes.ptr[1] > 0x80 && bytes.ptr[1] <= 0x83 && bytes.len < 2u + (bytes.ptr[1] & 0x7f))
		return true;
	struct slice rest = slice_of(bytes.ptr + 1, bytes.len - 1);
	return content_length(&rest, &len) && len > rest.len;
}

enum status der_check(struct slice bytes)
{
	struct slice rest = bytes, whole, content;
	uint8_t tag;

	if (is_prefix(bytes))
		return ST_TRUNCATED;
	if (!der_next(&rest, &tag, &whole, &content))
		return ST_FORMAT;
	return rest.len ? ST_TRAILING : walk(whole);
}
