/*
 * One session and one attempt at it: which messages its parties may send now, what everybody is told in return, and when it
 * ends (docs/COORDINATOR.md, docs/PROTOCOL.md section 7). A pure state machine: no clock, no I/O, no randomness.
 *
 * A session is the fold of its events. What arrives is first *judged*, which changes nothing and yields the event to be
 * written to the journal; then the event is *applied*, which cannot be refused and needs no key. So a journal that is
 * applied again, up to any point, gives the same state and the same numbered messages to every party.
 *
 *   judge (signatures, order, limits) → event → journal → apply (state, outboxes) → reply
 *
 * Who is believed: the policy's endorse keys (ENROL, HELLO), the session key of each enclave (ADMIT, COMMIT, STEP, CONFIRM,
 * RECEIPT) and the host key of each ENROL (every post). A stranger's message is refused in its reply and changes nothing;
 * a wrong message that a party's host has signed aborts the session with that party to blame.
 *
 * The last RECEIPT is the commit point: before it a fault, a deadline or the operator aborts the session for everybody;
 * after it the bundles are out and the session ends in DONE, whatever comes. No two parties are ever told DONE and ABORT.
 */
#ifndef COORDINATOR_SESSION_H
#define COORDINATOR_SESSION_H

#include "base/buf.h"
#include "policy/sealed.h"
#include "proto/documents.h"
#include "proto/wire.h"

enum {
	SESSION_WINDOW = 32, /* steps that may be granted ahead of the slowest party */
	SESSION_PART_MAX = (1 << 20) + (1 << 16),
};

/* What the machine needs of the policy: copied out, so that no struct policy outlives START. */
struct session_facts {
	uint8_t policy_hash[HASH_LEN], plan_hash[HASH_LEN];
	char policy[POLICY_ID_MAX + 1];
	bool debug_insecure;
	uint32_t n_parties, recipients; /* recipients: bit i = party i */
	uint32_t steps; /* K: operators of the plan */
	uint32_t step_deadline_s, session_deadline_s; /* 0: none */
	struct {
		char id[POLICY_ID_MAX + 1];
		uint8_t endorse[ED25519_PUBLIC_LEN];
	} party[POLICY_PARTIES_MAX];
	uint32_t n_providers;
	char provider[POLICY_PROVIDERS_MAX][POLICY_ID_MAX + 1]; /* may be blamed, send nothing here */
};
void session_facts_of(struct session_facts *out, const struct policy *p, struct slice payload);

enum session_event_kind {
	SE_START = 1, /* the first of every session */
	SE_MESSAGE, /* a party's message, judged and taken */
	SE_ABORT, /* a wrong message, a deadline, or the operator */
	SE_RESUME, /* the coordinator was restarted: parties get their step deadline anew */
	SE_CLOSE, /* a deadline after the commit point: DONE without waiting for the last FINISHED */
};
struct session_event { /* slices borrow */
	enum session_event_kind kind;
	uint8_t session[WIRE_SESSION_LEN];
	uint32_t attempt;
	int64_t time_s;
	struct slice policy_file; /* SE_START */
	uint32_t party; /* SE_MESSAGE: party number */
	struct wire_message message; /* SE_MESSAGE */
	struct doc_fault abort; /* SE_ABORT */
};
/* The journal's form: one deterministic CBOR array. ST_STORE when the bytes are not one. */
void session_event_encode(struct buf *out, const struct session_event *e);
MUST_USE enum status session_event_decode(struct session_event *out, struct slice bytes);

struct session;

/* start: session, attempt and time are used. ST_NO_MEMORY. */
MUST_USE enum status session_new(
    struct session **out, const struct session_facts *facts, const struct session_event *start);
void session_free(struct session *s); /* NULL is fine */

/* Is this post really from the party it names? Checks session, attempt, party and the host key's signature; the host key is
 * that of the accepted ENROL, or, before there is one, of the ENROL that must be the first message. *party is written
 * only on ST_OK. ST_SES_OTHER_SESSION, ST_SES_STATE (no ENROL yet), ST_SIGNATURE, ST_FORMAT …; changes nothing. */
MUST_USE enum status session_authenticate(
    const struct session *s, const struct wire_request *post, unsigned *party, struct problem *problem);

enum session_verdict {
	SESSION_TAKE, /* write *event to the journal, then apply it; it may be an SE_ABORT that blames the sender */
	SESSION_REPEAT, /* taken before, or the session is over: nothing to do */
	SESSION_REFUSE, /* say so in the reply; nothing has happened (a gap: ST_SES_SEQUENCE) */
};
/* One message of a post that has been authenticated. event and problem are written for TAKE and REFUSE. */
MUST_USE enum session_verdict session_judge(const struct session *s, unsigned party, const struct wire_message *m,
    int64_t now_s, struct session_event *event, struct problem *problem);
/* Has a deadline passed? Then true, and the event. */
MUST_USE bool session_judge_time(const struct session *s, int64_t now_s, struct session_event *event);
/* The operator wants it aborted; reason is shown to everybody. ST_SES_STATE when it is over or past the commit point. */
MUST_USE enum status session_judge_operator(
    const struct session *s, struct slice reason, int64_t now_s, struct session_event *event);
/* After a restart; false when the session is over and needs none. */
MUST_USE bool session_judge_resume(const struct session *s, int64_t now_s, struct session_event *event);

/* ST_STORE: the event cannot follow (an altered journal); ST_NO_MEMORY. After a failure the object is of no more use. */
MUST_USE enum status session_apply(struct session *s, const struct session_event *event);

/* ---- what one may see ---- */
enum session_state session_state_of(const struct session *s);
uint32_t session_step_of(const struct session *s); /* that all parties have reached */
bool session_is_over(const struct session *s);
bool session_is(const struct session *s, const uint8_t id[static WIRE_SESSION_LEN], uint32_t attempt);
const struct session_facts *session_facts_view(const struct session *s);
void session_view(const struct session *s, struct wire_session_view *out);
bool session_is_enrolled(const struct session *s, unsigned party);
/* When session_judge_time() next has something to say; INT64_MAX: never. */
int64_t session_deadline_s(const struct session *s);
/* Messages for a party, numbered 1, 2, …: how many there are, and number n. false when it is no longer kept. */
uint64_t session_outbox_count(const struct session *s, unsigned party);
bool session_outbox_get(const struct session *s, unsigned party, uint64_t n, struct wire_message *out);
size_t session_bytes(const struct session *s); /* memory held by documents */
/* Of a session that is over: lets go of all documents but each party's last message. */
void session_forget(struct session *s);
/* H over everything above and all outboxes: equal exactly when the state is. */
void session_fingerprint(const struct session *s, uint8_t out[static HASH_LEN]);
int session_party_index(const struct session_facts *f, const char *id); /* -1: none */
bool session_may_blame(const struct session_facts *f, const char *id); /* a party or a provider of the policy */

#endif
