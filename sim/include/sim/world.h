/*
 * Virtual time in one process: events in order of (time, sequence), links with latency, bandwidth and a queue, and actors:
 * blocking code (the party core) that runs on a thread of its own while everybody else stands still. Exactly one thread
 * runs at any moment, handed over by the world, so the same seed gives the same run, byte for byte.
 *
 * Time is in nanoseconds since the start; the wall clock of the simulated hosts is `epoch_s` + time.
 */
#ifndef SIM_WORLD_H
#define SIM_WORLD_H

#include "base/crypto.h"
#include "base/slice.h"

struct world;
struct actor;

MUST_USE enum status world_new(struct world **out, uint64_t seed, int64_t epoch_s);
void world_free(struct world *w); /* joins every actor: each must have returned or be woken to fail (actor_close) */

uint64_t world_now_ns(const struct world *w);
int64_t world_clock_s(const struct world *w);
/* A source of its own for each name, all from the seed. Lives as long as the world. */
struct random world_random(struct world *w, const char *name);

/* Calls fn(ctx, bytes) at the given time; the bytes are copied. Order of equal times is order of scheduling. */
MUST_USE enum status world_at(struct world *w, uint64_t when_ns, void (*fn)(void *ctx, struct slice bytes), void *ctx, struct slice bytes);
/* Runs events until none is left, world_stop() was called, or the next is later than `until_ns`; false in the last case. */
bool world_run(struct world *w, uint64_t until_ns);
void world_stop(struct world *w); /* from inside an event: no further one runs */

/* ---- links: one direction each ---- */
struct link_spec {
	uint64_t latency_ns;
	uint64_t bits_per_s; /* 0: unlimited */
};
struct link {
	struct link_spec spec;
	uint64_t free_at_ns; /* when the last byte handed over has left */
	uint64_t bytes, messages;
};
/* When a message of len bytes that is ready at ready_ns (now, when that is later) arrives: it waits for those before it, then takes
 * len*8/bandwidth, then latency. */
uint64_t link_arrival(struct world *w, struct link *l, uint64_t ready_ns, uint64_t len);

/* ---- actors ---- */
MUST_USE enum status actor_new(struct actor **out, struct world *w, void (*main)(void *ctx), void *ctx);
/* From outside the actor: let it run until it waits again or has returned. */
void actor_resume(struct actor *a);
/* From inside: stand still until resumed. false: the world is closing, unwind. */
bool actor_wait(struct actor *a);
bool actor_done(const struct actor *a);

/* ---- transcript: everything that crosses a link, hashed ---- */
void world_record(struct world *w, const char *what, struct slice bytes);
void world_transcript(struct world *w, uint8_t out[static HASH_LEN]);

#endif
