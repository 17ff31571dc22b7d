/* One head of an item, decoded by libcbor and then judged by our rules. */
#ifndef BASE_CBOR_HEAD_INTERNAL_H
#define BASE_CBOR_HEAD_INTERNAL_H

#include "base/cbor.h"
#include "base/cbor_head.h"

enum { SIMPLE_FALSE = 20, SIMPLE_TRUE = 21, SIMPLE_NULL = 22 };

struct head {
	enum cbor_major major;
	uint64_t argument;  /* value, length, count, tag number or simple value */
	struct slice bytes; /* content of a byte or text string, borrowed */
	size_t size;        /* bytes of the head, and of the content of a string */
};

/* ST_OK, ST_TRUNCATED, ST_FORMAT (floats, undefined, reserved) or ST_NOT_CANONICAL (long or indefinite form).
 * Pure: consumes nothing. */
MUST_USE enum status head_decode(struct slice bytes, struct head *out);

/* What reader.c shares with any.c. */
bool reader_take(struct cbor_reader *r, struct head *out); /* the next item's head, judged by where it stands */
bool reader_open(struct cbor_reader *r, uint64_t items, bool is_map);

#endif
