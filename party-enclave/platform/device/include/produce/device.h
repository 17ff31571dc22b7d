/*
 * What a TEE's device takes: a table of system calls. A producer reaches its device through this table alone, so tests put
 * a device that lies in its place; programs use device_system. Every call gives -errno on failure, never -EINTR.
 * The helpers are bounded and leave nothing open behind them.
 */
#ifndef PRODUCE_DEVICE_H
#define PRODUCE_DEVICE_H

#include "base/buf.h"
#include "base/problem.h"

#include <sys/types.h>

enum { REPORT_DATA_LEN = 64, DEVICE_TRIES = 6, DEVICE_PAUSE_MS = 50 };

struct device_calls {
	void *ctx;
	int (*open)(void *ctx, const char *path, bool write); /* reading, or reading and writing */
	ssize_t (*read)(void *ctx, int fd, void *out, size_t cap);
	ssize_t (*write)(void *ctx, int fd, const void *bytes, size_t len);
	int (*ioctl)(void *ctx, int fd, unsigned long request, void *arg);
	void (*close)(void *ctx, int fd);
	int (*mkdir)(void *ctx, const char *path);
	int (*rmdir)(void *ctx, const char *path);
	void (*pause)(void *ctx, unsigned ms);
};
extern const struct device_calls device_system;

/* Worth another try: the device is busy with somebody else's request. */
bool device_busy(int error);
/* The whole file appended to out, at most max bytes: 0 or -errno; -EFBIG when there is more, -ENOMEM. */
int device_read_file(const struct device_calls *d, const char *path, struct buf *out, size_t max);
/* One write of all bytes, as devices want it: 0 or -errno; -EIO when fewer were taken. */
int device_write_file(const struct device_calls *d, const char *path, struct slice bytes);
/* ST_TEE, "PATH: cannot WHAT: the error's text". */
enum status device_problem(struct problem *p, const char *path, const char *what, int error);

#endif
