/*
 * Times, sizes and numbers of all messages depend on the shape of the inputs alone: two inputs of one shape, random or at the far
 * ends of their ranges, make sessions that nobody on the network can tell apart. (What the coordinator reads besides:
 * tests/integration/coordinator/test_coordinator_view.c.)
 */
#include "stage.h"

#include "coordinator_view.h"

/* Every message that is sent: from, to, length. */
struct watcher {
	struct buf seen;
	struct sim_adversary adversary;
};
static struct stage stage;

static void watch(void *ctx, struct sim_message *m)
{
	struct watcher *w = ctx;
	buf_printf(&w->seen, "%s>%s:%zu\n", m->from, m->to, m->bytes->len);
}

struct trace {
	struct buf messages;
	struct sim_report report;
};

static void run_watched(struct trace *t)
{
	struct watcher w = {.adversary = {&w, watch}};

	stage.config.record_coordinator = true;
	stage.config.adversary = &w.adversary;
	stage_run(&stage);
	stage.config.adversary = NULL;
	stage_check_done(&stage);
	assert_false(w.seen.failed);
	t->messages = w.seen;
	t->report = stage.report;
	memset(&stage.report, 0, sizeof stage.report);
}

static void clear(struct trace *t)
{
	buf_clear(&t->messages);
	sim_report_clear(&t->report);
}

static void compare(struct trace *a, struct trace *b)
{
	const struct sim_report *x = &a->report, *y = &b->report;
	struct coordinator_view view;
	struct problem problem = {0};

	if (coordinator_view_compare(&view, buf_view(&x->coordinator_received), buf_view(&y->coordinator_received), &problem) != ST_OK)
		fail_msg("%s: %s", problem.where, problem.message);
	assert_true(view.differing_fields > 0); /* the inputs did differ */
	assert_int_equal(a->messages.len, b->messages.len);
	assert_memory_equal(a->messages.ptr, b->messages.ptr, a->messages.len);
	assert_int_equal(x->finished_ns, y->finished_ns);
	assert_memory_equal(x->steps, y->steps, sizeof x->steps); /* rounds, bytes and times */
	assert_memory_equal(x->phases, y->phases, sizeof x->phases);
	clear(a);
	clear(b);
}

static int open_stage(void **state)
{
	(void)state;
	stage_open(&stage, 6);
	return 0;
}

static int close_stage(void **state)
{
	(void)state;
	stage_close(&stage);
	return 0;
}

static void random_inputs_look_the_same(void **state)
{
	static struct trace a, b;

	(void)state;
	for (uint64_t pair = 0; pair < 8; pair++) {
		stage_rows(&stage, 100 + pair, STAGE_ROWS);
		run_watched(&a);
		stage_rows(&stage, 200 + pair, STAGE_ROWS);
		run_watched(&b);
		compare(&a, &b);
	}
}

static void fill(bool high)
{
	stage_rows(&stage, 1, STAGE_ROWS);
	for (unsigned p = 0; p < SIM_PARTIES; p++)
		for (unsigned c = 0; c < stage.policy.n_columns; c++)
			for (uint32_t i = 0; i < stage.tables[p].rows; i++)
				if (!stage.tables[p].known[c] || stage.tables[p].known[c][i])
					stage.tables[p].values[c][i] = high ? stage.policy.columns[c].hi : stage.policy.columns[c].lo;
	stage_want(&stage);
}

/* All rows in the first group with the least values, all in the last with the greatest: other groups suppressed, other sums. */
static void extreme_inputs_look_the_same(void **state)
{
	static struct trace a, b;

	(void)state;
	fill(false);
	run_watched(&a);
	fill(true);
	run_watched(&b);
	compare(&a, &b);
}

/* The comparison can fail: more rows are another shape. */
static void more_rows_look_different(void **state)
{
	static struct trace a, b;

	(void)state;
	stage_rows(&stage, 1, STAGE_ROWS);
	run_watched(&a);
	stage_rows(&stage, 1, STAGE_ROWS + 64);
	run_watched(&b);
	assert_true(a.messages.len != b.messages.len || memcmp(a.messages.ptr, b.messages.ptr, a.messages.len) != 0);
	assert_true(a.report.finished_ns != b.report.finished_ns);
	clear(&a);
	clear(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_inputs_look_the_same),
		cmocka_unit_test(extreme_inputs_look_the_same),
		cmocka_unit_test(more_rows_look_different),
	};
	return cmocka_run_group_tests(tests, open_stage, close_stage);
}
