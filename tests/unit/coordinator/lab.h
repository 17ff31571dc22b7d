/* One session and three fake parties around it, every event encoded and kept, nothing lost on the way. */
#ifndef TESTS_COORDINATOR_LAB_H
#define TESTS_COORDINATOR_LAB_H

#include "fake_party.h"

struct lab {
	struct fake_world world;
	struct fake_party party[FAKE_PARTIES];
	struct session *session;
	int64_t now_s;
	struct buf *events; /* all of them, the START first */
	size_t n_events, cap_events;
};
#define LAB_START_S (TEST_SIGNING_TIME + 1000)

void lab_init(struct lab *l, uint32_t steps, void (*spoil)(struct policy *p));
void lab_clear(struct lab *l);
/* The same world, a fresh session and fresh parties. */
void lab_restart(struct lab *l);

/* Judges a message; applies what it yields; tells everybody. */
enum session_verdict lab_judge(
    struct lab *l, unsigned party, const struct wire_message *m, struct session_event *event, struct problem *problem);
void lab_apply(struct lab *l, const struct session_event *event);
/* The party's next message, taken. false: it has none. */
bool lab_step(struct lab *l, unsigned party);
/* Round robin until the session is in this state (at its first instant); panics if it never is. */
void lab_until(struct lab *l, enum session_state state);
/* Round robin, at most n messages; how many there were. */
size_t lab_run(struct lab *l, size_t n);
/* A session from the first n events. */
struct session *lab_replay(const struct lab *l, size_t n);

#endif
