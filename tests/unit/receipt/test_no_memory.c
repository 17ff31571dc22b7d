/* Every allocation of verifying, opening and tabulating fails in turn: never a yes, never a table. */
#include "../../support/test.h"

#include "../../support/failing_alloc.h"
#include "session.h"

static struct session *s;
static struct policy policy;
static struct receipt_verdict v;
static uint64_t words[ANSWER_WORDS * ANSWER_GROUPS];

static int setup(void **state)
{
	(void)state;
	s = session_new(1, 1, 7);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	session_free(s);
	return 0;
}

static enum status verify(void)
{
	struct receipt_bundle b = session_bundle(s);

	return receipt_verify(&v, &policy, &b, NULL, s->policy_hash, NULL);
}

static enum status seal(void)
{
	struct random_seeded state = {.seed = {1}};
	struct random rng = random_from_seed(&state);
	struct result_context ctx = session_context(s);
	struct buf part = {0};
	enum status st = result_seal(&part, s->policy, &ctx, 0, 1, ANSWER_WORDS, ANSWER_GROUPS, s->shares[0], s->shares[1], &rng);

	buf_clear(&part);
	return st;
}

static enum status open_parts(void)
{
	struct slice parts[N];

	session_parts(parts, s, 1);
	return result_open(words, &policy, &v, 1, s->keys.receive_sk[1], parts, NULL);
}

static enum status tabulate(void)
{
	struct result_table t = {0};
	enum status st = result_table_new(&t, &policy, words);

	assert_int_equal(t.rows, st == ST_OK ? 3 : 0);
	result_table_clear(&t);
	return st;
}

static void each_allocation_may_fail(void **state)
{
	enum status (*const steps[])(void) = {verify, seal, open_parts, tabulate};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(steps); i++) {
		enum status st = ST_NO_MEMORY;
		long n;

		for (n = 0; st != ST_OK && n < 1000; n++) {
			allocations_left = n;
			st = steps[i]();
			allocations_left = -1;
		}
		assert_int_equal(st, ST_OK);
		assert_true(n > 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(each_allocation_may_fail, setup, teardown)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
