/*
 * Input of v by P_i: share i+1 := F_{k_{i+1}}, share i := v - F_{k_{i+1}} goes to P_{i-1}, share i+2 := 0. So of the lanes
 * of party p, P_p keeps both, P_{p+1} draws its first share, P_{p-1} receives its second; the others are zero.
 *
 *   Rounds and bytes: 1 round; party i sends its own values once, packed, and 8 bytes for each 512 KiB that it
 *   receives but the last MiB (credits).
 *
 * The values sent are numbered plane by plane over the owner's block, words[p] of them to a plane (one "plane" for
 * words); the stream is drawn along that numbering, MESSAGE_WORDS at a time, at both ends.
 */
#include "rep3/rep3.h"

struct input_job {
	uint64_t *const *share; /* the destination: planes `stride` words apart */
	size_t planes, stride;
	size_t words[MPC_PARTIES], start[MPC_PARTIES]; /* of each party's block within a plane */
	const uint64_t *own;
	bool is_xor;
};

/* Copies n words of party p's numbering, from `from` on, to share s. */
static void place(const struct input_job *job, unsigned p, unsigned s, size_t from, const uint64_t *in, size_t n)
{
	size_t plane = from / job->words[p], w = from % job->words[p];

	while (n) {
		size_t len = job->words[p] - w < n ? job->words[p] - w : n;

		memcpy(job->share[s] + plane * job->stride + job->start[p] + w, in, len * sizeof *in);
		in += len, n -= len, plane++, w = 0;
	}
}

static void input_fill(struct mpc *m, void *ctx, size_t from, uint64_t *out, size_t n)
{
	const struct input_job *job = ctx;
	uint64_t *mask = rep3_state(m)->mask;

	draw_next(m, STREAM_INPUT, mask, n);
	place(job, m->party, 1, from, mask, n);
	if (job->is_xor) {
		m->kernels->xor (out, job->own + from, mask, 0, n);
	} else {
		memcpy(out, job->own + from, n * sizeof *out);
		m->kernels->sub(out, mask, n);
	}
	place(job, m->party, 0, from, out, n);
}

static void input_take(struct mpc *m, void *ctx, size_t from, const uint64_t *in, size_t n)
{
	place(ctx, peer_next(m), 1, from, in, n);
}

/* What the party before us shared: our first share is its stream. */
static void draw_previous(struct mpc *m, const struct input_job *job)
{
	unsigned p = peer_prev(m);
	size_t total = job->planes * job->words[p];
	uint64_t *mask = rep3_state(m)->mask;

	for (size_t from = 0; from < total; from += MESSAGE_WORDS) {
		size_t n = total - from < MESSAGE_WORDS ? total - from : MESSAGE_WORDS;

		draw_own(m, STREAM_INPUT, mask, n);
		place(job, p, 0, from, mask, n);
	}
}

static void zero_block(const struct input_job *job, unsigned p, unsigned s)
{
	for (size_t b = 0; b < job->planes; b++)
		memset(job->share[s] + b * job->stride + job->start[p], 0, job->words[p] * sizeof(uint64_t));
}

static enum status input(struct mpc *m, struct input_job *job)
{
	struct ring ring = {
	    .type = MPC_MSG_INPUT,
	    .round = message_rounds(m, 1),
	    .send_words = job->planes * job->words[m->party],
	    .recv_words = job->planes * job->words[peer_next(m)],
	    .is_uneven = true,
	    .ctx = job,
	    .fill = input_fill,
	    .take = input_take,
	};

	zero_block(job, peer_next(m), 0);
	zero_block(job, peer_prev(m), 1);
	draw_previous(m, job);
	return rep3_ring(m, &ring);
}

static void set_blocks(struct input_job *job, const uint32_t *blocks, size_t lanes_per_word)
{
	size_t at = 0;

	for (unsigned p = 0; p < MPC_PARTIES; p++) {
		job->words[p] = blocks[p] / lanes_per_word;
		job->start[p] = at;
		at += job->words[p];
	}
}

enum status rep3_input_bits(struct mpc *m, const struct mpc_bits *z, const uint32_t *blocks, const uint64_t *own)
{
	struct input_job job = {
	    .share = z->share, .planes = z->planes, .stride = z->stride, .own = own, .is_xor = true};

	set_blocks(&job, blocks, 64);
	return input(m, &job);
}

enum status rep3_input_words(struct mpc *m, const struct mpc_words *z, const uint32_t *blocks, const uint64_t *own)
{
	struct input_job job = {.share = z->share, .planes = 1, .stride = z->n, .own = own};

	set_blocks(&job, blocks, 1);
	return input(m, &job);
}
