/*
 * Checked open. P_i lacks x_{i+2}: P_{i+1} sends it, and P_{i+2} sends PolyHash_h(x_{i+2}) ^ pad with (h, pad) from the
 * stream of P_{i+2} and P_i, which P_{i+1} does not know. So every P_j sends its second share to P_{j-1} and the tag of
 * its first to P_{j+1}. Nothing opened is used, or anything sent, before the tag was compared (check before send).
 *
 *   Rounds and bytes: 1 round, 8 bytes a word plus 16.
 *   Error: a wrong share passes with probability (len + 1)/2^128, len in 16-byte blocks.
 */
#include "rep3/rep3.h"

struct open_job {
	uint64_t *const *share;
	size_t words, stride;
	uint64_t *out;
};

static void open_fill(struct mpc *m, void *ctx, size_t from, uint64_t *out, size_t n)
{
	const struct open_job *job = ctx;

	(void)m;
	for (size_t k = 0; k < n; k++)
		out[k] = job->share[1][(from + k) / job->words * job->stride + (from + k) % job->words];
}

static void open_take(struct mpc *m, void *ctx, size_t from, const uint64_t *in, size_t n)
{
	const struct open_job *job = ctx;

	(void)m;
	memcpy(job->out + from, in, n * sizeof *in);
}

struct tag_key {
	uint64_t h[2], pad[2];
};

static enum status send_tag(struct mpc *m, const struct open_job *job, size_t planes, uint32_t round)
{
	struct tag_key key;
	uint64_t tag[2];
	struct poly p;
	enum status st;

	draw_next(m, STREAM_TAG, (uint64_t *)&key, 4);
	poly_begin(&p, key.h);
	for (size_t b = 0; b < planes; b++)
		poly_add(&p, job->share[0] + b * job->stride, job->words);
	poly_end(&p, tag);
	tag[0] ^= key.pad[0];
	tag[1] ^= key.pad[1];
	st = message_send(m, peer_next(m), MPC_MSG_TAG, round, tag, sizeof tag);
	wipe(&key, sizeof key);
	return st;
}

static enum status check_tag(struct mpc *m, const uint64_t *received, size_t n, uint32_t round)
{
	struct tag_key key;
	uint64_t tag[2], expected[2];
	struct poly p;
	enum status st;

	draw_own(m, STREAM_TAG, (uint64_t *)&key, 4);
	TRY(message_recv(m, peer_prev(m), MPC_MSG_TAG, round, tag, sizeof tag));
	poly_begin(&p, key.h);
	poly_add(&p, received, n);
	poly_end(&p, expected);
	expected[0] ^= key.pad[0];
	expected[1] ^= key.pad[1];
	if (!ct_equal(tag, expected, sizeof tag))
		st = m->broken = ST_SES_OPEN;
out:
	wipe(&key, sizeof key);
	return st;
}

static void add_shares(const struct mpc *m, const struct open_job *job, size_t planes, bool is_xor)
{
	for (size_t b = 0; b < planes; b++) {
		uint64_t *out = job->out + b * job->words;

		for (unsigned s = 0; s < 2; s++) {
			const uint64_t *x = job->share[s] + b * job->stride;

			if (is_xor)
				m->kernels->xor (out, out, x, 0, job->words);
			else
				m->kernels->add(out, x, job->words);
		}
	}
}

enum status rep3_open(
    struct mpc *m, uint64_t *out, uint64_t *const share[], size_t planes, size_t words, size_t stride, bool is_xor)
{
	struct open_job job = {.share = share, .words = words, .stride = stride, .out = out};
	struct ring ring = {
	    .type = MPC_MSG_OPEN,
	    .round = message_rounds(m, 1),
	    .send_words = planes * words,
	    .recv_words = planes * words,
	    .ctx = &job,
	    .fill = open_fill,
	    .take = open_take,
	};
	enum status st;

	TRY(send_tag(m, &job, planes, ring.round));
	TRY(rep3_ring(m, &ring));
	TRY(check_tag(m, out, planes * words, ring.round));
	add_shares(m, &job, planes, is_xor);
out:
	if (st != ST_OK)
		wipe(out, planes * words * sizeof *out);
	return st;
}
