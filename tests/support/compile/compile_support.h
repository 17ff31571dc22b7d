/* Policies from text, for tests of the compiler and of what it makes. Target test_support_compile. */
#ifndef TESTS_SUPPORT_COMPILE_SUPPORT_H
#define TESTS_SUPPORT_COMPILE_SUPPORT_H

#include "plan_clear/plan_clear.h"
#include "policy/compile.h"

/* Keys, root and measurement that are all different, time 2026-01-01, 1024 rows. */
void test_defaults(struct compile_defaults *d);
/* Compiles with everything that is missing filled in; the file is called policy.yaml. `helper`: parley-sqlparse. */
MUST_USE enum status test_compile(
    struct policy *out, struct buf *payload, struct slice yaml, const char *helper, struct problem *problem);
/* The same without filling in. */
MUST_USE enum status test_compile_whole(
    struct policy *out, struct buf *payload, struct slice yaml, const char *helper, struct problem *problem);
/* Runs the plan in the clear and appends the result as CSV; false when the words do not pass result_table_new. */
bool test_answer(struct buf *csv, const struct policy *p, const struct plan_clear_input *in);

#endif
