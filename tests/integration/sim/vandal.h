/* An adversary who owns the network and spoils exactly one message of a session. */
#ifndef TESTS_SIM_VANDAL_H
#define TESTS_SIM_VANDAL_H

#include "stage.h"

enum vandal_mode {
	VANDAL_FLIP,     /* one bit */
	VANDAL_CUT,      /* to a random shorter length */
	VANDAL_GROW,     /* random bytes at the end */
	VANDAL_DROP,
	VANDAL_DOUBLE,   /* delivered twice */
	VANDAL_DELAY,    /* arrives after those sent up to a second later */
	VANDAL_REPLAY,   /* an earlier message of the same link in its place */
	VANDAL_CROSS,    /* the last message of another link in its place */
	VANDAL_MODES
};
extern const char *const vandal_mode_names[VANDAL_MODES];

struct vandal {
	enum vandal_mode mode;
	uint64_t at; /* number of the message */
	struct test_rng rng;
	bool struck, on_coordinator_link;
	struct buf last_of_link[SIM_PARTIES + 1][SIM_PARTIES + 1], last;
	const struct policy *policy;
	struct sim_adversary adversary;
};
void vandal_init(struct vandal *v, const struct policy *p, enum vandal_mode mode, uint64_t at, uint64_t seed);
void vandal_clear(struct vandal *v);

#endif
