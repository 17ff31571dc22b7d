/* The face of the engine: shapes are checked here, empty work ends here, opened values enter the view here. */
#include "base/panic.h"
#include "core/engine.h"

void mpc_free(struct mpc *m)
{
	if (!m || !m->engine)
		return;
	m->engine->free(m);
	wipe(m, sizeof *m);
}

enum status mpc_begin_op(struct mpc *m, uint32_t op)
{
	if (op <= m->op)
		return ST_BUG;
	m->op = op;
	m->round = 0;
	m->engine->begin_op(m);
	return m->broken;
}

uint32_t mpc_op(const struct mpc *m)
{
	return m->op;
}

unsigned mpc_party(const struct mpc *m)
{
	return m->party;
}

unsigned mpc_shares(const struct mpc *m)
{
	return m->engine->shares;
}

const char *mpc_protocol(const struct mpc *m)
{
	return m->engine->protocol;
}

struct mpc_counters mpc_counters(const struct mpc *m)
{
	return m->counters;
}

void mpc_view(const struct mpc *m, uint8_t out[static HASH_LEN])
{
	memcpy(out, m->view, HASH_LEN);
}

/* Both peers hash the same public things, or someone was told something else. */
enum status mpc_barrier(struct mpc *m, struct slice told)
{
	uint8_t mine[HASH_LEN], theirs[HASH_LEN];
	uint32_t round = message_rounds(m, 1);
	unsigned peers[2] = {peer_prev(m), peer_next(m)};
	struct hash h;
	enum status st;

	hash_begin(&h, "parley/view-barrier/v1", 2);
	hash_bytes(&h, slice_of(m->view, sizeof m->view));
	hash_bytes(&h, told);
	hash_end(&h, mine);
	for (int k = 0; k < 2; k++)
		TRY(message_send(m, peers[k], MPC_MSG_VIEW, round, mine, sizeof mine));
	for (int k = 0; k < 2; k++) {
		TRY(message_recv(m, peers[k], MPC_MSG_VIEW, round, theirs, sizeof theirs));
		if (!ct_equal(mine, theirs, sizeof mine))
			TRY(m->broken = ST_SES_VIEW);
	}
out:
	return st;
}

static size_t sum_blocks(const uint32_t *blocks)
{
	size_t total = 0;

	for (unsigned i = 0; i < MPC_PARTIES; i++) {
		invariant(blocks[i] % MPC_LANE_ALIGN == 0);
		total += blocks[i];
	}
	return total;
}

enum status mpc_input_bits(
    struct mpc *m, const struct mpc_bits *z, const uint32_t blocks[static MPC_PARTIES], const uint64_t *own)
{
	size_t lanes = sum_blocks(blocks);

	invariant(z->lanes >= lanes);
	return lanes && z->planes ? m->engine->input_bits(m, z, blocks, own) : ST_OK;
}

enum status mpc_input_words(
    struct mpc *m, const struct mpc_words *z, const uint32_t blocks[static MPC_PARTIES], const uint64_t *own)
{
	size_t n = sum_blocks(blocks);

	invariant(z->n >= n);
	return n ? m->engine->input_words(m, z, blocks, own) : ST_OK;
}

enum status mpc_and(struct mpc *m, const struct mpc_gate *gates, size_t n, size_t lanes)
{
	return n && lanes ? m->engine->and (m, gates, n, lanes) : ST_OK;
}

enum status mpc_mul(struct mpc *m, const struct mpc_words *z, const struct mpc_words *x, const struct mpc_words *y)
{
	invariant(x->n == z->n && y->n == z->n);
	return z->n ? m->engine->mul(m, z, x, y) : ST_OK;
}

enum status mpc_dot(struct mpc *m, const struct mpc_words *z, const struct mpc_words *x, const struct mpc_words *y)
{
	for (size_t k = 0; k < z->n; k++)
		invariant(x[k].n == y[k].n);
	return z->n ? m->engine->dot(m, z, x, y) : ST_OK;
}

enum status mpc_a2b_summands(
    struct mpc *m, const struct mpc_bits *a, const struct mpc_bits *b, const struct mpc_words *x)
{
	invariant(a->lanes == x->n && b->lanes == x->n && a->planes == b->planes && a->planes <= 64);
	return x->n && a->planes ? m->engine->a2b_summands(m, a, b, x) : ST_OK;
}

enum status mpc_b2a(struct mpc *m, const struct mpc_words *z, const struct mpc_plane *planes, size_t n, size_t lanes)
{
	invariant(z->n == n * lanes);
	return n && lanes ? m->engine->b2a(m, z, planes, n, lanes) : ST_OK;
}

enum status mpc_bit_sums(struct mpc *m, const struct mpc_words *z, const struct mpc_plane *planes, size_t n,
    size_t lanes, const struct mpc_words *w, size_t columns)
{
	invariant(z->n == (1 + columns) * n && lanes % 64 == 0);
	for (size_t c = 0; c < columns; c++)
		invariant(w[c].n == lanes);
	for (unsigned s = 0; s < m->engine->shares; s++)
		memset(z->share[s], 0, z->n * sizeof(uint64_t));
	return n && lanes ? m->engine->bit_sums(m, z, planes, n, lanes, w, columns) : ST_OK;
}

static void extend_view(struct mpc *m, const uint64_t *opened, size_t n)
{
	struct hash h;

	hash_begin(&h, "parley/view/v1", 3);
	hash_bytes(&h, slice_of(m->view, sizeof m->view));
	hash_u64(&h, m->op);
	hash_bytes(&h, slice_of(opened, n * sizeof *opened));
	hash_end(&h, m->view);
}

enum status mpc_open_words(struct mpc *m, uint64_t *out, const struct mpc_words *x)
{
	enum status st;

	if (x->n == 0)
		return m->broken;
	TRY(m->engine->open(m, out, x->share, 1, x->n, x->n, false));
	extend_view(m, out, x->n);
out:
	return st;
}

enum status mpc_open_bits(struct mpc *m, uint64_t *out, const struct mpc_bits *x)
{
	size_t words = lane_words(x->lanes);
	enum status st;

	if (words == 0 || x->planes == 0)
		return m->broken;
	TRY(m->engine->open(m, out, x->share, x->planes, words, x->stride, true));
	extend_view(m, out, x->planes * words);
out:
	return st;
}
