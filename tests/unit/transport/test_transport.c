/* Tests proto/transport.h: requests answered late and in any order, losses, order of frames, addresses. */
#include "proto/transport.h"

#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static struct transport *hub;

static int setup(void **state)
{
	(void)state;
	return transport_new(&hub) == ST_OK ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	transport_free(hub);
	return 0;
}

static void wait_event(void)
{
	struct pollfd p = {.fd = transport_fd(hub), .events = POLLIN};
	poll(&p, 1, 2000);
	transport_drain(hub);
}

static struct transport_request *await_request(struct transport_server *s)
{
	struct transport_request *r;

	for (int i = 0; i < 500; i++) {
		if ((r = transport_server_next(s)))
			return r;
		wait_event();
	}
	fail_msg("no request arrived");
	return NULL;
}

static enum status await_reply(struct transport_client *c, struct slice *reply)
{
	enum status st;

	while ((st = transport_client_poll(c, reply)) == ST_AGAIN)
		wait_event();
	return st;
}

static void expect_text(struct slice got, const char *text)
{
	assert_int_equal(got.len, strlen(text));
	assert_memory_equal(got.ptr, text, got.len);
}

static void replies_in_any_order(void **state)
{
	(void)state;
	struct transport_server *s;
	struct transport_client *a, *b;
	struct slice reply;

	assert_int_equal(transport_server_new(&s, hub, "tcp://127.0.0.1:0", 4, 1024), ST_OK);
	assert_int_equal(transport_client_new(&a, hub, transport_server_url(s), 1024), ST_OK);
	assert_int_equal(transport_client_new(&b, hub, transport_server_url(s), 1024), ST_OK);
	assert_int_equal(transport_client_poll(a, &reply), ST_ARGUMENT);
	assert_int_equal(transport_client_start(a, slice_str("first"), 5000), ST_OK);
	struct transport_request *first = await_request(s);
	expect_text(transport_request_bytes(first), "first");
	assert_int_equal(transport_client_start(b, slice_str("second"), 5000), ST_OK);
	struct transport_request *second = await_request(s);
	assert_int_equal(transport_server_held(s), 2);
	assert_true(transport_client_busy(a));
	transport_reply(second, slice_str("to b"));
	assert_int_equal(await_reply(b, &reply), ST_OK);
	expect_text(reply, "to b");
	transport_reply(first, slice_str("to a"));
	assert_int_equal(await_reply(a, &reply), ST_OK);
	expect_text(reply, "to a");
	assert_int_equal(transport_server_held(s), 0);
	transport_client_free(a);
	transport_client_free(b);
	transport_server_free(s);
}

static void a_new_request_drops_the_old_one(void **state)
{
	(void)state;
	struct transport_server *s;
	struct transport_client *c;
	struct slice reply;

	assert_int_equal(transport_server_new(&s, hub, "tcp://127.0.0.1:0", 4, 1024), ST_OK);
	assert_int_equal(transport_client_new(&c, hub, transport_server_url(s), 1024), ST_OK);
	for (int i = 0; i < 100; i++) {
		assert_int_equal(transport_client_start(c, slice_str("old"), 5000), ST_OK);
		struct transport_request *old = i % 2 ? await_request(s) : NULL;
		assert_int_equal(transport_client_start(c, slice_str("new"), 5000), ST_OK);
		if (old)
			transport_reply(old, slice_str("to old"));
		for (bool answered = false; !answered;) {
			struct transport_request *r = await_request(s);
			answered = transport_request_bytes(r).ptr[0] == 'n';
			transport_reply(r, slice_str(answered ? "to new" : "to old"));
		}
		assert_int_equal(await_reply(c, &reply), ST_OK);
		expect_text(reply, "to new");
	}
	transport_client_free(c);
	transport_server_free(s);
}

static void a_silent_server_times_out(void **state)
{
	(void)state;
	struct transport_server *s;
	struct transport_client *c;
	struct slice reply;

	assert_int_equal(transport_server_new(&s, hub, "tcp://127.0.0.1:0", 1, 1024), ST_OK);
	assert_int_equal(transport_client_new(&c, hub, transport_server_url(s), 1024), ST_OK);
	assert_int_equal(transport_call(c, slice_str("hello"), 50, &reply), ST_NET_UNAVAILABLE);
	transport_client_free(c);
	assert_int_equal(transport_client_new(&c, hub, "tcp://127.0.0.1:9", 1024), ST_OK);
	assert_int_equal(transport_call(c, slice_str("hello"), 50, &reply), ST_NET_UNAVAILABLE);
	transport_client_free(c);
	transport_server_free(s);
}

static void a_request_survives_a_restarted_server(void **state)
{
	(void)state;
	struct transport_server *s;
	struct transport_client *c;
	struct slice reply;
	char url[256];

	assert_int_equal(transport_server_new(&s, hub, "tcp://127.0.0.1:0", 1, 1024), ST_OK);
	snprintf(url, sizeof url, "%s", transport_server_url(s));
	assert_int_equal(transport_client_new(&c, hub, url, 1024), ST_OK);
	assert_int_equal(transport_client_start(c, slice_str("again"), 10000), ST_OK);
	await_request(s);
	transport_server_free(s);
	assert_int_equal(transport_server_new(&s, hub, url, 1, 1024), ST_OK);
	struct transport_request *r = await_request(s);
	expect_text(transport_request_bytes(r), "again");
	transport_reply(r, slice_str("done"));
	assert_int_equal(await_reply(c, &reply), ST_OK);
	expect_text(reply, "done");
	transport_client_free(c);
	transport_server_free(s);
}

static void a_request_above_the_cap_never_arrives(void **state)
{
	(void)state;
	static uint8_t big[4096];
	struct transport_server *s;
	struct transport_client *c;
	struct slice reply;

	assert_int_equal(transport_server_new(&s, hub, "tcp://127.0.0.1:0", 1, 1024), ST_OK);
	assert_int_equal(transport_client_new(&c, hub, transport_server_url(s), 1024), ST_OK);
	assert_int_equal(transport_call(c, slice_of(big, sizeof big), 200, &reply), ST_NET_UNAVAILABLE);
	assert_null(transport_server_next(s));
	transport_client_free(c);
	transport_server_free(s);
}

static void addresses(void **state)
{
	(void)state;
	struct transport_server *s, *t;
	struct transport_client *c;
	static const char *const bad[] = {"", "tcp://", "tcp://host", "tcp://:1", "tcp://h:", "tcp://h:70000", "tcp://h:1x",
	    "http://h:1", "ipc://", "ipc://relative", "inproc://x", "tcp://127.0.0.1:-1"};

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		assert_int_equal(transport_server_new(&s, hub, bad[i], 1, 64), ST_NET_ADDRESS);
		assert_int_equal(transport_client_new(&c, hub, bad[i], 64), ST_NET_ADDRESS);
	}
	assert_int_equal(transport_client_new(&c, hub, "tcp://127.0.0.1:0", 64), ST_NET_ADDRESS);
	assert_int_equal(transport_server_new(&s, hub, "tcp://127.0.0.1:0", 1, 64), ST_OK);
	assert_int_equal(transport_server_new(&t, hub, transport_server_url(s), 1, 64), ST_NET_IN_USE);
	transport_server_free(s);
}

static void an_ipc_address_never_destroys_a_file(void **state)
{
	(void)state;
	char dir[] = "/tmp/transport-XXXXXX", path[64], url[80];
	struct transport_server *s;
	struct stat info;

	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof path, "%s/precious", dir);
	snprintf(url, sizeof url, "ipc://%s", path);
	int fd = open(path, O_CREAT | O_WRONLY, 0600);
	assert_int_equal(write(fd, "x", 1), 1);
	close(fd);
	assert_int_equal(transport_server_new(&s, hub, url, 1, 64), ST_NET_ADDRESS);
	assert_int_equal(stat(path, &info), 0);
	assert_int_equal(info.st_size, 1);
	unlink(path);
	assert_int_equal(transport_server_new(&s, hub, url, 1, 64), ST_OK);
	transport_server_free(s);
	unlink(path);
	rmdir(dir);
}

static void recv_number(struct transport_peer *p, uint32_t expected)
{
	struct slice frame;
	enum status st;
	uint32_t v;

	while ((st = transport_peer_recv(p, &frame)) == ST_AGAIN)
		wait_event();
	assert_int_equal(st, ST_OK);
	memcpy(&v, frame.ptr, sizeof v);
	assert_int_equal(v, expected);
}

static void frames_keep_their_order_both_ways(void **state)
{
	(void)state;
	enum { FRAMES = 500 };
	static uint8_t frame[TRANSPORT_FRAME_MAX + 1];
	struct transport_peer *a, *b;
	uint32_t sent[2] = {0}, got[2] = {0};

	assert_int_equal(transport_peer_listen(&a, hub, "tcp://127.0.0.1:0"), ST_OK);
	assert_int_equal(transport_peer_dial(&b, hub, transport_peer_url(a)), ST_OK);
	struct transport_peer *end[2] = {a, b};
	assert_int_equal(transport_peer_send(a, slice_of(frame, sizeof frame)), ST_TOO_LARGE);
	while (got[0] < FRAMES || got[1] < FRAMES) {
		bool progress = false;
		for (int i = 0; i < 2; i++) {
			struct slice in;
			memcpy(frame, &sent[i], sizeof sent[i]);
			if (sent[i] < FRAMES && transport_peer_send(end[i], slice_of(frame, TRANSPORT_FRAME_MAX)) == ST_OK)
				sent[i]++, progress = true;
			if (transport_peer_recv(end[i], &in) == ST_OK) {
				assert_int_equal(in.len, TRANSPORT_FRAME_MAX);
				assert_memory_equal(in.ptr, &got[i], sizeof got[i]);
				got[i]++, progress = true;
			}
		}
		if (!progress)
			wait_event();
	}
	assert_true(transport_peer_connected(a) && transport_peer_connected(b));
	assert_false(transport_peer_lost(a));
	transport_peer_free(b);
	while (!transport_peer_lost(a))
		wait_event();
	transport_peer_free(a);
}

static void sending_waits_for_the_other_side(void **state)
{
	(void)state;
	struct transport_peer *a, *b;
	uint32_t n = 0;

	assert_int_equal(transport_peer_listen(&a, hub, "tcp://127.0.0.1:0"), ST_OK);
	while (transport_peer_send(a, slice_of(&n, sizeof n)) == ST_OK)
		n++;
	assert_int_equal(n, TRANSPORT_IN_FLIGHT);
	assert_false(transport_peer_idle(a));
	assert_int_equal(transport_peer_dial(&b, hub, transport_peer_url(a)), ST_OK);
	for (uint32_t i = 0; i < n; i++)
		recv_number(b, i);
	transport_peer_free(a);
	transport_peer_free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(replies_in_any_order),
	    cmocka_unit_test(a_new_request_drops_the_old_one),
	    cmocka_unit_test(a_silent_server_times_out),
	    cmocka_unit_test(a_request_survives_a_restarted_server),
	    cmocka_unit_test(a_request_above_the_cap_never_arrives),
	    cmocka_unit_test(addresses),
	    cmocka_unit_test(an_ipc_address_never_destroys_a_file),
	    cmocka_unit_test(frames_keep_their_order_both_ways),
	    cmocka_unit_test(sending_waits_for_the_other_side),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
