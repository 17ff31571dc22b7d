/*
 * parley-coordinator: one thread, one poll() over the network and signals, around the pure coordinator. Everything that
 * decides anything is in coordinator_core; here are the clock, the socket and the file.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "program.h"
#include "proto/transport.h"
#include "store/journal.h"

enum { HELD_MAX = COORDINATOR_HELD_MAX + 64, IDLE_MS = 3600 * 1000 };

struct program {
	struct program_options options;
	struct printer printer;
	struct problem problem;
	struct transport *transport;
	struct transport_server *server;
	struct sqlstore *journal;
	struct coordinator_store store;
	struct coordinator *coordinator;
	struct buf reply;
	int signals;
	int64_t wall_ms, steady_ms; /* both clocks at the start */
};

static int64_t clock_ms(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Wall time as it was at the start, then steady: somebody who sets the clock does not end sessions. */
static int64_t now_ms(const struct program *p)
{
	return p->wall_ms + (clock_ms(CLOCK_MONOTONIC) - p->steady_ms);
}

/* Before the transport makes its threads, which inherit the mask. */
static enum status catch_signals(struct program *p)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	p->signals = signalfd(-1, &set, SFD_CLOEXEC);
	return p->signals >= 0 ? ST_OK : ST_IO;
}

static enum status open_all(struct program *p)
{
	struct coordinator_config cfg = {
	    .store = &p->store,
	    .rng = random_system,
	    .allow_filled_in = p->options.allow_filled_in,
	    .changed = print_session,
	    .changed_ctx = &p->printer,
	};
	enum status st;

	p->wall_ms = clock_ms(CLOCK_REALTIME);
	p->steady_ms = clock_ms(CLOCK_MONOTONIC);
	TRY(crypto_init());
	TRY(catch_signals(p));
	TRY(transport_new(&p->transport));
	st = transport_server_new(&p->server, p->transport, p->options.listen, HELD_MAX, WIRE_SIZE_MAX);
	if (st != ST_OK) {
		problem_default(&p->problem, st, p->options.listen);
		goto out;
	}
	TRY(journal_open(&p->journal, &p->store, p->options.journal, &p->problem));
	TRY(coordinator_new(&p->coordinator, &cfg, now_ms(p), &p->problem));
out:
	return st;
}

static void close_all(struct program *p)
{
	transport_server_free(p->server);
	transport_free(p->transport);
	coordinator_free(p->coordinator);
	sqlstore_close(p->journal);
	buf_clear(&p->reply);
	if (p->signals >= 0)
		close(p->signals);
}

/* A request is known to the coordinator by its address. */
static void answer_requests(struct program *p)
{
	struct transport_request *r;

	while ((r = transport_server_next(p->server)) != NULL) {
		buf_reset(&p->reply);
		if (coordinator_handle(p->coordinator, transport_request_bytes(r), (uint64_t)(uintptr_t)r, now_ms(p),
			&p->reply) == COORDINATOR_REPLY)
			transport_reply(r, buf_view(&p->reply));
	}
}

static void answer_held(struct program *p)
{
	uint64_t ticket;

	for (;;) {
		buf_reset(&p->reply);
		if (!coordinator_next_reply(p->coordinator, now_ms(p), &ticket, &p->reply))
			return;
		transport_reply((struct transport_request *)(uintptr_t)ticket, buf_view(&p->reply));
	}
}

static int wait_ms(const struct program *p)
{
	int64_t wake = coordinator_wake_ms(p->coordinator), now = now_ms(p);

	if (wake <= now)
		return 0;
	return wake - now > IDLE_MS ? IDLE_MS : (int)(wake - now);
}

static enum status serve(struct program *p)
{
	struct pollfd fds[2] = {
	    {.fd = transport_fd(p->transport), .events = POLLIN}, {.fd = p->signals, .events = POLLIN}};

	while (fds[1].revents == 0) {
		if (poll(fds, 2, wait_ms(p)) < 0 && errno != EINTR)
			return ST_IO;
		transport_drain(p->transport);
		answer_requests(p);
		coordinator_tick(p->coordinator, now_ms(p));
		answer_held(p);
		if (coordinator_health(p->coordinator) != ST_OK)
			return problem_set(&p->problem, coordinator_health(p->coordinator), p->options.journal,
			    "see to the disk and start again: sessions go on from the journal",
			    "the journal cannot be written");
	}
	return ST_OK;
}

int main(int argc, char **argv)
{
	static struct program p = {.signals = -1};
	enum status st;

	st = options_parse(&p.options, argc, argv, &p.problem);
	p.printer.json = p.options.json;
	if (st == ST_OK && p.options.help) {
		print_help();
		return EXIT_CODE_OK;
	}
	if (st == ST_OK)
		st = open_all(&p);
	if (st == ST_OK) {
		print_listening(&p.printer, transport_server_url(p.server), p.options.journal,
		    coordinator_session_count(p.coordinator));
		st = serve(&p);
	}
	if (st != ST_OK) {
		problem_default(&p.problem, st, NULL);
		print_problem(&p.printer, &p.problem);
	} else {
		print_stopped(&p.printer);
	}
	close_all(&p);
	return status_exit(st);
}
