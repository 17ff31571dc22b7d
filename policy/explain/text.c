/* The explanation as text: a heading a section, names to the left, sentences folded beside them. */
#include "item.h"

#include <string.h>

enum { WIDTH = 76, INDENT = 4 };

struct layout {
	struct buf *out;
	const char *section;
};

/* Breaks at spaces; `column` is where the line stands. */
static void fold(struct buf *out, const char *text)
{
	size_t column = INDENT;

	buf_printf(out, "%*s", INDENT, "");
	while (*text) {
		size_t word = strcspn(text, " ");

		if (column > INDENT && column + word > WIDTH) {
			buf_printf(out, "\n%*s", INDENT, "");
			column = INDENT;
		}
		buf_append(out, text, word);
		column += word;
		text += word;
		if (*text == ' ') {
			text++;
			if (column + 1 + strcspn(text, " ") <= WIDTH) {
				buf_append_str(out, " ");
				column++;
			} else {
				column = WIDTH + 1;
			}
		}
	}
	buf_append_str(out, "\n");
}

static void put_item(void *ctx, const char *section, const char *name, const char *text)
{
	struct layout *l = ctx;

	if (l->section != section) {
		buf_printf(l->out, "%s%s\n", l->section ? "\n" : "", explain_section_title(section));
		l->section = section;
	}
	buf_printf(l->out, "  %s\n", name);
	if (strcmp(section, "defaults") != 0) /* there the names say it all */
		fold(l->out, text);
}

void policy_explain(struct buf *out, const struct policy *p, struct slice filled_in)
{
	struct layout l = {.out = out};
	struct explain_sink sink = {.ctx = &l, .item = put_item};

	policy_explain_items(&sink, p, filled_in);
}
