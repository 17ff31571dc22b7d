/*
 * Messages over NNG: requests and replies with the coordinator and the endorser, frames between the hosts of two
 * parties. Everything is asynchronous; every object made from one hub wakes the hub's descriptor, so one poll() loop
 * drives them all:
 *
 *   poll(transport_fd(hub)) → transport_drain(hub) → ask every object for what it has (all calls below return at once).
 *
 * An address is tcp://HOST:PORT (port 0: the system chooses, see *_url) or ipc:///PATH. ST_NET_ADDRESS: not one of them,
 * or an ipc path at which something other than a socket lies (NNG would unlink it). ST_NET_IN_USE: somebody listens
 * there. Nothing here authenticates: peers are known by handshakes and signatures inside the messages.
 * Received sizes are capped; a sender that announces more is cut off. Not thread safe: one thread per hub.
 */
#ifndef PROTO_TRANSPORT_H
#define PROTO_TRANSPORT_H

#include "base/buf.h"

struct transport;
MUST_USE enum status transport_new(struct transport **out);
void transport_free(struct transport *t); /* after every object made from it; NULL is fine */
int transport_fd(const struct transport *t); /* readable when something may have happened */
void transport_drain(struct transport *t);   /* call before asking the objects */

/* ---- requests: one outstanding per client. Dials in the background and again after a loss. ---- */
struct transport_client;
MUST_USE enum status transport_client_new(struct transport_client **out, struct transport *t, const char *url, size_t reply_max);
void transport_client_free(struct transport_client *c); /* NULL is fine */
/* Sends (copies) a request; drops one that is outstanding. It is sent again when the connection breaks before the reply.
 * timeout_ms for the whole of it. */
MUST_USE enum status transport_client_start(struct transport_client *c, struct slice request, uint32_t timeout_ms);
/* ST_OK: *reply until the next start or free. ST_AGAIN: not yet. ST_NET_UNAVAILABLE: timed out. ST_ARGUMENT: nothing started.
 * After ST_OK or ST_NET_UNAVAILABLE the client is idle. */
MUST_USE enum status transport_client_poll(struct transport_client *c, struct slice *reply);
bool transport_client_busy(const struct transport_client *c);
/* Both at once, blocking, for short programs. Up to three tries of timeout_ms each, dialling anew between them: a request may
 * arrive more than once. reply: until the next start or free. */
MUST_USE enum status transport_call(struct transport_client *c, struct slice request, uint32_t timeout_ms, struct slice *reply);

/* ---- replies: up to `held` requests are open at the same time and may be answered in any order, later ---- */
struct transport_server;
struct transport_request;
MUST_USE enum status transport_server_new(struct transport_server **out, struct transport *t, const char *url, unsigned held, size_t request_max);
void transport_server_free(struct transport_server *s); /* NULL is fine; drops what is held */
const char *transport_server_url(const struct transport_server *s); /* with the real port */
/* The next request that came in, or NULL. It stays valid until transport_reply or transport_server_free. */
struct transport_request *transport_server_next(struct transport_server *s);
struct slice transport_request_bytes(const struct transport_request *r);
/* Sends (copies) the reply and lets go of the request. A requester that has left meanwhile is not an error. */
void transport_reply(struct transport_request *r, struct slice reply);
unsigned transport_server_held(const struct transport_server *s); /* handed out and not yet answered */

/* ---- frames between two hosts, in order, both ways: one listens, the other dials ---- */
enum { TRANSPORT_FRAME_MAX = 66 * 1024, TRANSPORT_IN_FLIGHT = 8 };
struct transport_peer;
MUST_USE enum status transport_peer_listen(struct transport_peer **out, struct transport *t, const char *url);
MUST_USE enum status transport_peer_dial(struct transport_peer **out, struct transport *t, const char *url);
void transport_peer_free(struct transport_peer *p); /* NULL is fine */
const char *transport_peer_url(const struct transport_peer *p); /* listener: with the real port */
/* Copies and sends. ST_AGAIN: TRANSPORT_IN_FLIGHT frames are under way (nothing was taken). ST_TOO_LARGE. */
MUST_USE enum status transport_peer_send(struct transport_peer *p, struct slice frame);
/* ST_OK: a frame, valid until the next recv or free; ST_AGAIN: none yet. */
MUST_USE enum status transport_peer_recv(struct transport_peer *p, struct slice *frame);
bool transport_peer_idle(const struct transport_peer *p);      /* nothing under way */
bool transport_peer_connected(const struct transport_peer *p); /* a connection stands */
bool transport_peer_lost(const struct transport_peer *p);      /* one stood and broke */

#endif
