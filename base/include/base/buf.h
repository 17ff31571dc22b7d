/*
 * A byte buffer that grows. Failure sticks: append as often as you like, ask `failed` once at the end.
 * For public bytes and ciphertext, files and messages. Growing copies and does not wipe, so secrets live elsewhere.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/slice.h"
#include "base/status.h"

struct buf {
	uint8_t *ptr;
	size_t len, cap;
	bool failed; /* an allocation failed, or `limit` was reached; nothing is appended from then on */
	size_t limit; /* 0: none */
};

void buf_append(struct buf *b, const void *bytes, size_t len);
void buf_append_str(struct buf *b, const char *text);
void buf_printf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Room for len bytes at the end, already counted in b->len; NULL when it failed. Valid until the next append. */
uint8_t *buf_extend(struct buf *b, size_t len);
void buf_reset(struct buf *b); /* empty again, keeps the storage */
void buf_clear(struct buf *b); /* frees; may run twice */
static inline struct slice buf_view(const struct buf *b)
{
	return (struct slice){b->ptr, b->len};
}
static inline enum status buf_status(const struct buf *b)
{
	return b->failed ? ST_NO_MEMORY : ST_OK;
}
/* Whole file into `b` (appended), at most `max` bytes: ST_NO_INPUT, ST_TOO_LARGE, ST_IO, ST_NO_MEMORY. */
MUST_USE enum status buf_read_file(struct buf *b, const char *path, size_t max);
/* Creates or replaces by rename, so that a reader never sees half a file. mode as for open(2).
 * ST_CANT_CREATE or ST_IO. */
MUST_USE enum status file_write(const char *path, struct slice bytes, unsigned mode);

#endif
