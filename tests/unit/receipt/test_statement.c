/* COMMIT and RECEIPT payloads: one encoding, everything else refused. */
#include "../../support/test.h"
#include "base/cbor.h"
#include "session.h"

static struct session *s;

static int setup(void **state)
{
	(void)state;
	s = session_new(1, 1, 5);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	session_free(s);
	return 0;
}

static void a_receipt_comes_back_as_it_was(void **state)
{
	struct receipt_statement back;
	struct buf payload = {0}, again = {0};

	(void)state;
	for (unsigned i = 0; i < N; i++) {
		buf_reset(&payload);
		buf_reset(&again);
		receipt_statement_encode(&payload, s->policy, &s->receipts[i]);
		assert_int_equal(receipt_statement_decode(&back, s->policy, buf_view(&payload)), ST_OK);
		assert_string_equal(back.id, s->policy->parties[i].id);
		assert_int_equal(back.n_parts, 2);
		assert_int_equal(back.part_recipient[1], 2);
		assert_int_equal(back.latest_s, s->receipts[i].latest_s);
		receipt_statement_encode(&again, s->policy, &back);
		assert_slice_equal(buf_view(&payload), buf_view(&again));
	}
	assert_true(payload.len <= 4096); /* docs/PROTOCOL.md, section 10 */
	buf_clear(&payload);
	buf_clear(&again);
}

static void a_commit_comes_back_as_it_was(void **state)
{
	struct commit_statement back;
	struct buf payload = {0}, again = {0};

	(void)state;
	commit_statement_encode(&payload, &s->commits[1]);
	assert_int_equal(commit_statement_decode(&back, buf_view(&payload)), ST_OK);
	assert_int_equal(back.rows, 101);
	commit_statement_encode(&again, &back);
	assert_slice_equal(buf_view(&payload), buf_view(&again));
	buf_clear(&payload);
	buf_clear(&again);
}

static void refuses_every_truncation_and_a_byte_too_many(void **state)
{
	struct receipt_statement r;
	struct commit_statement c;
	struct buf receipt = {0}, commit = {0};

	(void)state;
	receipt_statement_encode(&receipt, s->policy, &s->receipts[0]);
	commit_statement_encode(&commit, &s->commits[0]);
	for (size_t n = 0; n < receipt.len; n++)
		assert_int_not_equal(receipt_statement_decode(&r, s->policy, slice_of(receipt.ptr, n)), ST_OK);
	for (size_t n = 0; n < commit.len; n++)
		assert_int_not_equal(commit_statement_decode(&c, slice_of(commit.ptr, n)), ST_OK);
	buf_append(&receipt, "", 1);
	buf_append(&commit, "", 1);
	assert_int_equal(receipt_statement_decode(&r, s->policy, buf_view(&receipt)), ST_TRAILING);
	assert_int_equal(commit_statement_decode(&c, buf_view(&commit)), ST_TRAILING);
	buf_clear(&receipt);
	buf_clear(&commit);
}

static void refuses_a_part_for_nobody_and_a_twelfth_field(void **state)
{
	struct receipt_statement r;
	struct buf payload = {0};
	uint8_t *at;

	(void)state;
	receipt_statement_encode(&payload, s->policy, &s->receipts[0]);
	at = memmem(payload.ptr, payload.len, "\x82\x64west", 6); /* [recipient id, ... */
	assert_non_null(at);
	memcpy(at + 2, "east", 4);
	assert_int_equal(receipt_statement_decode(&r, s->policy, buf_view(&payload)), ST_FORMAT);
	memcpy(at + 2, "west", 4);
	assert_int_equal(payload.ptr[0], 0xab);
	payload.ptr[0] = 0xac;
	cbor_put_u64(&payload, 12);
	cbor_put_u64(&payload, 0);
	assert_int_equal(receipt_statement_decode(&r, s->policy, buf_view(&payload)), ST_FORMAT);
	buf_clear(&payload);
}

int main(void)
{
#define EACH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
	    EACH(a_receipt_comes_back_as_it_was),
	    EACH(a_commit_comes_back_as_it_was),
	    EACH(refuses_every_truncation_and_a_byte_too_many),
	    EACH(refuses_a_part_for_nobody_and_a_twelfth_field),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
