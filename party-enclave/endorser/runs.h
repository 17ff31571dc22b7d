/*
 * How often a policy was run: a text file with one line per run, "policy hash, time", appended and on disk before the count is
 * used. A file with anything else in it is refused: a counter that cannot be read is not zero.
 */
#ifndef ENDORSER_RUNS_H
#define ENDORSER_RUNS_H

#include "base/crypto.h"
#include "base/problem.h"

struct runs {
	int fd;
	uint64_t limit; /* 0: none */
	const char *path;
	void (*counted)(uint64_t runs);
};
MUST_USE enum status runs_open(struct runs *r, const char *path, struct problem *problem);
/* ST_ATT_ENDORSE_REFUSED when the limit is reached; ST_IO when the line cannot be made durable. */
MUST_USE enum status runs_count(struct runs *r, const uint8_t policy_hash[static HASH_LEN]);
void runs_close(struct runs *r);

#endif
