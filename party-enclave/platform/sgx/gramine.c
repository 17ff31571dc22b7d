/* Type, report data in, quote out. The quote is made when its file is opened, so the order of these calls is the protocol. */
#include "produce/sgx.h"

#include <errno.h>

/* In a quote of version 3: 48 bytes of header, then the report body, whose last 64 bytes are the report data. */
enum { QUOTE_VERSION = 3, QUOTE_REPORT_DATA = 48 + 320 };

static enum status check_type(const struct device_calls *d, struct problem *p)
{
	struct buf type = {0};
	int error = device_read_file(d, GRAMINE_TYPE, &type, 32);
	enum status st = ST_OK;

	if (error == -ENOENT)
		st = problem_set(p, ST_TEE, GRAMINE_TYPE, "start the enclave with gramine-sgx",
		    "this process does not run under Gramine");
	else if (error < 0)
		st = device_problem(p, GRAMINE_TYPE, "read the attestation type", error);
	else if (!slice_equal(buf_view(&type), slice_str("dcap")) && !slice_equal(buf_view(&type), slice_str("dcap\n")))
		st = problem_set(p, ST_TEE, GRAMINE_TYPE,
		    "set sgx.remote_attestation = \"dcap\" in the Gramine manifest",
		    "the enclave is not set up for DCAP attestation");
	buf_clear(&type);
	return st;
}

static enum status check_quote(struct slice quote, const uint8_t report_data[static REPORT_DATA_LEN], struct problem *p)
{
	if (quote.len < SGX_QUOTE_MIN)
		return problem_set(p, ST_TEE, GRAMINE_QUOTE, NULL, "the quote has only %zu bytes", quote.len);
	if (quote.ptr[0] != QUOTE_VERSION || quote.ptr[1] != 0)
		return problem_set(p, ST_TEE, GRAMINE_QUOTE, NULL, "not a quote of version 3");
	if (memcmp(quote.ptr + QUOTE_REPORT_DATA, report_data, REPORT_DATA_LEN) != 0)
		return problem_set(p, ST_TEE, GRAMINE_QUOTE, NULL, "the quote is of other report data");
	return ST_OK;
}

/* The quoting enclave's service may be busy or restarting. */
static int get_quote(const struct device_calls *d, const uint8_t report_data[static REPORT_DATA_LEN], struct buf *quote)
{
	int error = -EAGAIN;

	for (int i = 0; i < DEVICE_TRIES && device_busy(error); i++) {
		if (i > 0)
			d->pause(d->ctx, DEVICE_PAUSE_MS << i);
		error = device_write_file(d, GRAMINE_REPORT_DATA, slice_of(report_data, REPORT_DATA_LEN));
		if (error == 0)
			error = device_read_file(d, GRAMINE_QUOTE, quote, SGX_QUOTE_MAX);
	}
	return error;
}

enum status produce_sgx(struct buf *evidence, const struct device_calls *d,
    const uint8_t report_data[static REPORT_DATA_LEN], struct problem *p)
{
	struct buf quote = {0};
	enum status st;
	int error;

	TRY(check_type(d, p));
	error = get_quote(d, report_data, &quote);
	if (error < 0)
		TRY(device_problem(p, GRAMINE_QUOTE, "get a quote", error));
	TRY(check_quote(buf_view(&quote), report_data, p));
	buf_append(evidence, quote.ptr, quote.len);
	st = buf_status(evidence);
out:
	buf_clear(&quote);
	return st;
}
