/* The socket loop. Whoever may open the socket may ask; what is signed is the core's decision alone. */
#include "endorser/endorse_server.h"

#include "proto/transport.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <sys/stat.h>

enum { REQUESTS_HELD = 4 };

struct server {
	const struct endorse_server_config *cfg;
	struct transport *transport;
	struct transport_server *socket;
	struct buf response;
};

static enum status open_socket(struct server *s, struct problem *problem)
{
	const char *url = s->cfg->url;
	enum status st;

	if (strncmp(url, "ipc://", 6) != 0)
		return problem_set(problem, ST_NET_ADDRESS, url, "give ipc:///PATH",
		    "an endorser listens on a socket of its own machine only");
	TRY(transport_new(&s->transport));
	/* The socket is created with these permissions; a chmod afterwards would leave a moment for others. The mask stays: the
	 * transport may make the socket anew. */
	umask(0177);
	st = transport_server_new(&s->socket, s->transport, url, REQUESTS_HELD, ENDORSE_REQUEST_MAX);
	if (st == ST_NET_ADDRESS)
		return problem_set(
		    problem, st, url, "name a path where nothing lies", "not an ipc address that can be used here");
out:
	return problem_default(problem, st, url);
}

static void answer_all(struct server *s)
{
	for (struct transport_request *r; (r = transport_server_next(s->socket));) {
		const struct endorse_server_config *cfg = s->cfg;
		struct slice request = transport_request_bytes(r);

		buf_reset(&s->response);
		endorser_handle(cfg->endorser, request, cfg->now_s(cfg->ctx), &s->response);
		if (s->response.failed)
			buf_reset(&s->response); /* out of memory: an empty reply, which the host refuses */
		if (cfg->answered)
			cfg->answered(cfg->ctx, request, buf_view(&s->response));
		transport_reply(r, buf_view(&s->response));
	}
}

static enum status serve(struct server *s)
{
	struct pollfd fds[] = {
	    {.fd = transport_fd(s->transport), .events = POLLIN}, {.fd = s->cfg->stop_fd, .events = POLLIN}};

	for (;;) {
		transport_drain(s->transport);
		answer_all(s);
		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			return ST_IO;
		if (fds[1].revents)
			return ST_OK;
	}
}

enum status endorse_server_run(const struct endorse_server_config *cfg, struct problem *problem)
{
	struct server s = {.cfg = cfg};
	enum status st;

	TRY(open_socket(&s, problem));
	if (cfg->listening)
		cfg->listening(cfg->ctx, transport_server_url(s.socket));
	st = problem_default(problem, serve(&s), cfg->url);
out:
	transport_server_free(s.socket);
	transport_free(s.transport);
	buf_clear(&s.response);
	return st;
}
