/* Shared by the objects of one hub. NNG's callbacks run on its own threads: they touch atomics and hub_wake() only. */
#ifndef TRANSPORT_HUB_H
#define TRANSPORT_HUB_H

#include "proto/transport.h"

#include <nng/nng.h>
#include <stdatomic.h>

struct transport {
	int event_fd;
};

void hub_wake(struct transport *t);
/* An address that may be dialled or listened on: ST_OK or ST_NET_ADDRESS. */
enum status address_check(const char *url, bool listening);
enum status status_of_nng(int rv); /* never ST_OK for a failure */
/* Where a listener really listens (port 0 resolved), into out[cap]. */
enum status listener_url(nng_listener l, char *out, size_t cap);

enum { URL_CAP = 256, RECONNECT_MIN_MS = 20, RECONNECT_MAX_MS = 1000 };

#endif
