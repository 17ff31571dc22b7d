/* What is accepted, what is refused, with which code, at which byte and with which way out. */
#include "../../support/test.h"

#include "policy/bind.h"
#include "policy/manifest.h"
#include "policy/sql_run.h"

#define HELPER PARLEY_BIN_DIR "/parley-sqlparse"

static const char dataset[] = "parley: 1\n"
			      "name: bind\n"
			      "parties: [{id: a}, {id: b}, {id: c}]\n"
			      "datasets:\n"
			      "  - name: Staff\n"
			      "    from: [a, b, c]\n"
			      "    columns:\n"
			      "      - {name: region, type: text, domain: [east, north, south, west]}\n"
			      "      - {name: area, type: text, domain: [east, north, south, west], nullable: true}\n"
			      "      - {name: grade, type: text, domain: [junior, senior]}\n"
			      "      - {name: salary, type: 'decimal(9,2)', range: [0, 1000000]}\n"
			      "      - {name: Age, type: int64, range: [17, 90], nullable: true}\n"
			      "      - {name: big, type: int64}\n"
			      "      - {name: fine, type: 'decimal(12,8)'}\n"
			      "      - {name: hired, type: date, range: [2000-01-01, 2009-12-31]}\n"
			      "      - {name: seen, type: timestamp}\n"
			      "      - {name: full_time, type: bool, nullable: true}\n"
			      "      - {name: note, type: text(40), nullable: true}\n"
			      "query: SELECT 1\n"
			      "release: {to: [a], min_subjects: 10}\n";

static struct manifest manifest;
static struct sql_ast ast;
static struct query query;
static struct sql_fault fault;

static int setup(void **state)
{
	struct problem problem = {0};

	(void)state;
	return manifest_parse(&manifest, slice_str(dataset), "p.yaml", &problem) == ST_OK ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	manifest_clear(&manifest);
	return 0;
}

static enum status bind(const char *sql)
{
	struct buf answer = {0};
	char detail[256];
	enum status st;

	assert_int_equal(sql_run(&answer, slice_str(sql), HELPER, detail, sizeof detail), ST_OK);
	assert_int_equal(sql_ast_decode(&ast, buf_view(&answer), strlen(sql)), ST_OK);
	memset(&fault, 0, sizeof fault);
	st = query_bind(&query, manifest.facts, &ast, &fault);
	buf_clear(&answer);
	return st;
}

/* ---- accepted ---- */

static void supported_forms(void **state)
{
	static const char *const table[] = {
	    "SELECT COUNT(*) FROM staff",
	    "select count(*) from STAFF s where s.AGE > 5",
	    "SELECT region, COUNT(*), COUNT(age) c2, SUM(salary), AVG(salary), MIN(hired), MAX(seen) FROM staff GROUP "
	    "BY region",
	    "SELECT region AS r, COUNT(*) n FROM staff GROUP BY r ORDER BY n DESC, r",
	    "SELECT region, COUNT(*) FROM staff GROUP BY 1 ORDER BY 2 DESC NULLS LAST, COUNT(*), region LIMIT 3",
	    "SELECT \"Age\", COUNT(*) FROM staff GROUP BY age",
	    "SELECT full_time, grade, COUNT(*) FROM staff GROUP BY full_time, grade, full_time",
	    "SELECT COUNT(*) FROM staff WHERE full_time",
	    "SELECT COUNT(*) FROM staff WHERE NOT full_time AND full_time = TRUE AND full_time <> FALSE",
	    "SELECT COUNT(*) FROM staff WHERE TRUE",
	    "SELECT COUNT(*) FROM staff WHERE 1 = 1 AND 2 < 1.5",
	    "SELECT COUNT(*) FROM staff WHERE age + 2 * 3 - -4 > salary * 2 AND -age < +5",
	    "SELECT COUNT(*) FROM staff WHERE age BETWEEN 20 AND 30 AND salary NOT BETWEEN 1.005 AND 2",
	    "SELECT COUNT(*) FROM staff WHERE region IN ('east', 'west') AND age NOT IN (20, 30.5)",
	    "SELECT COUNT(*) FROM staff WHERE region = area AND 'north' <= region AND region < 'nowhere'",
	    "SELECT COUNT(*) FROM staff WHERE hired >= '2001-01-01' AND hired < DATE '2002-01-01' AND '2003-01-01' > "
	    "hired",
	    "SELECT COUNT(*) FROM staff WHERE seen > TIMESTAMP '2020-01-01 00:00:00' OR seen = '2020-01-01 00:00:00'",
	    "SELECT COUNT(*) FROM staff WHERE note IS NULL AND age IS NOT NULL",
	    "SELECT COUNT(note) FROM staff",
	    "SELECT COUNT(*) FROM staff HAVING COUNT(*) > 5 AND SUM(salary) > 100.5 AND AVG(age) BETWEEN 20 AND 30.25",
	    "SELECT region, COUNT(*) FROM staff GROUP BY region HAVING region <> 'east' AND MIN(hired) > '2001-01-01' "
	    "AND MAX(grade) = 'senior'",
	    "SELECT region, SUM(age) FROM staff GROUP BY region HAVING SUM(age) IS NOT NULL AND SUM(age) > 2 * "
	    "COUNT(*)",
	    "SELECT COUNT(*) FROM staff LIMIT ALL",
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(table); i++)
		if (bind(table[i]) != ST_OK)
			fail_msg("%s\n %s at %u: %s", table[i], status_code(fault.st), fault.at, fault.message);
}

static void results_and_keys(void **state)
{
	(void)state;
	assert_int_equal(
	    bind("SELECT area, Age years, COUNT(age), COUNT(region) c2, AVG(salary) FROM staff GROUP BY age, area "
		 "ORDER BY years DESC, 1 LIMIT 5"),
	    ST_OK);
	assert_int_equal(query.n_keys, 2);
	assert_int_equal(query.keys[0].column, 4);
	assert_int_equal(query.n_results, 5);
	assert_string_equal(query.results[0].name, "area");
	assert_int_equal(query.results[0].key, 1);
	assert_string_equal(query.results[1].name, "years");
	assert_int_equal(query.results[2].kind, REL_COUNT_COLUMN);
	/* region is never NULL: its COUNT is COUNT(*) */
	assert_int_equal(query.results[3].kind, REL_COUNT);
	assert_int_equal(query.results[3].column, NO_COLUMN);
	assert_string_equal(query.results[4].name, "avg");
	assert_int_equal(query.n_order, 2);
	assert_int_equal(query.order[0].flags, SORT_DESC | SORT_NULLS_FIRST);
	assert_int_equal(query.order[1].result, 0);
	assert_int_equal(query.order[1].flags, 0);
	assert_int_equal(query.limit, 5);
}

/* ---- refused ---- */

struct refusal {
	const char *sql; /* the fault is at the byte after | */
	enum status st;
	const char *message, *fix;
};

static const struct refusal refusals[] = {
    /* names */
    {"SELECT COUNT(*) FROM |stuff", ST_SQL_NAME, "no dataset `stuff`", "FROM Staff"},
    {"SELECT SUM(|salery) FROM staff", ST_SQL_NAME, "no column `salery`", "did you mean `salary`?"},
    {"SELECT COUNT(*) FROM staff WHERE |zzz = 1", ST_SQL_NAME, "no column `zzz`", "region, area"},
    {"SELECT COUNT(*) FROM staff WHERE |t.age = 1", ST_SQL_NAME, "no table `t`", NULL},
    {"SELECT COUNT(*) FROM staff s WHERE |staff.age = 1", ST_SQL_NAME, "no table `staff`", NULL},
    {"SELECT region, COUNT(*) FROM staff GROUP BY |3", ST_SQL_NAME, "GROUP BY 3", NULL},
    {"SELECT COUNT(*) FROM staff ORDER BY |2", ST_SQL_NAME, "ORDER BY 2", NULL},
    {"SELECT COUNT(*), |COUNT(age) FROM staff", ST_SQL_NAME, "two result columns are called `count`", "AS"},
    /* release */
    {"SELECT |age FROM staff", ST_SQL_RELEASE, "column `Age` may not be revealed", "aggregate it"},
    {"SELECT |* FROM staff", ST_SQL_RELEASE, "would reveal rows", NULL},
    {"SELECT region, |age, COUNT(*) FROM staff GROUP BY region", ST_SQL_RELEASE, "may not be revealed", NULL},
    {"SELECT COUNT(*) FROM staff GROUP BY |region", ST_SQL_RELEASE, "grouped by but not selected", "SELECT list"},
    {"SELECT COUNT(*) FROM staff HAVING |age > 5", ST_SQL_RELEASE, "neither aggregated nor", NULL},
    /* types */
    {"SELECT COUNT(*) FROM staff WHERE region = |'nord'", ST_SQL_TYPE, "'nord' is not in the domain of column `region`",
	"did you mean 'north'?"},
    {"SELECT COUNT(*) FROM staff WHERE region IN ('east', |'x')", ST_SQL_TYPE, "not in the domain",
	"'east', 'north', 'south', 'west'"},
    {"SELECT COUNT(*) FROM staff WHERE age |= 'five'", ST_SQL_TYPE, "a number cannot be compared with a text literal",
	"without quotes"},
    {"SELECT COUNT(*) FROM staff WHERE region |= 5", ST_SQL_TYPE, "text cannot be compared with a number", NULL},
    {"SELECT COUNT(*) FROM staff WHERE hired > |'2001-02-30'", ST_SQL_TYPE, "is not a date", "YYYY-MM-DD"},
    {"SELECT COUNT(*) FROM staff WHERE hired |> seen", ST_SQL_TYPE, "a date cannot be compared with a timestamp", NULL},
    {"SELECT COUNT(*) FROM staff WHERE region |= grade", ST_SQL_TYPE, "different domains", "same domain"},
    {"SELECT COUNT(*) FROM staff WHERE |age", ST_SQL_TYPE, "a number is not a condition", NULL},
    {"SELECT COUNT(*) FROM staff WHERE |region + 1 > 2", ST_SQL_TYPE, "text cannot be computed with", NULL},
    {"SELECT COUNT(*) FROM staff WHERE age = |NULL", ST_SQL_TYPE, "never true", "IS NULL"},
    {"SELECT COUNT(*) FROM staff WHERE age IN (20, |NULL)", ST_SQL_TYPE, "never true", "IS NULL"},
    {"SELECT |SUM(region) FROM staff", ST_SQL_TYPE, "SUM needs a number, and column `region` is text", NULL},
    {"SELECT |AVG(hired) FROM staff", ST_SQL_TYPE, "AVG needs a number", NULL},
    {"SELECT |SUM(*) FROM staff", ST_SQL_TYPE, "SUM(*) has no meaning", NULL},
    {"SELECT |COUNT(age, big) FROM staff", ST_SQL_TYPE, "one argument", NULL},
    {"SELECT COUNT(*) FROM staff WHERE |COUNT(*) > 5", ST_SQL_TYPE, "cannot stand in WHERE", "HAVING"},
    {"SELECT COUNT(*) FROM staff WHERE full_time |< TRUE", ST_SQL_TYPE, "no order", NULL},
    {"SELECT COUNT(*) FROM staff WHERE full_time |= 'true'", ST_SQL_TYPE, "cannot be compared", "TRUE or FALSE"},
    /* bounds */
    {"SELECT COUNT(*) FROM staff WHERE big |* 2 > 1", ST_SQL_BOUND, "exceed 62 bits", "range"},
    {"SELECT COUNT(*) FROM staff WHERE age > |99999999999999999999", ST_SQL_BOUND, "62 bits", NULL},
    {"SELECT COUNT(*) FROM staff WHERE fine |* fine * fine > 1", ST_SQL_BOUND, "", NULL},
    /* forms we do not have, by name */
    {"SELECT |CASE WHEN age > 1 THEN 1 END FROM staff", ST_SQL_UNSUPPORTED, "CASE is not supported", NULL},
    {"SELECT SUM(|CASE WHEN age > 1 THEN 1 END) FROM staff", ST_SQL_UNSUPPORTED, "CASE is not supported", NULL},
    {"SELECT COUNT(*) FROM staff WHERE region |LIKE 'n%'", ST_SQL_UNSUPPORTED, "LIKE is not supported", "IN"},
    {"SELECT COUNT(*) FROM staff WHERE age > |(SELECT 1)", ST_SQL_UNSUPPORTED, "a subquery", NULL},
    {"SELECT COUNT(*) FROM staff |JOIN other ON true", ST_SQL_UNSUPPORTED, "JOIN is not supported", "one dataset"},
    {"SELECT COUNT(*) FROM staff, |other", ST_SQL_UNSUPPORTED, "several tables", NULL},
    {"|SELECT 1", ST_SQL_UNSUPPORTED, "without FROM", NULL},
    {"SELECT |DISTINCT region FROM staff", ST_SQL_UNSUPPORTED, "SELECT DISTINCT", "GROUP BY"},
    {"SELECT COUNT(*) FROM staff |UNION SELECT 1", ST_SQL_UNSUPPORTED, "UNION", NULL},
    {"|WITH x AS (SELECT 1) SELECT COUNT(*) FROM staff", ST_SQL_UNSUPPORTED, "WITH", NULL},
    {"SELECT COUNT(*) FROM staff |OFFSET 5", ST_SQL_UNSUPPORTED, "OFFSET", NULL},
    {"SELECT |COUNT(DISTINCT region) FROM staff", ST_SQL_UNSUPPORTED, "DISTINCT inside", NULL},
    {"SELECT |COUNT(*) OVER () FROM staff", ST_SQL_UNSUPPORTED, "window function", NULL},
    {"SELECT |COUNT(*) FILTER (WHERE age > 5) FROM staff", ST_SQL_UNSUPPORTED, "FILTER", "WHERE"},
    {"SELECT |median(age) FROM staff", ST_SQL_UNSUPPORTED, "the function MEDIAN", NULL},
    {"SELECT |stddev(age) FROM staff", ST_SQL_UNSUPPORTED, "the function STDDEV", NULL},
    {"SELECT COUNT(*) FROM staff WHERE |abs(age) > 1", ST_SQL_UNSUPPORTED, "the function ABS", NULL},
    {"SELECT SUM(age |* 2) FROM staff", ST_SQL_UNSUPPORTED, "SUM of an expression", "column of its own"},
    {"SELECT COUNT(|1) FROM staff", ST_SQL_UNSUPPORTED, "COUNT of an expression", "COUNT(*)"},
    {"SELECT SUM(age) |/ COUNT(*) FROM staff", ST_SQL_UNSUPPORTED, "arithmetic in the SELECT list", NULL},
    {"SELECT |1 FROM staff", ST_SQL_UNSUPPORTED, "only GROUP BY columns and aggregates", NULL},
    {"SELECT COUNT(*) FROM staff WHERE age |/ 2 > 5", ST_SQL_UNSUPPORTED, "the operator /", "multiply"},
    {"SELECT COUNT(*) FROM staff WHERE age |% 2 = 1", ST_SQL_UNSUPPORTED, "the operator %", NULL},
    {"SELECT COUNT(*) FROM staff WHERE age|::text = 'x'", ST_SQL_UNSUPPORTED, "a cast", NULL},
    {"SELECT COUNT(*) FROM staff WHERE |note = 'x'", ST_SQL_UNSUPPORTED, "free text", "domain"},
    {"SELECT |MAX(note) FROM staff", ST_SQL_UNSUPPORTED, "free text", "domain"},
    {"SELECT |AVG(fine) FROM staff", ST_SQL_UNSUPPORTED, "six digits", NULL},
    {"SELECT big, COUNT(*) FROM staff GROUP BY |big", ST_SQL_UNSUPPORTED, "has no domain", "range"},
    {"SELECT note, COUNT(*) FROM staff GROUP BY |note", ST_SQL_UNSUPPORTED, "has no domain", "domain"},
    {"SELECT hired, age, COUNT(*) FROM staff GROUP BY hired, |age", ST_SQL_UNSUPPORTED, "4096 possible groups", NULL},
    {"SELECT COUNT(*) FROM staff GROUP BY age |+ 1", ST_SQL_UNSUPPORTED, "", NULL},
    {"SELECT region, COUNT(*) FROM staff GROUP BY region HAVING AVG(age) > |AVG(salary)", ST_SQL_UNSUPPORTED,
	"comparing AVG", NULL},
    {"SELECT region, COUNT(*) FROM staff GROUP BY region HAVING |AVG(age) + 1 > 5", ST_SQL_UNSUPPORTED,
	"arithmetic on AVG", NULL},
    {"SELECT region, COUNT(*) FROM staff GROUP BY region ORDER BY |SUM(age)", ST_SQL_UNSUPPORTED,
	"not in the SELECT list", NULL},
    {"SELECT region, COUNT(*) FROM staff GROUP BY region ORDER BY |age", ST_SQL_UNSUPPORTED, "not in the SELECT list",
	NULL},
    {"SELECT hired, COUNT(*) FROM staff GROUP BY hired LIMIT |5", ST_SQL_UNSUPPORTED, "LIMIT over more than 1024",
	NULL},
    {"SELECT COUNT(*) FROM staff LIMIT |0", ST_SQL_UNSUPPORTED, "LIMIT", NULL},
    {"SELECT COUNT(*) FROM staff LIMIT 1 |+ 1", ST_SQL_UNSUPPORTED, "LIMIT", NULL},
    {"SELECT COUNT(*) FROM staff WHERE age |+ 1 IS NULL", ST_SQL_UNSUPPORTED, "IS NULL of an expression", NULL},
    {"SELECT COUNT(*) FROM staff WHERE full_time |IS TRUE", ST_SQL_UNSUPPORTED, "IS TRUE", NULL},
    {"SELECT COUNT(*) FROM staff WHERE hired > |CURRENT_DATE", ST_SQL_UNSUPPORTED, "CURRENT_DATE", NULL},
    {"SELECT COUNT(*) FROM staff WHERE age > |1e3", ST_SQL_UNSUPPORTED, "number in this form", NULL},
    {"SELECT COUNT(*) FROM staff;| DROP TABLE staff", ST_SQL_UNSUPPORTED, "second statement", NULL},
};

static bool is_refused(const struct refusal *r)
{
	char sql[512];
	const char *mark = strchr(r->sql, '|');

	assert_non_null(mark);
	snprintf(sql, sizeof sql, "%.*s%s", (int)(mark - r->sql), r->sql, mark + 1);
	if (bind(sql) == ST_OK) {
		print_error("accepted: %s\n", sql);
		return false;
	}
	if (fault.st == r->st && fault.at == (uint32_t)(mark - r->sql) && strstr(fault.message, r->message) &&
	    (!r->fix || strstr(fault.fix, r->fix)))
		return true;
	print_error("%s\n gave %s at %u: %s (%s)\n", r->sql, status_name(fault.st), fault.at, fault.message, fault.fix);
	return false;
}

static void refused_by_name(void **state)
{
	unsigned wrong = 0;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(refusals); i++)
		wrong += !is_refused(&refusals[i]);
	assert_int_equal(wrong, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(supported_forms),
	    cmocka_unit_test(results_and_keys),
	    cmocka_unit_test(refused_by_name),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
