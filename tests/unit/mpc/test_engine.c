/* Algebra of the engine: whatever is opened equals the operation in the clear, at the exact cost that mpc/cost.h states. */
#include "test.h"

#include "mpc/cost.h"
#include "mpc_harness.h"

enum { ARENA = 96 << 20 };

static const uint64_t edges[] = {0, 1, ~0ULL, 1ULL << 63, (1ULL << 63) - 1, (1ULL << 62) - 1, (1ULL << 62) + 1, 2};

/* Plaintext of all parties; party p owns blocks[p] of it. */
struct data {
	uint32_t blocks[MPC_PARTIES], n; /* n values are used, of the 64-aligned total */
	size_t total;
	uint64_t *x, *y;
	struct mpc_cost measured, stated;
	uint64_t checked;
};

static void data_init(struct data *d, size_t n, uint64_t seed)
{
	struct test_rng rng = {seed * 2 + 1};
	size_t left = n;

	*d = (struct data){.n = (uint32_t)n};
	for (unsigned p = 0; p < MPC_PARTIES; p++) {
		size_t rows = p == 2 ? left : test_below(&rng, left + 1);

		d->blocks[p] = (uint32_t)((rows + 63) / 64 * 64);
		left -= rows;
		d->total += d->blocks[p];
	}
	d->x = calloc(d->total + 1, 8);
	d->y = calloc(d->total + 1, 8);
	for (size_t k = 0; k < d->total; k++) {
		d->x[k] = k < COUNT_OF(edges) * COUNT_OF(edges) ? edges[k % COUNT_OF(edges)] : test_u64(&rng);
		d->y[k] = k < COUNT_OF(edges) * COUNT_OF(edges) ? edges[k / COUNT_OF(edges)] : test_u64(&rng);
	}
}

static void data_clear(struct data *d)
{
	free(d->x);
	free(d->y);
}

struct party {
	struct world *w;
	struct mpc *m;
	struct arena *a;
	struct data *d;
	struct mpc_words x, y;
	uint32_t op;
};

static struct mpc_words words(struct party *p, size_t n)
{
	void *storage = arena_take(p->a, mpc_words_bytes(2, n));

	if (!storage)
		abort();
	return mpc_words_place(storage, 2, n);
}

static struct mpc_bits bits(struct party *p, size_t lanes, size_t planes)
{
	void *storage = arena_take(p->a, mpc_bits_bytes(2, lanes, planes));

	if (!storage)
		abort();
	return mpc_bits_place(storage, 2, lanes, planes);
}

static size_t own_start(const struct party *p)
{
	size_t at = 0;

	for (unsigned i = 0; i < mpc_party(p->m); i++)
		at += p->d->blocks[i];
	return at;
}

static void next_op(struct party *p)
{
	if (mpc_begin_op(p->m, ++p->op) != ST_OK)
		abort();
}

/* Runs between two of these: measured cost of what happened; all parties fill in their own bytes. */
static void cost_begin(struct party *p, struct mpc_counters *before)
{
	world_sync(p->w);
	*before = mpc_counters(p->m);
}

static enum status cost_check(struct party *p, const struct mpc_counters *before, const struct mpc_cost *stated)
{
	struct mpc_counters now = mpc_counters(p->m);
	uint32_t depth = world_sync(p->w);

	if (now.bytes - before->bytes != stated->sent[mpc_party(p->m)] || now.rounds - before->rounds != stated->rounds)
		return ST_USAGE;
	return depth == stated->rounds ? ST_OK : ST_ARGUMENT;
}

static enum status expect_words(struct party *p, const struct mpc_words *z, const uint64_t *expected)
{
	uint64_t *out = calloc(z->n + 1, 8);
	enum status st;

	next_op(p);
	TRY(mpc_open_words(p->m, out, z));
	if (memcmp(out, expected, 8 * z->n) != 0)
		st = ST_BUG;
out:
	free(out);
	return st;
}

static enum status input_xy(struct party *p)
{
	struct mpc_words x = words(p, p->d->total), y = words(p, p->d->total);
	struct mpc_cost stated = {0};
	struct mpc_counters before;
	enum status st;

	cost_begin(p, &before);
	next_op(p);
	TRY(mpc_input_words(p->m, &x, p->d->blocks, p->d->x + own_start(p)));
	mpc_cost_input_words(&stated, p->d->blocks);
	TRY(cost_check(p, &before, &stated));
	next_op(p);
	TRY(mpc_input_words(p->m, &y, p->d->blocks, p->d->y + own_start(p)));
	p->x = mpc_words_from(&x, 0, p->d->n);
	p->y = mpc_words_from(&y, 0, p->d->n);
out:
	return st;
}

static enum status check_words(struct party *p)
{
	size_t n = p->d->n;
	uint64_t *expected = calloc(n + 1, 8), dot = 0;
	struct mpc_words z = words(p, n), one = words(p, 2);
	struct mpc_cost stated = {0};
	struct mpc_counters before;
	enum status st;

	TRY(expect_words(p, &p->x, p->d->x));
	cost_begin(p, &before);
	next_op(p);
	TRY(mpc_mul(p->m, &z, &p->x, &p->y));
	mpc_cost_mul(&stated, n);
	TRY(cost_check(p, &before, &stated));
	for (size_t k = 0; k < n; k++)
		dot += expected[k] = p->d->x[k] * p->d->y[k];
	TRY(expect_words(p, &z, expected));

	struct mpc_words xs[2] = {p->x, p->x}, ys[2] = {p->y, p->x};
	uint64_t dots[2] = {dot, 0};
	for (size_t k = 0; k < n; k++)
		dots[1] += p->d->x[k] * p->d->x[k];
	cost_begin(p, &before);
	next_op(p);
	TRY(mpc_dot(p->m, &one, xs, ys));
	stated = (struct mpc_cost){0};
	mpc_cost_mul(&stated, 2);
	TRY(cost_check(p, &before, &stated));
	TRY(expect_words(p, &one, dots));

	mpc_linear(p->m, &z, -3, &p->x, 5, &p->y, INT64_MIN);
	for (size_t k = 0; k < n; k++)
		expected[k] = 0 - 3 * p->d->x[k] + 5 * p->d->y[k] + (1ULL << 63);
	mpc_add_scaled(p->m, &z, -7, &p->y);
	for (size_t k = 0; k < n; k++)
		expected[k] -= 7 * p->d->y[k];
	TRY(expect_words(p, &z, expected));
	mpc_linear(p->m, &one, 0, &one, 0, NULL, 4);
	mpc_add_sum(p->m, &one, -1, &p->x);
	dots[0] = dots[1] = 4;
	for (size_t k = 0; k < n; k++)
		dots[0] -= p->d->x[k];
	TRY(expect_words(p, &one, dots));
out:
	free(expected);
	return st;
}

/* x and y as 64 planes, through a2b: a + b must be x. */
static enum status check_a2b(struct party *p, unsigned planes)
{
	size_t n = p->d->n, w = lane_words(n);
	struct mpc_bits a = bits(p, n, planes), b = bits(p, n, planes);
	uint64_t *av = calloc(planes * w + 1, 8), *bv = calloc(planes * w + 1, 8);
	uint64_t mask = planes == 64 ? ~0ULL : (1ULL << planes) - 1;
	struct mpc_cost stated = {0};
	struct mpc_counters before;
	enum status st;

	cost_begin(p, &before);
	next_op(p);
	TRY(mpc_a2b_summands(p->m, &a, &b, &p->x));
	mpc_cost_a2b_summands(&stated, n, planes);
	TRY(cost_check(p, &before, &stated));
	cost_begin(p, &before);
	next_op(p);
	TRY(mpc_open_bits(p->m, av, &a));
	stated = (struct mpc_cost){0};
	mpc_cost_open(&stated, planes * w);
	TRY(cost_check(p, &before, &stated));
	next_op(p);
	TRY(mpc_open_bits(p->m, bv, &b));
	for (size_t k = 0; k < n; k++) {
		uint64_t sum[2] = {0, 0};

		for (unsigned c = 0; c < planes; c++) {
			sum[0] |= (av[c * w + k / 64] >> k % 64 & 1) << c;
			sum[1] |= (bv[c * w + k / 64] >> k % 64 & 1) << c;
		}
		if (((sum[0] + sum[1]) & mask) != (p->d->x[k] & mask))
			TRY(ST_BUG);
	}
out:
	free(av);
	free(bv);
	return st;
}

/* Planes 0 and 1 of x and y as bit vectors: the plaintext words are the planes' words themselves. */
static enum status share_planes(struct party *p, struct mpc_bits *z, size_t planes)
{
	size_t w = p->d->total / 64, start = own_start(p) / 64, own = p->d->blocks[mpc_party(p->m)] / 64;
	uint64_t *mine = calloc(planes * own + 1, 8);
	struct mpc_cost stated = {0};
	struct mpc_counters before;
	enum status st;

	*z = bits(p, p->d->total, planes);
	for (size_t b = 0; b < planes; b++)
		if (own)
			memcpy(mine + b * own, p->d->x + b * w + start, 8 * own);
	cost_begin(p, &before);
	next_op(p);
	TRY(mpc_input_bits(p->m, z, p->d->blocks, mine));
	mpc_cost_input_bits(&stated, p->d->blocks, planes);
	TRY(cost_check(p, &before, &stated));
out:
	free(mine);
	return st;
}

enum { PLANES = 6 };

static enum status check_gates(struct party *p)
{
	size_t n = p->d->n, w = lane_words(n), total = p->d->total / 64;
	struct mpc_bits in, z = bits(p, n, PLANES + 2);
	uint64_t *out = calloc((PLANES + 2) * w + 1, 8), *x = p->d->x;
	struct mpc_gate g[PLANES];
	struct mpc_cost stated = {0};
	struct mpc_counters before;
	enum status st;

	TRY(share_planes(p, &in, PLANES));
	struct mpc_plane v[PLANES], r[PLANES + 2];
	for (int b = 0; b < PLANES; b++)
		v[b] = mpc_bits_plane(&in, (size_t)b);
	for (int b = 0; b < PLANES + 2; b++)
		r[b] = mpc_bits_plane(&z, (size_t)b);
	g[0] = (struct mpc_gate){.z = r[0], .x = v[0], .y = v[1]};
	g[1] = (struct mpc_gate){.z = r[1], .x = plane_not(v[0]), .y = plane_not(v[1])};
	g[2] = (struct mpc_gate){.z = r[2], .x = v[0], .y = v[1], .s = v[2], .t = v[3]};
	g[3] =
	    (struct mpc_gate){.z = r[3], .x = v[4], .y = plane_not(v[1]), .s = plane_not(v[2]), .t = plane_not(v[5])};
	g[4] = (struct mpc_gate){.z = r[4], .x = PLANE_ONE, .y = v[1], .s = PLANE_ONE};
	g[5] = (struct mpc_gate){.z = r[5], .x = v[3], .y = PLANE_ZERO, .s = v[5]};
	cost_begin(p, &before);
	next_op(p);
	TRY(mpc_and(p->m, g, PLANES, n));
	mpc_cost_and(&stated, PLANES, n);
	TRY(cost_check(p, &before, &stated));
	mpc_xor(p->m, r[6], plane_not(v[0]), v[1], n);
	mpc_copy(p->m, r[7], PLANE_ONE, n);
	/* in place: z is an operand of its own gate and of the one before */
	struct mpc_gate in_place[2] = {{.z = r[0], .x = r[1], .y = r[6], .s = r[0]}, {.z = r[1], .x = r[1], .y = r[2]}};
	next_op(p);
	TRY(mpc_and(p->m, in_place, 2, n));
	next_op(p);
	TRY(mpc_open_bits(p->m, out, &z));
	for (size_t k = 0; k < w; k++) {
		uint64_t q[PLANES], tail = n % 64 && k + 1 == w ? (1ULL << n % 64) - 1 : ~0ULL;

		for (size_t b = 0; b < PLANES; b++)
			q[b] = x[b * total + k];
		uint64_t r1 = ~q[0] & ~q[1], r2 = q[2] ^ (q[0] & (q[1] ^ q[3]));
		uint64_t expected[PLANES + 2] = {
		    (q[0] & q[1]) ^ (r1 & (~q[0] ^ q[1])),
		    r1 & r2,
		    r2,
		    ~q[2] ^ (q[4] & (~q[1] ^ ~q[5])),
		    ~q[1],
		    q[5],
		    ~q[0] ^ q[1],
		    ~0ULL,
		};
		for (size_t b = 0; b < PLANES + 2; b++)
			if (out[b * w + k] != (expected[b] & tail))
				TRY(ST_BUG);
	}
out:
	free(out);
	return st;
}

static enum status check_conversions(struct party *p)
{
	size_t n = p->d->n, total = p->d->total;
	struct mpc_bits in;
	struct mpc_plane v[PLANES];
	struct mpc_words z = words(p, PLANES * n), s = words(p, 3 * PLANES), c = words(p, PLANES);
	uint64_t *expected = calloc(PLANES * n + 1, 8), sums[3 * PLANES] = {0};
	struct mpc_cost stated = {0};
	struct mpc_counters before;
	enum status st;

	TRY(share_planes(p, &in, PLANES));
	for (size_t b = 0; b < PLANES; b++)
		v[b] = mpc_bits_plane(&in, b);
	cost_begin(p, &before);
	next_op(p);
	TRY(mpc_b2a(p->m, &z, v, PLANES, n));
	mpc_cost_b2a(&stated, PLANES, n);
	TRY(cost_check(p, &before, &stated));
	for (size_t b = 0; b < PLANES; b++)
		for (size_t k = 0; k < n; k++)
			expected[b * n + k] = p->d->x[b * (total / 64) + k / 64] >> k % 64 & 1;
	TRY(expect_words(p, &z, expected));

	/* over all lanes, with two columns: the whole of x and y */
	struct mpc_words w[2] = {mpc_words_place(p->x.share[0], 2, total), mpc_words_place(p->y.share[0], 2, total)};
	for (size_t b = 0; b < PLANES; b++) {
		for (size_t k = 0; k < total; k++) {
			uint64_t bit = p->d->x[b * (total / 64) + k / 64] >> k % 64 & 1;

			sums[b] += bit;
			sums[PLANES + b] += bit * p->d->x[k];
			sums[2 * PLANES + b] += bit * p->d->y[k];
		}
	}
	cost_begin(p, &before);
	next_op(p);
	TRY(mpc_bit_sums(p->m, &s, v, PLANES, total, w, 2));
	stated = (struct mpc_cost){0};
	mpc_cost_bit_sums(&stated, PLANES, total, 2);
	TRY(cost_check(p, &before, &stated));
	TRY(expect_words(p, &s, sums));
	cost_begin(p, &before);
	next_op(p);
	TRY(mpc_bit_sums(p->m, &c, v, PLANES, total, NULL, 0));
	stated = (struct mpc_cost){0};
	mpc_cost_bit_sums(&stated, PLANES, total, 0);
	TRY(cost_check(p, &before, &stated));
	TRY(expect_words(p, &c, sums));
out:
	free(expected);
	return st;
}

static enum status check_local(struct party *p)
{
	size_t n = p->d->n, total = p->d->total / 64, w = lane_words(n);
	struct mpc_bits in, z = bits(p, n, 3);
	struct mpc_words g = words(p, n);
	struct mpc_plane v[PLANES];
	uint64_t *out = calloc(3 * w + n + 1, 8), *x = p->d->x;
	size_t from = n / 3;
	enum status st;

	TRY(share_planes(p, &in, PLANES));
	for (size_t b = 0; b < PLANES; b++)
		v[b] = mpc_bits_plane(&in, b);
	mpc_slice(p->m, mpc_bits_plane(&z, 0), v[1], from, n - from);
	mpc_broadcast(p->m, mpc_bits_plane(&z, 1), v[2], n ? n - 1 : 0, n);
	mpc_public(p->m, mpc_bits_plane(&z, 2), x + 3 * total, n);
	next_op(p);
	TRY(mpc_open_bits(p->m, out, &z));
	for (size_t k = 0; k < n; k++) {
		uint64_t b0 = k < n - from ? x[total + (from + k) / 64] >> (from + k) % 64 & 1 : 0;
		uint64_t b1 = x[2 * total + (n - 1) / 64] >> (n - 1) % 64 & 1, b2 = x[3 * total + k / 64] >> k % 64 & 1;

		if ((out[k / 64] >> k % 64 & 1) != b0 || (out[w + k / 64] >> k % 64 & 1) != b1 ||
		    (out[2 * w + k / 64] >> k % 64 & 1) != b2)
			TRY(ST_BUG);
	}
	/* words gathered from planes are XOR shares: give them to the opener as one plane of 64n lanes */
	struct mpc_plane twice[8] = {v[0], v[1], v[2], plane_not(v[3]), v[4], v[5], PLANE_ONE, PLANE_ZERO};
	mpc_gather_words(p->m, &g, twice, 8);
	struct mpc_bits as_bits = {
	    .share = {g.share[0], g.share[1]}, .lanes = (uint32_t)(64 * n), .planes = 1, .stride = n};
	next_op(p);
	TRY(mpc_open_bits(p->m, out, &as_bits));
	for (size_t k = 0; k < n; k++) {
		uint64_t expected = 1 << 6;

		for (size_t b = 0; b < PLANES; b++)
			expected |= ((x[b * total + k / 64] >> k % 64 & 1) ^ (b == 3)) << b;
		if (out[k] != expected)
			TRY(ST_BUG);
	}
out:
	free(out);
	return st;
}

static enum status whole_engine(struct world *w, struct mpc *m, struct arena *a, void *ctx)
{
	struct party p = {.w = w, .m = m, .a = a, .d = ctx};
	enum status st;

	TRY(input_xy(&p));
	TRY(check_words(&p));
	TRY(check_a2b(&p, 64));
	TRY(check_a2b(&p, 17));
	TRY(check_a2b(&p, 0));
	/* planes live in x: PLANES * total/64 words of it */
	if (p.d->total >= PLANES) {
		TRY(check_gates(&p));
		TRY(check_conversions(&p));
		TRY(check_local(&p));
	}
	TRY(mpc_barrier(m, slice_str("told")));
	uint8_t view[HASH_LEN];
	mpc_view(m, view);
	memcpy(&p.d->checked, view, sizeof p.d->checked);
out:
	return st;
}

static void run(struct world *w, size_t n, uint64_t seed)
{
	struct data d[MPC_PARTIES];
	enum status st[MPC_PARTIES];
	void *ctx[MPC_PARTIES] = {&d[0], &d[1], &d[2]};

	for (int i = 0; i < MPC_PARTIES; i++)
		data_init(&d[i], n, seed);
	world_init(w, seed, ARENA);
	bool ok = world_run(w, whole_engine, ctx, st);
	if (!ok)
		print_error("n = %zu, seed %llu: %s %s %s\n", n, (unsigned long long)seed, status_name(st[0]),
		    status_name(st[1]), status_name(st[2]));
	assert_true(ok);
	assert_true(d[0].checked == d[1].checked && d[1].checked == d[2].checked);
	for (int i = 0; i < MPC_PARTIES; i++)
		data_clear(&d[i]);
}

static void opens_to_the_answer_at_the_stated_cost(void **state)
{
	static const size_t sizes[] = {0, 1, 2, 63, 64, 65, 128, 129, 511, 513, 2000};

	(void)state;
	for (size_t k = 0; k < COUNT_OF(sizes); k++) {
		for (uint64_t seed = 1; seed <= 3; seed++) {
			struct world w;

			run(&w, sizes[k], seed);
			world_clear(&w);
		}
	}
}

/* Messages do not depend on the values; and what arrives is half ones, whatever they are. */
static void shape_is_public_and_payload_uniform(void **state)
{
	struct world a, b;
	struct data d[2][MPC_PARTIES];

	(void)state;
	world_init(&a, 11, ARENA);
	world_init(&b, 12, ARENA);
	b.count_ones = true;
	for (int k = 0; k < 2; k++) {
		void *ctx[MPC_PARTIES] = {&d[k][0], &d[k][1], &d[k][2]};

		for (int i = 0; i < MPC_PARTIES; i++) {
			data_init(&d[k][i], 1000, 5); /* the same shape */
			if (k)
				memset(d[k][i].x, 0, d[k][i].total * 8), memset(d[k][i].y, 0xff, d[k][i].total * 8);
		}
		assert_true(world_run(k ? &b : &a, whole_engine, ctx, NULL));
	}
	assert_true(world_same_shape(&a, &b));
	for (int i = 0; i < MPC_PARTIES; i++) {
		/* 6 standard deviations */
		double n = (double)b.seen_bits[i], ones = (double)b.seen_ones[i], z = (ones - n / 2);

		assert_true(z * z < 36 * n / 4);
		data_clear(&d[0][i]);
		data_clear(&d[1][i]);
	}
	world_clear(&a);
	world_clear(&b);
}

/* Many messages a round: the pieces meet, and nobody runs far ahead. Depth is not measured here (mpc.h: receiving as it
 * sends makes later messages of a round look dependent). */
static enum status large(struct world *w, struct mpc *m, struct arena *a, void *ctx)
{
	struct party p = {.w = w, .m = m, .a = a, .d = ctx};
	size_t n = p.d->n;
	enum { WIDE = 90 };
	struct mpc_bits in, z;
	struct mpc_gate g[WIDE];
	struct mpc_plane v[WIDE];
	struct mpc_words s = words(&p, 2 * WIDE), c = words(&p, WIDE), x = words(&p, p.d->total);
	uint64_t sums[2 * WIDE] = {0}, *out = calloc(WIDE * lane_words(n), 8), *mine;
	size_t tw = p.d->total / 64, own = p.d->blocks[mpc_party(m)] / 64;
	struct mpc_counters before;
	struct mpc_cost stated = {0};
	enum status st;

	mine = calloc(WIDE * own + 1, 8);
	in = bits(&p, p.d->total, WIDE);
	z = bits(&p, n, WIDE);
	for (size_t b = 0; b < WIDE; b++)
		if (own)
			memcpy(mine + b * own, p.d->x + (b % 60) * tw + own_start(&p) / 64, 8 * own);
	next_op(&p);
	TRY(mpc_input_bits(m, &in, p.d->blocks, mine));
	next_op(&p);
	TRY(mpc_input_words(m, &x, p.d->blocks, p.d->y + own_start(&p)));
	for (size_t b = 0; b < WIDE; b++) {
		v[b] = mpc_bits_plane(&in, b);
		g[b] = (struct mpc_gate){
		    .z = mpc_bits_plane(&z, b), .x = v[b], .y = plane_not(mpc_bits_plane(&in, (b + 1) % WIDE))};
	}
	next_op(&p);
	TRY(mpc_and(m, g, WIDE, n));
	next_op(&p);
	TRY(mpc_open_bits(m, out, &z));
	for (size_t b = 0; b < WIDE; b++)
		for (size_t k = 0; k < lane_words(n); k++) {
			uint64_t tail = n % 64 && k + 1 == lane_words(n) ? (1ULL << n % 64) - 1 : ~0ULL;
			uint64_t q = p.d->x[b % 60 * tw + k] & ~p.d->x[(b + 1) % WIDE % 60 * tw + k];

			if (out[b * lane_words(n) + k] != (q & tail))
				TRY(ST_BUG);
		}
	before = mpc_counters(m);
	next_op(&p);
	TRY(mpc_bit_sums(m, &s, v, WIDE, p.d->total, &x, 1));
	next_op(&p);
	TRY(mpc_bit_sums(m, &c, v, WIDE, p.d->total, NULL, 0));
	mpc_cost_bit_sums(&stated, WIDE, p.d->total, 1);
	mpc_cost_bit_sums(&stated, WIDE, p.d->total, 0);
	if (mpc_counters(m).bytes - before.bytes != stated.sent[mpc_party(m)])
		TRY(ST_USAGE);
	for (size_t b = 0; b < WIDE; b++)
		for (size_t k = 0; k < p.d->total; k++) {
			uint64_t bit = p.d->x[b % 60 * tw + k / 64] >> k % 64 & 1;

			sums[b] += bit;
			sums[WIDE + b] += bit * p.d->y[k];
		}
	TRY(expect_words(&p, &s, sums));
	TRY(expect_words(&p, &c, sums));
out:
	free(mine);
	free(out);
	return st;
}

static void long_vectors(void **state)
{
	struct data d[MPC_PARTIES];
	void *ctx[MPC_PARTIES] = {&d[0], &d[1], &d[2]};
	enum status st[MPC_PARTIES];
	struct world w;

	(void)state;
	for (int i = 0; i < MPC_PARTIES; i++)
		data_init(&d[i], 70001, 9);
	world_init(&w, 4, ARENA);
	if (!world_run(&w, large, ctx, st))
		fail_msg("%s %s %s", status_name(st[0]), status_name(st[1]), status_name(st[2]));
	for (int i = 0; i < MPC_PARTIES; i++) {
		for (int j = 0; j < MPC_PARTIES; j++)
			assert_in_range(w.links[i][j].most_waiting, 0, MPC_QUEUE_MAX);
		data_clear(&d[i]);
	}
	world_clear(&w);
}

/* One owner, much more than two groups of messages: credits hold it back; at the stated cost. */
static enum status one_owner(struct world *w, struct mpc *m, struct arena *a, void *ctx)
{
	const uint32_t *blocks = ctx;
	struct mpc_words x =
	    mpc_words_place(arena_take(a, mpc_words_bytes(2, 400000)), 2, blocks[0] + blocks[1] + blocks[2]);
	uint64_t *mine = calloc(400000, 8), *out = calloc(400000, 8);
	struct mpc_cost stated = {0};
	enum status st;

	(void)w;
	for (size_t k = 0; k < blocks[mpc_party(m)]; k++)
		mine[k] = k * 31 + 1000000 * mpc_party(m);
	TRY(mpc_begin_op(m, 1));
	TRY(mpc_input_words(m, &x, blocks, mine));
	mpc_cost_input_words(&stated, blocks);
	if (mpc_counters(m).bytes != stated.sent[mpc_party(m)])
		TRY(ST_USAGE);
	TRY(mpc_open_words(m, out, &x));
	for (size_t p = 0, at = 0; p < MPC_PARTIES; at += blocks[p++])
		for (size_t k = 0; k < blocks[p]; k++)
			if (out[at + k] != k * 31 + 1000000 * p)
				TRY(ST_BUG);
out:
	free(mine);
	free(out);
	return st;
}

static void uneven_inputs(void **state)
{
	uint32_t blocks[][MPC_PARTIES] = {{0, 384000, 0}, {384000, 0, 0}, {0, 200000, 199936}, {128000, 64, 256000},
	    {8192 * 16, 8192 * 17, 8192 * 15}};

	(void)state;
	for (size_t k = 0; k < COUNT_OF(blocks); k++) {
		void *ctx[MPC_PARTIES] = {blocks[k], blocks[k], blocks[k]};
		enum status st[MPC_PARTIES];
		struct world w;

		world_init(&w, k, ARENA);
		if (!world_run(&w, one_owner, ctx, st))
			fail_msg("%zu: %s %s %s", k, status_name(st[0]), status_name(st[1]), status_name(st[2]));
		for (int i = 0; i < MPC_PARTIES; i++)
			for (int j = 0; j < MPC_PARTIES; j++)
				assert_in_range(w.links[i][j].most_waiting, 0, MPC_QUEUE_MAX);
		world_clear(&w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(opens_to_the_answer_at_the_stated_cost),
	    cmocka_unit_test(shape_is_public_and_payload_uniform),
	    cmocka_unit_test(long_vectors),
	    cmocka_unit_test(uneven_inputs),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
