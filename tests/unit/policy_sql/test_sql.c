/* The helper's answers, the decoder that trusts none of them, and what happens when the helper misbehaves. */
#include "../../support/test.h"

#include "base/cbor.h"
#include "policy/sql_run.h"

#include <sys/stat.h>
#include <unistd.h>

#define HELPER PARLEY_BIN_DIR "/parley-sqlparse"

static struct sql_ast ast;

static enum status run(struct buf *answer, const char *sql)
{
	char detail[256];
	enum status st = sql_run(answer, slice_str(sql), HELPER, detail, sizeof detail);

	if (st != ST_OK)
		print_error("%s\n", detail);
	return st;
}

/* Prefix form: (and (= age 5) …), for comparison. */
static void print_node(struct buf *out, const struct sql_node *n)
{
	static const char *const names[SQL_KIND_COUNT_] = {[SQL_SELECT] = "select",
	    [SQL_LIST] = "list",
	    [SQL_ITEM] = "item",
	    [SQL_TABLE] = "table",
	    [SQL_SORT] = "sort",
	    [SQL_COLUMN] = "col",
	    [SQL_STAR] = "star",
	    [SQL_NUMBER] = "num",
	    [SQL_STRING] = "str",
	    [SQL_BOOL] = "bool",
	    [SQL_NULL] = "null",
	    [SQL_CALL] = "call",
	    [SQL_OPERATOR] = "op",
	    [SQL_AND] = "and",
	    [SQL_OR] = "or",
	    [SQL_NOT] = "not",
	    [SQL_IS_NULL] = "isnull",
	    [SQL_BETWEEN] = "between",
	    [SQL_IN] = "in",
	    [SQL_UNSUPPORTED] = "unsupported"};

	buf_printf(out, "(%s", names[n->kind]);
	if (n->flags)
		buf_printf(out, "/%u", n->flags);
	if (n->qualifier.len)
		buf_printf(out, " %.*s.", (int)n->qualifier.len, n->qualifier.ptr);
	if (n->text.len)
		buf_printf(out, " %.*s", (int)n->text.len, n->text.ptr);
	for (const struct sql_node *c = sql_node(&ast, n->first); c; c = sql_node(&ast, c->next)) {
		buf_append_str(out, " ");
		print_node(out, c);
	}
	buf_append_str(out, ")");
}

/* One part of the SELECT. */
static void part_is(const char *sql, unsigned part, const char *expected)
{
	struct buf answer = {0}, text = {0};

	assert_int_equal(run(&answer, sql), ST_OK);
	assert_int_equal(sql_ast_decode(&ast, buf_view(&answer), strlen(sql)), ST_OK);
	print_node(&text, sql_child(&ast, sql_node(&ast, ast.root), part));
	if (text.len != strlen(expected) || memcmp(text.ptr, expected, text.len))
		fail_msg("%s\n gave %.*s\n not  %s", sql, (int)text.len, text.ptr, expected);
	buf_clear(&answer);
	buf_clear(&text);
}

static void trees(void **state)
{
	(void)state;
	part_is("SELECT a AS b, t.c, count(*), SUM(x) FROM t", SQL_ITEMS,
	    "(list (item b (col a)) (item (col t. c)) (item (call/1 count)) (item (call sum (col x))))");
	part_is("SELECT 1 FROM staff AS s", SQL_FROM, "(list (table s. staff))");
	part_is("SELECT 1 FROM t WHERE a = 1 AND b <> 'x' AND NOT c", SQL_WHERE,
	    "(list (and (op = (col a) (num 1)) (op <> (col b) (str x)) (not (col c))))");
	part_is("SELECT 1 FROM t WHERE a + 2 * b > -1.50 OR d IS NOT NULL", SQL_WHERE,
	    "(list (or (op > (op + (col a) (op * (num 2) (col b))) (num -1.50)) (isnull/1 (col d))))");
	part_is("SELECT 1 FROM t WHERE a BETWEEN 1 AND 2 AND b NOT IN ('p','q')", SQL_WHERE,
	    "(list (and (between (col a) (num 1) (num 2)) (in/1 (col b) (str p) (str q))))");
	part_is("SELECT 1 FROM t WHERE d < DATE '2026-01-01' AND b = TRUE AND e = NULL", SQL_WHERE,
	    "(list (and (op < (col d) (str/1 2026-01-01)) (op = (col b) (bool/1)) (op = (col e) (null))))");
	part_is("SELECT 1 FROM t GROUP BY a, 2", SQL_GROUP, "(list (col a) (num 2))");
	part_is(
	    "SELECT 1 FROM t HAVING count(DISTINCT a) > 3", SQL_HAVING, "(list (op > (call/2 count (col a)) (num 3)))");
	part_is("SELECT 1 FROM t ORDER BY a DESC NULLS LAST, 2", SQL_ORDER, "(list (sort/5 (col a)) (sort (num 2)))");
	part_is("SELECT 1 FROM t LIMIT 7", SQL_LIMIT, "(list (num 7))");
	part_is("SELECT 1 FROM t LIMIT ALL", SQL_LIMIT, "(list (null))");
	part_is("SELECT 99999999999, 1e5 FROM t", SQL_ITEMS, "(list (item (num 99999999999)) (item (num 1e5)))");
}

static void what_we_have_no_node_for_has_a_name(void **state)
{
	static const struct {
		const char *sql;
		unsigned part;
		const char *expected;
	} table[] = {
	    {"SELECT CASE WHEN a THEN 1 END FROM t", SQL_ITEMS, "(list (item (unsupported CASE)))"},
	    {"SELECT 1 FROM t WHERE a LIKE 'x%'", SQL_WHERE, "(list (unsupported LIKE))"},
	    {"SELECT 1 FROM t WHERE a IN (SELECT b FROM u)", SQL_WHERE, "(list (unsupported a subquery))"},
	    {"SELECT 1 FROM t WHERE a::int = 1", SQL_WHERE, "(list (op = (unsupported a cast) (num 1)))"},
	    {"SELECT 1 FROM t WHERE a IS DISTINCT FROM b", SQL_WHERE, "(list (unsupported IS DISTINCT FROM))"},
	    {"SELECT 1 FROM t JOIN u USING (a)", SQL_FROM, "(list (unsupported JOIN))"},
	    {"SELECT 1 FROM (SELECT 2) x", SQL_FROM, "(list (unsupported a subquery in FROM))"},
	    {"SELECT 1 FROM s.t", SQL_FROM, "(list (unsupported a table name with a schema))"},
	    {"SELECT DISTINCT a FROM t", SQL_CLAUSES, "(list (unsupported SELECT DISTINCT))"},
	    {"SELECT 1 FROM t UNION SELECT 2", SQL_CLAUSES, "(list (unsupported UNION))"},
	    {"WITH x AS (SELECT 1) SELECT 1 FROM x", SQL_CLAUSES, "(list (unsupported WITH))"},
	    {"SELECT 1 FROM t OFFSET 2", SQL_CLAUSES, "(list (unsupported OFFSET))"},
	    {"SELECT 1 FROM t FETCH FIRST 3 ROWS WITH TIES", SQL_CLAUSES, NULL},
	    {"SELECT 1 FROM t FOR UPDATE", SQL_CLAUSES, "(list (unsupported FOR UPDATE))"},
	    {"INSERT INTO t VALUES (1)", SQL_CLAUSES, "(list (unsupported INSERT))"},
	    {"DROP TABLE t", SQL_CLAUSES, "(list (unsupported DROP))"},
	    {"SELECT 1 FROM t; SELECT 2", SQL_CLAUSES, "(list (unsupported a second statement))"},
	    {"", SQL_CLAUSES, "(list (unsupported an empty query))"},
	    {"SELECT 1 FROM t GROUP BY ROLLUP (a)", SQL_GROUP, "(list (unsupported GROUPING SETS, ROLLUP or CUBE))"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(table); i++)
		if (table[i].expected)
			part_is(table[i].sql, table[i].part, table[i].expected);
}

static void errors_have_their_place(void **state)
{
	struct buf answer = {0};
	struct slice message;
	uint32_t at;

	(void)state;
	assert_int_equal(run(&answer, "SELECT a FRM t WHERE"), ST_OK);
	assert_int_not_equal(sql_ast_decode(&ast, buf_view(&answer), 20), ST_OK);
	assert_int_equal(sql_error_decode(buf_view(&answer), &at, &message), ST_OK);
	assert_int_equal(at, 13);
	assert_non_null(memmem(message.ptr, message.len, "syntax error", 12));
	buf_clear(&answer);
}

/* Deep and wide queries end in an answer, never in a crash of ours. */
static void bombs(void **state)
{
	static const struct {
		const char *start, *unit, *end;
	} table[] = {{"SELECT 1", "+1", " FROM t"}, {"SELECT ", "(", "1"}, {"SELECT 1 FROM t WHERE a", " AND a", ""},
	    {"SELECT 1 FROM t WHERE ", "NOT ", "a"}, {"SELECT 1 FROM t WHERE a IN (1", ",1", ")"},
	    {"SELECT ", "a,", "a FROM t"}, {"SELECT ", "f(", "1"}, {"", ";", ""}, {"SELECT 1 FROM t WHERE ", "-", "a"},
	    {"SELECT ", "CASE WHEN ", "a"}, {"SELECT 1 FROM ", "(SELECT 1 FROM ", "t"}};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(table); i++) {
		char sql[SQL_TEXT_MAX + 64] = "";
		struct buf answer = {0};
		size_t n = strlen(table[i].start), unit = strlen(table[i].unit), end = strlen(table[i].end);
		struct slice message;
		uint32_t at;

		memcpy(sql, table[i].start, n);
		for (; n + unit + end <= SQL_TEXT_MAX; n += unit)
			memcpy(sql + n, table[i].unit, unit);
		memcpy(sql + n, table[i].end, end + 1);
		assert_int_equal(run(&answer, sql), ST_OK);
		assert_true(sql_ast_decode(&ast, buf_view(&answer), strlen(sql)) == ST_OK ||
			    sql_error_decode(buf_view(&answer), &at, &message) == ST_OK);
		buf_clear(&answer);
	}
}

/* ---- the decoder ---- */

static const char sample[] = "SELECT region, COUNT(*) AS n FROM staff WHERE age > 5 AND note IS NULL GROUP BY region "
			     "HAVING AVG(pay) >= 2 ORDER BY n DESC LIMIT 3";

static void hostile_answers(void **state)
{
	struct buf answer = {0};
	uint8_t *copy;
	unsigned good = 0;

	(void)state;
	assert_int_equal(run(&answer, sample), ST_OK);
	copy = malloc(answer.len + 1);
	assert_non_null(copy);
	for (size_t n = 0; n < answer.len; n++)
		assert_int_not_equal(sql_ast_decode(&ast, slice_of(answer.ptr, n), strlen(sample)), ST_OK);
	memcpy(copy, answer.ptr, answer.len);
	copy[answer.len] = 0;
	assert_int_not_equal(sql_ast_decode(&ast, slice_of(copy, answer.len + 1), strlen(sample)), ST_OK);
	/* a flip may give another tree, and that tree is sound: printing walks all of it */
	for (size_t bit = 0; bit < 8 * answer.len; bit++) {
		struct buf text = {0};

		memcpy(copy, answer.ptr, answer.len);
		copy[bit / 8] ^= (uint8_t)(1 << bit % 8);
		if (sql_ast_decode(&ast, slice_of(copy, answer.len), strlen(sample)) == ST_OK) {
			print_node(&text, sql_node(&ast, ast.root));
			good++;
		}
		buf_clear(&text);
	}
	assert_true(good > 0);
	free(copy);
	buf_clear(&answer);
}

/* A tree of our own making: n nodes in postorder. */
static enum status decode_nodes(const unsigned (*nodes)[3], size_t n)
{
	struct buf b = {0};
	struct slice none = slice_str("");
	enum status st;

	cbor_put_array(&b, 2);
	cbor_put_u64(&b, 1);
	cbor_put_array(&b, n);
	for (size_t i = 0; i < n; i++)
		sql_put_node(&b, nodes[i][0], nodes[i][1], 0, none, none, nodes[i][2]);
	st = sql_ast_decode(&ast, buf_view(&b), 100);
	buf_clear(&b);
	return st;
}

#define EIGHT_LISTS                                                                                                    \
	{SQL_LIST, 0, 0}, {SQL_LIST, 0, 0}, {SQL_LIST, 0, 0}, {SQL_LIST, 0, 0}, {SQL_LIST, 0, 0}, {SQL_LIST, 0, 0},    \
	    {SQL_LIST, 0, 0},                                                                                          \
	{                                                                                                              \
		SQL_LIST, 0, 0                                                                                         \
	}

static void malformed_trees(void **state)
{
	static const unsigned good[][3] = {EIGHT_LISTS, {SQL_SELECT, 0, 8}};
	static const unsigned two_roots[][3] = {EIGHT_LISTS, {SQL_SELECT, 0, 8}, {SQL_NULL, 0, 0}};
	static const unsigned too_few[][3] = {{SQL_LIST, 0, 0}, {SQL_SELECT, 0, 8}};
	static const unsigned arity[][3] = {{SQL_NULL, 0, 0}, {SQL_AND, 0, 1}};
	static const unsigned kind[][3] = {EIGHT_LISTS, {SQL_KIND_COUNT_, 0, 8}};
	static const unsigned offset[][3] = {EIGHT_LISTS, {SQL_SELECT, 101, 8}};
	static const unsigned wrong_child[][3] = {{SQL_TABLE, 0, 0}, {SQL_NOT, 0, 1}};
	static const unsigned star_inside[][3] = {{SQL_STAR, 0, 0}, {SQL_NOT, 0, 1}};
	static const unsigned not_select[][3] = {{SQL_NULL, 0, 0}};
	static const unsigned item_in_from[][3] = {{SQL_LIST, 0, 0}, {SQL_NULL, 0, 0}, {SQL_ITEM, 0, 1},
	    {SQL_LIST, 0, 1}, {SQL_LIST, 0, 0}, {SQL_LIST, 0, 0}, {SQL_LIST, 0, 0}, {SQL_LIST, 0, 0}, {SQL_LIST, 0, 0},
	    {SQL_LIST, 0, 0}, {SQL_SELECT, 0, 8}};

	(void)state;
	assert_int_equal(decode_nodes(good, COUNT_OF(good)), ST_OK);
	assert_int_equal(decode_nodes(two_roots, COUNT_OF(two_roots)), ST_FORMAT);
	assert_int_equal(decode_nodes(too_few, COUNT_OF(too_few)), ST_FORMAT);
	assert_int_equal(decode_nodes(arity, COUNT_OF(arity)), ST_FORMAT);
	assert_int_equal(decode_nodes(kind, COUNT_OF(kind)), ST_FORMAT);
	assert_int_equal(decode_nodes(offset, COUNT_OF(offset)), ST_FORMAT);
	assert_int_equal(decode_nodes(wrong_child, COUNT_OF(wrong_child)), ST_FORMAT);
	assert_int_equal(decode_nodes(star_inside, COUNT_OF(star_inside)), ST_FORMAT);
	assert_int_equal(decode_nodes(not_select, COUNT_OF(not_select)), ST_FORMAT);
	assert_int_equal(decode_nodes(item_in_from, COUNT_OF(item_in_from)), ST_FORMAT);
	assert_int_equal(decode_nodes(good, 0), ST_FORMAT);
}

static void depth_is_capped(void **state)
{
	unsigned nodes[SQL_DEPTH_MAX + 2][3];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(nodes); i++) {
		nodes[i][0] = i ? SQL_NOT : SQL_NULL;
		nodes[i][1] = 0;
		nodes[i][2] = i ? 1 : 0;
	}
	assert_int_equal(
	    decode_nodes((const unsigned(*)[3])nodes, SQL_DEPTH_MAX), ST_FORMAT); /* sound, but no SELECT */
	assert_int_equal(decode_nodes((const unsigned(*)[3])nodes, SQL_DEPTH_MAX + 1), ST_TOO_LARGE);
}

/* ---- helpers that are not what they should be ---- */

static void write_script(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	assert_int_equal(chmod(path, 0700), 0);
}

static void misbehaving_helpers(void **state)
{
	static const struct {
		const char *script, *detail;
	} table[] = {
	    {"#!/bin/sh\ncat >/dev/null; exit 3\n", "code 3"},
	    {"#!/bin/sh\ncat >/dev/null; kill -SEGV $$\n", "signal 11"},
	    {"#!/bin/sh\nexec 0<&-\nwhile :; do echo xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; "
	     "done\n",
		""},
	    {"#!/nonexistent\n", "code 127"},
	};
	char path[] = "/tmp/parley-helper-XXXXXX", detail[256], file[64];
	struct buf answer = {0};

	(void)state;
	assert_non_null(mkdtemp(path));
	snprintf(file, sizeof file, "%s/helper", path);
	assert_int_equal(sql_run(&answer, slice_str("x"), file, detail, sizeof detail), ST_SQL_HELPER);
	for (size_t i = 0; i < COUNT_OF(table); i++) {
		write_script(file, table[i].script);
		assert_int_equal(sql_run(&answer, slice_str("x"), file, detail, sizeof detail), ST_SQL_HELPER);
		if (!strstr(detail, table[i].detail))
			fail_msg("%s: %s", table[i].script, detail);
	}
	unlink(file);
	rmdir(path);
	buf_clear(&answer);
}

/* The helper sees no environment and none of our descriptors. */
static void nothing_is_inherited(void **state)
{
	char path[] = "/tmp/parley-helper-XXXXXX", detail[256], file[64];
	struct buf answer = {0};

	(void)state;
	assert_int_equal(setenv("PARLEY_SECRET", "1", 1), 0);
	assert_non_null(mkdtemp(path));
	snprintf(file, sizeof file, "%s/helper", path);
	write_script(
	    file, "#!/bin/sh\ncat >/dev/null\necho \"[$PARLEY_SECRET]\"\nls -l /proc/self/fd | grep -c socket\n");
	assert_int_equal(
	    sql_run(&answer, slice_str("x"), file, detail, sizeof detail), ST_SQL_HELPER); /* grep found none: code 1 */
	assert_true(answer.len >= 5 && memcmp(answer.ptr, "[]\n0\n", 5) == 0);
	unlink(file);
	rmdir(path);
	buf_clear(&answer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(trees),
	    cmocka_unit_test(what_we_have_no_node_for_has_a_name),
	    cmocka_unit_test(errors_have_their_place),
	    cmocka_unit_test(bombs),
	    cmocka_unit_test(hostile_answers),
	    cmocka_unit_test(malformed_trees),
	    cmocka_unit_test(depth_is_capped),
	    cmocka_unit_test(misbehaving_helpers),
	    cmocka_unit_test(nothing_is_inherited),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
