/*
 * `parley endorse`: serves an endorser's core (channel/endorse.h) on a socket of this machine, apart from the compute
 * host, with a run counter that survives crashes. Programs only: sockets, files, one thread. Requests and responses
 * are those of channel/endorse.h, one request and one reply at a time.
 */
#ifndef ENDORSER_ENDORSE_SERVER_H
#define ENDORSER_ENDORSE_SERVER_H

#include "channel/endorse.h"

/*
 * Runs endorsed so far, in a text file that only grows: "run POLICY-HASH-HEX\n" each. A line is on disk before its
 * run's signature leaves. A last line without its end is a run whose signature never left, and is removed. The file is
 * locked: one endorser at a time.
 */
struct run_counter;
/* Creates the file (0600) if there is none. max_runs per policy; 0: no limit. ST_STORE: damaged, or in use; ST_CANT_CREATE. */
MUST_USE enum status run_counter_open(
    struct run_counter **out, const char *path, uint64_t max_runs, struct problem *problem);
void run_counter_close(struct run_counter *c); /* NULL is fine */
MUST_USE enum status run_counter_runs(
    const struct run_counter *c, const uint8_t policy_hash[static HASH_LEN], uint64_t *runs);
/* For endorser_config: ctx is the counter. ST_ATT_RUNS at the limit, ST_STORE when it cannot be written. */
enum status run_counter_count(void *ctx, const uint8_t policy_hash[HASH_LEN]);

struct endorse_server_config {
	struct endorser *endorser; /* borrowed */
	const char *url; /* ipc:///PATH only: whoever reaches it can ask for signatures. The socket is 0600 */
	int stop_fd; /* serving ends when this becomes readable */
	void *ctx;
	int64_t (*now_s)(void *ctx);
	void (*listening)(void *ctx, const char *url); /* once, when requests are taken */
	void (*answered)(void *ctx, struct slice request, struct slice response); /* for the log; may be NULL */
};
/* Serves until stop_fd. ST_NET_ADDRESS (no ipc address, or something that is no socket lies there), ST_NET_IN_USE. */
MUST_USE enum status endorse_server_run(const struct endorse_server_config *cfg, struct problem *problem);

#endif
