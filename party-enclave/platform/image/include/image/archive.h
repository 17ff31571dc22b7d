/*
 * The archive of an enclave image: a cpio in the "newc" form (Linux, Documentation/driver-api/early-userspace/buffer-format.rst), which a
 * kernel unpacks as its first root file system. One set of files has one archive: sorted names, owner and group 0, time 0, numbered
 * inodes, nothing else. The reader takes only what the writer makes. Pure.
 */
#ifndef IMAGE_ARCHIVE_H
#define IMAGE_ARCHIVE_H

#include "base/buf.h"

enum { ARCHIVE_ENTRIES_MAX = 64, ARCHIVE_NAME_MAX = 200 };
enum archive_mode { ARCHIVE_FOLDER = 040755, ARCHIVE_PROGRAM = 0100555, ARCHIVE_FILE = 0100444, ARCHIVE_LINK = 0120777 };
struct archive_entry {
	char name[ARCHIVE_NAME_MAX]; /* "lib/x86_64-linux-gnu/libc.so.6": no leading slash */
	enum archive_mode mode;
	struct slice content; /* of a link: where it leads */
};
struct archive {
	struct archive_entry entry[ARCHIVE_ENTRIES_MAX]; /* names ascend strictly, so folders stand before what is in them */
	size_t n;
};
/* Adds a file by its absolute path and every folder above it, in order. ST_TOO_LARGE, ST_DUPLICATE. */
MUST_USE enum status archive_add(struct archive *a, const char *path, enum archive_mode mode, struct slice content);
void archive_write(struct buf *out, const struct archive *a);
/* Contents borrow from `bytes`. ST_FORMAT, ST_TRUNCATED, ST_TRAILING, ST_TOO_LARGE. */
MUST_USE enum status archive_read(struct archive *out, struct slice bytes);

#endif
