/*
 * Three organisations in one process: policy, keys, admissions, and everything between them in the test's hands. A step
 * is one call; a test changes what lies here before the next. Failures of the world itself stop the test.
 *
 *   world_open(&w)      policy, keys, three admissions
 *   world_hellos(&w)    makes and signs HELLOs, gives the list to all           → w.st[i]
 *   world_evidence(&w)  makes evidence and endorsements
 *   world_evidences(&w) gives them to all                                       → w.st[i]
 *   world_channels(&w)  handshakes and ADMITs, one thread per party (meeting.c) → w.st[i], w.handle[i]
 */
#ifndef TESTS_ADMISSION_WORLD_H
#define TESTS_ADMISSION_WORLD_H

#include "support/test.h"

#include "admission_internal.h"
#include "channel/admission.h"
#include "support/policy_builder.h"
#include "support/soft_claims.h"

enum { N = POLICY_PARTIES_MAX, WORLD_NOW = 1750001000 };

struct meeting_wire; /* meeting.c */
/* May change, drop (len 0) or stand for a frame on its way; n counts the frames from `from` to `to`. */
typedef void (*meddler)(void *ctx, unsigned from, unsigned to, unsigned n, struct buf *frame);

struct world {
	struct test_keys keys;
	struct policy *policy[N]; /* each party's own copy */
	uint8_t policy_hash[HASH_LEN], plan_hash[HASH_LEN];
	struct random_seeded seeds[N];
	int64_t time_s[N];
	struct admission *admission[N];
	struct buf hello_payload[N], hello[N];
	struct att_claims claims[N];
	struct buf evidence[N], endorsement[N];
	struct admission_evidence items[N];
	struct admitted *handle[N];
	struct buf admit[N];
	meddler meddle;
	void *meddle_ctx;
	void (*takes_seat)(unsigned party); /* in the party's own thread, before its first word */
	enum status st[N];
	struct problem problem[N];
};

void world_open(struct world *w);
void world_start(struct world *w); /* admissions from what w holds now: part of world_open, again after changes */
void world_close(struct world *w);

void world_make_hello(struct world *w, unsigned party); /* signs hello_payload into hello */
void world_make_hellos(struct world *w);
void world_give_hellos(struct world *w, unsigned party, const struct slice *docs, size_t n);
void world_docs(const struct world *w, struct slice docs[N]);
void world_hellos(struct world *w);

void world_claims(struct world *w, unsigned party); /* what the launcher would state */
void world_sign_evidence(struct world *w, unsigned party); /* from claims, under the root */
void world_endorse(struct world *w, unsigned party);
void world_evidence(struct world *w);
void world_give_evidences(struct world *w, unsigned party, size_t n);
void world_evidences(struct world *w);

void world_channels(struct world *w);
/* All steps; true when everybody has a handle. */
bool world_admit(struct world *w);
void world_assert_no_handle(const struct world *w);
void world_assert_all(const struct world *w, enum status st);

#endif
