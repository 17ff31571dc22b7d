/*
 * Frames between two hosts over a pair0 socket: TRANSPORT_IN_FLIGHT sends at once, one receive posted at a time (with more,
 * completions run on several threads and arrive out of order). A second connection to a pair0 socket is turned away
 * while the first one stands; who is at the other end shows in the handshake that the frames carry.
 */
#include "hub.h"

#include <nng/protocol/pair0/pair.h>
#include <stdlib.h>

struct send_slot {
	struct transport_peer *peer;
	nng_aio *aio;
	atomic_bool busy;
};

struct transport_peer {
	struct transport *hub;
	nng_socket socket;
	bool has_socket;
	char url[URL_CAP];
	struct send_slot slots[TRANSPORT_IN_FLIGHT];
	unsigned next_slot;
	nng_aio *recv_aio;
	nng_msg *current;    /* lent to the owner */
	atomic_bool arrived; /* recv_aio holds a message */
	atomic_bool closing;
	atomic_int pipes;
	atomic_bool broke;
};

static void on_sent(void *arg)
{
	struct send_slot *slot = arg;

	if (nng_aio_result(slot->aio) != 0) {
		nng_msg_free(nng_aio_get_msg(slot->aio));
		nng_aio_set_msg(slot->aio, NULL);
	}
	atomic_store(&slot->busy, false);
	hub_wake(slot->peer->hub);
}

static void on_received(void *arg)
{
	struct transport_peer *p = arg;
	int rv = nng_aio_result(p->recv_aio);

	if (rv == 0) {
		atomic_store(&p->arrived, true);
		hub_wake(p->hub);
	} else if (!atomic_load(&p->closing) && rv != NNG_ECLOSED) {
		nng_recv_aio(p->socket, p->recv_aio);
	}
}

static void on_pipe(nng_pipe pipe, nng_pipe_ev event, void *arg)
{
	struct transport_peer *p = arg;

	(void)pipe;
	if (event == NNG_PIPE_EV_ADD_POST)
		atomic_fetch_add(&p->pipes, 1);
	else if (event == NNG_PIPE_EV_REM_POST && atomic_fetch_sub(&p->pipes, 1) == 1)
		atomic_store(&p->broke, true);
	if (!atomic_load(&p->closing))
		hub_wake(p->hub);
}

static enum status open_socket(struct transport_peer *p)
{
	int rv = nng_pair0_open(&p->socket);

	if (rv != 0)
		return status_of_nng(rv);
	p->has_socket = true;
	if ((rv = nng_socket_set_size(p->socket, NNG_OPT_RECVMAXSZ, TRANSPORT_FRAME_MAX)) != 0 ||
	    (rv = nng_socket_set_ms(p->socket, NNG_OPT_RECONNMINT, RECONNECT_MIN_MS)) != 0 ||
	    (rv = nng_socket_set_ms(p->socket, NNG_OPT_RECONNMAXT, RECONNECT_MAX_MS)) != 0 ||
	    (rv = nng_pipe_notify(p->socket, NNG_PIPE_EV_ADD_POST, on_pipe, p)) != 0 ||
	    (rv = nng_pipe_notify(p->socket, NNG_PIPE_EV_REM_POST, on_pipe, p)) != 0 ||
	    (rv = nng_aio_alloc(&p->recv_aio, on_received, p)) != 0)
		return status_of_nng(rv);
	for (unsigned i = 0; i < TRANSPORT_IN_FLIGHT; i++) {
		p->slots[i].peer = p;
		if ((rv = nng_aio_alloc(&p->slots[i].aio, on_sent, &p->slots[i])) != 0)
			return status_of_nng(rv);
	}
	return ST_OK;
}

static enum status listen_at(struct transport_peer *p, const char *url)
{
	nng_listener listener;
	int rv = nng_listen(p->socket, url, &listener, 0);

	return rv != 0 ? status_of_nng(rv) : listener_url(listener, p->url, sizeof p->url);
}

static enum status dial_to(struct transport_peer *p, const char *url)
{
	strcpy(p->url, url); /* address_check() has seen its length */
	return status_of_nng(nng_dial(p->socket, url, NULL, NNG_FLAG_NONBLOCK));
}

static enum status peer_new(struct transport_peer **out, struct transport *t, const char *url, bool listening)
{
	struct transport_peer *p = NULL;
	enum status st;

	TRY(address_check(url, listening));
	p = calloc(1, sizeof *p);
	if (!p)
		return ST_NO_MEMORY;
	p->hub = t;
	TRY(open_socket(p));
	TRY(listening ? listen_at(p, url) : dial_to(p, url));
	nng_recv_aio(p->socket, p->recv_aio);
	*out = p;
	p = NULL;
out:
	transport_peer_free(p);
	return st;
}

enum status transport_peer_listen(struct transport_peer **out, struct transport *t, const char *url)
{
	return peer_new(out, t, url, true);
}

enum status transport_peer_dial(struct transport_peer **out, struct transport *t, const char *url)
{
	return peer_new(out, t, url, false);
}

void transport_peer_free(struct transport_peer *p)
{
	if (!p)
		return;
	atomic_store(&p->closing, true);
	nng_aio_stop(p->recv_aio);
	for (unsigned i = 0; i < TRANSPORT_IN_FLIGHT; i++)
		nng_aio_stop(p->slots[i].aio);
	if (p->has_socket)
		nng_close(p->socket);
	if (atomic_load(&p->arrived))
		nng_msg_free(nng_aio_get_msg(p->recv_aio));
	nng_msg_free(p->current);
	nng_aio_free(p->recv_aio);
	for (unsigned i = 0; i < TRANSPORT_IN_FLIGHT; i++)
		nng_aio_free(p->slots[i].aio);
	free(p);
}

const char *transport_peer_url(const struct transport_peer *p)
{
	return p->url;
}

/* Sends take their slots in turn, so that what NNG queues keeps our order. */
enum status transport_peer_send(struct transport_peer *p, struct slice frame)
{
	struct send_slot *slot = &p->slots[p->next_slot];
	nng_msg *msg;

	if (frame.len > TRANSPORT_FRAME_MAX)
		return ST_TOO_LARGE;
	if (atomic_load(&slot->busy))
		return ST_AGAIN;
	if (nng_msg_alloc(&msg, frame.len) != 0)
		return ST_NO_MEMORY;
	if (frame.len)
		memcpy(nng_msg_body(msg), frame.ptr, frame.len);
	nng_aio_set_msg(slot->aio, msg);
	atomic_store(&slot->busy, true);
	p->next_slot = (p->next_slot + 1) % TRANSPORT_IN_FLIGHT;
	nng_send_aio(p->socket, slot->aio);
	return ST_OK;
}

enum status transport_peer_recv(struct transport_peer *p, struct slice *frame)
{
	nng_msg_free(p->current);
	p->current = NULL;
	if (!atomic_load(&p->arrived))
		return ST_AGAIN;
	p->current = nng_aio_get_msg(p->recv_aio);
	nng_aio_set_msg(p->recv_aio, NULL);
	atomic_store(&p->arrived, false);
	nng_recv_aio(p->socket, p->recv_aio);
	*frame = slice_of(nng_msg_body(p->current), nng_msg_len(p->current));
	return ST_OK;
}

bool transport_peer_idle(const struct transport_peer *p)
{
	for (unsigned i = 0; i < TRANSPORT_IN_FLIGHT; i++)
		if (atomic_load(&p->slots[i].busy))
			return false;
	return true;
}

bool transport_peer_connected(const struct transport_peer *p)
{
	return atomic_load(&p->pipes) > 0;
}

bool transport_peer_lost(const struct transport_peer *p)
{
	return atomic_load(&p->broke);
}
