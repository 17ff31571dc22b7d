/* The builder's policy with rows and their answer, for every test of the party core. */
#ifndef TESTS_PARTY_CORE_WAGE_GAP_H
#define TESTS_PARTY_CORE_WAGE_GAP_H

#include "support/test.h"

#include "party_harness.h"

enum { WAGE_WORDS = 3, WAGE_GROUPS = 4, WAGE_ANSWER = WAGE_WORDS * WAGE_GROUPS, WAGE_ROWS = 40 };

/* Rows in place, policy not yet sealed. Every group but one has at least ten people. */
void wage_open(struct harness *h, uint64_t seed);
/* In exec.h's order: count, mean * 10^4, kept. */
void wage_answer(const struct harness *h, uint64_t words[WAGE_ANSWER]);
void wage_assert_well(const struct harness *h);     /* all three ended well */
void wage_assert_answer(struct harness *h);         /* and everybody opens the answer */
/* Nobody hangs, nobody ends well, the first fault is this party's with this code. */
void wage_assert_refused(const struct harness *h, unsigned party, const char *code);
/* No enclave sent more than handshakes and ADMITs: no share, no commitment. */
void wage_assert_no_share(const struct harness *h);

#endif
