/*
 * z_i = x_i * (y_i + y_{i+1}) + x_{i+1} * y_i + a_i to P_{i-1}; the result is (z_i, z_{i+1}). A dot product adds up the
 * local terms first, so its message is one element whatever its length.
 *
 *   Rounds and bytes: 1 round, 8 bytes an output element.
 */
#include "rep3/rep3.h"

struct mul_job {
	const struct mpc_words *z, *x, *y; /* x NULL: z->share[0] holds the local terms already */
};

static void mul_fill(struct mpc *m, void *ctx, size_t from, uint64_t *out, size_t n)
{
	const struct mul_job *job = ctx;
	const struct mpc_words *x = job->x, *y = job->y;

	rep3_zero_add(m, out, n);
	if (x)
		m->kernels->mul(out, x->share[0] + from, x->share[1] + from, y->share[0] + from, y->share[1] + from, n);
	else
		m->kernels->add(out, job->z->share[0] + from, n);
	memcpy(job->z->share[0] + from, out, n * sizeof *out);
}

static void mul_take(struct mpc *m, void *ctx, size_t from, const uint64_t *in, size_t n)
{
	const struct mul_job *job = ctx;

	(void)m;
	memcpy(job->z->share[1] + from, in, n * sizeof *in);
}

static enum status exchange(struct mpc *m, const struct mul_job *job, uint32_t round)
{
	struct mul_job copy = *job;
	struct ring ring = {
	    .type = MPC_MSG_SHARES,
	    .round = round,
	    .send_words = job->z->n,
	    .recv_words = job->z->n,
	    .ctx = &copy,
	    .fill = mul_fill,
	    .take = mul_take,
	};

	return rep3_ring(m, &ring);
}

enum status rep3_mul(struct mpc *m, const struct mpc_words *z, const struct mpc_words *x, const struct mpc_words *y)
{
	return exchange(m, &(struct mul_job){.z = z, .x = x, .y = y}, message_rounds(m, 1));
}

enum status rep3_reshare(struct mpc *m, const struct mpc_words *z, uint32_t round)
{
	return exchange(m, &(struct mul_job){.z = z}, round);
}

static uint64_t local_dot(const struct mpc *m, const struct mpc_words *x, const struct mpc_words *y)
{
	uint64_t *y01 = rep3_state(m)->scratch, sum = 0;

	for (size_t at = 0; at < x->n; at += BLOCK_WORDS) {
		size_t n = x->n - at < BLOCK_WORDS ? x->n - at : BLOCK_WORDS;

		memcpy(y01, y->share[0] + at, n * sizeof *y01);
		m->kernels->add(y01, y->share[1] + at, n);
		sum += m->kernels->dot(x->share[0] + at, x->share[1] + at, y->share[0] + at, y01, n);
	}
	return sum;
}

enum status rep3_dot(struct mpc *m, const struct mpc_words *z, const struct mpc_words *x, const struct mpc_words *y)
{
	for (size_t k = 0; k < z->n; k++)
		z->share[0][k] = local_dot(m, &x[k], &y[k]);
	return rep3_reshare(m, z, message_rounds(m, 1));
}
