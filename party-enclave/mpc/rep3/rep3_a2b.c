/*
 * x = (x_0 + x_1) + x_2. P_0 knows the first summand c and inputs its bits: share 1 := F_{k_1}, share 0 := c ^ F_{k_1} to
 * P_2, share 2 := 0. The second is known to P_1 and P_2: share 2 := x_2, the others 0, no message (known to two).
 *
 *   Rounds and bytes: 1 round; P_0 sends 8 * planes * ceil(n/64) bytes.
 */
#include "rep3/rep3.h"

/* 64 elements from `at` on, to bits: word k of block = bit k of each. */
static void bits_of(const struct mpc *m, uint64_t block[64], const uint64_t *x, const uint64_t *y, size_t n, size_t at)
{
	for (size_t k = 0; k < 64; k++)
		block[k] = at + k < n ? x[at + k] + (y ? y[at + k] : 0) : 0;
	m->kernels->transpose(block, block, 1);
}

/* Bits of x (+ y) into share s of z, or nothing of it when x is NULL. */
static void store_bits(const struct mpc *m, const struct mpc_bits *z, unsigned s, const uint64_t *x, const uint64_t *y)
{
	uint64_t block[64];

	for (size_t w = 0; w < lane_words(z->lanes); w++) {
		bits_of(m, block, x, y, z->lanes, 64 * w);
		for (size_t b = 0; b < z->planes; b++)
			z->share[s][b * z->stride + w] = block[b];
	}
	wipe(block, sizeof block);
}

static void clear_share(const struct mpc_bits *z, unsigned s)
{
	memset(z->share[s], 0, z->planes * z->stride * sizeof(uint64_t));
}

static void xor_masks(struct mpc *m, const struct mpc_bits *a, unsigned s, const uint64_t *mask, size_t b)
{
	size_t words = lane_words(a->lanes);
	uint64_t *z = a->share[s] + b * a->stride;

	m->kernels->xor (z, z, mask, 0, words);
	z[words - 1] &= tail_mask(a->lanes);
}

enum { FIRST, SECOND };

/* The masks F_{k_1}, plane by plane in blocks; `apply` puts them into share s (P_0 both, P_1 its first). */
static void apply_masks(struct mpc *m, const struct mpc_bits *a)
{
	size_t words = lane_words(a->lanes);
	struct rep3 *r = rep3_state(m);

	for (size_t b = 0; b < a->planes; b++) {
		for (size_t w = 0; w < words; w += MESSAGE_WORDS) {
			size_t n = words - w < MESSAGE_WORDS ? words - w : MESSAGE_WORDS;
			struct mpc_bits part = *a;

			part.lanes = (uint32_t)(a->lanes - 64 * w < 64 * n ? a->lanes - 64 * w : 64 * n);
			part.share[FIRST] += w;
			part.share[SECOND] += w;
			stream_draw(m->party == 0 ? &r->next[STREAM_INPUT] : &r->own[STREAM_INPUT], r->mask, 8 * n);
			if (m->party == 0)
				xor_masks(m, &part, SECOND, r->mask, b);
			xor_masks(m, &part, FIRST, r->mask, b);
		}
	}
}

/* P_0's first share to P_2's second, plane by plane, in messages of MESSAGE_WORDS. */
static enum status pass_share(struct mpc *m, const struct mpc_bits *a, uint32_t round)
{
	size_t words = lane_words(a->lanes), total = words * a->planes;
	uint64_t *buffer = rep3_state(m)->out;
	enum status st = ST_OK;

	for (size_t from = 0; from < total; from += MESSAGE_WORDS) {
		size_t n = total - from < MESSAGE_WORDS ? total - from : MESSAGE_WORDS;

		if (m->party == 0) {
			for (size_t k = 0; k < n; k++)
				buffer[k] = a->share[FIRST][(from + k) / words * a->stride + (from + k) % words];
			TRY(message_send(m, 2, MPC_MSG_INPUT, round, buffer, 8 * n));
			continue;
		}
		TRY(message_recv(m, 0, MPC_MSG_INPUT, round, buffer, 8 * n));
		for (size_t k = 0; k < n; k++) {
			size_t w = (from + k) % words;
			uint64_t mask = w + 1 == words ? tail_mask(a->lanes) : ~UINT64_C(0);

			a->share[SECOND][(from + k) / words * a->stride + w] = buffer[k] & mask;
		}
	}
out:
	return st;
}

enum status rep3_a2b_summands(
    struct mpc *m, const struct mpc_bits *a, const struct mpc_bits *b, const struct mpc_words *x)
{
	uint32_t round = message_rounds(m, 1);

	for (unsigned s = 0; s < 2; s++) {
		clear_share(a, s);
		clear_share(b, s);
	}
	switch (m->party) {
	case 0: /* (a_0, a_1); b_0 = b_1 = 0 */
		store_bits(m, a, FIRST, x->share[0], x->share[1]);
		apply_masks(m, a);
		return pass_share(m, a, round);
	case 1: /* (a_1, 0); (0, b_2) */
		apply_masks(m, a);
		store_bits(m, b, SECOND, x->share[1], NULL);
		return ST_OK;
	default: /* (0, a_0); (b_2, 0) */
		store_bits(m, b, FIRST, x->share[0], NULL);
		return pass_share(m, a, round);
	}
}
