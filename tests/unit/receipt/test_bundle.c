/* The bundle and the result file as containers. */
#include "../../support/test.h"
#include "session.h"

static struct session *s;

static int setup(void **state)
{
	(void)state;
	s = session_new(1, 1, 7);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	session_free(s);
	return 0;
}

static void a_bundle_comes_back_as_it_was(void **state)
{
	struct receipt_bundle b = session_bundle(s), back;
	struct buf bytes = {0}, again = {0};

	(void)state;
	receipt_bundle_encode(&bytes, &b);
	assert_int_equal(receipt_bundle_decode(&back, buf_view(&bytes)), ST_OK);
	assert_slice_equal(back.policy_file, b.policy_file);
	for (unsigned i = 0; i < N; i++) {
		assert_slice_equal(back.evidences[i].endorsement, b.evidences[i].endorsement);
		assert_slice_equal(back.receipts[i], b.receipts[i]);
	}
	receipt_bundle_encode(&again, &back);
	assert_slice_equal(buf_view(&bytes), buf_view(&again));
	buf_clear(&bytes);
	buf_clear(&again);
}

static void refuses_every_truncation_of_a_bundle(void **state)
{
	struct receipt_bundle b = session_bundle(s), back;
	struct buf bytes = {0};

	(void)state;
	receipt_bundle_encode(&bytes, &b);
	for (size_t n = 0; n < bytes.len; n++)
		assert_int_not_equal(receipt_bundle_decode(&back, slice_of(bytes.ptr, n)), ST_OK);
	buf_append(&bytes, "", 1);
	assert_int_equal(receipt_bundle_decode(&back, buf_view(&bytes)), ST_TRAILING);
	buf_clear(&bytes);
}

static void a_result_file_comes_back_and_its_truncations_do_not(void **state)
{
	struct slice bundle = slice_str("bundle"), parts[N] = {slice_str("a"), slice_str("bb"), slice_str("ccc")};
	struct slice back, back_parts[N];
	struct buf bytes = {0};

	(void)state;
	result_file_encode(&bytes, bundle, parts);
	assert_int_equal(result_file_decode(&back, back_parts, buf_view(&bytes)), ST_OK);
	assert_slice_equal(back, bundle);
	for (unsigned i = 0; i < N; i++)
		assert_slice_equal(back_parts[i], parts[i]);
	for (size_t n = 0; n < bytes.len; n++) {
		back = slice_str("untouched");
		assert_int_not_equal(result_file_decode(&back, back_parts, slice_of(bytes.ptr, n)), ST_OK);
		assert_slice_equal(back, slice_str("untouched"));
	}
	buf_append(&bytes, "", 1);
	assert_int_equal(result_file_decode(&back, back_parts, buf_view(&bytes)), ST_TRAILING);
	buf_clear(&bytes);
}

int main(void)
{
#define EACH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
	    EACH(a_bundle_comes_back_as_it_was),
	    EACH(refuses_every_truncation_of_a_bundle),
	    EACH(a_result_file_comes_back_and_its_truncations_do_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
