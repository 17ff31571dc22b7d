/* Hex and base64 as people and tools write them: blanks anywhere, padding or not, either alphabet. */
#include "text.h"

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool text_is_plain(struct slice s)
{
	size_t n = s.len && s.ptr[s.len - 1] == 0 ? s.len - 1 : s.len;

	for (size_t k = 0; k < n; k++)
		if (!is_blank(s.ptr[k]) && (s.ptr[k] < ' ' || s.ptr[k] > '~'))
			return false;
	return true;
}

struct slice text_trim(struct slice s)
{
	while (s.len && (is_blank(s.ptr[s.len - 1]) || s.ptr[s.len - 1] == 0))
		s.len--;
	while (s.len && is_blank(s.ptr[0]))
		s.ptr++, s.len--;
	return s;
}

static int nibble(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool text_hex(struct buf *out, struct slice s)
{
	size_t start = out->len, digits = 0;
	int high = 0;

	for (size_t k = 0; k < s.len; k++) {
		if (is_blank(s.ptr[k]))
			continue;
		int v = nibble(s.ptr[k]);
		if (v < 0)
			goto fail;
		if (digits++ % 2 == 0)
			high = v;
		else
			buf_append(out, &(uint8_t){(uint8_t)(high << 4 | v)}, 1);
	}
	if (digits && digits % 2 == 0)
		return true;
fail:
	out->len = start;
	return false;
}

static int sextet(uint8_t c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+' || c == '-')
		return 62;
	return c == '/' || c == '_' ? 63 : -1;
}

bool text_base64(struct buf *out, struct slice s)
{
	size_t start = out->len, n = 0, padding = 0;
	uint32_t bits = 0;

	for (size_t k = 0; k < s.len; k++) {
		if (is_blank(s.ptr[k]))
			continue;
		if (s.ptr[k] == '=') {
			padding++;
			continue;
		}
		int v = sextet(s.ptr[k]);
		if (v < 0 || padding)
			goto fail;
		bits = bits << 6 | (uint32_t)v;
		if (++n % 4 == 0)
			buf_append(out, &(uint8_t[3]){(uint8_t)(bits >> 16), (uint8_t)(bits >> 8), (uint8_t)bits}, 3);
	}
	if (n % 4 == 1 || n == 0 || (padding && (n + padding) % 4))
		goto fail;
	if (n % 4 == 2 && (bits & 15) == 0)
		buf_append(out, &(uint8_t){(uint8_t)(bits >> 4)}, 1);
	else if (n % 4 == 3 && (bits & 3) == 0)
		buf_append(out, &(uint8_t[2]){(uint8_t)(bits >> 10), (uint8_t)(bits >> 2)}, 2);
	else if (n % 4)
		goto fail;
	return true;
fail:
	out->len = start;
	return false;
}
