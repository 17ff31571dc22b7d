/* Own rows, checked again inside: the host that read them is not believed about them. */
#include "wage_gap.h"

struct spoilt_rows {
	const char *name, *code;
	void (*spoil)(struct harness *h);
};

static int64_t own[64];
static uint8_t flags[64];

static void below_range(struct harness *h)
{
	memcpy(own, h->party[1].values[TEST_SALARY], h->party[1].rows * sizeof *own);
	own[17] = -1;
	h->party[1].values[TEST_SALARY] = own;
}

static void above_range(struct harness *h)
{
	below_range(h);
	own[17] = 100000001;
}

static void outside_domain(struct harness *h)
{
	memcpy(own, h->party[1].values[TEST_REGION], h->party[1].rows * sizeof *own);
	own[h->party[1].rows - 1] = 4;
	h->party[1].values[TEST_REGION] = own;
}

static void null_where_none_may_be(struct harness *h)
{
	below_range(h);
	own[17] = 0;
	memset(flags, 1, sizeof flags);
	flags[17] = 0;
	h->party[1].known[TEST_SALARY] = flags;
}

static void a_flag_that_is_no_bit(struct harness *h)
{
	null_where_none_may_be(h);
	flags[17] = 2;
}

static void more_rows_than_the_policy_permits(struct harness *h)
{
	h->made->rows_max_party = 38;
	h->made->plan.rows_max = 3 * 38;
	h->party[0].rows = 38;
	h->party[2].rows = 38;
}

static void rows_from_a_party_that_brings_none(struct harness *h)
{
	h->made->dataset_from = 5;
	h->made->plan.rows_max = 2 * h->made->rows_max_party;
}

static const struct spoilt_rows spoilt[] = {
    {"below range", "DATA-0004", below_range},
    {"above range", "DATA-0004", above_range},
    {"outside domain", "DATA-0004", outside_domain},
    {"NULL where none may be", "DATA-0005", null_where_none_may_be},
    {"a flag that is no bit", "DATA-0005", a_flag_that_is_no_bit},
    {"more rows than rows.max", "DATA-0006", more_rows_than_the_policy_permits},
    {"rows from a party that brings none", "DATA-0006", rows_from_a_party_that_brings_none},
};

static void bad_rows_are_refused(void **state)
{
	(void)state;
	for (size_t k = 0; k < COUNT_OF(spoilt); k++) {
		struct harness h;
		wage_open(&h, 7);
		spoilt[k].spoil(&h);
		harness_seal(&h);
		harness_run(&h);
		if (!h.party[1].faulted || strcmp(h.party[1].fault.code, spoilt[k].code) != 0)
			fail_msg("%s: %s", spoilt[k].name, h.party[1].fault.code);
		wage_assert_refused(&h, 1, spoilt[k].code);
		assert_string_equal(h.party[1].fault.blame, "south");
		assert_int_equal(h.party[1].frames[FRAME_COMMITTED], 0);
		harness_clear(&h);
	}
}

/* The message names the column, never the value or the row. */
static void a_refusal_does_not_tell_the_value(void **state)
{
	(void)state;
	struct harness h;

	wage_open(&h, 7);
	above_range(&h);
	harness_seal(&h);
	harness_run(&h);
	assert_non_null(strstr(h.party[1].fault.message, "salary"));
	assert_null(strstr(h.party[1].fault.message, "17"));
	assert_null(strstr(h.party[1].fault.message, "1000000"));
	harness_clear(&h);
}

struct bad_chunk {
	const char *name;
	unsigned nth;
	void (*change)(struct boundary_data *d);
};

static void other_total(struct boundary_data *d)
{
	d->total++;
}
static void other_column(struct boundary_data *d)
{
	d->column = TEST_AGE;
}
static void no_such_column(struct boundary_data *d)
{
	d->column = 60000;
}
static void a_gap(struct boundary_data *d)
{
	d->first_row++;
}
static void beyond_the_end(struct boundary_data *d)
{
	d->first_row = 0xfffffff0;
}
static void column_again(struct boundary_data *d)
{
	d->column = TEST_REGION;
}

static const struct bad_chunk bad_chunks[] = {
    {"total changes", 1, other_total},    {"a column the plan does not read", 0, other_column}, {"no such column", 0, no_such_column},
    {"rows are skipped", 1, a_gap},       {"rows beyond the end", 2, beyond_the_end},           {"the first column twice", 3, column_again},
    {"rows start in the middle", 0, a_gap},
};

struct chunk_ctx {
	const struct bad_chunk *bad;
	unsigned seen;
};

static bool change_chunk(struct harness *h, unsigned to, enum frame_type type, uint8_t *peer, struct buf *body)
{
	struct chunk_ctx *c = h->ctx;
	struct boundary_data d;
	struct buf changed = {0};

	(void)peer;
	if (to != 1 || type != FRAME_DATA || c->seen++ != c->bad->nth)
		return true;
	assert_int_equal(boundary_get_data(&d, buf_view(body)), ST_OK);
	c->bad->change(&d);
	boundary_put_data(&changed, &d);
	harness_push(h, to, type, 0, buf_view(&changed));
	buf_clear(&changed);
	return false;
}

static void chunks_out_of_order_are_refused(void **state)
{
	(void)state;
	for (size_t k = 0; k < COUNT_OF(bad_chunks); k++) {
		struct chunk_ctx ctx = {&bad_chunks[k], 0};
		struct harness h;
		wage_open(&h, 7);
		harness_seal(&h);
		h.ctx = &ctx;
		h.deliver = change_chunk;
		harness_run(&h);
		if (!h.party[1].faulted || strcmp(h.party[1].fault.code, "SES-0002") != 0)
			fail_msg("%s: %s", bad_chunks[k].name, h.party[1].fault.code);
		wage_assert_refused(&h, 1, "SES-0002");
		harness_clear(&h);
	}
}

static bool drop_last_column(struct harness *h, unsigned to, enum frame_type type, uint8_t *peer, struct buf *body)
{
	struct boundary_data d;

	(void)h, (void)peer;
	if (to != 1 || type != FRAME_DATA)
		return true;
	assert_int_equal(boundary_get_data(&d, buf_view(body)), ST_OK);
	return d.column == TEST_REGION;
}

static void a_missing_column_is_refused(void **state)
{
	(void)state;
	struct harness h;

	wage_open(&h, 7);
	harness_seal(&h);
	h.deliver = drop_last_column;
	harness_run(&h);
	wage_assert_refused(&h, 1, "SES-0002");
	harness_clear(&h);
}

/* Two sessions over the same rows: nothing about equality shows, because commitments are salted. */
static void commitments_hide_equal_rows(void **state)
{
	(void)state;
	struct harness h, g;

	wage_open(&h, 7);
	harness_seal(&h);
	harness_run(&h);
	wage_open(&g, 8);
	harness_seal(&g);
	harness_run(&g);
	assert_true(h.party[0].commit.len > 0 && g.party[0].commit.len > 0);
	assert_false(slice_equal(buf_view(&h.party[0].commit), buf_view(&g.party[0].commit)));
	harness_clear(&h);
	harness_clear(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(bad_rows_are_refused), cmocka_unit_test(a_refusal_does_not_tell_the_value),
	    cmocka_unit_test(chunks_out_of_order_are_refused), cmocka_unit_test(a_missing_column_is_refused),
	    cmocka_unit_test(commitments_hide_equal_rows),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
