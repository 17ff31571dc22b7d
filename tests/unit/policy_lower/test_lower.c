/* Plans against SQLite: random tables, random queries, equal answers; and what the plan of a query looks like. */
#include "random_query.h"

#include "compile/compile_support.h"
#include "policy/value.h"

#include <sqlite3.h>

#define HELPER PARLEY_BIN_DIR "/parley-sqlparse"
enum { ROWS = 120, QUERIES = 400, FIRST_DAY = 18262 };

static struct policy policy;

/* ---- data ---- */

static int64_t values[RANDOM_COLUMNS][ROWS];
static uint8_t known[RANDOM_COLUMNS][ROWS];

static void make_rows(struct test_rng *rng, uint32_t rows)
{
	static const int64_t lo[] = {0, 0, 0, -20, 0, -9999, FIRST_DAY}, span[] = {4, 3, 2, 41, 10, 19999, 20};
	static const bool nullable[] = {false, true, true, false, true, true, true};

	for (unsigned c = 0; c < RANDOM_COLUMNS; c++)
		for (uint32_t i = 0; i < rows; i++) {
			known[c][i] = !nullable[c] || test_below(rng, 4) > 0;
			values[c][i] = known[c][i] ? lo[c] + (int64_t)test_below(rng, (size_t)span[c]) : 0;
		}
}

static void bind_cell(sqlite3_stmt *insert, unsigned c, uint32_t i)
{
	static const char *const texts[2][4] = {{"p", "q", "r", "s"}, {"x", "y", "z", ""}};

	if (!known[c][i])
		sqlite3_bind_null(insert, (int)c + 1);
	else if (c < 2)
		sqlite3_bind_text(insert, (int)c + 1, texts[c][values[c][i]], -1, SQLITE_STATIC);
	else
		sqlite3_bind_int64(insert, (int)c + 1, values[c][i]);
}

static sqlite3 *load(uint32_t rows)
{
	sqlite3 *db;
	sqlite3_stmt *insert;

	assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
	assert_int_equal(
	    sqlite3_exec(db, "CREATE TABLE t (k TEXT, g TEXT, b INTEGER, n INTEGER, m INTEGER, d INTEGER, y INTEGER)",
		NULL, NULL, NULL),
	    SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, "INSERT INTO t VALUES (?,?,?,?,?,?,?)", -1, &insert, NULL), SQLITE_OK);
	for (uint32_t i = 0; i < rows; i++) {
		for (unsigned c = 0; c < RANDOM_COLUMNS; c++)
			bind_cell(insert, c, i);
		assert_int_equal(sqlite3_step(insert), SQLITE_DONE);
		sqlite3_reset(insert);
	}
	sqlite3_finalize(insert);
	return db;
}

/* ---- answers ---- */

/* Six digits, half away from zero. */
static void put_average(struct buf *out, int64_t sum, int64_t count, unsigned scale)
{
	int64_t n = 2 * llabs(sum) * value_pow10(6 - scale) + count, q = n / (2 * count);

	value_format_decimal(out, sum < 0 ? -q : q, 6);
}

static void put_cell(struct buf *out, sqlite3_stmt *s, int column, unsigned shape, unsigned scale)
{
	int64_t v = sqlite3_column_int64(s, column);

	if (sqlite3_column_type(s, column) == SQLITE_NULL)
		return;
	switch (shape) {
	case SHAPE_AVG:
		put_average(out, v, sqlite3_column_int64(s, column + 1), scale);
		return;
	case SHAPE_DATE:
		value_format_date(out, v);
		return;
	case SHAPE_BOOL:
		buf_append_str(out, v ? "true" : "false");
		return;
	case SHAPE_CENTS:
		value_format_decimal(out, v, 2);
		return;
	default:
		buf_append_str(out, (const char *)sqlite3_column_text(s, column));
	}
}

static void sqlite_answer(struct buf *out, sqlite3 *db, const struct random_query *q)
{
	sqlite3_stmt *s;

	if (sqlite3_prepare_v2(db, (const char *)q->sqlite.ptr, (int)q->sqlite.len, &s, NULL) != SQLITE_OK)
		fail_msg("%s\n%.*s", sqlite3_errmsg(db), (int)q->sqlite.len, q->sqlite.ptr);
	for (unsigned i = 0; i < q->n_results; i++)
		buf_printf(out, "%s%s", i ? "," : "", q->names[i]);
	buf_append_str(out, "\n");
	while (sqlite3_step(s) == SQLITE_ROW) {
		int column = 0;
		size_t start = out->len;

		for (unsigned i = 0; i < q->n_results; i++) {
			buf_append_str(out, i ? "," : "");
			put_cell(out, s, column, q->shape[i], q->scale[i]);
			column += q->shape[i] == SHAPE_AVG ? 2 : 1;
		}
		buf_append_str(out, out->len == start ? "\"\"\n" : "\n"); /* a lone NULL */
	}
	sqlite3_finalize(s);
}

static bool our_answer(struct buf *out, const struct random_query *q, uint32_t rows)
{
	struct plan_clear_input in = {.rows = rows};
	struct buf yaml = {0}, payload = {0};
	struct problem problem = {0};
	enum status st;

	buf_append_str(&yaml, random_table_yaml);
	buf_printf(
	    &yaml, "query: |\n  %.*s\nrelease: {to: [a], min_subjects: %u}\n", (int)q->ours.len, q->ours.ptr, q->k);
	st = test_compile(&policy, &payload, buf_view(&yaml), HELPER, &problem);
	if (st != ST_OK &&
	    st != ST_SQL_UNSUPPORTED) /* a grammar this wide may say what is refused; the refusals are counted */
		fail_msg("%s: %s %s\n%s\n%.*s", problem.where, status_code(st), problem.message, problem.excerpt,
		    (int)q->ours.len, q->ours.ptr);
	for (unsigned c = 0; c < RANDOM_COLUMNS; c++) {
		in.values[c] = values[c];
		in.known[c] = known[c];
	}
	if (st == ST_OK)
		assert_true(test_answer(out, &policy, &in));
	else
		print_message("%s\n", problem.message);
	buf_clear(&yaml);
	buf_clear(&payload);
	return st == ST_OK;
}

static void random_queries_agree_with_sqlite(void **state)
{
	struct test_rng rng = {.state = 20261122};
	unsigned answered = 0, with_rows = 0;

	(void)state;
	for (unsigned i = 0; i < QUERIES; i++) {
		uint32_t rows = (uint32_t)test_below(&rng, ROWS + 1);
		struct random_query q = {0};
		struct buf ours = {0}, theirs = {0};
		sqlite3 *db;

		make_rows(&rng, rows);
		db = load(rows);
		random_query_make(&q, &rng);
		if (our_answer(&ours, &q, rows)) {
			sqlite_answer(&theirs, db, &q);
			if (!slice_equal(buf_view(&ours), buf_view(&theirs)))
				fail_msg("query %u over %u rows, at least %u\n%.*s\n%.*s\ngave\n%.*sand SQLite\n%.*s",
				    i, rows, q.k, (int)q.ours.len, q.ours.ptr, (int)q.sqlite.len, q.sqlite.ptr,
				    (int)ours.len, ours.ptr, (int)theirs.len, theirs.ptr);
			answered++;
			with_rows += memchr(theirs.ptr, '\n', theirs.len) != theirs.ptr + theirs.len - 1;
		}
		sqlite3_close(db);
		random_query_clear(&q);
		buf_clear(&ours);
		buf_clear(&theirs);
	}
	print_message("%u of %u queries answered, %u with rows\n", answered, (unsigned)QUERIES, with_rows);
	assert_true(answered > QUERIES * 9 / 10);
	assert_true(with_rows > QUERIES / 3);
}

/* ---- plans ---- */

static void compile_ok(const char *query)
{
	struct buf yaml = {0}, payload = {0};
	struct problem problem = {0};

	buf_append_str(&yaml, random_table_yaml);
	buf_printf(&yaml, "query: |\n  %s\nrelease: {to: [a], min_subjects: 3}\n", query);
	if (test_compile(&policy, &payload, buf_view(&yaml), HELPER, &problem) != ST_OK)
		fail_msg("%s: %s %s", problem.where, status_code(problem.st), problem.message);
	buf_clear(&yaml);
	buf_clear(&payload);
}

static unsigned count_ops(enum plan_opcode code)
{
	unsigned n = 0;

	for (unsigned k = 0; k < policy.plan.n_ops; k++)
		n += policy.plan.ops[k].code == code;
	return n;
}

static void what_the_ranges_decide_costs_nothing(void **state)
{
	(void)state;
	compile_ok("SELECT COUNT(*) FROM t WHERE n <= 20 AND n > -21 AND k >= 'a' AND n <> 20.5");
	assert_int_equal(count_ops(OP_LT) + count_ops(OP_EQ) + count_ops(OP_COL), 0);
	compile_ok("SELECT COUNT(*) FROM t WHERE m < 100"); /* true where m is known */
	assert_int_equal(count_ops(OP_LT), 0);
	assert_int_equal(count_ops(OP_KNOWN), 1);
}

static void equal_expressions_are_one_operator(void **state)
{
	(void)state;
	compile_ok("SELECT COUNT(*) FROM t WHERE (n > 5 AND k = 'p') OR (k = 'p' AND 5 < n) OR NOT n <= 5");
	assert_int_equal(count_ops(OP_LT), 1);
	assert_int_equal(count_ops(OP_EQ), 1);
	assert_int_equal(count_ops(OP_AND), 2); /* the condition, and with VALID */
	compile_ok("SELECT SUM(n), AVG(n), SUM(n) AS again, COUNT(*) FROM t HAVING SUM(n) > 5");
	assert_int_equal(count_ops(OP_SUMS), 1);
	assert_int_equal(count_ops(OP_COLW), 1);
}

static void not_needs_no_third_value(void **state)
{
	(void)state;
	compile_ok("SELECT COUNT(*) FROM t WHERE NOT (m > 5 OR b)");
	assert_int_equal(count_ops(OP_OR), 0);
	assert_int_equal(count_ops(OP_KNOWN), 2);
}

static void facts_say_what_decides(void **state)
{
	(void)state;
	compile_ok("SELECT k, SUM(n) s, COUNT(m) c FROM t GROUP BY k HAVING MAX(y) > '2020-01-05' AND COUNT(*) > 4 "
		   "ORDER BY c DESC, k LIMIT 2");
	assert_int_equal(policy.n_results, 3);
	assert_int_equal(policy.results[0].kind, REL_KEY);
	assert_int_equal(policy.results[2].position, 1);
	assert_true(policy.results[2].nullable);
	assert_int_equal(policy.n_conditions, 3); /* MAX(y), COUNT(*), and COUNT(m), which LIMIT looks at */
	assert_int_equal(policy.n_order, 2);
	assert_int_equal(policy.limit, 2);
	assert_int_equal(count_ops(OP_TOP), 1);
	/* a LIMIT that cannot cut is a fact without an operator */
	compile_ok("SELECT k, COUNT(*) FROM t GROUP BY k LIMIT 4");
	assert_int_equal(count_ops(OP_TOP), 0);
	assert_int_equal(policy.limit, 4);
}

static void overflow_has_its_place(void **state)
{
	static const char yaml[] = "parley: 1\nname: big\nparties: [{id: a}, {id: b}, {id: c}]\n"
				   "datasets: [{name: t, from: [a, b, c], columns: [{name: x, type: int64}, {name: y, "
				   "type: int64, range: [0, 1000000000000]}]}]\n"
				   "release: {to: [a], min_subjects: 3}\nquery: SELECT COUNT(*), ";
	static const struct {
		const char *rest, *where;
	} table[] = {{"SUM(x) FROM t\n", "policy.yaml:6:25"}, {"AVG(y) FROM t\n", "policy.yaml:6:25"},
	    {"SUM(y) FROM t HAVING AVG(y) > 0.123456789012\n", "policy.yaml:6:53"},
	    {"SUM(y) FROM t HAVING SUM(y) * SUM(y) > 1\n", "policy.yaml:6:53"}};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(table); i++) {
		struct buf text = {0}, payload = {0};
		struct problem problem = {0};

		buf_printf(&text, "%s%s", yaml, table[i].rest);
		assert_int_equal(test_compile(&policy, &payload, buf_view(&text), HELPER, &problem), ST_SQL_BOUND);
		assert_string_equal(problem.where, table[i].where);
		buf_clear(&text);
		buf_clear(&payload);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_the_ranges_decide_costs_nothing),
	    cmocka_unit_test(equal_expressions_are_one_operator),
	    cmocka_unit_test(not_needs_no_third_value),
	    cmocka_unit_test(facts_say_what_decides),
	    cmocka_unit_test(overflow_has_its_place),
	    cmocka_unit_test(random_queries_agree_with_sqlite),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
