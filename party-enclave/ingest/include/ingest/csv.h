/*
 * An organisation's own CSV file (RFC 4180, UTF-8, LF or CRLF, header line) to typed column codes, checked against the
 * schema: header names in any order must be exactly the dataset's columns; an empty unquoted field is NULL. Errors name file, line, row and
 * column; the first one wins; nothing half-read comes out. Host side: these are the organisation's own rows, in the clear.
 */
#ifndef INGEST_CSV_H
#define INGEST_CSV_H

#include "base/buf.h"
#include "base/problem.h"
#include "policy/sealed.h"

struct ingest_table {
	uint32_t rows;
	uint16_t columns;
	int64_t *values[PLAN_COLUMNS_MAX]; /* [rows]; codes as in policy/plan.h; NULL pointer for text(n) columns (validated, not kept) */
	uint8_t *known[PLAN_COLUMNS_MAX];  /* [rows] 0/1; NULL pointer where the column is not nullable */
};
/* file_name is only for messages. ST_DATA_*. */
MUST_USE enum status ingest_csv(struct ingest_table *out, const struct policy *p, struct slice bytes, const char *file_name, struct problem *problem);
void ingest_table_clear(struct ingest_table *t); /* wipes */

/* One value's text ↔ code, shared with the compiler (literals) and the result table. */
MUST_USE enum status ingest_parse_int(int64_t *out, struct slice text);
MUST_USE enum status ingest_parse_decimal(int64_t *out, struct slice text, unsigned precision, unsigned scale);
MUST_USE enum status ingest_parse_date(int64_t *out, struct slice text);      /* YYYY-MM-DD */
MUST_USE enum status ingest_parse_timestamp(int64_t *out, struct slice text); /* YYYY-MM-DDTHH:MM:SSZ or with a space, no zone = UTC */

#endif
