/*
 * The coordinator sees no input. Two runs of a whole session, real enclave cores in the simulator, the same seeds, other
 * rows of the same shape: what the coordinator receives is identical, byte for byte and request for request, outside the
 * fields that docs/COORDINATOR-VIEW.md enumerates; and the comparison notices any other byte that differs.
 */
#include "../sim/stage.h"

#include "coordinator_view.h"

static struct stage stage;

static void record(struct buf *out, uint64_t rows_seed, uint32_t rows)
{
	stage_rows(&stage, rows_seed, rows);
	stage.config.record_coordinator = true;
	stage_run(&stage);
	stage_check_done(&stage);
	buf_reset(out);
	buf_append(out, stage.report.coordinator_received.ptr, stage.report.coordinator_received.len);
	assert_true(out->len > 0 && !out->failed);
}

static int open_stage(void **state)
{
	(void)state;
	stage_open(&stage, 1);
	return 0;
}

static int close_stage(void **state)
{
	(void)state;
	stage_close(&stage);
	return 0;
}

static void other_rows_look_the_same(void **state)
{
	struct buf one = {0}, other = {0};
	struct coordinator_view view;
	struct problem problem = {0};
	(void)state;

	record(&one, 100, STAGE_ROWS);
	for (uint64_t seed = 101; seed < 109; seed++) {
		record(&other, seed, STAGE_ROWS);
		if (coordinator_view_compare(&view, buf_view(&one), buf_view(&other), &problem) != ST_OK)
			fail_msg("rows %llu: %s: %s", (unsigned long long)seed, problem.where, problem.message);
		/* not vacuous: all kinds were there, and the inputs did reach the masked fields */
		for (enum wire_message_kind k = WM_ENROL; k <= WM_FINISHED; k++)
			if (k != WM_FAULT)
				assert_true(view.kinds[k] >= SIM_PARTIES);
		assert_true(view.differing_fields >= 3 * SIM_PARTIES);
		assert_true(view.bytes > 3 * view.masked_bytes / 2);
	}
	print_message("%zu requests, %zu messages, %zu bytes; may differ: %zu fields of %zu bytes, did: %zu\n",
	    view.requests, view.messages, view.bytes, view.masked_fields, view.masked_bytes, view.differing_fields);
	buf_clear(&one);
	buf_clear(&other);
}

/* The same rows: not even the fields on the list differ, so what differs above does come from the rows. */
static void the_same_rows_are_identical(void **state)
{
	struct buf one = {0}, again = {0};
	struct coordinator_view view;
	struct problem problem = {0};
	(void)state;

	record(&one, 100, STAGE_ROWS);
	record(&again, 100, STAGE_ROWS);
	assert_int_equal(coordinator_view_compare(&view, buf_view(&one), buf_view(&again), &problem), ST_OK);
	assert_int_equal(view.differing_fields, 0);
	assert_int_equal(one.len, again.len);
	assert_memory_equal(one.ptr, again.ptr, one.len);
	buf_clear(&one);
	buf_clear(&again);
}

/* Row counts are public: they show, in COMMIT. */
static void another_shape_is_noticed(void **state)
{
	struct buf one = {0}, other = {0};
	struct coordinator_view view;
	struct problem problem = {0};
	(void)state;

	record(&one, 100, STAGE_ROWS);
	record(&other, 100, STAGE_ROWS + 1);
	assert_int_equal(coordinator_view_compare(&view, buf_view(&one), buf_view(&other), &problem), ST_SES_VIEW);
	assert_non_null(strstr(problem.message, "COMMITTED"));
	buf_clear(&one);
	buf_clear(&other);
}

/* Every byte of the record altered in turn: noticed, or it lies in a field of the list. */
static void the_comparison_sees_every_other_byte(void **state)
{
	struct buf one = {0}, bad = {0};
	struct coordinator_view whole, view;
	size_t unnoticed = 0, tried = 0;
	(void)state;

	record(&one, 100, STAGE_ROWS);
	assert_int_equal(coordinator_view_compare(&whole, buf_view(&one), buf_view(&one), NULL), ST_OK);
	buf_append(&bad, one.ptr, one.len);
	for (size_t at = 0; at < bad.len; at += 13, tried++) {
		bad.ptr[at] ^= 1;
		enum status st = coordinator_view_compare(&view, buf_view(&one), buf_view(&bad), NULL);
		bad.ptr[at] ^= 1;
		if (st == ST_OK) {
			assert_int_equal(view.differing_fields, 1);
			unnoticed++;
		}
	}
	/* as many as the list has bytes, sampled: within a fifth */
	assert_true(unnoticed * 13 > whole.masked_bytes * 4 / 5 && unnoticed * 13 < whole.masked_bytes * 6 / 5);
	buf_clear(&one);
	buf_clear(&bad);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(other_rows_look_the_same),
	    cmocka_unit_test(the_same_rows_are_identical),
	    cmocka_unit_test(another_shape_is_noticed),
	    cmocka_unit_test(the_comparison_sees_every_other_byte),
	};
	return cmocka_run_group_tests(tests, open_stage, close_stage);
}
