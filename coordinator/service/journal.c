/* Events to the store and back. What a request caused is one append: after a crash all of it has happened, or nothing. */
#include "service.h"

/* One entry for every state a session comes to; steps within a state replace each other. */
static void add_news(struct coordinator *c, const struct session *s)
{
	struct wire_session_view *last = c->n_news > 0 ? &c->news[c->n_news - 1] : NULL, now;

	if (c->cfg.changed == NULL)
		return;
	session_view(s, &now);
	bool is_same = last != NULL && last->state == now.state && last->attempt == now.attempt &&
		       memcmp(last->session, now.session, sizeof now.session) == 0;
	if (is_same || c->n_news == NEWS_MAX)
		*last = now;
	else
		c->news[c->n_news++] = now;
}

static void tell_news(struct coordinator *c)
{
	for (size_t i = 0; i < c->n_news; i++)
		c->cfg.changed(c->cfg.changed_ctx, &c->news[i]);
	c->n_news = 0;
}

static enum status remember(struct coordinator *c, const struct session_event *e)
{
	struct buf *bytes = &c->pending[c->n_pending];

	if (c->n_pending == COORDINATOR_EVENTS_MAX)
		return ST_BUG;
	buf_reset(bytes);
	session_event_encode(bytes, e);
	if (bytes->failed) {
		buf_clear(bytes);
		return ST_NO_MEMORY;
	}
	c->n_pending++;
	return ST_OK;
}

enum status journal_add(struct coordinator *c, struct session *s, const struct session_event *e)
{
	enum session_state state = session_state_of(s);
	uint32_t step = session_step_of(s);
	enum status st;

	TRY(remember(c, e));
	if (e->kind != SE_START)
		TRY(session_apply(s, e));
	if (e->kind == SE_START || session_state_of(s) != state || session_step_of(s) != step)
		add_news(c, s);
	return ST_OK;
out:
	c->health = ST_STORE; /* a session may be half changed: only the journal knows */
	return st;
}

enum status journal_commit(struct coordinator *c)
{
	struct slice events[COORDINATOR_EVENTS_MAX];
	enum status st = ST_OK;

	for (size_t i = 0; i < c->n_pending; i++)
		events[i] = buf_view(&c->pending[i]);
	if (c->health != ST_OK)
		st = c->health;
	else if (c->n_pending > 0)
		st = c->cfg.store->append(c->cfg.store->ctx, events, c->n_pending);
	for (size_t i = 0; i < c->n_pending; i++)
		if (c->pending[i].cap > 65536)
			buf_clear(&c->pending[i]);
	c->n_pending = 0;
	if (st != ST_OK)
		c->health = ST_STORE;
	else
		tell_news(c);
	return c->health;
}

static enum status replay(void *user, struct slice bytes)
{
	struct coordinator *c = user;
	struct session_event e;
	enum status st;

	TRY(session_event_decode(&e, bytes));
	if (e.kind == SE_START) {
		make_room(c);
		if (find_session(c, e.session, e.attempt) != NULL || e.attempt == 0)
			return ST_STORE;
		return add_session(c, &e, true, NULL) == ST_OK ? ST_OK : ST_STORE;
	}
	struct session *s = find_session(c, e.session, e.attempt);
	if (s == NULL || e.attempt == 0)
		return ST_STORE;
	TRY(session_apply(s, &e));
out:
	return st;
}

/* Time without a coordinator is nobody's fault: live sessions get their step deadline anew. */
static enum status resume_all(struct coordinator *c, int64_t now_s)
{
	enum status st = ST_OK;

	for (size_t i = 0; i < c->n_sessions; i++) {
		struct session_event e;
		if (!session_judge_resume(c->sessions[i], now_s, &e))
			continue;
		TRY(journal_add(c, c->sessions[i], &e));
		TRY(journal_commit(c));
	}
out:
	return st;
}

enum status journal_load(struct coordinator *c, int64_t now_s, struct problem *problem)
{
	enum status st = c->cfg.store->load(c->cfg.store->ctx, replay, c);

	if (st != ST_OK)
		return problem_set(
		    problem, st, "journal", NULL, "%s (after %zu sessions)", status_title(st), c->n_sessions);
	return resume_all(c, now_s);
}
