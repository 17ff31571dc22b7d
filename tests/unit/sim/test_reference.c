/*
 * sim/reference.h: three evaluators of plans in the clear, written apart from each other from the table in policy/plan.h, agree on
 * thousands of random plans; and the few rules that are easy to get wrong, by hand.
 */
#include "sim/reference.h"

#include "plan_clear/plan_clear.h"
#include "plan_random.h"
#include "test.h"

static struct plan plan; /* large */

/* The same rows, cut into the tables of three parties. */
static void cut(struct ingest_table tables[3], const struct random_rows *r)
{
	uint32_t first = 0;

	for (unsigned t = 0; t < 3; t++) {
		uint32_t last = t == 2 ? r->rows : r->rows * (t + 1) / 4;
		tables[t] = (struct ingest_table){.rows = last - first, .columns = plan.n_columns};
		for (unsigned c = 0; c < plan.n_columns; c++) {
			tables[t].values[c] = r->values[c] ? r->values[c] + first : NULL;
			tables[t].known[c] = r->known[c] ? r->known[c] + first : NULL;
		}
		first = last;
	}
}

static void compare_on(uint64_t seed)
{
	const struct plan_random_options options = {.seed = seed, .rows_max = 200, .groups_max = 24, .row_ops = 12, .group_ops = 12};
	struct ingest_table tables[3];
	const struct ingest_table *list[3] = {&tables[0], &tables[1], &tables[2]};
	struct random_rows rows;

	plan_random(&plan, &options);
	random_rows_init(&rows, &plan, (uint32_t)(seed % 190), seed);
	cut(tables, &rows);
	size_t n = (size_t)sim_reference_words(&plan) * plan.groups;
	assert_int_equal(sim_reference_words(&plan), reference_words(&plan));
	assert_int_equal(sim_reference_words(&plan), plan_clear_words(&plan));
	uint64_t *ours = calloc(n, 8), *clear = calloc(n, 8);
	int64_t *theirs = calloc(n, 8);
	assert_true(ours && clear && theirs);

	struct reference_rows a = {.rows = rows.rows};
	struct plan_clear_input b = {.rows = rows.rows};
	for (unsigned c = 0; c < plan.n_columns; c++) {
		a.values[c] = b.values[c] = rows.values[c];
		a.known[c] = b.known[c] = rows.known[c];
	}
	assert_int_equal(sim_reference_run(ours, &plan, list, 3), ST_OK);
	reference_run(&plan, &a, theirs);
	plan_clear_run(clear, &plan, &b);
	for (size_t i = 0; i < n; i++)
		if (ours[i] != (uint64_t)theirs[i] || ours[i] != clear[i])
			fail_msg("seed %u, word %u: ours %lld, %lld, %lld", (unsigned)seed, (unsigned)i, (long long)ours[i], (long long)theirs[i], (long long)clear[i]);
	free(ours);
	free(theirs);
	free(clear);
	random_rows_clear(&rows);
}

static void three_evaluators_agree(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 2000; seed++)
		compare_on(seed);
}

static void nobody_has_rows(void **state)
{
	const struct ingest_table *none[3] = {NULL, NULL, NULL};

	(void)state;
	for (uint64_t seed = 1; seed <= 50; seed++) {
		plan_random(&plan, &(struct plan_random_options){.seed = seed, .rows_max = 64, .groups_max = 8, .row_ops = 6, .group_ops = 6});
		uint64_t *words = calloc((size_t)sim_reference_words(&plan) * plan.groups, 8);
		assert_non_null(words);
		assert_int_equal(sim_reference_run(words, &plan, none, 3), ST_OK);
		free(words);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(three_evaluators_agree),
		cmocka_unit_test(nobody_has_rows),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
