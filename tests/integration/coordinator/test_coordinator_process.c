/*
 * The real program, real sockets, real journal, and parties that sign properly: sessions to DONE, kill -9 at every
 * message, port in use, hostile requests, two sessions at once, the client that `parley session` uses.
 */
#include "../../support/test.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "coordinator/client.h"
#include "fake_party.h"
#include "process.h"
#include "proto/transport.h"

enum { CALL_MS = 15000 };

static struct fake_world world;
static char folder[64], journal[128];
static struct process coordinator;
static struct transport *hub;
static struct transport_client *clients[FAKE_PARTIES];
static struct coordinator_client *operator_;

static void valid_now(struct policy *p)
{
	p->not_before = 1;
	p->not_after = INT64_C(4102444800); /* 2100 */
	p->signing_time = 1;
}

static void connect_all(void)
{
	struct problem problem = {0};

	assert_int_equal(transport_new(&hub), ST_OK);
	for (unsigned i = 0; i < FAKE_PARTIES; i++)
		assert_int_equal(transport_client_new(&clients[i], hub, coordinator.url, WIRE_SIZE_MAX), ST_OK);
	assert_int_equal(coordinator_client_open(&operator_, coordinator.url, &problem), ST_OK);
}

static int setup(void **state)
{
	(void)state;
	fake_world_init(&world, 42, 0, valid_now);
	snprintf(folder, sizeof folder, "/tmp/parley-coordinator-XXXXXX");
	if (mkdtemp(folder) == NULL)
		return 1;
	snprintf(journal, sizeof journal, "%s/journal", folder);
	if (!process_start(&coordinator, "tcp://127.0.0.1:0", journal, NULL))
		return 1;
	connect_all();
	return 0;
}

static int teardown(void **state)
{
	static const char *const tails[] = {"", "-wal", "-shm"};
	char name[160];
	(void)state;

	coordinator_client_close(operator_);
	for (unsigned i = 0; i < FAKE_PARTIES; i++)
		transport_client_free(clients[i]);
	transport_free(hub);
	process_kill(&coordinator);
	for (size_t i = 0; i < COUNT_OF(tails); i++) {
		snprintf(name, sizeof name, "%s%s", journal, tails[i]);
		unlink(name);
	}
	fake_world_clear(&world);
	return rmdir(folder);
}

/* The same address and the same journal. */
static void restart(void)
{
	char url[128];

	snprintf(url, sizeof url, "%s", coordinator.url);
	process_kill(&coordinator);
	if (!process_start(&coordinator, url, journal, NULL))
		fail_msg("it does not start again: %s", coordinator.line);
}

/* ---- parties ---- */

static struct fake_party parties[FAKE_PARTIES];

static void start_session(uint8_t session[WIRE_SESSION_LEN], struct fake_party list[FAKE_PARTIES])
{
	struct coordinator_started started;
	struct problem problem = {0};

	if (coordinator_client_start(operator_, buf_view(&world.file), NULL, &started, &problem) != ST_OK)
		fail_msg("%s", problem.message);
	memcpy(session, started.session, WIRE_SESSION_LEN);
	for (unsigned i = 0; i < FAKE_PARTIES; i++)
		fake_party_init(&list[i], &world, i, session, started.attempt);
}

static void clear_parties(struct fake_party list[FAKE_PARTIES])
{
	for (unsigned i = 0; i < FAKE_PARTIES; i++)
		fake_party_clear(&list[i]);
}

static struct buf request_bytes(const struct fake_party *p, size_t first, size_t n, uint32_t hold_ms)
{
	static struct wire_request q;
	struct buf bytes = {0};

	fake_party_request(p, first, n, hold_ms, &q);
	wire_request_encode(&bytes, &q);
	assert_false(bytes.failed);
	return bytes;
}

/* Decodes a reply, reads the mail in it; its code. */
static enum status read_reply(struct fake_party *p, struct slice bytes)
{
	static struct wire_reply reply;
	struct wire_storage storage = {0};

	assert_int_equal(wire_reply_decode(&reply, &storage, bytes), ST_OK);
	enum status st = status_from_code(reply.code);
	for (uint32_t i = 0; i < reply.n_messages; i++)
		if (reply.messages[i].seq > p->ack)
			fake_party_told(p, &reply.messages[i]);
	wire_storage_clear(&storage);
	return st;
}

static enum status post(struct fake_party *p, size_t first, size_t n)
{
	struct buf bytes = request_bytes(p, first, n, 0);
	struct slice reply;
	enum status st = transport_call(clients[p->index], buf_view(&bytes), CALL_MS, &reply);

	buf_clear(&bytes);
	assert_int_equal(st, ST_OK);
	return read_reply(p, reply);
}

/* One message and its mail. true: something happened. */
static bool turn(struct fake_party *p)
{
	uint64_t ack = p->ack;
	bool sent = fake_party_advance(p);

	assert_int_equal(post(p, p->n_sent, p->n_sent > 0 ? 1 : 0), ST_OK);
	return sent || p->ack > ack;
}

/* Until nothing happens any more. before_each says whether it did something. */
static void run(struct fake_party list[FAKE_PARTIES], bool (*before_each)(struct fake_party *p))
{
	for (unsigned idle = 0, i = 0; idle < FAKE_PARTIES; i = (i + 1) % FAKE_PARTIES) {
		if (fake_party_is_over(&list[i])) {
			idle++;
			continue;
		}
		bool did = before_each != NULL && before_each(&list[i]);
		idle = did || turn(&list[i]) ? 0 : idle + 1;
	}
}

static void expect_done(const uint8_t *session, struct fake_party list[FAKE_PARTIES])
{
	struct wire_session_view view;
	struct problem problem = {0};

	for (unsigned i = 0; i < FAKE_PARTIES; i++)
		assert_true(list[i].is_done);
	assert_int_equal(coordinator_client_show(operator_, session, &view, &problem), ST_OK);
	assert_int_equal(view.state, S_DONE);
}

/* ---- tests ---- */

static void a_session_runs_to_done_and_is_reported(void **state)
{
	uint8_t session[WIRE_SESSION_LEN];
	char seen[16][32] = {{0}};
	size_t n = 0;
	(void)state;

	start_session(session, parties);
	run(parties, NULL);
	expect_done(session, parties);
	clear_parties(parties);
	while (n == 0 || (strcmp(seen[n - 1], "DONE") != 0 && n < COUNT_OF(seen))) {
		char name[32] = "";
		assert_true(process_line(&coordinator, 5000));
		const char *at = strstr(coordinator.line, "\"state\":\"");
		assert_non_null(at);
		sscanf(at, "\"state\":\"%31[A-Z]\"", name);
		if (n == 0 || strcmp(seen[n - 1], name) != 0)
			memcpy(seen[n++], name, sizeof name);
	}
	static const char *const expect[] = {
	    "CREATED", "ENROLLING", "ADMITTED", "COMMITTED", "RUNNING", "RELEASING", "DONE"};
	assert_int_equal(n, COUNT_OF(expect));
	for (size_t i = 0; i < n; i++)
		assert_string_equal(seen[i], expect[i]);
	assert_int_equal(process_stop(&coordinator), 0);
}

static unsigned kills;
static bool kill_before(struct fake_party *p)
{
	(void)p;
	restart();
	kills++;
	return false;
}

/* Between any two requests. */
static void killed_before_every_request(void **state)
{
	uint8_t session[WIRE_SESSION_LEN];
	(void)state;

	kills = 0;
	start_session(session, parties);
	run(parties, kill_before);
	expect_done(session, parties);
	clear_parties(parties);
	assert_true(kills > 60);
}

/* While it works on a request: sent, and the program is killed a moment later, at another instant each time. The reply may
 * be lost, the request may have been taken or not: the party sends it again. */
static bool kill_during(struct fake_party *p)
{
	const struct timespec moment = {.tv_nsec = (long)(kills * 7919 % 2500) * 1000};
	enum wire_message_kind next = fake_party_next(p);
	struct slice reply;

	if (next == 0 || !fake_party_advance(p))
		return false;
	struct buf bytes = request_bytes(p, p->n_sent, 1, 0);
	assert_int_equal(transport_client_start(clients[p->index], buf_view(&bytes), CALL_MS), ST_OK);
	buf_clear(&bytes);
	nanosleep(&moment, NULL);
	restart();
	kills++;
	/* NNG sends it again by itself once the program is back */
	for (enum status st = ST_AGAIN; st != ST_OK;) {
		struct pollfd fd = {.fd = transport_fd(hub), .events = POLLIN};
		poll(&fd, 1, 1000);
		transport_drain(hub);
		st = transport_client_poll(clients[p->index], &reply);
		assert_true(st == ST_OK || st == ST_AGAIN);
		if (st == ST_OK)
			assert_int_equal(read_reply(p, reply), ST_OK);
	}
	assert_int_equal(post(p, p->n_sent, 1), ST_OK); /* and once more: harmless */
	return true;
}

static void killed_during_every_message(void **state)
{
	uint8_t session[WIRE_SESSION_LEN];
	(void)state;

	kills = 0;
	start_session(session, parties);
	run(parties, kill_during);
	expect_done(session, parties);
	clear_parties(parties);
	assert_true(kills > 60);
}

/* A FAULT, and the program killed right after: whatever it had written, all end the same. */
static void killed_during_a_fault_all_end_the_same(void **state)
{
	(void)state;
	for (unsigned k = 0; k < 6; k++) {
		const struct timespec moment = {.tv_nsec = k * 400000L};
		uint8_t session[WIRE_SESSION_LEN];
		struct buf fault = {0};

		start_session(session, parties);
		for (unsigned turns = 0; turns < 12 + 9 * k; turns++)
			if (!fake_party_is_over(&parties[turns % 3]))
				turn(&parties[turns % 3]);
		fake_party_body(&parties[1], WM_FAULT, 0, &fault);
		fake_party_put(&parties[1], WM_FAULT, buf_view(&fault));
		struct buf bytes = request_bytes(&parties[1], parties[1].n_sent, 1, 0);
		assert_int_equal(transport_client_start(clients[1], buf_view(&bytes), CALL_MS), ST_OK);
		nanosleep(&moment, NULL);
		restart();
		assert_int_equal(post(&parties[1], parties[1].n_sent, 1), ST_OK);
		for (unsigned i = 0; i < FAKE_PARTIES; i++) {
			assert_int_equal(post(&parties[i], 1, 0), ST_OK);
			assert_true(parties[i].is_aborted && !parties[i].is_done);
			assert_string_equal(parties[i].abort.code, "ATT-0004");
			assert_string_equal(parties[i].abort.blame, "west");
		}
		buf_clear(&bytes);
		buf_clear(&fault);
		clear_parties(parties);
	}
}

static void two_sessions_at_once(void **state)
{
	static struct fake_party other[FAKE_PARTIES];
	uint8_t first[WIRE_SESSION_LEN], second[WIRE_SESSION_LEN];
	(void)state;

	start_session(first, parties);
	start_session(second, other);
	assert_memory_not_equal(first, second, sizeof first);
	for (unsigned idle = 0; idle < 2 * FAKE_PARTIES;)
		for (unsigned i = 0; i < 2 * FAKE_PARTIES; i++) {
			struct fake_party *p = i % 2 ? &other[i / 2] : &parties[i / 2];
			idle = !fake_party_is_over(p) && turn(p) ? 0 : idle + 1;
		}
	expect_done(first, parties);
	expect_done(second, other);
	clear_parties(parties);
	clear_parties(other);
}

static void a_port_in_use_is_said(void **state)
{
	struct process second;
	char other[160];
	(void)state;

	snprintf(other, sizeof other, "%s.second", journal);
	assert_false(process_start(&second, coordinator.url, other, NULL));
	assert_non_null(strstr(second.line, "\"code\":\"NET-0002\""));
	assert_non_null(strstr(second.line, coordinator.url));
	assert_int_equal(process_wait(&second), 69);
	assert_int_not_equal(access(other, F_OK), 0); /* and no journal was begun */
	assert_false(process_start(&second, "tcp://nowhere", other, NULL));
	assert_non_null(strstr(second.line, "\"code\":\"NET-0003\""));
	assert_int_equal(process_wait(&second), 64);
	assert_false(process_start(&second, "tcp://127.0.0.1:0", "/no/such/folder/journal", NULL));
	assert_non_null(strstr(second.line, "\"code\":\"ENV-0004\""));
	assert_int_equal(process_wait(&second), 73);
	assert_false(process_start(&second, "tcp://127.0.0.1:0", journal, NULL));
	assert_non_null(strstr(second.line, "\"code\":\"ENV-0005\""));
	assert_int_equal(process_wait(&second), 74);
	assert_false(process_start(&second, "tcp://127.0.0.1:0", journal, "--no-such-option"));
	assert_non_null(strstr(second.line, "\"code\":\"USE-0002\""));
	assert_int_equal(process_wait(&second), 64);
}

/* A bare TCP connection that says this; true when the program hangs up on it within two seconds. */
static bool is_cut_off(struct slice bytes)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct timeval patience = {.tv_sec = 2};
	unsigned port;
	char sink[256];
	ssize_t got;

	assert_int_equal(sscanf(coordinator.url, "tcp://127.0.0.1:%u", &port), 1);
	to.sin_port = htons((uint16_t)port);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_true(fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof to) == 0);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	assert_int_equal(send(fd, bytes.ptr, bytes.len, MSG_NOSIGNAL), (ssize_t)bytes.len);
	do
		got = recv(fd, sink, sizeof sink, 0);
	while (got > 0);
	bool is_over = got == 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
	close(fd);
	return is_over;
}

/* Below NNG: the greeting of its wire format (protocol REQ), then lengths that no request may have; other greetings; noise. */
static void rude_connections(void)
{
	static const uint8_t greeting[8] = {0, 'S', 'P', 0, 0, 0x30, 0, 0};
	static const uint64_t lengths[] = {WIRE_SIZE_MAX + 4096, UINT64_C(3) << 30, UINT64_MAX};
	uint8_t bytes[16];

	for (size_t k = 0; k < COUNT_OF(lengths); k++) {
		memcpy(bytes, greeting, sizeof greeting);
		for (unsigned i = 0; i < 8; i++)
			bytes[8 + i] = (uint8_t)(lengths[k] >> (56 - 8 * i));
		assert_true(is_cut_off(slice_of(bytes, sizeof bytes)));
	}
	memcpy(bytes, greeting, sizeof greeting);
	bytes[5] = 0x10; /* PAIR does not talk to REP */
	assert_true(is_cut_off(slice_of(bytes, sizeof greeting)));
	assert_true(is_cut_off(slice_str("GET / HTTP/1.1\r\nHost: coordinator\r\n\r\n")));
}

static void hostile_requests_do_not_hurt(void **state)
{
	struct test_rng rng = {4};
	uint8_t session[WIRE_SESSION_LEN];
	static struct wire_reply reply;
	struct wire_storage storage = {0};
	struct slice bytes;
	(void)state;

	start_session(session, parties);
	turn(&parties[0]);
	struct buf good = request_bytes(&parties[0], 1, 1, 0);
	for (unsigned k = 0; k < 300; k++) {
		struct buf bad = {0};
		buf_append(&bad, good.ptr, k % 3 == 0 ? test_below(&rng, good.len) : good.len);
		if (k % 3 == 1)
			bad.ptr[test_below(&rng, bad.len)] ^= (uint8_t)(1 << test_below(&rng, 8));
		if (k % 3 == 2)
			test_fill(&rng, bad.ptr, bad.len);
		assert_int_equal(transport_call(clients[1], buf_view(&bad), CALL_MS, &bytes), ST_OK);
		assert_int_equal(wire_reply_decode(&reply, &storage, bytes), ST_OK);
		wire_storage_clear(&storage);
		buf_clear(&bad);
	}
	rude_connections();
	buf_clear(&good);
	run(parties, NULL);
	expect_done(session, parties);
	clear_parties(parties);
}

static void a_held_post_is_answered_when_there_is_mail(void **state)
{
	uint8_t session[WIRE_SESSION_LEN];
	struct slice reply;
	(void)state;

	start_session(session, parties);
	fake_party_advance(&parties[0]);
	struct buf bytes = request_bytes(&parties[0], 1, 1, 10000);
	assert_int_equal(transport_client_start(clients[0], buf_view(&bytes), CALL_MS), ST_OK);
	buf_clear(&bytes);
	turn(&parties[1]);
	transport_drain(hub);
	assert_int_equal(transport_client_poll(clients[0], &reply), ST_AGAIN);
	turn(&parties[2]);
	for (unsigned spin = 0; parties[0].ack == 0 && spin < 200; spin++) {
		struct pollfd fd = {.fd = transport_fd(hub), .events = POLLIN};
		poll(&fd, 1, 50);
		transport_drain(hub);
		if (transport_client_poll(clients[0], &reply) == ST_OK)
			assert_int_equal(read_reply(&parties[0], reply), ST_OK);
	}
	assert_true(parties[0].has_peers);
	run(parties, NULL);
	expect_done(session, parties);
	clear_parties(parties);
}

/* ---- what `parley session` uses ---- */

static bool count_views(void *ctx, const struct wire_session_view *view)
{
	(void)view;
	++*(unsigned *)ctx;
	return true;
}

static void the_client_starts_lists_watches_and_aborts(void **state)
{
	static struct wire_session_view views[WIRE_VIEWS_MAX];
	struct wire_session_view view;
	struct problem problem = {0};
	uint8_t session[WIRE_SESSION_LEN], found[WIRE_SESSION_LEN];
	char hex[2 * WIRE_SESSION_LEN + 1];
	struct coordinator_started again;
	unsigned calls = 0;
	size_t n;
	(void)state;

	assert_int_equal(coordinator_client_list(operator_, views, &n, &problem), ST_OK);
	assert_int_equal(n, 0);
	start_session(session, parties);
	hex_encode(hex, slice_of(session, sizeof session));
	assert_int_equal(coordinator_client_session(operator_, hex, found, &problem), ST_OK);
	assert_memory_equal(found, session, sizeof found);
	hex[9] = '\0';
	memset(found, 0, sizeof found);
	assert_int_equal(coordinator_client_session(operator_, hex, found, &problem), ST_OK);
	assert_memory_equal(found, session, sizeof found);
	assert_int_equal(coordinator_client_session(operator_, "zz", found, &problem), ST_ARGUMENT);
	problem = (struct problem){0};
	hex[0] = hex[0] == 'f' ? '0' : 'f';
	assert_int_equal(coordinator_client_session(operator_, hex, found, &problem), ST_SES_UNKNOWN);
	problem = (struct problem){0};
	assert_int_equal(
	    coordinator_client_start(operator_, buf_view(&world.file), session, &again, &problem), ST_SES_STATE);
	turn(&parties[0]);
	assert_int_equal(coordinator_client_abort(operator_, session, &view, &problem), ST_OK);
	assert_int_equal(view.state, S_ABORTED);
	assert_string_equal(view.code, "SES-0010");
	problem = (struct problem){0};
	assert_int_equal(coordinator_client_watch(operator_, session, count_views, &calls, &problem), ST_OK);
	assert_int_equal(calls, 1);
	assert_int_equal(coordinator_client_start(operator_, buf_view(&world.file), session, &again, &problem), ST_OK);
	assert_memory_equal(again.session, session, sizeof session);
	assert_int_equal(again.attempt, 2);
	assert_int_equal(coordinator_client_list(operator_, views, &n, &problem), ST_OK);
	assert_int_equal(n, 2);
	assert_int_equal(views[0].attempt, 2);
	session[0] ^= 1;
	assert_int_equal(coordinator_client_show(operator_, session, &view, &problem), ST_SES_UNKNOWN);
	assert_true(problem.message[0] != '\0');
	process_stop(&coordinator);
	problem = (struct problem){0};
	assert_int_equal(coordinator_client_show(operator_, session, &view, &problem), ST_NET_UNAVAILABLE);
	assert_string_equal(problem.where, coordinator.url);
	clear_parties(parties);
}

static void an_unsigned_policy_is_refused_with_its_reason(void **state)
{
	struct coordinator_started started;
	struct problem problem = {0};
	struct buf file = {0};
	(void)state;

	policy_file_wrap(&file, buf_view(&world.payload));
	assert_int_equal(
	    coordinator_client_start(operator_, buf_view(&file), NULL, &started, &problem), ST_POLICY_UNSIGNED);
	assert_non_null(strstr(problem.message, "north"));
	buf_clear(&file);
}

static void an_altered_journal_stops_the_start(void **state)
{
	uint8_t session[WIRE_SESSION_LEN], *name = NULL;
	struct buf file = {0};
	(void)state;

	start_session(session, parties);
	turn(&parties[0]);
	assert_int_equal(process_stop(&coordinator), 0);
	assert_int_equal(buf_read_file(&file, journal, 1 << 24), ST_OK);
	for (size_t i = 0; i + 5 < file.len; i++)
		if (memcmp(file.ptr + i, "north", 5) == 0)
			name = file.ptr + i;
	assert_non_null(name);
	name[0] = 'N';
	assert_int_equal(file_write(journal, buf_view(&file), 0600), ST_OK);
	assert_false(process_start(&coordinator, "tcp://127.0.0.1:0", journal, NULL));
	assert_non_null(strstr(coordinator.line, "\"code\":\"ENV-0005\""));
	assert_int_equal(process_wait(&coordinator), 74);
	buf_clear(&file);
	clear_parties(parties);
}

int main(int argc, char **argv)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
	    T(a_session_runs_to_done_and_is_reported),
	    T(killed_before_every_request),
	    T(killed_during_every_message),
	    T(killed_during_a_fault_all_end_the_same),
	    T(two_sessions_at_once),
	    T(a_port_in_use_is_said),
	    T(hostile_requests_do_not_hurt),
	    T(a_held_post_is_answered_when_there_is_mail),
	    T(the_client_starts_lists_watches_and_aborts),
	    T(an_unsigned_policy_is_refused_with_its_reason),
	    T(an_altered_journal_stops_the_start),
	};
	cmocka_set_test_filter(argc > 1 ? argv[1] : NULL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
