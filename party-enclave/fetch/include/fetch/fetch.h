/*
 * One document over HTTP(S), for `parley collateral fetch` and nobody else. Owner of libcurl (docs/decisions/0024). What comes back is
 * hostile: the caller believes it as far as the vendor's signature on it reaches; TLS is verified all the same.
 *
 *   never    follows a redirect, speaks another protocol than HTTP and HTTPS, sends credentials or cookies, or waits without a limit
 *   caps     `max` bytes of body, 64 KiB of header, `timeout_s` for the whole exchange
 *
 * The three ways to fail are told apart, because what a person does about them differs:
 *   ST_COL_OUTAGE   nobody answered, the connection broke, TLS failed, too slow, 429 and 5xx: later it may work
 *   ST_COL_ABSENT   400, 404, 410: the service is there and has no such document
 *   ST_COL_ANSWER   anything else: a redirect, a login page's 401 or 403, more bytes than such a document has
 */
#ifndef FETCH_FETCH_H
#define FETCH_FETCH_H

#include "base/buf.h"
#include "base/problem.h"

struct fetch {
	const char *url;
	const char *header;  /* whose value is wanted too; NULL: none */
	const char *ca_file; /* PEM, instead of the system's; NULL */
	size_t max;
	unsigned timeout_s;
};
/* Appends the body to `body` and the header's value to `value` (empty when it did not come). On failure both are as they were. */
MUST_USE enum status fetch_get(struct buf *body, struct buf *value, const struct fetch *f, struct problem *p);

#endif
