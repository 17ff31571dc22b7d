/* Target: produce_nitro. Property: a document comes out only when it stands in the answer and holds the report data; else nothing does. */
#include "produce/nitro.h"

#include <stdlib.h>

static struct slice answer;

static int nsm_open(void *ctx, const char *path, bool write)
{
	(void)ctx, (void)path, (void)write;
	return 3;
}

static int nsm_ioctl(void *ctx, int fd, unsigned long request, void *arg)
{
	struct nsm_message *m = arg;

	(void)ctx, (void)fd, (void)request;
	size_t n = answer.len < m->response.len ? answer.len : (size_t)m->response.len;
	memcpy((void *)(uintptr_t)m->response.address, answer.ptr, n);
	m->response.len = n;
	return 0;
}

static void nsm_close(void *ctx, int fd)
{
	(void)ctx, (void)fd;
}

static void nsm_pause(void *ctx, unsigned ms)
{
	(void)ctx, (void)ms;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct device_calls d = {.open = nsm_open, .ioctl = nsm_ioctl, .close = nsm_close, .pause = nsm_pause};
	const uint8_t report_data[REPORT_DATA_LEN] = {0};
	struct problem p = {0};
	struct buf out = {0};

	if (size == 0)
		return 0;
	answer = slice_of(data, size);
	enum status st = produce_nitro(&out, &d, report_data, &p);
	if (st == ST_OK ? out.len < REPORT_DATA_LEN || !memmem(data, size, out.ptr, out.len) : out.len > 0 || !p.message[0])
		abort();
	buf_clear(&out);
	return 0;
}
