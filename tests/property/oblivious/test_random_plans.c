/* Random plans over random rows: three parties compute what the plan says in the clear, at the stated cost. */
#include "test.h"

#include "plan_world.h"

static void show(const struct plan *p)
{
	struct buf b = {0};

	plan_print(&b, p);
	print_error("%.*s\n", (int)b.len, (const char *)b.ptr);
	free(b.ptr);
}

static unsigned long long used[OP_COUNT_];

static void check(const struct plan_random_options *o, uint32_t n, bool check_depth)
{
	static struct plan plan;
	struct random_rows rows;
	struct plan_world w = {.plan = &plan, .rows = &rows, .seed = o->seed, .check_depth = check_depth,
	    .providers = (unsigned)(o->seed % 4)};

	plan_random(&plan, o);
	for (unsigned k = 0; k < plan.n_ops; k++)
		used[plan.ops[k].code]++;
	random_rows_init(&rows, &plan, n, o->seed ^ 0xda7a);
	plan_world_split(&w, n, o->seed);
	size_t words = (size_t)reference_words(&plan) * plan.groups;
	int64_t *expected = calloc(words + 1, 8);
	struct reference_rows clear = {.rows = n};

	assert_non_null(expected);
	for (unsigned c = 0; c < plan.n_columns; c++) {
		clear.values[c] = rows.values[c];
		clear.known[c] = rows.known[c];
	}
	reference_run(&plan, &clear, expected);
	bool ok = plan_world_run(&w);
	bool same = ok && memcmp(w.opened, expected, 8 * words) == 0;
	if (!same || w.complaint[0]) {
		show(&plan);
		print_error("seed %llu, %u rows: %s %s %s; %s\n", (unsigned long long)o->seed, n, status_name(w.st[0]),
		    status_name(w.st[1]), status_name(w.st[2]), w.complaint);
		for (size_t k = 0; ok && k < words; k++)
			if (w.opened[k] != expected[k])
				print_error("word %zu group %zu: %lld, expected %lld\n", k / plan.groups,
				    k % plan.groups, (long long)w.opened[k], (long long)expected[k]);
	}
	assert_true(same);
	assert_string_equal(w.complaint, "");
	free(expected);
	plan_world_clear(&w);
	random_rows_clear(&rows);
}

static void small_plans_equal_the_clear_at_the_stated_cost(void **state)
{
	static const uint32_t sizes[] = {0, 1, 2, 63, 64, 65, 130, 200};

	(void)state;
	for (uint64_t seed = 1; seed <= 160; seed++) {
		struct plan_random_options o = {.seed = seed,
		    .rows_max = 1000,
		    .groups_max = (uint32_t)(1 + seed % 30),
		    .row_ops = 8,
		    .group_ops = 8};

		check(&o, sizes[seed % COUNT_OF(sizes)], true);
	}
}

/* Values, constants and factors up to the bound that plan_infer knows. */
static void plans_at_the_limits_of_arithmetic(void **state)
{
	static const uint32_t sizes[] = {0, 1, 64, 130, 513};

	(void)state;
	for (uint64_t seed = 5000; seed < 5150; seed++) {
		struct plan_random_options o = {.seed = seed,
		    .rows_max = 1100,
		    .groups_max = (uint32_t)(1 + seed % 30),
		    .row_ops = 10,
		    .group_ops = 14,
		    .extreme = true};

		check(&o, sizes[seed % COUNT_OF(sizes)], false);
	}
}

static void plans_with_many_groups(void **state)
{
	(void)state;
	for (uint64_t seed = 1000; seed < 1012; seed++) {
		struct plan_random_options o = {
		    .seed = seed, .rows_max = 5000, .groups_max = 400, .row_ops = 3, .group_ops = 4};

		check(&o, 500, false);
	}
}

static void plans_with_many_rows(void **state)
{
	(void)state;
	for (uint64_t seed = 2000; seed < 2006; seed++) {
		struct plan_random_options o = {
		    .seed = seed, .rows_max = 100000, .groups_max = 12, .row_ops = 5, .group_ops = 4};

		check(&o, 20000, false);
	}
}

static void every_opcode_was_used(void **state)
{
	(void)state;
	for (unsigned code = 1; code < OP_COUNT_; code++)
		if (!used[code])
			fail_msg("%s never came up", plan_opcode_name(code));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(small_plans_equal_the_clear_at_the_stated_cost),
	    cmocka_unit_test(plans_at_the_limits_of_arithmetic),
	    cmocka_unit_test(plans_with_many_groups),
	    cmocka_unit_test(plans_with_many_rows),
	    cmocka_unit_test(every_opcode_was_used),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
