/* The table's real implementation. The only file of the producers that calls the system. */
#include "produce/device.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

static int system_open(void *ctx, const char *path, bool write_too)
{
	int fd;

	(void)ctx;
	do
		fd = open(path, (write_too ? O_RDWR : O_RDONLY) | O_CLOEXEC);
	while (fd < 0 && errno == EINTR);
	/* configfs attributes that are only written have mode 0200 */
	if (fd < 0 && write_too && errno == EACCES)
		fd = open(path, O_WRONLY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static ssize_t system_read(void *ctx, int fd, void *out, size_t cap)
{
	ssize_t n;

	(void)ctx;
	do
		n = read(fd, out, cap);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

static ssize_t system_write(void *ctx, int fd, const void *bytes, size_t len)
{
	ssize_t n;

	(void)ctx;
	do
		n = write(fd, bytes, len);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

static int system_ioctl(void *ctx, int fd, unsigned long request, void *arg)
{
	int n;

	(void)ctx;
	do
		n = ioctl(fd, request, arg);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

static void system_close(void *ctx, int fd)
{
	(void)ctx;
	close(fd);
}

static int system_mkdir(void *ctx, const char *path)
{
	(void)ctx;
	return mkdir(path, 0700) < 0 ? -errno : 0;
}

static int system_rmdir(void *ctx, const char *path)
{
	(void)ctx;
	return rmdir(path) < 0 ? -errno : 0;
}

static void system_pause(void *ctx, unsigned ms)
{
	(void)ctx;
	poll(NULL, 0, (int)ms);
}

const struct device_calls device_system = {.open = system_open,
    .read = system_read,
    .write = system_write,
    .ioctl = system_ioctl,
    .close = system_close,
    .mkdir = system_mkdir,
    .rmdir = system_rmdir,
    .pause = system_pause};
