/* Where a byte of the file is, for people: line and column from 1, columns in characters, and the line with a caret. */
#include "walk.h"

#include "base/cbor.h"

#include <stdarg.h>
#include <stdio.h>

enum { EXCERPT_WIDTH = 160 };

struct position {
	size_t line_start, line_end; /* bytes */
	unsigned line, column;
};

static bool continues_character(uint8_t c)
{
	return (c & 0xc0) == 0x80;
}

static struct position position_of(struct slice text, size_t at)
{
	struct position p = {.line = 1, .column = 1};

	if (at > text.len)
		at = text.len;
	for (size_t i = 0; i < at; i++)
		if (text.ptr[i] == '\n') {
			p.line++;
			p.line_start = i + 1;
		}
	for (size_t i = p.line_start; i < at; i++)
		p.column += !continues_character(text.ptr[i]);
	p.line_end = p.line_start;
	while (p.line_end < text.len && text.ptr[p.line_end] != '\n' && text.ptr[p.line_end] != '\r')
		p.line_end++;
	return p;
}

void place_of(struct slice text, size_t at, unsigned *line, unsigned *column)
{
	struct position p = position_of(text, at);

	*line = p.line;
	*column = p.column;
}

/* A tab is one column wide, and what is no text is shown as a question mark: an excerpt is always text. */
static char visible(uint8_t c, bool well_formed)
{
	if (c < 0x20 || c == 0x7f)
		return c == '\t' ? ' ' : '?';
	return c >= 0x80 && !well_formed ? '?' : (char)c;
}

/* The line, or a window of it around the place, and below it a caret under the character. */
static void write_excerpt(char *out, size_t cap, struct slice text, size_t at)
{
	struct position p = position_of(text, at);
	size_t start = p.line_start, end = p.line_end, used = 0;
	bool well_formed;

	if (at > end)
		at = end;
	if (end - start > EXCERPT_WIDTH) {
		if (at - start > EXCERPT_WIDTH / 2)
			start = at - EXCERPT_WIDTH / 2;
		while (start > p.line_start && continues_character(text.ptr[start]))
			start--;
		if (end - start > EXCERPT_WIDTH)
			end = start + EXCERPT_WIDTH;
		while (end > start && end < p.line_end && continues_character(text.ptr[end]))
			end--;
	}
	well_formed = utf8_is_text(slice_of(text.ptr + start, end - start));
	for (size_t i = start; i < end && used + 2 < cap; i++)
		out[used++] = visible(text.ptr[i], well_formed);
	out[used++] = '\n';
	for (size_t i = start; i < at && used + 2 < cap; i++)
		if (!continues_character(text.ptr[i]))
			out[used++] = ' ';
	out[used++] = '^';
	out[used] = 0;
}

static enum status set_problem(struct problem *p, enum status st, const char *where, const char *fix,
    const char *message, struct slice text, size_t at)
{
	bool first = p && p->st == ST_OK;

	problem_set(p, st, where, fix, "%s", message);
	if (first)
		write_excerpt(p->excerpt, sizeof p->excerpt, text, at);
	return st;
}

enum status manifest_problem(
    const struct manifest *m, struct problem *p, enum status st, size_t at, const char *fix, const char *format, ...)
{
	struct position pos = position_of(m->source, at);
	char where[192], message[512];
	va_list args;

	va_start(args, format);
	vsnprintf(message, sizeof message, format, args);
	va_end(args);
	snprintf(where, sizeof where, "%s:%u:%u", m->file_name, pos.line, pos.column);
	return set_problem(p, st, where, fix, message, m->source, at);
}

enum status manifest_query_problem(
    const struct manifest *m, struct problem *p, enum status st, size_t at, const char *fix, const char *message)
{
	struct position pos;
	char where[192];

	if (at >= m->query.len && m->query.len > 0) /* "at the end": the last visible character */
		for (at = m->query.len - 1; at > 0 && (m->query.ptr[at] == '\n' || m->query.ptr[at] == ' ');)
			at--;
	if (at < m->query.len && m->query_map[at] != NO_PLACE)
		return manifest_problem(m, p, st, m->query_map[at], fix, "%s", message);
	pos = position_of(m->query, at);
	snprintf(where, sizeof where, "%s: query %u:%u", m->file_name, pos.line, pos.column);
	return set_problem(p, st, where, fix, message, m->query, at);
}

static bool is_space(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/*
 * YAML drops indentation, folds line breaks and unescapes quotes, but keeps the visible characters of a scalar and
 * their order. So walking both texts and skipping white space where they differ finds every visible character. Where
 * an escape makes them differ the places from there on are unknown.
 */
void map_query(struct manifest *m, uint32_t at, bool quoted)
{
	struct slice q = m->query, s = m->source;
	size_t j = at;

	for (size_t i = 0; i < q.len; i++)
		m->query_map[i] = NO_PLACE;
	for (size_t i = 0; i < q.len; i++) {
		if (is_space(q.ptr[i])) {
			m->query_map[i] = j < s.len ? (uint32_t)j : NO_PLACE;
			j += j < s.len && s.ptr[j] == q.ptr[i];
			continue;
		}
		while (j < s.len && is_space(s.ptr[j]))
			j++;
		if (quoted && j + 1 < s.len && s.ptr[j] == q.ptr[i] && s.ptr[j + 1] == q.ptr[i] && q.ptr[i] == '\'')
			j++; /* '' in a single-quoted scalar, whichever of the two quotes we meet */
		if (quoted && j + 1 < s.len && s.ptr[j] == '\\' && s.ptr[j + 1] == q.ptr[i])
			j++;
		if (j >= s.len || s.ptr[j] != q.ptr[i])
			return;
		m->query_map[i] = (uint32_t)j++;
	}
}
