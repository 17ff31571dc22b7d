/* Target: tpm_record, produce_tpm. The input is a TPM's answers one after the other, each behind a u16 LE length. Property: evidence is whole or there
 * is none, and a refusal has its sentence. */
#include "base/reader.h"
#include "produce/tpm.h"

#include <errno.h>
#include <stdlib.h>

static struct reader answers;
static struct slice current;

static int tpm_open_fake(void *ctx, const char *path, bool write)
{
	(void)ctx, (void)path, (void)write;
	return 3;
}

static ssize_t tpm_write(void *ctx, int fd, const void *bytes, size_t len)
{
	(void)ctx, (void)fd, (void)bytes;
	size_t n = rd_u16le(&answers);
	current = rd_slice(&answers, n);
	return answers.failed ? -EIO : (ssize_t)len;
}

static ssize_t tpm_read(void *ctx, int fd, void *out, size_t cap)
{
	size_t n = current.len < cap ? current.len : cap;

	(void)ctx, (void)fd;
	if (n)
		memcpy(out, current.ptr, n);
	current = slice_of(current.ptr + n, current.len - n);
	return (ssize_t)n;
}

static void tpm_close_fake(void *ctx, int fd)
{
	(void)ctx, (void)fd;
}

static void tpm_pause(void *ctx, unsigned ms)
{
	(void)ctx, (void)ms;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct device_calls d = {
	    .open = tpm_open_fake, .read = tpm_read, .write = tpm_write, .close = tpm_close_fake, .pause = tpm_pause};
	uint8_t measurement[TPM_MEASUREMENT_LEN], report_data[REPORT_DATA_LEN];
	struct problem p = {0}, q = {0};
	struct buf out = {0};

	memset(measurement, 0x3c, sizeof measurement);
	for (size_t i = 0; i < sizeof report_data; i++)
		report_data[i] = (uint8_t)(i + 1);
	answers = (struct reader){.rest = {data, size}};
	enum status st = produce_tpm(&out, &d, "fuzz", measurement, report_data, &p);
	if (st == ST_OK ? out.len < 400 || !memmem(out.ptr, out.len, report_data, sizeof report_data) : out.len > 0 || !p.message[0])
		abort();
	answers = (struct reader){.rest = {data, size}};
	if (tpm_record(&d, "fuzz", measurement, &q) != ST_OK && !q.message[0])
		abort();
	buf_clear(&out);
	return 0;
}
