/* ORDER BY of the result table against SQLite: random released rows, random sort keys, NULLS FIRST and LAST. */
#include <sqlite3.h>

#include "../../support/test.h"
#include "receipt/receipt.h"
#include "table_policy.h"

enum { TRIALS = 300 };
static const char *const column_names[T_RESULTS] = {"region", "full_time", "n", "total", "mean", "first"};

static void run_sql(sqlite3 *db, const char *sql)
{
	char *error = NULL;

	if (sqlite3_exec(db, sql, NULL, NULL, &error) != SQLITE_OK)
		fail_msg("%s: %s", sql, error);
}

/* Few distinct values, so that ties and NULLs are many. Group g holds region g/3, full_time g%3. */
static void fill(sqlite3 *db, uint64_t *words, struct test_rng *rng)
{
	run_sql(db, "DROP TABLE IF EXISTS r; CREATE TABLE r (g, region, full_time, n, total, mean, first)");
	memset(words, 0, sizeof(uint64_t) * W_COUNT * T_GROUPS);
	for (unsigned g = 0; g < T_GROUPS; g++) {
		struct row row = {.n = 10 + test_below(rng, 3), .total = (int64_t)test_below(rng, 3) - 1,
		    .mean = (int64_t)test_below(rng, 4) - 2, .first = (int64_t)test_below(rng, 3) - 1,
		    .total_known = test_below(rng, 3) > 0, .first_known = test_below(rng, 2) > 0};
		char sql[256], total[32] = "NULL", mean[32] = "NULL", first[32] = "NULL";

		if (test_below(rng, 4) == 0)
			continue;
		table_put_row(words, g, &row);
		if (row.total_known) {
			snprintf(total, sizeof total, "%lld", (long long)row.total);
			snprintf(mean, sizeof mean, "%lld", (long long)row.mean);
		}
		if (row.first_known)
			snprintf(first, sizeof first, "%lld", (long long)row.first);
		snprintf(sql, sizeof sql, "INSERT INTO r VALUES (%u, %u, %s, %u, %s, %s, %s)", g, g / 3,
		    g % 3 == 2 ? "NULL" : g % 3 == 1 ? "1" : "0", (unsigned)row.n, total, mean, first);
		run_sql(db, sql);
	}
}

static void choose_order(struct policy *p, char *sql, size_t cap, struct test_rng *rng)
{
	size_t at = (size_t)snprintf(sql, cap, "SELECT * FROM r ORDER BY ");

	p->n_order = (uint8_t)test_below(rng, 4);
	for (unsigned k = 0; k < p->n_order; k++) {
		uint16_t result = (uint16_t)test_below(rng, T_RESULTS);
		uint8_t flags = (uint8_t)test_below(rng, 4);

		p->order[k] = (struct policy_order){.result = result, .flags = flags};
		at += (size_t)snprintf(sql + at, cap - at, "%s %s NULLS %s, ", column_names[result],
		    flags & SORT_DESC ? "DESC" : "ASC", flags & SORT_NULLS_FIRST ? "FIRST" : "LAST");
	}
	snprintf(sql + at, cap - at, "g");
}

static void compare(sqlite3 *db, const char *sql, const struct result_table *t)
{
	sqlite3_stmt *rows;
	uint32_t row = 0;

	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &rows, NULL), SQLITE_OK);
	for (; sqlite3_step(rows) == SQLITE_ROW; row++) {
		assert_true(row < t->rows);
		for (int i = 0; i < T_RESULTS; i++) {
			const struct result_cell *c = &t->cells[row * T_RESULTS + (unsigned)i];
			bool null = sqlite3_column_type(rows, i + 1) == SQLITE_NULL;

			assert_int_equal(c->null, null);
			if (!null)
				assert_int_equal(c->number, sqlite3_column_int64(rows, i + 1));
		}
	}
	sqlite3_finalize(rows);
	assert_int_equal(row, t->rows);
}

static void orders_as_sqlite_does(void **state)
{
	struct policy *p = table_policy();
	struct test_rng rng = {20260115};
	uint64_t words[W_COUNT * T_GROUPS];
	sqlite3 *db;

	(void)state;
	assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
	for (unsigned trial = 0; trial < TRIALS; trial++) {
		struct result_table t;
		char sql[512];

		fill(db, words, &rng);
		choose_order(p, sql, sizeof sql, &rng);
		assert_int_equal(result_table_new(&t, p, words), ST_OK);
		compare(db, sql, &t);
		result_table_clear(&t);
	}
	sqlite3_close(db);
	free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(orders_as_sqlite_does)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
