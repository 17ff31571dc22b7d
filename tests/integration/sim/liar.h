/* A coordinator that lies: its replies are taken apart, one message of one kind is changed, and put together again. */
#ifndef TESTS_SIM_LIAR_H
#define TESTS_SIM_LIAR_H

#include "proto/documents.h"
#include "stage.h"

enum { LIAR_ALL = SIM_PARTIES }; /* victim: everybody */

struct liar {
	const struct stage *stage;
	enum wire_message_kind kind;
	unsigned victim;
	unsigned nth;   /* which message of this kind, from 1; 0: every one */
	/* Writes the new body, may change the kind. */
	void (*lie)(struct liar *l, enum wire_message_kind *kind, struct slice body, struct buf *out);
	struct buf memory, other; /* for lies that need an earlier message, or one of another session */
	unsigned seen[SIM_PARTIES];
	unsigned told;  /* how often it lied */
	struct sim_adversary adversary;
};
void liar_init(struct liar *l, const struct stage *s);
void liar_clear(struct liar *l);

#endif
