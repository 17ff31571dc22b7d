/*
 * Replies. Each held request is one REP context: receive, hand out, send, receive again. Contexts are independent, so a
 * reply may wait (long polling) while others come and go.
 */
#include "hub.h"

#include <nng/protocol/reqrep0/rep.h>
#include <stdlib.h>

enum request_phase { RECEIVING, ARRIVED, HANDED_OUT, SENDING };

struct transport_request {
	struct transport_server *server;
	nng_ctx ctx;
	nng_aio *aio;
	nng_msg *msg;
	atomic_int phase;
	bool has_ctx;
};

struct transport_server {
	struct transport *hub;
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

static enum status open_socket(struct transport_server *s, const char *url, size_t request_max)
{
	nng_listener listener;
	int rv = nng_rep0_open(&s->socket);

	if (rv != 0)
		return status_of_nng(rv);
	s->has_socket = true;
	if ((rv = nng_socket_set_size(s->socket, NNG_OPT_RECVMAXSZ, request_max)) != 0 ||
	    (rv = nng_listen(s->socket, url, &listener, 0)) != 0)
		return status_of_nng(rv);
	return listener_url(listener, s->url, sizeof s->url);
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
	TRY(open_socket(s, url, request_max));
	TRY(open_contexts(s));
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
	for (unsigned i = 0; i < s->count; i++) {
		struct transport_request *r = &s->requests[(s->next + i) % s->count];
		if (atomic_load(&r->phase) != ARRIVED)
			continue;
		s->next = (s->next + i + 1) % s->count;
		atomic_store(&r->phase, HANDED_OUT);
		s->held++;
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
