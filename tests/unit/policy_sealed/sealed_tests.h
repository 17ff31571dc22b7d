/* The parts of test_policy_sealed and what they share. */
#ifndef TESTS_UNIT_POLICY_SEALED_H
#define TESTS_UNIT_POLICY_SEALED_H

#include "test.h"

#include "policy_builder.h"

struct fixture {
	struct policy *p, *decoded;
	struct test_keys keys;
	struct buf payload, file; /* of the builder's policy */
};

int setup(void **state);
int teardown(void **state);
/* Decodes; on failure all of *decoded must be zero, else it must encode back to the same bytes. */
enum status decode_and_compare(struct fixture *f, struct slice payload, struct problem *problem);

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int run_facts_tests(void);
int run_file_tests(void);

#endif
