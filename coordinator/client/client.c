/* One request and its reply at a time. */
#include "coordinator/client.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "proto/transport.h"

enum { TIMEOUT_MS = 2000, WATCH_MS = 100, PREFIX_MIN = 4 };

struct coordinator_client {
	struct transport *transport;
	struct transport_client *socket;
	char url[256];
	struct wire_request request;
	struct wire_reply reply;
	struct wire_storage storage;
	struct buf bytes;
};

enum status coordinator_client_open(struct coordinator_client **out, const char *url, struct problem *problem)
{
	struct coordinator_client *c = calloc(1, sizeof *c);
	enum status st = ST_NO_MEMORY;

	if (c == NULL)
		goto out;
	snprintf(c->url, sizeof c->url, "%s", url);
	TRY(crypto_init());
	TRY(transport_new(&c->transport));
	TRY(transport_client_new(&c->socket, c->transport, url, WIRE_SIZE_MAX));
	*out = c;
	return ST_OK;
out:
	coordinator_client_close(c);
	return problem_default(problem, st, url);
}

void coordinator_client_close(struct coordinator_client *c)
{
	if (c == NULL)
		return;
	transport_client_free(c->socket);
	transport_free(c->transport);
	wire_storage_clear(&c->storage);
	buf_clear(&c->bytes);
	free(c);
}

/* Sends c->request; c->reply is valid until the next call. */
static enum status call(struct coordinator_client *c, struct problem *problem)
{
	struct slice bytes;
	enum status st;

	wire_storage_clear(&c->storage);
	buf_reset(&c->bytes);
	wire_request_encode(&c->bytes, &c->request);
	TRY(buf_status(&c->bytes));
	TRY(transport_call(c->socket, buf_view(&c->bytes), TIMEOUT_MS, &bytes));
	TRY(wire_reply_decode(&c->reply, &c->storage, bytes));
	st = status_from_code(c->reply.code);
	if (st != ST_OK)
		return problem_set(problem, st, c->url, NULL, "%s", c->reply.message);
	return ST_OK;
out:
	return problem_default(problem, st, c->url);
}

static void begin(struct coordinator_client *c, enum wire_request_kind kind, const uint8_t *session)
{
	static const struct wire_request none;

	c->request = none;
	c->request.kind = kind;
	c->request.has_session = session != NULL;
	if (session != NULL)
		memcpy(c->request.session, session, sizeof c->request.session);
}

enum status coordinator_client_start(struct coordinator_client *c, struct slice policy_file, const uint8_t *retry_of,
    struct coordinator_started *out, struct problem *problem)
{
	enum status st;

	begin(c, WREQ_START, retry_of);
	c->request.body = policy_file;
	TRY(call(c, problem));
	if (!c->reply.has_session)
		return problem_default(problem, ST_NET_MESSAGE, c->url);
	memcpy(out->session, c->reply.session, sizeof out->session);
	out->attempt = c->reply.attempt;
out:
	return st;
}

enum status coordinator_client_list(struct coordinator_client *c, struct wire_session_view views[static WIRE_VIEWS_MAX],
    size_t *n, struct problem *problem)
{
	enum status st;

	begin(c, WREQ_SHOW, NULL);
	TRY(call(c, problem));
	memcpy(views, c->reply.views, c->reply.n_views * sizeof *views);
	*n = c->reply.n_views;
out:
	return st;
}

static enum status one_view(struct coordinator_client *c, enum wire_request_kind kind, const uint8_t *session,
    struct wire_session_view *out, struct problem *problem)
{
	enum status st;

	begin(c, kind, session);
	TRY(call(c, problem));
	if (c->reply.n_views != 1)
		return problem_default(problem, ST_NET_MESSAGE, c->url);
	*out = c->reply.views[0];
out:
	return st;
}

enum status coordinator_client_show(struct coordinator_client *c, const uint8_t session[static WIRE_SESSION_LEN],
    struct wire_session_view *out, struct problem *problem)
{
	return one_view(c, WREQ_SHOW, session, out, problem);
}

enum status coordinator_client_abort(struct coordinator_client *c, const uint8_t session[static WIRE_SESSION_LEN],
    struct wire_session_view *out, struct problem *problem)
{
	return one_view(c, WREQ_ABORT, session, out, problem);
}

enum status coordinator_client_admission(struct coordinator_client *c, const uint8_t session[static WIRE_SESSION_LEN],
    const struct wire_message **messages, size_t *n, uint32_t *attempt, struct problem *problem)
{
	enum status st;

	begin(c, WREQ_ADMISSION, session);
	TRY(call(c, problem));
	*messages = c->reply.messages;
	*n = c->reply.n_messages;
	*attempt = c->reply.attempt;
out:
	return st;
}

static bool is_over(const struct wire_session_view *v)
{
	return v->state == S_DONE || v->state == S_ABORTED;
}

static bool has_changed(const struct wire_session_view *a, const struct wire_session_view *b)
{
	if (a->state != b->state || a->step != b->step || a->attempt != b->attempt || a->deadline_s != b->deadline_s)
		return true;
	for (uint32_t i = 0; i < a->n_parties && i < b->n_parties; i++)
		if (a->parties[i].last != b->parties[i].last || a->parties[i].step != b->parties[i].step)
			return true;
	return false;
}

enum status coordinator_client_watch(struct coordinator_client *c, const uint8_t session[static WIRE_SESSION_LEN],
    bool (*each)(void *ctx, const struct wire_session_view *view), void *ctx, struct problem *problem)
{
	const struct timespec pause = {.tv_nsec = WATCH_MS * 1000000L};
	struct wire_session_view seen = {0}, now;
	enum status st;

	for (;;) {
		TRY(coordinator_client_show(c, session, &now, problem));
		if (has_changed(&seen, &now) && !each(ctx, &now))
			break;
		if (is_over(&now))
			break;
		seen = now;
		nanosleep(&pause, NULL);
	}
out:
	return st;
}

static bool has_prefix(const struct wire_session_view *v, const char *text)
{
	char hex[2 * WIRE_SESSION_LEN + 1];

	hex_encode(hex, slice_of(v->session, sizeof v->session));
	return strncmp(hex, text, strlen(text)) == 0;
}

static enum status find_prefix(
    struct coordinator_client *c, const char *text, uint8_t session[static WIRE_SESSION_LEN], struct problem *problem)
{
	struct wire_session_view *views = calloc(WIRE_VIEWS_MAX, sizeof *views);
	const struct wire_session_view *found = NULL;
	size_t n = 0;
	enum status st = ST_NO_MEMORY;

	if (views == NULL)
		return problem_default(problem, st, NULL);
	TRY(coordinator_client_list(c, views, &n, problem));
	for (size_t i = 0; i < n && st == ST_OK; i++) {
		if (!has_prefix(&views[i], text))
			continue;
		if (found != NULL && memcmp(found->session, views[i].session, sizeof found->session) != 0)
			st = problem_set(
			    problem, ST_ARGUMENT, text, "give more digits", "more than one session begins like this");
		found = &views[i];
	}
	if (st == ST_OK && found == NULL)
		st = problem_default(problem, ST_SES_UNKNOWN, text);
	if (st == ST_OK)
		memcpy(session, found->session, sizeof found->session);
out:
	free(views);
	return st;
}

enum status coordinator_client_session(
    struct coordinator_client *c, const char *text, uint8_t session[static WIRE_SESSION_LEN], struct problem *problem)
{
	char lower[2 * WIRE_SESSION_LEN + 1];
	size_t len = strlen(text);

	if (len < PREFIX_MIN || len > 2 * WIRE_SESSION_LEN)
		return problem_set(
		    problem, ST_ARGUMENT, text, NULL, "a session is 32 hex digits, or its first four or more");
	for (size_t i = 0; i <= len; i++)
		lower[i] = (char)tolower((unsigned char)text[i]);
	if (len == 2 * WIRE_SESSION_LEN)
		return hex_decode(session, WIRE_SESSION_LEN, lower) == ST_OK
			   ? ST_OK
			   : problem_set(problem, ST_ARGUMENT, text, NULL,
				 "a session is 32 hex digits, or its first four or more");
	return find_prefix(c, lower, session, problem);
}
