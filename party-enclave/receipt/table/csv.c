/* RFC 4180 with LF line ends. */
#include "policy/value.h"
#include "table.h"

void result_cell_text(struct buf *out, const struct result_cell *c)
{
	if (c->null)
		return;
	if (c->is_text)
		buf_append(out, c->text.ptr, c->text.len);
	else
		value_format(out, c->number, c->type, c->scale);
}

static bool needs_quotes(struct slice text)
{
	for (size_t i = 0; i < text.len; i++)
		if (strchr(",\"\r\n", text.ptr[i]))
			return true;
	return text.len == 0; /* the empty text, to tell it from NULL */
}

static void put_field(struct buf *out, struct slice text)
{
	if (!needs_quotes(text)) {
		buf_append(out, text.ptr, text.len);
		return;
	}
	buf_append_str(out, "\"");
	for (size_t i = 0; i < text.len; i++)
		buf_append(out, text.ptr[i] == '"' ? "\"\"" : (const char *)&text.ptr[i], text.ptr[i] == '"' ? 2 : 1);
	buf_append_str(out, "\"");
}

static void put_cell(struct buf *out, const struct result_cell *c, bool only_column)
{
	if (c->null)
		buf_append_str(out, only_column ? "\"\"" : "");
	else if (c->is_text)
		put_field(out, c->text);
	else
		result_cell_text(out, c);
}

void result_table_csv(struct buf *out, const struct result_table *t)
{
	for (unsigned i = 0; i < t->columns; i++) {
		buf_append_str(out, i > 0 ? "," : "");
		put_field(out, slice_str(t->policy->results[i].name));
	}
	buf_append_str(out, "\n");
	for (uint32_t row = 0; row < t->rows; row++) {
		for (unsigned i = 0; i < t->columns; i++) {
			buf_append_str(out, i > 0 ? "," : "");
			put_cell(out, table_cell(t, row, i), t->columns == 1);
		}
		buf_append_str(out, "\n");
	}
}
