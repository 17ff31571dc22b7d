/*
 * What a person reads when something is refused: a status, the place, what is wrong, and the nearest thing that works.
 * Filled by whoever finds the fault; borrowed by everyone else. Never holds a secret, nor a value from a data row
 * that is not the reader's own.
 */
#ifndef BASE_PROBLEM_H
#define BASE_PROBLEM_H

#include "base/status.h"

struct problem {
	enum status st;
	char where[192];   /* "policy.yaml:14:9", "staff.csv row 17 column salary", "party north" */
	char message[512]; /* one sentence, lower case, no full stop */
	char fix[512];     /* may be empty: then status_fix(st) holds */
	char excerpt[512]; /* source line and caret line, joined by '\n'; may be empty */
};

/* Sets all of it (where, message, fix may be NULL) unless `p` already holds a problem: the first one is the cause.
 * Returns st, so that `return problem_set(p, ST_…, …)` reads well. p may be NULL. */
enum status problem_set(struct problem *p, enum status st, const char *where, const char *fix, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
/* Fills p from the table when the callee only gave a status. */
enum status problem_default(struct problem *p, enum status st, const char *where);

#endif
