/* A device of files in memory, for producers that read and write: each path has bytes or an error; every call is counted. */
#ifndef TESTS_UNIT_PRODUCE_FAKE_FILES_H
#define TESTS_UNIT_PRODUCE_FAKE_FILES_H

#include "support/test.h"

#include "produce/device.h"

#include <errno.h>

enum { FAKE_FILES_MAX = 8, FAKE_CHUNK = 100 };
struct fake_file {
	const char *name; /* the end of the path */
	struct slice content;
	int open_error, read_error, write_error;
	int busy; /* so many times -EBUSY at open first */
	size_t at;
	struct buf written;
};
struct fake_files {
	struct fake_file file[FAKE_FILES_MAX];
	size_t n;
	int mkdir_error, mkdir_eexist;
	unsigned open_now, mkdirs, rmdirs, pauses;
	uint64_t generation, bump_by; /* generation rises by bump_by per write */
	char generation_text[32];
	bool short_write, endless; /* endless: the last file never ends */
	bool (*on_open)(struct fake_files *f, struct fake_file *file); /* sees each opening */
};

static struct fake_file *fake_find(struct fake_files *f, const char *path)
{
	for (size_t i = 0; i < f->n; i++) {
		size_t len = strlen(f->file[i].name), all = strlen(path);
		if (all >= len && strcmp(path + all - len, f->file[i].name) == 0)
			return &f->file[i];
	}
	return NULL;
}

static int fake_open(void *ctx, const char *path, bool write)
{
	struct fake_files *f = ctx;
	struct fake_file *file = fake_find(f, path);

	(void)write;
	if (!file)
		return -ENOENT;
	if (file->busy > 0 && file->busy--)
		return -EBUSY;
	if (file->open_error)
		return file->open_error;
	if (f->on_open)
		f->on_open(f, file);
	file->at = 0;
	f->open_now++;
	return (int)(file - f->file) + 10;
}

static ssize_t fake_read(void *ctx, int fd, void *out, size_t cap)
{
	struct fake_files *f = ctx;
	struct fake_file *file = &f->file[fd - 10];
	size_t n = file->content.len - file->at;

	if (file->read_error)
		return file->read_error;
	n = n < cap ? n : cap;
	n = n < FAKE_CHUNK ? n : FAKE_CHUNK;
	if (n == 0 && f->endless && file == &f->file[f->n - 1]) {
		n = cap < FAKE_CHUNK ? cap : FAKE_CHUNK;
		memset(out, 0x5a, n);
		return (ssize_t)n;
	}
	if (n)
		memcpy(out, file->content.ptr + file->at, n);
	file->at += n;
	return (ssize_t)n;
}

static ssize_t fake_write(void *ctx, int fd, const void *bytes, size_t len)
{
	struct fake_files *f = ctx;
	struct fake_file *file = &f->file[fd - 10];

	if (file->write_error)
		return file->write_error;
	buf_reset(&file->written);
	buf_append(&file->written, bytes, len);
	f->generation += f->bump_by;
	return (ssize_t)(f->short_write ? len - 1 : len);
}

static int fake_ioctl(void *ctx, int fd, unsigned long request, void *arg)
{
	(void)ctx, (void)fd, (void)request, (void)arg;
	return -ENOTTY;
}

static void fake_close(void *ctx, int fd)
{
	(void)fd;
	((struct fake_files *)ctx)->open_now--;
}

static int fake_mkdir(void *ctx, const char *path)
{
	struct fake_files *f = ctx;

	assert_non_null(strstr(path, "/parley-"));
	if (f->mkdir_error)
		return f->mkdir_error;
	if (f->mkdir_eexist > 0 && f->mkdir_eexist--)
		return -EEXIST;
	f->mkdirs++;
	return 0;
}

static int fake_rmdir(void *ctx, const char *path)
{
	(void)path;
	((struct fake_files *)ctx)->rmdirs++;
	return 0;
}

static void fake_pause(void *ctx, unsigned ms)
{
	assert_true(ms < 5000);
	((struct fake_files *)ctx)->pauses++;
}

static inline struct device_calls fake_device(struct fake_files *f)
{
	return (struct device_calls){.ctx = f,
	    .open = fake_open,
	    .read = fake_read,
	    .write = fake_write,
	    .ioctl = fake_ioctl,
	    .close = fake_close,
	    .mkdir = fake_mkdir,
	    .rmdir = fake_rmdir,
	    .pause = fake_pause};
}

static inline void fake_clear(struct fake_files *f)
{
	for (size_t i = 0; i < f->n; i++)
		buf_clear(&f->file[i].written);
}

#endif
