/*
 * A batch of AND gates, 64 lanes to a word: z_i = (x_i & (y_i ^ y_{i+1})) ^ (x_{i+1} & y_i) ^ s_i ^ a_i goes to P_{i-1};
 * the result is (z_i, z_{i+1}). The zero share a_i makes z_i uniform to its receiver, who does not know k_{i+1}.
 *
 *   Rounds and bytes: 1 round, 8 * ceil(lanes/64) bytes a gate.
 */
#include "base/panic.h"
#include "rep3/rep3.h"

struct and_job {
	const struct mpc_gate *gates;
	size_t words, lanes; /* of one plane */
};

static const uint64_t zeros[BLOCK_WORDS];

static const uint64_t *at(const uint64_t *share, size_t from)
{
	return share ? share + from : zeros;
}

static uint64_t complement(const struct mpc *m, unsigned share, bool flip)
{
	return flip && (int)share == m->public_share ? ~UINT64_C(0) : 0;
}

static struct and_block block_of(const struct mpc *m, const struct mpc_gate *g, size_t w)
{
	bool fy = g->y.flip != g->t.flip;

	return (struct and_block){
	    .x0 = at(g->x.share[0], w),
	    .x1 = at(g->x.share[1], w),
	    .y0 = at(g->y.share[0], w),
	    .y1 = at(g->y.share[1], w),
	    .t0 = at(g->t.share[0], w),
	    .t1 = at(g->t.share[1], w),
	    .s0 = at(g->s.share[0], w),
	    .fx0 = complement(m, 0, g->x.flip),
	    .fx1 = complement(m, 1, g->x.flip),
	    .fy0 = complement(m, 0, fy),
	    .fy1 = complement(m, 1, fy),
	    .fs0 = complement(m, 0, g->s.flip),
	};
}

/* Words [w, w + n) of one gate, n <= BLOCK_WORDS; out holds the zero share. */
static void and_piece(
    struct mpc *m, const struct and_job *job, const struct mpc_gate *g, size_t w, uint64_t *out, size_t n)
{
	struct and_block b = block_of(m, g, w);

	m->kernels->and (out, &b, n);
	if (w + n == job->words)
		out[n - 1] &= tail_mask(job->lanes);
	memcpy(g->z.share[0] + w, out, n * sizeof *out);
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static void and_fill(struct mpc *m, void *ctx, size_t from, uint64_t *out, size_t n)
{
	const struct and_job *job = ctx;
	size_t gate = from / job->words, w = from % job->words;

	rep3_zero_xor(m, out, n);
	while (n) {
		size_t len = least(least(job->words - w, n), BLOCK_WORDS);

		and_piece(m, job, &job->gates[gate], w, out, len);
		out += len, n -= len, w += len;
		if (w == job->words)
			gate++, w = 0;
	}
}

static void and_take(struct mpc *m, void *ctx, size_t from, const uint64_t *in, size_t n)
{
	const struct and_job *job = ctx;
	size_t gate = from / job->words, w = from % job->words;

	(void)m;
	while (n) {
		size_t len = least(job->words - w, n);
		uint64_t *z = job->gates[gate].z.share[1] + w;

		memcpy(z, in, len * sizeof *in);
		in += len, n -= len, w += len;
		if (w == job->words) {
			z[len - 1] &= tail_mask(job->lanes); /* a peer's, so not taken on trust */
			gate++, w = 0;
		}
	}
}

enum status rep3_and(struct mpc *m, const struct mpc_gate *gates, size_t n, size_t lanes)
{
	struct and_job job = {.gates = gates, .words = lane_words(lanes), .lanes = lanes};
	struct ring ring = {
	    .type = MPC_MSG_SHARES,
	    .round = message_rounds(m, 1),
	    .send_words = n * job.words,
	    .recv_words = n * job.words,
	    .ctx = &job,
	    .fill = and_fill,
	    .take = and_take,
	};

	for (size_t k = 0; k < n; k++)
		invariant(gates[k].z.share[0] && !gates[k].z.flip);
	return rep3_ring(m, &ring);
}
