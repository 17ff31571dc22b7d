/* Events to the store and back. What a request caused is one append: after a crash all of it has happened, or nothing. */
#include "service.h"

void notify(const struct coordinator *c, const struct session *s)
{
	struct wire_session_view view;

	if (c->cfg.changed == NULL)
		return;
	session_view(s, &view);
	c->cfg.changed(c->cfg.changed_ctx, &view);
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
	enum status st;

	TRY(remember(c, e));
	if (s != NULL)
		TRY(session_apply(s, e));
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
		return problem_set(problem, st, "journal", NULL, "%s (after %zu sessions)", status_title(st), c->n_sessions);
	return resume_all(c, now_s);
}
