/*
 * Requests. One REQ context per client: NNG sends the request again when the connection breaks; the server's messages
 * are numbered, so a request that arrives twice does no harm.
 *
 * A connection that stayed silent for a whole request is not trusted again: the next one dials anew. NNG 1.5.2's listener
 * can lose the first readiness event of a connection that it accepts while another one closes; such a connection stands, and
 * nothing that is sent over it is ever read (seen with restarted servers; the bytes lie in the socket).
 */
#include "hub.h"

#include <nng/protocol/reqrep0/req.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

enum { RESEND_MS = 15000, CALL_TRIES = 3 };
enum client_phase { IDLE, SENDING, RECEIVING, DONE_OK, DONE_FAILED };

struct transport_client {
	struct transport *hub;
	nng_socket socket;
	nng_ctx ctx;
	nng_aio *send, *recv; /* two, so that ending the first and then the second leaves nothing under way */
	nng_msg *reply;
	atomic_int phase;
	uint32_t timeout_ms;
	char url[URL_CAP];
	size_t reply_max;
	bool has_socket, has_ctx, silent; /* silent: the last request got no answer over this connection */
};

/* Both run on NNG threads; phase is what the owner reads. */
static void on_sent(void *arg)
{
	struct transport_client *c = arg;

	if (nng_aio_result(c->send) != 0) {
		nng_msg_free(nng_aio_get_msg(c->send));
		nng_aio_set_msg(c->send, NULL);
		atomic_store(&c->phase, DONE_FAILED);
		hub_wake(c->hub);
		return;
	}
	atomic_store(&c->phase, RECEIVING);
	nng_aio_set_timeout(c->recv, (nng_duration)c->timeout_ms);
	nng_ctx_recv(c->ctx, c->recv);
}

static void on_received(void *arg)
{
	struct transport_client *c = arg;

	atomic_store(&c->phase, nng_aio_result(c->recv) == 0 ? DONE_OK : DONE_FAILED);
	hub_wake(c->hub);
}

static void close_socket(struct transport_client *c)
{
	if (c->has_ctx)
		nng_ctx_close(c->ctx);
	if (c->has_socket)
		nng_close(c->socket);
	c->has_ctx = c->has_socket = false;
}

static enum status open_socket(struct transport_client *c)
{
	nng_dialer dialer;
	int rv = nng_req0_open(&c->socket);

	if (rv != 0)
		return status_of_nng(rv);
	c->has_socket = true;
	if ((rv = nng_socket_set_size(c->socket, NNG_OPT_RECVMAXSZ, c->reply_max)) != 0 ||
	    (rv = nng_socket_set_ms(c->socket, NNG_OPT_REQ_RESENDTIME, RESEND_MS)) != 0 ||
	    (rv = nng_socket_set_ms(c->socket, NNG_OPT_RECONNMINT, RECONNECT_MIN_MS)) != 0 ||
	    (rv = nng_socket_set_ms(c->socket, NNG_OPT_RECONNMAXT, RECONNECT_MAX_MS)) != 0 ||
	    (rv = nng_dialer_create(&dialer, c->socket, c->url)) != 0 ||
	    (rv = nng_dialer_start(dialer, NNG_FLAG_NONBLOCK)) != 0 || (rv = nng_ctx_open(&c->ctx, c->socket)) != 0)
		return status_of_nng(rv);
	c->has_ctx = true;
	c->silent = false;
	return ST_OK;
}

static enum status make_aios(struct transport_client *c)
{
	int rv = nng_aio_alloc(&c->send, on_sent, c);

	return status_of_nng(rv != 0 ? rv : nng_aio_alloc(&c->recv, on_received, c));
}

enum status transport_client_new(struct transport_client **out, struct transport *t, const char *url, size_t reply_max)
{
	struct transport_client *c = NULL;
	enum status st;

	TRY(address_check(url, false));
	c = calloc(1, sizeof *c);
	if (!c)
		return ST_NO_MEMORY;
	c->hub = t;
	c->reply_max = reply_max;
	if (strlen(url) >= sizeof c->url) {
		st = ST_NET_ADDRESS;
		goto out;
	}
	memcpy(c->url, url, strlen(url) + 1);
	TRY(open_socket(c));
	TRY(make_aios(c));
	*out = c;
	c = NULL;
out:
	transport_client_free(c);
	return st;
}

/* Ends what is under way; afterwards no callback runs. */
static void settle(struct transport_client *c)
{
	if (c->recv) {
		nng_aio_cancel(c->send);
		nng_aio_wait(c->send);
		nng_aio_cancel(c->recv);
		nng_aio_wait(c->recv);
		if (atomic_load(&c->phase) == DONE_OK)
			nng_msg_free(nng_aio_get_msg(c->recv));
	}
	nng_msg_free(c->reply);
	c->reply = NULL;
	atomic_store(&c->phase, IDLE);
}

void transport_client_free(struct transport_client *c)
{
	if (!c)
		return;
	settle(c);
	close_socket(c);
	nng_aio_free(c->send);
	nng_aio_free(c->recv);
	free(c);
}

enum status transport_client_start(struct transport_client *c, struct slice request, uint32_t timeout_ms)
{
	nng_msg *msg;

	settle(c);
	if (c->silent) {
		close_socket(c);
		enum status st = open_socket(c);
		if (st != ST_OK)
			return st;
	}
	if (nng_msg_alloc(&msg, 0) != 0)
		return ST_NO_MEMORY;
	if (nng_msg_append(msg, request.ptr, request.len) != 0) {
		nng_msg_free(msg);
		return ST_NO_MEMORY;
	}
	c->timeout_ms = timeout_ms;
	nng_aio_set_msg(c->send, msg);
	nng_aio_set_timeout(c->send, (nng_duration)timeout_ms);
	atomic_store(&c->phase, SENDING);
	nng_ctx_send(c->ctx, c->send);
	return ST_OK;
}

enum status transport_client_poll(struct transport_client *c, struct slice *reply)
{
	switch (atomic_load(&c->phase)) {
	case IDLE: return ST_ARGUMENT;
	case SENDING:
	case RECEIVING: return ST_AGAIN;
	case DONE_FAILED:
		atomic_store(&c->phase, IDLE);
		c->silent = true;
		return ST_NET_UNAVAILABLE;
	default: break;
	}
	c->reply = nng_aio_get_msg(c->recv);
	nng_aio_set_msg(c->recv, NULL);
	atomic_store(&c->phase, IDLE);
	*reply = slice_of(nng_msg_body(c->reply), nng_msg_len(c->reply));
	return ST_OK;
}

bool transport_client_busy(const struct transport_client *c)
{
	int phase = atomic_load(&c->phase);
	return phase == SENDING || phase == RECEIVING;
}

static enum status call_once(struct transport_client *c, struct slice request, uint32_t timeout_ms, struct slice *reply)
{
	enum status st = transport_client_start(c, request, timeout_ms);

	if (st != ST_OK)
		return st;
	while ((st = transport_client_poll(c, reply)) == ST_AGAIN) {
		struct pollfd wait = {.fd = c->hub->event_fd, .events = POLLIN};
		poll(&wait, 1, 1000);
		transport_drain(c->hub);
	}
	return st;
}

enum status transport_call(struct transport_client *c, struct slice request, uint32_t timeout_ms, struct slice *reply)
{
	enum status st = ST_NET_UNAVAILABLE;

	for (int i = 0; i < CALL_TRIES && st == ST_NET_UNAVAILABLE; i++)
		st = call_once(c, request, timeout_ms, reply);
	return st;
}
