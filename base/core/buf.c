#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

uint8_t *buf_extend(struct buf *b, size_t len)
{
	static uint8_t nothing; /* where the room of length zero in an empty buffer is */

	if (b->failed || len > SIZE_MAX / 2 - b->len || (b->limit && b->len + len > b->limit)) {
		b->failed = true;
		return NULL;
	}
	if (b->len + len > b->cap) {
		size_t cap = b->cap ? b->cap : 256;
		while (cap < b->len + len)
			cap *= 2;
		uint8_t *grown = realloc(b->ptr, cap);
		if (!grown) {
			b->failed = true;
			return NULL;
		}
		b->ptr = grown;
		b->cap = cap;
	}
	if (!b->ptr)
		return &nothing;
	b->len += len;
	return b->ptr + b->len - len;
}

void buf_append(struct buf *b, const void *bytes, size_t len)
{
	if (len == 0)
		return; /* b->ptr may be NULL, and then even + 0 is undefined */
	uint8_t *room = buf_extend(b, len);
	if (room)
		memcpy(room, bytes, len);
}

void buf_append_str(struct buf *b, const char *text)
{
	buf_append(b, text, strlen(text));
}

void buf_printf(struct buf *b, const char *format, ...)
{
	va_list args, again;

	va_start(args, format);
	va_copy(again, args);
	int n = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (n < 0) {
		b->failed = true;
	} else {
		char *room = (char *)buf_extend(b, (size_t)n + 1);
		if (room) {
			vsnprintf(room, (size_t)n + 1, format, again);
			b->len--;
		}
	}
	va_end(again);
}

void buf_reset(struct buf *b)
{
	b->len = 0;
	b->failed = false;
}

void buf_clear(struct buf *b)
{
	free(b->ptr);
	*b = (struct buf){0};
}
