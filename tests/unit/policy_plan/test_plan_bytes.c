/* policy/plan.h: the canonical bytes of a plan, and hostile ones. */
#include "base/cbor.h"

#include "plan_tests.h"

struct fixture {
	struct plan *plan, *decoded;
	struct buf bytes;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);

	f->plan = full_plan();
	f->decoded = calloc(1, sizeof *f->decoded);
	plan_encode(&f->bytes, f->plan);
	*state = f;
	return f->decoded && !f->bytes.failed ? 0 : -1;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	buf_clear(&f->bytes);
	free(f->plan);
	free(f->decoded);
	free(f);
	return 0;
}

/* Refuses and leaves zeros, or encodes back to the same bytes. */
static enum status decode_and_compare(struct fixture *f, struct slice bytes)
{
	static const struct plan zero;
	struct buf again = {0};
	enum status st = plan_decode(f->decoded, bytes, NULL);

	if (st == ST_OK) {
		plan_encode(&again, f->decoded);
		assert_slice_equal(buf_view(&again), bytes);
	} else {
		assert_memory_equal(f->decoded, &zero, sizeof zero);
	}
	buf_clear(&again);
	return st;
}

static void round_trip(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(decode_and_compare(f, buf_view(&f->bytes)), ST_OK);
	assert_int_equal(plan_infer(f->plan, NULL), ST_OK);
	for (unsigned k = 0; k < f->plan->n_ops; k++)
		assert_memory_equal(&f->decoded->ops[k].type, &f->plan->ops[k].type, sizeof(struct plan_type));
}

static void every_truncation_is_refused(void **state)
{
	struct fixture *f = *state;

	for (size_t n = 0; n < f->bytes.len; n++)
		assert_int_equal(decode_and_compare(f, slice_of(f->bytes.ptr, n)), ST_PLAN_FORMAT);
}

static void every_bit_flip_is_refused_or_another_plan(void **state)
{
	struct fixture *f = *state;

	for (size_t bit = 0; bit < 8 * f->bytes.len; bit++) {
		f->bytes.ptr[bit / 8] ^= (uint8_t)(1u << bit % 8);
		(void)decode_and_compare(f, buf_view(&f->bytes));
		f->bytes.ptr[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
}

static void trailing_bytes_are_refused(void **state)
{
	struct fixture *f = *state;

	buf_append(&f->bytes, "", 1);
	assert_int_equal(decode_and_compare(f, buf_view(&f->bytes)), ST_PLAN_FORMAT);
}

static uint8_t *find(struct buf *b, const char *pattern, size_t len)
{
	uint8_t *at = memmem(b->ptr, b->len, pattern, len);

	assert_non_null(at);
	return at;
}

static void an_id_used_twice_is_refused(void **state)
{
	struct fixture *f = *state;
	uint16_t where = 0;
	uint8_t *op3 = find(&f->bytes, "\x87\x03\x02\x80", 4); /* [3, COL, [], ... */

	op3[1] = 2;
	assert_int_equal(plan_decode(f->decoded, buf_view(&f->bytes), &where), ST_PLAN_OP_ID);
	assert_int_equal(where, 3);
	op3[1] = 4;
	assert_int_equal(plan_decode(f->decoded, buf_view(&f->bytes), &where), ST_PLAN_OP_ID);
	op3[1] = 0;
	assert_int_equal(plan_decode(f->decoded, buf_view(&f->bytes), &where), ST_PLAN_OP_ID);
}

static void unknown_version_and_opcode_are_refused(void **state)
{
	struct fixture *f = *state;
	uint16_t where = 0;

	f->bytes.ptr[2] = 2;
	assert_int_equal(decode_and_compare(f, buf_view(&f->bytes)), ST_PLAN_FORMAT);
	f->bytes.ptr[2] = 1;
	find(&f->bytes, "\x87\x03\x02\x80", 4)[2] = 0;
	assert_int_equal(plan_decode(f->decoded, buf_view(&f->bytes), &where), ST_PLAN_FORMAT);
	assert_int_equal(where, 3);
}

static void what_plan_infer_refuses_is_refused(void **state)
{
	struct fixture *f = *state;
	uint16_t where = 0;

	find(&f->bytes, "\x87\x03\x02\x80", 4)[4] = TEST_COLUMNS;
	assert_int_equal(plan_decode(f->decoded, buf_view(&f->bytes), &where), ST_PLAN_TYPE);
	assert_int_equal(where, 3);
}

static void bombs_are_refused(void **state)
{
	struct fixture *f = *state;
	uint8_t deep[64];
	struct buf many = {0};

	memset(deep, 0x81, sizeof deep);
	deep[sizeof deep - 1] = 0;
	assert_int_equal(decode_and_compare(f, slice_of(deep, sizeof deep)), ST_PLAN_LIMIT);
	/* a map that promises 2^63 pairs, an array that promises 2^32 - 1 items */
	assert_int_equal(decode_and_compare(f, slice_of("\xbb\x80\0\0\0\0\0\0\0\0", 10)), ST_PLAN_FORMAT);
	assert_int_equal(decode_and_compare(f, slice_of("\x9a\xff\xff\xff\xff", 5)), ST_PLAN_FORMAT);
	/* one operator too many, all of them there */
	f->plan->n_sort = 0;
	f->plan->n_ops = PLAN_OPS_MAX;
	for (unsigned k = 0; k < PLAN_OPS_MAX; k++)
		f->plan->ops[k] = (struct plan_op){.code = OP_VALID};
	plan_encode(&many, f->plan);
	assert_int_equal(decode_and_compare(f, buf_view(&many)), ST_OK);
	uint8_t *count = find(&many, "\x07\x99\x04\x00\x87\x01", 6);
	count[3] = 1;
	static const uint8_t last[] = {0x87, 0x19, 0x04, 0x01, 0x01, 0x80, 0, 0, 0, 0};
	buf_append(&many, last, sizeof last);
	assert_int_equal(decode_and_compare(f, buf_view(&many)), ST_PLAN_LIMIT);
	buf_clear(&many);
}

int run_bytes_tests(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(round_trip, setup, teardown),
	    cmocka_unit_test_setup_teardown(every_truncation_is_refused, setup, teardown),
	    cmocka_unit_test_setup_teardown(every_bit_flip_is_refused_or_another_plan, setup, teardown),
	    cmocka_unit_test_setup_teardown(trailing_bytes_are_refused, setup, teardown),
	    cmocka_unit_test_setup_teardown(an_id_used_twice_is_refused, setup, teardown),
	    cmocka_unit_test_setup_teardown(unknown_version_and_opcode_are_refused, setup, teardown),
	    cmocka_unit_test_setup_teardown(what_plan_infer_refuses_is_refused, setup, teardown),
	    cmocka_unit_test_setup_teardown(bombs_are_refused, setup, teardown),
	};
	return cmocka_run_group_tests_name("policy/plan.h: bytes", tests, NULL, NULL);
}
