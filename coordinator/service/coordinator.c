/* One request at a time: decode, judge, apply, journal, answer. */
#include <stdlib.h>

#include "base/panic.h"
#include "service.h"

enum { LIVE_DEFAULT = 64, BYTES_DEFAULT = 512 << 20 };

enum status coordinator_new(
    struct coordinator **out, const struct coordinator_config *cfg, int64_t now_ms, struct problem *problem)
{
	struct coordinator *c = calloc(1, sizeof *c);
	enum status st = ST_NO_MEMORY;

	if (c == NULL)
		return ST_NO_MEMORY;
	c->cfg = *cfg;
	c->cfg.live_max = cfg->live_max ? cfg->live_max : LIVE_DEFAULT;
	c->cfg.bytes_max = cfg->bytes_max ? cfg->bytes_max : BYTES_DEFAULT;
	c->policy = malloc(sizeof *c->policy);
	if (c->policy == NULL)
		goto out;
	TRY(crypto_init());
	TRY(journal_load(c, now_ms / 1000, problem));
	*out = c;
	return ST_OK;
out:
	coordinator_free(c);
	return st;
}

void coordinator_free(struct coordinator *c)
{
	if (c == NULL)
		return;
	for (size_t i = 0; i < c->n_sessions; i++)
		session_free(c->sessions[i]);
	for (size_t i = 0; i < COORDINATOR_EVENTS_MAX; i++)
		buf_clear(&c->pending[i]);
	free(c->sessions);
	free(c->policy);
	free(c);
}

enum status coordinator_health(const struct coordinator *c)
{
	return c->health;
}

size_t coordinator_session_count(const struct coordinator *c)
{
	return c->n_sessions;
}

const struct session *coordinator_session(const struct coordinator *c, size_t i)
{
	invariant(i < c->n_sessions);
	return c->sessions[i];
}

/* ---- START: a policy that everybody has approved becomes a session, or the next attempt at one ---- */

/* A retry is of the latest attempt, which was aborted, and of the same policy. */
static enum status name_retry(const struct coordinator *c, struct session_event *start, const struct wire_request *q)
{
	const struct session *old = find_session(c, q->session, 0);
	uint8_t hash[HASH_LEN];
	struct wire_session_view view;
	struct slice payload;
	enum status st;

	if (old == NULL)
		return ST_SES_UNKNOWN;
	session_view(old, &view);
	if (view.state != S_ABORTED || view.attempt == UINT32_MAX)
		return ST_SES_STATE;
	TRY(policy_file_parse(q->body, &payload));
	policy_hash(hash, payload);
	if (memcmp(hash, view.policy_hash, sizeof hash) != 0)
		return ST_ATT_HELLO_POLICY;
	memcpy(start->session, view.session, sizeof start->session);
	start->attempt = view.attempt + 1;
out:
	return st;
}

static enum status name_session(struct coordinator *c, struct session_event *start, const struct wire_request *q)
{
	if (q->has_session)
		return name_retry(c, start, q);
	c->cfg.rng.fill(c->cfg.rng.ctx, start->session, sizeof start->session);
	start->attempt = 1;
	return find_session(c, start->session, 0) == NULL ? ST_OK : ST_BUG;
}

static enum status handle_start(
    struct coordinator *c, const struct wire_request *q, int64_t now_s, struct problem *problem)
{
	struct session_event start = {.kind = SE_START, .time_s = now_s, .policy_file = q->body};
	enum status st;

	make_room(c);
	if (!has_room(c))
		return problem_set(
		    problem, ST_AGAIN, NULL, NULL, "this coordinator has as many sessions as it may have");
	TRY(name_session(c, &start, q));
	TRY(add_session(c, &start, false, problem));
	struct session *s = c->sessions[c->n_sessions - 1];
	TRY(journal_add(c, s, &start));
	TRY(journal_commit(c));
	reply_session(&c->reply, s);
out:
	return st;
}

/* ---- POST: a party's messages in, its mailbox out ---- */

static enum status take_messages(struct coordinator *c, struct session *s, unsigned party, const struct wire_request *q,
    int64_t now_s, struct problem *problem)
{
	enum status st = ST_OK, refused = ST_OK;

	for (uint32_t i = 0; i < q->n_messages && refused == ST_OK; i++) {
		struct session_event e;
		switch (session_judge(s, party, &q->messages[i], now_s, &e, problem)) {
		case SESSION_TAKE:
			TRY(journal_add(c, s, &e));
			break;
		case SESSION_REPEAT:
			break;
		case SESSION_REFUSE:
			refused = problem->st;
			break;
		}
	}
out:
	return st != ST_OK ? st : refused;
}

static enum status handle_post(
    struct coordinator *c, const struct wire_request *q, int64_t now_ms, struct held *wait, struct problem *problem)
{
	struct session *s = q->has_session && q->attempt > 0 ? find_session(c, q->session, q->attempt) : NULL;
	enum status st, taken;
	unsigned party;

	if (s == NULL)
		return ST_SES_UNKNOWN;
	TRY(session_authenticate(s, q, &party, problem));
	taken = take_messages(c, s, party, q, now_ms / 1000, problem);
	TRY(journal_commit(c));
	TRY(taken);
	reply_session(&c->reply, s);
	TRY(reply_messages(&c->reply, s, party, q->ack));
	if (c->reply.n_messages == 0)
		wait->until_ms = now_ms + q->hold_ms;
	memcpy(wait->session, q->session, sizeof wait->session);
	wait->attempt = q->attempt;
	wait->ack = q->ack;
out:
	return st;
}

/* ---- FIND, SHOW, ABORT ---- */

static enum status handle_find(struct coordinator *c, const struct wire_request *q, int64_t now_ms, struct held *wait)
{
	const struct session *s = find_open_session(c, q->policy_hash, q->party);

	if (s != NULL) {
		reply_session(&c->reply, s);
		return ST_OK;
	}
	wait->is_find = true;
	wait->until_ms = now_ms + q->hold_ms;
	memcpy(wait->policy_hash, q->policy_hash, sizeof wait->policy_hash);
	return ST_AGAIN;
}

static enum status handle_show(struct coordinator *c, const struct wire_request *q)
{
	if (q->has_session) {
		const struct session *s = find_session(c, q->session, q->attempt);
		if (s == NULL)
			return ST_SES_UNKNOWN;
		reply_session(&c->reply, s);
		session_view(s, &c->reply.views[0]);
		c->reply.n_views = 1;
		return ST_OK;
	}
	for (size_t i = c->n_sessions; i-- > 0 && c->reply.n_views < WIRE_VIEWS_MAX;)
		session_view(c->sessions[i], &c->reply.views[c->reply.n_views++]);
	return ST_OK;
}

static enum status handle_abort(struct coordinator *c, const struct wire_request *q, int64_t now_s)
{
	struct session *s = q->has_session ? find_session(c, q->session, q->attempt) : NULL;
	struct session_event e;
	enum status st;

	if (s == NULL)
		return ST_SES_UNKNOWN;
	TRY(session_judge_operator(s, q->body, now_s, &e));
	TRY(journal_add(c, s, &e));
	TRY(journal_commit(c));
	reply_session(&c->reply, s);
	session_view(s, &c->reply.views[0]);
	c->reply.n_views = 1;
out:
	return st;
}

/* What a party was told up to its admission: everything in it is signed or evidence, so a provider judges it for itself. */
static enum status handle_admission(struct coordinator *c, const struct wire_request *q)
{
	struct session *s = q->has_session ? find_session(c, q->session, q->attempt) : NULL;
	struct wire_message m;

	if (s == NULL)
		return ST_SES_UNKNOWN;
	if (session_is_over(s))
		return ST_SES_ABORTED;
	reply_session(&c->reply, s);
	for (uint64_t n = 1; session_outbox_get(s, 0, n, &m) && c->reply.n_messages < WIRE_MESSAGES_MAX; n++) {
		c->reply.messages[c->reply.n_messages++] = m;
		if (m.kind == WM_ALL_ADMITTED)
			return ST_OK;
	}
	c->reply.n_messages = 0;
	return ST_AGAIN;
}

/* ---- the door ---- */

static enum status dispatch(
    struct coordinator *c, const struct wire_request *q, int64_t now_ms, struct held *wait, struct problem *problem)
{
	switch (q->kind) {
	case WREQ_START:
		return handle_start(c, q, now_ms / 1000, problem);
	case WREQ_FIND:
		return handle_find(c, q, now_ms, wait);
	case WREQ_POST:
		return handle_post(c, q, now_ms, wait, problem);
	case WREQ_SHOW:
		return handle_show(c, q);
	case WREQ_ABORT:
		return handle_abort(c, q, now_ms / 1000);
	case WREQ_ADMISSION:
		return handle_admission(c, q);
	}
	return ST_NET_MESSAGE;
}

static enum status decode_and_dispatch(
    struct coordinator *c, struct slice bytes, int64_t now_ms, struct held *wait, struct problem *problem)
{
	struct wire_storage storage = {0};
	enum status st;

	if (bytes.len > WIRE_SIZE_MAX)
		return ST_TOO_LARGE;
	TRY(wire_request_decode(&c->request, &storage, bytes));
	if (c->request.hold_ms > COORDINATOR_HOLD_MAX_MS)
		c->request.hold_ms = COORDINATOR_HOLD_MAX_MS;
	memcpy(wait->party, c->request.party, sizeof wait->party);
	TRY(dispatch(c, &c->request, now_ms, wait, problem));
out:
	wire_storage_clear(&storage);
	return st;
}

enum coordinator_answer coordinator_handle(
    struct coordinator *c, struct slice request, uint64_t ticket, int64_t now_ms, struct buf *reply)
{
	static const struct wire_reply none;
	struct held wait = {.ticket = ticket};
	struct problem problem = {0};
	enum status st = c->health;

	c->reply = none;
	coordinator_tick(c, now_ms);
	if (c->health == ST_OK)
		st = decode_and_dispatch(c, request, now_ms, &wait, &problem);
	if (c->health != ST_OK)
		st = c->health;
	if (wait.until_ms > now_ms && (st == ST_OK || st == ST_AGAIN) && hold(c, &wait))
		return COORDINATOR_HOLD;
	if (st != ST_OK)
		c->reply = none;
	reply_status(&c->reply, st, &problem);
	wire_reply_encode(reply, &c->reply);
	return COORDINATOR_REPLY;
}

void coordinator_tick(struct coordinator *c, int64_t now_ms)
{
	for (size_t i = 0; i < c->n_sessions && c->health == ST_OK; i++) {
		struct session *s = c->sessions[i];
		struct session_event e;

		if (!session_judge_time(s, now_ms / 1000, &e))
			continue;
		if (journal_add(c, s, &e) != ST_OK || journal_commit(c) != ST_OK)
			return;
	}
}
