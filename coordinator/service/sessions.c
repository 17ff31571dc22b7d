/* The list of sessions: finding, starting, and letting go of old ones. */
#include <stdlib.h>

#include "service.h"

struct session *find_session(const struct coordinator *c, const uint8_t id[static WIRE_SESSION_LEN], uint32_t attempt)
{
	struct wire_session_view view;

	for (size_t i = c->n_sessions; i-- > 0;) {
		if (attempt != 0 && session_is(c->sessions[i], id, attempt))
			return c->sessions[i];
		session_view(c->sessions[i], &view);
		if (attempt == 0 && memcmp(view.session, id, sizeof view.session) == 0)
			return c->sessions[i]; /* newest first: the latest attempt */
	}
	return NULL;
}

/* Oldest first, so that all parties of a policy meet in the same session. */
struct session *find_open_session(
    const struct coordinator *c, const uint8_t policy_hash[static HASH_LEN], const char *party)
{
	for (size_t i = 0; i < c->n_sessions; i++) {
		const struct session *s = c->sessions[i];
		const struct session_facts *f = session_facts_view(s);
		int index = session_party_index(f, party);

		if (!session_is_over(s) && index >= 0 && memcmp(f->policy_hash, policy_hash, HASH_LEN) == 0 &&
		    !session_is_enrolled(s, (unsigned)index))
			return c->sessions[i];
	}
	return NULL;
}

static enum status read_policy(
    struct coordinator *c, struct session_facts *facts, struct slice file, struct problem *problem)
{
	struct slice payload;
	enum status st;

	TRY(policy_file_parse(file, &payload));
	TRY(policy_decode(c->policy, payload, problem));
	session_facts_of(facts, c->policy, payload);
out:
	return st;
}

/* What a real session demands of a policy, once: the journal holds only policies that passed. */
static enum status check_policy(const struct coordinator *c, struct slice file, int64_t now_s, struct problem *problem)
{
	const struct policy *p = c->policy;
	enum status st;

	TRY(policy_file_verify(p, file, problem));
	if (p->filled_in && !c->cfg.allow_filled_in)
		return problem_default(problem, ST_POL_INCOMPLETE, p->name);
	if (now_s < p->not_before || now_s > p->not_after || now_s + (int64_t)p->skew_s < p->signing_time)
		return problem_default(problem, ST_POLICY_NOT_VALID_NOW, p->name);
out:
	return st;
}

static enum status append_session(struct coordinator *c, struct session *s)
{
	if (c->n_sessions == c->cap_sessions) {
		size_t cap = c->cap_sessions ? 2 * c->cap_sessions : 16;
		struct session **grown = realloc(c->sessions, cap * sizeof *grown);
		if (grown == NULL)
			return ST_NO_MEMORY;
		c->sessions = grown;
		c->cap_sessions = cap;
	}
	c->sessions[c->n_sessions++] = s;
	return ST_OK;
}

enum status add_session(
    struct coordinator *c, const struct session_event *start, bool is_replay, struct problem *problem)
{
	struct session_facts facts;
	struct session *s = NULL;
	enum status st;

	TRY(read_policy(c, &facts, start->policy_file, problem));
	if (!is_replay)
		TRY(check_policy(c, start->policy_file, start->time_s, problem));
	TRY(session_new(&s, &facts, start));
	TRY(append_session(c, s));
	s = NULL;
out:
	session_free(s);
	return st;
}

static size_t count_live(const struct coordinator *c)
{
	size_t live = 0;

	for (size_t i = 0; i < c->n_sessions; i++)
		live += !session_is_over(c->sessions[i]);
	return live;
}

static size_t count_bytes(const struct coordinator *c)
{
	size_t bytes = 0;

	for (size_t i = 0; i < c->n_sessions; i++)
		bytes += session_bytes(c->sessions[i]);
	return bytes;
}

/* Documents of sessions that are over go first, oldest first; then whole sessions. */
void make_room(struct coordinator *c)
{
	size_t bytes = count_bytes(c);

	for (size_t i = 0; i < c->n_sessions && bytes > c->cfg.bytes_max / 2; i++) {
		bytes -= session_bytes(c->sessions[i]);
		session_forget(c->sessions[i]);
		bytes += session_bytes(c->sessions[i]);
	}
	for (size_t i = 0; i < c->n_sessions && c->n_sessions >= COORDINATOR_KEPT_MAX;) {
		if (!session_is_over(c->sessions[i])) {
			i++;
			continue;
		}
		session_free(c->sessions[i]);
		c->n_sessions--;
		memmove(&c->sessions[i], &c->sessions[i + 1], (c->n_sessions - i) * sizeof *c->sessions);
	}
}

bool has_room(const struct coordinator *c)
{
	return count_live(c) < c->cfg.live_max && count_bytes(c) < c->cfg.bytes_max &&
	       c->n_sessions < COORDINATOR_KEPT_MAX;
}
