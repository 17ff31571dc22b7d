/*
 * NNG 1.5.2's ipc listener stops accepting for ever when a client goes away during the first bytes of its connection: the
 * client's ECLOSED is taken for the listener's own (tcp is not affected). Nothing tells us, so an ipc server that has had no
 * request for a while listens anew; clients that are connected dial again by themselves.
 *
 * Replies. Each held request is one REP context: receive, hand out, send, receive again. Contexts are independent, so a
 * reply may wait (long polling) while others come and go.
 */
#include "hub.h"

#include <nng/protocol/reqrep0/rep.h>
#include <stdlib.h>
#include <string.h>

enum request_phase { RECEIVING, ARRIVED, HANDED_OUT, SENDING };

struct transport_request {
	struct transport_server *server;
	nng_ctx ctx;
	nng_aio *aio;
	nng_msg *msg;
	atomic_int phase;
	bool has_ctx;
};

enum { RENEW_MS = 1000 };

struct transport_server {
	struct transport *hub;
	nng_listener listener;
	nng_aio *tick; /* ipc: time to see whether the listener wants to be renewed */
	atomic_bool due;
	bool has_listener, is_ipc, used; /* used: since the last tick */
	nng_socket socket;
	bool has_socket;
	char url[URL_CAP];
	atomic_bool closing;
	unsigned held, count, next; /* handed out; contexts; where the next search starts */
	struct transport_request *requests;
};

static void receive(struct transport_request *r)
{
	atomic_store(&r->phase, RECEIVING);
	nng_ctx_recv(r->ctx, r->aio);
}

/* Runs on an NNG thread. */
static void on_progress(void *arg)
{
	struct transport_request *r = arg;
	int rv = nng_aio_result(r->aio);

	if (atomic_load(&r->phase) == SENDING) {
		if (rv != 0) {
			nng_msg_free(nng_aio_get_msg(r->aio));
			nng_aio_set_msg(r->aio, NULL);
		}
		if (!atomic_load(&r->server->closing))
			receive(r);
		return;
	}
	if (rv != 0) {
		if (!atomic_load(&r->server->closing) && rv != NNG_ECLOSED)
			receive(r);
		return;
	}
	r->msg = nng_aio_get_msg(r->aio);
	nng_aio_set_msg(r->aio, NULL);
	atomic_store(&r->phase, ARRIVED);
	hub_wake(r->server->hub);
}

static enum status open_socket(struct transport_server *s, size_t request_max)
{
	int rv = nng_rep0_open(&s->socket);

	if (rv != 0)
		return status_of_nng(rv);
	s->has_socket = true;
	return status_of_nng(nng_socket_set_size(s->socket, NNG_OPT_RECVMAXSZ, request_max));
}

/* Last: a client that dials again and again connects at once, and everything must be ready for it. */
static enum status listen_on(struct transport_server *s, const char *url)
{
	int rv = nng_listen(s->socket, url, &s->listener, 0);

	s->has_listener = rv == 0;
	return rv != 0 ? status_of_nng(rv) : listener_url(s->listener, s->url, sizeof s->url);
}

/* Runs on an NNG thread. */
static void on_tick(void *arg)
{
	struct transport_server *s = arg;

	if (nng_aio_result(s->tick) != 0 || atomic_load(&s->closing))
		return;
	atomic_store(&s->due, true);
	hub_wake(s->hub);
	nng_sleep_aio(RENEW_MS, s->tick);
}

static enum status start_ticking(struct transport_server *s)
{
	int rv;

	s->is_ipc = strncmp(s->url, "ipc://", 6) == 0;
	if (!s->is_ipc)
		return ST_OK;
	if ((rv = nng_aio_alloc(&s->tick, on_tick, s)) != 0)
		return status_of_nng(rv);
	nng_sleep_aio(RENEW_MS, s->tick);
	return ST_OK;
}

static void renew_listener(struct transport_server *s)
{
	bool idle = !s->used && s->held == 0;

	s->used = false;
	if (!idle)
		return;
	if (s->has_listener)
		nng_listener_close(s->listener);
	s->has_listener = nng_listen(s->socket, s->url, &s->listener, 0) == 0; /* else again at the next tick */
}

static enum status open_contexts(struct transport_server *s)
{
	for (unsigned i = 0; i < s->count; i++) {
		struct transport_request *r = &s->requests[i];
		int rv;

		r->server = s;
		if ((rv = nng_ctx_open(&r->ctx, s->socket)) != 0)
			return status_of_nng(rv);
		r->has_ctx = true;
		if ((rv = nng_aio_alloc(&r->aio, on_progress, r)) != 0)
			return status_of_nng(rv);
		receive(r);
	}
	return ST_OK;
}

enum status transport_server_new(struct transport_server **out, struct transport *t, const char *url, unsigned held,
    size_t request_max)
{
	struct transport_server *s = NULL;
	enum status st;

	TRY(address_check(url, true));
	s = calloc(1, sizeof *s);
	if (!s)
		return ST_NO_MEMORY;
	s->hub = t;
	s->requests = calloc(held, sizeof *s->requests);
	if (!s->requests) {
		st = ST_NO_MEMORY;
		goto out;
	}
	s->count = held;
	TRY(open_socket(s, request_max));
	TRY(open_contexts(s));
	TRY(listen_on(s, url));
	TRY(start_ticking(s));
	*out = s;
	s = NULL;
out:
	transport_server_free(s);
	return st;
}

void transport_server_free(struct transport_server *s)
{
	if (!s)
		return;
	atomic_store(&s->closing, true);
	if (s->tick)
		nng_aio_stop(s->tick);
	nng_aio_free(s->tick);
	for (unsigned i = 0; i < s->count; i++) {
		struct transport_request *r = &s->requests[i];
		nng_aio_stop(r->aio);
		nng_aio_free(r->aio);
		nng_msg_free(r->msg);
		if (r->has_ctx)
			nng_ctx_close(r->ctx);
	}
	if (s->has_socket)
		nng_close(s->socket);
	free(s->requests);
	free(s);
}

const char *transport_server_url(const struct transport_server *s)
{
	return s->url;
}

struct transport_request *transport_server_next(struct transport_server *s)
{
	if (atomic_exchange(&s->due, false))
		renew_listener(s);
	for (unsigned i = 0; i < s->count; i++) {
		struct transport_request *r = &s->requests[(s->next + i) % s->count];
		if (atomic_load(&r->phase) != ARRIVED)
			continue;
		s->next = (s->next + i + 1) % s->count;
		atomic_store(&r->phase, HANDED_OUT);
		s->held++;
		s->used = true;
		return r;
	}
	return NULL;
}

struct slice transport_request_bytes(const struct transport_request *r)
{
	return slice_of(nng_msg_body(r->msg), nng_msg_len(r->msg));
}

void transport_reply(struct transport_request *r, struct slice reply)
{
	nng_msg *msg = r->msg;

	r->msg = NULL;
	r->server->held--;
	nng_msg_clear(msg);
	/* out of memory: an empty reply, which the requester refuses as malformed and asks again */
	if (nng_msg_append(msg, reply.ptr, reply.len) != 0)
		nng_msg_clear(msg);
	nng_aio_set_msg(r->aio, msg);
	atomic_store(&r->phase, SENDING);
	nng_ctx_send(r->ctx, r->aio);
}

unsigned transport_server_held(const struct transport_server *s)
{
	return s->held;
}
