/*
 * Messages between hosts, clients and the coordinator (docs/PROTOCOL.md, section 7). proto2 on the wire
 * (proto/parley.proto); generated types stop in wire.c: unknown fields, missing fields, sizes and depth are refused there.
 * Bodies that are signed or hashed are `bytes` of canonical CBOR and pass through untouched. Pure codec.
 *
 * A party's stream to the coordinator is a mailbox: seq rises by one from 1 per (session, attempt, party); the reply
 * carries every message for that party with number > ack. Repeats are harmless, gaps are ST_SES_SEQUENCE.
 */
#ifndef PROTO_WIRE_H
#define PROTO_WIRE_H

#include "base/buf.h"
#include "base/crypto.h"
#include "base/problem.h"

enum {
	WIRE_SESSION_LEN = 16,
	WIRE_MESSAGES_MAX = 64,  /* in one request or reply */
	WIRE_SIZE_MAX = 16 << 20,
};

enum wire_message_kind {
	/* party → coordinator */
	WM_ENROL = 1, WM_HELLO, WM_EVIDENCE, WM_ADMITTED, WM_COMMITTED, WM_STEP, WM_CONFIRM, WM_PART, WM_RECEIPT, WM_FAULT, WM_FINISHED, WM_RENEWAL,
	/* coordinator → party */
	WM_PEERS = 32, WM_HELLOS, WM_EVIDENCES, WM_ALL_ADMITTED, WM_ALL_COMMITTED, WM_GRANT, WM_RELEASE, WM_BUNDLE, WM_ABORT, WM_DONE, WM_RENEWALS,
};

struct wire_message {
	uint64_t seq;
	enum wire_message_kind kind;
	struct slice body; /* borrowed */
};

enum wire_request_kind {
	WREQ_START = 1, /* body: policy file; retry_of: a session to try again, or absent. Reply: session, attempt */
	WREQ_FIND,      /* a party looks for a session of its policy: party, policy_hash. Held until there is one or hold_ms passed */
	WREQ_POST,      /* a party's messages and ack; held until there is something new or hold_ms passed */
	WREQ_SHOW,      /* one session, or all when session is absent: snapshot */
	WREQ_ABORT,     /* operator: abort a session */
	WREQ_ADMISSION, /* a provider: PEERS, HELLOS, EVIDENCES, ALL_ADMITTED of a session as the parties were told; ST_AGAIN before */
};

struct wire_request {
	enum wire_request_kind kind;
	bool has_session;
	uint8_t session[WIRE_SESSION_LEN];
	uint32_t attempt;
	char party[33];
	uint8_t policy_hash[HASH_LEN];
	uint32_t hold_ms;
	uint64_t ack;
	uint32_t n_messages;
	struct wire_message messages[WIRE_MESSAGES_MAX];
	uint8_t signature[ED25519_SIG_LEN]; /* WREQ_POST: by the host key, over wire_post_digest */
	struct slice body;                  /* START: policy file */
};

enum session_state { S_CREATED = 1, S_ENROLLING, S_ADMITTED, S_COMMITTED, S_RUNNING, S_RELEASING, S_DONE, S_ABORTED };

struct wire_party_view { /* what anyone may see of a party in a session */
	char id[33];
	enum wire_message_kind last; /* the last message it sent, 0: none */
	uint32_t step;
	bool refused; /* it sent FAULT */
};
struct wire_session_view {
	uint8_t session[WIRE_SESSION_LEN];
	uint32_t attempt;
	char policy[33];
	uint8_t policy_hash[HASH_LEN];
	enum session_state state;
	uint32_t step, steps;
	char code[16], blame[33], message[512]; /* ABORTED */
	int64_t created_s, changed_s, deadline_s;
	bool debug_insecure;
	uint32_t n_parties;
	struct wire_party_view parties[3];
};
enum { WIRE_VIEWS_MAX = 64 };
struct wire_reply {
	char code[16]; /* "OK" or a stable code */
	char message[512];
	bool has_session;
	uint8_t session[WIRE_SESSION_LEN];
	uint32_t attempt;
	uint32_t n_messages;
	struct wire_message messages[WIRE_MESSAGES_MAX];
	uint32_t n_views;
	struct wire_session_view views[WIRE_VIEWS_MAX];
};

void wire_request_encode(struct buf *out, const struct wire_request *m);
void wire_reply_encode(struct buf *out, const struct wire_reply *m);
/* The decoded message borrows its bodies from *storage, which the caller clears with wire_storage_clear. */
struct wire_storage {
	void *unpacked;
	int which;
};
MUST_USE enum status wire_request_decode(struct wire_request *m, struct wire_storage *storage, struct slice bytes);
MUST_USE enum status wire_reply_decode(struct wire_reply *m, struct wire_storage *storage, struct slice bytes);
void wire_storage_clear(struct wire_storage *storage);
/* H("parley/post/v1", session, attempt, party, ack, [seq, kind, body]…) */
void wire_post_digest(uint8_t out[static HASH_LEN], const struct wire_request *m);

const char *session_state_name(enum session_state s); /* "RUNNING" */
const char *wire_message_name(enum wire_message_kind k);

#endif
