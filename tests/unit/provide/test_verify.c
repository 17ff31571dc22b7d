/*
 * provide_verify(): a provider judges what the enclaves exchanged. The admission is a real one (tests/unit/admission); everything that the
 * coordinator could show instead is refused, and nothing is written then.
 */
#include "world.h"

#include "provide/provide.h"

static struct world w;
static struct policy *policy;
static struct slice hellos[N], admits[N];

static enum status verify_at(int64_t now_s, struct problem *problem)
{
	static struct provide_admission a, untouched;
	enum status st;

	memset(&a, 0x5a, sizeof a);
	untouched = a;
	st = provide_verify(&a, policy, w.policy_hash, w.plan_hash, &(const struct att_anchors){0}, hellos, N, w.items, N, admits, N, now_s, problem);
	if (st != ST_OK)
		assert_memory_equal(&a, &untouched, sizeof a);
	else
		for (unsigned i = 0; i < N; i++)
			assert_string_equal(a.hellos[i].id, policy->parties[i].id);
	return st;
}

static enum status verify(void)
{
	return verify_at(WORLD_NOW, NULL);
}

static int setup(void **state)
{
	(void)state;
	world_open(&w);
	assert_true(world_admit(&w));
	policy = w.policy[0];
	world_docs(&w, hellos);
	for (unsigned i = 0; i < N; i++)
		admits[i] = buf_view(&w.admit[i]);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	world_close(&w);
	return 0;
}

static void a_whole_admission_is_accepted(void **state)
{
	(void)state;
	assert_int_equal(verify(), ST_OK);
}

static void an_old_admission_is_refused(void **state)
{
	struct problem problem = {0};

	(void)state;
	int64_t least = w.time_s[0], most = w.time_s[0], skew = policy->skew_s;

	for (unsigned i = 1; i < N; i++) {
		least = w.time_s[i] < least ? w.time_s[i] : least;
		most = w.time_s[i] > most ? w.time_s[i] : most;
	}
	assert_int_equal(verify_at(least + skew, NULL), ST_OK);
	assert_int_equal(verify_at(most - skew, NULL), ST_OK);
	assert_int_equal(verify_at(least + skew + 1, &problem), ST_ATT_HELLO_CLOCK);
	assert_int_equal(verify_at(most - skew - 1, NULL), ST_ATT_HELLO_CLOCK);
	assert_int_equal(verify_at(WORLD_NOW + 86400, NULL), ST_ATT_HELLO_CLOCK);
}

static void another_policy_is_refused(void **state)
{
	(void)state;
	w.policy_hash[5] ^= 1;
	assert_int_equal(verify(), ST_ATT_HELLO_POLICY);
	w.policy_hash[5] ^= 1;
	w.plan_hash[5] ^= 1;
	assert_int_equal(verify(), ST_ATT_HELLO_POLICY);
	w.plan_hash[5] ^= 1;
	assert_int_equal(verify(), ST_OK);
}

/* What is left out, doubled or put in another's place. */
static void exchanged_documents_are_refused(void **state)
{
	struct slice kept;
	struct admission_evidence item;

	(void)state;
	for (unsigned i = 0; i < N; i++) {
		unsigned j = (i + 1) % N;

		kept = hellos[i], hellos[i] = hellos[j];
		assert_int_equal(verify(), ST_ATT_HELLO_SET);
		hellos[i] = kept;
		item = w.items[i], w.items[i] = w.items[j];
		assert_int_not_equal(verify(), ST_OK);
		w.items[i] = item;
		item = w.items[i], w.items[i].endorsement = w.items[j].endorsement;
		assert_int_equal(verify(), ST_ATT_ENDORSEMENT);
		w.items[i] = item;
		kept = admits[i], admits[i] = admits[j];
		assert_int_equal(verify(), ST_ATT_ADMIT);
		admits[i] = (struct slice){0};
		assert_int_equal(verify(), ST_ATT_ADMIT);
		admits[i] = kept;
	}
	assert_int_equal(verify(), ST_OK);
}

/* One bit anywhere: nothing that was exchanged may be altered on the way to a provider. */
static void every_altered_document_is_refused(void **state)
{
	struct buf *const all[] = {&w.hello[0], &w.hello[1], &w.hello[2], &w.evidence[0], &w.evidence[1], &w.evidence[2], &w.endorsement[0],
	    &w.endorsement[1], &w.endorsement[2], &w.admit[0], &w.admit[1], &w.admit[2]};

	(void)state;
	for (size_t k = 0; k < COUNT_OF(all); k++)
		for (size_t bit = 0; bit < 8 * all[k]->len; bit += 11) {
			all[k]->ptr[bit / 8] ^= (uint8_t)(1 << bit % 8);
			assert_int_not_equal(verify(), ST_OK);
			all[k]->ptr[bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
	assert_int_equal(verify(), ST_OK);
}

/* Genuine enclaves of somebody else, without the organisation's endorsement; code that the policy does not list. */
static void other_enclaves_are_refused(void **state)
{
	(void)state;
	policy->parties[1].tee_root[0] ^= 1;
	assert_int_not_equal(verify(), ST_OK);
	policy->parties[1].tee_root[0] ^= 1;
	test_measurement(policy, 2)[0] ^= 1;
	assert_int_equal(verify(), ST_ATT_MEASUREMENT);
	test_measurement(policy, 2)[0] ^= 1;
	policy->distinct_vendors = 1; /* software never counts */
	assert_int_equal(verify(), ST_ATT_DISTINCT);
	policy->distinct_vendors = 0;
	assert_int_equal(verify(), ST_OK);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    T(a_whole_admission_is_accepted),
	    T(an_old_admission_is_refused),
	    T(another_policy_is_refused),
	    T(exchanged_documents_are_refused),
	    T(every_altered_document_is_refused),
	    T(other_enclaves_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
