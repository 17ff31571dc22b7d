/*
 * An organisation's own CSV file (RFC 4180, UTF-8, LF or CRLF, header line) to typed column codes, checked against the
 * schema. Host side: these are the organisation's own rows, in the clear. Pure: bytes in, columns out.
 *
 *   header   names in any order, exactly the dataset's columns
 *   NULL     an empty field without quotes; "" is the empty text
 *   values   forms of policy/value.h; text is taken as it stands, spaces included; a byte order mark is skipped
 *
 * The first fault wins and nothing half-read comes out. `where` is "FILE:LINE row ROW column NAME" (line counts line ends
 * of the file, row counts records after the header, both from 1). `message` and `fix` never hold a value of the file, since
 * a host may pass them on; `excerpt` may show the one cell at fault, for the organisation's own eyes.
 *
 *   ST_DATA_EMPTY    no byte at all            ST_DATA_TYPE   not of the column's type, or a text(n) too long
 *   ST_DATA_NUL      a NUL byte                ST_DATA_RANGE  outside the declared range or domain
 *   ST_DATA_SYNTAX   not RFC 4180 or not UTF-8 ST_DATA_NULL   NULL in a column that is not nullable
 *   ST_DATA_HEADER   wrong, missing or doubled column name
 *   ST_DATA_ROWS     more rows than rows.max; ST_NO_MEMORY
 *
 * Cost: one pass, no allocation per row; about a second for 1,000,000 rows of 15 columns.
 */
#ifndef INGEST_CSV_H
#define INGEST_CSV_H

#include "base/buf.h"
#include "base/problem.h"
#include "policy/sealed.h"

struct ingest_table {
	uint32_t rows;
	uint16_t columns;
	int64_t *values[PLAN_COLUMNS_MAX]; /* [rows]; codes as in policy/plan.h, 0 where NULL; NULL pointer for text(n)
	                                      columns and columns not asked for (validated, not kept) */
	uint8_t *known[PLAN_COLUMNS_MAX];  /* [rows] 0/1; NULL pointer where the column is not nullable or not kept */
};

/* file_name is only for messages. out is written only on ST_OK. */
MUST_USE enum status ingest_csv(struct ingest_table *out, const struct policy *p, struct slice bytes,
    const char *file_name, struct problem *problem);
/* The same, keeping only the columns whose bit is set; every column is validated. */
MUST_USE enum status ingest_csv_columns(struct ingest_table *out, const struct policy *p, uint64_t keep,
    struct slice bytes, const char *file_name, struct problem *problem);
/* Bit i: the plan reads dataset column i. */
uint64_t ingest_columns_of_plan(const struct plan *plan);
void ingest_table_clear(struct ingest_table *t); /* wipes and frees; may run twice */

#endif
