/*
 * Somebody owns the network. One message of a session is altered, cut, lost, doubled, delayed or replaced, every position
 * in turn, between parties and with the coordinator, over hundreds of seeds. Whatever he does: the right answer at whoever got one, or
 * an abort with a reason; never stuck past the deadlines; never a share before everybody was admitted.
 */
#include "vandal.h"

static struct stage stage;

static int open_stage(void **state)
{
	(void)state;
	stage_open(&stage, 2);
	return 0;
}

static int close_stage(void **state)
{
	(void)state;
	stage_close(&stage);
	return 0;
}

struct tally {
	unsigned runs, done, aborted, before_admission;
};

static void spoil_one(enum vandal_mode mode, uint64_t at, uint64_t seed, struct tally *t)
{
	struct vandal v;
	unsigned done = 0, admitted = 0;

	vandal_init(&v, &stage.policy, mode, at, seed);
	snprintf(stage.label, sizeof stage.label, "%s message %u", vandal_mode_names[mode], (unsigned)at);
	stage.config.adversary = &v.adversary;
	stage.config.seed = seed;
	stage_run(&stage);
	stage.config.adversary = NULL;
	assert_true(v.struck);
	/* What the coordinator relays is not the parties' word: a spoilt bundle must be refused, not believed. */
	stage_check_law(&stage, !v.on_coordinator_link);
	for (unsigned i = 0; i < SIM_PARTIES; i++) {
		done += stage.report.outcome[i].st == ST_OK;
		admitted += stage.report.admitted[i];
	}
	assert_true(stage.report.finished_ns <= (UINT64_C(1) + stage.policy.session_deadline_s) * 1000000000);
	t->runs++;
	t->done += done == SIM_PARTIES;
	t->aborted += done == 0;
	t->before_admission += admitted < SIM_PARTIES;
	vandal_clear(&v);
}

/* Positions a stride apart, from an offset of its own for each mode, closer in admission, where everything is decided; each run from
 * a seed of its own. PARLEY_THOROUGH in the environment: every position. */
static void spoil_all(enum vandal_mode mode, struct tally *t)
{
	uint64_t early = getenv("PARLEY_THOROUGH") ? 1 : 2, late = getenv("PARLEY_THOROUGH") ? 1 : 19;

	*t = (struct tally){0};
	for (uint64_t at = 1 + mode % early; at < stage.messages - 8; at += at < stage.messages_before_commit ? early : late)
		spoil_one(mode, at, 1000 * (uint64_t)mode + at, t);
	print_message("%-7s %4u runs: %u done, %u aborted everywhere, %u before admission\n", vandal_mode_names[mode], t->runs, t->done,
	    t->aborted, t->before_admission);
	assert_true(t->runs > 30);
	assert_true(t->before_admission > 0 || mode == VANDAL_DOUBLE || mode == VANDAL_DELAY);
}

static void a_flipped_bit_never_gives_a_wrong_answer(void **state)
{
	struct tally t;

	(void)state;
	spoil_all(VANDAL_FLIP, &t);
	assert_true(t.aborted > 0);
}

static void a_message_cut_short_never_gives_a_wrong_answer(void **state)
{
	struct tally t;

	(void)state;
	spoil_all(VANDAL_CUT, &t);
	assert_true(t.aborted > 0);
}

static void a_message_that_grew_never_gives_a_wrong_answer(void **state)
{
	struct tally t;

	(void)state;
	spoil_all(VANDAL_GROW, &t);
	assert_true(t.aborted > 0);
}

static void a_lost_message_ends_at_a_deadline_or_is_sent_again(void **state)
{
	struct tally t;

	(void)state;
	spoil_all(VANDAL_DROP, &t);
	assert_true(t.aborted > 0);
	assert_true(t.done > 0); /* with the coordinator it is sent again */
}

static void a_doubled_message_is_noticed_or_harmless(void **state)
{
	struct tally t;

	(void)state;
	spoil_all(VANDAL_DOUBLE, &t);
	assert_true(t.aborted > 0);
	assert_true(t.done > 0);
}

static void a_message_overtaken_by_others_is_noticed_or_harmless(void **state)
{
	struct tally t;

	(void)state;
	spoil_all(VANDAL_DELAY, &t);
	assert_true(t.done > 0);
}

static void an_earlier_message_again_is_noticed(void **state)
{
	struct tally t;

	(void)state;
	spoil_all(VANDAL_REPLAY, &t);
	assert_true(t.aborted > 0);
}

static void a_message_of_another_link_is_noticed(void **state)
{
	struct tally t;

	(void)state;
	spoil_all(VANDAL_CROSS, &t);
	assert_true(t.aborted > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_flipped_bit_never_gives_a_wrong_answer),
		cmocka_unit_test(a_message_cut_short_never_gives_a_wrong_answer),
		cmocka_unit_test(a_message_that_grew_never_gives_a_wrong_answer),
		cmocka_unit_test(a_lost_message_ends_at_a_deadline_or_is_sent_again),
		cmocka_unit_test(a_doubled_message_is_noticed_or_harmless),
		cmocka_unit_test(a_message_overtaken_by_others_is_noticed_or_harmless),
		cmocka_unit_test(an_earlier_message_again_is_noticed),
		cmocka_unit_test(a_message_of_another_link_is_noticed),
	};
	return cmocka_run_group_tests(tests, open_stage, close_stage);
}
