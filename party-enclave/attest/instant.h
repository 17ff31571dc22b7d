/* A moment as people and vendors write it, for refusals: RFC 3339 in UTC. No library call: gmtime_r would read the time zone. */
#ifndef ATTEST_INSTANT_H
#define ATTEST_INSTANT_H

#include <stdint.h>

struct instant_text {
	char text[32]; /* "2026-11-22T21:30:00Z"; years outside 0..9999 as seconds, "@-62167219201" */
};
struct instant_text instant_show(int64_t seconds);

#endif
