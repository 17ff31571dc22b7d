/*
 * Rows of providers. A provider runs no enclave, so nobody has seen its values: whether they are as the policy declares them is
 * computed on the shares, before anything else is, and one bit is opened for each provider (docs/ENGINE.md, section 7).
 *
 *   row is right = IF known AND valid: lo <= x <= hi, ELSE x = 0        for each column that the plan reads
 *                  AND NOT (known AND NOT valid)
 *   opened bit   = AND over all rows
 *
 *   Rounds and bytes: provided_check_cost(), exact: comparisons with public bounds, a tree over columns, a tree over lanes, one open.
 *   Leaks: that bit. 0 ends the session, naming the provider and not the row; 1 says what an honest provider's file always says.
 *   Soundness: exact, no probability. The bit is a checked open like every other.
 */
#include "exec/run.h"

enum { PIECE_LANES = 1 << 18 };

struct lanes provider_lanes(const struct shape *s, unsigned q)
{
	struct lanes l = {.n = s->blocks[MPC_PARTIES + q]};

	for (unsigned i = 0; i < MPC_PARTIES + q; i++)
		l.from += s->blocks[i];
	return l;
}

/* ---- one column ---- */

/* Codes as unsigned numbers: two's complement with its top bit turned over keeps the order. */
struct range {
	unsigned width;
	bool is_signed, below, above; /* can a pattern of these planes lie below lo, above hi? */
	uint64_t lo, hi;
};

static struct range range_of(const struct plan_column *c)
{
	struct plan_type t = column_type(c);
	struct range r = {.width = type_width(&t), .is_signed = t.lo < 0};
	uint64_t bias = r.is_signed ? UINT64_C(1) << (r.width - 1) : 0;
	uint64_t most = r.width == 64 ? ~UINT64_C(0) : (UINT64_C(1) << r.width) - 1;

	r.lo = ((uint64_t)c->lo + bias) & most;
	r.hi = ((uint64_t)c->hi + bias) & most;
	r.below = r.lo > 0;
	r.above = r.hi < most;
	return r;
}

static struct effort column_effort(const struct plan_column *c)
{
	struct range r = range_of(c);
	struct effort e = all_effort(r.width);

	if (r.below)
		e = effort_then(e, greater_effort(r.width, true));
	if (r.above)
		e = effort_then(e, greater_effort(r.width, true));
	if (r.below && r.above)
		e = effort_then(e, effort_batch(1));
	if (c->nullable)
		e = effort_then(e, effort_batch(2)); /* known AND valid; known AND NOT valid */
	e = effort_then(e, effort_batch(1));         /* the choice */
	if (c->nullable)
		e = effort_then(e, effort_batch(1));
	return e;
}

enum { COLUMN_PLANES = 5 }; /* in, high, zero, live, stray */

static void constant_planes(struct mpc_plane *out, uint64_t v, unsigned width)
{
	for (unsigned b = 0; b < width; b++)
		out[b] = v >> b & 1 ? PLANE_ONE : PLANE_ZERO;
}

static enum status one_gate(struct circuit *c, struct mpc_gate gate)
{
	return mpc_and(c->m, &gate, 1, c->lanes);
}

/* in = lo <= x <= hi, for a known value. */
static enum status in_range(
    struct circuit *c, struct mpc_plane in, struct mpc_plane high, const struct mpc_plane *x, const struct range *r)
{
	struct mpc_plane biased[64], bound[64];
	enum status st = ST_OK;

	for (unsigned b = 0; b < r->width; b++)
		biased[b] = x[b];
	if (r->is_signed)
		biased[r->width - 1] = plane_not(biased[r->width - 1]);
	mpc_copy(c->m, in, PLANE_ONE, c->lanes);
	if (r->below) {
		constant_planes(bound, r->lo - 1, r->width);
		TRY(circuit_greater(c, in, biased, bound, r->width, true));
	}
	if (r->above) {
		constant_planes(bound, r->hi, r->width);
		TRY(circuit_greater(c, high, biased, bound, r->width, true));
		if (r->below)
			TRY(one_gate(c, (struct mpc_gate){.z = in, .x = in, .y = plane_not(high)}));
		else
			mpc_copy(c->m, in, plane_not(high), c->lanes);
	}
out:
	return st;
}

/* right = the column is as declared, in these lanes. known is PLANE_ONE for a column that is not nullable. */
static enum status column_right(struct circuit *c, struct mpc_plane right, const struct mpc_plane *x,
    struct mpc_plane known, struct mpc_plane valid, const struct plan_column *col)
{
	struct range r = range_of(col);
	struct mpc_plane tmp[COLUMN_PLANES], absent[64];
	size_t mark = arena_mark(c->arena);
	enum status st;

	TRY(take_planes(c, tmp, COLUMN_PLANES));
	struct mpc_plane in = tmp[0], high = tmp[1], zero = tmp[2], live = tmp[3], stray = tmp[4];
	for (unsigned b = 0; b < r.width; b++)
		absent[b] = plane_not(x[b]);
	TRY(circuit_all(c, zero, absent, r.width));
	TRY(in_range(c, in, high, x, &r));
	mpc_copy(c->m, live, valid, c->lanes);
	if (col->nullable) {
		struct mpc_gate both[] = {{.z = live, .x = known, .y = valid}, {.z = stray, .x = known, .y = plane_not(valid)}};

		TRY(mpc_and(c->m, both, 2, c->lanes));
	}
	/* right = zero ^ (live & (in ^ zero)) */
	TRY(one_gate(c, (struct mpc_gate){.z = right, .x = live, .y = in, .s = zero, .t = zero}));
	if (col->nullable)
		TRY(one_gate(c, (struct mpc_gate){.z = right, .x = right, .y = plane_not(stray)}));
out:
	arena_release(c->arena, mark);
	return st;
}

/* ---- all columns, then all lanes ---- */

static unsigned columns_read(const struct plan *p)
{
	unsigned n = 0;

	for (unsigned c = 0; c < p->n_columns; c++)
		n += plan_reads(p, c);
	return n;
}

static struct effort rows_effort(const struct plan *p)
{
	struct effort e = {0};

	for (unsigned c = 0; c < p->n_columns; c++)
		if (plan_reads(p, c))
			e = effort_then(e, effort_hold(column_effort(&p->columns[c]), COLUMN_PLANES, 0));
	e = effort_then(e, all_effort(columns_read(p)));
	return effort_hold(e, columns_read(p), 0);
}

/* ok = every column of these lanes is right. */
static enum status rows_right(
    struct exec *x, const struct exec_given *g, struct circuit *c, struct mpc_plane ok, size_t from)
{
	struct mpc_plane right[PLAN_COLUMNS_MAX], planes[64];
	size_t mark = arena_mark(x->arena);
	unsigned n = 0;
	enum status st;

	TRY(take_planes(c, right, columns_read(x->plan)));
	for (unsigned k = 0; k < x->plan->n_columns; k++) {
		const struct plan_column *col = &x->plan->columns[k];
		struct mpc_plane known = PLANE_ONE;

		if (!plan_reads(x->plan, k))
			continue;
		for (unsigned b = 0; b < g->values[k].planes; b++)
			planes[b] = plane_from(mpc_bits_plane(&g->values[k], b), from);
		if (col->nullable)
			known = plane_from(mpc_bits_plane(&g->known[k], 0), from);
		TRY(column_right(c, right[n++], planes, known, plane_from(mpc_bits_plane(&g->valid, 0), from), col));
	}
	TRY(circuit_all(c, ok, right, n));
out:
	arena_release(x->arena, mark);
	return st;
}

/* Halves the words of ok, then the lanes of the last word, until one lane is left. */
static enum status all_lanes(struct exec *x, struct mpc_plane ok, struct mpc_plane spare, size_t lanes)
{
	enum status st = ST_OK;

	for (size_t words = lanes / 64; words > 1; words -= words / 2) {
		size_t half = words / 2;
		struct mpc_gate gate = {.z = ok, .x = ok, .y = plane_from(ok, words - half)};

		TRY(mpc_and(x->m, &gate, 1, half * 64));
	}
	for (unsigned left = 64; left > 1; left /= 2) {
		struct mpc_gate gate = {.z = ok, .x = ok, .y = spare};

		mpc_slice(x->m, spare, ok, left / 2, left / 2);
		TRY(mpc_and(x->m, &gate, 1, left / 2));
	}
out:
	return st;
}

static void all_lanes_cost(struct mpc_cost *c, size_t lanes)
{
	for (size_t words = lanes / 64; words > 1; words -= words / 2)
		mpc_cost_and(c, 1, words / 2 * 64);
	for (unsigned left = 64; left > 1; left /= 2)
		mpc_cost_and(c, 1, left / 2);
}

static enum status check_one(struct exec *x, unsigned q)
{
	size_t n = provider_lanes(&x->shape, q).n, mark = arena_mark(x->arena);
	struct circuit whole = {.m = x->m, .arena = x->arena, .lanes = n};
	struct mpc_plane plane[2];
	uint64_t bit = 0;
	enum status st;

	TRY(take_planes(&whole, plane, 2));
	for (size_t at = 0; at < n; at += PIECE_LANES) {
		struct circuit c = {.m = x->m, .arena = x->arena, .lanes = n - at < PIECE_LANES ? n - at : PIECE_LANES};

		TRY(rows_right(x, &x->given[q], &c, plane_from(plane[0], at / 64), at / 64));
	}
	TRY(all_lanes(x, plane[0], plane[1], n));
	struct mpc_bits one = {.lanes = 1, .planes = 1, .stride = 8};
	memcpy(one.share, plane[0].share, sizeof one.share);
	TRY(mpc_open_bits(x->m, &bit, &one));
	if (!(bit & 1)) {
		x->culprit = q;
		st = ST_DATA_PROVIDED;
	}
out:
	arena_release(x->arena, mark);
	return st;
}

enum status provided_check(struct exec *x)
{
	enum status st = ST_OK;

	for (unsigned q = 0; q < EXEC_PROVIDERS_MAX; q++)
		if (x->shape.blocks[MPC_PARTIES + q])
			TRY(check_one(x, q));
out:
	return st;
}

void provided_check_cost(const struct plan *p, const struct shape *s, struct mpc_cost *c)
{
	for (unsigned q = 0; q < EXEC_PROVIDERS_MAX; q++) {
		size_t n = s->blocks[MPC_PARTIES + q];

		if (n == 0)
			continue;
		for (size_t at = 0; at < n; at += PIECE_LANES)
			effort_cost(c, rows_effort(p), n - at < PIECE_LANES ? n - at : PIECE_LANES);
		all_lanes_cost(c, n);
		mpc_cost_open(c, 1);
	}
}

size_t provided_check_scratch(const struct plan *p, const struct shape *s)
{
	size_t most = 0;

	for (unsigned q = 0; q < EXEC_PROVIDERS_MAX; q++)
		most = s->blocks[MPC_PARTIES + q] > most ? s->blocks[MPC_PARTIES + q] : most;
	if (most == 0)
		return 0;
	return mpc_bits_bytes(MPC_REP3_SHARES, most, 2) +
	       effort_bytes(rows_effort(p), most < PIECE_LANES ? most : PIECE_LANES);
}

/* ---- words ---- */

/* Lanes at a time, so that the words of all planes stay below the aim. */
static size_t words_piece(unsigned width, size_t lanes)
{
	size_t piece = (size_t)SCRATCH_AIM / ((width ? width : 1) * MPC_REP3_SHARES * 8) / 512 * 512;

	piece = piece ? piece : 512;
	return piece < lanes ? piece : lanes;
}

enum status provided_words(struct exec *x, const struct mpc_words *z, const struct mpc_bits *planes, bool is_signed)
{
	size_t piece = words_piece(planes->planes, z->n), mark = arena_mark(x->arena);
	struct mpc_plane plane[64];
	enum status st = ST_OK;

	mpc_linear(x->m, z, 0, z, 0, NULL, 0);
	for (size_t at = 0; at < z->n && planes->planes; at += piece) {
		size_t n = z->n - at < piece ? z->n - at : piece;
		void *storage = arena_take(x->arena, mpc_words_bytes(MPC_REP3_SHARES, n * planes->planes));
		struct mpc_words part = mpc_words_from(z, at, n);

		if (!storage) {
			st = ST_NO_MEMORY;
			goto out;
		}
		struct mpc_words bits = mpc_words_place(storage, MPC_REP3_SHARES, n * planes->planes);
		for (unsigned b = 0; b < planes->planes; b++)
			plane[b] = plane_from(mpc_bits_plane(planes, b), at / 64);
		TRY(mpc_b2a(x->m, &bits, plane, planes->planes, n));
		for (unsigned b = 0; b < planes->planes; b++) {
			struct mpc_words w = mpc_words_from(&bits, b * n, n);
			bool is_top = is_signed && b + 1 == planes->planes;

			mpc_add_scaled(x->m, &part, (int64_t)(is_top ? 0 - (UINT64_C(1) << b) : UINT64_C(1) << b), &w);
		}
		arena_release(x->arena, mark);
	}
out:
	arena_release(x->arena, mark);
	return st;
}

void provided_words_cost(struct mpc_cost *c, unsigned width, size_t lanes)
{
	size_t piece = words_piece(width, lanes);

	for (size_t at = 0; at < lanes && width; at += piece)
		mpc_cost_b2a(c, width, lanes - at < piece ? lanes - at : piece);
}

size_t provided_words_scratch(unsigned width, size_t lanes)
{
	return width && lanes ? mpc_words_bytes(MPC_REP3_SHARES, width * words_piece(width, lanes)) : 0;
}
