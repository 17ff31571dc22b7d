#ifndef SIM_WORLD_PRIVATE_H
#define SIM_WORLD_PRIVATE_H

#include "sim/world.h"

struct event {
	uint64_t when_ns, seq;
	void (*fn)(void *ctx, struct slice bytes);
	void *ctx;
	uint8_t *bytes;
	size_t len;
};
struct source {
	struct random_seeded state;
	struct source *next;
};
struct world {
	uint8_t seed[32];
	int64_t epoch_s;
	uint64_t now_ns, next_seq;
	struct event *events;
	size_t n_events, cap_events;
	bool stopped;
	struct source *sources;
	struct actor *actors;
	uint8_t transcript[HASH_LEN];
};

/* Wakes every actor that still waits with "closing", and joins them all. */
void actors_close(struct world *w);

#endif
