/* policy/rules.h: hand-made policies, each signed by all three organisations, and what an enclave says to them. */
#include "rules_tests.h"

struct fixture {
	struct policy *p, *decoded;
	struct test_keys keys;
	struct buf payload, file;
};

static bool calloc_fails;
void *__real_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size)
{
	return calloc_fails ? NULL : __real_calloc(n, size);
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);

	f->p = calloc(1, sizeof *f->p);
	f->decoded = calloc(1, sizeof *f->decoded);
	test_keys_from_seed(&f->keys, 1);
	*state = f;
	return f->p && f->decoded ? 0 : -1;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	buf_clear(&f->payload);
	buf_clear(&f->file);
	free(f->p);
	free(f->decoded);
	free(f);
	return 0;
}

/* As an enclave does it: the file's payload, decoded; the signatures; the rules. */
static enum status judge(struct fixture *f, struct problem *problem)
{
	struct slice payload;
	enum status st;

	buf_reset(&f->file);
	test_policy_seal(f->p, &f->keys, NULL, &f->file);
	TRY(policy_file_parse(buf_view(&f->file), &payload));
	assert_int_equal(policy_file_verify(f->p, buf_view(&f->file), NULL), ST_OK);
	TRY(policy_decode(f->decoded, payload, problem));
	TRY(rules_check(f->decoded, problem));
out:
	return st;
}

static void the_builders_policy_is_accepted(void **state)
{
	struct fixture *f = *state;

	test_policy_fill(f->p, &f->keys);
	assert_int_equal(judge(f, NULL), ST_OK);
}

static void each_rule_refuses_with_its_code(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < n_spoilt; i++) {
		struct problem problem = {0};

		wide_policy(f->p, &f->keys);
		spoilt[i].spoil(f->p);
		enum status st = judge(f, &problem);
		if (st != spoilt[i].st || !strstr(problem.message, spoilt[i].says))
			print_error("%s: %s, %s\n", spoilt[i].name, status_name(st), problem.message);
		assert_int_equal(st, spoilt[i].st);
		assert_int_equal(problem.st, spoilt[i].st);
		assert_non_null(strstr(problem.message, spoilt[i].says));
	}
}

static void a_policy_without_groups_is_accepted(void **state)
{
	struct fixture *f = *state;
	struct plan *plan = &f->p->plan;

	test_policy_facts(f->p, &f->keys);
	f->p->n_results = 1;
	f->p->results[0] = f->p->results[1];
	plan->n_keys = 0;
	plan->groups = 1;
	uint16_t valid = test_op(plan, OP_VALID, 0, 0, 0);
	uint16_t group = test_op(plan, OP_GROUP, 0, 0, 1, valid);
	uint16_t count = test_op(plan, OP_PICK, 0, 0, 1, test_op(plan, OP_SUMS, 0, 0, 1, group));
	uint16_t bits = test_op(plan, OP_A2B, 0, 0, 1, count);
	uint16_t keep = test_op(plan, OP_SUPPRESS, 0, 10, 1, bits);
	test_op(plan, OP_OUT, 0, 0, 2, keep, bits);
	test_op(plan, OP_OUTKEEP, 0, 0, 1, keep);
	assert_int_equal(judge(f, NULL), ST_OK);
}

/* Every operand of every operator replaced by every other: no crash, and what is accepted has the right outputs. */
static void no_single_rewiring_reaches_an_undeclared_value(void **state)
{
	struct fixture *f = *state;

	wide_policy(f->p, &f->keys);
	assert_int_equal(plan_infer(&f->p->plan, NULL), ST_OK);
	for (unsigned k = OUT_N - 1; k < OUTKEEP - 1; k++) {
		struct plan_op *out = &f->p->plan.ops[k];
		uint16_t good = out->in[1];

		for (uint16_t id = 1; id <= k; id++) {
			out->in[1] = id;
			if (plan_infer(&f->p->plan, NULL) == ST_OK && rules_check(f->p, NULL) == ST_OK)
				assert_true(id == good || (good == AGE_COUNT && id == KNOWN_COUNT));
		}
		out->in[1] = good;
	}
}

static void no_memory_is_said(void **state)
{
	struct fixture *f = *state;

	test_policy_fill(f->p, &f->keys);
	calloc_fails = true;
	enum status st = rules_check(f->p, NULL);
	calloc_fails = false;
	assert_int_equal(st, ST_NO_MEMORY);
}

static void an_empty_plan_is_refused(void **state)
{
	struct fixture *f = *state;

	test_policy_facts(f->p, &f->keys);
	assert_int_equal(rules_check(f->p, NULL), ST_PLAN_FORMAT);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(the_builders_policy_is_accepted, setup, teardown),
	    cmocka_unit_test_setup_teardown(each_rule_refuses_with_its_code, setup, teardown),
	    cmocka_unit_test_setup_teardown(a_policy_without_groups_is_accepted, setup, teardown),
	    cmocka_unit_test_setup_teardown(no_single_rewiring_reaches_an_undeclared_value, setup, teardown),
	    cmocka_unit_test_setup_teardown(no_memory_is_said, setup, teardown),
	    cmocka_unit_test_setup_teardown(an_empty_plan_is_refused, setup, teardown),
	};
	return cmocka_run_group_tests_name("policy/rules.h", tests, NULL, NULL);
}
