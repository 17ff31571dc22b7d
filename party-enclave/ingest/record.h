/*
 * RFC 4180, one field at a time:
 *
 *   file = header *(line-end record) [line-end]      line-end = LF / CR LF
 *   record = field *("," field)
 *   field = *plain / DQUOTE *(any but DQUOTE / 2DQUOTE) DQUOTE
 *
 * A quote inside an unquoted field, text after a closing quote, a quote that never closes and a CR without its LF are
 * faults. The last line end is optional.
 */
#ifndef INGEST_RECORD_H
#define INGEST_RECORD_H

#include "base/buf.h"

struct csv_cursor {
	struct slice file;
	size_t at;
	size_t line;        /* line of the field about to be read, from 1 */
	struct buf scratch; /* a quoted field without its quotes; grows to the longest */
	const char *fault;  /* what is wrong, when a call gave ST_DATA_SYNTAX */
};
struct csv_field {
	struct slice text; /* borrows from the file or the scratch: valid until the next field */
	bool quoted;
	bool last;         /* of its record */
};

static inline bool csv_at_end(const struct csv_cursor *c)
{
	return c->at == c->file.len;
}
/* The next field and the separator behind it. ST_DATA_SYNTAX, ST_NO_MEMORY. */
MUST_USE enum status csv_next_field(struct csv_cursor *c, struct csv_field *out);

#endif
