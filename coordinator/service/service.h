/* The inside of a coordinator, shared by the files of this folder. */
#ifndef COORDINATOR_SERVICE_H
#define COORDINATOR_SERVICE_H

#include "coordinator/coordinator.h"

enum { NEWS_MAX = 2 * (S_ABORTED + 1) };

struct held {
	uint64_t ticket;
	int64_t until_ms;
	bool is_find;
	char party[POLICY_ID_MAX + 1];
	uint8_t policy_hash[HASH_LEN]; /* FIND */
	uint8_t session[WIRE_SESSION_LEN]; /* POST */
	uint32_t attempt;
	uint64_t ack;
};

struct coordinator {
	struct coordinator_config cfg;
	struct session **sessions; /* oldest first */
	size_t n_sessions, cap_sessions;
	struct held held[COORDINATOR_HELD_MAX];
	size_t n_held;
	enum status health;
	/* of the request at hand: events that have been applied and are not yet in the journal */
	struct buf pending[COORDINATOR_EVENTS_MAX];
	size_t n_pending;
	struct wire_session_view news[NEWS_MAX]; /* what `changed` will hear once the journal has it */
	size_t n_news;
	struct policy *policy; /* scratch for START */
	struct wire_request request;
	struct wire_reply reply;
};

/* ---- sessions.c ---- */
struct session *find_session(
    const struct coordinator *c, const uint8_t id[static WIRE_SESSION_LEN], uint32_t attempt); /* 0: the latest */
struct session *find_open_session(
    const struct coordinator *c, const uint8_t policy_hash[static HASH_LEN], const char *party);
MUST_USE enum status add_session(
    struct coordinator *c, const struct session_event *start, bool is_replay, struct problem *problem);
void make_room(struct coordinator *c);
MUST_USE bool has_room(const struct coordinator *c);

/* ---- journal.c ---- */
/* Applies the event and remembers its bytes, and the news, for the next journal_commit. */
MUST_USE enum status journal_add(struct coordinator *c, struct session *s, const struct session_event *e);
/* All pending events to the store; on failure the coordinator is unwell from then on. */
MUST_USE enum status journal_commit(struct coordinator *c);
MUST_USE enum status journal_load(struct coordinator *c, int64_t now_s, struct problem *problem);

/* ---- held.c ---- */
bool hold(struct coordinator *c, const struct held *h);

/* ---- replies.c ---- */
void reply_status(struct wire_reply *r, enum status st, const struct problem *problem);
void reply_session(struct wire_reply *r, const struct session *s);
/* Messages with a number above ack. ST_SES_SEQUENCE when the party has seen more than there is, ST_SES_UNKNOWN when they are
 * no longer kept. */
MUST_USE enum status reply_messages(struct wire_reply *r, const struct session *s, unsigned party, uint64_t ack);

#endif
