/* The rows of a file into columns: text checks, header, then one record after the other. */
#include <stdio.h>
#include <stdlib.h>

#include "cell.h"
#include "header.h"
#include "ingest/csv.h"
#include "policy/value.h"
#include "text.h"

enum { SHOWN = 60 }; /* bytes of a file name, column name or cell in a message */

struct rows {
	struct csv_cursor cursor;
	const struct policy *policy;
	const char *file_name;
	struct problem *problem;
	uint16_t map[PLAN_COLUMNS_MAX]; /* field of a record -> column */
	struct cell_rules rules[PLAN_COLUMNS_MAX]; /* by column */
	struct ingest_table table;
	uint32_t capacity; /* rows there is room for */
};

/* ---- faults ---- */
static enum status fault_at_line(const struct rows *r, enum status st, size_t line, const char *what)
{
	char where[128];

	snprintf(where, sizeof where, "%.*s:%zu", SHOWN, r->file_name, line);
	return problem_set(r->problem, st, where, NULL, "%s", what);
}

static void place_of_row(char *where, size_t cap, const struct rows *r, size_t line)
{
	snprintf(where, cap, "%.*s:%zu row %u", SHOWN, r->file_name, line, r->table.rows + 1);
}

static enum status fault_in_row(const struct rows *r, enum status st, size_t line, const char *what)
{
	char where[128];

	place_of_row(where, sizeof where, r, line);
	return problem_set(r->problem, st, where, NULL, "%s", what);
}

/* The cell itself goes into the excerpt only, control characters shown as '?'. */
static void excerpt_of(struct problem *problem, const struct cell_rules *rules, struct slice text)
{
	size_t shown = text.len < SHOWN ? text.len : SHOWN;
	int near = -1, at;

	while (shown > 0 && shown < text.len && (text.ptr[shown] & 0xc0) == 0x80)
		shown--;
	at = snprintf(problem->excerpt, sizeof problem->excerpt, "\"%.*s\"%s", (int)shown, (const char *)text.ptr,
	    shown < text.len ? "..." : "");
	for (int i = 0; i < at; i++)
		if ((uint8_t)problem->excerpt[i] < 0x20 || problem->excerpt[i] == 0x7f)
			problem->excerpt[i] = '?';
	if (rules->column->type == COL_TEXT_DOMAIN)
		near = name_nearest(text, rules->domain.values, rules->domain.size);
	if (near >= 0)
		snprintf(problem->excerpt + at, sizeof problem->excerpt - (size_t)at, " (did you mean \"%.*s\"?)", SHOWN,
		    (const char *)rules->domain.values[near].ptr);
}

static enum status fault_in_cell(const struct rows *r, enum status st, size_t line, const struct cell_rules *rules,
    const struct csv_field *f)
{
	char where[192];
	struct buf why = {.limit = 400};

	if (!r->problem || r->problem->st != ST_OK)
		return st;
	place_of_row(where, sizeof where, r, line);
	snprintf(where + strlen(where), sizeof where - strlen(where), " column %.*s", SHOWN, rules->column->name);
	cell_explain(&why, rules, f, st);
	problem_set(r->problem, st, where, NULL, "the value %.*s", (int)why.len, (const char *)why.ptr);
	if (st != ST_DATA_NULL)
		excerpt_of(r->problem, rules, f->text);
	buf_clear(&why);
	return st;
}

/* Fields of the record that starts at `at`; 0 when it is not well-formed. */
static unsigned count_fields(const struct rows *r, size_t at)
{
	struct csv_cursor c = {.file = r->cursor.file, .at = at};
	struct csv_field f = {0};
	unsigned fields = 0;
	enum status st = ST_OK;

	while (st == ST_OK && !f.last) {
		st = csv_next_field(&c, &f);
		fields++;
	}
	if (c.scratch.ptr)
		wipe(c.scratch.ptr, c.scratch.cap);
	buf_clear(&c.scratch);
	return st == ST_OK ? fields : 0;
}

static enum status fault_in_count(const struct rows *r, size_t line, unsigned fields)
{
	char what[96];

	if (fields == 0)
		snprintf(what, sizeof what, "more fields than the header's %u", r->policy->n_columns);
	else
		snprintf(what, sizeof what, "%u field%s where the header has %u", fields, fields == 1 ? "" : "s",
		    r->policy->n_columns);
	return fault_in_row(r, ST_DATA_SYNTAX, line, what);
}

/* ---- records ---- */
static enum status read_cell(struct rows *r, uint16_t column, const struct csv_field *f)
{
	struct ingest_table *t = &r->table;
	int64_t code;
	uint8_t known;
	enum status st = cell_code(&r->rules[column], f, &code, &known);

	if (st != ST_OK)
		return st;
	if (t->values[column])
		t->values[column][t->rows] = code;
	if (t->known[column])
		t->known[column][t->rows] = known;
	return ST_OK;
}

static enum status read_record(struct rows *r)
{
	size_t start = r->cursor.at, line = r->cursor.line, field_line = line;
	unsigned i = 0, fields;
	struct csv_field f = {0};
	enum status st = ST_OK;

	while (!f.last && i < r->policy->n_columns) {
		field_line = r->cursor.line;
		st = csv_next_field(&r->cursor, &f);
		if (st == ST_DATA_SYNTAX)
			return fault_in_row(r, st, field_line, r->cursor.fault);
		if (st != ST_OK)
			return st;
		st = read_cell(r, r->map[i], &f);
		if (st != ST_OK)
			break;
		i++;
	}
	if (st == ST_OK && f.last && i == r->policy->n_columns) {
		r->table.rows++;
		return ST_OK;
	}
	/* A cell may be wrong only because a comma is missing or doubled: then that is the fault to name. */
	fields = count_fields(r, start);
	if (st == ST_OK || (fields > 0 && fields != r->policy->n_columns))
		return fault_in_count(r, line, fields);
	return fault_in_cell(r, st, field_line, &r->rules[r->map[i]], &f);
}

static enum status read_records(struct rows *r)
{
	enum status st = ST_OK;

	while (!csv_at_end(&r->cursor)) {
		char what[64];

		if (r->table.rows == r->policy->rows_max_party) {
			snprintf(what, sizeof what, "more than %u rows", r->policy->rows_max_party);
			return fault_in_row(r, ST_DATA_ROWS, r->cursor.line, what);
		}
		TRY(read_record(r));
	}
out:
	return st;
}

/* ---- the file ---- */
static enum status check_text(struct rows *r, struct slice bytes, size_t *lines)
{
	struct text_check c = text_check(bytes);
	size_t bad_line = 1 + text_count_lines(slice_of(bytes.ptr, c.bad_at));

	*lines = c.lines;
	if (bytes.len == 0)
		return fault_at_line(r, ST_DATA_EMPTY, 1, "the file is empty");
	if (c.has_nul)
		return fault_at_line(r, ST_DATA_NUL, bad_line, "a NUL byte: binary, or text in UTF-16");
	if (c.has_bad_utf8)
		return fault_at_line(r, ST_DATA_SYNTAX, bad_line, "bytes that are not UTF-8");
	return ST_OK;
}

static void skip_byte_order_mark(struct csv_cursor *c)
{
	static const uint8_t mark[3] = {0xef, 0xbb, 0xbf};

	if (c->file.len >= sizeof mark && memcmp(c->file.ptr, mark, sizeof mark) == 0)
		c->at = sizeof mark;
}

/* Every row but the last ends in a line end, and so does the header: there are at most `lines` rows. */
static enum status prepare_columns(struct rows *r, uint64_t keep, size_t lines)
{
	struct ingest_table *t = &r->table;
	size_t n = lines < r->policy->rows_max_party ? lines : r->policy->rows_max_party;
	enum status st = ST_OK;

	n = n > 0 ? n : 1;
	r->capacity = (uint32_t)n;
	t->columns = r->policy->n_columns;
	for (unsigned i = 0; i < t->columns; i++) {
		const struct policy_column *c = &r->policy->columns[i];

		TRY(cell_rules_init(&r->rules[i], r->policy, c));
		if (!(keep >> i & 1) || c->type == COL_TEXT)
			continue;
		t->values[i] = malloc(n * sizeof *t->values[i]);
		if (c->nullable)
			t->known[i] = malloc(n);
		if (!t->values[i] || (c->nullable && !t->known[i]))
			return ST_NO_MEMORY;
	}
out:
	return st;
}

static void rows_clear(struct rows *r)
{
	r->table.rows = r->capacity; /* wipes the half-read record too; nothing is left here after success */
	ingest_table_clear(&r->table);
	for (unsigned i = 0; i < r->policy->n_columns; i++)
		cell_rules_clear(&r->rules[i]);
	if (r->cursor.scratch.ptr)
		wipe(r->cursor.scratch.ptr, r->cursor.scratch.cap);
	buf_clear(&r->cursor.scratch);
}

enum status ingest_csv_columns(struct ingest_table *out, const struct policy *p, uint64_t keep, struct slice bytes,
    const char *file_name, struct problem *problem)
{
	struct rows r = {.cursor = {.file = bytes, .line = 1}, .policy = p, .file_name = file_name, .problem = problem};
	size_t lines;
	enum status st;

	TRY(check_text(&r, bytes, &lines));
	skip_byte_order_mark(&r.cursor);
	TRY(csv_header(r.map, &r.cursor, p, file_name, problem));
	TRY(prepare_columns(&r, keep, lines));
	TRY(read_records(&r));
	*out = r.table;
	r.table = (struct ingest_table){0};
out:
	if (st == ST_NO_MEMORY)
		problem_default(problem, st, NULL);
	rows_clear(&r);
	return st;
}

enum status ingest_csv(struct ingest_table *out, const struct policy *p, struct slice bytes, const char *file_name,
    struct problem *problem)
{
	return ingest_csv_columns(out, p, UINT64_MAX, bytes, file_name, problem);
}

uint64_t ingest_columns_of_plan(const struct plan *plan)
{
	uint64_t columns = 0;

	for (unsigned k = 0; k < plan->n_ops; k++)
		if (plan->ops[k].code >= OP_COL && plan->ops[k].code <= OP_KNOWNW)
			columns |= UINT64_C(1) << (plan->ops[k].a & 63);
	return columns;
}

void ingest_table_clear(struct ingest_table *t)
{
	for (unsigned i = 0; i < PLAN_COLUMNS_MAX; i++) {
		if (t->values[i])
			wipe(t->values[i], t->rows * sizeof *t->values[i]);
		if (t->known[i])
			wipe(t->known[i], t->rows);
		free(t->values[i]);
		free(t->known[i]);
	}
	*t = (struct ingest_table){0};
}
