/*
 * Tests proto/transport.h: an ipc server outlives clients that leave in the middle of their first bytes (docs/decisions/0015).
 * A program of its own, because the listener that NNG 1.5.2 breaks is memory that the library never frees (tests/lsan.supp).
 */
#include "proto/transport.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

static struct transport *hub;

static void wait_event(void)
{
	struct pollfd p = {.fd = transport_fd(hub), .events = POLLIN};
	poll(&p, 1, 2000);
	transport_drain(hub);
}

/* Clients that leave in the middle of their first bytes must not end an ipc server (NNG 1.5.2 stops accepting then). */
static void rude_clients_do_not_end_an_ipc_server(void **state)
{
	(void)state;
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	struct transport_server *s;
	struct transport_client *c;
	struct slice reply;
	char url[128];

	snprintf(address.sun_path, sizeof address.sun_path, "/tmp/parley-rude-%ld.sock", (long)getpid());
	snprintf(url, sizeof url, "ipc://%s", address.sun_path);
	assert_int_equal(transport_new(&hub), ST_OK);
	assert_int_equal(transport_server_new(&s, hub, url, 2, 1024), ST_OK);
	for (int i = 0; i < 40; i++) {
		int fd = socket(AF_UNIX, SOCK_STREAM, 0);
		if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0 && i % 2)
			assert_int_equal(write(fd, "\0SP", 3), 3);
		close(fd);
	}
	assert_int_equal(transport_client_new(&c, hub, url, 1024), ST_OK);
	assert_int_equal(transport_client_start(c, slice_str("hello"), 20000), ST_OK);
	struct transport_request *r;
	enum status st;
	while (!(r = transport_server_next(s)))
		wait_event();
	transport_reply(r, slice_str("still here"));
	while ((st = transport_client_poll(c, &reply)) == ST_AGAIN)
		wait_event();
	assert_int_equal(st, ST_OK);
	assert_true(slice_equal(reply, slice_str("still here")));
	transport_client_free(c);
	transport_server_free(s);
	transport_free(hub);
	unlink(address.sun_path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(rude_clients_do_not_end_an_ipc_server)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
