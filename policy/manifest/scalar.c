#include "walk.h"

#include <stdio.h>
#include <stdlib.h>

/* Enough of a value to recognise it in a message. */
struct shown {
	char text[72];
};
static struct shown show(struct slice s)
{
	struct shown out;

	snprintf(out.text, sizeof out.text, "%.*s%s", show_len(s), (const char *)s.ptr,
	    (size_t)show_len(s) < s.len ? "…" : "");
	return out;
}

/* C0, DEL and C1. */
static bool has_control(struct slice s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] < 0x20 || s.ptr[i] == 0x7f || (s.ptr[i] == 0xc2 && i + 1 < s.len && s.ptr[i + 1] < 0xa0))
			return true;
	return false;
}

enum status scalar_text(struct walk *w, const struct yaml_node *n, struct slice *out, size_t max, const char *what)
{
	if (n->kind != YAML_SCALAR)
		return walk_refuse(w, n, ST_POL_VALUE, NULL, "%s is a single value, and this is a map or a list", what);
	if (n->text.len == 0)
		return walk_refuse(w, n, ST_POL_VALUE, NULL, "%s is empty", what);
	if (n->text.len > max)
		return walk_refuse(w, n, ST_POL_VALUE, NULL, "%s is longer than %zu bytes", what, max);
	if (has_control(n->text))
		return walk_refuse(w, n, ST_POL_VALUE, NULL, "%s holds a line break or control character", what);
	*out = n->text;
	return ST_OK;
}

enum status scalar_copy(struct walk *w, const struct yaml_node *n, char *out, size_t cap, const char *what)
{
	struct slice text;
	enum status st;

	TRY(scalar_text(w, n, &text, cap - 1, what));
	memset(out, 0, cap);
	memcpy(out, text.ptr, text.len);
out:
	return st;
}

enum status scalar_id(struct walk *w, const struct yaml_node *n, char out[static POLICY_ID_MAX + 1], const char *what)
{
	enum status st;

	TRY(scalar_copy(w, n, out, POLICY_ID_MAX + 1, what));
	for (const char *c = out; *c; c++) {
		bool letter = *c >= 'a' && *c <= 'z', digit = *c >= '0' && *c <= '9';

		if (!letter && (c == out || (!digit && *c != '-')))
			return walk_refuse(w, n, ST_POL_VALUE,
			    "a small letter, then small letters, digits and hyphens; at most 32",
			    "%s `%s` is not an identifier", what, out);
	}
out:
	return st;
}

enum status scalar_u64(
    struct walk *w, const struct yaml_node *n, uint64_t *out, uint64_t min, uint64_t max, const char *what)
{
	struct slice text;
	int64_t v;
	enum status st;

	TRY(scalar_text(w, n, &text, 64, what));
	if (value_parse_int(&v, text) != ST_OK)
		return walk_refuse(
		    w, n, ST_POL_VALUE, "write digits", "%s is a number, and this is `%s`", what, show(text).text);
	if (v < 0 || (uint64_t)v < min || (uint64_t)v > max)
		return walk_refuse(w, n, ST_POL_VALUE, NULL, "%s is %lld; it may be %llu to %llu", what, (long long)v,
		    (unsigned long long)min, (unsigned long long)max);
	*out = (uint64_t)v;
out:
	return st;
}

enum status scalar_word(
    struct walk *w, const struct yaml_node *n, const char *const *words, size_t count, unsigned *out, const char *what)
{
	struct slice text;
	char fix[128] = "";
	size_t used = 0;
	enum status st;

	TRY(scalar_text(w, n, &text, 64, what));
	for (size_t i = 0; i < count; i++)
		if (slice_equal(text, slice_str(words[i]))) {
			*out = (unsigned)i;
			return ST_OK;
		}
	used = (size_t)snprintf(fix, sizeof fix, "write ");
	for (size_t i = 0; i < count && used < sizeof fix; i++)
		used += (size_t)snprintf(fix + used, sizeof fix - used, "%s`%s`", i ? " or " : "", words[i]);
	return walk_refuse(w, n, ST_POL_VALUE, fix, "%s may not be `%s`", what, show(text).text);
out:
	return st;
}

enum status scalar_bool(struct walk *w, const struct yaml_node *n, bool *out, const char *what)
{
	static const char *const words[] = {"false", "true"};
	unsigned v = 0;
	enum status st;

	TRY(scalar_word(w, n, words, 2, &v, what));
	*out = v == 1;
out:
	return st;
}

enum status scalar_hex(struct walk *w, const struct yaml_node *n, uint8_t *out, size_t len, const char *what)
{
	struct slice text;
	char hex[2 * HASH_LEN + 1], fix[64];
	enum status st;

	TRY(scalar_text(w, n, &text, 1024, what));
	snprintf(fix, sizeof fix, "write %zu hexadecimal digits", 2 * len);
	if (text.len != 2 * len)
		return walk_refuse(w, n, ST_POL_VALUE, fix, "%s has %zu characters", what, text.len);
	memcpy(hex, text.ptr, text.len);
	hex[text.len] = 0;
	if (hex_decode(out, len, hex) != ST_OK)
		return walk_refuse(w, n, ST_POL_VALUE, fix, "%s is not hexadecimal", what);
out:
	return st;
}

enum status scalar_duration(struct walk *w, const struct yaml_node *n, uint32_t *out, const char *what)
{
	static const struct {
		char unit;
		uint32_t seconds;
	} units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}};
	struct slice text;
	int64_t v;
	enum status st;

	TRY(scalar_text(w, n, &text, 32, what));
	for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
		if (text.ptr[text.len - 1] != (uint8_t)units[i].unit)
			continue;
		if (value_parse_int(&v, slice_of(text.ptr, text.len - 1)) != ST_OK || v < 1 ||
		    v > 30 * 86400 / units[i].seconds)
			break;
		*out = (uint32_t)v * units[i].seconds;
		return ST_OK;
	}
	return walk_refuse(w, n, ST_POL_VALUE, "write a number and a unit: 300s, 15m, 1h, 2d; at most 30d",
	    "%s is a duration, and this is `%s`", what, show(text).text);
out:
	return st;
}

enum status scalar_instant(struct walk *w, const struct yaml_node *n, int64_t *out, const char *what)
{
	struct slice text;
	int64_t days;
	enum status st;

	TRY(scalar_text(w, n, &text, 32, what));
	if (value_parse_timestamp(out, text) == ST_OK && *out >= 0)
		return ST_OK;
	if (value_parse_date(&days, text) == ST_OK && days >= 0) {
		*out = days * 86400;
		return ST_OK;
	}
	return walk_refuse(w, n, ST_POL_VALUE,
	    "write 2026-01-31T00:00:00Z, or a date for its first second; UTC, from 1970 on",
	    "%s is a point in time, and this is `%s`", what, show(text).text);
out:
	return st;
}
