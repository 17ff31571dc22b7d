/*
 * A valid sealed policy for tests: built by hand, signed with real keys, easy to spoil in one place. No cmocka; a
 * failure of its own panics. Target test_support_policy.
 *
 *   struct policy *p = calloc(1, sizeof *p);           large: heap or static
 *   struct test_keys keys;
 *   struct buf payload = {0}, file = {0};
 *
 *   test_keys_from_seed(&keys, 7);                     same seed, same keys
 *   test_policy_fill(p, &keys);                        facts and plan; change what the test is about, then
 *   test_policy_seal(p, &keys, &payload, &file);       encode and sign with all three approve keys
 *
 * Parties north, south, west (index 0, 1, 2; ids ascend); software TEE, one root, one measurement for all: set
 * test_measurement(p, i) to the real one where an enclave is launched. 300 s evidence age and skew, 60 s a step,
 * 3600 s a session; valid from TEST_NOT_BEFORE to TEST_NOT_AFTER, signed at TEST_SIGNING_TIME; serial 1.
 * Dataset staff, from all three, at most 10,000 rows each, no padding:
 *   region  text, domain e n s w             TEST_REGION
 *   salary  decimal(9,2), 0 to 1,000,000     TEST_SALARY
 *   age     int64, 17 to 90, nullable        TEST_AGE
 * Query SELECT region, COUNT(*) AS n, AVG(salary) AS mean FROM staff GROUP BY region; to all three; min_subjects 10.
 * The plan, by op id (test_policy_fill builds exactly this):
 *   1 VALID()  2 COL(region)  3 GROUP(1,2)  4 COLW(salary)  5 SUMS(3,4)  6 PICK(5) count  7 A2B(6)  8 SUPPRESS(7) 10
 *   9 PICK(5) sum  10 A2B(9)  11 AVG(10,7) 10^4  12 OUT(8,7) n  13 OUT(8,11) mean  14 OUTKEEP(8)
 */
#ifndef TESTS_SUPPORT_POLICY_BUILDER_H
#define TESTS_SUPPORT_POLICY_BUILDER_H

#include "policy/sealed.h"

enum { TEST_REGION, TEST_SALARY, TEST_AGE, TEST_COLUMNS };
#define TEST_NOT_BEFORE INT64_C(1700000000)
#define TEST_NOT_AFTER INT64_C(2000000000)
#define TEST_SIGNING_TIME INT64_C(1750000000)

/* All private keys of the three organisations and of their installations' root. */
struct test_keys {
	uint8_t approve_sk[POLICY_PARTIES_MAX][ED25519_SECRET_LEN], approve_pk[POLICY_PARTIES_MAX][ED25519_PUBLIC_LEN];
	uint8_t endorse_sk[POLICY_PARTIES_MAX][ED25519_SECRET_LEN], endorse_pk[POLICY_PARTIES_MAX][ED25519_PUBLIC_LEN];
	uint8_t receive_sk[POLICY_PARTIES_MAX][X25519_LEN], receive_pk[POLICY_PARTIES_MAX][X25519_LEN];
	uint8_t root_sk[ED25519_SECRET_LEN], root_pk[ED25519_PUBLIC_LEN];
};
void test_keys_from_seed(struct test_keys *out, uint64_t seed);

/* Facts and plan as above; everything else of *p becomes 0. plan_bytes stays empty: decode sets it. */
void test_policy_fill(struct policy *p, const struct test_keys *keys);
/* The facts alone, with an empty plan whose head (columns, keys on region, rows_max, groups) is right: append operators. */
void test_policy_facts(struct policy *p, const struct test_keys *keys);

/* Adds the provider `id` behind those there are (ids must ascend), with keys made from its id, and its rows to the dataset. plan.rows_max
 * grows with it; infer the plan again. */
struct test_provider {
	uint8_t approve_sk[ED25519_SECRET_LEN], endorse_sk[ED25519_SECRET_LEN];
};
void test_policy_add_provider(struct policy *p, struct test_provider *keys, const char *id);

/* The HASH_LEN bytes of the party's one reference value. */
uint8_t *test_measurement(struct policy *p, unsigned party);

/* Appends an operator with n operands (ints) to the plan and returns its id: test_op(plan, OP_LT, 0, 0, 2, x, y). */
uint16_t test_op(struct plan *plan, enum plan_opcode code, uint16_t a, int64_t imm, unsigned n, ...);

/* Payload and file signed by all; both are appended, either may be NULL. p need not be valid: hostile policies are
 * correctly signed too. `payload` must outlive what is decoded from it. */
void test_policy_seal(const struct policy *p, const struct test_keys *keys, struct buf *payload, struct buf *file);
/* The same for payload bytes of any kind. */
void test_payload_sign(struct slice payload, const struct test_keys *keys, struct buf *file);

#endif
