/*
 * circuits/circuit.h: efforts against the counts of docs/ENGINE.md, section 5, and each circuit run by three parties
 * over lanes that try all small operands, at its stated effort.
 */
#include "test.h"

#include "circuits/decode.h"
#include "mpc_harness.h"

static void efforts_are_the_published_counts(void **state)
{
	static const struct {
		unsigned w, ands, rounds;
	} less[] = {{8, 15, 4}, {16, 34, 5}, {32, 73, 6}, {64, 152, 7}, {53, 125, 7}, {85, 204, 8}, {96, 231, 8},
	    {128, 311, 8}};

	(void)state;
	for (size_t k = 0; k < COUNT_OF(less); k++) {
		struct effort e = greater_effort(less[k].w, false);

		assert_int_equal(e.ands, less[k].ands);
		assert_int_equal(e.rounds, less[k].rounds);
	}
	assert_int_equal(greater_effort(64, true).ands, 89);
	assert_int_equal(greater_effort(64, true).rounds, 6);
	assert_int_equal(equal_effort(64).ands, 63);
	assert_int_equal(equal_effort(64).rounds, 6);
	assert_int_equal(add_effort(64, false, false).rounds, 7);
	assert_int_equal(add_effort(32, false, false).rounds, 6);
}

/* 4,096 lanes: all pairs of 6-bit numbers; a and b as planes known to everybody but shared all the same. */
enum { BITS = 6, SIDE = 1 << BITS, LANES = SIDE * SIDE, ARENA = 8 << 20 };

struct job {
	struct mpc_plane a[16], b[16], z[40];
	struct circuit c;
};

static uint64_t lane_value(const uint64_t *planes, unsigned first, unsigned count, size_t lane)
{
	uint64_t v = 0;

	for (unsigned k = 0; k < count; k++)
		v |= (planes[(first + k) * (LANES / 64) + lane / 64] >> lane % 64 & 1) << k;
	return v;
}

static enum status share_pairs(struct job *j)
{
	static const uint32_t blocks[MPC_PARTIES] = {0, LANES, 0};
	uint64_t *values = arena_take(j->c.arena, 8 * LANES), *planes = arena_take(j->c.arena, 2 * BITS * LANES / 8);
	struct mpc_bits z =
	    mpc_bits_place(arena_take(j->c.arena, mpc_bits_bytes(2, LANES, 2 * BITS)), 2, LANES, 2 * BITS);
	enum status st;

	for (size_t k = 0; k < LANES; k++)
		values[k] = k;
	mpc_pack_planes(j->c.m, planes, 2 * BITS, values, LANES);
	TRY(mpc_begin_op(j->c.m, 1));
	TRY(mpc_input_bits(j->c.m, &z, blocks, planes));
	for (unsigned k = 0; k < BITS; k++) {
		j->a[k] = mpc_bits_plane(&z, k);
		j->b[k] = mpc_bits_plane(&z, BITS + k);
	}
out:
	return st;
}

static enum status open_planes(struct job *j, unsigned n, uint64_t *out)
{
	struct mpc_bits z = mpc_bits_place(arena_take(j->c.arena, mpc_bits_bytes(2, LANES, n)), 2, LANES, n);

	for (unsigned k = 0; k < n; k++)
		mpc_copy(j->c.m, mpc_bits_plane(&z, k), j->z[k], LANES);
	return mpc_open_bits(j->c.m, out, &z);
}

static enum status spent(struct job *j, const struct mpc_counters *before, struct effort e)
{
	struct mpc_counters now = mpc_counters(j->c.m);

	return now.rounds - before->rounds == e.rounds && now.bytes - before->bytes == e.ands * LANES / 8 ? ST_OK
													  : ST_USAGE;
}

/* all at once: z = {a > b, a = b, all of a, a > 37, a + b (7 bits, carry), a * 5 - b mod 2^10, a / b, one-hot of 5 patterns} */
static enum status run_circuits(struct job *j, uint64_t *hot_out, uint64_t *out)
{
	static const uint64_t pattern[] = {0, 1, 37, 62, 63};
	struct mpc_plane constant[BITS], hot[5];
	struct circuit *c = &j->c;
	struct mpc_counters at = mpc_counters(c->m);
	struct number a = {.width = BITS}, b = {.width = BITS};
	struct columns k;
	struct decode d;
	uint64_t *pool = arena_take(c->arena, DECODE_POOL * 8);
	enum status st;

	for (unsigned i = 0; i < BITS; i++) {
		constant[i] = 37 >> i & 1 ? PLANE_ONE : PLANE_ZERO;
		a.bit[i] = j->a[i];
		b.bit[i] = j->b[i];
	}
	TRY(take_planes(c, j->z, 40));
	TRY(take_planes(c, hot, 5));
	TRY(circuit_greater(c, j->z[0], j->a, j->b, BITS, false));
	TRY(spent(j, &at, greater_effort(BITS, false)));
	TRY(circuit_equal(c, j->z[1], j->a, j->b, BITS));
	TRY(circuit_all(c, j->z[2], j->a, BITS));
	TRY(circuit_greater(c, j->z[3], j->a, constant, BITS, true));
	at = mpc_counters(c->m);
	TRY(circuit_add(
	    c, &(struct add){.z = j->z + 4, .x = j->a, .y = j->b, .w = BITS, .carry_out = &j->z[4 + BITS]}));
	TRY(spent(j, &at, add_effort(BITS, false, true)));
	TRY(columns_take(c, &k, 10));
	columns_add_number(&k, &a, 0, false);
	columns_add_number(&k, &a, 2, false);
	columns_add_number(&k, &b, 0, true);
	struct effort e = columns_effort(&k);
	at = mpc_counters(c->m);
	TRY(circuit_columns(c, j->z + 11, &k));
	TRY(spent(j, &at, e));
	at = mpc_counters(c->m);
	TRY(circuit_divide(c,
	    &(struct divide){.q = j->z + 21, .q_width = BITS, .n = j->a, .n_width = BITS, .d = j->b, .d_width = BITS}));
	TRY(spent(j, &at, divide_effort(BITS, BITS, BITS)));
	if (!decode_plan(&d, pool, pattern, 5, BITS))
		TRY(ST_BUG);
	at = mpc_counters(c->m);
	TRY(circuit_decode(c, &d, j->b[0], j->a, hot));
	TRY(spent(j, &at, decode_effort(&d)));
	TRY(mpc_begin_op(c->m, 3));
	TRY(open_planes(j, 27, out));
	memcpy(j->z, hot, sizeof hot);
	TRY(open_planes(j, 5, hot_out));
out:
	return st;
}

static bool check_lane(const uint64_t *out, const uint64_t *hot, size_t lane)
{
	uint64_t a = lane % SIDE, b = lane / SIDE, ones = lane_value(hot, 0, 5, lane);
	static const uint64_t pattern[] = {0, 1, 37, 62, 63};
	bool ok = lane_value(out, 0, 1, lane) == (a > b) && lane_value(out, 1, 1, lane) == (a == b) &&
		  lane_value(out, 2, 1, lane) == (a == SIDE - 1) && lane_value(out, 3, 1, lane) == (a > 37) &&
		  lane_value(out, 4, 7, lane) == a + b && lane_value(out, 11, 10, lane) == ((5 * a - b) & 1023) &&
		  (b == 0 || lane_value(out, 21, BITS, lane) == a / b);
	bool known = false;

	for (unsigned k = 0; k < 5; k++) {
		if (a == pattern[k]) {
			known = true;
			ok &= ones == (b & 1) << k;
		}
	}
	/* an unknown pattern is still in exactly one place, or in none where base is 0 */
	return ok && (known || __builtin_popcountll(ones) % 2 == (int)(b & 1)) && ((b & 1) || ones == 0);
}

static enum status all_pairs(struct world *w, struct mpc *m, struct arena *a, void *ctx)
{
	struct job j = {.c = {.m = m, .arena = a, .lanes = LANES}};
	uint64_t *out = calloc(40 * LANES / 64, 8), *hot = calloc(5 * LANES / 64, 8);
	enum status st;

	(void)w, (void)ctx;
	TRY(share_pairs(&j));
	TRY(mpc_begin_op(m, 2));
	TRY(run_circuits(&j, hot, out));
	for (size_t k = 0; k < LANES; k++)
		if (!check_lane(out, hot, k))
			TRY(ST_BUG);
out:
	free(out);
	free(hot);
	return st;
}

static void circuits_over_all_small_operands(void **state)
{
	void *ctx[MPC_PARTIES] = {NULL, NULL, NULL};
	enum status st[MPC_PARTIES];
	struct world w;

	(void)state;
	world_init(&w, 1, ARENA);
	if (!world_run(&w, all_pairs, ctx, st))
		fail_msg("%s %s %s", status_name(st[0]), status_name(st[1]), status_name(st[2]));
	world_clear(&w);
}

static void decode_shares_its_work(void **state)
{
	static uint64_t pool[DECODE_POOL], all[DECODE_PATTERNS];
	struct decode d;

	(void)state;
	for (size_t k = 0; k < DECODE_PATTERNS; k++)
		all[k] = k;
	/* 4 bits, all 16 patterns: two decoded bits with the mask 3, two without 1, rows 4 x 3 */
	assert_true(decode_plan(&d, pool, all, 16, 4));
	assert_int_equal(decode_effort(&d).ands, 3 + 1 + 12);
	assert_int_equal(decode_effort(&d).rounds, 3);
	assert_true(decode_plan(&d, pool, all, DECODE_PATTERNS, 12));
	assert_in_range(decode_effort(&d).ands, DECODE_PATTERNS, DECODE_PATTERNS * 11 / 10);
	assert_true(decode_plan(&d, pool, all, 1, 0));
	assert_int_equal(decode_effort(&d).ands, 0);
	assert_false(decode_plan(&d, pool, all, DECODE_PATTERNS, DECODE_COLUMNS + 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(efforts_are_the_published_counts),
	    cmocka_unit_test(circuits_over_all_small_operands),
	    cmocka_unit_test(decode_shares_its_work),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
