/*
 * The host core: what an organisation's untrusted host does in one session, as a pure event handler. It relays between
 * enclave, coordinator and peers, has the endorser sign, hands its own rows to its own enclave, and puts the receipt
 * together. `parley-host` drives it with sockets, the simulator in virtual time: the same objects.
 *
 * Events come in by host_on_*; effects go out by struct host_io, called from inside those. Nothing blocks. All bytes are
 * borrowed for the call. What goes wrong ends the session: FAULT is posted once, the outcome says why.
 */
#ifndef HOST_HOST_CORE_H
#define HOST_HOST_CORE_H

#include "ingest/csv.h"
#include "policy/sealed.h"
#include "proto/boundary.h"
#include "proto/documents.h"
#include "proto/wire.h"

enum host_event_kind {
	HOST_EVENT_PHASE = 1, /* name: "hello", "evidence", "admitted", "committed", "running", "released" … */
	HOST_EVENT_STEP,      /* an operator is done: op, rounds, bytes */
	HOST_EVENT_MARK,      /* bench: begin or end of the measured part */
	HOST_EVENT_BENCH_DONE,
};
struct host_event {
	enum host_event_kind kind;
	const char *name;
	struct boundary_step step;
	struct boundary_mark mark;
};

struct host_io {
	void *ctx;
	enum status (*to_enclave)(void *ctx, enum frame_type type, uint8_t peer, struct slice body);
	enum status (*to_peer)(void *ctx, unsigned peer, struct slice frame);
	enum status (*post)(void *ctx, enum wire_message_kind kind, struct slice body); /* to the coordinator, in order */
	enum status (*endorse)(void *ctx, struct slice request, struct buf *response);  /* channel/endorse.h */
	enum status (*connect)(void *ctx, const struct doc_peers *peers);              /* dial whom we must dial */
	/* The receipt bundle; result is empty when this party is no recipient. Durable when it returns. */
	enum status (*deliver)(void *ctx, struct slice bundle, struct slice result);
	void (*event)(void *ctx, const struct host_event *event);
	int64_t (*clock_s)(void *ctx); /* seconds since 1970-01-01 UTC */
};

struct host_bench { /* one line of `parley bench` */
	uint8_t op;
	uint32_t rows, repetitions;
};
struct host_config {
	const struct policy *policy;
	struct slice policy_file;
	unsigned self;
	uint8_t session[WIRE_SESSION_LEN];
	uint32_t attempt;
	int64_t time_s;                            /* this host's clock */
	uint8_t host_key[ED25519_PUBLIC_LEN];
	const char *urls[POLICY_PARTIES_MAX];      /* where we listen for that party, "" for none; our own: for providers */
	struct slice collateral;                   /* this organisation's own bundle, or empty; borrowed */
	const struct ingest_table *table;          /* own rows; NULL when this party brings none */
	const struct host_bench *bench;            /* instead of data; NULL in a real session */
	size_t n_bench;
};

enum host_state { HOST_RUNNING, HOST_DONE, HOST_FAILED };

struct host;
MUST_USE enum status host_new(struct host **out, const struct host_config *cfg, const struct host_io *io);
void host_free(struct host *h);
void host_start(struct host *h); /* BOOT */
void host_on_frame(struct host *h, const struct frame *frame);
void host_on_peer(struct host *h, unsigned peer, struct slice frame);
/* What a provider sent to our submission socket (provide/provide.h); always appends a reply. ST_AGAIN in it: not admitted yet. */
void host_on_submission(struct host *h, struct slice request, struct buf *reply);
void host_on_message(struct host *h, const struct wire_message *message);
/* The environment failed: the enclave ended, a peer's connection broke, a deadline passed. blame: a party id or "". */
void host_fail(struct host *h, enum status st, const char *blame, const char *message);
enum host_state host_state(const struct host *h);
const struct problem *host_problem(const struct host *h); /* HOST_FAILED: what and who */

#endif
