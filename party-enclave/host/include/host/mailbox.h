/*
 * A party's side of its mailbox at the coordinator (proto/wire.h): messages are numbered from 1, signed by the host key, and
 * sent until the coordinator has taken them; incoming ones are taken once, in order. Survives a coordinator that is killed and
 * restarted at any point. Pure: builds requests and reads replies.
 */
#ifndef HOST_MAILBOX_H
#define HOST_MAILBOX_H

#include "proto/wire.h"

struct mailbox;
struct mailbox_config {
	uint8_t session[WIRE_SESSION_LEN];
	uint32_t attempt;
	char party[33];
	const uint8_t *host_sk; /* ED25519_SECRET_LEN, borrowed */
};
MUST_USE enum status mailbox_new(struct mailbox **out, const struct mailbox_config *cfg);
void mailbox_free(struct mailbox *m);
MUST_USE enum status mailbox_post(struct mailbox *m, enum wire_message_kind kind, struct slice body); /* copies */
bool mailbox_pending(const struct mailbox *m); /* something is not yet taken by the coordinator */
/* The next WREQ_POST, encoded; the same messages again until a reply takes them. */
MUST_USE enum status mailbox_request(struct mailbox *m, uint32_t hold_ms, struct buf *out);
/* Reads the reply to the last request; calls take() for each new message, in order. A reply that is not OK gives its status
 * and its text in problem; a gap is ST_SES_SEQUENCE. */
MUST_USE enum status mailbox_reply(struct mailbox *m, struct slice reply, void (*take)(void *ctx, const struct wire_message *message),
    void *ctx, struct problem *problem);

#endif
