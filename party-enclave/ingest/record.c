#include "record.h"

static enum status fault(struct csv_cursor *c, const char *what)
{
	c->fault = what;
	return ST_DATA_SYNTAX;
}

/* What stands behind a field: a comma, a line end, or the end of the file. */
static enum status take_separator(struct csv_cursor *c, struct csv_field *f)
{
	const uint8_t *p = c->file.ptr;

	f->last = true;
	if (c->at == c->file.len)
		return ST_OK;
	if (p[c->at] == ',') {
		c->at++;
		f->last = false;
		return ST_OK;
	}
	if (p[c->at] == '\r' && c->at + 1 < c->file.len && p[c->at + 1] == '\n')
		c->at++;
	if (p[c->at] == '\n') {
		c->at++;
		c->line++;
		return ST_OK;
	}
	if (p[c->at] == '\r')
		return fault(c, "a carriage return that no line feed follows");
	return fault(c, f->quoted ? "text after a closing quote" : "a quote inside a field that does not start with one");
}

static bool ends_plain_field(uint8_t b)
{
	return b == ',' || b == '\n' || b == '"' || b == '\r';
}

static enum status plain_field(struct csv_cursor *c, struct csv_field *f)
{
	size_t start = c->at, at = start;

	while (at < c->file.len && !ends_plain_field(c->file.ptr[at]))
		at++;
	c->at = at;
	f->text = slice_of(c->file.ptr + start, at - start);
	f->quoted = false;
	return take_separator(c, f);
}

/* The text up to the next quote goes into the scratch; a doubled quote stands for one and goes on. */
static enum status quoted_field(struct csv_cursor *c, struct csv_field *f)
{
	buf_reset(&c->scratch);
	c->at++;
	for (;;) {
		const uint8_t *from = c->file.ptr + c->at;
		const uint8_t *quote = c->at < c->file.len ? memchr(from, '"', c->file.len - c->at) : NULL;
		size_t len;

		if (!quote)
			return fault(c, "a quoted field that is never closed");
		len = (size_t)(quote - from);
		buf_append(&c->scratch, from, len);
		c->at += len + 1;
		if (c->at == c->file.len || c->file.ptr[c->at] != '"')
			break;
		buf_append(&c->scratch, "\"", 1);
		c->at++;
	}
	if (c->scratch.failed)
		return ST_NO_MEMORY;
	f->text = buf_view(&c->scratch);
	f->quoted = true;
	for (size_t i = 0; i < f->text.len; i++)
		c->line += f->text.ptr[i] == '\n';
	return take_separator(c, f);
}

enum status csv_next_field(struct csv_cursor *c, struct csv_field *out)
{
	if (c->at < c->file.len && c->file.ptr[c->at] == '"')
		return quoted_field(c, out);
	return plain_field(c, out);
}
