/* oblivious/bench.h: every operation verifies its own outputs, at all parties, within the memory it asks for. */
#include "test.h"

#include "mpc_harness.h"
#include "oblivious/bench.h"

struct job {
	enum bench_op op;
	uint32_t rows;
	struct bench_report report[2];
	unsigned marks;
};

static void mark(void *ctx, int end)
{
	struct job *j = ctx;

	if (end == (int)(j->marks % 2))
		j->marks++;
}

static enum status twice(struct world *w, struct mpc *m, struct arena *a, void *ctx)
{
	struct job *j = ctx;
	struct random_seeded state = {.seed = {(uint8_t)mpc_party(m)}};
	struct random rng = random_from_seed(&state);
	enum status st;

	(void)w;
	for (uint32_t k = 0; k < 2; k++)
		TRY(bench_op_run(m, a, j->op, j->rows, k, &rng, mark, j, &j->report[k]));
out:
	return st;
}

static void each_operation_checks_its_outputs(void **state)
{
	static const uint32_t rows[] = {1, 64, 100, 1000, 30000};

	(void)state;
	for (enum bench_op op = BENCH_MUL; op < BENCH_OP_END; op++) {
		for (size_t k = 0; k < COUNT_OF(rows); k++) {
			struct job j[MPC_PARTIES];
			void *ctx[MPC_PARTIES] = {&j[0], &j[1], &j[2]};
			enum status st[MPC_PARTIES];
			struct world w;

			for (int i = 0; i < MPC_PARTIES; i++)
				j[i] = (struct job){.op = op, .rows = rows[k]};
			world_init(&w, k, bench_memory(op, rows[k]));
			if (!world_run(&w, twice, ctx, st))
				fail_msg("op %d, %u rows: %s %s %s", (int)op, rows[k], status_name(st[0]),
				    status_name(st[1]), status_name(st[2]));
			for (int i = 0; i < MPC_PARTIES; i++) {
				assert_int_equal(j[i].marks, 4);
				assert_true(
				    j[i].report[0].rounds > 0 && j[i].report[0].rounds == j[i].report[1].rounds);
				assert_true(j[i].report[0].sent > 0 && j[i].report[0].sent == j[i].report[1].sent);
			}
			world_clear(&w);
		}
	}
}

/* A share that is wrong makes the outputs wrong, and the comparison says so. */
static void a_wrong_output_is_noticed(void **state)
{
	struct job j[MPC_PARTIES];
	void *ctx[MPC_PARTIES] = {&j[0], &j[1], &j[2]};
	enum status st[MPC_PARTIES];
	struct world w;

	(void)state;
	for (int i = 0; i < MPC_PARTIES; i++)
		j[i] = (struct job){.op = BENCH_MUL, .rows = 100};
	world_init(&w, 1, bench_memory(BENCH_MUL, 100));
	/* party 0 to 2: input, input, barrier, product */
	w.fault = (struct fault){FAULT_FLIP, 0, 2, 3, 77};
	assert_false(world_run(&w, twice, ctx, st));
	int wrong = 0;
	for (int i = 0; i < MPC_PARTIES; i++)
		wrong += st[i] == ST_BUG || st[i] == ST_SES_OPEN;
	assert_true(wrong > 0);
	world_clear(&w);
}

static void refuses_what_is_no_operation(void **state)
{
	struct bench_report r;

	(void)state;
	assert_int_equal(bench_op_run(NULL, &(struct arena){0}, BENCH_MUL, 0, 0, NULL, mark, NULL, &r), ST_ARGUMENT);
	assert_int_equal(bench_op_run(NULL, &(struct arena){0}, BENCH_OP_END, 5, 0, NULL, mark, NULL, &r), ST_ARGUMENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_operation_checks_its_outputs),
	    cmocka_unit_test(a_wrong_output_is_noticed),
	    cmocka_unit_test(refuses_what_is_no_operation),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
