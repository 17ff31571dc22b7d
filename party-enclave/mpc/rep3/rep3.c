/* The rep3 engine: keys, buffers, table. */
#include "rep3/rep3.h"

static const enum stream_purpose purposes[] = {
    STREAM_ZERO_ADD, STREAM_ZERO_XOR, STREAM_INPUT, STREAM_TAG, STREAM_CONVERT};
enum { N_PURPOSES = sizeof purposes / sizeof purposes[0] };

static void rep3_free(struct mpc *m)
{
	struct rep3 *r = rep3_state(m);

	for (unsigned k = 0; k < N_PURPOSES; k++) {
		stream_clear(&r->own[purposes[k]]);
		stream_clear(&r->next[purposes[k]]);
	}
}

static void rep3_begin_op(struct mpc *m)
{
	struct rep3 *r = rep3_state(m);

	for (unsigned k = 0; k < N_PURPOSES; k++) {
		stream_begin_op(&r->own[purposes[k]], m->op);
		stream_begin_op(&r->next[purposes[k]], m->op);
	}
}

static const struct mpc_engine rep3_engine = {
    .protocol = "rep3",
    .shares = 2,
    .public_share = {0, -1, 1},
    .free = rep3_free,
    .begin_op = rep3_begin_op,
    .input_bits = rep3_input_bits,
    .input_words = rep3_input_words,
    .and = rep3_and,
    .mul = rep3_mul,
    .dot = rep3_dot,
    .a2b_summands = rep3_a2b_summands,
    .b2a = rep3_b2a,
    .bit_sums = rep3_bit_sums,
    .open = rep3_open,
};

/* Pieces in the order of taking. */
static const size_t piece[] = {
    sizeof(struct mpc),
    sizeof(struct rep3),
    MPC_MESSAGE_MAX,
    MPC_MESSAGE_MAX,
    MPC_MESSAGE_MAX,
    MPC_MESSAGE_MAX,
    (size_t)TILE_BUFFERS *MPC_MESSAGE_MAX,
    (size_t)SCRATCH_BLOCKS *BLOCK_WORDS * 8,
};
enum { PIECES = sizeof piece / sizeof piece[0] };

size_t mpc_memory(void)
{
	size_t total = 0;

	for (unsigned k = 0; k < PIECES; k++)
		total += (piece[k] + 63) / 64 * 64;
	return total;
}

static enum status make_streams(struct rep3 *r, const struct mpc_config *cfg)
{
	enum status st = ST_OK;

	for (unsigned k = 0; k < N_PURPOSES; k++) {
		TRY(stream_init(&r->own[purposes[k]], cfg->secret_prev, cfg->context, purposes[k]));
		TRY(stream_init(&r->next[purposes[k]], cfg->secret_next, cfg->context, purposes[k]));
	}
out:
	return st;
}

enum status mpc_new(struct mpc **out, struct arena *arena, const struct mpc_config *cfg)
{
	void *taken[PIECES];
	enum status st;

	if (cfg->party >= MPC_PARTIES)
		return ST_ARGUMENT;
	for (unsigned k = 0; k < PIECES; k++)
		if (!(taken[k] = arena_take(arena, piece[k])))
			return ST_NO_MEMORY;
	struct mpc *m = taken[0];
	struct rep3 *r = taken[1];

	*m = (struct mpc){
	    .engine = &rep3_engine,
	    .kernels = mpc_kernels_best(),
	    .net = cfg->net,
	    .state = r,
	    .party = cfg->party,
	    .public_share = rep3_engine.public_share[cfg->party],
	};
	*r = (struct rep3){.out = taken[2],
	    .in = taken[3],
	    .mask = taken[4],
	    .counts = taken[5],
	    .tiles = taken[6],
	    .scratch = taken[7]};
	TRY(make_streams(r, cfg));
	*out = m;
out:
	if (st != ST_OK)
		mpc_free(m);
	return st;
}
