/* Every allocation of ingest fails in turn: ST_NO_MEMORY, no table, nothing leaked (under the sanitizer). */
#include "../../support/test.h"

#include "../../support/failing_alloc.h"
#include "ingest/csv.h"
#include "schema.h"

static const char good[] = SCHEMA_HEADER "\n\"e\",1.5,30,true,2024-02-29,,\"a,\"\"b\"\n";
static const char bad[] = SCHEMA_HEADER "\nx,1.5,30,true,2024-02-29,,\"a\"\n";

static void each_allocation_may_fail(void **state)
{
	const struct policy *p = schema_of_every_type();
	long n;

	(void)state;
	for (n = 0; n < 1000; n++) {
		struct ingest_table t = {0};
		struct problem problem = {0};

		allocations_left = n;
		enum status st = ingest_csv(&t, p, slice_str(good), "a.csv", &problem);
		allocations_left = -1;
		if (st == ST_OK) {
			assert_int_equal(t.rows, 1);
			ingest_table_clear(&t);
			break;
		}
		assert_int_equal(st, ST_NO_MEMORY);
		assert_int_equal(problem.st, ST_NO_MEMORY);
		assert_null(t.values[0]);
	}
	assert_in_range(n, 5, 100); /* it did allocate, and it did end */
}

/* A message that cannot be composed is no reason to hide the refusal. */
static void a_refusal_stays_a_refusal(void **state)
{
	const struct policy *p = schema_of_every_type();
	bool refused = false;

	(void)state;
	for (long n = 0; n < 100; n++) {
		struct ingest_table t = {0};
		struct problem problem = {0};

		allocations_left = n;
		enum status st = ingest_csv(&t, p, slice_str(bad), "a.csv", &problem);
		allocations_left = -1;
		assert_true(st == ST_NO_MEMORY || st == ST_DATA_RANGE);
		assert_int_equal(problem.st, st);
		refused |= st == ST_DATA_RANGE;
	}
	assert_true(refused);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_allocation_may_fail),
	    cmocka_unit_test(a_refusal_stays_a_refusal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
