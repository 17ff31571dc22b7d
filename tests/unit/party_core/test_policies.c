/* Hand-made sealed policies, correctly signed by everybody, and given to running enclaves: each is refused with its code
 * before HELLO. (tests/integration/enclave does the same with the real process.) */
#include "wage_gap.h"

#include "../policy_rules/rules_tests.h"

static void refused_at_boot(struct harness *h, const char *name, const char *code)
{
	harness_run(h);
	for (unsigned i = 0; i < HARNESS_N; i++) {
		const struct harness_party *p = &h->party[i];
		if (!p->faulted || (code && strcmp(p->fault.code, code) != 0))
			fail_msg("%s: %s instead of %s (%s)", name, p->fault.code, code, p->fault.message);
		assert_int_not_equal(p->st, ST_OK);
		assert_int_equal(p->frames[FRAME_HELLO], 0);
	}
	wage_assert_no_share(h);
}

static void every_rule_holds_in_the_enclave(void **state)
{
	(void)state;
	size_t bad = 0;

	for (size_t k = 0; k < n_spoilt; k++) {
		struct harness h;
		if (spoilt[k].st == ST_OK)
			continue;
		bad++;
		harness_init(&h, 1);
		wide_policy(h.made, &h.keys);
		spoilt[k].spoil(h.made);
		test_policy_seal(h.made, &h.keys, &h.payload, NULL);
		harness_sign(&h, buf_view(&h.payload));
		refused_at_boot(&h, spoilt[k].name, status_code(spoilt[k].st));
		harness_clear(&h);
	}
	assert_true(bad > 40);
}

/* ---- one change to the builder's policy ---- */
static void a_bound_that_overflows(struct policy *p)
{
	p->columns[TEST_SALARY].type = COL_INT64;
	p->columns[TEST_SALARY].precision = p->columns[TEST_SALARY].scale = 0;
	p->columns[TEST_SALARY].hi = INT64_C(1) << 61;
	p->plan.columns[TEST_SALARY].hi = INT64_C(1) << 61;
}

static void an_operand_of_the_wrong_shape(struct policy *p)
{
	p->plan.ops[7].in[0] = 2; /* SUPPRESS over a column of rows */
}

static void an_operand_from_the_future(struct policy *p)
{
	p->plan.ops[6].in[0] = 9;
}

static void no_suppression(struct policy *p)
{
	p->plan.ops[7].imm = 1;
}

static void the_sum_instead_of_the_mean(struct policy *p)
{
	p->plan.ops[12].in[1] = 10;
}

static void a_recipient_that_is_no_party(struct policy *p)
{
	p->recipients |= 8;
}

static void nobody_to_release_to(struct policy *p)
{
	p->recipients = 0;
}

static void a_key_in_two_roles(struct policy *p)
{
	memcpy(p->parties[1].endorse, p->parties[1].approve, ED25519_PUBLIC_LEN);
}

static const struct {
	const char *name, *code;
	void (*spoil)(struct policy *p);
} changes[] = {
    {"a bound that overflows", "PLAN-0004", a_bound_that_overflows},
    {"an operand of the wrong shape", "PLAN-0003", an_operand_of_the_wrong_shape},
    {"an operand from the future", NULL, an_operand_from_the_future},
    {"release without suppression", "PLAN-0005", no_suppression},
    {"output of an unreleased value", "PLAN-0006", the_sum_instead_of_the_mean},
    {"a recipient that is no party", "PLAN-0007", a_recipient_that_is_no_party},
    {"nobody to release to", "PLAN-0007", nobody_to_release_to},
    {"a key in two roles", "KEY-0002", a_key_in_two_roles},
};

static void one_change_is_refused(void **state)
{
	(void)state;
	for (size_t k = 0; k < COUNT_OF(changes); k++) {
		struct harness h;
		harness_init(&h, 7);
		changes[k].spoil(h.made);
		test_policy_seal(h.made, &h.keys, &h.payload, NULL);
		harness_sign(&h, buf_view(&h.payload));
		refused_at_boot(&h, changes[k].name, changes[k].code);
		harness_clear(&h);
	}
}

/* ---- bytes ---- */
static void an_op_id_used_twice(void **state)
{
	(void)state;
	struct harness h;
	bool changed = false;

	harness_init(&h, 7);
	test_policy_seal(h.made, &h.keys, &h.payload, NULL);
	for (size_t k = 0; k + 3 < h.payload.len; k++) {
		uint8_t *op = h.payload.ptr + k; /* an operator: array of 7, id, opcode */
		if (op[0] != 0x87 || op[1] != 7 || op[2] != OP_A2B)
			continue;
		op[1] = 6;
		changed = true;
	}
	assert_true(changed);
	harness_sign(&h, buf_view(&h.payload));
	refused_at_boot(&h, "an op id used twice", "PLAN-0002");
	harness_clear(&h);
}

static void bombs(void **state)
{
	(void)state;
	static uint8_t nested[4096], large[POLICY_SEALED_MAX + 1];
	static const uint8_t announced[] = {0xbb, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, items[] = {0x9a, 0x10, 0, 0, 0};
	const struct {
		const char *name;
		struct slice payload;
	} bomb[] = {
	    {"depth", slice_of(memset(nested, 0x81, sizeof nested), sizeof nested)}, {"size", slice_of(large, sizeof large)},
	    {"a map of 2^64 - 1", slice_of(announced, sizeof announced)}, {"an array of 2^28", slice_of(items, sizeof items)},
	    {"nothing", slice_of(items, 0)},
	};

	for (size_t k = 0; k < COUNT_OF(bomb); k++) {
		struct harness h;
		harness_init(&h, 7);
		harness_sign(&h, bomb[k].payload);
		refused_at_boot(&h, bomb[k].name, NULL);
		const char *code = h.party[0].fault.code;
		if (strncmp(code, "PLAN-", 5) != 0 && strncmp(code, "FMT-", 4) != 0)
			fail_msg("%s: %s", bomb[k].name, code);
		harness_clear(&h);
	}
}

/* ---- signatures ---- */
static void sign_with(struct harness *h, uint8_t (*keys)[ED25519_SECRET_LEN], unsigned n, const char *label)
{
	struct cose_signature sigs[HARNESS_N], swap;
	struct buf file = {0};

	test_policy_seal(h->made, &h->keys, &h->payload, NULL);
	for (unsigned i = 0; i < n; i++)
		assert_int_equal(cose_sign_make(&sigs[i], label, buf_view(&h->payload), keys[i]), ST_OK);
	for (unsigned i = 0; i < n; i++)
		for (unsigned j = i + 1; j < n; j++)
			if (memcmp(sigs[i].kid, sigs[j].kid, sizeof swap.kid) > 0)
				swap = sigs[i], sigs[i] = sigs[j], sigs[j] = swap;
	cose_sign_encode(&file, buf_view(&h->payload), sigs, n);
	harness_sign(h, buf_view(&h->payload)); /* ids and measurements */
	for (unsigned i = 0; i < HARNESS_N; i++) {
		buf_reset(&h->party[i].file);
		buf_append(&h->party[i].file, file.ptr, file.len);
	}
	buf_clear(&file);
}

static void a_policy_that_is_not_approved_by_all_is_refused(void **state)
{
	(void)state;
	static const struct {
		const char *name, *code;
	} cases[] = {{"two of three", "PLAN-0010"}, {"endorse keys", "KEY-0002"}, {"another label", "PLAN-0010"}};

	for (unsigned k = 0; k < COUNT_OF(cases); k++) {
		struct harness h;
		harness_init(&h, 7);
		sign_with(&h, k == 1 ? h.keys.endorse_sk : h.keys.approve_sk, k == 0 ? 2 : 3,
		    k == 2 ? "parley/endorse/v1" : POLICY_APPROVE_LABEL);
		refused_at_boot(&h, cases[k].name, cases[k].code);
		harness_clear(&h);
	}
}

static void a_party_that_is_not_in_the_policy_is_refused(void **state)
{
	(void)state;
	struct harness h;

	harness_init(&h, 7);
	harness_seal(&h);
	for (unsigned i = 0; i < HARNESS_N; i++)
		snprintf(h.party[i].id, sizeof h.party[i].id, "east");
	refused_at_boot(&h, "east", "USE-0002");
	harness_clear(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_rule_holds_in_the_enclave), cmocka_unit_test(one_change_is_refused),
	    cmocka_unit_test(an_op_id_used_twice), cmocka_unit_test(bombs),
	    cmocka_unit_test(a_policy_that_is_not_approved_by_all_is_refused),
	    cmocka_unit_test(a_party_that_is_not_in_the_policy_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
