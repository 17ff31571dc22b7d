/* Tests proto/boundary.h: headers, the table of states, bodies. tests/unit/party_core walks the table with real enclaves. */
#include "support/test.h"

#include "proto/boundary.h"

static void headers_come_back(void **state)
{
	(void)state;
	uint8_t header[FRAME_HEADER_LEN];
	enum frame_type type;
	uint8_t peer;
	size_t len;

	frame_header(header, FRAME_PEER, 2, FRAME_BODY_MAX);
	assert_int_equal(frame_header_parse(header, &type, &peer, &len), ST_OK);
	assert_true(type == FRAME_PEER && peer == 2 && len == FRAME_BODY_MAX);
	frame_header(header, FRAME_PEER, 2, (size_t)FRAME_BODY_MAX + 1);
	assert_int_equal(frame_header_parse(header, &type, &peer, &len), ST_TOO_LARGE);
	for (unsigned t = 0; t < 256; t++) {
		frame_header(header, (enum frame_type)t, 0, 0);
		bool known = (t >= FRAME_BOOT && t <= FRAME_PROVIDED) || (t >= FRAME_HELLO && t <= FRAME_RENEWAL);
		assert_int_equal(frame_header_parse(header, &type, &peer, &len), known ? ST_OK : ST_FORMAT);
		assert_int_equal(strcmp(frame_name((enum frame_type)t), "?") != 0, known);
	}
	frame_header(header, FRAME_PEER, 0, 0);
	header[6] = 1;
	assert_int_equal(frame_header_parse(header, &type, &peer, &len), ST_FORMAT);
}

/* The table again, by hand, as docs/PROTOCOL.md tells it. */
static void the_table_is_what_the_protocol_says(void **state)
{
	(void)state;
	static const char *const rows[ENC_STATES] = {
	    [ENC_COLD] = "BOOT",
	    [ENC_HELLO_SENT] = "HELLOS ABORT",
	    [ENC_EVIDENCE_SENT] = "EVIDENCES PEER ABORT",
	    [ENC_CHANNELS] = "PEER ABORT",
	    [ENC_ADMITTED] = "PROVIDED DATA DATA_END BENCH PEER ABORT",
	    [ENC_COMMITTED] = "PEER GRANT TIME RENEWALS ABORT",
	    [ENC_RUNNING] = "PEER GRANT TIME RENEWALS ABORT",
	    [ENC_CONFIRMED] = "RELEASE ABORT",
	    [ENC_ENDED] = "",
	};

	for (enum enclave_state s = ENC_COLD; s < ENC_STATES; s++) {
		char words[128];
		snprintf(words, sizeof words, " %s ", rows[s]);
		for (unsigned t = 1; t < 64; t++) {
			char word[32];
			snprintf(word, sizeof word, " %s ", frame_name((enum frame_type)t));
			assert_int_equal(boundary_permits(s, (enum frame_type)t), strstr(words, word) != NULL);
		}
	}
}

/* put, get, and neither a prefix nor an addition is taken */
#define ROUND_TRIP(put, get, type, value, tail_is_open)                                                                \
	do {                                                                                                           \
		struct buf bytes = {0};                                                                                \
		type back;                                                                                             \
		put(&bytes, &(value));                                                                                 \
		assert_int_equal(get(&back, buf_view(&bytes)), ST_OK);                                                 \
		struct buf again = {0};                                                                                \
		put(&again, &back);                                                                                    \
		assert_slice_equal(buf_view(&again), buf_view(&bytes));                                                \
		if (!(tail_is_open)) {                                                                                 \
			for (size_t n = 0; n < bytes.len; n++)                                                         \
				assert_int_not_equal(get(&back, slice_of(bytes.ptr, n)), ST_OK);                       \
			buf_append(&bytes, "x", 1);                                                                    \
			assert_int_equal(get(&back, buf_view(&bytes)), ST_TRAILING);                                   \
		}                                                                                                      \
		buf_clear(&bytes);                                                                                     \
		buf_clear(&again);                                                                                     \
	} while (0)

static void bodies_come_back(void **state)
{
	(void)state;
	static const int64_t values[3] = {1, -1, INT64_MIN};
	static const uint8_t known[3] = {1, 0, 1};
	struct boundary_boot boot = {.policy_file = slice_str("policy"), .attempt = 4, .id = "north", .time_s = -5};
	struct boundary_data with = {2, 7, 4, 3, slice_of(values, sizeof values), slice_of(known, 3)};
	struct boundary_data without = {2, 7, 4, 3, slice_of(values, sizeof values), {0}};
	struct boundary_bench bench = {3, 4, 5};
	struct boundary_quote quote = {1, slice_str("evidence"), slice_str("bundle")};
	struct boundary_renewal renewal = {.epoch = 3, .earliest_s = -1, .latest_s = 5, .roster = {9}, .n_nonces = 2, .nonces = {{1}, {2}}, .quote = quote};
	struct boundary_step step = {9, 2, 3, 4, slice_str("document")};
	struct boundary_mark mark = {1, 2, UINT64_MAX, 4};

	ROUND_TRIP(boundary_put_boot, boundary_get_boot, struct boundary_boot, boot, true);
	ROUND_TRIP(boundary_put_data, boundary_get_data, struct boundary_data, with, false);
	ROUND_TRIP(boundary_put_data, boundary_get_data, struct boundary_data, without, false);
	ROUND_TRIP(boundary_put_bench, boundary_get_bench, struct boundary_bench, bench, false);
	ROUND_TRIP(boundary_put_quote, boundary_get_quote, struct boundary_quote, quote, true);
	ROUND_TRIP(boundary_put_renewal, boundary_get_renewal, struct boundary_renewal, renewal, true);
	ROUND_TRIP(boundary_put_step, boundary_get_step, struct boundary_step, step, true);
	ROUND_TRIP(boundary_put_mark, boundary_get_mark, struct boundary_mark, mark, false);
}

static void numbers_have_four_bytes(void **state)
{
	(void)state;
	uint32_t v = 7;

	assert_int_equal(boundary_get_u32(&v, slice_str("abc")), ST_TRUNCATED);
	assert_int_equal(boundary_get_u32(&v, slice_str("abcde")), ST_TRAILING);
	assert_int_equal(v, 7);
	assert_int_equal(boundary_get_u32(&v, slice_str("abcd")), ST_OK);
	assert_int_equal(v, 0x64636261);
}

static void a_time_has_eight_bytes(void **state)
{
	(void)state;
	int64_t t = 7;
	struct buf bytes = {0};

	assert_int_equal(boundary_get_time(&t, slice_str("abcdefg")), ST_TRUNCATED);
	assert_int_equal(boundary_get_time(&t, slice_str("abcdefghi")), ST_TRAILING);
	assert_int_equal(t, 7);
	boundary_put_time(&bytes, INT64_MIN);
	assert_int_equal(boundary_get_time(&t, buf_view(&bytes)), ST_OK);
	assert_true(t == INT64_MIN);
	buf_clear(&bytes);
}

static void a_renewal_with_too_many_nonces_is_refused(void **state)
{
	(void)state;
	struct boundary_renewal r = {.epoch = 1, .n_nonces = DOC_PARTIES_MAX, .quote = {1, slice_str("evidence"), {0}}}, back;
	struct buf bytes = {0};

	boundary_put_renewal(&bytes, &r);
	assert_int_equal(boundary_get_renewal(&back, buf_view(&bytes)), ST_OK);
	for (size_t n = 0; n < bytes.len; n++)
		assert_int_not_equal(boundary_get_renewal(&back, slice_of(bytes.ptr, n)), ST_OK);
	bytes.ptr[4 + 8 + 8 + HASH_LEN]++; /* one nonce more than there is */
	assert_int_not_equal(boundary_get_renewal(&back, buf_view(&bytes)), ST_OK);
	buf_clear(&bytes);
}

static void a_boot_without_a_name_is_refused(void **state)
{
	(void)state;
	struct boundary_boot boot = {.attempt = 1}, back;
	struct buf bytes = {0};

	boundary_put_boot(&bytes, &boot);
	assert_int_equal(boundary_get_boot(&back, buf_view(&bytes)), ST_FORMAT);
	bytes.ptr[28] = 200; /* a name of 200 bytes that are not there */
	assert_int_equal(boundary_get_boot(&back, buf_view(&bytes)), ST_TRUNCATED);
	buf_clear(&bytes);
}

static void a_chunk_of_no_rows_or_too_many_is_refused(void **state)
{
	(void)state;
	uint8_t chunk[15] = {0};
	struct boundary_data d;

	assert_int_equal(boundary_get_data(&d, slice_of(chunk, sizeof chunk)), ST_FORMAT);
	put_u32le(chunk + 10, 65537);
	assert_int_equal(boundary_get_data(&d, slice_of(chunk, sizeof chunk)), ST_FORMAT);
	put_u32le(chunk + 10, 65536);
	assert_int_equal(boundary_get_data(&d, slice_of(chunk, sizeof chunk)), ST_TRUNCATED);
	chunk[14] = 2;
	assert_int_equal(boundary_get_data(&d, slice_of(chunk, sizeof chunk)), ST_FORMAT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(headers_come_back), cmocka_unit_test(the_table_is_what_the_protocol_says),
	    cmocka_unit_test(bodies_come_back), cmocka_unit_test(numbers_have_four_bytes),
	    cmocka_unit_test(a_boot_without_a_name_is_refused), cmocka_unit_test(a_time_has_eight_bytes),
	    cmocka_unit_test(a_renewal_with_too_many_nonces_is_refused), cmocka_unit_test(a_chunk_of_no_rows_or_too_many_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
