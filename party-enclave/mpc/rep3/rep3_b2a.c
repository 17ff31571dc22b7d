/*
 * Bits to words. b = b_0 ^ b_1 ^ b_2; with u = b_0 ^ b_1, which role 0 knows, and b_2, which roles 1 and 2 know:
 *
 *     b = u + b_2 - 2 u b_2,     u = s_0 + s_1,  s_0 = F of roles 2 and 0;  s_1 = u - s_0, role 0 sends it to role 1
 *     v = b_2 s_1  is known to role 1: it shares it as (f, r = v - f), f of roles 1 and 2, r to role 0
 *     v' = b_2 s_0 is known to role 2: it shares it as (f', r' = v' - f'), f' of roles 2 and 0, r' to role 1
 *     share 0 = s_0 - 2 f'       share 1 = s_1 - 2 r       share 2 = b_2 - 2 (f + r')
 *
 * Security (semi-honest): role 1 sees s_1, masked by s_0, and r', masked by f', both from a key it lacks; role 0 sees r,
 * masked by f; role 2 sees nothing. So every message is uniform to its receiver.
 *
 *   Rounds and bytes: 2 rounds, every party sends 8 bytes a bit (each role sends one word).
 *
 * Counting only (bit_sums without columns): sum b = sum u + sum b_2 - 2 sum u b_2 needs s_1 alone, because v and v' are
 * added up before they are shared: party i inputs V_i, the sum of all that it would have shared. The same masks hide
 * s_1, and V_i is an ordinary input.
 *
 *   Rounds and bytes: 2 rounds; 8 bytes a bit from role 0 only, and 8 bytes a plane from every party.
 */
#include "base/panic.h"
#include "rep3/rep3_tiles.h"

struct convert {
	struct mpc *m;
	const struct mpc_plane *planes;
	const struct mpc_words *z, *w; /* w: columns to multiply with, when summing */
	size_t n, lanes, columns;
	bool is_sum;
	uint32_t round;
	const struct tiles *tiles;
	uint64_t *out, *own, *next; /* of the message at hand */
	const uint64_t *in;
};

static uint64_t *block(const struct convert *c, unsigned k)
{
	return rep3_state(c->m)->scratch + k * BLOCK_WORDS;
}

static void use_slot(struct convert *c, size_t message)
{
	struct rep3 *r = rep3_state(c->m);
	size_t slot = message % (MPC_AHEAD + 1);

	c->own = r->tiles + 2 * slot * MESSAGE_WORDS;
	c->next = c->own + MESSAGE_WORDS;
	c->out = r->out;
	c->in = r->in;
}

/* The tile's bits as 0 or all ones: of share s, or of both shares together (u) for s = 2. */
static const uint64_t *spread(const struct convert *c, const struct tile *t, unsigned s)
{
	uint64_t bits[TILE_LANES / 64], *mask = block(c, 0);
	const struct mpc_plane *p = &c->planes[t->plane];
	size_t w = t->lane / 64, words = lane_words(t->len);

	memcpy(bits, p->share[s == 2 ? 0 : s] + w, 8 * words);
	if (s == 2)
		c->m->kernels->xor (bits, bits, p->share[1] + w, 0, words);
	c->m->kernels->spread(mask, bits, words);
	wipe(bits, sizeof bits);
	return mask;
}

static void subtract_twice(const struct convert *c, uint64_t *z, const uint64_t *x, size_t n)
{
	c->m->kernels->sub(z, x, n);
	c->m->kernels->sub(z, x, n);
}

/* ---- where a finished tile goes ---- */
static void sink(const struct convert *c, const struct tile *t, const uint64_t *own, const uint64_t *next)
{
	const struct mpc_kernels *k = c->m->kernels;
	uint64_t *const *z = c->z->share, *both = block(c, 1);

	if (!c->is_sum) {
		memcpy(z[0] + t->plane * c->lanes + t->lane, own, 8 * t->len);
		memcpy(z[1] + t->plane * c->lanes + t->lane, next, 8 * t->len);
		return;
	}
	z[0][t->plane] += k->sum(own, t->len);
	z[1][t->plane] += k->sum(next, t->len);
	memcpy(both, own, 8 * t->len);
	k->add(both, next, t->len);
	for (size_t j = 0; j < c->columns; j++) {
		const struct mpc_words *w = &c->w[j];

		z[0][(1 + j) * c->n + t->plane] +=
		    k->dot(w->share[0] + t->lane, w->share[1] + t->lane, own, both, t->len);
	}
}

/* ---- role 0 ---- */
static void share_u(void *ctx, const struct tile *t)
{
	const struct convert *c = ctx;
	const struct mpc_kernels *k = c->m->kernels;
	uint64_t *s0 = c->own + t->offset, *s1 = c->next + t->offset, *f0 = block(c, 2);

	draw_own(c->m, STREAM_INPUT, s0, t->len);
	memset(s1, 0, 8 * t->len);
	k->sub(s1, spread(c, t, 2), t->len); /* u = -mask */
	k->sub(s1, s0, t->len);
	memcpy(c->out + t->offset, s1, 8 * t->len);
	draw_own(c->m, STREAM_INPUT, f0, t->len);
	subtract_twice(c, s0, f0, t->len);
}

static void take_answer(void *ctx, const struct tile *t)
{
	const struct convert *c = ctx;

	subtract_twice(c, c->next + t->offset, c->in + t->offset, t->len);
	sink(c, t, c->own + t->offset, c->next + t->offset);
}

/* ---- role 2 ---- */
static void share_second(void *ctx, const struct tile *t)
{
	const struct convert *c = ctx;
	const struct mpc_kernels *k = c->m->kernels;
	uint64_t *s0 = block(c, 2), *f = block(c, 3), *own = block(c, 4), *out = c->out + t->offset;
	const uint64_t *mask = spread(c, t, 0);

	draw_next(c->m, STREAM_INPUT, s0, t->len);
	k->mask(out, mask, s0, t->len); /* v' */
	draw_next(c->m, STREAM_INPUT, f, t->len);
	k->sub(out, f, t->len); /* r' = v' - f' */
	subtract_twice(c, s0, f, t->len);
	memset(own, 0, 8 * t->len);
	k->sub(own, mask, t->len); /* b_2 */
	draw_own(c->m, STREAM_CONVERT, f, t->len);
	subtract_twice(c, own, f, t->len);
	subtract_twice(c, own, out, t->len);
	sink(c, t, own, s0);
}

/* ---- role 1 ---- */
static void share_first(void *ctx, const struct tile *t)
{
	const struct convert *c = ctx;
	const struct mpc_kernels *k = c->m->kernels;
	uint64_t *own = c->own + t->offset, *next = c->next + t->offset, *out = c->out + t->offset, *f = block(c, 2);
	const uint64_t *mask = spread(c, t, 1);

	memcpy(own, c->in + t->offset, 8 * t->len); /* s_1 */
	k->mask(out, mask, own, t->len); /* v */
	draw_next(c->m, STREAM_CONVERT, f, t->len);
	k->sub(out, f, t->len); /* r = v - f */
	subtract_twice(c, own, out, t->len);
	memset(next, 0, 8 * t->len);
	k->sub(next, mask, t->len);
	subtract_twice(c, next, f, t->len);
}

static enum status first(struct mpc *m, void *ctx, size_t message, unsigned role)
{
	struct convert *c = ctx;
	size_t words = tiles_message_words(c->tiles, message);
	unsigned peer = role == 0 ? peer_next(m) : peer_prev(m);

	use_slot(c, message);
	tiles_each(c->tiles, message, role == 0 ? share_u : share_second, c);
	return message_send(m, peer, MPC_MSG_SHARES, c->round, c->out, 8 * words);
}

static enum status answer(struct mpc *m, void *ctx, size_t message)
{
	struct convert *c = ctx;
	size_t bytes = 8 * tiles_message_words(c->tiles, message);
	uint64_t *in = rep3_state(m)->in;
	enum status st;

	use_slot(c, message);
	TRY(message_recv(m, peer_prev(m), MPC_MSG_SHARES, c->round, in, bytes));
	tiles_each(c->tiles, message, share_first, c);
	TRY(message_send(m, peer_prev(m), MPC_MSG_SHARES, c->round + 1, c->out, bytes));
	TRY(message_recv(m, peer_next(m), MPC_MSG_SHARES, c->round, in, bytes));
	tiles_each(c->tiles, message, take_answer, c); /* share 2 loses 2 r' as share 1 of role 0 loses 2 r */
out:
	return st;
}

static enum status finish(struct mpc *m, void *ctx, size_t message)
{
	struct convert *c = ctx;
	enum status st;

	use_slot(c, message);
	TRY(message_recv(m, peer_next(m), MPC_MSG_SHARES, c->round + 1, rep3_state(m)->in,
	    8 * tiles_message_words(c->tiles, message)));
	tiles_each(c->tiles, message, take_answer, c);
out:
	return st;
}

static const struct tile_steps convert_steps = {first, answer, finish};

enum status rep3_b2a(struct mpc *m, const struct mpc_words *z, const struct mpc_plane *planes, size_t n, size_t lanes)
{
	struct tiles tiles = tiles_of(n, lanes);
	struct convert c = {.m = m, .planes = planes, .z = z, .n = n, .lanes = lanes, .tiles = &tiles};

	c.round = message_rounds(m, 2);
	return tiles_run(m, &tiles, &convert_steps, &c);
}

/* ---- counting ---- */
static void add_counts(const struct convert *c, const struct tile *t, const uint64_t *own, const uint64_t *next)
{
	c->z->share[0][t->plane] += c->m->kernels->sum(own, t->len);
	c->z->share[1][t->plane] += c->m->kernels->sum(next, t->len);
}

static void count_u(void *ctx, const struct tile *t)
{
	const struct convert *c = ctx;
	const struct mpc_kernels *k = c->m->kernels;
	uint64_t *s0 = block(c, 2), *s1 = c->out + t->offset;

	draw_own(c->m, STREAM_INPUT, s0, t->len);
	memset(s1, 0, 8 * t->len);
	k->sub(s1, spread(c, t, 2), t->len);
	k->sub(s1, s0, t->len);
	add_counts(c, t, s0, s1);
}

/* Role 2: shares (b_2, s_0), and v' joins V. Role 1: shares (s_1, b_2), and v joins V. */
static void count_second(void *ctx, const struct tile *t)
{
	const struct convert *c = ctx;
	const struct mpc_kernels *k = c->m->kernels;
	uint64_t *s0 = block(c, 2), *v = block(c, 3);
	const uint64_t *mask = spread(c, t, 0);

	draw_next(c->m, STREAM_INPUT, s0, t->len);
	k->mask(v, mask, s0, t->len);
	rep3_state(c->m)->counts[t->plane] += k->sum(v, t->len);
	c->z->share[0][t->plane] -= k->sum(mask, t->len);
	c->z->share[1][t->plane] += k->sum(s0, t->len);
}

static void count_first(void *ctx, const struct tile *t)
{
	const struct convert *c = ctx;
	const struct mpc_kernels *k = c->m->kernels;
	const uint64_t *s1 = c->in + t->offset, *mask = spread(c, t, 1);
	uint64_t *v = block(c, 3);

	k->mask(v, mask, s1, t->len);
	rep3_state(c->m)->counts[t->plane] += k->sum(v, t->len);
	c->z->share[0][t->plane] += k->sum(s1, t->len);
	c->z->share[1][t->plane] -= k->sum(mask, t->len);
}

static enum status count_begin(struct mpc *m, void *ctx, size_t message, unsigned role)
{
	struct convert *c = ctx;

	use_slot(c, message);
	tiles_each(c->tiles, message, role == 0 ? count_u : count_second, c);
	if (role == 2)
		return ST_OK;
	return message_send(
	    m, peer_next(m), MPC_MSG_SHARES, c->round, c->out, 8 * tiles_message_words(c->tiles, message));
}

static enum status count_answer(struct mpc *m, void *ctx, size_t message)
{
	struct convert *c = ctx;
	enum status st;

	use_slot(c, message);
	TRY(message_recv(
	    m, peer_prev(m), MPC_MSG_SHARES, c->round, rep3_state(m)->in, 8 * tiles_message_words(c->tiles, message)));
	tiles_each(c->tiles, message, count_first, c);
out:
	return st;
}

static const struct tile_steps count_steps = {count_begin, count_answer, NULL};

/* Every party inputs V_i: share i+1 = F, share i = V_i - F; z loses twice the sum of the three inputs. */
static void input_fill(struct mpc *m, void *ctx, size_t from, uint64_t *out, size_t n)
{
	const struct mpc_words *z = ((struct convert *)ctx)->z;
	struct rep3 *r = rep3_state(m);

	draw_next(m, STREAM_INPUT, r->mask, n);
	memcpy(out, r->counts + from, 8 * n);
	m->kernels->sub(out, r->mask, n);
	for (size_t k = 0; k < n; k++) {
		z->share[0][from + k] -= 2 * out[k];
		z->share[1][from + k] -= 2 * r->mask[k];
	}
	draw_own(m, STREAM_INPUT, r->mask, n); /* of the party before us */
	for (size_t k = 0; k < n; k++)
		z->share[0][from + k] -= 2 * r->mask[k];
}

static void input_take(struct mpc *m, void *ctx, size_t from, const uint64_t *in, size_t n)
{
	const struct mpc_words *z = ((struct convert *)ctx)->z;

	(void)m;
	for (size_t k = 0; k < n; k++)
		z->share[1][from + k] -= 2 * in[k];
}

static enum status input_counts(struct mpc *m, struct convert *c)
{
	struct ring ring = {
	    .type = MPC_MSG_INPUT,
	    .round = c->round + 1,
	    .send_words = c->n,
	    .recv_words = c->n,
	    .ctx = c,
	    .fill = input_fill,
	    .take = input_take,
	};

	return rep3_ring(m, &ring);
}

static enum status count(struct mpc *m, struct convert *c)
{
	enum status st;

	memset(rep3_state(m)->counts, 0, 8 * c->n);
	c->round = message_rounds(m, 2);
	TRY(tiles_run(m, c->tiles, &count_steps, c));
	TRY(input_counts(m, c));
out:
	wipe(rep3_state(m)->counts, 8 * c->n);
	return st;
}

enum status rep3_bit_sums(struct mpc *m, const struct mpc_words *z, const struct mpc_plane *planes, size_t n,
    size_t lanes, const struct mpc_words *w, size_t columns)
{
	struct tiles tiles = tiles_of(n, lanes);
	struct convert c = {.m = m,
	    .planes = planes,
	    .z = z,
	    .w = w,
	    .n = n,
	    .lanes = lanes,
	    .columns = columns,
	    .is_sum = true,
	    .tiles = &tiles};
	enum status st;

	invariant(n <= MESSAGE_WORDS);
	if (columns == 0)
		return count(m, &c);
	c.round = message_rounds(m, 3);
	TRY(tiles_run(m, &tiles, &convert_steps, &c));
	struct mpc_words sums = mpc_words_from(z, n, columns * n);
	TRY(rep3_reshare(m, &sums, c.round + 2));
out:
	return st;
}
