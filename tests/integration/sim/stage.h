/*
 * A small session on the simulator's stage, for tests that let somebody misbehave: a policy with every kind of operator a
 * GROUP BY needs, keys from the seed, a few random rows, the answer in the clear; and the law that every run is held to.
 */
#ifndef TESTS_SIM_STAGE_H
#define TESTS_SIM_STAGE_H

#include "sim/check.h"
#include "sim/reference.h"

#include "../../support/test.h"

enum { STAGE_ROWS = 40 };

struct stage { /* large: static or heap */
	struct policy policy;
	struct sim_keys keys;
	struct buf payload, file;
	struct ingest_table tables[SIM_PARTIES];
	uint32_t rows[SIM_PARTIES];
	uint64_t *want;
	struct sim_config config;
	struct sim_report report;
	char label[128]; /* what is being tried, for messages */
	/* of the run in which nobody interferes */
	uint64_t frames_before_commit[SIM_PARTIES];
	uint64_t messages, messages_before_commit, requests, peer_frames[SIM_PARTIES];
	uint64_t finished_ns;
};

/* Asserts that the undisturbed session ends in DONE with the right answer, and remembers its sizes. */
void stage_open(struct stage *s, uint64_t seed);
void stage_close(struct stage *s);
void stage_rows(struct stage *s, uint64_t seed, uint32_t rows); /* other rows of the same shape */

void stage_want(struct stage *s); /* the answer again, after a test has changed rows */

/* Runs the session into s->report. */
void stage_run(struct stage *s);
/* A result that opens is right. must_open: what a host says it has delivered opens. */
void stage_check_results(const struct stage *s, bool must_open);
/* Right answer or abort with a reason, never stuck, never a share unless all were admitted. */
void stage_check_law(const struct stage *s, bool must_open);
/* Everybody DONE with the right answer. */
void stage_check_done(const struct stage *s);
/* Nobody sent a share, nobody has a result, and at least one party names `why`. */
void stage_check_refused(const struct stage *s, enum status why);
/* All parties DONE, or none of them. */
void stage_check_agreement(const struct stage *s);
const char *stage_describe(const struct stage *s); /* for failures; static storage */

#endif
