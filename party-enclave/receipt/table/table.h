/* Inside the result table: cells, then the order of its rows. */
#ifndef RECEIPT_TABLE_H
#define RECEIPT_TABLE_H

#include "receipt/receipt.h"

static inline const struct result_cell *table_cell(const struct result_table *t, uint32_t row, uint32_t column)
{
	return &t->cells[(size_t)row * t->columns + column];
}
/* Sorts the rows, which stand in group order, as the policy's ORDER BY says; stable. */
MUST_USE enum status table_sort(struct result_table *t);

#endif
