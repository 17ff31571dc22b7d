/*
 * Many sessions behind one door: bytes of a request in, bytes of a reply out, now or later. Pure: time is a parameter,
 * randomness and the journal come through interfaces, so `parley-coordinator` and the simulator run the same objects.
 *
 *   handle(request) → events judged → applied in memory → journal, all of a request at once → only then replies and wake-ups
 *
 * When the journal fails the coordinator answers ENV-0005 to everything from then on: memory may be ahead of the disk, and
 * only a restart from the journal is safe.
 *
 * Held requests: FIND and POST that have nothing to report yet are kept under the caller's ticket until there is, or
 * hold_ms has passed; coordinator_next_reply() gives them back. Not thread safe.
 *
 * Nobody is asked who he is for START (the policy's approve signatures are checked), FIND, SHOW and ABORT: whoever reaches
 * the port can see sessions and abort them, but can neither speak for a party nor learn an input (docs/COORDINATOR.md).
 */
#ifndef COORDINATOR_COORDINATOR_H
#define COORDINATOR_COORDINATOR_H

#include "coordinator/session.h"

struct coordinator_store {
	void *ctx;
	/* All of them or none, and on disk when it returns ST_OK. */
	enum status (*append)(void *ctx, const struct slice *events, size_t n);
	/* Every event ever appended, in order; stops at the first failure of `each`. */
	enum status (*load)(void *ctx, enum status (*each)(void *user, struct slice event), void *user);
};

enum {
	COORDINATOR_HOLD_MAX_MS = 30000,
	COORDINATOR_HELD_MAX = 256,  /* held requests; further ones are answered at once */
	COORDINATOR_KEPT_MAX = 1024, /* sessions in memory: the oldest that is over goes, and stays in the journal */
	COORDINATOR_EVENTS_MAX = 2 * WIRE_MESSAGES_MAX,
	COORDINATOR_REPLY_BYTES = 8 << 20, /* messages beyond this wait for the next post */
};

struct coordinator_config {
	const struct coordinator_store *store; /* borrowed */
	struct random rng; /* session ids */
	bool allow_filled_in; /* `parley run` and the simulator: accept policies that a real session refuses */
	uint32_t live_max; /* sessions that are not over; 0: 64 */
	size_t bytes_max; /* documents held by all sessions together; 0: 512 MiB */
	/* Called after every change of a session that is in the journal; may be NULL. view is valid during the call. */
	void (*changed)(void *ctx, const struct wire_session_view *view);
	void *changed_ctx;
};

struct coordinator;

/* Loads the journal; sessions that are not over get SE_RESUME. ST_STORE when the journal does not replay. */
MUST_USE enum status coordinator_new(
    struct coordinator **out, const struct coordinator_config *cfg, int64_t now_ms, struct problem *problem);
void coordinator_free(struct coordinator *c); /* NULL is fine */

enum coordinator_answer {
	COORDINATOR_REPLY, /* `reply` has been appended to */
	COORDINATOR_HOLD, /* kept under `ticket` */
};
/* One request, hostile bytes. Always yields a well-formed reply or a hold. now_ms: milliseconds since 1970-01-01 UTC. */
enum coordinator_answer coordinator_handle(
    struct coordinator *c, struct slice request, uint64_t ticket, int64_t now_ms, struct buf *reply);
/* Deadlines of sessions. Call when coordinator_wake_ms() says so, and then ask for replies. */
void coordinator_tick(struct coordinator *c, int64_t now_ms);
/* A held request that can be answered now: its ticket and its reply (appended). false: none. Call until false after
 * every handle and tick. */
bool coordinator_next_reply(struct coordinator *c, int64_t now_ms, uint64_t *ticket, struct buf *reply);
/* The requester of this ticket is gone. */
void coordinator_forget(struct coordinator *c, uint64_t ticket);
/* When tick or next_reply has something to do at the latest; INT64_MAX: never. */
int64_t coordinator_wake_ms(const struct coordinator *c);
/* ST_STORE after the journal failed: the program ends. */
enum status coordinator_health(const struct coordinator *c);

size_t coordinator_session_count(const struct coordinator *c);
const struct session *coordinator_session(const struct coordinator *c, size_t i); /* oldest first */

/* A journal in memory, for the simulator and tests. Caller's storage. */
struct memory_store {
	struct buf *events;
	size_t n, cap;
	struct coordinator_store store;
};
void memory_store_init(struct memory_store *m);
void memory_store_clear(struct memory_store *m);

#endif
