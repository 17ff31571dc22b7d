/* Replies. */
#include <stdio.h>

#include "service.h"

void reply_status(struct wire_reply *r, enum status st, const struct problem *problem)
{
	const char *message = problem != NULL && problem->message[0] ? problem->message : status_title(st);

	snprintf(r->code, sizeof r->code, "%s", status_code(st));
	if (st != ST_OK)
		snprintf(r->message, sizeof r->message, "%.*s", (int)sizeof r->message - 1, message);
}

void reply_session(struct wire_reply *r, const struct session *s)
{
	struct wire_session_view view;

	session_view(s, &view);
	r->has_session = true;
	memcpy(r->session, view.session, sizeof r->session);
	r->attempt = view.attempt;
}

enum status reply_messages(struct wire_reply *r, const struct session *s, unsigned party, uint64_t ack)
{
	uint64_t last = session_outbox_count(s, party);
	size_t bytes = 0;

	if (ack > last)
		return ST_SES_SEQUENCE;
	for (uint64_t n = ack + 1; n <= last && r->n_messages < WIRE_MESSAGES_MAX; n++) {
		struct wire_message *m = &r->messages[r->n_messages];
		if (!session_outbox_get(s, party, n, m))
			return ST_SES_UNKNOWN;
		bytes += m->body.len;
		if (bytes > COORDINATOR_REPLY_BYTES && r->n_messages > 0)
			break;
		r->n_messages++;
	}
	return ST_OK;
}
