/* The two halves of test_policy_plan, and the plan both start from. */
#ifndef TESTS_UNIT_POLICY_PLAN_H
#define TESTS_UNIT_POLICY_PLAN_H

#include "test.h"

#include "policy_builder.h"

/* A plan with every opcode, all of it well typed. The caller frees. */
struct plan *full_plan(void);
int run_bytes_tests(void);

#endif
