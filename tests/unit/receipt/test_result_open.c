/* result_seal and result_open: the recipient gets the answer, and nothing but the parts its receipts name. */
#include "../../support/test.h"
#include "session.h"

static struct session *s;
static struct receipt_verdict v;
static struct policy policy;

static void verify(void)
{
	struct receipt_bundle b = session_bundle(s);
	struct problem problem = {0};

	if (receipt_verify(&v, &policy, &b, NULL, s->policy_hash, &problem) != ST_OK)
		fail_msg("%s: %s", problem.where, problem.message);
}

static int setup(void **state)
{
	(void)state;
	s = session_new(1, 1, 5); /* north and west receive, south does not */
	verify();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	session_free(s);
	return 0;
}

static enum status open_as(unsigned recipient, const uint8_t *sk, const struct slice parts[static N])
{
	uint64_t words[ANSWER_WORDS * ANSWER_GROUPS];
	struct problem problem = {0};
	enum status st = result_open(words, &policy, &v, recipient, sk, parts, &problem);

	assert_int_equal(problem.st, st);
	return st;
}

static void every_recipient_gets_the_answer_and_its_table(void **state)
{
	(void)state;
	for (unsigned r = 0; r < N; r += 2) {
		uint64_t words[ANSWER_WORDS * ANSWER_GROUPS];
		struct slice parts[N];
		struct result_table t;
		struct buf csv = {0};

		session_parts(parts, s, r);
		assert_int_equal(result_open(words, &policy, &v, r, s->keys.receive_sk[r], parts, NULL), ST_OK);
		assert_memory_equal(words, s->answer, sizeof words);
		assert_int_equal(result_table_new(&t, &policy, words), ST_OK);
		result_table_csv(&csv, &t);
		buf_append(&csv, "", 1);
		assert_string_equal((const char *)csv.ptr,
		    "region,n,mean\ne,12,41250.500000\ns,30,38000.123457\nw,10,0.000000\n");
		result_table_clear(&t);
		buf_clear(&csv);
	}
}

static void refuses_who_is_no_recipient(void **state)
{
	struct slice parts[N];

	(void)state;
	session_parts(parts, s, 0);
	assert_int_equal(open_as(1, s->keys.receive_sk[1], parts), ST_REC_RECIPIENT); /* a party, no recipient */
	assert_int_equal(open_as(3, s->keys.receive_sk[0], parts), ST_REC_RECIPIENT); /* no party */
	assert_int_equal(open_as(0, s->keys.receive_sk[2], parts), ST_REC_RECIPIENT); /* another's key */
}

static void refuses_parts_of_another_recipient_session_or_order(void **state)
{
	struct session *other = session_new(2, 1, 5);
	struct slice parts[N], theirs[N], keep;

	(void)state;
	session_parts(theirs, s, 2);
	assert_int_equal(open_as(0, s->keys.receive_sk[0], theirs), ST_REC_RESULT);
	for (unsigned i = 0; i < N; i++) {
		session_parts(parts, s, 0);
		session_parts(theirs, other, 0);
		parts[i] = theirs[i];
		assert_int_equal(open_as(0, s->keys.receive_sk[0], parts), ST_REC_RESULT);
		session_parts(parts, s, 0);
		keep = parts[i];
		parts[i] = parts[(i + 1) % N];
		assert_int_equal(open_as(0, s->keys.receive_sk[0], parts), ST_REC_RESULT);
		parts[(i + 1) % N] = keep;
		assert_int_equal(open_as(0, s->keys.receive_sk[0], parts), ST_REC_RESULT);
		parts[i] = slice_of("", 0);
		assert_int_equal(open_as(0, s->keys.receive_sk[0], parts), ST_REC_RESULT);
	}
	session_free(other);
}

static void refuses_every_altered_byte_of_a_part(void **state)
{
	(void)state;
	for (unsigned i = 0; i < N; i++) {
		struct buf *part = &s->part[i][0];
		struct slice parts[N];

		session_parts(parts, s, 0);
		for (size_t at = 0; at < part->len; at++) {
			part->ptr[at] ^= 0x40;
			assert_int_equal(open_as(0, s->keys.receive_sk[0], parts), ST_REC_RESULT);
			part->ptr[at] ^= 0x40;
		}
	}
}

/* ---- a party whose enclave deviates: it signs a receipt on whatever it sent ---- */
static void refuses_shares_that_disagree(void **state)
{
	struct result_context ctx = session_context(s);
	struct slice parts[N];

	(void)state;
	for (unsigned i = 0; i < N; i++)
		for (unsigned which = 0; which < 2; which++) {
			uint64_t own[ANSWER_WORDS * ANSWER_GROUPS], next[ANSWER_WORDS * ANSWER_GROUPS];

			memcpy(own, s->shares[i], sizeof own);
			memcpy(next, s->shares[(i + 1) % N], sizeof next);
			(which ? next : own)[5] ^= 1;
			session_seal_parts(s, i, &ctx, own, next);
			verify();
			session_parts(parts, s, 0);
			assert_int_equal(open_as(0, s->keys.receive_sk[0], parts), ST_REC_RESULT);
			session_seal_parts(s, i, &ctx, s->shares[i], s->shares[(i + 1) % N]);
		}
}

static void refuses_a_part_sealed_for_another_context(void **state)
{
	struct slice parts[N];

	(void)state;
	for (unsigned which = 0; which < 3; which++) {
		struct result_context ctx = session_context(s);

		*(which == 0 ? ctx.sid : which == 1 ? ctx.roster : ctx.plan_hash) ^= 1;
		session_seal_parts(s, 1, &ctx, s->shares[1], s->shares[2]);
		verify();
		session_parts(parts, s, 0);
		assert_int_equal(open_as(0, s->keys.receive_sk[0], parts), ST_DECRYPT);
	}
}

static void refuses_a_part_of_another_size(void **state)
{
	struct random_seeded seeded = {.seed = {9}};
	struct random rng = random_from_seed(&seeded);
	struct result_context ctx = session_context(s);
	struct receipt_statement *r = &s->receipts[0];
	struct slice parts[N];
	static const uint32_t shapes[][2] = {{2, 4}, {3, 3}, {4, 3}, {12, 1}, {0, 0}};

	(void)state;
	for (size_t k = 0; k < COUNT_OF(shapes); k++) {
		buf_reset(&s->part[0][0]);
		assert_int_equal(result_seal(&s->part[0][0], s->policy, &ctx, 0, 0, shapes[k][0], shapes[k][1], s->shares[0],
		    s->shares[1], &rng), ST_OK);
		result_part_hash(r->part_hash[0], buf_view(&s->part[0][0]));
		session_sign_receipt(s, 0, r, s->vk_sk[0]);
		verify();
		session_parts(parts, s, 0);
		assert_int_equal(open_as(0, s->keys.receive_sk[0], parts), ST_REC_RESULT);
	}
}

/* All three collude on a word of a suppressed group: the table refuses it. */
static void the_table_refuses_words_of_a_suppressed_group(void **state)
{
	struct result_context ctx = session_context(s);
	uint64_t words[ANSWER_WORDS * ANSWER_GROUPS];
	struct slice parts[N];
	struct result_table t;

	(void)state;
	s->shares[0][1] ^= 7; /* n of region n, which is not released */
	for (unsigned i = 0; i < N; i++)
		session_seal_parts(s, i, &ctx, s->shares[i], s->shares[(i + 1) % N]);
	verify();
	session_parts(parts, s, 0);
	assert_int_equal(result_open(words, &policy, &v, 0, s->keys.receive_sk[0], parts, NULL), ST_OK);
	assert_int_equal(result_table_new(&t, &policy, words), ST_REC_RESULT);
}

int main(void)
{
#define EACH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
	    EACH(every_recipient_gets_the_answer_and_its_table),
	    EACH(refuses_who_is_no_recipient),
	    EACH(refuses_parts_of_another_recipient_session_or_order),
	    EACH(refuses_every_altered_byte_of_a_part),
	    EACH(refuses_shares_that_disagree),
	    EACH(refuses_a_part_sealed_for_another_context),
	    EACH(refuses_a_part_of_another_size),
	    EACH(the_table_refuses_words_of_a_suppressed_group),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
