/* The host's queue to another host (host/program): order, room, and what it keeps while the other end is slow. The transport's end
 * stands here: how much room it has is the test's to say. */
#include "support/test.h"

#include "program.h"

enum { FRAME_LEN = 60000, BEHIND = 20, TURNS = 2000 };

struct world {
	struct peer_link link;
	unsigned room, taken;
	enum status broken;
};
static struct world w;

/* Frames carry their number. */
enum status transport_peer_send(struct transport_peer *socket, struct slice frame)
{
	unsigned number;

	assert_non_null(socket);
	if (w.broken)
		return w.broken;
	if (w.room == 0)
		return ST_AGAIN;
	w.room--;
	assert_int_equal(frame.len, FRAME_LEN);
	memcpy(&number, frame.ptr, sizeof number);
	assert_int_equal(number, w.taken++);
	return ST_OK;
}

static int setup(void **state)
{
	static uint8_t socket_;

	(void)state;
	w = (struct world){.link.socket = (struct transport_peer *)&socket_};
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	buf_clear(&w.link.queue);
	return 0;
}

static enum status send_number(unsigned number)
{
	static uint8_t frame[FRAME_LEN];

	memcpy(frame, &number, sizeof number);
	return peer_send(&w.link, slice_of(frame, sizeof frame));
}

static void order_is_kept(void **state)
{
	(void)state;
	w.room = 1;
	for (unsigned n = 0; n < BEHIND; n++)
		assert_int_equal(send_number(n), ST_OK);
	assert_int_equal(w.taken, 1);
	assert_int_equal(peer_backlog(&w.link), (BEHIND - 1) * (FRAME_LEN + 4));
	w.room = 5;
	assert_int_equal(send_number(BEHIND), ST_OK); /* waits behind the others though there is room */
	assert_int_equal(w.taken, 1);
	assert_int_equal(peer_flush(&w.link), ST_OK);
	assert_int_equal(w.taken, 6);
	w.room = 100;
	assert_int_equal(peer_flush(&w.link), ST_OK);
	assert_int_equal(w.taken, BEHIND + 1);
	assert_int_equal(peer_backlog(&w.link), 0);
}

/* A backlog that never runs empty costs itself, not everything that was ever sent. */
static void a_slow_peer_costs_its_backlog(void **state)
{
	size_t most = 0;
	unsigned n = 0;

	(void)state;
	while (n < BEHIND)
		assert_int_equal(send_number(n++), ST_OK);
	for (unsigned turn = 0; turn < TURNS; turn++) {
		assert_int_equal(send_number(n++), ST_OK);
		w.room = 1;
		assert_int_equal(peer_flush(&w.link), ST_OK);
		most = w.link.queue.len > most ? w.link.queue.len : most;
	}
	assert_int_equal(w.taken, TURNS);
	assert_true(most <= QUEUE_PAUSE_BYTES + (BEHIND + 3) * (FRAME_LEN + 4));
}

static void a_broken_connection_is_told(void **state)
{
	(void)state;
	assert_int_equal(send_number(0), ST_OK);
	w.broken = ST_NET_UNAVAILABLE;
	assert_int_equal(peer_flush(&w.link), ST_NET_UNAVAILABLE);
	w.link.socket = NULL;
	assert_int_equal(send_number(1), ST_SES_STATE);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {T(order_is_kept), T(a_slow_peer_costs_its_backlog), T(a_broken_connection_is_told)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
