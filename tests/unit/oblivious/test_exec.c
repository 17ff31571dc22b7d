/*
 * oblivious/exec.h by hand: the numbers that break arithmetic (0, 1, -1, extremes, 2^62), every row count around word and
 * stride boundaries, NULLs, ties, empty groups, order of steps. Expected values are written out or from the interpreter.
 */
#include "test.h"

#include "plan_world.h"

static struct plan plan;

static void run_and_compare(const struct random_rows *rows, const char *what)
{
	struct plan_world w = {.plan = &plan, .rows = rows, .seed = 3};
	size_t words = (size_t)reference_words(&plan) * plan.groups;
	int64_t *expected = calloc(words + 1, 8);
	struct reference_rows clear = {.rows = rows->rows};

	for (unsigned c = 0; c < plan.n_columns; c++) {
		clear.values[c] = rows->values[c];
		clear.known[c] = rows->known[c];
	}
	reference_run(&plan, &clear, expected);
	plan_world_split(&w, rows->rows, rows->rows + 7);
	bool ok = plan_world_run(&w);
	if (!ok || w.complaint[0])
		print_error("%s, %u rows: %s %s\n", what, rows->rows, status_name(w.st[0]), w.complaint);
	assert_true(ok);
	assert_string_equal(w.complaint, "");
	for (size_t k = 0; k < words; k++)
		if (w.opened[k] != expected[k])
			fail_msg("%s, %u rows: word %zu group %zu: %lld, expected %lld", what, rows->rows,
			    k / plan.groups, k % plan.groups, (long long)w.opened[k], (long long)expected[k]);
	free(expected);
	plan_world_clear(&w);
}

static uint16_t op(enum plan_opcode code, uint16_t a, int64_t imm, unsigned n, uint16_t x, uint16_t y, uint16_t z)
{
	uint16_t id = plan_append(&plan, code, a, imm, n, (uint16_t[]){x, y, z});

	if (!id)
		fail_msg("%s refused", plan_opcode_name(code));
	return id;
}

static uint16_t column(int64_t lo, int64_t hi, bool nullable)
{
	plan.columns[plan.n_columns] = (struct plan_column){lo, hi, nullable};
	return plan.n_columns++;
}

static void start(uint32_t rows_max)
{
	plan = (struct plan){.rows_max = rows_max, .groups = 1};
}

/* rows of one column, each value `bit` of column r as one group by key r, so that row values come out one by one */
static void finish_by_row(uint16_t row_bits[], unsigned n, uint16_t matrix, uint16_t count)
{
	uint16_t keep = op(OP_SUPPRESS, 0, 1, 1, count, 0, 0);

	for (unsigned k = 0; k < n; k++)
		op(OP_OUT, (uint16_t)k, 0, 2, keep, op(OP_MAX, 0, 0, 2, matrix, row_bits[k], 0), 0);
	op(OP_OUTKEEP, 0, 0, 1, keep, 0, 0);
}

static const int64_t big = (int64_t)1 << 62;

/* Pairs of edge values through every row operator: row r is group r. */
static void edge_values_through_every_row_operator(void **state)
{
	const int64_t edges[] = {
	    0, 1, -1, 2, -2, 63, 64, -64, 1 << 20, -(1 << 20), big / 2, -big / 2, big / 2 - 1, 1 - big / 2};
	enum { N = 14 };
	struct random_rows rows = {.rows = N * N};
	uint16_t out[24], n = 0;

	(void)state;
	start(N * N);
	column(0, N * N - 1, false);
	column(-big / 2, big / 2, false);
	column(-big / 2, big / 2, false);
	plan.keys[plan.n_keys++] = (struct plan_key){0, N * N};
	plan.groups = N * N;
	uint16_t valid = op(OP_VALID, 0, 0, 0, 0, 0, 0), key = op(OP_COL, 0, 0, 0, 0, 0, 0);
	uint16_t x = op(OP_COL, 1, 0, 0, 0, 0, 0), y = op(OP_COL, 2, 0, 0, 0, 0, 0);
	uint16_t zero = op(OP_CONST, SHAPE_ROWS, 0, 0, 0, 0, 0), minus = op(OP_CONST, SHAPE_ROWS, -1, 0, 0, 0, 0);
	uint16_t large = op(OP_CONST, SHAPE_ROWS, big, 0, 0, 0, 0), least = op(OP_CONST, SHAPE_ROWS, -big, 0, 0, 0, 0);
	uint16_t half = op(OP_CONST, SHAPE_ROWS, big / 2, 0, 0, 0, 0);
	uint16_t matrix = op(OP_GROUP, 1, 0, 2, valid, key, 0);
	uint16_t count = op(OP_A2B, 0, 0, 1, op(OP_PICK, 0, 0, 1, op(OP_SUMS, 0, 0, 1, matrix, 0, 0), 0, 0), 0, 0);

	out[n++] = op(OP_ADD, 0, 0, 2, x, y, 0);
	out[n++] = op(OP_SUB, 0, 0, 2, x, y, 0);
	out[n++] = op(OP_LT, 0, 0, 2, x, y, 0);
	out[n++] = op(OP_EQ, 0, 0, 2, x, y, 0);
	out[n++] = op(OP_SUB, 0, 0, 2, zero, x, 0);
	out[n++] = op(OP_MUL, 0, 0, 2, minus, x, 0);
	out[n++] = op(OP_MUL, 0, 0, 2, x, zero, 0);
	out[n++] = op(OP_ADD, 0, 0, 2, x, half, 0);
	out[n++] = op(OP_SUB, 0, 0, 2, x, half, 0);
	const uint16_t constants[] = {zero, minus, large, least, half};
	for (unsigned k = 0; k < COUNT_OF(constants); k++) {
		out[n++] = op(OP_LT, 0, 0, 2, x, constants[k], 0);
		out[n++] = op(OP_LT, 0, 0, 2, constants[k], x, 0);
		out[n++] = op(OP_EQ, 0, 0, 2, x, constants[k], 0);
	}
	finish_by_row(out, n, matrix, count);
	for (int c = 0; c < 3; c++)
		rows.values[c] = calloc(N * N, 8);
	for (int k = 0; k < N * N; k++) {
		rows.values[0][k] = k;
		rows.values[1][k] = edges[k % N];
		rows.values[2][k] = edges[k / N];
	}
	run_and_compare(&rows, "edges");
	random_rows_clear(&rows);
}

/* Products of edge values of up to 31 bits, signed and not. */
static void products_of_edges(void **state)
{
	const int64_t edges[] = {0, 1, -1, 2, -3, 127, -128, 65535, -65536, INT32_MAX / 2, -(1 << 30), 1 << 30};
	enum { N = 12 };
	struct random_rows rows = {.rows = N * N};

	(void)state;
	start(N * N);
	column(0, N * N - 1, false);
	column(-(1 << 30), 1 << 30, false);
	column(-(1 << 30), 1 << 30, false);
	column(0, 1 << 30, false);
	plan.keys[plan.n_keys++] = (struct plan_key){0, N * N};
	plan.groups = N * N;
	uint16_t valid = op(OP_VALID, 0, 0, 0, 0, 0, 0), key = op(OP_COL, 0, 0, 0, 0, 0, 0);
	uint16_t x = op(OP_COL, 1, 0, 0, 0, 0, 0), y = op(OP_COL, 2, 0, 0, 0, 0, 0), u = op(OP_COL, 3, 0, 0, 0, 0, 0);
	uint16_t matrix = op(OP_GROUP, 1, 0, 2, valid, key, 0);
	uint16_t count = op(OP_A2B, 0, 0, 1, op(OP_PICK, 0, 0, 1, op(OP_SUMS, 0, 0, 1, matrix, 0, 0), 0, 0), 0, 0);
	uint16_t c1 = op(OP_CONST, SHAPE_ROWS, -1000003, 0, 0, 0, 0), c2 = op(OP_CONST, SHAPE_ROWS, 65536, 0, 0, 0, 0);
	uint16_t out[] = {op(OP_MUL, 0, 0, 2, x, y, 0), op(OP_MUL, 0, 0, 2, x, u, 0), op(OP_MUL, 0, 0, 2, u, y, 0),
	    op(OP_MUL, 0, 0, 2, u, u, 0), op(OP_MUL, 0, 0, 2, x, x, 0), op(OP_MUL, 0, 0, 2, x, c1, 0),
	    op(OP_MUL, 0, 0, 2, c2, u, 0)};
	finish_by_row(out, COUNT_OF(out), matrix, count);
	for (int c = 0; c < 4; c++)
		rows.values[c] = calloc(N * N, 8);
	for (int k = 0; k < N * N; k++) {
		rows.values[0][k] = k;
		rows.values[1][k] = edges[k % N];
		rows.values[2][k] = edges[k / N];
		rows.values[3][k] = edges[k % N] < 0 ? 1 << 30 : edges[k % N];
	}
	run_and_compare(&rows, "products");
	random_rows_clear(&rows);
}

/* A nullable key and measure; COUNT, SUM, AVG, MIN, MAX, sorted: the shape of most queries. */
static void query_plan(uint32_t rows_max, int64_t limit, uint8_t sort)
{
	start(rows_max);
	column(-2, 2, true);
	column(-((int64_t)1 << 40), (int64_t)1 << 40, true);
	plan.keys[plan.n_keys++] = (struct plan_key){0, 6};
	plan.groups = 6;
	uint16_t valid = op(OP_VALID, 0, 0, 0, 0, 0, 0), key = op(OP_COL, 0, 0, 0, 0, 0, 0);
	uint16_t key_known = op(OP_KNOWN, 0, 0, 0, 0, 0, 0), v = op(OP_COL, 1, 0, 0, 0, 0, 0);
	uint16_t v_known = op(OP_KNOWN, 1, 0, 0, 0, 0, 0);
	uint16_t vw = op(OP_COLW, 1, 0, 0, 0, 0, 0), kw = op(OP_KNOWNW, 1, 0, 0, 0, 0, 0);
	uint16_t matrix = op(OP_GROUP, 1, 0, 3, valid, key, key_known);
	uint16_t present = op(OP_MASK, 0, 0, 2, matrix, v_known, 0);
	uint16_t sums = op(OP_SUMS, 0, 0, 3, matrix, vw, kw);
	uint16_t count = op(OP_A2B, 0, 0, 1, op(OP_PICK, 0, 0, 1, sums, 0, 0), 0, 0);
	uint16_t sum = op(OP_A2B, 0, 0, 1, op(OP_PICK, 1, 0, 1, sums, 0, 0), 0, 0);
	uint16_t n = op(OP_A2B, 0, 0, 1, op(OP_PICK, 2, 0, 1, sums, 0, 0), 0, 0);
	uint16_t one = op(OP_CONST, SHAPE_GROUPS, 1, 0, 0, 0, 0);
	uint16_t any = op(OP_NOT, 0, 0, 1, op(OP_LT, 0, 0, 2, n, one, 0), 0, 0);
	uint16_t avg = op(OP_AVG, 0, 1000, 2, sum, n, 0);
	uint16_t low = op(OP_MIN, 0, 0, 2, present, v, 0), high = op(OP_MAX, 0, 0, 2, present, v, 0);
	uint16_t keep = op(OP_SUPPRESS, 0, 1, 1, count, 0, 0);

	plan.n_sort = 1;
	plan.sort[0] = sort;
	keep = op(OP_TOP, 0, limit, sort & SORT_HAS_NONNULL ? 3 : 2, keep, avg, any);
	op(OP_OUT, 0, 0, 2, keep, op(OP_KEY, 0, 0, 0, 0, 0, 0), 0);
	op(OP_OUT, 1, 0, 2, keep, count, 0);
	op(OP_OUT, 2, 0, 3, keep, sum, any);
	op(OP_OUT, 3, 0, 3, keep, avg, any);
	op(OP_OUT, 4, 0, 3, keep, low, any);
	op(OP_OUT, 5, 0, 3, keep, high, any);
	op(OP_OUTKEEP, 0, 0, 1, keep, 0, 0);
}

static void all_row_counts(void **state)
{
	static const uint32_t sizes[] = {0, 1, 2, 3, 63, 64, 65, 127, 128, 129, 511, 512, 513, 1025};

	(void)state;
	query_plan(2000, 4, SORT_HAS_NONNULL);
	for (size_t k = 0; k < COUNT_OF(sizes); k++) {
		struct random_rows rows;

		random_rows_init(&rows, &plan, sizes[k], k + 1);
		run_and_compare(&rows, "query");
		random_rows_clear(&rows);
	}
}

static void every_sort_order_and_limit(void **state)
{
	(void)state;
	for (uint8_t sort = 0; sort < 8; sort++) {
		for (int64_t limit = 1; limit <= 7; limit += 2) {
			struct random_rows rows;

			query_plan(100, limit, sort);
			random_rows_init(&rows, &plan, 9, sort); /* few rows: empty groups and groups of NULLs only */
			run_and_compare(&rows, "sort");
			random_rows_clear(&rows);
		}
	}
}

/* Sums that only just fit, and averages of extremes: half away from zero. */
static void averages_round_half_away_from_zero(void **state)
{
	/* two rows a group: values a, b; (a + b) / 2 at scale 1 */
	static const int64_t pair[][3] = {{1, 2, 2}, {-1, -2, -2}, {1, 0, 1}, {-1, 0, -1}, {0, 0, 0}, {5, 6, 6},
	    {-5, -6, -6}, {1000000, 1000001, 1000001}, {-1000000, -1000001, -1000001}, {7, 7, 7}, {-7, -7, -7},
	    {3, -3, 0}, {3, -2, 1}, {2, -3, -1}};
	enum { N = 14 };
	struct random_rows rows = {.rows = 2 * N};
	struct plan_world w = {.plan = &plan, .rows = &rows, .seed = 9};

	(void)state;
	start(2 * N);
	column(0, N - 1, false);
	column(-2000000, 2000000, false);
	plan.keys[plan.n_keys++] = (struct plan_key){0, N};
	plan.groups = N;
	uint16_t valid = op(OP_VALID, 0, 0, 0, 0, 0, 0), key = op(OP_COL, 0, 0, 0, 0, 0, 0),
		 vw = op(OP_COLW, 1, 0, 0, 0, 0, 0);
	uint16_t matrix = op(OP_GROUP, 1, 0, 2, valid, key, 0), sums = op(OP_SUMS, 0, 0, 2, matrix, vw, 0);
	uint16_t count = op(OP_A2B, 0, 0, 1, op(OP_PICK, 0, 0, 1, sums, 0, 0), 0, 0);
	uint16_t sum = op(OP_A2B, 0, 0, 1, op(OP_PICK, 1, 0, 1, sums, 0, 0), 0, 0);
	uint16_t keep = op(OP_SUPPRESS, 0, 1, 1, count, 0, 0);
	op(OP_OUT, 0, 0, 2, keep, op(OP_AVG, 0, 1, 2, sum, count, 0), 0);
	op(OP_OUTKEEP, 0, 0, 1, keep, 0, 0);
	for (int c = 0; c < 2; c++)
		rows.values[c] = calloc(2 * N, 8);
	for (int k = 0; k < 2 * N; k++) {
		rows.values[0][k] = k / 2;
		rows.values[1][k] = pair[k / 2][k % 2];
	}
	plan_world_split(&w, rows.rows, 5);
	assert_true(plan_world_run(&w));
	for (int j = 0; j < N; j++)
		assert_int_equal(w.opened[j], pair[j][2]);
	plan_world_clear(&w);
	random_rows_clear(&rows);
}

/* What a value outside its group must not do: rows that are not selected, groups that are not kept. */
static void what_is_not_kept_is_zero(void **state)
{
	struct random_rows rows;
	struct plan_world w = {.plan = &plan, .rows = &rows, .seed = 2};
	unsigned kept = 0;

	(void)state;
	query_plan(1000, 2, SORT_DESC);
	random_rows_init(&rows, &plan, 300, 77);
	plan_world_split(&w, 300, 3);
	assert_true(plan_world_run(&w));
	uint32_t words = reference_words(&plan);
	for (unsigned j = 0; j < plan.groups; j++) {
		int64_t keep = w.opened[(words - 1) * plan.groups + j];

		kept += keep == 1;
		assert_true(keep == 0 || keep == 1);
		for (unsigned k = 0; k < words && !keep; k++)
			assert_int_equal(w.opened[k * plan.groups + j], 0);
	}
	assert_int_equal(kept, 2);
	plan_world_clear(&w);
	random_rows_clear(&rows);
}

static enum status wrong_order(struct world *w, struct mpc *m, struct arena *a, void *ctx)
{
	static const uint32_t rows[EXEC_SOURCES_MAX] = {0, 0, 0};
	struct exec_input in = {0}, too_many = {.rows = 1}, more_real = {.real = 1};
	struct exec_result result;
	struct exec *x;

	(void)w, (void)ctx;
	if (exec_new(&x, &plan, m, a, rows, &too_many, NULL) != ST_BUG ||
	    exec_new(&x, &plan, m, a, rows, &more_real, NULL) != ST_BUG)
		return ST_USAGE;
	if (exec_new(&x, &plan, m, a, rows, &in, NULL) != ST_OK)
		return ST_USAGE;
	if (exec_step(x, 2) != ST_BUG || exec_step(x, 0) != ST_BUG || exec_result(x, &result) != ST_BUG)
		return ST_USAGE;
	if (exec_step(x, 1) != ST_OK || exec_step(x, 1) != ST_BUG || exec_step(x, 3) != ST_BUG)
		return ST_USAGE;
	for (uint16_t id = 2; id <= plan.n_ops; id++)
		if (exec_step(x, id) != ST_OK)
			return ST_USAGE;
	return exec_step(x, (uint16_t)(plan.n_ops + 1)) == ST_BUG && exec_result(x, &result) == ST_OK ? ST_OK
												      : ST_USAGE;
}

static void steps_come_in_order_once(void **state)
{
	void *ctx[MPC_PARTIES] = {NULL, NULL, NULL};
	struct world w;

	(void)state;
	query_plan(10, 3, 0);
	world_init(&w, 1, 4 << 20);
	assert_true(world_run(&w, wrong_order, ctx, NULL));
	world_clear(&w);
}

/* Too little memory is an error before anything is sent. */
static enum status starved(struct world *w, struct mpc *m, struct arena *a, void *ctx)
{
	static const uint32_t rows[EXEC_SOURCES_MAX] = {640, 0, 0};
	struct exec_input in = {.rows = mpc_party(m) == 0 ? 640 : 0};
	struct exec *x;

	(void)w, (void)ctx;
	enum status st = exec_new(&x, &plan, m, a, rows, &in, NULL);
	return st == ST_NO_MEMORY && mpc_counters(m).messages == 0 ? ST_OK : ST_BUG;
}

static void too_little_memory_is_an_error(void **state)
{
	static const uint32_t rows[EXEC_SOURCES_MAX] = {640, 0, 0};
	void *ctx[MPC_PARTIES] = {NULL, NULL, NULL};
	struct world w;

	(void)state;
	query_plan(1000, 3, 0);
	world_init(&w, 1, exec_memory(&plan, rows) / 4);
	assert_true(world_run(&w, starved, ctx, NULL));
	world_clear(&w);
}

/* Enough rows that products go piece by piece through the lanes, and extremes block by block through the groups. */
static void large_work_is_cut_in_pieces(void **state)
{
	enum { ROWS = 100003 };
	struct random_rows rows;

	(void)state;
	start(ROWS);
	column(-3, 8, false);
	column(-((int64_t)1 << 30), (int64_t)1 << 30, true);
	column(0, ((int64_t)1 << 31) - 1, false);
	plan.keys[plan.n_keys++] = (struct plan_key){0, 12};
	plan.groups = 12;
	uint16_t valid = op(OP_VALID, 0, 0, 0, 0, 0, 0), key = op(OP_COL, 0, 0, 0, 0, 0, 0);
	uint16_t x = op(OP_COL, 1, 0, 0, 0, 0, 0), y = op(OP_COL, 2, 0, 0, 0, 0, 0);
	uint16_t product = op(OP_MUL, 0, 0, 2, x, y, 0), matrix = op(OP_GROUP, 1, 0, 2, valid, key, 0);
	uint16_t count = op(OP_A2B, 0, 0, 1, op(OP_PICK, 0, 0, 1, op(OP_SUMS, 0, 0, 1, matrix, 0, 0), 0, 0), 0, 0);
	uint16_t keep = op(OP_SUPPRESS, 0, 10, 1, count, 0, 0);

	op(OP_OUT, 0, 0, 2, keep, count, 0);
	op(OP_OUT, 1, 0, 2, keep, op(OP_MIN, 0, 0, 2, matrix, product, 0), 0);
	op(OP_OUT, 2, 0, 2, keep, op(OP_MAX, 0, 0, 2, matrix, product, 0), 0);
	op(OP_OUTKEEP, 0, 0, 1, keep, 0, 0);
	/* more than one piece and more than one block, or the test has lost its point */
	const uint32_t split[EXEC_SOURCES_MAX] = {ROWS}, few[EXEC_SOURCES_MAX] = {1000};
	struct exec_cost large, small;
	exec_cost(&plan, split, product, &large);
	exec_cost(&plan, few, product, &small);
	assert_true(large.rounds > small.rounds);
	exec_cost(&plan, split, (uint16_t)(plan.n_ops - 4), &large); /* MIN */
	/* a block: 1 + (11 + 6) levels of a comparison of 62 bits (7 rounds) and a choice */
	assert_true(large.rounds >= 2 * (1 + 17 * 8));
	random_rows_init(&rows, &plan, ROWS, 5);
	run_and_compare(&rows, "pieces");
	random_rows_clear(&rows);
}

/* An enclave reserves memory for the most rows that the policy permits, before it knows how many there are. */
static void fewer_rows_never_need_more_memory(void **state)
{
	size_t before = 0;

	(void)state;
	start(1 << 21);
	column(0, 11, false);
	column(-((int64_t)1 << 40), (int64_t)1 << 40, true);
	plan.keys[plan.n_keys++] = (struct plan_key){0, 12};
	plan.groups = 12;
	uint16_t valid = op(OP_VALID, 0, 0, 0, 0, 0, 0), key = op(OP_COL, 0, 0, 0, 0, 0, 0);
	uint16_t x = op(OP_COL, 1, 0, 0, 0, 0, 0), matrix = op(OP_GROUP, 1, 0, 2, valid, key, 0);
	uint16_t counts = op(OP_SUMS, 0, 0, 1, matrix, 0, 0), high = op(OP_MAX, 0, 0, 2, matrix, x, 0);
	uint16_t keep = op(OP_SUPPRESS, 0, 10, 1, op(OP_A2B, 0, 0, 1, op(OP_PICK, 0, 0, 1, counts, 0, 0), 0, 0), 0, 0);

	op(OP_OUT, 0, 0, 2, keep, high, 0);
	op(OP_OUTKEEP, 0, 0, 1, keep, 0, 0);
	for (uint32_t n = 0; n < (1 << 21) / 3; n += 1009) {
		const uint32_t rows[EXEC_SOURCES_MAX] = {n, n, n};
		size_t now = exec_memory(&plan, rows);

		if (now < before)
			fail_msg("%u rows each: %zu bytes, and fewer rows need %zu", n, now, before);
		before = now;
	}
}

/* The project's bound: a million rows, a grouped average under two comparisons, below 250 MiB a party. */
static void a_million_rows_fit(void **state)
{
	static const uint32_t rows[EXEC_SOURCES_MAX] = {333334, 333333, 333333};

	(void)state;
	for (uint32_t groups = 4; groups <= 10; groups++) {
		start(1000000);
		column(0, groups - 1, false);
		column(0, 100000000, true);
		column(0, 120, false);
		plan.keys[plan.n_keys++] = (struct plan_key){0, groups};
		plan.groups = groups;
		uint16_t valid = op(OP_VALID, 0, 0, 0, 0, 0, 0), key = op(OP_COL, 0, 0, 0, 0, 0, 0);
		uint16_t age = op(OP_COL, 2, 0, 0, 0, 0, 0), pay = op(OP_COL, 1, 0, 0, 0, 0, 0);
		uint16_t c1 = op(OP_CONST, SHAPE_ROWS, 18, 0, 0, 0, 0), c2 = op(OP_CONST, SHAPE_ROWS, 5000, 0, 0, 0, 0);
		uint16_t where = op(OP_AND, 0, 0, 2, op(OP_LT, 0, 0, 2, c1, age, 0), op(OP_LT, 0, 0, 2, pay, c2, 0), 0);
		uint16_t sel = op(OP_AND, 0, 0, 2, valid, where, 0), payw = op(OP_COLW, 1, 0, 0, 0, 0, 0);
		uint16_t known = op(OP_KNOWNW, 1, 0, 0, 0, 0, 0);
		uint16_t matrix = op(OP_GROUP, 1, 0, 2, sel, key, 0), sums = op(OP_SUMS, 0, 0, 3, matrix, payw, known);
		uint16_t count = op(OP_A2B, 0, 0, 1, op(OP_PICK, 0, 0, 1, sums, 0, 0), 0, 0);
		uint16_t sum = op(OP_A2B, 0, 0, 1, op(OP_PICK, 1, 0, 1, sums, 0, 0), 0, 0);
		uint16_t n = op(OP_A2B, 0, 0, 1, op(OP_PICK, 2, 0, 1, sums, 0, 0), 0, 0);
		uint16_t keep = op(OP_SUPPRESS, 0, 10, 1, count, 0, 0);
		op(OP_OUT, 0, 0, 2, keep, op(OP_AVG, 0, 100, 2, sum, n, 0), 0);
		op(OP_OUTKEEP, 0, 0, 1, keep, 0, 0);
		assert_true(exec_memory(&plan, rows) < (size_t)250 << 20);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(edge_values_through_every_row_operator),
	    cmocka_unit_test(products_of_edges),
	    cmocka_unit_test(all_row_counts),
	    cmocka_unit_test(every_sort_order_and_limit),
	    cmocka_unit_test(averages_round_half_away_from_zero),
	    cmocka_unit_test(what_is_not_kept_is_zero),
	    cmocka_unit_test(steps_come_in_order_once),
	    cmocka_unit_test(too_little_memory_is_an_error),
	    cmocka_unit_test(large_work_is_cut_in_pieces),
	    cmocka_unit_test(fewer_rows_never_need_more_memory),
	    cmocka_unit_test(a_million_rows_fit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
