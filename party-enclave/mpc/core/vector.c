#include "mpc/vector.h"
#include "base/panic.h"

enum { WORD_ALIGN = 8 }; /* 512 bits */

static size_t stride_of(size_t lanes)
{
	return (lane_words(lanes) + WORD_ALIGN - 1) / WORD_ALIGN * WORD_ALIGN;
}

size_t mpc_bits_bytes(unsigned shares, size_t lanes, size_t planes)
{
	return shares * planes * stride_of(lanes) * sizeof(uint64_t);
}

size_t mpc_words_bytes(unsigned shares, size_t n)
{
	return shares * stride_of(64 * n) * sizeof(uint64_t);
}

struct mpc_bits mpc_bits_place(void *storage, unsigned shares, size_t lanes, size_t planes)
{
	struct mpc_bits b = {.lanes = (uint32_t)lanes, .planes = (uint32_t)planes, .stride = stride_of(lanes)};

	for (unsigned s = 0; s < shares; s++)
		b.share[s] = (uint64_t *)storage + s * planes * b.stride;
	return b;
}

struct mpc_words mpc_words_place(void *storage, unsigned shares, size_t n)
{
	struct mpc_words w = {.n = n};

	for (unsigned s = 0; s < shares; s++)
		w.share[s] = (uint64_t *)storage + s * stride_of(64 * n);
	return w;
}

struct mpc_plane mpc_bits_plane(const struct mpc_bits *x, size_t k)
{
	struct mpc_plane p = {.flip = false};

	invariant(k < x->planes);
	for (int s = 0; s < MPC_SHARES_MAX; s++)
		if (x->share[s])
			p.share[s] = x->share[s] + k * x->stride;
	return p;
}

struct mpc_words mpc_words_from(const struct mpc_words *x, size_t from, size_t n)
{
	struct mpc_words w = {.n = n};

	invariant(from <= x->n && n <= x->n - from);
	for (int s = 0; s < MPC_SHARES_MAX; s++)
		if (x->share[s])
			w.share[s] = x->share[s] + from;
	return w;
}
