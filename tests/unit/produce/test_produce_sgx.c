/* produce/sgx.h: every way in which Gramine's pseudo-files may answer, or not. */
#include "fake_files.h"

#include "produce/sgx.h"

enum { TYPE, REPORT_DATA, QUOTE };
static uint8_t report_data[REPORT_DATA_LEN], quote[4600];

static struct fake_files fine(void)
{
	struct fake_files f = {.n = 3,
	    .file = {[TYPE] = {.name = "/dev/attestation/attestation_type", .content = slice_str("dcap")},
		[REPORT_DATA] = {.name = "/dev/attestation/user_report_data"},
		[QUOTE] = {.name = "/dev/attestation/quote", .content = slice_of(quote, sizeof quote)}}};

	return f;
}

static void refuses(struct fake_files f, const char *why)
{
	const struct device_calls d = fake_device(&f);
	struct buf out = {0};
	struct problem p = {0};

	assert_int_equal(produce_sgx(&out, &d, report_data, &p), ST_TEE);
	if (!strstr(p.message, why))
		fail_msg("\"%s\" does not say \"%s\"", p.message, why);
	assert_int_equal(out.len, 0);
	assert_int_equal(f.open_now, 0);
	fake_clear(&f);
	buf_clear(&out);
}

static void takes_a_quote(void **state)
{
	struct fake_files f = fine();
	const struct device_calls d = fake_device(&f);
	struct buf out = {0};
	struct problem p = {0};

	(void)state;
	f.file[TYPE].content = slice_str("dcap\n");
	f.file[QUOTE].busy = 2;
	assert_int_equal(produce_sgx(&out, &d, report_data, &p), ST_OK);
	assert_slice_equal(buf_view(&out), slice_of(quote, sizeof quote));
	assert_slice_equal(buf_view(&f.file[REPORT_DATA].written), slice_of(report_data, 64));
	assert_int_equal(f.pauses, 2);
	assert_int_equal(f.open_now, 0);
	fake_clear(&f);
	buf_clear(&out);
}

static void refuses_another_attestation_type(void **state)
{
	static const char *const types[] = {"none", "epid", "dcap2", "", "dcap\n\n"};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(types); i++) {
		struct fake_files f = fine();
		f.file[TYPE].content = slice_str(types[i]);
		refuses(f, "not set up for DCAP");
	}
	struct fake_files f = fine();
	f.file[TYPE].open_error = -ENOENT;
	refuses(f, "not run under Gramine");
}

static void refuses_quotes_that_cannot_be(void **state)
{
	(void)state;
	for (size_t n = 0; n < SGX_QUOTE_MIN; n += 31) {
		struct fake_files f = fine();
		f.file[QUOTE].content.len = n;
		refuses(f, "only");
	}
	struct fake_files f = fine();
	uint8_t other[sizeof quote];
	memcpy(other, quote, sizeof other);
	other[0] = 4;
	f.file[QUOTE].content = slice_of(other, sizeof other);
	refuses(f, "version 3");
	f = fine();
	f.endless = true;
	refuses(f, "too large");
}

static void refuses_a_quote_of_other_report_data(void **state)
{
	(void)state;
	for (size_t bit = 0; bit < 8 * REPORT_DATA_LEN; bit++) {
		struct fake_files f = fine();
		uint8_t other[sizeof quote];
		memcpy(other, quote, sizeof other);
		other[368 + bit / 8] ^= (uint8_t)(1 << bit % 8);
		f.file[QUOTE].content = slice_of(other, sizeof other);
		refuses(f, "other report data");
	}
}

static void says_the_error_of_the_system(void **state)
{
	struct fake_files f = fine();

	(void)state;
	f.file[QUOTE].read_error = -EIO;
	refuses(f, "Input/output");
	f = fine();
	f.file[REPORT_DATA].write_error = -EINVAL;
	refuses(f, "Invalid argument");
	f = fine();
	f.short_write = true;
	refuses(f, "Input/output");
	f = fine();
	f.file[QUOTE].busy = 1000;
	refuses(f, "busy");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(takes_a_quote),
	    cmocka_unit_test(refuses_another_attestation_type),
	    cmocka_unit_test(refuses_quotes_that_cannot_be),
	    cmocka_unit_test(refuses_a_quote_of_other_report_data),
	    cmocka_unit_test(says_the_error_of_the_system),
	};
	memset(report_data, 0x31, sizeof report_data);
	quote[0] = 3;
	memcpy(quote + 48 + 320, report_data, 64);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
