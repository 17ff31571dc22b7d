/* A provider's shares to the three hosts: manifest, then chunks; each acknowledged before the next, so nothing is lost unseen. */
#include "submit.h"

#include "proto/transport.h"

#include <time.h>

enum { CALL_MS = 20000, RETRY_MS = 200 };

int64_t submit_clock_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

struct host_line { /* to one host */
	struct submission *s;
	unsigned party;
	struct transport_client *socket;
	struct buf request;
};

static enum status ask(struct host_line *l, enum status *said, char message[static 256])
{
	struct cli *cli = l->s->cli;
	struct slice reply;
	enum status st = transport_call(l->socket, buf_view(&l->request), CALL_MS, &reply);

	if (st == ST_OK)
		st = provide_reply_decode(said, message, reply);
	if (st != ST_OK)
		return problem_set(&cli->problem, st, l->s->urls[l->party], NULL, "the host of %s does not answer",
		    l->s->policy->policy.parties[l->party].id);
	return ST_OK;
}

/* One submission, asked again while the host is not ready for it. */
static enum status deliver(struct host_line *l, uint32_t index, bool last, struct slice bytes)
{
	struct provide_submission m = {.attempt = l->s->attempt, .index = index, .last = last, .bytes = bytes};
	const char *id = l->s->policy->policy.providers[l->s->provider].id;
	char message[256];
	enum status st, said = ST_AGAIN;

	memcpy(m.session, l->s->session, sizeof m.session);
	buf_reset(&l->request);
	TRY(provide_submission_sign(&l->request, id, &m, l->s->endorse_sk));
	while (said == ST_AGAIN) {
		TRY(ask(l, &said, message));
		if (said == ST_AGAIN && submit_clock_ms() > l->s->until_ms)
			break;
		if (said == ST_AGAIN)
			nanosleep(&(struct timespec){0, RETRY_MS * 1000000L}, NULL);
	}
	if (said != ST_OK)
		return problem_set(&l->s->cli->problem, said, l->s->policy->policy.parties[l->party].id, NULL,
		    "the host does not take our rows: %s", message);
out:
	return st;
}

static enum status send_all(struct host_line *l)
{
	struct submission *s = l->s;
	uint32_t chunks = provide_chunks(l->party, s->n_words);
	struct buf sealed = {0};
	enum status st;

	TRY(deliver(l, 0, false, buf_view(&s->manifest)));
	for (uint32_t chunk = 0; chunk < chunks; chunk++) {
		buf_reset(&sealed);
		TRY(provide_seal(s->sender, &sealed, l->party, s->admission.hellos[l->party].ek, chunk));
		TRY(deliver(l, chunk + 1, chunk + 1 == chunks, buf_view(&sealed)));
	}
out:
	buf_clear(&sealed);
	return st;
}

enum status submit_send(struct submission *s)
{
	struct transport *transport = NULL;
	enum status st;

	TRY(transport_new(&transport));
	for (unsigned party = 0; party < PROVIDE_PARTIES; party++) {
		struct host_line l = {.s = s, .party = party};

		st = transport_client_new(&l.socket, transport, s->urls[party], PROVIDE_REPLY_MAX);
		if (st == ST_OK)
			st = send_all(&l);
		else
			problem_set(&s->cli->problem, st, s->urls[party], NULL, "not an address of a host");
		transport_client_free(l.socket);
		buf_clear(&l.request);
		TRY(st);
	}
out:
	transport_free(transport);
	return st;
}
