/* One plan run by three parties in one process, every operator's cost and the memory checked against the formulas. */
#ifndef TEST_PLAN_WORLD_H
#define TEST_PLAN_WORLD_H

#include "mpc_harness.h"
#include "oblivious/exec.h"
#include "plan_random.h"

struct plan_world {
	const struct plan *plan;
	const struct random_rows *rows;
	unsigned providers; /* 0..EXEC_PROVIDERS_MAX, set before the split: they get rows of their own */
	uint32_t real[EXEC_SOURCES_MAX], padded[EXEC_SOURCES_MAX]; /* of each source; real ones are dealt out in order */
	/* a provider that lies: bit `bit` of word `word` of its flat form is turned over before it is shared */
	struct {
		bool on;
		unsigned provider, bit;
		size_t word;
	} lie;
	unsigned culprit[MPC_PARTIES]; /* exec_culprit after ST_DATA_PROVIDED */
	uint64_t seed; /* of the parties' keys */
	bool is_watched; /* see mpc_harness.h; the view is in world.view */
	unsigned watched;
	uint64_t other_key;
	bool check_depth; /* only where a round is few messages (mpc.h) */
	struct fault fault;
	/* results */
	struct world world; /* plan_world_clear() */
	enum status st[MPC_PARTIES];
	uint64_t *share[MPC_PARTIES][2]; /* exec_result of each */
	int64_t *opened; /* words * groups */
	char complaint[256]; /* empty: costs and memory are as stated */
};
/* true: all parties ended well. */
bool plan_world_run(struct plan_world *w);
void plan_world_clear(struct plan_world *w);
/* Splits n real rows and some padding over the parties and providers. */
void plan_world_split(struct plan_world *w, uint32_t n, uint64_t seed);

#endif
