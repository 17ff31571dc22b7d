/* parley-host: the program around the host core. One thread, one poll() loop; every part below is driven by it. */
#ifndef HOST_PROGRAM_H
#define HOST_PROGRAM_H

#include "host/host_core.h"
#include "host/mailbox.h"
#include "proto/transport.h"
#include "provide/provide.h"

#include <sys/types.h>

enum {
	QUEUE_PAUSE_BYTES = 4 << 20, /* beyond this a reader upstream is paused */
	POST_HOLD_MS = 3000, /* the coordinator answers after this at the latest; a reply that is POST_GRACE_MS late is lost */
	POST_GRACE_MS = 3000,
	LOST_GRACE_MS = 1500, /* a broken connection waits this long for the coordinator to name the cause */
	FLUSH_MS = 5000,      /* at the end: for what the coordinator has not taken yet */
};

struct arguments {
	const char *policy, *party, *coordinator, *endorser, *data, *tee_root, *listen, *out, *session, *enclave, *bench, *collateral;
	bool json, events;
};
MUST_USE enum status arguments_parse(struct arguments *a, int argc, char **argv, struct problem *problem);

/* ---- the enclave's process and its stream of frames ---- */
struct enclave_link {
	int fd; /* -1: closed */
	int report; /* the launcher's standard output */
	pid_t launcher;
	struct buf in, out, report_text;
	size_t in_taken, out_sent;
	int exit_code; /* -1: still running */
	uint64_t peak_rss_bytes;
};
/* --enclave: exec:PROGRAM [ARGUMENT…] (its descriptor 3 is the channel), unix:PATH, tcp:ADDRESS:PORT, vsock:CID:PORT of an enclave that listens;
 * any other text is the executable that parley-launch starts. In enclave_start.c. */
bool enclave_is_launched(const char *enclave);
MUST_USE enum status enclave_launch(struct enclave_link *e, const struct arguments *a, struct problem *problem);
MUST_USE enum status enclave_send(struct enclave_link *e, enum frame_type type, uint8_t peer, struct slice body);
size_t enclave_backlog(const struct enclave_link *e);
void enclave_write(struct enclave_link *e);
void enclave_read(struct enclave_link *e);
/* The next whole frame, borrowed until the next call; ST_AGAIN: none yet. */
MUST_USE enum status enclave_next(struct enclave_link *e, struct frame *out);
void enclave_reap(struct enclave_link *e, bool wait);
void enclave_close(struct enclave_link *e);

/* ---- the other hosts ---- */
struct peer_link {
	struct transport_peer *socket;
	struct buf queue; /* u32 length and frame, waiting for room */
	size_t sent;
};
MUST_USE enum status peer_send(struct peer_link *p, struct slice frame);
MUST_USE enum status peer_flush(struct peer_link *p);
size_t peer_backlog(const struct peer_link *p);

/* ---- the whole ---- */
struct program {
	struct arguments args;
	struct problem problem;
	struct policy *policy;
	struct buf policy_file, collateral;
	struct slice payload;
	uint8_t policy_hash[HASH_LEN];
	int self;
	struct ingest_table table;
	bool has_table;
	uint8_t session[WIRE_SESSION_LEN];
	uint32_t attempt;
	uint8_t host_sk[ED25519_SECRET_LEN], host_pk[ED25519_PUBLIC_LEN];
	struct transport *transport, *endorser_transport;
	struct transport_client *coordinator, *endorser;
	struct peer_link peers[POLICY_PARTIES_MAX];
	struct transport_server *submissions; /* NULL: the policy has no providers */
	char urls[POLICY_PARTIES_MAX][256];
	struct enclave_link enclave;
	struct mailbox *mailbox;
	struct host *host;
	struct host_bench bench[16];
	size_t n_bench;
	int64_t started_ms, heard_ms, lost_ms; /* lost_ms: when a peer's connection broke, 0: none */
	unsigned lost_peer;
	bool post_now, receipt_out, enrolled;
	struct report *report;
};
int64_t now_ms(void);
MUST_USE enum status session_find(struct program *p);
MUST_USE enum status session_run(struct program *p); /* to its end, DONE or not */

/* ---- what people and programs read ---- */
struct report;
MUST_USE enum status report_new(struct report **out, const struct program *p);
void report_event(struct report *r, const struct host_event *e);
void report_line(struct report *r, const char *event, const char *key, const char *value);
void report_end(struct report *r, const struct program *p, enum status st);
void report_free(struct report *r);

#endif
