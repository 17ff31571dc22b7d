/*
 * Three MPC parties in one process: a thread each, blocking queues between them. For tests: it counts what the engine
 * claims (sizes, dependent rounds), breaks messages on demand, and never hangs: when all wait, all fail.
 */
#ifndef TEST_MPC_HARNESS_H
#define TEST_MPC_HARNESS_H

#include "mpc/mpc.h"

#include <pthread.h>

enum fault_kind { FAULT_NONE, FAULT_FLIP, FAULT_DROP, FAULT_REPLAY, FAULT_SHORTEN };

/* Hits the index-th message from -> to. FLIP changes bit `bit` of it (modulo its length); REPLAY delivers it twice. */
struct fault {
	enum fault_kind kind;
	unsigned from, to;
	size_t index, bit;
};

struct sent { /* one message, in the order in which its sender sent it */
	struct mpc_tag tag;
	unsigned from, to;
};

struct link_message {
	struct link_message *following;
	struct mpc_tag tag;
	uint32_t depth;
	size_t len;
	uint8_t bytes[];
};

struct link {
	struct link_message *first, **last;
	size_t sent, waiting, most_waiting;
};

struct world {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct link links[MPC_PARTIES][MPC_PARTIES];
	struct fault fault;
	struct sent *log[MPC_PARTIES];
	size_t logged[MPC_PARTIES];
	bool count_ones; /* set between world_init and world_run */
	/* set likewise: this party's masked payloads are kept in `view`, and the key that it lacks follows from other_key too,
	 * so that runs with several of these differ for it in nothing but that key */
	bool is_watched;
	unsigned watched;
	uint64_t other_key;
	uint8_t *view;
	size_t view_len, view_cap;
	uint64_t seen_ones[MPC_PARTIES],
	    seen_bits[MPC_PARTIES]; /* of masked payloads received (shares, inputs): a uniformity statistic */
	uint32_t depth[MPC_PARTIES],
	    deepest; /* a message is one deeper than all its sender has received since the last sync */
	const struct link *waits_for[MPC_PARTIES]; /* NULL: computing, or done */
	unsigned finished, at_sync, sync_turn;
	bool dead, failed;
	uint64_t seed;
	size_t arena_bytes;
	size_t arena_peak[MPC_PARTIES];
	struct mpc_counters counters[MPC_PARTIES];
};

/* What a party runs. `w` is for world_sync. */
typedef enum status (*mpc_program)(struct world *w, struct mpc *m, struct arena *arena, void *ctx);

/* Keys follow from seed. */
void world_init(struct world *w, uint64_t seed, size_t arena_bytes);
void world_clear(struct world *w);
/* Runs program at all three, each with its own ctx; st[i] is what it returned. true: all ST_OK. */
bool world_run(struct world *w, mpc_program program, void *const ctx[MPC_PARTIES], enum status st[MPC_PARTIES]);
/* All three meet; depths start again from 0. Returns the deepest message since the last meeting. Not after a fault. */
uint32_t world_sync(struct world *w);
/* true when two runs sent the same messages (tags and sizes) in the same order at every party */
bool world_same_shape(const struct world *a, const struct world *b);

#endif
