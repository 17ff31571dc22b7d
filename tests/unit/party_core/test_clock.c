/* Tests enclave/party.h: clocks that hosts tell between steps, and what comes of lies about them. Whole renewals, with endorsers and a
 * coordinator: tests/integration/sim/test_renewal.c. */
#include "wage_gap.h"

enum { LIAR = 1 };

struct lie {
	int64_t off_s; /* what the liar's host adds to every time that it tells */
	size_t cut; /* bytes of it that are missing */
	enum frame_type extra; /* pushed beside the first time: an answer that nobody asked for */
	unsigned told;
};

static bool deliver(struct harness *h, unsigned to, enum frame_type type, uint8_t *peer, struct buf *body)
{
	struct lie *lie = h->ctx;

	(void)peer;
	if (to != LIAR || type != FRAME_TIME)
		return true;
	put_u64le(body->ptr, (uint64_t)(h->party[to].time_s + lie->off_s));
	body->len -= lie->cut;
	if (lie->extra && lie->told == 0)
		harness_push(h, to, lie->extra, 0, buf_view(body));
	lie->told++;
	return true;
}

static void run_with_age(struct harness *h, struct lie *lie, uint32_t age_s)
{
	wage_open(h, 7);
	h->made->max_evidence_age_s = age_s;
	h->deliver = deliver;
	h->ctx = lie;
	harness_seal(h);
	harness_run(h);
	assert_true(lie->told > 0);
}

static void run(struct harness *h, struct lie *lie)
{
	run_with_age(h, lie, 300);
}

static void clocks_that_agree_renew_nothing(void **state)
{
	(void)state;
	struct harness h;
	struct lie lie = {0};

	run(&h, &lie);
	wage_assert_answer(&h);
	for (unsigned i = 0; i < HARNESS_N; i++) {
		assert_true(h.party[i].frames[FRAME_CLOCK] >= 1);
		assert_int_equal(h.party[i].frames[FRAME_CLOCK], h.party[0].frames[FRAME_CLOCK]);
		assert_int_equal(h.party[i].frames[FRAME_RENEWAL], 0);
	}
	harness_clear(&h);
}

/* The others' clocks count, and ours never goes back: the liar's host gains nothing and loses nothing. */
static void a_clock_that_is_held_back_changes_nothing(void **state)
{
	(void)state;
	static const int64_t offs[] = {-1, -200, -365 * 86400, INT64_MIN / 2};

	for (size_t k = 0; k < COUNT_OF(offs); k++) {
		struct harness h;
		struct lie lie = {.off_s = offs[k]};
		run(&h, &lie);
		wage_assert_answer(&h);
		harness_clear(&h);
	}
}

static void a_clock_far_ahead_ends_the_session(void **state)
{
	(void)state;
	static const int64_t offs[] = {86400, 365 * 86400, 7000 * INT64_C(365) * 86400};

	for (size_t k = 0; k < COUNT_OF(offs); k++) {
		struct harness h;
		struct lie lie = {.off_s = offs[k]};
		run(&h, &lie);
		for (unsigned i = 0; i < HARNESS_N; i++) {
			assert_int_not_equal(h.party[i].st, ST_OK);
			assert_int_equal(h.party[i].steps, 0);
			assert_int_equal(h.party[i].frames[FRAME_RENEWAL], 0);
		}
		bool named = false; /* by whoever was first; it told the others */
		for (unsigned i = 0; i < HARNESS_N; i++)
			named = named || (h.party[i].st == ST_ATT_HELLO_CLOCK &&
					     strcmp(h.party[i].fault.blame, h.made->parties[LIAR].id) == 0);
		assert_true(named);
		harness_clear(&h);
	}
}

static void what_is_no_time_ends_at_its_own_enclave(void **state)
{
	(void)state;
	static const int64_t offs[] = {INT64_C(1) << 40, INT64_MAX / 2};

	for (size_t k = 0; k < COUNT_OF(offs); k++) {
		struct harness h;
		struct lie lie = {.off_s = offs[k]};
		run(&h, &lie);
		assert_int_equal(h.party[LIAR].st, ST_ATT_HELLO_CLOCK);
		assert_int_equal(h.party[LIAR].steps, 0);
		harness_clear(&h);
	}
}

/* Within the skew but past the evidence's age: a renewal is due, and until it is complete no step starts. */
static void no_step_starts_before_the_renewal_is_complete(void **state)
{
	(void)state;
	struct harness h;
	struct lie lie = {.off_s = 250};

	run_with_age(&h, &lie, 200); /* nobody relays what they post, and in the end the hosts are cut off */
	assert_true(h.hung);
	for (unsigned i = 0; i < HARNESS_N; i++) {
		assert_int_equal(h.party[i].frames[FRAME_RENEWAL], 1);
		assert_int_equal(h.party[i].frames[FRAME_CLOCK], 2);
		assert_int_equal(h.party[i].steps, 0);
	}
	harness_clear(&h);
}

static void a_time_that_is_none_is_refused(void **state)
{
	(void)state;
	for (size_t cut = 1; cut <= 8; cut++) {
		struct harness h;
		struct lie lie = {.cut = cut};
		run(&h, &lie);
		assert_int_equal(h.party[LIAR].st, ST_TRUNCATED);
		assert_int_equal(h.party[LIAR].steps, 0);
		harness_clear(&h);
	}
}

static void answers_that_nobody_asked_for_are_refused(void **state)
{
	(void)state;
	static const enum frame_type extras[] = {FRAME_TIME, FRAME_RENEWALS};

	for (size_t k = 0; k < COUNT_OF(extras); k++) {
		struct harness h;
		struct lie lie = {.extra = extras[k]};
		run(&h, &lie);
		assert_int_equal(h.party[LIAR].st, ST_SES_STATE);
		assert_non_null(strstr(h.party[LIAR].fault.message, "nobody asked for"));
		harness_clear(&h);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(clocks_that_agree_renew_nothing),
	    cmocka_unit_test(a_clock_that_is_held_back_changes_nothing),
	    cmocka_unit_test(a_clock_far_ahead_ends_the_session),
	    cmocka_unit_test(what_is_no_time_ends_at_its_own_enclave),
	    cmocka_unit_test(no_step_starts_before_the_renewal_is_complete),
	    cmocka_unit_test(a_time_that_is_none_is_refused),
	    cmocka_unit_test(answers_that_nobody_asked_for_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
