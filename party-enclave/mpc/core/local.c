/*
 * Linear operations: the same on every share array, except that a public constant goes to the one array that carries
 * constants (rep3: share 0). No messages.
 */
#include "base/panic.h"
#include "core/engine.h"

enum { BLOCK = 1024 }; /* words: what a constant operand is expanded to at a time */

static const uint64_t zeros[BLOCK];

static bool is_plain(struct mpc_plane p)
{
	return p.share[0] && !p.flip;
}

static uint64_t flip_of(const struct mpc *m, unsigned share, bool flip)
{
	return flip && (int)share == m->public_share ? ~UINT64_C(0) : 0;
}

static void xor_share(const struct mpc *m, uint64_t *z, const uint64_t *x, const uint64_t *y, uint64_t f, size_t words)
{
	for (size_t at = 0; at < words; at += BLOCK) {
		size_t n = words - at < BLOCK ? words - at : BLOCK;
		m->kernels->xor (z + at, x ? x + at : zeros, y ? y + at : zeros, f, n);
	}
}

void mpc_xor(struct mpc *m, struct mpc_plane z, struct mpc_plane x, struct mpc_plane y, size_t lanes)
{
	size_t words = lane_words(lanes);

	invariant(is_plain(z));
	for (unsigned s = 0; s < m->engine->shares && words; s++) {
		xor_share(m, z.share[s], x.share[s], y.share[s], flip_of(m, s, x.flip != y.flip), words);
		z.share[s][words - 1] &= tail_mask(lanes);
	}
}

void mpc_copy(struct mpc *m, struct mpc_plane z, struct mpc_plane x, size_t lanes)
{
	mpc_xor(m, z, x, PLANE_ZERO, lanes);
}

void mpc_public(struct mpc *m, struct mpc_plane z, const uint64_t *bits, size_t lanes)
{
	size_t words = lane_words(lanes);

	invariant(is_plain(z));
	for (unsigned s = 0; s < m->engine->shares && words; s++) {
		if ((int)s == m->public_share)
			memcpy(z.share[s], bits, words * sizeof *bits);
		else
			memset(z.share[s], 0, words * sizeof *bits);
		z.share[s][words - 1] &= tail_mask(lanes);
	}
}

/* 64 bits from bit `from` on; words beyond `end` count as zero. */
static uint64_t word_at(const uint64_t *x, size_t from, size_t end)
{
	size_t w = from / 64, shift = from % 64;
	uint64_t low = w < end ? x[w] >> shift : 0;

	return shift && w + 1 < end ? low | x[w + 1] << (64 - shift) : low;
}

void mpc_slice(struct mpc *m, struct mpc_plane z, struct mpc_plane x, size_t from, size_t lanes)
{
	size_t words = lane_words(lanes), end = lane_words(from + lanes);

	invariant(is_plain(z) && is_plain(x));
	for (unsigned s = 0; s < m->engine->shares && words; s++) {
		for (size_t w = 0; w < words; w++)
			z.share[s][w] = word_at(x.share[s], from + 64 * w, end);
		z.share[s][words - 1] &= tail_mask(lanes);
	}
}

void mpc_broadcast(struct mpc *m, struct mpc_plane z, struct mpc_plane x, size_t lane, size_t lanes)
{
	size_t words = lane_words(lanes);

	invariant(is_plain(z) && is_plain(x));
	for (unsigned s = 0; s < m->engine->shares && words; s++) {
		uint64_t all = 0 - (x.share[s][lane / 64] >> lane % 64 & 1);

		for (size_t w = 0; w < words; w++)
			z.share[s][w] = all;
		z.share[s][words - 1] &= tail_mask(lanes);
	}
}

void mpc_collect(struct mpc *m, struct mpc_plane z, struct mpc_plane x, size_t step, size_t lanes)
{
	invariant(is_plain(z) && is_plain(x));
	for (unsigned s = 0; s < m->engine->shares; s++) {
		for (size_t w = 0; w < lane_words(lanes); w++) {
			uint64_t v = 0;

			for (size_t k = 64 * w; k < 64 * (w + 1) && k < lanes; k++)
				v |= (x.share[s][step * k / 64] >> step * k % 64 & 1) << k % 64;
			z.share[s][w] = v;
		}
	}
}

/* Word w of each plane is one 64 x 64 block, transposed to 64 consecutive elements. */
static void gather_block(
    const struct mpc *m, unsigned s, uint64_t block[64], const struct mpc_plane *planes, unsigned count, size_t w)
{
	for (unsigned b = 0; b < 64; b++) {
		uint64_t v = b < count && planes[b].share[s] ? planes[b].share[s][w] : 0;
		block[b] = b < count ? v ^ flip_of(m, s, planes[b].flip) : 0;
	}
	m->kernels->transpose(block, block, 1);
}

void mpc_gather_words(struct mpc *m, const struct mpc_words *z, const struct mpc_plane *planes, unsigned count)
{
	uint64_t block[64];

	invariant(count <= 64);
	for (unsigned s = 0; s < m->engine->shares; s++) {
		for (size_t at = 0; at < z->n; at += 64) {
			size_t n = z->n - at < 64 ? z->n - at : 64;

			gather_block(m, s, block, planes, count, at / 64);
			memcpy(z->share[s] + at, block, n * sizeof *block);
		}
	}
	wipe(block, sizeof block);
}

void mpc_pack_planes(const struct mpc *m, uint64_t *out, unsigned planes, const uint64_t *values, size_t n)
{
	size_t words = lane_words(n);
	uint64_t block[64];

	invariant(planes <= 64);
	for (size_t w = 0; w < words; w++) {
		for (size_t k = 0; k < 64; k++)
			block[k] = 64 * w + k < n ? values[64 * w + k] : 0;
		m->kernels->transpose(block, block, 1);
		for (unsigned b = 0; b < planes; b++)
			out[b * words + w] = block[b];
	}
	wipe(block, sizeof block);
}

void mpc_public_words(struct mpc *m, const struct mpc_words *z, const uint64_t *values)
{
	for (unsigned s = 0; s < m->engine->shares; s++) {
		if ((int)s == m->public_share)
			memcpy(z->share[s], values, z->n * sizeof *values);
		else
			memset(z->share[s], 0, z->n * sizeof *values);
	}
}

void mpc_linear(struct mpc *m, const struct mpc_words *z, int64_t a, const struct mpc_words *x, int64_t b,
    const struct mpc_words *y, int64_t c)
{
	invariant(x->n == z->n && (!y || y->n == z->n));
	for (unsigned s = 0; s < m->engine->shares; s++) {
		uint64_t constant = (int)s == m->public_share ? (uint64_t)c : 0;

		for (size_t k = 0; k < z->n; k++)
			z->share[s][k] =
			    (uint64_t)a * x->share[s][k] + (y ? (uint64_t)b * y->share[s][k] : 0) + constant;
	}
}

void mpc_add_scaled(struct mpc *m, const struct mpc_words *z, int64_t f, const struct mpc_words *x)
{
	invariant(x->n <= z->n);
	for (unsigned s = 0; s < m->engine->shares; s++)
		for (size_t k = 0; k < x->n; k++)
			z->share[s][k] += (uint64_t)f * x->share[s][k];
}

void mpc_add_sum(struct mpc *m, const struct mpc_words *z, int64_t f, const struct mpc_words *x)
{
	invariant(z->n > 0);
	for (unsigned s = 0; s < m->engine->shares; s++) {
		uint64_t sum = 0;

		for (size_t k = 0; k < x->n; k++)
			sum += x->share[s][k];
		z->share[s][0] += (uint64_t)f * sum;
	}
}
