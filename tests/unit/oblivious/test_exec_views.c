/*
 * What a run shows: nothing but its shape. Messages of two inputs of one shape are alike in number, order, tag and size; what
 * is masked looks uniform; the released shares are fresh. And a broken message ends the run or shows in every view alike.
 */
#include "test.h"

#include "plan_world.h"

static struct plan plan;

static void make_plan(uint64_t seed)
{
	struct plan_random_options o = {.seed = seed, .rows_max = 1000, .groups_max = 12, .row_ops = 8, .group_ops = 8};

	plan_random(&plan, &o);
}

static uint16_t op(enum plan_opcode code, uint16_t a, int64_t imm, unsigned n, uint16_t x, uint16_t y, uint16_t z)
{
	uint16_t id = plan_append(&plan, code, a, imm, n, (uint16_t[]){x, y, z});

	assert_true(id > 0);
	return id;
}

/* 64 groups, so that no message has lanes without a meaning (those are zero): nothing but masked bits travels. */
static void make_full_plan(void)
{
	plan = (struct plan){
	    .rows_max = 1000, .groups = 64, .n_columns = 2, .n_keys = 1, .n_sort = 1, .sort = {SORT_DESC}};
	plan.columns[0] = (struct plan_column){.lo = 0, .hi = 63};
	plan.columns[1] = (struct plan_column){.lo = -1000, .hi = 1000};
	plan.keys[0] = (struct plan_key){.column = 0, .size = 64};
	plan.n_sort = 0;
	uint16_t valid = op(OP_VALID, 0, 0, 0, 0, 0, 0), key = op(OP_COL, 0, 0, 0, 0, 0, 0),
		 v = op(OP_COL, 1, 0, 0, 0, 0, 0);
	uint16_t vw = op(OP_COLW, 1, 0, 0, 0, 0, 0), square = op(OP_MUL, 0, 0, 2, v, v, 0);
	uint16_t sel = op(OP_AND, 0, 0, 2, valid, op(OP_LT, 0, 0, 2, v, square, 0), 0);
	uint16_t matrix = op(OP_GROUP, 1, 0, 2, sel, key, 0), sums = op(OP_SUMS, 0, 0, 2, matrix, vw, 0);
	uint16_t alone = op(OP_SUMS, 0, 0, 1, matrix, 0, 0);
	uint16_t count = op(OP_A2B, 0, 0, 1, op(OP_PICK, 0, 0, 1, sums, 0, 0), 0, 0);
	uint16_t sum = op(OP_A2B, 0, 0, 1, op(OP_PICK, 1, 0, 1, sums, 0, 0), 0, 0);
	uint16_t again = op(OP_A2B, 0, 0, 1, op(OP_PICK, 0, 0, 1, alone, 0, 0), 0, 0);
	uint16_t keep = op(OP_SUPPRESS, 0, 1, 1, again, 0, 0), low = op(OP_MIN, 0, 0, 2, matrix, v, 0);
	plan.n_sort = 1;
	keep = op(OP_TOP, 0, 20, 2, keep, sum, 0);
	op(OP_OUT, 0, 0, 2, keep, op(OP_AVG, 0, 10, 2, sum, count, 0), 0);
	op(OP_OUT, 1, 0, 2, keep, low, 0);
	op(OP_OUTKEEP, 0, 0, 1, keep, 0, 0);
}

static void run_watched(struct plan_world *w, const struct random_rows *rows)
{
	static const uint32_t real[MPC_PARTIES] = {50, 0, 77}, padded[MPC_PARTIES] = {64, 3, 100};

	w->plan = &plan;
	w->rows = rows;
	memcpy(w->real, real, sizeof real);
	memcpy(w->padded, padded, sizeof padded);
	assert_true(plan_world_run(w));
}

static void run(struct plan_world *w, const struct random_rows *rows, uint64_t keys)
{
	*w = (struct plan_world){.seed = keys};
	run_watched(w, rows);
}

static void messages_depend_on_the_shape_alone(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 25; seed++) {
		struct random_rows a, b;
		struct plan_world wa, wb;

		make_plan(seed);
		random_rows_init(&a, &plan, 127, 1);
		random_rows_init(&b, &plan, 127, 2);
		run(&wa, &a, 5);
		run(&wb, &b, 6);
		assert_true(world_same_shape(&wa.world, &wb.world));
		plan_world_clear(&wa);
		plan_world_clear(&wb);
		random_rows_clear(&a);
		random_rows_clear(&b);
	}
}

/* With fixed inputs, over many keys: every masked payload and every released share bit is one half of the time. */
static void what_a_party_sees_is_uniform(void **state)
{
	enum { RUNS = 200 };
	struct random_rows rows;
	uint64_t ones[MPC_PARTIES] = {0}, bits[MPC_PARTIES] = {0};
	size_t words, n;

	(void)state;
	make_full_plan();
	random_rows_init(&rows, &plan, 127, 1);
	for (uint32_t i = 0; i < 127; i++) /* as far from uniform as can be */
		for (unsigned c = 0; c < plan.n_columns; c++)
			rows.values[c][i] = plan.columns[c].lo;
	words = reference_words(&plan);
	n = words * plan.groups;
	uint32_t *seen = calloc(2 * 64 * n, sizeof *seen);
	int64_t *opened = calloc(n, 8);
	for (uint64_t k = 0; k < RUNS; k++) {
		struct plan_world w;

		run(&w, &rows, 1000 + k);
		for (int i = 0; i < MPC_PARTIES; i++) {
			ones[i] += w.world.seen_ones[i];
			bits[i] += w.world.seen_bits[i];
		}
		for (size_t e = 0; e < 2 * 64 * n; e++)
			seen[e] += (uint32_t)(w.share[0][e >= 64 * n][e % (64 * n) / 64] >> e % 64 & 1);
		if (k)
			assert_memory_equal(opened, w.opened, 8 * n);
		memcpy(opened, w.opened, 8 * n);
		plan_world_clear(&w);
	}
	for (int i = 0; i < MPC_PARTIES; i++) {
		double half = (double)bits[i] / 2, off = (double)ones[i] - half;

		assert_true(off * off < 36 * half / 2);
	}
	/* each released bit that has storage: its share's mean within 6 sigma; words of width w use their low w bits and repeat
	 * the sign above, bits never made are constant 0 */
	double chi = 0;
	size_t live = 0;
	for (size_t e = 0; e < 2 * 64 * n; e++) {
		double off = (double)seen[e] - RUNS / 2.0;

		if (seen[e] == 0)
			continue;
		assert_true(off * off < 36 * RUNS / 4.0);
		chi += off * off / (RUNS / 4.0);
		live++;
	}
	assert_true(live > 2 * n); /* at least the keep bits, in both shares */
	assert_true(chi / (double)live > 0.5 && chi / (double)live < 2.0);
	free(seen);
	free(opened);
	random_rows_clear(&rows);
}

struct seen_bit { /* bit k of run r, against the first run */
	uint8_t differs[8];
};

static int by_runs(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct seen_bit));
}

/* Every run of a party, with the same inputs and the same keys of its own: one more column of its view. */
static void add_view(struct seen_bit **seen, uint8_t **first, size_t *len, const struct world *w, unsigned r)
{
	if (r == 0) {
		*len = w->view_len;
		*seen = calloc(8 * *len, sizeof **seen);
		*first = malloc(*len);
		assert_non_null(*seen);
		assert_non_null(*first);
		memcpy(*first, w->view, *len);
	}
	assert_int_equal(w->view_len, *len);
	for (size_t k = 0; k < 8 * *len; k++)
		(*seen)[k].differs[r / 8] |= (uint8_t)(((w->view[k / 8] ^ (*first)[k / 8]) >> k % 8 & 1) << r % 8);
}

/*
 * What masks a message is a key that its receiver lacks, and no mask serves twice: with everything fixed but that key, no bit
 * that a party receives stays as it was in 64 runs, and no two change together (2^-63 for each of some 2^37 pairs).
 */
static void every_bit_has_a_mask_of_its_own(void **state)
{
	struct random_rows rows;

	(void)state;
	make_full_plan();
	random_rows_init(&rows, &plan, 127, 1);
	for (unsigned party = 0; party < MPC_PARTIES; party++) {
		static const struct seen_bit constant;
		struct seen_bit *seen = NULL;
		uint8_t *first = NULL;
		size_t len = 0;

		for (unsigned r = 0; r < 8 * sizeof seen->differs; r++) {
			struct plan_world w = {.is_watched = true, .watched = party, .other_key = r};

			run_watched(&w, &rows);
			add_view(&seen, &first, &len, &w.world, r);
			plan_world_clear(&w);
		}
		assert_true(len > 10000);
		qsort(seen, 8 * len, sizeof *seen, by_runs);
		assert_true(memcmp(&seen[0], &constant, sizeof constant) != 0); /* the least stands first */
		for (size_t k = 1; k < 8 * len; k++)
			assert_true(by_runs(&seen[k - 1], &seen[k]) != 0);
		free(seen);
		free(first);
	}
	random_rows_clear(&rows);
}

/* The same plan twice with other keys: no released word keeps its shares. */
static void released_shares_are_fresh(void **state)
{
	struct random_rows rows;
	struct plan_world a, b;
	size_t same = 0, n;

	(void)state;
	make_plan(3);
	random_rows_init(&rows, &plan, 127, 1);
	run(&a, &rows, 1);
	run(&b, &rows, 2);
	n = (size_t)reference_words(&plan) * plan.groups;
	uint32_t groups = plan.groups;
	assert_memory_equal(a.opened, b.opened, 8 * n);
	/* the keep bits, one each */
	for (size_t k = n - groups; k < n; k++)
		same += a.share[0][0][k] == b.share[0][0][k];
	assert_true(groups < 8 || same < groups);
	plan_world_clear(&a);
	plan_world_clear(&b);
	random_rows_clear(&rows);
}

/* Lost, repeated and cut messages end the run at every party with an error; nothing hangs and nothing is released. */
static void broken_messages_end_the_run(void **state)
{
	struct random_rows rows;
	struct plan_world honest;

	(void)state;
	make_plan(11);
	random_rows_init(&rows, &plan, 127, 1);
	run(&honest, &rows, 1);
	for (unsigned from = 0; from < MPC_PARTIES; from++) {
		for (size_t k = 0; k < honest.world.links[from][(from + 2) % 3].sent; k += 7) {
			for (enum fault_kind kind = FAULT_DROP; kind <= FAULT_SHORTEN; kind++) {
				struct plan_world w = honest;
				bool ok;

				memset(w.share, 0, sizeof w.share);
				w.opened = NULL;
				w.fault = (struct fault){.kind = kind, .from = from, .to = (from + 2) % 3, .index = k};
				ok = plan_world_run(&w);
				if (ok)
					assert_memory_equal(
					    w.opened, honest.opened, 8 * (size_t)reference_words(&plan) * plan.groups);
				/* a repeated last message arrives after the receiver has everything */
				assert_true(!ok || kind == FAULT_REPLAY);
				for (int i = 0; i < MPC_PARTIES; i++)
					assert_int_not_equal(w.st[i], ST_BUG);
				plan_world_clear(&w);
			}
		}
	}
	plan_world_clear(&honest);
	random_rows_clear(&rows);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(messages_depend_on_the_shape_alone),
	    cmocka_unit_test(what_a_party_sees_is_uniform),
	    cmocka_unit_test(every_bit_has_a_mask_of_its_own),
	    cmocka_unit_test(released_shares_are_fresh),
	    cmocka_unit_test(broken_messages_end_the_run),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
