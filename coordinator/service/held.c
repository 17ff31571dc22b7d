/* Requests that wait: for a session of their policy, or for a message to their party. */
#include "service.h"

/* A host that posts again has dropped its earlier post: that one is answered at once. Nobody signs a FIND, so those may
 * only take half of the places. */
bool hold(struct coordinator *c, const struct held *h)
{
	size_t places = h->is_find ? COORDINATOR_HELD_MAX / 2 : COORDINATOR_HELD_MAX;

	if (c->n_held >= places)
		return false;
	for (size_t i = 0; i < c->n_held && !h->is_find; i++) {
		struct held *old = &c->held[i];
		if (!old->is_find && old->attempt == h->attempt && strcmp(old->party, h->party) == 0 &&
		    memcmp(old->session, h->session, sizeof h->session) == 0)
			old->until_ms = INT64_MIN;
	}
	c->held[c->n_held++] = *h;
	return true;
}

static void let_go(struct coordinator *c, size_t i)
{
	c->n_held--;
	memmove(&c->held[i], &c->held[i + 1], (c->n_held - i) * sizeof *c->held);
}

void coordinator_forget(struct coordinator *c, uint64_t ticket)
{
	for (size_t i = 0; i < c->n_held; i++)
		if (c->held[i].ticket == ticket) {
			let_go(c, i);
			return;
		}
}

/* Fills the reply and says whether it is worth sending before the time is up. */
static bool look(struct coordinator *c, const struct held *h, struct wire_reply *r)
{
	if (c->health != ST_OK) {
		reply_status(r, c->health, NULL);
		return true;
	}
	if (h->is_find) {
		const struct session *s = find_open_session(c, h->policy_hash, h->party);
		reply_status(r, s != NULL ? ST_OK : ST_AGAIN, NULL);
		if (s != NULL)
			reply_session(r, s);
		return s != NULL;
	}
	const struct session *s = find_session(c, h->session, h->attempt);
	if (s == NULL) {
		reply_status(r, ST_SES_UNKNOWN, NULL);
		return true;
	}
	int party = session_party_index(session_facts_view(s), h->party);
	enum status st = reply_messages(r, s, (unsigned)party, h->ack);
	reply_status(r, st, NULL);
	reply_session(r, s);
	return st != ST_OK || r->n_messages > 0;
}

bool coordinator_next_reply(struct coordinator *c, int64_t now_ms, uint64_t *ticket, struct buf *reply)
{
	static const struct wire_reply none;

	for (size_t i = 0; i < c->n_held; i++) {
		c->reply = none;
		if (!look(c, &c->held[i], &c->reply) && now_ms < c->held[i].until_ms)
			continue;
		*ticket = c->held[i].ticket;
		wire_reply_encode(reply, &c->reply);
		let_go(c, i);
		return true;
	}
	return false;
}

int64_t coordinator_wake_ms(const struct coordinator *c)
{
	int64_t wake = INT64_MAX;

	for (size_t i = 0; i < c->n_held; i++)
		if (c->held[i].until_ms < wake)
			wake = c->held[i].until_ms;
	for (size_t i = 0; i < c->n_sessions; i++) {
		int64_t deadline = session_deadline_s(c->sessions[i]);
		if (deadline < INT64_MAX / 1000 && deadline * 1000 < wake)
			wake = deadline * 1000;
	}
	return wake;
}
