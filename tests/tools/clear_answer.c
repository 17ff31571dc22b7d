/*
 * The answer to a query in the clear, by SQLite: what MPC must give, found by another road.
 *
 *   clear_answer QUERY.sql FILE.csv… > expected.csv        all files together are the one table
 *
 * The first line of QUERY.sql is `-- table NAME: COLUMN TYPE, …` with TYPE text, int or `decimal SCALE`. SQLite knows no
 * decimals and adds reals in floating point, so decimals are whole numbers of units 10^-SCALE here, and exact:
 *   avg6(x, SCALE)      mean with six digits after the point, half away from zero, as text; NULL over no values
 *   show(x, SCALE)      units as decimal text
 *   units('1.5', SCALE) decimal text as units
 * Columns are matched by the header's names. An empty field without quotes is NULL.
 */
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS_MAX = 64, TEXT_MAX = 1 << 16 };
__extension__ typedef __int128 wide;

static _Noreturn void fail(const char *what, const char *detail)
{
	fprintf(stderr, "clear_answer: %s: %s\n", what, detail);
	exit(1);
}

/* ---- decimals ---- */
static bool parse_units(int64_t *out, const char *text, int scale)
{
	bool negative = *text == '-', point = false;
	int digits_after = 0;
	int64_t v = 0;

	for (text += negative; *text; text++) {
		if (*text == '.' && !point) {
			point = true;
			continue;
		}
		if (*text < '0' || *text > '9' || __builtin_mul_overflow(v, 10, &v) || __builtin_add_overflow(v, *text - '0', &v))
			return false;
		digits_after += point;
	}
	for (; digits_after < scale; digits_after++)
		if (__builtin_mul_overflow(v, 10, &v))
			return false;
	*out = negative ? -v : v;
	return digits_after == scale;
}

static void format_units(char *out, size_t cap, int64_t units, int scale)
{
	uint64_t magnitude = units < 0 ? 0 - (uint64_t)units : (uint64_t)units, one = 1;

	for (int i = 0; i < scale; i++)
		one *= 10;
	if (scale == 0)
		snprintf(out, cap, "%lld", (long long)units);
	else
		snprintf(out, cap, "%s%llu.%0*llu", units < 0 ? "-" : "", (unsigned long long)(magnitude / one), scale,
		    (unsigned long long)(magnitude % one));
}

static void sql_units(sqlite3_context *ctx, int n, sqlite3_value **args)
{
	int64_t v;

	(void)n;
	if (parse_units(&v, (const char *)sqlite3_value_text(args[0]), sqlite3_value_int(args[1])))
		sqlite3_result_int64(ctx, v);
	else
		sqlite3_result_error(ctx, "units: not a decimal of this scale", -1);
}

static void sql_show(sqlite3_context *ctx, int n, sqlite3_value **args)
{
	char text[64];

	(void)n;
	if (sqlite3_value_type(args[0]) == SQLITE_NULL) {
		sqlite3_result_null(ctx);
		return;
	}
	format_units(text, sizeof text, sqlite3_value_int64(args[0]), sqlite3_value_int(args[1]));
	sqlite3_result_text(ctx, text, -1, SQLITE_TRANSIENT);
}

struct mean {
	int64_t sum, count;
	int scale;
};

static void mean_step(sqlite3_context *ctx, int n, sqlite3_value **args)
{
	struct mean *m = sqlite3_aggregate_context(ctx, sizeof *m);

	(void)n;
	if (!m || sqlite3_value_type(args[0]) == SQLITE_NULL)
		return;
	if (__builtin_add_overflow(m->sum, sqlite3_value_int64(args[0]), &m->sum))
		fail("avg6", "the sum exceeds 63 bits");
	m->count++;
	m->scale = sqlite3_value_int(args[1]);
}

/* sum / count * 10^(6 - scale), half away from zero: (2|a| + c) / 2c */
static void mean_final(sqlite3_context *ctx)
{
	struct mean *m = sqlite3_aggregate_context(ctx, 0);
	char text[64];
	wide a;

	if (!m || m->count == 0) {
		sqlite3_result_null(ctx);
		return;
	}
	a = m->sum < 0 ? -(wide)m->sum : m->sum;
	for (int i = m->scale; i < 6; i++)
		a *= 10;
	a = (2 * a + m->count) / (2 * (wide)m->count);
	format_units(text, sizeof text, (int64_t)(m->sum < 0 ? -a : a), 6);
	sqlite3_result_text(ctx, text, -1, SQLITE_TRANSIENT);
}

/* ---- the table ---- */
struct table {
	char name[128];
	int columns;
	char column[COLUMNS_MAX][128];
	int scale[COLUMNS_MAX]; /* -1: text; 0: int; else decimal */
};

static void parse_table(struct table *t, char *line)
{
	char *save = NULL, *colon;

	if (strncmp(line, "-- table ", 9) != 0 || !(colon = strchr(line, ':')))
		fail("the first line must be", "-- table NAME: COLUMN TYPE, ...");
	*colon = 0;
	snprintf(t->name, sizeof t->name, "%.127s", line + 9);
	for (char *item = strtok_r(colon + 1, ",\n", &save); item; item = strtok_r(NULL, ",\n", &save)) {
		char type[16];
		int scale = 0;

		if (t->columns == COLUMNS_MAX || sscanf(item, " %127s %15s %d", t->column[t->columns], type, &scale) < 2)
			fail("not a column", item);
		t->scale[t->columns++] = strcmp(type, "text") == 0 ? -1 : scale;
	}
}

/* One record of an RFC 4180 file into fields; NULL stands for an empty field. false at the end of the file. */
static bool read_record(FILE *f, char *storage, char *fields[COLUMNS_MAX], int *n)
{
	int c = getc(f);
	char *at = storage;

	*n = 0;
	if (c == EOF)
		return false;
	for (;; c = getc(f)) {
		bool quoted = c == '"';
		char *start = at;

		if (quoted)
			for (c = getc(f); c != EOF; c = getc(f)) {
				if (c == '"' && (c = getc(f)) != '"')
					break;
				*at++ = (char)c;
			}
		while (c != EOF && c != ',' && c != '\n') {
			if (c != '\r')
				*at++ = (char)c;
			c = getc(f);
		}
		*at++ = 0;
		if (*n == COLUMNS_MAX)
			fail("too many fields", storage);
		fields[(*n)++] = *start || quoted ? start : NULL;
		if (c != ',')
			return true;
	}
}

static void bind_field(sqlite3_stmt *insert, const struct table *t, int column, const char *text)
{
	int64_t v;

	if (!text)
		sqlite3_bind_null(insert, column + 1);
	else if (t->scale[column] < 0)
		sqlite3_bind_text(insert, column + 1, text, -1, SQLITE_TRANSIENT);
	else if (parse_units(&v, text, t->scale[column]))
		sqlite3_bind_int64(insert, column + 1, v);
	else
		fail("not a number", text);
}

static void load_file(sqlite3 *db, const struct table *t, const char *path)
{
	static char storage[TEXT_MAX];
	char *fields[COLUMNS_MAX], sql[COLUMNS_MAX * 2 + 256];
	int map[COLUMNS_MAX], n;
	FILE *f = fopen(path, "r");
	sqlite3_stmt *insert;

	if (!f || !read_record(f, storage, fields, &n) || n != t->columns)
		fail("no such file, or another number of columns", path);
	for (int i = 0; i < n; i++) {
		for (map[i] = 0; map[i] < n && strcmp(fields[i] ? fields[i] : "", t->column[map[i]]) != 0; map[i]++)
			;
		if (map[i] == n)
			fail(path, "another header");
	}
	snprintf(sql, sizeof sql, "INSERT INTO \"%s\" VALUES (?", t->name);
	for (int i = 1; i < n; i++)
		strcat(sql, ",?");
	strcat(sql, ")");
	if (sqlite3_prepare_v2(db, sql, -1, &insert, NULL) != SQLITE_OK)
		fail("insert", sqlite3_errmsg(db));
	while (read_record(f, storage, fields, &n)) {
		if (n != t->columns)
			fail(path, "a row with another number of fields");
		for (int i = 0; i < n; i++)
			bind_field(insert, t, map[i], fields[i]);
		if (sqlite3_step(insert) != SQLITE_DONE)
			fail("insert", sqlite3_errmsg(db));
		sqlite3_reset(insert);
	}
	sqlite3_finalize(insert);
	fclose(f);
}

static void create_table(sqlite3 *db, const struct table *t)
{
	char sql[COLUMNS_MAX * 140];
	int at = snprintf(sql, sizeof sql, "CREATE TABLE \"%s\" (", t->name);

	for (int i = 0; i < t->columns; i++)
		at += snprintf(sql + at, sizeof sql - (size_t)at, "%s\"%s\" %s", i ? ", " : "", t->column[i],
		    t->scale[i] < 0 ? "TEXT" : "INTEGER");
	snprintf(sql + at, sizeof sql - (size_t)at, "); BEGIN");
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		fail("create", sqlite3_errmsg(db));
}

/* ---- the answer ---- */
static void put_field(const char *text, bool only)
{
	if (!text) {
		fputs(only ? "\"\"" : "", stdout);
		return;
	}
	if (*text && !strpbrk(text, ",\"\r\n")) {
		fputs(text, stdout);
		return;
	}
	putchar('"');
	for (; *text; text++) {
		if (*text == '"')
			putchar('"');
		putchar(*text);
	}
	putchar('"');
}

static void print_answer(sqlite3 *db, const char *query)
{
	sqlite3_stmt *rows;
	int columns, st;

	if (sqlite3_prepare_v2(db, query, -1, &rows, NULL) != SQLITE_OK)
		fail("query", sqlite3_errmsg(db));
	columns = sqlite3_column_count(rows);
	for (int i = 0; i < columns; i++) {
		put_field(sqlite3_column_name(rows, i), false);
		putchar(i + 1 < columns ? ',' : '\n');
	}
	while ((st = sqlite3_step(rows)) == SQLITE_ROW)
		for (int i = 0; i < columns; i++) {
			put_field((const char *)sqlite3_column_text(rows, i), columns == 1);
			putchar(i + 1 < columns ? ',' : '\n');
		}
	if (st != SQLITE_DONE)
		fail("query", sqlite3_errmsg(db));
	sqlite3_finalize(rows);
}

int main(int argc, char **argv)
{
	static char query[TEXT_MAX], first[TEXT_MAX];
	struct table t = {0};
	FILE *f = argc >= 3 ? fopen(argv[1], "r") : NULL;
	sqlite3 *db;

	if (!f || fread(query, 1, sizeof query - 1, f) == 0)
		fail("usage", "clear_answer QUERY.sql FILE.csv...");
	fclose(f);
	snprintf(first, sizeof first, "%.*s", (int)strcspn(query, "\n"), query);
	parse_table(&t, first);
	if (sqlite3_open(":memory:", &db) != SQLITE_OK)
		fail("sqlite", sqlite3_errmsg(db));
	sqlite3_create_function(db, "units", 2, SQLITE_UTF8, NULL, sql_units, NULL, NULL);
	sqlite3_create_function(db, "show", 2, SQLITE_UTF8, NULL, sql_show, NULL, NULL);
	sqlite3_create_function(db, "avg6", 2, SQLITE_UTF8, NULL, NULL, mean_step, mean_final);
	create_table(db, &t);
	for (int i = 2; i < argc; i++)
		load_file(db, &t, argv[i]);
	print_answer(db, query);
	sqlite3_close(db);
	return 0;
}
