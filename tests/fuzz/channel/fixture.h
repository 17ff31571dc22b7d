/* Three organisations whose HELLOs and evidence are right, with all keys in hand: fuzz targets change one of them. */
#ifndef TESTS_FUZZ_CHANNEL_FIXTURE_H
#define TESTS_FUZZ_CHANNEL_FIXTURE_H

#include "admission_internal.h"
#include "policy_builder.h"
#include "soft_claims.h"

enum { N = POLICY_PARTIES_MAX, FIXTURE_NOW = 1750001000 };

struct fixture {
	struct policy *policy;
	struct test_keys keys;
	uint8_t policy_hash[HASH_LEN], plan_hash[HASH_LEN];
	struct hello hello[N];
	struct buf payload[N], doc[N]; /* HELLOs: payload, signed */
	uint8_t sid[HASH_LEN];
	struct att_claims claims[N];
	struct buf evidence[N];
};
const struct fixture *fixture(void); /* made once */

#define PROPERTY(holds)                                                                                                \
	do {                                                                                                           \
		if (!(holds))                                                                                          \
			__builtin_trap();                                                                              \
	} while (0)

#endif
