#include "rep3/rep3_tiles.h"

struct tiles tiles_of(size_t n, size_t lanes)
{
	size_t tile = lanes < TILE_LANES ? lanes : TILE_LANES;
	struct tiles t = {.n = n, .lanes = lanes, .per_message = MESSAGE_WORDS / tile};

	t.count = n * ((lanes + TILE_LANES - 1) / TILE_LANES);
	t.messages = (t.count + t.per_message - 1) / t.per_message;
	return t;
}

static struct tile tile_at(const struct tiles *t, size_t index)
{
	struct tile tile = {.plane = index % t->n, .lane = index / t->n * TILE_LANES};

	tile.len = t->lanes - tile.lane < TILE_LANES ? t->lanes - tile.lane : TILE_LANES;
	return tile;
}

void tiles_each(const struct tiles *t, size_t message, void (*visit)(void *ctx, const struct tile *tile), void *ctx)
{
	size_t from = message * t->per_message, offset = 0;

	for (size_t k = from; k < from + t->per_message && k < t->count; k++) {
		struct tile tile = tile_at(t, k);

		tile.offset = offset;
		visit(ctx, &tile);
		offset += tile.len;
	}
}

static void add_length(void *ctx, const struct tile *tile)
{
	*(size_t *)ctx += tile->len;
}

size_t tiles_message_words(const struct tiles *t, size_t message)
{
	size_t words = 0;

	tiles_each(t, message, add_length, &words);
	return words;
}

enum status tiles_run(struct mpc *m, const struct tiles *t, const struct tile_steps *steps, void *ctx)
{
	enum status st = ST_OK;

	for (size_t step = 0; step < t->messages + MPC_AHEAD; step++) {
		size_t late = step - ANSWER_LATE, last = step - MPC_AHEAD;

		if (step < t->messages && tile_role(m->party, step) != 1)
			TRY(steps->first(m, ctx, step, tile_role(m->party, step)));
		if (step >= ANSWER_LATE && late < t->messages && tile_role(m->party, late) == 1)
			TRY(steps->answer(m, ctx, late));
		if (steps->finish && step >= MPC_AHEAD && tile_role(m->party, last) == 0)
			TRY(steps->finish(m, ctx, last));
	}
out:
	return st;
}
