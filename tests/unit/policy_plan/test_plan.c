/* policy/plan.h: types, bounds, widths and printing. */
#include "plan_tests.h"

/* Ids in full_plan() that the tests spoil. */
enum {
	VALID = 1,
	REGION,
	AGE,
	AGE_KNOWN,
	SALARY_W,
	KNOWN_W,
	FORTY,
	ADD,
	SUB,
	MUL,
	LT,
	EQ,
	AND,
	OR,
	NOT,
	GROUP,
	MASK,
	SUMS,
	COUNT_W,
	SUM_W,
	LIN,
	COUNT,
	SUM,
	LIN_B,
	MIN,
	MAX,
	AVG,
	KEY,
	SUPPRESS,
	TEN,
	IS_BIG,
	KEEPIF,
	TOP,
	OUT,
	OUT_MIN,
	OUTKEEP
};

struct plan *full_plan(void)
{
	struct plan *p = calloc(1, sizeof *p);

	assert_non_null(p);
	p->rows_max = 30000;
	p->groups = 4;
	p->n_keys = 1;
	p->keys[0] = (struct plan_key){.column = TEST_REGION, .size = 4};
	p->n_columns = TEST_COLUMNS;
	p->columns[TEST_REGION] = (struct plan_column){.hi = 3};
	p->columns[TEST_SALARY] = (struct plan_column){.hi = 100000000};
	p->columns[TEST_AGE] = (struct plan_column){.lo = 17, .hi = 90, .nullable = true};
	p->n_sort = 2;
	p->sort[0] = SORT_DESC | SORT_HAS_NONNULL;
	test_op(p, OP_VALID, 0, 0, 0);
	test_op(p, OP_COL, TEST_REGION, 0, 0);
	test_op(p, OP_COL, TEST_AGE, 0, 0);
	test_op(p, OP_KNOWN, TEST_AGE, 0, 0);
	test_op(p, OP_COLW, TEST_SALARY, 0, 0);
	test_op(p, OP_KNOWNW, TEST_AGE, 0, 0);
	test_op(p, OP_CONST, SHAPE_ROWS, -40, 0);
	test_op(p, OP_ADD, 0, 0, 2, AGE, FORTY);
	test_op(p, OP_SUB, 0, 0, 2, AGE, FORTY);
	test_op(p, OP_MUL, 0, 0, 2, AGE, FORTY);
	test_op(p, OP_LT, 0, 0, 2, FORTY, AGE);
	test_op(p, OP_EQ, 0, 0, 2, AGE, REGION);
	test_op(p, OP_AND, 0, 0, 2, VALID, LT);
	test_op(p, OP_OR, 0, 0, 2, AND, EQ);
	test_op(p, OP_NOT, 0, 0, 1, OR);
	test_op(p, OP_GROUP, 1, 0, 2, AND, REGION);
	test_op(p, OP_MASK, 0, 0, 2, GROUP, AGE_KNOWN);
	test_op(p, OP_SUMS, 0, 0, 3, GROUP, SALARY_W, KNOWN_W);
	test_op(p, OP_PICK, 0, 0, 1, SUMS);
	test_op(p, OP_PICK, 1, 0, 1, SUMS);
	p->ops[test_op(p, OP_LIN, 0, 1, 2, SUM_W, COUNT_W) - 1].imm2 = -3;
	test_op(p, OP_A2B, 0, 0, 1, COUNT_W);
	test_op(p, OP_A2B, 0, 0, 1, SUM_W);
	test_op(p, OP_A2B, 0, 0, 1, LIN);
	test_op(p, OP_MIN, 0, 0, 2, MASK, AGE);
	test_op(p, OP_MAX, 0, 0, 2, MASK, AGE);
	test_op(p, OP_AVG, 0, 10000, 2, SUM, COUNT);
	test_op(p, OP_KEY, 0, 0, 0);
	test_op(p, OP_SUPPRESS, 0, 10, 1, COUNT);
	test_op(p, OP_CONST, SHAPE_GROUPS, 10, 0);
	test_op(p, OP_LT, 0, 0, 2, TEN, COUNT);
	test_op(p, OP_KEEPIF, 0, 0, 2, SUPPRESS, IS_BIG);
	test_op(p, OP_TOP, 0, 3, 4, KEEPIF, MIN, IS_BIG, KEY);
	test_op(p, OP_OUT, 1, 0, 2, TOP, AVG);
	test_op(p, OP_OUT, 2, 0, 3, TOP, MIN, IS_BIG);
	test_op(p, OP_OUTKEEP, 0, 0, 1, TOP);
	assert_int_equal(p->n_ops, OUTKEEP);
	return p;
}

static void widths(void **state)
{
	static const struct {
		int64_t lo, hi;
		unsigned width;
	} cases[] = {
	    {0, 0, 0},
	    {0, 1, 1},
	    {1, 1, 1},
	    {0, 2, 2},
	    {0, 255, 8},
	    {0, 256, 9},
	    {5, 256, 9},
	    {-1, 0, 1},
	    {-1, -1, 1},
	    {-1, 1, 2},
	    {-2, 1, 2},
	    {-3, 0, 3},
	    {-128, 127, 8},
	    {-129, 0, 9},
	    {0, 128, 8},
	    {-1, 128, 9},
	    {0, INT64_C(1) << 62, 63},
	    {-(INT64_C(1) << 62), 0, 63},
	    {-(INT64_C(1) << 62), INT64_C(1) << 62, 64},
	    {0, INT64_MAX, 63},
	    {INT64_MIN, INT64_MAX, 64},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++)
		assert_int_equal(plan_width(cases[i].lo, cases[i].hi), cases[i].width);
}

/* Every value of the interval, and none of another width, has w bits: checked by brute force on small ones. */
static void widths_are_least(void **state)
{
	(void)state;
	for (int lo = -40; lo <= 40; lo++) {
		for (int hi = lo; hi <= 40; hi++) {
			unsigned w = plan_width(lo, hi);
			int least = lo < 0 ? -(1 << w >> 1) : 0, most = lo < 0 ? (1 << w >> 1) - 1 : (1 << w) - 1;
			assert_true(least <= lo && hi <= most);
			if (w == 0)
				continue;
			w--;
			least = lo < 0 ? -(1 << w >> 1) : 0, most = lo < 0 ? (1 << w >> 1) - 1 : (1 << w) - 1;
			assert_true(w == 0 ? lo != 0 || hi != 0 : lo < least || hi > most);
		}
	}
}

static void assert_type(
    const struct plan *p, unsigned id, enum plan_kind kind, enum plan_shape shape, int64_t lo, int64_t hi)
{
	const struct plan_type *t = &p->ops[id - 1].type;

	assert_int_equal(t->kind, kind);
	assert_int_equal(t->shape, shape);
	assert_true(t->lo == lo && t->hi == hi);
}

static void every_operator_has_its_type(void **state)
{
	struct plan *p = full_plan();
	uint16_t where = 99;
	int64_t lo, hi;

	(void)state;
	assert_int_equal(plan_infer(p, &where), ST_OK);
	assert_int_equal(where, 0);
	assert_type(p, VALID, KIND_BITS, SHAPE_ROWS, 0, 1);
	assert_type(p, AGE, KIND_BITS, SHAPE_ROWS, 0, 90); /* 0 where NULL and in padding */
	assert_type(p, SALARY_W, KIND_WORDS, SHAPE_ROWS, 0, 100000000);
	assert_type(p, FORTY, KIND_BITS, SHAPE_ROWS, -40, -40);
	assert_type(p, ADD, KIND_BITS, SHAPE_ROWS, -40, 50);
	assert_type(p, SUB, KIND_BITS, SHAPE_ROWS, 40, 130);
	assert_type(p, MUL, KIND_BITS, SHAPE_ROWS, -3600, 0);
	assert_type(p, OR, KIND_BITS, SHAPE_ROWS, 0, 1);
	assert_type(p, GROUP, KIND_GROUPM, SHAPE_ROWS, 0, 1);
	assert_type(p, SUMS, KIND_SUMS, SHAPE_GROUPS, 0, 30000);
	assert_type(p, SUM_W, KIND_WORDS, SHAPE_GROUPS, 0, INT64_C(3000000000000));
	assert_type(p, LIN, KIND_WORDS, SHAPE_GROUPS, -90000, INT64_C(3000000000000));
	assert_type(p, LIN_B, KIND_BITS, SHAPE_GROUPS, -90000, INT64_C(3000000000000));
	assert_type(p, MIN, KIND_BITS, SHAPE_GROUPS, 0, 90);
	assert_type(p, AVG, KIND_BITS, SHAPE_GROUPS, 0, INT64_C(30000000000000000));
	assert_type(p, KEY, KIND_BITS, SHAPE_GROUPS, 0, 3);
	assert_type(p, TOP, KIND_KEEP, SHAPE_GROUPS, 0, 1);
	assert_type(p, OUT, KIND_NONE, SHAPE_GROUPS, 0, 0);
	plan_sums_bounds(p, &p->ops[SUMS - 1], 2, &lo, &hi);
	assert_true(lo == 0 && hi == 30000);
	plan_sums_bounds(p, &p->ops[SUMS - 1], 3, &lo, &hi);
	assert_true(lo == 0 && hi == 0);
	free(p);
}

static void negative_columns_keep_their_sign(void **state)
{
	struct plan *p = full_plan();

	(void)state;
	p->columns[TEST_SALARY] = (struct plan_column){.lo = -5, .hi = -2};
	assert_int_equal(plan_infer(p, NULL), ST_OK);
	assert_type(p, SALARY_W, KIND_WORDS, SHAPE_ROWS, -5, 0);
	assert_type(p, SUM_W, KIND_WORDS, SHAPE_GROUPS, -150000, 0);
	assert_type(p, AVG, KIND_BITS, SHAPE_GROUPS, INT64_C(-1500000000), 0);
	free(p);
}

enum part { CODE, A, IMM, IMM2, IMM3, N_IN, IN0, IN1, IN2, IN3 };

static void spoil(struct plan_op *op, enum part part, int64_t value)
{
	switch (part) {
	case CODE:
		op->code = (enum plan_opcode)value;
		break;
	case A:
		op->a = (uint16_t)value;
		break;
	case IMM:
		op->imm = value;
		break;
	case IMM2:
		op->imm2 = value;
		break;
	case IMM3:
		op->imm3 = value;
		break;
	case N_IN:
		op->n_in = (uint8_t)value;
		break;
	default:
		op->in[part - IN0] = (uint16_t)value;
	}
}

static void spoilt_operators_are_refused(void **state)
{
	static const int64_t huge = INT64_C(1) << 62;
	static const struct {
		unsigned id;
		enum part part;
		int64_t value;
		enum status st;
	} cases[] = {
	    /* what is no operator, or has no such immediate */
	    {VALID, CODE, 0, ST_PLAN_FORMAT},
	    {VALID, CODE, OP_COUNT_, ST_PLAN_FORMAT},
	    {VALID, CODE, -1, ST_PLAN_FORMAT},
	    {VALID, A, 1, ST_PLAN_FORMAT},
	    {VALID, IMM, 1, ST_PLAN_FORMAT},
	    {ADD, IMM2, 1, ST_PLAN_FORMAT},
	    {SUMS, IMM3, 1, ST_PLAN_FORMAT},
	    {OUTKEEP, A, 1, ST_PLAN_FORMAT},
	    {AVG, A, 1, ST_PLAN_FORMAT},
	    {SUPPRESS, IMM2, 1, ST_PLAN_FORMAT},
	    {LT, IMM, 1, ST_PLAN_FORMAT},
	    /* ids */
	    {ADD, IN0, 0, ST_PLAN_OP_ID},
	    {ADD, IN1, ADD, ST_PLAN_OP_ID},
	    {ADD, IN1, SUB, ST_PLAN_OP_ID},
	    {OUTKEEP, IN0, 60000, ST_PLAN_OP_ID},
	    /* number of operands */
	    {ADD, N_IN, 1, ST_PLAN_TYPE},
	    {ADD, N_IN, 3, ST_PLAN_TYPE},
	    {VALID, N_IN, 1, ST_PLAN_TYPE},
	    {GROUP, N_IN, 1, ST_PLAN_TYPE},
	    {SUMS, N_IN, 0, ST_PLAN_TYPE},
	    {TOP, N_IN, 3, ST_PLAN_TYPE},
	    {TOP, N_IN, 1, ST_PLAN_TYPE},
	    {OUT, N_IN, 1, ST_PLAN_TYPE},
	    {ADD, N_IN, PLAN_OPERANDS_MAX + 1, ST_PLAN_LIMIT},
	    /* columns, keys, shapes */
	    {AGE, A, TEST_COLUMNS, ST_PLAN_TYPE},
	    {AGE_KNOWN, A, TEST_COLUMNS, ST_PLAN_TYPE},
	    {SALARY_W, A, 65535, ST_PLAN_TYPE},
	    {FORTY, A, 0, ST_PLAN_TYPE},
	    {FORTY, A, 3, ST_PLAN_TYPE},
	    {KEY, A, 1, ST_PLAN_TYPE},
	    {GROUP, A, 0, ST_PLAN_TYPE},
	    {GROUP, IN1, AGE, ST_PLAN_TYPE},
	    {SUM_W, A, 3, ST_PLAN_TYPE},
	    {OUT, A, PLAN_RESULTS_MAX, ST_PLAN_LIMIT},
	    {IS_BIG, IN0, FORTY, ST_PLAN_TYPE},
	    {ADD, IN0, SALARY_W, ST_PLAN_TYPE},
	    /* kinds and bits */
	    {AND, IN0, AGE, ST_PLAN_TYPE},
	    {NOT, IN0, FORTY, ST_PLAN_TYPE},
	    {GROUP, IN0, REGION, ST_PLAN_TYPE},
	    {MASK, IN0, VALID, ST_PLAN_TYPE},
	    {MASK, IN1, AGE, ST_PLAN_TYPE},
	    {SUMS, IN0, AND, ST_PLAN_TYPE},
	    {SUMS, IN1, AGE, ST_PLAN_TYPE},
	    {COUNT_W, IN0, GROUP, ST_PLAN_TYPE},
	    {LIN, IN0, SALARY_W, ST_PLAN_TYPE},
	    {LIN, IN1, SALARY_W, ST_PLAN_TYPE},
	    {COUNT, IN0, SALARY_W, ST_PLAN_TYPE},
	    {MIN, IN0, SUMS, ST_PLAN_TYPE},
	    {MIN, IN1, SALARY_W, ST_PLAN_TYPE},
	    {AVG, IN0, AGE, ST_PLAN_TYPE},
	    {AVG, IN1, LIN_B, ST_PLAN_TYPE},
	    {SUPPRESS, IN0, AGE, ST_PLAN_TYPE},
	    {SUPPRESS, IN0, COUNT_W, ST_PLAN_TYPE},
	    {KEEPIF, IN0, IS_BIG, ST_PLAN_TYPE},
	    {KEEPIF, IN1, LT, ST_PLAN_TYPE},
	    {KEEPIF, IN1, COUNT, ST_PLAN_TYPE},
	    {TOP, IN0, MIN, ST_PLAN_TYPE},
	    {TOP, IN1, AGE, ST_PLAN_TYPE},
	    {TOP, IN2, MAX, ST_PLAN_TYPE},
	    {TOP, IN3, KEEPIF, ST_PLAN_TYPE},
	    {OUT, IN0, IS_BIG, ST_PLAN_TYPE},
	    {OUT, IN1, AGE, ST_PLAN_TYPE},
	    {OUT, IN1, SUMS, ST_PLAN_TYPE},
	    {OUT_MIN, IN2, MIN, ST_PLAN_TYPE},
	    {OUTKEEP, IN0, OUT, ST_PLAN_TYPE},
	    /* bounds */
	    {FORTY, IMM, huge + 1, ST_PLAN_BOUND},
	    {FORTY, IMM, -huge - 1, ST_PLAN_BOUND},
	    {FORTY, IMM, INT64_MIN, ST_PLAN_BOUND},
	    {LIN, IMM, huge, ST_PLAN_BOUND},
	    {LIN, IMM2, -huge, ST_PLAN_BOUND},
	    {LIN, IMM3, huge, ST_PLAN_BOUND},
	    {LIN, IMM, INT64_MAX, ST_PLAN_BOUND},
	    {AVG, IMM, 0, ST_PLAN_BOUND},
	    {AVG, IMM, 9999, ST_PLAN_BOUND},
	    {AVG, IMM, -10, ST_PLAN_BOUND},
	    {AVG, IMM, INT64_C(10000000000), ST_PLAN_BOUND},
	    {AVG, IMM, 10000000, ST_PLAN_BOUND}, /* 2 * 10^7 * 3*10^12 is not below 2^63 */
	    {SUPPRESS, IMM, 0, ST_PLAN_BOUND},
	    {SUPPRESS, IMM, -1, ST_PLAN_BOUND},
	    {TOP, IMM, 0, ST_PLAN_BOUND},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct plan *p = full_plan();
		uint16_t where = 0;

		spoil(&p->ops[cases[i].id - 1], cases[i].part, cases[i].value);
		enum status st = plan_infer(p, &where);
		if (st != cases[i].st || where != cases[i].id)
			print_error("case %zu: op %u: %s at %u\n", i, cases[i].id, status_name(st), where);
		assert_int_equal(st, cases[i].st);
		assert_int_equal(where, cases[i].id);
		free(p);
	}
}

static enum status infer_with_constants(enum plan_opcode code, int64_t x, int64_t y)
{
	struct plan *p = full_plan();
	enum status st;

	p->n_ops = p->n_sort = 0;
	test_op(p, OP_CONST, SHAPE_ROWS, x, 0);
	test_op(p, OP_CONST, SHAPE_ROWS, y, 0);
	test_op(p, code, 0, 0, 2, 1, 2);
	st = plan_infer(p, NULL);
	free(p);
	return st;
}

static void arithmetic_stops_at_two_to_the_62(void **state)
{
	static const int64_t max = INT64_C(1) << 62, half = INT64_C(1) << 31;

	(void)state;
	assert_int_equal(infer_with_constants(OP_ADD, max - 1, 1), ST_OK);
	assert_int_equal(infer_with_constants(OP_ADD, max, 1), ST_PLAN_BOUND);
	assert_int_equal(infer_with_constants(OP_ADD, -max, -1), ST_PLAN_BOUND);
	assert_int_equal(infer_with_constants(OP_SUB, max, 0), ST_OK);
	assert_int_equal(infer_with_constants(OP_SUB, max, -1), ST_PLAN_BOUND);
	assert_int_equal(infer_with_constants(OP_SUB, -max, max), ST_PLAN_BOUND);
	assert_int_equal(infer_with_constants(OP_MUL, half, half), ST_OK);
	assert_int_equal(infer_with_constants(OP_MUL, -half, half), ST_OK);
	assert_int_equal(infer_with_constants(OP_MUL, half + 1, half), ST_PLAN_BOUND);
	assert_int_equal(infer_with_constants(OP_MUL, max, max), ST_PLAN_BOUND);
	assert_int_equal(infer_with_constants(OP_MUL, -max, max), ST_PLAN_BOUND);
	assert_int_equal(infer_with_constants(OP_LT, max, -max), ST_OK);
}

static void sums_stop_at_two_to_the_62(void **state)
{
	struct plan *p = full_plan();
	uint16_t where;

	(void)state;
	p->rows_max = PLAN_ROWS_MAX; /* 2^26 */
	p->ops[AVG - 1].imm = 1;
	p->columns[TEST_SALARY].hi = INT64_C(1) << 34;
	assert_int_equal(plan_infer(p, &where), ST_OK);
	p->columns[TEST_SALARY].hi = (INT64_C(1) << 36) + 1;
	assert_int_equal(plan_infer(p, &where), ST_PLAN_BOUND);
	assert_int_equal(where, SUMS);
	free(p);
}

static void spoil_head(struct plan *p, unsigned what)
{
	switch (what) {
	case 0:
		p->rows_max = 0;
		break;
	case 1:
		p->rows_max = PLAN_ROWS_MAX + 1;
		break;
	case 2:
		p->n_columns = 0;
		break;
	case 3:
		p->n_columns = PLAN_COLUMNS_MAX + 1;
		break;
	case 4:
		p->columns[1].lo = p->columns[1].hi + 1;
		break;
	case 5:
		p->columns[1].hi = (INT64_C(1) << 62) + 1;
		break;
	case 6:
		p->columns[1].lo = INT64_MIN;
		break;
	case 7:
		p->n_keys = PLAN_KEYS_MAX + 1;
		break;
	case 8:
		p->keys[0].column = TEST_COLUMNS;
		break;
	case 9:
		p->keys[0].size = 5;
		break;
	case 10:
		p->groups = 3;
		break;
	case 11:
		p->keys[0].column = TEST_SALARY;
		break;
	case 12:
		p->n_keys = 2, p->keys[1] = p->keys[0], p->groups = 16;
		break;
	case 13:
		p->columns[0] = (struct plan_column){-(INT64_C(1) << 62), INT64_C(1) << 62, true};
		break;
	case 14:
		p->n_sort = PLAN_SORT_MAX + 1;
		break;
	case 15:
		p->sort[0] = 8;
		break;
	case 16:
		p->n_ops = 0;
		break;
	case 17:
		p->n_ops = PLAN_OPS_MAX + 1;
		break;
	case 18:
		p->n_keys = 0;
		break;
	case 19:
		p->n_ops = KEEPIF;
		break; /* no TOP, but sort flags */
	default:
		p->ops[VALID - 1] = p->ops[TOP - 1]; /* two TOPs */
	}
}

static void spoilt_heads_are_refused(void **state)
{
	static const enum status expected[] = {ST_PLAN_LIMIT, ST_PLAN_LIMIT, ST_PLAN_LIMIT, ST_PLAN_LIMIT,
	    ST_PLAN_BOUND, ST_PLAN_BOUND, ST_PLAN_BOUND, ST_PLAN_LIMIT, ST_PLAN_TYPE, ST_PLAN_BOUND, ST_PLAN_BOUND,
	    ST_PLAN_LIMIT, ST_PLAN_TYPE, ST_PLAN_LIMIT, ST_PLAN_LIMIT, ST_PLAN_FORMAT, ST_PLAN_LIMIT, ST_PLAN_LIMIT,
	    ST_PLAN_BOUND, ST_PLAN_TYPE, ST_PLAN_TYPE};

	(void)state;
	for (unsigned i = 0; i < COUNT_OF(expected); i++) {
		struct plan *p = full_plan();
		uint16_t where = 99;

		spoil_head(p, i);
		assert_int_equal(plan_infer(p, &where), expected[i]);
		assert_int_equal(where, 0);
		free(p);
	}
}

static void top_needs_few_groups(void **state)
{
	struct plan *p = full_plan();
	uint16_t where;

	(void)state;
	p->columns[TEST_REGION].hi = PLAN_TOP_GROUPS_MAX;
	p->keys[0].size = p->groups = PLAN_TOP_GROUPS_MAX + 1;
	assert_int_equal(plan_infer(p, &where), ST_PLAN_LIMIT);
	assert_int_equal(where, TOP);
	free(p);
}

static void a_result_has_a_largest_size(void **state)
{
	struct plan *p = calloc(1, sizeof *p);
	uint16_t where = 99;

	(void)state;
	assert_non_null(p);
	p->rows_max = 1000;
	p->n_columns = p->n_keys = 1;
	p->columns[0] = (struct plan_column){.lo = 0, .hi = PLAN_GROUPS_MAX - 1};
	p->keys[0].size = p->groups = PLAN_GROUPS_MAX;
	uint16_t group = test_op(p, OP_GROUP, 1, 0, 2, test_op(p, OP_VALID, 0, 0, 0), test_op(p, OP_COL, 0, 0, 0));
	uint16_t count = test_op(p, OP_A2B, 0, 0, 1, test_op(p, OP_PICK, 0, 0, 1, test_op(p, OP_SUMS, 0, 0, 1, group)));
	uint16_t keep = test_op(p, OP_SUPPRESS, 0, 1, 1, count);
	for (uint16_t i = 0; i < 15; i++)
		test_op(p, OP_OUT, i, 0, 2, keep, count);
	test_op(p, OP_OUTKEEP, 0, 0, 1, keep);
	assert_int_equal(plan_result_words(p), 16);
	assert_int_equal(plan_infer(p, &where), ST_OK);
	p->n_ops--;
	test_op(p, OP_OUT, 15, 0, 2, keep, count);
	test_op(p, OP_OUTKEEP, 0, 0, 1, keep);
	assert_int_equal(plan_infer(p, &where), ST_PLAN_LIMIT);
	assert_int_equal(where, 0);
	free(p);
}

static void nullable_keys_need_their_known_bit(void **state)
{
	struct plan *p = full_plan();

	(void)state;
	p->columns[TEST_REGION].nullable = true;
	p->keys[0].size = p->groups = 5;
	assert_int_equal(plan_infer(p, NULL), ST_PLAN_TYPE);
	p->ops[EQ - 1] = (struct plan_op){.code = OP_KNOWN, .a = TEST_REGION};
	p->ops[GROUP - 1].n_in = 3;
	p->ops[GROUP - 1].in[2] = AGE_KNOWN; /* another column's */
	assert_int_equal(plan_infer(p, NULL), ST_PLAN_TYPE);
	p->ops[GROUP - 1].in[2] = EQ;
	assert_int_equal(plan_infer(p, NULL), ST_OK);
	assert_type(p, KEY, KIND_BITS, SHAPE_GROUPS, 0, 4); /* NULL is the last code */
	free(p);
}

static void prints_a_line_an_operator(void **state)
{
	struct plan *p = full_plan();
	struct buf out = {0};

	(void)state;
	assert_int_equal(plan_infer(p, NULL), ST_OK);
	plan_print(&out, p);
	buf_append(&out, "", 1);
	assert_false(out.failed);
	const char *text = (const char *)out.ptr;
	assert_non_null(strstr(text, "1 VALID() -> bits rows [0,1]\n"));
	assert_non_null(strstr(text, "\n3 COL(a=2) -> bits rows [0,90]\n"));
	assert_non_null(strstr(text, "\n11 LT(7, 3) -> bits rows [0,1]\n"));
	assert_non_null(strstr(text, "\n21 LIN(20, 19, imm=1, imm2=-3) -> words groups [-90000,3000000000000]\n"));
	assert_non_null(strstr(text, "\n36 OUTKEEP(33) -> nothing\n"));
	assert_string_equal(plan_opcode_name(OP_SUMS), "SUMS");
	assert_string_equal(plan_opcode_name((enum plan_opcode)0), "?");
	assert_string_equal(plan_opcode_name((enum plan_opcode) - 7), "?");
	for (unsigned code = 1; code < OP_COUNT_; code++)
		assert_string_not_equal(plan_opcode_name((enum plan_opcode)code), "?");
	buf_clear(&out);
	free(p);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(widths),
	    cmocka_unit_test(widths_are_least),
	    cmocka_unit_test(every_operator_has_its_type),
	    cmocka_unit_test(negative_columns_keep_their_sign),
	    cmocka_unit_test(spoilt_operators_are_refused),
	    cmocka_unit_test(arithmetic_stops_at_two_to_the_62),
	    cmocka_unit_test(sums_stop_at_two_to_the_62),
	    cmocka_unit_test(spoilt_heads_are_refused),
	    cmocka_unit_test(top_needs_few_groups),
	    cmocka_unit_test(a_result_has_a_largest_size),
	    cmocka_unit_test(nullable_keys_need_their_known_bit),
	    cmocka_unit_test(prints_a_line_an_operator),
	};
	return cmocka_run_group_tests_name("policy/plan.h: types", tests, NULL, NULL) + run_bytes_tests();
}
