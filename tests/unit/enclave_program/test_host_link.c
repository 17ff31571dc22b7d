/* The enclave's end of the host channel: frames both ways at once, a host that does not read, bytes that are no frames. */
#include "support/test.h"

#include "program.h"

#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

static struct host_link link_;
static int host;

static int setup(void **state)
{
	int ends[2];

	(void)state;
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0)
		return -1;
	host = ends[0];
	return host_link_open(&link_, ends[1]) == ST_OK ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	if (host >= 0)
		close(host);
	close(link_.fd);
	return munmap(link_.in, (size_t)160 << 20);
}

static void send_bytes(const void *bytes, size_t len)
{
	const uint8_t *p = bytes;

	while (len > 0) {
		ssize_t n = write(host, p, len);
		assert_true(n > 0);
		p += n;
		len -= (size_t)n;
	}
}

static void read_bytes(void *bytes, size_t len)
{
	uint8_t *p = bytes;

	while (len > 0) {
		ssize_t n = read(host, p, len);
		assert_true(n > 0);
		p += n;
		len -= (size_t)n;
	}
}

static void send_frame(enum frame_type type, uint8_t peer, const void *body, size_t len)
{
	uint8_t header[FRAME_HEADER_LEN];

	frame_header(header, type, peer, len);
	send_bytes(header, sizeof header);
	send_bytes(body, len);
}

static void frames_arrive_whole(void **state)
{
	(void)state;
	struct frame a, b;
	uint8_t header[FRAME_HEADER_LEN];

	send_frame(FRAME_PEER, 2, "abc", 3);
	send_frame(FRAME_RELEASE, 0, "", 0);
	assert_int_equal(host_link_in(&link_, &a), ST_OK);
	assert_true(a.type == FRAME_PEER && a.peer == 2);
	assert_slice_equal(a.body, slice_str("abc"));
	assert_int_equal(host_link_in(&link_, &b), ST_OK);
	assert_true(b.type == FRAME_RELEASE && b.body.len == 0);
	assert_int_equal(host_link_out(&link_, FRAME_STEP, 0, slice_str("out")), ST_OK);
	char body[3];
	read_bytes(header, sizeof header);
	read_bytes(body, sizeof body);
	assert_int_equal(header[4], FRAME_STEP);
	assert_memory_equal(body, "out", 3);
	static uint8_t large[FRAME_BODY_MAX + 1];
	assert_int_equal(host_link_out(&link_, FRAME_STEP, 0, slice_of(large, sizeof large)), ST_TOO_LARGE);
}

/* A host that writes and writes and reads nothing until it has written it all: neither side waits for ever. */
enum { STORM = 200, STORM_LEN = 60000 };

static void *host_writes_first(void *arg)
{
	static uint8_t body[STORM_LEN], header[FRAME_HEADER_LEN];

	(void)arg;
	for (unsigned i = 0; i < STORM; i++) {
		body[0] = (uint8_t)i;
		frame_header(header, FRAME_PEER, 1, sizeof body);
		send_bytes(header, sizeof header);
		send_bytes(body, sizeof body);
	}
	for (unsigned i = 0; i < STORM; i++) {
		read_bytes(header, sizeof header);
		read_bytes(body, sizeof body);
		assert_int_equal(body[0], (uint8_t)i);
	}
	return NULL;
}

static void both_sides_may_write_at_once(void **state)
{
	(void)state;
	static uint8_t body[STORM_LEN];
	pthread_t thread;
	struct frame f;

	assert_int_equal(pthread_create(&thread, NULL, host_writes_first, NULL), 0);
	for (unsigned i = 0; i < STORM; i++) {
		body[0] = (uint8_t)i;
		assert_int_equal(host_link_out(&link_, FRAME_PEER, 2, slice_of(body, sizeof body)), ST_OK);
	}
	for (unsigned i = 0; i < STORM; i++) {
		assert_int_equal(host_link_in(&link_, &f), ST_OK);
		assert_int_equal(f.body.len, STORM_LEN);
		assert_int_equal(f.body.ptr[0], (uint8_t)i);
	}
	pthread_join(thread, NULL);
}

/* A frame that was lent stays where it is while more is read behind it. */
static void a_lent_frame_does_not_move(void **state)
{
	(void)state;
	static uint8_t body[STORM_LEN];
	pthread_t thread;
	struct frame lent;

	send_frame(FRAME_HELLOS, 0, "precious", 8);
	assert_int_equal(host_link_in(&link_, &lent), ST_OK);
	assert_int_equal(pthread_create(&thread, NULL, host_writes_first, NULL), 0);
	for (unsigned i = 0; i < STORM; i++) {
		body[0] = (uint8_t)i;
		assert_int_equal(host_link_out(&link_, FRAME_PEER, 2, slice_of(body, sizeof body)), ST_OK);
	}
	assert_slice_equal(lent.body, slice_str("precious"));
	pthread_join(thread, NULL);
}

static void a_host_that_leaves_is_noticed(void **state)
{
	(void)state;
	struct frame f;

	send_bytes("\x05\x00\x00", 3); /* half a header */
	close(host);
	host = -1;
	assert_int_equal(host_link_in(&link_, &f), ST_CLOSED);
	enum status st = ST_OK;
	for (unsigned i = 0; i < 100 && st == ST_OK; i++)
		st = host_link_out(&link_, FRAME_STEP, 0, slice_str("anyone?"));
	assert_int_equal(st, ST_CLOSED);
}

static void what_is_no_frame_is_refused(void **state)
{
	(void)state;
	struct frame f;
	uint8_t header[FRAME_HEADER_LEN];

	frame_header(header, FRAME_DATA, 0, FRAME_BODY_MAX + 1);
	send_bytes(header, sizeof header);
	assert_int_equal(host_link_in(&link_, &f), ST_TOO_LARGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(frames_arrive_whole, setup, teardown),
	    cmocka_unit_test_setup_teardown(both_sides_may_write_at_once, setup, teardown),
	    cmocka_unit_test_setup_teardown(a_lent_frame_does_not_move, setup, teardown),
	    cmocka_unit_test_setup_teardown(a_host_that_leaves_is_noticed, setup, teardown),
	    cmocka_unit_test_setup_teardown(what_is_no_frame_is_refused, setup, teardown),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
