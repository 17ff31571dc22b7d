/* Keys pass through here, so digits are converted without a table or a branch on their value. */
#include "base/crypto.h"

/* 0xff.. when lo <= c <= hi, else 0 */
static unsigned in_range(unsigned c, unsigned lo, unsigned hi)
{
	return (unsigned)-(int)((((lo - 1 - c) & (c - hi - 1)) >> 31) & 1);
}

static char digit_of(unsigned nibble)
{
	return (char)('0' + nibble + (in_range(nibble, 10, 15) & ('a' - '0' - 10)));
}

/* The value of a hex digit; bit 8 is set when it is none. */
static unsigned value_of(unsigned c)
{
	unsigned decimal = in_range(c, '0', '9');
	unsigned lower = in_range(c | 0x20, 'a', 'f');

	return (decimal & (c - '0')) | (lower & ((c | 0x20) - 'a' + 10)) | (~(decimal | lower) & 0x100);
}

void hex_encode(char *out, struct slice bytes)
{
	for (size_t i = 0; i < bytes.len; i++) {
		out[2 * i] = digit_of(bytes.ptr[i] >> 4);
		out[2 * i + 1] = digit_of(bytes.ptr[i] & 15);
	}
	out[2 * bytes.len] = 0;
}

enum status hex_decode(uint8_t *out, size_t len, const char *text)
{
	unsigned bad = 0;

	if (strlen(text) != 2 * len)
		return ST_FORMAT;
	for (size_t i = 0; i < 2 * len; i++)
		bad |= value_of((uint8_t)text[i]);
	if (bad & 0x100)
		return ST_FORMAT;
	for (size_t i = 0; i < len; i++)
		out[i] = (uint8_t)(value_of((uint8_t)text[2 * i]) << 4 | value_of((uint8_t)text[2 * i + 1]));
	return ST_OK;
}
