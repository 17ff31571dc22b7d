#include "policy/value.h"

enum { VALUE_BITS = 62 };
static const int64_t value_limit = ((int64_t)1 << VALUE_BITS) - 1;

int64_t value_pow10(unsigned n)
{
	int64_t p = 1;

	while (n-- > 0)
		p *= 10;
	return p;
}

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

/* acc*10 + digit, sticking at the limit. */
static enum status push_digit(int64_t *acc, unsigned digit)
{
	if (*acc > (value_limit - (int64_t)digit) / 10)
		return ST_TOO_LARGE;
	*acc = *acc * 10 + (int64_t)digit;
	return ST_OK;
}

/* Digits of `text` from *i on; how many in *count. */
static enum status push_digits(int64_t *acc, struct slice text, size_t *i, size_t *count)
{
	for (*count = 0; *i < text.len && is_digit(text.ptr[*i]); ++*i, ++*count)
		if (push_digit(acc, text.ptr[*i] - '0') != ST_OK)
			return ST_TOO_LARGE;
	return ST_OK;
}

enum status value_parse_decimal(int64_t *out, struct slice text, unsigned scale)
{
	bool negative = text.len > 0 && text.ptr[0] == '-';
	size_t i = negative, whole, fraction = 0;
	int64_t v = 0;
	enum status st;

	TRY(push_digits(&v, text, &i, &whole));
	if (i < text.len && text.ptr[i] == '.') {
		/* Trailing zeros beyond the scale say nothing. */
		while (text.len > i + 1 + scale && text.ptr[text.len - 1] == '0')
			text.len--;
		i++;
		TRY(push_digits(&v, text, &i, &fraction));
	}
	if (i != text.len || whole + fraction == 0)
		return ST_FORMAT;
	if (fraction > scale)
		return ST_TRAILING;
	for (; fraction < scale; fraction++)
		TRY(push_digit(&v, 0));
	*out = negative ? -v : v;
out:
	return st;
}

enum status value_parse_int(int64_t *out, struct slice text)
{
	if (text.len > 0 && memchr(text.ptr, '.', text.len))
		return ST_FORMAT;
	return value_parse_decimal(out, text, 0);
}

void value_format_decimal(struct buf *out, int64_t code, unsigned scale)
{
	uint64_t magnitude = code < 0 ? 0 - (uint64_t)code : (uint64_t)code;
	uint64_t unit = (uint64_t)value_pow10(scale);

	buf_printf(out, "%s%llu", code < 0 ? "-" : "", (unsigned long long)(magnitude / unit));
	if (scale > 0)
		buf_printf(out, ".%0*llu", (int)scale, (unsigned long long)(magnitude % unit));
}
