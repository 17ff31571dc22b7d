/* Ways to spoil the wide policy, one each. */
#ifndef TESTS_UNIT_POLICY_RULES_H
#define TESTS_UNIT_POLICY_RULES_H

#include "policy/rules.h"
#include "test.h"
#include "wide_policy.h"

struct spoilt {
	const char *name;
	void (*spoil)(struct policy *p);
	enum status st;
	const char *says; /* part of the message */
};
extern const struct spoilt spoilt[];
extern const size_t n_spoilt;

#endif
