/*
 * Providers' rows (exec.h, operators/provided.c): the right answer with up to thirteen of them, and every single wrong bit of a
 * provider's shares either still means rows as declared, and then nobody can tell, or ends the run at all parties, naming the provider.
 */
#include "test.h"

#include "plan_world.h"

static struct plan plan;

static uint16_t op(enum plan_opcode code, uint16_t a, int64_t imm, unsigned n, uint16_t x, uint16_t y, uint16_t z)
{
	uint16_t id = plan_append(&plan, code, a, imm, n, (uint16_t[]){x, y, z});

	if (!id)
		fail_msg("%s refused", plan_opcode_name(code));
	return id;
}

enum { COLUMNS = 4, UNREAD = 2, ROWS = 70 };

/* A positive column, a signed one, one that the plan does not read, a nullable one; COUNT, SUM and MIN. */
static void make_plan(void)
{
	static const struct plan_column columns[COLUMNS] = {{3, 10, false}, {-5, 6, false}, {0, 1, false}, {0, 100, true}};

	plan = (struct plan){.rows_max = 4096, .groups = 1, .n_columns = COLUMNS};
	memcpy(plan.columns, columns, sizeof columns);
	uint16_t valid = op(OP_VALID, 0, 0, 0, 0, 0, 0), positive = op(OP_COLW, 0, 0, 0, 0, 0, 0);
	uint16_t signed_bits = op(OP_COL, 1, 0, 0, 0, 0, 0), signed_words = op(OP_COLW, 1, 0, 0, 0, 0, 0);
	uint16_t known = op(OP_KNOWNW, 3, 0, 0, 0, 0, 0), nullable = op(OP_COLW, 3, 0, 0, 0, 0, 0);
	uint16_t matrix = op(OP_GROUP, 0, 0, 1, valid, 0, 0);
	uint16_t sums = plan_append(&plan, OP_SUMS, 0, 0, 5, (uint16_t[]){matrix, positive, signed_words, known, nullable});
	uint16_t keep = op(OP_SUPPRESS, 0, 1, 1, op(OP_A2B, 0, 0, 1, op(OP_PICK, 0, 0, 1, sums, 0, 0), 0, 0), 0, 0);

	for (uint16_t j = 1; j < 5; j++)
		op(OP_OUT, (uint16_t)(j - 1), 0, 2, keep, op(OP_A2B, 0, 0, 1, op(OP_PICK, j, 0, 1, sums, 0, 0), 0, 0), 0);
	op(OP_OUT, 4, 0, 2, keep, op(OP_MIN, 0, 0, 2, matrix, signed_bits, 0), 0);
	op(OP_OUTKEEP, 0, 0, 1, keep, 0, 0);
}

static void compare(struct plan_world *w, const struct random_rows *rows)
{
	size_t words = (size_t)reference_words(&plan) * plan.groups;
	int64_t *expected = calloc(words + 1, 8);
	struct reference_rows clear = {.rows = rows->rows};

	for (unsigned c = 0; c < plan.n_columns; c++) {
		clear.values[c] = rows->values[c];
		clear.known[c] = rows->known[c];
	}
	reference_run(&plan, &clear, expected);
	bool ok = plan_world_run(w);
	if (!ok || w->complaint[0])
		print_error("%u rows, %u providers: %s %s\n", rows->rows, w->providers, status_name(w->st[0]), w->complaint);
	assert_true(ok);
	assert_string_equal(w->complaint, "");
	assert_memory_equal(w->opened, expected, words * 8);
	free(expected);
	plan_world_clear(w);
}

static void any_number_of_providers_at_the_stated_cost(void **state)
{
	static const uint32_t sizes[] = {0, 1, 63, 64, 65, 127, 300, 2000};

	(void)state;
	make_plan();
	for (unsigned providers = 0; providers <= EXEC_PROVIDERS_MAX; providers += providers < 3 ? 1 : 5)
		for (unsigned k = 0; k < COUNT_OF(sizes); k++) {
			struct random_rows rows;
			struct plan_world w = {.plan = &plan, .rows = &rows, .seed = k, .providers = providers, .check_depth = true};

			random_rows_init(&rows, &plan, sizes[k], 5 + k);
			plan_world_split(&w, sizes[k], 11 * providers + k);
			compare(&w, &rows);
			random_rows_clear(&rows);
		}
}

/* ---- every bit ---- */

static int64_t number_at(const uint64_t *flat, size_t words, unsigned width, bool is_signed, unsigned row)
{
	uint64_t v = 0;

	for (unsigned b = 0; b < width; b++)
		v |= (flat[b * words + row / 64] >> row % 64 & 1) << b;
	if (is_signed && width && v >> (width - 1))
		v |= ~UINT64_C(0) << width;
	return (int64_t)v;
}

/* In the clear, from the text of docs/ENGINE.md, section 7: is every row as declared? */
static bool is_right(const uint64_t *flat, uint32_t rows)
{
	size_t words = lane_words(rows);

	for (unsigned r = 0; r < rows; r++) {
		bool valid = flat[r / 64] >> r % 64 & 1;
		const uint64_t *at = flat + words;

		for (unsigned c = 0; c < COLUMNS; c++) {
			const struct plan_column *col = &plan.columns[c];
			unsigned width = plan_width(col->lo < 0 ? col->lo : 0, col->hi);

			if (c == UNREAD)
				continue;
			int64_t v = number_at(at, words, width, col->lo < 0, r);
			at += width * words;
			bool known = true;
			if (col->nullable) {
				known = at[r / 64] >> r % 64 & 1;
				at += words;
				if (known && !valid)
					return false;
			}
			if (known && valid ? v < col->lo || v > col->hi : v != 0)
				return false;
		}
	}
	return true;
}

static void every_wrong_bit_is_harmless_or_named(void **state)
{
	struct random_rows rows;
	unsigned refused = 0, harmless = 0;

	(void)state;
	make_plan();
	random_rows_init(&rows, &plan, ROWS + 10, 3);
	struct plan_world w = {.plan = &plan, .rows = &rows, .seed = 4, .providers = 2};
	w.real[0] = w.padded[0] = 5;
	w.real[3] = w.padded[3] = 5;
	w.real[4] = ROWS;
	w.padded[4] = ROWS + 3;
	struct exec_input in = {.rows = w.padded[4], .real = ROWS};
	for (unsigned c = 0; c < COLUMNS; c++) {
		in.values[c] = rows.values[c] + 10;
		in.known[c] = plan.columns[c].nullable ? rows.known[c] + 10 : NULL;
	}
	size_t words = exec_given_words(&plan, in.rows);
	uint64_t *flat = calloc(words, 8);
	exec_given_flatten(flat, &plan, &in);
	assert_true(is_right(flat, in.rows));
	w.lie.on = true;
	w.lie.provider = 1;
	for (size_t bit = 0; bit < 64 * words; bit += 1) {
		bool in_rows = bit / 64 % lane_words(in.rows) * 64 + bit % 64 < in.rows;

		w.lie.word = bit / 64;
		w.lie.bit = bit % 64;
		flat[bit / 64] ^= UINT64_C(1) << bit % 64;
		bool right = !in_rows || is_right(flat, in.rows); /* bits above the rows are dropped */
		flat[bit / 64] ^= UINT64_C(1) << bit % 64;
		plan_world_run(&w);
		for (unsigned i = 0; i < MPC_PARTIES; i++) {
			assert_string_equal(status_name(w.st[i]), right ? "ST_OK" : "ST_DATA_PROVIDED");
			if (!right)
				assert_int_equal(w.culprit[i], 1);
		}
		refused += !right;
		harmless += right;
		plan_world_clear(&w);
	}
	assert_true(refused > 0 && harmless > 0);
	free(flat);
	random_rows_clear(&rows);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(any_number_of_providers_at_the_stated_cost),
	    cmocka_unit_test(every_wrong_bit_is_harmless_or_named),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
