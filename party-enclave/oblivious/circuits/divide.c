/*
 * Long division, DIGIT bits of the quotient at a time. With the remainder R < d and the next digits of n below it,
 * R' = R * 2^k + n', all m*d are subtracted from R' at once, m = 1 .. 2^k - 1, side by side in lanes; t_m = (R' >= m*d) is
 * the carry of the subtraction. The t_m are a thermometer, so the digit and the next remainder are linear in them:
 *
 *     bit r of the digit = XOR of t_m over the multiples m of 2^r
 *     R_next = R' ^ XOR over m of t_m & (D_m ^ D_{m-1}),   D_m = R' - m*d, D_0 = R'
 *
 * Rounds a digit: one subtraction and one AND, against k of each for k binary steps.
 */
#include "circuits/circuit.h"

enum { DIGIT = 4, MULTIPLES = 1 << DIGIT };

/* Odd multiples m = x + y, x = 2^shift * (an earlier one): two batches of side-by-side additions. */
static const struct multiple {
	unsigned m, x, shift, y, batch;
} multiples[] = {
    {3, 1, 1, 1, 0},
    {5, 1, 2, 1, 0},
    {9, 1, 3, 1, 0},
    {7, 1, 2, 3, 1},
    {11, 1, 3, 3, 1},
    {13, 1, 3, 5, 1},
    {15, 3, 2, 3, 1},
};
enum { N_MULTIPLES = sizeof multiples / sizeof multiples[0], BATCHES = 2, BATCH_MAX = 4 };

static unsigned largest_digit(unsigned q_width)
{
	return q_width < DIGIT ? q_width : DIGIT;
}

static unsigned batch_size(unsigned batch, unsigned digit)
{
	unsigned n = 0;

	for (unsigned k = 0; k < N_MULTIPLES; k++)
		n += multiples[k].batch == batch && multiples[k].m < 1u << digit;
	return n;
}

/* A circuit over `segments` copies of the lanes side by side. */
static struct effort side_by_side(struct effort e, unsigned segments)
{
	e.ands *= segments;
	e.planes *= segments;
	return e;
}

static struct effort multiples_effort(unsigned d_width, unsigned digit, size_t *held)
{
	unsigned w = d_width + digit;
	struct effort e = {0};

	*held = 0;
	for (unsigned b = 0; b < BATCHES; b++) {
		unsigned n = batch_size(b, digit);

		if (n == 0)
			continue;
		e = effort_then(e, side_by_side(effort_hold(add_effort(w, false, false), 2 * w, 0), n));
		*held += (size_t)n * w;
	}
	return e;
}

static struct effort digit_effort(unsigned d_width, unsigned digit)
{
	unsigned segments = (1u << digit) - 1, w = d_width + digit;
	struct effort e = effort_then(add_effort(w, false, true), effort_batch(d_width));

	return effort_hold(side_by_side(e, segments), (size_t)segments * (w + 1 + d_width), gates_bytes(d_width));
}

struct effort divide_effort(unsigned q_width, unsigned n_width, unsigned d_width)
{
	unsigned digit = largest_digit(q_width);
	size_t held;
	struct effort e = multiples_effort(d_width, digit, &held);

	(void)n_width;
	if (q_width == 0 || d_width == 0)
		return (struct effort){0};
	for (unsigned left = q_width; left > 0; left -= digit) {
		digit = left % DIGIT ? left % DIGIT : DIGIT;
		e = effort_then(e, digit_effort(d_width, digit));
	}
	digit = largest_digit(q_width);
	held += 2 * (size_t)d_width + (size_t)((1u << digit) - 1) * (d_width + digit);
	return effort_hold(e, held, 0);
}

struct division {
	const struct divide *v;
	size_t words; /* of one segment */
	unsigned digit; /* the largest */
	struct mpc_plane multiple[MULTIPLES][NUMBER_MAX]; /* m*d, d_width + digit planes */
	struct mpc_plane wide[NUMBER_MAX]; /* the same side by side: segment m - 1 */
	struct mpc_plane rest[2][NUMBER_MAX], r[NUMBER_MAX];
	unsigned turn;
};

static struct circuit widened(const struct circuit *c, const struct division *s, unsigned segments)
{
	return (struct circuit){.m = c->m, .arena = c->arena, .lanes = 64 * s->words * segments};
}

static void put_segment(
    struct circuit *c, const struct division *s, struct mpc_plane wide, unsigned segment, struct mpc_plane x)
{
	mpc_copy(c->m, plane_from(wide, segment * s->words), x, c->lanes);
}

static struct mpc_plane shifted(const struct mpc_plane *x, unsigned k, unsigned shift)
{
	return k < shift ? PLANE_ZERO : x[k - shift];
}

/* One batch of additions; results stay where z lies. */
static enum status add_batch(struct circuit *c, struct division *s, unsigned batch)
{
	unsigned w = s->v->d_width + s->digit, n = batch_size(batch, s->digit), at = 0;
	struct circuit wide = widened(c, s, n);
	struct mpc_plane z[NUMBER_MAX], x[NUMBER_MAX], y[NUMBER_MAX];
	enum status st;

	if (n == 0)
		return ST_OK;
	TRY(take_planes(&wide, z, w));
	size_t mark = arena_mark(c->arena);
	TRY(take_planes(&wide, x, w));
	TRY(take_planes(&wide, y, w));
	for (unsigned k = 0; k < N_MULTIPLES; k++) {
		const struct multiple *m = &multiples[k];

		if (m->batch != batch || m->m >= 1u << s->digit)
			continue;
		for (unsigned b = 0; b < w; b++) {
			put_segment(c, s, x[b], at, shifted(s->multiple[m->x], b, m->shift));
			put_segment(c, s, y[b], at, s->multiple[m->y][b]);
			s->multiple[m->m][b] = plane_from(z[b], at * s->words);
		}
		at++;
	}
	st = circuit_add(&wide, &(struct add){.z = z, .x = x, .y = y, .w = w});
	arena_release(c->arena, mark);
out:
	return st;
}

static enum status make_multiples(struct circuit *c, struct division *s)
{
	unsigned w = s->v->d_width + s->digit, segments = (1u << s->digit) - 1;
	struct circuit wide = widened(c, s, segments);
	enum status st;

	for (unsigned b = 0; b < w; b++)
		s->multiple[1][b] = b < s->v->d_width ? s->v->d[b] : PLANE_ZERO;
	for (unsigned batch = 0; batch < BATCHES; batch++)
		TRY(add_batch(c, s, batch));
	TRY(take_planes(&wide, s->wide, w));
	for (unsigned m = 1; m <= segments; m++) {
		unsigned even = (unsigned)__builtin_ctz(m);

		for (unsigned b = 0; b < w; b++)
			put_segment(c, s, s->wide[b], m - 1, shifted(s->multiple[m >> even], b, even));
	}
out:
	return st;
}

/* q bits and the next remainder from t and the masked differences e, both side by side. */
static void fold(struct circuit *c, struct division *s, const struct mpc_plane *low, struct mpc_plane t,
    const struct mpc_plane *e, unsigned lo, unsigned digit)
{
	unsigned segments = (1u << digit) - 1;
	struct mpc_plane *next = s->rest[s->turn];

	for (unsigned r = 0; r < digit; r++) {
		struct mpc_plane q = s->v->q[lo + r], sum = PLANE_ZERO;

		for (unsigned m = 1u << r; m <= segments; m += 1u << r) {
			mpc_xor(c->m, q, sum, plane_from(t, (m - 1) * s->words), c->lanes);
			sum = q;
		}
	}
	for (unsigned b = 0; b < s->v->d_width; b++) {
		struct mpc_plane sum = low[b];

		for (unsigned m = 1; m <= segments; m++) {
			mpc_xor(c->m, next[b], sum, plane_from(e[b], (m - 1) * s->words), c->lanes);
			sum = next[b];
		}
		s->r[b] = next[b];
	}
	s->turn = !s->turn;
}

/* Quotient bits [lo, lo + digit). */
static enum status divide_digit(struct circuit *c, struct division *s, unsigned lo, unsigned digit)
{
	unsigned dw = s->v->d_width, w = dw + digit, segments = (1u << digit) - 1;
	struct circuit wide = widened(c, s, segments);
	struct mpc_plane x[NUMBER_MAX], y[NUMBER_MAX], e[NUMBER_MAX], low[NUMBER_MAX], t;
	size_t mark = arena_mark(c->arena);
	struct gates g;
	enum status st;

	for (unsigned b = 0; b < w; b++)
		low[b] = b >= digit ? s->r[b - digit] : lo + b < s->v->n_width ? s->v->n[lo + b] : PLANE_ZERO;
	TRY(take_planes(&wide, x, w));
	TRY(take_planes(&wide, e, dw));
	TRY(take_planes(&wide, &t, 1));
	TRY(take_gates(&wide, &g, dw));
	for (unsigned b = 0; b < w; b++) {
		for (unsigned m = 0; m < segments; m++)
			put_segment(c, s, x[b], m, low[b]);
		y[b] = plane_not(s->wide[b]);
	}
	TRY(circuit_add(&wide, &(struct add){.z = x, .x = x, .y = y, .w = w, .carry = PLANE_ONE, .carry_out = &t}));
	for (unsigned b = 0; b < dw; b++) {
		put_segment(c, s, e[b], 0, low[b]);
		if (segments > 1)
			mpc_copy(c->m, plane_from(e[b], s->words), x[b], wide.lanes - 64 * s->words);
		gate_add(&g, (struct mpc_gate){.z = e[b], .x = t, .y = x[b], .t = e[b]});
	}
	TRY(gates_run(&wide, &g));
	fold(c, s, low, t, e, lo, digit);
out:
	arena_release(c->arena, mark);
	return st;
}

enum status circuit_divide(struct circuit *c, const struct divide *v)
{
	struct division s = {.v = v, .words = lane_words(c->lanes), .digit = largest_digit(v->q_width)};
	size_t mark = arena_mark(c->arena);
	unsigned digit = 0;
	enum status st = ST_OK;

	if (v->q_width == 0)
		return ST_OK;
	if (v->d_width == 0) {
		for (unsigned b = 0; b < v->q_width; b++)
			mpc_copy(c->m, v->q[b], PLANE_ZERO, c->lanes);
		return ST_OK;
	}
	TRY(take_planes(c, s.rest[0], v->d_width));
	TRY(take_planes(c, s.rest[1], v->d_width));
	for (unsigned b = 0; b < v->d_width; b++)
		s.r[b] = v->q_width + b < v->n_width ? v->n[v->q_width + b] : PLANE_ZERO;
	TRY(make_multiples(c, &s));
	for (unsigned left = v->q_width; left > 0; left -= digit) {
		digit = left % DIGIT ? left % DIGIT : DIGIT;
		TRY(divide_digit(c, &s, left - digit, digit));
	}
out:
	arena_release(c->arena, mark);
	return st;
}
