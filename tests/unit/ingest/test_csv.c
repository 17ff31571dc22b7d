/* ingest/csv.h: what is read, and every way a file can be wrong: code, place, and no cell in message or fix. */
#include "../../support/test.h"

#include "base/crypto.h"
#include "ingest/csv.h"
#include "schema.h"

#define H SCHEMA_HEADER "\n"
#define GOOD_ROW "e,1.5,30,true,2024-02-29,2024-02-29T12:00:00Z,hi\n"

static enum status read_text(struct ingest_table *t, const struct policy *p, const char *text, struct problem *problem)
{
	return ingest_csv(t, p, slice_str(text), "north.csv", problem);
}

static void reads_every_type(void **state)
{
	const char *text = H GOOD_ROW "\"s, x\",1000000.00,,f,1970-01-01,,\n"
			     "\"w\"\"q\",0,0,T,1969-12-31,1970-01-01 00:00:01,\"a\nb\"\n";
	struct ingest_table t = {0};
	struct problem problem = {0};

	(void)state;
	assert_int_equal(read_text(&t, schema_of_every_type(), text, &problem), ST_OK);
	assert_int_equal(t.rows, 3);
	assert_int_equal(t.columns, SCHEMA_COLUMNS);
	static const int64_t region[] = {0, 2, 3}, salary[] = {150, 100000000, 0}, age[] = {30, 0, 0},
			     full_time[] = {1, 0, 1}, hired[] = {19782, 0, -1}, seen[] = {1709208000, 0, 1};
	static const uint8_t age_known[] = {1, 0, 1}, seen_known[] = {1, 0, 1};
	assert_memory_equal(t.values[SCHEMA_REGION], region, sizeof region);
	assert_memory_equal(t.values[SCHEMA_SALARY], salary, sizeof salary);
	assert_memory_equal(t.values[SCHEMA_AGE], age, sizeof age);
	assert_memory_equal(t.values[SCHEMA_FULL_TIME], full_time, sizeof full_time);
	assert_memory_equal(t.values[SCHEMA_HIRED], hired, sizeof hired);
	assert_memory_equal(t.values[SCHEMA_SEEN], seen, sizeof seen);
	assert_memory_equal(t.known[SCHEMA_AGE], age_known, sizeof age_known);
	assert_memory_equal(t.known[SCHEMA_SEEN], seen_known, sizeof seen_known);
	assert_null(t.known[SCHEMA_REGION]);
	assert_null(t.values[SCHEMA_NOTE]); /* text(n) is validated, not kept */
	ingest_table_clear(&t);
	ingest_table_clear(&t);
}

static void takes_columns_in_any_order_and_crlf_and_a_byte_order_mark(void **state)
{
	const char *text = "\xef\xbb\xbfnote,seen,hired,full_time,age,\"salary\",region\r\n"
			   ",,2024-02-29,,,12.34,n\r\n,,2024-03-01,,7,0.10,e";
	struct ingest_table t = {0};
	struct problem problem = {0};

	(void)state;
	assert_int_equal(read_text(&t, schema_of_every_type(), text, &problem), ST_OK);
	assert_int_equal(t.rows, 2);
	assert_int_equal(t.values[SCHEMA_SALARY][0], 1234);
	assert_int_equal(t.values[SCHEMA_SALARY][1], 10);
	assert_int_equal(t.values[SCHEMA_REGION][0], 1);
	assert_int_equal(t.values[SCHEMA_AGE][1], 7);
	ingest_table_clear(&t);
}

static void keeps_only_the_columns_asked_for_and_still_judges_the_others(void **state)
{
	struct ingest_table t = {0};
	struct problem problem = {0};
	uint64_t keep = UINT64_C(1) << SCHEMA_SALARY;
	const char *bad = H "e,1.5,300,true,2024-02-29,,\n";

	(void)state;
	assert_int_equal(ingest_csv_columns(&t, schema_of_every_type(), keep, slice_str(H GOOD_ROW), "f", &problem), ST_OK);
	for (unsigned i = 0; i < SCHEMA_COLUMNS; i++) {
		assert_int_equal(t.values[i] != NULL, i == SCHEMA_SALARY);
		assert_null(t.known[i]);
	}
	ingest_table_clear(&t);
	assert_int_equal(ingest_csv_columns(&t, schema_of_every_type(), keep, slice_str(bad), "f", &problem), ST_DATA_RANGE);
}

static void knows_the_columns_that_a_plan_reads(void **state)
{
	static struct plan plan;

	(void)state;
	plan.n_ops = 4;
	plan.ops[0] = (struct plan_op){.code = OP_VALID};
	plan.ops[1] = (struct plan_op){.code = OP_COL, .a = 3};
	plan.ops[2] = (struct plan_op){.code = OP_KNOWNW, .a = 63};
	plan.ops[3] = (struct plan_op){.code = OP_CONST, .a = 1};
	assert_true(ingest_columns_of_plan(&plan) == (UINT64_C(1) << 3 | UINT64_C(1) << 63));
}

static void a_header_alone_is_no_rows(void **state)
{
	struct ingest_table t = {0};
	struct problem problem = {0};

	(void)state;
	assert_int_equal(read_text(&t, schema_of_every_type(), SCHEMA_HEADER, &problem), ST_OK);
	assert_int_equal(t.rows, 0);
	ingest_table_clear(&t);
}

static void a_blank_line_of_a_one_column_file_is_a_null(void **state)
{
	struct ingest_table t = {0};
	struct problem problem = {0};

	(void)state;
	assert_int_equal(read_text(&t, schema_of_one_column(), "region\n\ne\n", &problem), ST_OK);
	assert_int_equal(t.rows, 2);
	assert_int_equal(t.known[0][0], 0);
	assert_int_equal(t.known[0][1], 1);
	ingest_table_clear(&t);
	/* "" is the empty text, and that is not in the domain. */
	assert_int_equal(read_text(&t, schema_of_one_column(), "region\n\"\"\n", &problem), ST_DATA_RANGE);
}

struct bad {
	const char *text;
	enum status st;
	const char *where, *message; /* exact place; part of the message */
};
#define ROW2(cells) H GOOD_ROW cells "\n" GOOD_ROW
static const struct bad bad_files[] = {
    {"", ST_DATA_EMPTY, "north.csv:1", "empty"},
    {"\n", ST_DATA_HEADER, "north.csv:1", "no column \"\""},
    {"region,salary,age,full_time,hired,seen\n", ST_DATA_HEADER, "north.csv:1", "\"note\" is missing"},
    {"region,salery,age,full_time,hired,seen,note\n", ST_DATA_HEADER, "north.csv:1", "did you mean \"salary\"?"},
    {"Region,salary,age,full_time,hired,seen,note\n", ST_DATA_HEADER, "north.csv:1", "did you mean \"region\"?"},
    {" region,salary,age,full_time,hired,seen,note\n", ST_DATA_HEADER, "north.csv:1", "did you mean \"region\"?"},
    {"region,salary,age,age,full_time,hired,seen,note\n", ST_DATA_HEADER, "north.csv:1", "\"age\" stands twice"},
    {SCHEMA_HEADER ",x\n", ST_DATA_HEADER, "north.csv:1", "no column \"x\""},
    {SCHEMA_HEADER ",\n", ST_DATA_HEADER, "north.csv:1", "no column \"\""},
    {"region,\"salary\n", ST_DATA_SYNTAX, "north.csv:1", "never closed"},
    /* record structure */
    {ROW2("e,1.5"), ST_DATA_SYNTAX, "north.csv:3 row 2", "2 fields where the header has 7"},
    {ROW2(""), ST_DATA_SYNTAX, "north.csv:3 row 2", "1 field where the header has 7"},
    {ROW2("e,1.5,,,2024-01-01,,,,"), ST_DATA_SYNTAX, "north.csv:3 row 2", "9 fields where the header has 7"},
    {ROW2("e,1.5,,,2024-01-01,,,a\"b"), ST_DATA_SYNTAX, "north.csv:3 row 2", "more fields than the header's 7"},
    {ROW2("e,1\"5,,,2024-01-01,,"), ST_DATA_SYNTAX, "north.csv:3 row 2", "a quote inside a field"},
    {ROW2("\"e\"x,1.5,,,2024-01-01,,"), ST_DATA_SYNTAX, "north.csv:3 row 2", "text after a closing quote"},
    {ROW2("e,1.5,,,2024-01-01,,\"ab"), ST_DATA_SYNTAX, "north.csv:3 row 2", "never closed"},
    {ROW2("e,1.5\r,,,2024-01-01,,"), ST_DATA_SYNTAX, "north.csv:3 row 2", "a carriage return"},
    {H "e,1.5,,,2024-01-01,,\r", ST_DATA_SYNTAX, "north.csv:2 row 1", "a carriage return"},
    {H GOOD_ROW GOOD_ROW GOOD_ROW GOOD_ROW GOOD_ROW "\n", ST_DATA_ROWS, "north.csv:7 row 6", "more than 5 rows"},
    /* bytes */
    {H "e,1.5,,,2024-01-01,,\xc3\n", ST_DATA_SYNTAX, "north.csv:2", "not UTF-8"},
    {H "e,1.5,,,2024-01-01,,\xed\xa0\x80\n", ST_DATA_SYNTAX, "north.csv:2", "not UTF-8"},
    {H GOOD_ROW "e,1.5,,,2024-01-01,,\xc0\xaf\n", ST_DATA_SYNTAX, "north.csv:3", "not UTF-8"},
    /* values: a quoted line end before the cell counts for the line, not for the row */
    {ROW2("x7,1.5,,,2024-01-01,,"), ST_DATA_RANGE, "north.csv:3 row 2 column region", "not in the domain: e, n"},
    {ROW2("E,1.5,,,2024-01-01,,"), ST_DATA_RANGE, "north.csv:3 row 2 column region", "not in the domain"},
    {ROW2(" e,1.5,,,2024-01-01,,"), ST_DATA_RANGE, "north.csv:3 row 2 column region", "not in the domain"},
    {ROW2(",1.5,,,2024-01-01,,"), ST_DATA_NULL, "north.csv:3 row 2 column region", "not nullable"},
    {ROW2("\"\",1.5,,,2024-01-01,,"), ST_DATA_RANGE, "north.csv:3 row 2 column region", "not in the domain"},
    {ROW2("e,,,,2024-01-01,,"), ST_DATA_NULL, "north.csv:3 row 2 column salary", "not nullable"},
    {ROW2("e,-0.01,,,2024-01-01,,"), ST_DATA_RANGE, "north.csv:3 row 2 column salary", "outside 0.00 .. 1000000.00"},
    {ROW2("e,1000000.01,,,2024-01-01,,"), ST_DATA_RANGE, "north.csv:3 row 2 column salary", "outside"},
    {ROW2("e,99999999999999999999999999,,,2024-01-01,,"), ST_DATA_RANGE, "north.csv:3 row 2 column salary", "outside"},
    {ROW2("e,1.505,,,2024-01-01,,"), ST_DATA_TYPE, "north.csv:3 row 2 column salary", "more than 2 digits after the point"},
    {ROW2("e,1e3,,,2024-01-01,,"), ST_DATA_TYPE, "north.csv:3 row 2 column salary", "not a decimal"},
    {ROW2("e,\"1,5\",,,2024-01-01,,"), ST_DATA_TYPE, "north.csv:3 row 2 column salary", "not a decimal"},
    {ROW2("e, 1.5,,,2024-01-01,,"), ST_DATA_TYPE, "north.csv:3 row 2 column salary", "not a decimal"},
    {ROW2("e,.,,,2024-01-01,,"), ST_DATA_TYPE, "north.csv:3 row 2 column salary", "not a decimal"},
    {ROW2("e,\"\",,,2024-01-01,,"), ST_DATA_TYPE, "north.csv:3 row 2 column salary", "not a decimal"},
    {ROW2("e,1.5,121,,2024-01-01,,"), ST_DATA_RANGE, "north.csv:3 row 2 column age", "outside 0 .. 120"},
    {ROW2("e,1.5,12.0,,2024-01-01,,"), ST_DATA_TYPE, "north.csv:3 row 2 column age", "not a int64"},
    {ROW2("e,1.5,+12,,2024-01-01,,"), ST_DATA_TYPE, "north.csv:3 row 2 column age", "not a int64"},
    {ROW2("e,1.5,0x1f,,2024-01-01,,"), ST_DATA_TYPE, "north.csv:3 row 2 column age", "not a int64"},
    {ROW2("e,1.5,-,,2024-01-01,,"), ST_DATA_TYPE, "north.csv:3 row 2 column age", "not a int64"},
    {ROW2("e,1.5,,yes,2024-01-01,,"), ST_DATA_TYPE, "north.csv:3 row 2 column full_time", "true or false"},
    {ROW2("e,1.5,,2,2024-01-01,,"), ST_DATA_TYPE, "north.csv:3 row 2 column full_time", "true or false"},
    {ROW2("e,1.5,,,2023-02-29,,"), ST_DATA_TYPE, "north.csv:3 row 2 column hired", "YYYY-MM-DD"},
    {ROW2("e,1.5,,,1900-02-29,,"), ST_DATA_TYPE, "north.csv:3 row 2 column hired", "YYYY-MM-DD"},
    {ROW2("e,1.5,,,2024-04-31,,"), ST_DATA_TYPE, "north.csv:3 row 2 column hired", "YYYY-MM-DD"},
    {ROW2("e,1.5,,,2024-13-01,,"), ST_DATA_TYPE, "north.csv:3 row 2 column hired", "YYYY-MM-DD"},
    {ROW2("e,1.5,,,2024-00-10,,"), ST_DATA_TYPE, "north.csv:3 row 2 column hired", "YYYY-MM-DD"},
    {ROW2("e,1.5,,,2024-1-1,,"), ST_DATA_TYPE, "north.csv:3 row 2 column hired", "YYYY-MM-DD"},
    {ROW2("e,1.5,,,29.02.2024,,"), ST_DATA_TYPE, "north.csv:3 row 2 column hired", "YYYY-MM-DD"},
    {ROW2("e,1.5,,,0000-01-01,,"), ST_DATA_TYPE, "north.csv:3 row 2 column hired", "YYYY-MM-DD"},
    {ROW2("e,1.5,,,2024-01-01,2024-01-01T24:00:00Z,"), ST_DATA_TYPE, "north.csv:3 row 2 column seen", "HH:MM:SS"},
    {ROW2("e,1.5,,,2024-01-01,2024-01-01T00:00:00+02:00,"), ST_DATA_TYPE, "north.csv:3 row 2 column seen", "HH:MM:SS"},
    {ROW2("e,1.5,,,2024-01-01,2024-01-01,"), ST_DATA_TYPE, "north.csv:3 row 2 column seen", "HH:MM:SS"},
    {ROW2("e,1.5,,,2024-01-01,,ninechars"), ST_DATA_TYPE, "north.csv:3 row 2 column note", "longer than 8 bytes"},
    {H "e,1.5,,,2024-01-01,,\"a\nb\"\n" "x,1.5,,,2024-01-01,,\n", ST_DATA_RANGE, "north.csv:4 row 2 column region", "domain"},
};

static void refuses_each_bad_file_with_code_and_place(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(bad_files); i++) {
		const struct bad *b = &bad_files[i];
		struct ingest_table t = {.rows = 77};
		struct problem problem = {0};
		enum status st = read_text(&t, schema_of_every_type(), b->text, &problem);

		if (st != b->st || strcmp(problem.where, b->where) != 0 || !strstr(problem.message, b->message))
			fail_msg("file %zu: %s at \"%s\": %s", i, status_name(st), problem.where, problem.message);
		assert_int_equal(problem.st, st);
		assert_int_equal(t.rows, 77); /* nothing half-read comes out */
		assert_null(t.values[0]);
	}
}

static void refuses_a_nul_byte_and_utf16(void **state)
{
	static const char nul[] = H "e,1.5,,,2024-01-01,,\0\n", utf16[] = "\xff\xfer\0e\0g\0i\0o\0n\0\n\0";
	struct ingest_table t = {0};
	struct problem problem = {0};

	(void)state;
	assert_int_equal(ingest_csv(&t, schema_of_every_type(), slice_of(nul, sizeof nul - 1), "a.csv", &problem), ST_DATA_NUL);
	assert_string_equal(problem.where, "a.csv:2");
	problem = (struct problem){0};
	assert_int_equal(ingest_csv(&t, schema_of_every_type(), slice_of(utf16, sizeof utf16 - 1), "a.csv", &problem), ST_DATA_NUL);
	assert_string_equal(problem.where, "a.csv:1");
}

/* A host may pass message and fix on; the cell may stand in the excerpt only, shortened. */
static void a_message_never_shows_a_cell(void **state)
{
	struct ingest_table t = {0};
	struct problem problem = {0};
	const char *text = H "secretRegion\x1b[2J,1.5,,,2024-01-01,,\n";

	(void)state;
	assert_int_equal(read_text(&t, schema_of_every_type(), text, &problem), ST_DATA_RANGE);
	assert_null(strstr(problem.message, "secret"));
	assert_null(strstr(problem.fix, "secret"));
	assert_null(strstr(problem.where, "secret"));
	assert_string_equal(problem.excerpt, "\"secretRegion?[2J\"");
}

static void long_names_do_not_overflow_a_message(void **state)
{
	static char name[5000], text[5200];
	struct ingest_table t = {0};
	struct problem problem = {0};

	(void)state;
	memset(name, 'n', sizeof name - 1);
	snprintf(text, sizeof text, "%s\n", name);
	assert_int_equal(ingest_csv(&t, schema_of_every_type(), slice_str(text), name, &problem), ST_DATA_HEADER);
	snprintf(text, sizeof text, H "%s,1.5,,,2024-01-01,,\n", name);
	problem = (struct problem){0};
	assert_int_equal(ingest_csv(&t, schema_of_every_type(), slice_str(text), name, &problem), ST_DATA_RANGE);
}

static void refuses_every_truncation_inside_a_quoted_field(void **state)
{
	const char *text = H "e,1.5,,,2024-01-01,,\"a,\"\"\r\nb\"";
	size_t open = (size_t)(strchr(text, '"') - text), len = strlen(text);
	struct ingest_table t = {0};

	(void)state;
	for (size_t n = open + 1; n < len; n++) {
		struct problem problem = {0};
		enum status st = ingest_csv(&t, schema_of_every_type(), slice_of(text, n), "a.csv", &problem);

		/* Just behind the first quote of the doubled one the field looks closed. */
		bool closed = text[n - 1] == '"' && n - 1 != open && text[n - 2] != '"';
		assert_int_equal(st, closed ? ST_OK : ST_DATA_SYNTAX);
		if (st == ST_OK)
			ingest_table_clear(&t);
	}
}

static void finds_every_value_of_a_full_domain(void **state)
{
	static char values[POLICY_DOMAIN_MAX][8];
	struct policy *p = schema_of_one_column();
	struct buf text = {0};
	struct ingest_table t = {0};
	struct problem problem = {0};

	(void)state;
	p->n_domain = p->columns[0].domain_size = POLICY_DOMAIN_MAX;
	p->columns[0].hi = POLICY_DOMAIN_MAX - 1;
	p->rows_max_party = POLICY_DOMAIN_MAX;
	buf_append_str(&text, "region\n");
	for (unsigned i = 0; i < POLICY_DOMAIN_MAX; i++) {
		snprintf(values[i], sizeof values[i], "v%04u", i);
		p->domain[i] = slice_str(values[i]);
		buf_printf(&text, "%s\n", values[i]);
	}
	assert_int_equal(ingest_csv(&t, p, buf_view(&text), "a.csv", &problem), ST_OK);
	for (unsigned i = 0; i < POLICY_DOMAIN_MAX; i++)
		assert_int_equal(t.values[0][i], i);
	ingest_table_clear(&t);
	buf_clear(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_every_type),
	    cmocka_unit_test(takes_columns_in_any_order_and_crlf_and_a_byte_order_mark),
	    cmocka_unit_test(keeps_only_the_columns_asked_for_and_still_judges_the_others),
	    cmocka_unit_test(knows_the_columns_that_a_plan_reads),
	    cmocka_unit_test(a_header_alone_is_no_rows),
	    cmocka_unit_test(a_blank_line_of_a_one_column_file_is_a_null),
	    cmocka_unit_test(refuses_each_bad_file_with_code_and_place),
	    cmocka_unit_test(refuses_a_nul_byte_and_utf16),
	    cmocka_unit_test(a_message_never_shows_a_cell),
	    cmocka_unit_test(long_names_do_not_overflow_a_message),
	    cmocka_unit_test(refuses_every_truncation_inside_a_quoted_field),
	    cmocka_unit_test(finds_every_value_of_a_full_domain),
	};

	return crypto_init() == ST_OK ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
