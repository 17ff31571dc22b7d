/* The header line: which field of a record is which column of the dataset. */
#ifndef INGEST_HEADER_H
#define INGEST_HEADER_H

#include "base/problem.h"
#include "policy/sealed.h"
#include "record.h"

/* Reads the first record. map[field] = dataset column; every column once. */
MUST_USE enum status csv_header(uint16_t map[static PLAN_COLUMNS_MAX], struct csv_cursor *c, const struct policy *p,
    const char *file_name, struct problem *problem);

#endif
