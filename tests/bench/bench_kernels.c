/*
 * usage: bench_kernels [ROWS [GROUPS]]
 *
 * Best of several runs: each kernel in nanoseconds a word, scalar and vectorised, from the first-level cache; then a query
 * (two comparisons, GROUP BY, COUNT, AVG) by three threads over memory, operator by operator, without encryption or
 * sockets. Wall time of three parties on as many cores as there are.
 */
#include "kernels/kernels.h"
#include "plan_world.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { WORDS = 1024, RUNS = 25, INNER = 64 };

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static uint64_t a[WORDS], b[WORDS], c[WORDS], d[WORDS], z[64 * WORDS];
static volatile uint64_t sink;

typedef void (*body)(const struct mpc_kernels *k);

static void run_and(const struct mpc_kernels *k)
{
	struct and_block block = {a, b, c, d, a, b, c, 0, 0, 0, 0, 0};
	k->and (z, &block, WORDS);
}

static void run_mul(const struct mpc_kernels *k)
{
	k->mul(z, a, b, c, d, WORDS);
}

static void run_dot(const struct mpc_kernels *k)
{
	sink += k->dot(a, b, c, d, WORDS);
}

static void run_xor(const struct mpc_kernels *k)
{
	k->xor (z, a, b, 0, WORDS);
}

static void run_transpose(const struct mpc_kernels *k)
{
	k->transpose(z, a, WORDS / 64);
}

static void run_spread(const struct mpc_kernels *k)
{
	k->spread(z, a, WORDS / 64);
}

static void run_poly(const struct mpc_kernels *k)
{
	struct poly p;
	uint64_t out[2];

	poly_begin(&p, a);
	if (k == &mpc_kernels_scalar)
		p.blocks = poly_blocks_scalar;
	poly_add(&p, b, WORDS);
	poly_end(&p, out);
	sink += out[0];
}

static double best(body f, const struct mpc_kernels *k)
{
	double least = 1e9;

	for (int r = 0; r < RUNS; r++) {
		double start = now();

		for (int i = 0; i < INNER; i++)
			f(k);
		double took = now() - start;
		least = took < least ? took : least;
	}
	return least / (INNER * WORDS) * 1e9;
}

static void kernels(void)
{
	static const struct {
		const char *name;
		body f;
	} table[] = {{"and, word of 64 gates", run_and}, {"mul", run_mul}, {"dot, term", run_dot}, {"xor", run_xor},
	    {"transpose, row of 64 bits", run_transpose}, {"spread, bit", run_spread},
	    {"polynomial hash, word", run_poly}};

	printf("%-28s %10s %10s   ns\n", "kernel", "scalar", mpc_kernels_best()->name);
	for (size_t k = 0; k < sizeof table / sizeof table[0]; k++)
		printf("%-28s %10.3f %10.3f\n", table[k].name, best(table[k].f, &mpc_kernels_scalar),
		    best(table[k].f, mpc_kernels_best()));
}

static struct plan plan;

static uint16_t op(enum plan_opcode code, uint16_t imm_a, int64_t imm, unsigned n, uint16_t x, uint16_t y)
{
	uint16_t id = plan_append(&plan, code, imm_a, imm, n, (uint16_t[]){x, y});

	if (!id)
		abort();
	return id;
}

static void make_plan(uint32_t rows, uint32_t groups)
{
	plan = (struct plan){.rows_max = rows, .groups = groups, .n_columns = 3, .n_keys = 1};
	plan.columns[0] = (struct plan_column){.lo = 0, .hi = groups - 1};
	plan.columns[1] = (struct plan_column){.lo = 0, .hi = 100000000};
	plan.columns[2] = (struct plan_column){.lo = 0, .hi = 120};
	plan.keys[0] = (struct plan_key){.column = 0, .size = groups};
	uint16_t valid = op(OP_VALID, 0, 0, 0, 0, 0), key = op(OP_COL, 0, 0, 0, 0, 0), pay = op(OP_COL, 1, 0, 0, 0, 0);
	uint16_t age = op(OP_COL, 2, 0, 0, 0, 0), words = op(OP_COLW, 1, 0, 0, 0, 0);
	uint16_t adult = op(OP_LT, 0, 0, 2, op(OP_CONST, SHAPE_ROWS, 17, 0, 0, 0), age);
	uint16_t paid = op(OP_LT, 0, 0, 2, op(OP_CONST, SHAPE_ROWS, 1000, 0, 0, 0), pay);
	uint16_t sel = op(OP_AND, 0, 0, 2, valid, op(OP_AND, 0, 0, 2, adult, paid));
	uint16_t matrix = op(OP_GROUP, 1, 0, 2, sel, key), sums = op(OP_SUMS, 0, 0, 2, matrix, words);
	uint16_t count = op(OP_A2B, 0, 0, 1, op(OP_PICK, 0, 0, 1, sums, 0), 0);
	uint16_t sum = op(OP_A2B, 0, 0, 1, op(OP_PICK, 1, 0, 1, sums, 0), 0);
	uint16_t keep = op(OP_SUPPRESS, 0, 10, 1, count, 0);

	op(OP_OUT, 0, 0, 2, keep, count);
	op(OP_OUT, 1, 0, 2, keep, op(OP_AVG, 0, 10000, 2, sum, count));
	op(OP_OUTKEEP, 0, 0, 1, keep, 0);
}

static double spent[PLAN_OPS_MAX];
static struct random_rows rows;
static uint32_t split[EXEC_SOURCES_MAX];

static enum status run_query(struct world *w, struct mpc *m, struct arena *arena, void *ctx)
{
	struct exec_input in = {.rows = split[mpc_party(m)], .real = split[mpc_party(m)]};
	struct exec *x;
	enum status st;

	(void)ctx;
	for (unsigned k = 0; k < plan.n_columns; k++)
		in.values[k] = rows.values[k] + mpc_party(m) * (size_t)split[0];
	TRY(exec_new(&x, &plan, m, arena, split, &in, NULL));
	for (uint16_t id = 1; id <= plan.n_ops; id++) {
		world_sync(w);
		double start = now();
		TRY(exec_step(x, id));
		world_sync(w);
		if (mpc_party(m) == 0)
			spent[id - 1] = now() - start;
	}
out:
	return st;
}

static void query(uint32_t n, uint32_t groups)
{
	void *ctx[MPC_PARTIES] = {NULL, NULL, NULL};
	struct world w;
	double total = 0;

	make_plan(n, groups);
	for (unsigned i = 0; i < MPC_PARTIES; i++)
		split[i] = n / MPC_PARTIES;
	random_rows_init(&rows, &plan, n, 1);
	world_init(&w, 1, exec_memory(&plan, split));
	if (!world_run(&w, run_query, ctx, NULL))
		abort();
	printf("\n%u rows, %u groups: stated memory %.1f MiB, used %.1f MiB a party\n", n, groups,
	    (double)exec_memory(&plan, split) / 1048576, (double)w.arena_peak[0] / 1048576);
	for (unsigned k = 0; k < plan.n_ops; k++) {
		struct exec_cost cost;

		exec_cost(&plan, split, (uint16_t)(k + 1), &cost);
		total += spent[k];
		printf("%3u %-9s %9.2f ms %5u rounds %10.3f MB\n", k + 1, plan_opcode_name(plan.ops[k].code),
		    1e3 * spent[k], cost.rounds, 1e-6 * (double)cost.sent[0]);
	}
	printf("total %.1f ms\n", 1e3 * total);
	world_clear(&w);
	random_rows_clear(&rows);
}

int main(int argc, char **argv)
{
	uint32_t n = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 1000000;
	uint32_t groups = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : 8;

	if (crypto_init() != ST_OK || n == 0 || n > PLAN_ROWS_MAX || groups == 0 || groups > 1000) {
		fprintf(stderr, "usage: bench_kernels [ROWS [GROUPS]]\n");
		return 64;
	}
	for (size_t k = 0; k < WORDS; k++) {
		a[k] = k * 0x9e3779b97f4a7c15ULL;
		b[k] = a[k] ^ a[k] >> 29;
		c[k] = b[k] * 7;
		d[k] = c[k] ^ 0x55;
	}
	kernels();
	query(n, groups);
	return 0;
}
