/* PEM (RFC 7468), strictly: one label, base64 with its padding, nothing but blanks around. */
#include "base/x509.h"

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool take(struct slice *s, const char *text)
{
	size_t len = strlen(text);

	if (s->len < len || memcmp(s->ptr, text, len) != 0)
		return false;
	*s = slice_of(s->ptr + len, s->len - len);
	return true;
}

static void skip_blanks(struct slice *s)
{
	while (s->len && is_blank(s->ptr[0]))
		s->ptr++, s->len--;
}

/* "-----BEGIN LABEL-----" */
static bool take_line(struct slice *s, const char *word, const char *label)
{
	return take(s, "-----") && take(s, word) && take(s, " ") && take(s, label) && take(s, "-----");
}

static int sextet(uint8_t c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+')
		return 62;
	return c == '/' ? 63 : -1;
}

/* Four characters, blanks between them or not; how many of them are padding, or -1. */
static int quantum(struct slice *s, uint32_t *bits)
{
	int padding = 0;

	*bits = 0;
	for (int i = 0; i < 4; i++) {
		skip_blanks(s);
		if (s->len == 0)
			return -1;
		int v = sextet(s->ptr[0]);
		if (s->ptr[0] == '=' && i >= 2)
			padding++, v = 0;
		else if (padding)
			return -1;
		if (v < 0)
			return -1;
		*bits = *bits << 6 | (uint32_t)v;
		s->ptr++, s->len--;
	}
	return padding;
}

/* Up to the dash of the END line. Bits below the padding must be zero, so one content has one text but for its blanks. */
static enum status body(uint8_t *out, size_t cap, size_t *len, struct slice *s)
{
	int padding = 0;
	size_t n = 0;

	for (skip_blanks(s); s->len && s->ptr[0] != '-'; skip_blanks(s)) {
		uint32_t bits;
		if (padding || (padding = quantum(s, &bits)) < 0)
			return ST_FORMAT;
		size_t made = 3 - (size_t)padding;
		if (bits & ((1u << (8 * padding)) - 1))
			return ST_FORMAT;
		if (made > cap - n)
			return ST_TOO_LARGE;
		for (size_t i = 0; i < made; i++)
			out[n++] = (uint8_t)(bits >> (16 - 8 * i));
	}
	*len = n;
	return n ? ST_OK : ST_FORMAT;
}

enum status pem_next(uint8_t *out, size_t cap, size_t *len, const char *label, struct slice *rest)
{
	struct slice s = *rest;
	size_t n = 0;
	enum status st;

	skip_blanks(&s);
	if (s.len == 0 || (s.len == 1 && s.ptr[0] == 0)) {
		*len = 0;
		*rest = slice_of(s.ptr + s.len, 0);
		return ST_OK;
	}
	if (!take_line(&s, "BEGIN", label))
		return ST_FORMAT;
	TRY(body(out, cap, &n, &s));
	if (!take_line(&s, "END", label))
		return ST_FORMAT;
	*len = n;
	*rest = s;
out:
	return st;
}
