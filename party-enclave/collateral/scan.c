/*
 * JSON for its structure alone: matching braces, understanding strings, and cutting out exact substrings. What signed JSON means
 * is read by the verifier's own strict parser inside the enclave; this one only finds where it lies in a vendor's file.
 */
#include "text.h"

static void skip_blanks(struct scan *j)
{
	while (j->at < j->all.len && strchr(" \t\r\n", j->all.ptr[j->at]) && j->all.ptr[j->at])
		j->at++;
}

static uint8_t peek(struct scan *j)
{
	skip_blanks(j);
	return j->failed || j->at == j->all.len ? 0 : j->all.ptr[j->at];
}

static bool take(struct scan *j, uint8_t c)
{
	if (peek(j) != c)
		return false;
	j->at++;
	return true;
}

void scan_begin(struct scan *j, struct slice text)
{
	*j = (struct scan){.all = text, .first = true};
}

static void enter(struct scan *j, uint8_t c)
{
	if (!take(j, c))
		j->failed = true;
	j->first = true;
}

void scan_enter(struct scan *j)
{
	enter(j, '{');
}

void scan_enter_array(struct scan *j)
{
	enter(j, '[');
}

/* Past the closing quote. */
static struct slice string(struct scan *j)
{
	size_t start;

	skip_blanks(j);
	start = j->at;
	if (!take(j, '"'))
		j->failed = true;
	for (; !j->failed && j->at < j->all.len; j->at++) {
		uint8_t c = j->all.ptr[j->at];
		if (c == '"') {
			j->at++;
			return slice_of(j->all.ptr + start, j->at - start);
		}
		if (c < ' ')
			break;
		if (c == '\\')
			j->at++;
	}
	j->failed = true;
	return slice_of(j->all.ptr, 0);
}

/* A comma before every element but the first; false at the closing bracket, which is taken. */
static bool next(struct scan *j, uint8_t close)
{
	bool first = j->first;

	if (j->failed || take(j, close)) {
		j->first = false;
		return false;
	}
	if (!first && !take(j, ','))
		j->failed = true;
	j->first = false;
	return !j->failed;
}

bool scan_element(struct scan *j)
{
	return next(j, ']');
}

bool scan_member(struct scan *j, struct slice *key)
{
	if (!next(j, '}'))
		return false;
	struct slice quoted = string(j);
	if (j->failed || !take(j, ':')) {
		j->failed = true;
		return false;
	}
	*key = slice_of(quoted.ptr + 1, quoted.len - 2);
	return true;
}

/* A number or a literal. */
static void skip_plain(struct scan *j)
{
	size_t start = j->at;

	while (j->at < j->all.len && j->all.ptr[j->at] && strchr("+-.0123456789abcdefghijklmnopqrstuvwxyzE", j->all.ptr[j->at]))
		j->at++;
	if (j->at == start)
		j->failed = true;
}

/* The brackets that are open lie on a small stack. */
struct slice scan_value(struct scan *j, enum scan_type *type)
{
	uint8_t stack[SCAN_DEPTH_MAX], c = peek(j);
	size_t depth = 0, start = j->at;
	bool first = false;
	struct slice key;

	*type = c == '{' ? SCAN_OBJECT : c == '[' ? SCAN_ARRAY : c == '"' ? SCAN_STRING : SCAN_OTHER;
	do {
		c = peek(j);
		if (c == '{' || c == '[') {
			if (depth == SCAN_DEPTH_MAX)
				j->failed = true;
			else
				stack[depth++] = c;
			j->at++;
			first = true;
		} else if (c == '"')
			string(j);
		else
			skip_plain(j);
		while (depth && !j->failed) {
			j->first = first;
			first = false;
			if (stack[depth - 1] == '{' ? scan_member(j, &key) : scan_element(j))
				break;
			depth--;
		}
	} while (depth && !j->failed);
	j->first = false;
	if (j->failed)
		*type = SCAN_NONE;
	return slice_of(j->all.ptr + start, j->failed ? 0 : j->at - start);
}

bool scan_end(struct scan *j)
{
	skip_blanks(j);
	return !j->failed && j->at == j->all.len;
}

static bool escape(struct buf *out, struct slice *s)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	const char *found = s->len && s->ptr[0] ? strchr(from, s->ptr[0]) : NULL;
	uint8_t value = 0;

	if (found) {
		buf_append(out, &to[found - from], 1);
		*s = slice_of(s->ptr + 1, s->len - 1);
		return true;
	}
	if (s->len < 5 || s->ptr[0] != 'u' || s->ptr[1] != '0' || s->ptr[2] != '0')
		return false;
	struct buf byte = {0};
	if (text_hex(&byte, slice_of(s->ptr + 3, 2)) && !byte.failed)
		value = byte.ptr[0];
	out->failed |= byte.failed;
	buf_clear(&byte);
	if (value == 0 || value >= 0x80)
		return false;
	buf_append(out, &value, 1);
	*s = slice_of(s->ptr + 5, s->len - 5);
	return true;
}

bool scan_text(struct buf *out, struct slice token)
{
	if (token.len < 2 || token.ptr[0] != '"')
		return false;
	struct slice s = slice_of(token.ptr + 1, token.len - 2);
	while (s.len) {
		uint8_t c = s.ptr[0];
		s = slice_of(s.ptr + 1, s.len - 1);
		if (c != '\\')
			buf_append(out, &c, 1);
		else if (!escape(out, &s))
			return false;
	}
	return true;
}

bool scan_find(struct slice text, const char *key, struct slice *value, enum scan_type *type)
{
	struct scan j;
	struct slice name;

	scan_begin(&j, text);
	scan_enter(&j);
	while (scan_member(&j, &name)) {
		*value = scan_value(&j, type);
		if (!j.failed && slice_equal(name, slice_str(key)))
			return true;
	}
	return false;
}
