#include "mpc/cost.h"
#include "rep3/rep3_tiles.h"

static void add(struct mpc_cost *c, uint32_t rounds, uint64_t bytes)
{
	if (bytes == 0)
		return;
	c->rounds += rounds;
	for (unsigned i = 0; i < MPC_PARTIES; i++)
		c->sent[i] += bytes;
}

static uint64_t plane_bytes(size_t lanes)
{
	return 8 * (uint64_t)lane_words(lanes);
}

static void add_blocks(struct mpc_cost *c, const uint32_t *blocks, size_t planes, size_t lanes_per_word)
{
	uint64_t total = 0;

	for (unsigned i = 0; i < MPC_PARTIES; i++) {
		uint64_t bytes = 8 * (uint64_t)planes * (blocks[i] / lanes_per_word);

		c->sent[i] += bytes;
		c->sent[(i + 2) % MPC_PARTIES] += 8 * (uint64_t)rep3_credits(bytes / 8); /* from its receiver */
		total += bytes;
	}
	c->rounds += total > 0;
}

void mpc_cost_input_bits(struct mpc_cost *c, const uint32_t blocks[static MPC_PARTIES], size_t planes)
{
	add_blocks(c, blocks, planes, 64);
}

void mpc_cost_input_words(struct mpc_cost *c, const uint32_t blocks[static MPC_PARTIES])
{
	add_blocks(c, blocks, 1, 1);
}

void mpc_cost_and(struct mpc_cost *c, size_t gates, size_t lanes)
{
	add(c, 1, gates * plane_bytes(lanes));
}

void mpc_cost_mul(struct mpc_cost *c, size_t n)
{
	add(c, 1, 8 * (uint64_t)n);
}

void mpc_cost_a2b_summands(struct mpc_cost *c, size_t n, size_t planes)
{
	uint64_t bytes = planes * plane_bytes(n);

	c->rounds += bytes > 0;
	c->sent[0] += bytes;
}

void mpc_cost_b2a(struct mpc_cost *c, size_t n, size_t lanes)
{
	add(c, 2, 8 * (uint64_t)n * lanes);
}

/* Role 0 of every message sends all of it; message k makes party k mod 3 role 0. */
static void add_counting(struct mpc_cost *c, size_t n, size_t lanes)
{
	struct tiles t = tiles_of(n, lanes);

	for (size_t k = 0; k < t.messages; k++)
		c->sent[k % MPC_PARTIES] += 8 * (uint64_t)tiles_message_words(&t, k);
	add(c, 2, 8 * (uint64_t)n);
}

void mpc_cost_bit_sums(struct mpc_cost *c, size_t n, size_t lanes, size_t columns)
{
	if (n == 0 || lanes == 0)
		return;
	if (columns == 0)
		add_counting(c, n, lanes);
	else
		add(c, 3, 8 * (uint64_t)n * (lanes + columns));
}

void mpc_cost_open(struct mpc_cost *c, size_t words)
{
	if (words)
		add(c, 1, 8 * (uint64_t)words + 16);
}

void mpc_cost_barrier(struct mpc_cost *c)
{
	add(c, 1, 2 * HASH_LEN);
}
