/*
 * A walk over the bytes of a message before protobuf-c sees them. Tables name the fields; everything else is refused:
 * unknown fields, other wire types, singular fields twice, missing ones, counts and lengths above their limit, varints that are not shortest,
 * text that is not UTF-8 or holds control characters. So unpacking allocates no more than a known multiple of the input.
 */
#ifndef WIRE_SCAN_H
#define WIRE_SCAN_H

#include "base/slice.h"
#include "base/status.h"

enum scan_type { SCAN_U32 = 1, SCAN_U64, SCAN_BOOL, SCAN_BYTES, SCAN_TEXT, SCAN_MESSAGE };

struct scan_field {
	uint8_t number; /* 1..15, ascending in the table, which ends with 0 */
	enum scan_type type;
	bool required;
	uint32_t count_max; /* times the field may occur; 1: singular */
	size_t len_min, len_max; /* SCAN_BYTES, SCAN_TEXT */
	const struct scan_field *message;
};

/* ST_OK, ST_TRUNCATED, ST_FORMAT, ST_NOT_CANONICAL, ST_UNKNOWN_FIELD, ST_DUPLICATE, ST_TOO_LARGE. */
MUST_USE enum status scan_message(struct slice bytes, const struct scan_field *fields);

/* Well-formed UTF-8 (Unicode, table 3-7) without control characters. */
bool text_is_clean(struct slice text);
/* The longest prefix of a NUL-terminated text that is clean and at most max bytes. */
size_t text_clean_prefix(const char *text, size_t max);

#endif
