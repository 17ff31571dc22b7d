#include "host/mailbox.h"

#include <stdio.h>
#include <stdlib.h>

struct letter {
	struct letter *next;
	uint64_t seq;
	enum wire_message_kind kind;
	struct buf body;
};
struct mailbox {
	struct mailbox_config cfg;
	uint64_t next_seq, ack, offered; /* offered: highest seq in the last request */
	struct letter *first, **last;
	struct wire_request request; /* large: kept off the stack */
	struct wire_reply reply;
};

enum status mailbox_new(struct mailbox **out, const struct mailbox_config *cfg)
{
	struct mailbox *m = calloc(1, sizeof *m);

	if (!m)
		return ST_NO_MEMORY;
	m->cfg = *cfg;
	m->next_seq = 1;
	m->last = &m->first;
	*out = m;
	return ST_OK;
}

static void drop_first(struct mailbox *m)
{
	struct letter *l = m->first;

	m->first = l->next;
	if (!m->first)
		m->last = &m->first;
	buf_clear(&l->body);
	free(l);
}

void mailbox_free(struct mailbox *m)
{
	if (!m)
		return;
	while (m->first)
		drop_first(m);
	free(m);
}

enum status mailbox_post(struct mailbox *m, enum wire_message_kind kind, struct slice body)
{
	struct letter *l = calloc(1, sizeof *l);

	if (!l)
		return ST_NO_MEMORY;
	l->kind = kind;
	buf_append(&l->body, body.ptr, body.len);
	if (l->body.failed) {
		buf_clear(&l->body);
		free(l);
		return ST_NO_MEMORY;
	}
	l->seq = m->next_seq++;
	*m->last = l;
	m->last = &l->next;
	return ST_OK;
}

bool mailbox_pending(const struct mailbox *m)
{
	return m->first != NULL;
}

enum status mailbox_request(struct mailbox *m, uint32_t hold_ms, struct buf *out)
{
	struct wire_request *r = &m->request;
	uint8_t digest[HASH_LEN];
	size_t bytes = 0;

	*r = (struct wire_request){.kind = WREQ_POST, .has_session = true, .attempt = m->cfg.attempt, .hold_ms = hold_ms, .ack = m->ack};
	memcpy(r->session, m->cfg.session, sizeof r->session);
	snprintf(r->party, sizeof r->party, "%s", m->cfg.party);
	for (struct letter *l = m->first; l && r->n_messages < WIRE_MESSAGES_MAX && bytes < WIRE_SIZE_MAX / 2; l = l->next) {
		r->messages[r->n_messages++] = (struct wire_message){l->seq, l->kind, buf_view(&l->body)};
		bytes += l->body.len;
		m->offered = l->seq;
	}
	wire_post_digest(digest, r);
	ed25519_sign(r->signature, slice_of(digest, sizeof digest), m->cfg.host_sk);
	wire_request_encode(out, r);
	return buf_status(out);
}

enum status mailbox_reply(struct mailbox *m, struct slice bytes, void (*take)(void *ctx, const struct wire_message *message),
    void *ctx, struct problem *problem)
{
	struct wire_storage storage = {0};
	struct wire_reply *r = &m->reply;
	enum status st;

	TRY(wire_reply_decode(r, &storage, bytes));
	if (strcmp(r->code, "OK") != 0) {
		st = problem_set(problem, status_from_code(r->code), "coordinator", NULL, "%s", r->message);
		goto out;
	}
	while (m->first && m->first->seq <= m->offered)
		drop_first(m);
	for (uint32_t i = 0; i < r->n_messages; i++) {
		if (r->messages[i].seq <= m->ack)
			continue;
		if (r->messages[i].seq != m->ack + 1) {
			st = problem_set(problem, ST_SES_SEQUENCE, "coordinator", NULL, "a message is missing from its reply");
			goto out;
		}
		m->ack++;
		take(ctx, &r->messages[i]);
	}
out:
	wire_storage_clear(&storage);
	return st;
}
