/*
 * The table for a terminal: columns aligned, numbers to the right, what is not shown said below.
 *
 *   region  n   mean
 *   ------  --  ------------
 *   e       12  41250.500000
 *   3 rows; 1 group of 4 not shown: fewer than 10 rows
 */
#include "table.h"

enum { WIDTH_MAX = 40, GAP = 2 };

/* Terminal columns of UTF-8 text, near enough: one for each code point. */
static size_t width_of(struct slice text)
{
	size_t width = 0;

	for (size_t i = 0; i < text.len; i++)
		width += (text.ptr[i] & 0xc0) != 0x80;
	return width;
}

static void pad(struct buf *out, size_t n)
{
	while (n-- > 0)
		buf_append_str(out, " ");
}

/* Control characters would speak to the terminal: shown as '?'. */
static void put_printable(struct buf *out, struct slice text)
{
	for (size_t i = 0; i < text.len; i++)
		buf_append(out, text.ptr[i] < 0x20 || text.ptr[i] == 0x7f ? "?" : (const char *)&text.ptr[i], 1);
}

static void put_aligned(struct buf *out, struct slice text, size_t width, bool right, bool last)
{
	size_t own = width_of(text), room = own < width ? width - own : 0;

	if (right)
		pad(out, room);
	put_printable(out, text);
	if (last)
		return;
	pad(out, (right ? 0 : room) + GAP);
}

static struct slice cell_view(struct buf *scratch, const struct result_cell *c)
{
	buf_reset(scratch);
	if (c->null)
		buf_append_str(scratch, "NULL");
	else
		result_cell_text(scratch, c);
	return buf_view(scratch);
}

static size_t column_width(const struct result_table *t, unsigned column, struct buf *scratch)
{
	size_t widest = width_of(slice_str(t->policy->results[column].name));

	for (uint32_t row = 0; row < t->rows; row++) {
		size_t width = width_of(cell_view(scratch, table_cell(t, row, column)));

		widest = width > widest ? width : widest;
	}
	return widest < WIDTH_MAX ? widest : WIDTH_MAX;
}

static bool is_right(const struct policy *p, unsigned column)
{
	const struct policy_result *r = &p->results[column];

	if (r->kind == REL_COUNT || r->kind == REL_COUNT_COLUMN)
		return true;
	return p->columns[r->column].type == COL_INT64 || p->columns[r->column].type == COL_DECIMAL;
}

static bool has_having(const struct policy *p)
{
	for (unsigned k = 0; k < p->plan.n_ops; k++)
		if (p->plan.ops[k].code == OP_KEEPIF)
			return true;
	return false;
}

/* Why a group may be missing, from the policy alone: which of the reasons it was is not released. */
static void put_reasons(struct buf *out, const struct policy *p)
{
	buf_printf(out, "fewer than %u rows", p->min_subjects);
	if (has_having(p))
		buf_append_str(out, p->limit > 0 ? ", HAVING" : " or HAVING");
	if (p->limit > 0)
		buf_append_str(out, " or LIMIT");
}

static void put_footer(struct buf *out, const struct result_table *t)
{
	if (t->withheld) {
		buf_append_str(out, "withheld: ");
		put_reasons(out, t->policy);
		buf_append_str(out, "\n");
		return;
	}
	buf_printf(out, "%u row%s", t->rows, t->rows == 1 ? "" : "s");
	if (t->groups_withheld > 0) {
		buf_printf(out, "; %u of %u groups not shown: ", t->groups_withheld, t->rows + t->groups_withheld);
		put_reasons(out, t->policy);
	}
	buf_append_str(out, "\n");
}

void result_table_text(struct buf *out, const struct result_table *t)
{
	size_t width[PLAN_RESULTS_MAX];
	struct buf scratch = {0};

	for (unsigned i = 0; i < t->columns; i++)
		width[i] = column_width(t, i, &scratch);
	for (unsigned i = 0; i < t->columns; i++)
		put_aligned(out, slice_str(t->policy->results[i].name), width[i], is_right(t->policy, i), i + 1 == t->columns);
	buf_append_str(out, "\n");
	for (unsigned i = 0; i < t->columns; i++) {
		for (size_t k = 0; k < width[i]; k++)
			buf_append_str(out, "-");
		pad(out, i + 1 < t->columns ? GAP : 0);
	}
	buf_append_str(out, "\n");
	for (uint32_t row = 0; row < t->rows; row++) {
		for (unsigned i = 0; i < t->columns; i++)
			put_aligned(out, cell_view(&scratch, table_cell(t, row, i)), width[i], is_right(t->policy, i),
			    i + 1 == t->columns);
		buf_append_str(out, "\n");
	}
	put_footer(out, t);
	out->failed |= scratch.failed;
	buf_clear(&scratch);
}
