/* The loop of one session: find it, then move frames and messages until the host core says that it is over. */
#include "program.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

int64_t now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* ---- finding a session ---- */

static enum status find_request(const struct program *p, struct buf *out)
{
	struct wire_request *r = calloc(1, sizeof *r);

	if (!r)
		return ST_NO_MEMORY;
	r->kind = WREQ_FIND;
	r->hold_ms = POST_HOLD_MS;
	snprintf(r->party, sizeof r->party, "%s", p->args.party);
	memcpy(r->policy_hash, p->policy_hash, HASH_LEN);
	wire_request_encode(out, r);
	free(r);
	return buf_status(out);
}

static enum status find_reply(struct program *p, struct slice bytes, bool *found)
{
	struct wire_storage storage = {0};
	struct wire_reply *r = calloc(1, sizeof *r);
	char hex[2 * WIRE_SESSION_LEN + 1];
	enum status st = r ? wire_reply_decode(r, &storage, bytes) : ST_NO_MEMORY;

	*found = false;
	if (st == ST_OK && strcmp(r->code, "OK") != 0) {
		st = problem_set(&p->problem, status_from_code(r->code), "coordinator", NULL, "%s", r->message);
	} else if (st == ST_OK && r->has_session) {
		hex_encode(hex, slice_of(r->session, WIRE_SESSION_LEN));
		*found = !p->args.session || strcmp(hex, p->args.session) == 0;
		memcpy(p->session, r->session, WIRE_SESSION_LEN);
		p->attempt = r->attempt;
	}
	if (r)
		wire_storage_clear(&storage);
	free(r);
	return st;
}

enum status session_find(struct program *p)
{
	struct buf request = {0};
	struct slice reply;
	bool found = false;
	enum status st;

	TRY(find_request(p, &request));
	while (!found) {
		st = transport_call(p->coordinator, buf_view(&request), POST_HOLD_MS + POST_GRACE_MS, &reply);
		if (st != ST_OK) {
			problem_set(&p->problem, st, p->args.coordinator, NULL, "the coordinator does not answer");
			goto out;
		}
		TRY(find_reply(p, reply, &found));
		if (!found) /* another session of this policy is open and not ours: ask again, not in a tight loop */
			nanosleep(&(struct timespec){0, 200000000}, NULL);
	}
out:
	buf_clear(&request);
	return st;
}

/* ---- struct host_io ---- */

static enum status io_to_enclave(void *ctx, enum frame_type type, uint8_t peer, struct slice body)
{
	return enclave_send(&((struct program *)ctx)->enclave, type, peer, body);
}

static enum status io_to_peer(void *ctx, unsigned peer, struct slice frame)
{
	return peer_send(&((struct program *)ctx)->peers[peer], frame);
}

static enum status io_post(void *ctx, enum wire_message_kind kind, struct slice body)
{
	struct program *p = ctx;

	p->post_now = p->enrolled = true;
	p->receipt_out |= kind == WM_RECEIPT;
	return mailbox_post(p->mailbox, kind, body);
}

static enum status io_endorse(void *ctx, struct slice request, struct buf *response)
{
	enum { ENDORSE_MS = 4000 };
	struct program *p = ctx;
	struct slice reply;
	enum status st = transport_call(p->endorser, request, ENDORSE_MS, &reply);

	if (st == ST_OK)
		buf_append(response, reply.ptr, reply.len);
	return st == ST_OK ? buf_status(response) : st;
}

/* The lower party number listens, the higher one dials. */
static enum status io_connect(void *ctx, const struct doc_peers *peers)
{
	struct program *p = ctx;
	char url[256];

	for (int i = 0; i < p->self; i++) {
		struct slice text = peers->url[i][p->self];
		if (text.len >= sizeof url)
			return ST_NET_ADDRESS;
		memcpy(url, text.ptr, text.len);
		url[text.len] = 0;
		if (p->peers[i].socket)
			return ST_SES_STATE;
		enum status st = transport_peer_dial(&p->peers[i].socket, p->transport, url);
		if (st != ST_OK)
			return st;
	}
	return ST_OK;
}

static enum status io_deliver(void *ctx, struct slice bundle, struct slice result)
{
	struct program *p = ctx;
	char path[4096];
	enum status st;

	snprintf(path, sizeof path, "%s/receipt.cbor", p->args.out);
	TRY(file_write(path, bundle, 0644));
	if (result.len) {
		snprintf(path, sizeof path, "%s/result.parley", p->args.out);
		TRY(file_write(path, result, 0600));
	}
out:
	return st;
}

static void io_event(void *ctx, const struct host_event *e)
{
	report_event(((struct program *)ctx)->report, e);
}

/* ---- the loop ---- */

static bool peers_have_room(const struct program *p)
{
	for (unsigned i = 0; i < p->policy->n_parties; i++)
		if (peer_backlog(&p->peers[i]) > QUEUE_PAUSE_BYTES)
			return false;
	return true;
}

static void take_message(void *ctx, const struct wire_message *m)
{
	host_on_message(((struct program *)ctx)->host, m);
}

static void post_if_needed(struct program *p)
{
	struct buf request = {0};

	if (!p->enrolled || (!p->post_now && transport_client_busy(p->coordinator)))
		return; /* a party's first message is ENROL: nothing is asked before it */
	p->post_now = false;
	enum status st = mailbox_request(p->mailbox, POST_HOLD_MS, &request);
	if (st == ST_OK)
		st = transport_client_start(p->coordinator, buf_view(&request), POST_HOLD_MS + POST_GRACE_MS);
	buf_clear(&request);
	if (st != ST_OK)
		host_fail(p->host, st, "", "the coordinator cannot be asked");
}

static void serve_coordinator(struct program *p)
{
	struct problem problem = {0};
	struct slice reply;
	enum status st = transport_client_poll(p->coordinator, &reply);

	if (st == ST_OK) {
		p->heard_ms = now_ms();
		st = mailbox_reply(p->mailbox, reply, take_message, p, &problem);
		if (st != ST_OK)
			host_fail(p->host, st, "", problem.message[0] ? problem.message : "the coordinator's reply is not well-formed");
	} else if (st == ST_NET_UNAVAILABLE && now_ms() - p->heard_ms > (int64_t)p->policy->step_deadline_s * 1000) {
		host_fail(p->host, st, "", "the coordinator has not answered for longer than deadlines.step");
	}
}

static void serve_peers(struct program *p)
{
	struct slice frame;

	for (unsigned i = 0; i < p->policy->n_parties; i++) {
		struct peer_link *peer = &p->peers[i];
		if (!peer->socket)
			continue;
		if (peer_flush(peer) != ST_OK)
			host_fail(p->host, ST_SES_PEER_LOST, p->policy->parties[i].id, "frames to this party cannot be sent");
		while (enclave_backlog(&p->enclave) < QUEUE_PAUSE_BYTES && transport_peer_recv(peer->socket, &frame) == ST_OK)
			host_on_peer(p->host, i, frame);
		if (!p->lost_ms && !p->receipt_out && transport_peer_lost(peer->socket)) {
			p->lost_ms = now_ms();
			p->lost_peer = i;
		}
	}
	if (p->lost_ms && !p->receipt_out && now_ms() - p->lost_ms > LOST_GRACE_MS)
		host_fail(p->host, ST_SES_PEER_LOST, p->policy->parties[p->lost_peer].id, "the connection to this party broke");
}

/* One at a time, and none while the enclave is behind: a provider's rows wait at the provider. */
static void serve_providers(struct program *p)
{
	struct transport_request *r;
	struct buf reply = {0};

	while (p->submissions && enclave_backlog(&p->enclave) < QUEUE_PAUSE_BYTES && (r = transport_server_next(p->submissions))) {
		buf_reset(&reply);
		host_on_submission(p->host, transport_request_bytes(r), &reply);
		transport_reply(r, buf_view(&reply));
	}
	buf_clear(&reply);
}

static void serve_enclave(struct program *p, short revents)
{
	struct frame frame;
	enum status st = ST_OK;

	enclave_write(&p->enclave);
	if (revents & (POLLIN | POLLHUP | POLLERR))
		enclave_read(&p->enclave);
	while (peers_have_room(p) && (st = enclave_next(&p->enclave, &frame)) == ST_OK)
		host_on_frame(p->host, &frame);
	if (st != ST_OK && st != ST_AGAIN)
		host_fail(p->host, st, "", "the enclave wrote a frame that is not well-formed");
	if (p->enclave.fd < 0 && !p->receipt_out && host_state(p->host) == HOST_RUNNING && st == ST_AGAIN)
		host_fail(p->host, ST_TEE_DIED, p->args.party, "this party's enclave ended unexpectedly");
	enclave_reap(&p->enclave, false);
}

static void turn(struct program *p, int timeout_ms)
{
	struct pollfd fds[2] = {{.fd = transport_fd(p->transport), .events = POLLIN}, {.fd = p->enclave.fd}};

	if (peers_have_room(p))
		fds[1].events |= POLLIN;
	if (enclave_backlog(&p->enclave))
		fds[1].events |= POLLOUT;
	if (poll(fds, p->enclave.fd >= 0 ? 2 : 1, timeout_ms) < 0)
		fds[0].revents = fds[1].revents = 0;
	transport_drain(p->transport);
	serve_enclave(p, fds[1].revents);
	serve_coordinator(p);
	serve_peers(p);
	serve_providers(p);
	post_if_needed(p);
}

/* After the end: what the coordinator has not taken (a FAULT, FINISHED) still goes out, for a while. */
static void flush(struct program *p)
{
	int64_t until = now_ms() + FLUSH_MS;

	while (mailbox_pending(p->mailbox) && now_ms() < until)
		turn(p, 100);
}

static int64_t io_clock(void *ctx)
{
	(void)ctx;
	return (int64_t)time(NULL);
}

static enum status make_host(struct program *p)
{
	const struct host_io io = {p, io_to_enclave, io_to_peer, io_post, io_endorse, io_connect, io_deliver, io_event, io_clock};
	struct host_config host = {.policy = p->policy, .policy_file = buf_view(&p->policy_file), .self = (unsigned)p->self, .attempt = p->attempt,
		.collateral = buf_view(&p->collateral),
		.time_s = (int64_t)time(NULL), .table = p->has_table ? &p->table : NULL, .bench = p->n_bench ? p->bench : NULL, .n_bench = p->n_bench};
	struct mailbox_config mail = {.attempt = p->attempt, .host_sk = p->host_sk};
	enum status st;

	memcpy(host.session, p->session, WIRE_SESSION_LEN);
	memcpy(mail.session, p->session, WIRE_SESSION_LEN);
	memcpy(host.host_key, p->host_pk, sizeof host.host_key);
	snprintf(mail.party, sizeof mail.party, "%s", p->args.party);
	for (unsigned i = 0; i < p->policy->n_parties; i++)
		host.urls[i] = p->urls[i];
	TRY(mailbox_new(&p->mailbox, &mail));
	TRY(host_new(&p->host, &host, &io));
out:
	return st;
}

enum status session_run(struct program *p)
{
	enum status st;

	TRY(make_host(p));
	TRY(enclave_launch(&p->enclave, &p->args, &p->problem));
	p->heard_ms = now_ms();
	host_start(p->host);
	while (host_state(p->host) == HOST_RUNNING)
		turn(p, 200);
	flush(p);
	enclave_close(&p->enclave);
	if (host_state(p->host) == HOST_FAILED) {
		p->problem = *host_problem(p->host);
		st = p->problem.st;
	}
out:
	return st;
}
