/* One field to the code of its column. */
#ifndef INGEST_CELL_H
#define INGEST_CELL_H

#include "domain.h"
#include "record.h"

struct cell_rules { /* of one column */
	const struct policy_column *column;
	struct domain_index domain; /* COL_TEXT_DOMAIN */
};
MUST_USE enum status cell_rules_init(struct cell_rules *r, const struct policy *p, const struct policy_column *c);
void cell_rules_clear(struct cell_rules *r);
/* Code 0 and known 0 for NULL. ST_DATA_TYPE, ST_DATA_RANGE, ST_DATA_NULL. */
MUST_USE enum status cell_code(const struct cell_rules *r, const struct csv_field *f, int64_t *code, uint8_t *known);
/* Appends why cell_code refused, without the value: "is outside 0 .. 1000000". */
void cell_explain(struct buf *out, const struct cell_rules *r, const struct csv_field *f, enum status st);

#endif
