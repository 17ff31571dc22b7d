/*
 * The operations of `parley bench`. Every party inputs its third of the rows, random from its own source; inputs and outputs
 * are opened (checked) and compared with the operation in the clear, at every party.
 */
#include "oblivious/bench.h"
#include "circuits/decode.h"

enum { KEY_BITS = 3, GROUPS = 1 << KEY_BITS, WIDTH = 64 };

struct bench {
	struct mpc *m;
	struct arena *arena;
	const struct random *rng;
	uint32_t rows, blocks[MPC_PARTIES], lanes; /* lanes: blocks together, rows of them in use */
	void (*mark)(void *ctx, int end);
	void *mark_ctx;
	struct mpc_counters before;
	struct bench_report *report;
};

static uint32_t own_rows(uint32_t rows, unsigned party)
{
	return rows / MPC_PARTIES + (party < rows % MPC_PARTIES);
}

static uint32_t all_lanes(uint32_t rows, uint32_t blocks[MPC_PARTIES])
{
	uint32_t lanes = 0;

	for (unsigned i = 0; i < MPC_PARTIES; i++) {
		blocks[i] = (own_rows(rows, i) + MPC_LANE_ALIGN - 1) / MPC_LANE_ALIGN * MPC_LANE_ALIGN;
		lanes += blocks[i];
	}
	return lanes;
}

/* What holds inputs, outputs and the opened copies: x and y as words or 64 planes, three results, own values. */
size_t bench_memory(enum bench_op op, uint32_t rows)
{
	uint32_t blocks[MPC_PARTIES];
	size_t lanes = all_lanes(rows, blocks), word = lanes * 8 + 4096;
	struct effort circuit = {0};

	switch (op) {
	case BENCH_LT:
		circuit = greater_effort(WIDTH, false);
		break;
	case BENCH_EQ:
		circuit = equal_effort(WIDTH);
		break;
	case BENCH_GROUP:
		circuit = (struct effort){.planes = 4 * GROUPS, .fixed = 1 << 20};
		break;
	default:
		break;
	}
	return 12 * word + effort_bytes(circuit, lanes) +
	       effort_bytes((struct effort){.planes = 2 * WIDTH + 1}, lanes) + 65536;
}

static enum status begin(struct bench *b)
{
	enum status st;

	TRY(mpc_begin_op(b->m, mpc_op(b->m) + 1));
	TRY(mpc_barrier(b->m, slice_of(NULL, 0))); /* so that all start together */
	TRY(mpc_begin_op(b->m, mpc_op(b->m) + 1));
	b->before = mpc_counters(b->m);
	b->mark(b->mark_ctx, 0);
out:
	return st;
}

static void end(struct bench *b)
{
	struct mpc_counters now = mpc_counters(b->m);

	b->mark(b->mark_ctx, 1);
	b->report->rounds = (uint32_t)(now.rounds - b->before.rounds);
	b->report->sent = now.bytes - b->before.bytes;
}

static enum status take(struct bench *b, size_t bytes, void *out)
{
	void *p = arena_take(b->arena, bytes);

	memcpy(out, &p, sizeof p);
	return p ? ST_OK : ST_NO_MEMORY;
}

/* This party's rows of random words below 2^bits; padding is 0. */
static enum status own_values(struct bench *b, unsigned bits, uint64_t **out)
{
	unsigned party = mpc_party(b->m);
	uint32_t n = own_rows(b->rows, party);
	uint64_t mask = bits == 64 ? ~UINT64_C(0) : (UINT64_C(1) << bits) - 1;
	enum status st;

	TRY(take(b, 8 * (size_t)b->blocks[party], out));
	if (n)
		b->rng->fill(b->rng->ctx, *out, 8 * (size_t)n);
	for (uint32_t k = 0; k < n; k++)
		(*out)[k] &= mask;
out:
	return st;
}

static enum status take_words(struct bench *b, size_t n, struct mpc_words *z)
{
	void *storage;
	enum status st;

	TRY(take(b, mpc_words_bytes(mpc_shares(b->m), n), &storage));
	*z = mpc_words_place(storage, mpc_shares(b->m), n);
out:
	return st;
}

static enum status take_bits(struct bench *b, size_t planes, struct mpc_bits *z)
{
	void *storage;
	enum status st;

	TRY(take(b, mpc_bits_bytes(mpc_shares(b->m), b->lanes, planes), &storage));
	*z = mpc_bits_place(storage, mpc_shares(b->m), b->lanes, planes);
out:
	return st;
}

static enum status input_words(struct bench *b, struct mpc_words *z)
{
	uint64_t *own;
	enum status st;

	TRY(own_values(b, 64, &own));
	TRY(take_words(b, b->lanes, z));
	TRY(mpc_begin_op(b->m, mpc_op(b->m) + 1));
	TRY(mpc_input_words(b->m, z, b->blocks, own));
out:
	return st;
}

static enum status input_bits(struct bench *b, unsigned planes, struct mpc_bits *z)
{
	uint32_t block = b->blocks[mpc_party(b->m)];
	uint64_t *own, *packed;
	enum status st;

	TRY(own_values(b, planes, &own));
	TRY(take(b, (size_t)planes * block / 8, &packed));
	mpc_pack_planes(b->m, packed, planes, own, block);
	TRY(take_bits(b, planes, z));
	TRY(mpc_begin_op(b->m, mpc_op(b->m) + 1));
	TRY(mpc_input_bits(b->m, z, b->blocks, packed));
out:
	return st;
}

static enum status open_words(struct bench *b, const struct mpc_words *z, uint64_t **out)
{
	enum status st;

	TRY(take(b, 8 * z->n, out));
	TRY(mpc_begin_op(b->m, mpc_op(b->m) + 1));
	TRY(mpc_open_words(b->m, *out, z));
out:
	return st;
}

static enum status open_bits(struct bench *b, const struct mpc_bits *z, uint64_t **out)
{
	enum status st;

	TRY(take(b, 8 * z->planes * lane_words(z->lanes), out));
	TRY(mpc_begin_op(b->m, mpc_op(b->m) + 1));
	TRY(mpc_open_bits(b->m, *out, z));
out:
	return st;
}

static enum status bench_mul(struct bench *b)
{
	struct mpc_words x, y, z;
	uint64_t *ox, *oy, *oz, wrong = 0;
	enum status st;

	TRY(input_words(b, &x));
	TRY(input_words(b, &y));
	TRY(take_words(b, b->lanes, &z));
	TRY(begin(b));
	TRY(mpc_mul(b->m, &z, &x, &y));
	end(b);
	TRY(open_words(b, &x, &ox));
	TRY(open_words(b, &y, &oy));
	TRY(open_words(b, &z, &oz));
	for (size_t k = 0; k < b->lanes; k++)
		wrong |= oz[k] ^ ox[k] * oy[k];
	st = wrong ? ST_BUG : ST_OK;
out:
	return st;
}

static enum status bench_and(struct bench *b)
{
	struct mpc_bits x, y, z;
	uint64_t *ox, *oy, *oz, wrong = 0;
	enum status st;

	TRY(input_bits(b, 1, &x));
	TRY(input_bits(b, 1, &y));
	TRY(take_bits(b, 1, &z));
	struct mpc_gate g = {.z = mpc_bits_plane(&z, 0), .x = mpc_bits_plane(&x, 0), .y = mpc_bits_plane(&y, 0)};
	TRY(begin(b));
	TRY(mpc_and(b->m, &g, 1, b->lanes));
	end(b);
	TRY(open_bits(b, &x, &ox));
	TRY(open_bits(b, &y, &oy));
	TRY(open_bits(b, &z, &oz));
	for (size_t k = 0; k < lane_words(b->lanes); k++)
		wrong |= oz[k] ^ (ox[k] & oy[k]);
	st = wrong ? ST_BUG : ST_OK;
out:
	return st;
}

/* Lane k of opened planes as a number. */
static uint64_t lane_of(const uint64_t *planes, unsigned count, size_t words, size_t k)
{
	uint64_t v = 0;

	for (unsigned p = 0; p < count; p++)
		v |= (planes[p * words + k / 64] >> k % 64 & 1) << p;
	return v;
}

/* 64-bit x < y, signed, or x = y. Half of the rows of EQ are made equal. */
static enum status bench_compare(struct bench *b, bool is_less)
{
	struct circuit c = {.m = b->m, .arena = b->arena, .lanes = b->lanes};
	struct mpc_plane px[WIDTH], py[WIDTH], pz;
	size_t words = lane_words(b->lanes);
	uint64_t *ox, *oy, *oz, wrong = 0;
	struct mpc_bits x, y, z;
	enum status st;

	TRY(input_bits(b, WIDTH, &x));
	TRY(input_bits(b, WIDTH, &y));
	TRY(take_bits(b, 1, &z));
	pz = mpc_bits_plane(&z, 0);
	for (unsigned k = 0; k < WIDTH; k++) {
		px[k] = mpc_bits_plane(&x, k);
		py[k] = mpc_bits_plane(&y, k);
		if (!is_less)
			mpc_copy(b->m, py[k], px[k], b->lanes / 128 * 64);
	}
	if (is_less) { /* signed: flip the top bits */
		px[WIDTH - 1] = plane_not(px[WIDTH - 1]);
		py[WIDTH - 1] = plane_not(py[WIDTH - 1]);
	}
	TRY(begin(b));
	if (is_less)
		TRY(circuit_greater(&c, pz, py, px, WIDTH, false));
	else
		TRY(circuit_equal(&c, pz, px, py, WIDTH));
	end(b);
	TRY(open_bits(b, &x, &ox));
	TRY(open_bits(b, &y, &oy));
	TRY(open_bits(b, &z, &oz));
	for (size_t k = 0; k < b->lanes; k++) {
		int64_t u = (int64_t)lane_of(ox, WIDTH, words, k), v = (int64_t)lane_of(oy, WIDTH, words, k);

		wrong |= (oz[k / 64] >> k % 64 & 1) ^ (is_less ? u < v : u == v);
	}
	st = wrong ? ST_BUG : ST_OK;
out:
	return st;
}

static enum status bench_b2a(struct bench *b)
{
	struct mpc_words z;
	struct mpc_bits x;
	uint64_t *ox, *oz, wrong = 0;
	enum status st;

	TRY(input_bits(b, 1, &x));
	TRY(take_words(b, b->lanes, &z));
	struct mpc_plane p = mpc_bits_plane(&x, 0);
	TRY(begin(b));
	TRY(mpc_b2a(b->m, &z, &p, 1, b->lanes));
	end(b);
	TRY(open_bits(b, &x, &ox));
	TRY(open_words(b, &z, &oz));
	for (size_t k = 0; k < b->lanes; k++)
		wrong |= oz[k] ^ (ox[k / 64] >> k % 64 & 1);
	st = wrong ? ST_BUG : ST_OK;
out:
	return st;
}

/* GROUP BY a key of 8 values: selectors, counts and one sum. Every lane counts, padding as key 0 and value 0. */
static enum status group_once(
    struct bench *b, const struct mpc_bits *key, const struct mpc_words *w, struct mpc_words *sums)
{
	struct circuit c = {.m = b->m, .arena = b->arena, .lanes = b->lanes};
	struct mpc_plane bit[KEY_BITS], member[GROUPS];
	uint64_t pattern[GROUPS], *pool;
	struct decode d;
	enum status st;

	TRY(take(b, DECODE_POOL * sizeof *pool, &pool));
	for (unsigned k = 0; k < GROUPS; k++)
		pattern[k] = k;
	for (unsigned k = 0; k < KEY_BITS; k++)
		bit[k] = mpc_bits_plane(key, k);
	if (!decode_plan(&d, pool, pattern, GROUPS, KEY_BITS))
		return ST_BUG;
	TRY(take_planes(&c, member, GROUPS));
	TRY(circuit_decode(&c, &d, PLANE_ONE, bit, member));
	TRY(mpc_bit_sums(b->m, sums, member, GROUPS, b->lanes, w, 1));
out:
	return st;
}

static enum status bench_group(struct bench *b)
{
	uint64_t *ok, *ow, *os, expected[2 * GROUPS] = {0};
	struct mpc_words w, sums;
	struct mpc_bits key;
	enum status st;

	TRY(input_bits(b, KEY_BITS, &key));
	TRY(input_words(b, &w));
	TRY(take_words(b, 2 * GROUPS, &sums));
	TRY(begin(b));
	TRY(group_once(b, &key, &w, &sums));
	end(b);
	TRY(open_bits(b, &key, &ok));
	TRY(open_words(b, &w, &ow));
	TRY(open_words(b, &sums, &os));
	for (size_t k = 0; k < b->lanes; k++) {
		uint64_t group = lane_of(ok, KEY_BITS, lane_words(b->lanes), k);

		expected[group]++;
		expected[GROUPS + group] += ow[k];
	}
	st = memcmp(os, expected, sizeof expected) == 0 ? ST_OK : ST_BUG;
out:
	return st;
}

static enum status run(struct bench *b, enum bench_op op)
{
	switch (op) {
	case BENCH_MUL:
		return bench_mul(b);
	case BENCH_AND:
		return bench_and(b);
	case BENCH_LT:
		return bench_compare(b, true);
	case BENCH_EQ:
		return bench_compare(b, false);
	case BENCH_B2A:
		return bench_b2a(b);
	case BENCH_GROUP:
		return bench_group(b);
	default:
		return ST_ARGUMENT;
	}
}

enum status bench_op_run(struct mpc *mpc, struct arena *arena, enum bench_op op, uint32_t rows, uint32_t repetition,
    const struct random *rng, void (*mark)(void *ctx, int end), void *mark_ctx, struct bench_report *out)
{
	struct bench b = {
	    .m = mpc, .arena = arena, .rng = rng, .rows = rows, .mark = mark, .mark_ctx = mark_ctx, .report = out};
	size_t at = arena_mark(arena);
	enum status st;

	(void)repetition; /* operation numbers go on from the engine's last, so every repetition has its own streams */
	if (rows == 0 || rows > (UINT32_C(1) << 26))
		return ST_ARGUMENT;
	b.lanes = all_lanes(rows, b.blocks);
	st = run(&b, op);
	arena_release(arena, at);
	return st;
}
