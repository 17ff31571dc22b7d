/*
 * Asking a coordinator: start, list, show, watch and abort sessions, for the command line and for tests. Blocking;
 * does its own network I/O. Every failure leaves a problem that a person can read.
 */
#ifndef COORDINATOR_CLIENT_H
#define COORDINATOR_CLIENT_H

#include "proto/wire.h"

struct coordinator_client;

/* url: tcp://HOST:PORT or ipc:///PATH. Nothing is sent yet. ST_NET_ADDRESS. */
MUST_USE enum status coordinator_client_open(struct coordinator_client **out, const char *url, struct problem *problem);
void coordinator_client_close(struct coordinator_client *c); /* NULL is fine */

struct coordinator_started {
	uint8_t session[WIRE_SESSION_LEN];
	uint32_t attempt;
};
/* policy_file: the sealed policy with every organisation's signature. retry_of: 16 bytes of an aborted session of the same
 * policy, or NULL. ST_NET_UNAVAILABLE, and whatever the coordinator refuses with (PLAN-…, POL-0005, SES-…). */
MUST_USE enum status coordinator_client_start(struct coordinator_client *c, struct slice policy_file,
    const uint8_t *retry_of, struct coordinator_started *out, struct problem *problem);
/* At most WIRE_VIEWS_MAX, newest first. */
MUST_USE enum status coordinator_client_list(struct coordinator_client *c,
    struct wire_session_view views[static WIRE_VIEWS_MAX], size_t *n, struct problem *problem);
/* The latest attempt. */
MUST_USE enum status coordinator_client_show(struct coordinator_client *c,
    const uint8_t session[static WIRE_SESSION_LEN], struct wire_session_view *out, struct problem *problem);
/* Calls `each` for the session as it is and after every change, until it is over or `each` returns false. */
MUST_USE enum status coordinator_client_watch(struct coordinator_client *c,
    const uint8_t session[static WIRE_SESSION_LEN], bool (*each)(void *ctx, const struct wire_session_view *view),
    void *ctx, struct problem *problem);
MUST_USE enum status coordinator_client_abort(struct coordinator_client *c,
    const uint8_t session[static WIRE_SESSION_LEN], struct wire_session_view *out, struct problem *problem);
/* What the parties were told up to their admission: PEERS, HELLOS, EVIDENCES, ALL_ADMITTED; borrowed until the next call. ST_AGAIN: they
 * are not admitted yet. ST_SES_ABORTED: the session is over. */
MUST_USE enum status coordinator_client_admission(struct coordinator_client *c,
    const uint8_t session[static WIRE_SESSION_LEN], const struct wire_message **messages, size_t *n, uint32_t *attempt,
    struct problem *problem);
/* What a person typed: 32 hex digits, or the first digits (four at least) of exactly one session there. ST_ARGUMENT,
 * ST_SES_UNKNOWN. */
MUST_USE enum status coordinator_client_session(
    struct coordinator_client *c, const char *text, uint8_t session[static WIRE_SESSION_LEN], struct problem *problem);

#endif
