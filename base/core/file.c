#include "base/buf.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

static enum status read_all(struct buf *b, int fd, size_t max)
{
	size_t start = b->len;

	for (;;) {
		uint8_t *room = buf_extend(b, 65536);
		if (!room)
			return ST_NO_MEMORY;
		ssize_t n = read(fd, room, 65536);
		b->len -= 65536 - (size_t)(n > 0 ? n : 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return ST_IO;
		if (b->len - start > max)
			return ST_TOO_LARGE;
		if (n == 0)
			return ST_OK;
	}
}

enum status buf_read_file(struct buf *b, const char *path, size_t max)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return ST_NO_INPUT;
	enum status st = read_all(b, fd, max);
	close(fd);
	return st;
}

static enum status write_all(int fd, struct slice bytes)
{
	while (bytes.len) {
		ssize_t n = write(fd, bytes.ptr, bytes.len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return ST_IO;
		bytes.ptr += n;
		bytes.len -= (size_t)n;
	}
	return fsync(fd) == 0 ? ST_OK : ST_IO;
}

enum status file_write(const char *path, struct slice bytes, unsigned mode)
{
	char temporary[PATH_MAX];

	if ((size_t)snprintf(temporary, sizeof temporary, "%s.%ld.part", path, (long)getpid()) >= sizeof temporary)
		return ST_CANT_CREATE;
	int fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	if (fd < 0)
		return ST_CANT_CREATE;
	enum status st = write_all(fd, bytes);
	close(fd);
	if (st == ST_OK && rename(temporary, path) != 0)
		st = ST_CANT_CREATE;
	if (st != ST_OK)
		unlink(temporary);
	return st;
}
