#include "produce/device.h"

#include <errno.h>

bool device_busy(int error)
{
	return error == -EBUSY || error == -EAGAIN || error == -EINTR || error == -ETIMEDOUT;
}

int device_read_file(const struct device_calls *d, const char *path, struct buf *out, size_t max)
{
	size_t start = out->len;
	ssize_t n = 0;
	int fd = d->open(d->ctx, path, false);

	if (fd < 0)
		return fd;
	/* one byte more than permitted is room enough to see that there is more */
	while (out->len - start <= max) {
		size_t cap = max + 1 - (out->len - start);
		uint8_t *room = buf_extend(out, cap);
		n = room ? d->read(d->ctx, fd, room, cap) : -ENOMEM;
		if (n > (ssize_t)cap)
			n = -EIO;
		if (room)
			out->len -= cap - (size_t)(n > 0 ? n : 0);
		if (n <= 0)
			break;
	}
	d->close(d->ctx, fd);
	if (n >= 0 && out->len - start > max)
		n = -EFBIG;
	if (n < 0)
		out->len = start;
	return n < 0 ? (int)n : 0;
}

int device_write_file(const struct device_calls *d, const char *path, struct slice bytes)
{
	int fd = d->open(d->ctx, path, true);

	if (fd < 0)
		return fd;
	ssize_t n = d->write(d->ctx, fd, bytes.ptr, bytes.len);
	d->close(d->ctx, fd);
	if (n < 0)
		return (int)n;
	return (size_t)n == bytes.len ? 0 : -EIO;
}

enum status device_problem(struct problem *p, const char *path, const char *what, int error)
{
	return problem_set(p, ST_TEE, path, NULL, "cannot %s: %s", what, strerror(-error));
}
