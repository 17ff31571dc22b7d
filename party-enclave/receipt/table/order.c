/* ORDER BY at the recipient: it sees the values anyway, so sorting tells nobody anything. Text sorts bytewise, which is
 * the order of its codes. Ties stay in group order: the sort is stable. */
#include <stdlib.h>

#include "table.h"

static int compare_cells(const struct result_cell *a, const struct result_cell *b, uint8_t flags)
{
	int sign = flags & SORT_DESC ? -1 : 1;

	if (a->null != b->null) /* NULLS FIRST and LAST do not turn round with DESC */
		return a->null == ((flags & SORT_NULLS_FIRST) != 0) ? -1 : 1;
	if (a->null || a->number == b->number)
		return 0;
	return a->number < b->number ? -sign : sign;
}

static int compare_rows(const struct result_table *t, uint32_t a, uint32_t b)
{
	for (unsigned k = 0; k < t->policy->n_order; k++) {
		const struct policy_order *o = &t->policy->order[k];
		int c = compare_cells(table_cell(t, a, o->result), table_cell(t, b, o->result), o->flags);

		if (c != 0)
			return c;
	}
	return a < b ? -1 : a > b;
}

/* Merges order[lo..mid) and order[mid..hi), each sorted. */
static void merge(const struct result_table *t, uint32_t *order, uint32_t *spare, uint32_t lo, uint32_t mid, uint32_t hi)
{
	uint32_t i = lo, j = mid;

	for (uint32_t k = lo; k < hi; k++) {
		bool left = j == hi || (i < mid && compare_rows(t, order[i], order[j]) <= 0);

		spare[k] = left ? order[i++] : order[j++];
	}
	memcpy(order + lo, spare + lo, (hi - lo) * sizeof *order);
}

static void sort_order(const struct result_table *t, uint32_t *order, uint32_t *spare)
{
	for (uint32_t run = 1; run < t->rows; run *= 2)
		for (uint32_t lo = 0; lo + run < t->rows; lo += 2 * run)
			merge(t, order, spare, lo, lo + run, lo + 2 * run < t->rows ? lo + 2 * run : t->rows);
}

enum status table_sort(struct result_table *t)
{
	uint32_t *order = calloc(2 * (size_t)t->rows + 1, sizeof *order);
	struct result_cell *sorted = calloc((size_t)t->rows * t->columns + 1, sizeof *sorted);

	if (!order || !sorted) {
		free(order);
		free(sorted);
		return ST_NO_MEMORY;
	}
	for (uint32_t row = 0; row < t->rows; row++)
		order[row] = row;
	sort_order(t, order, order + t->rows);
	for (uint32_t row = 0; row < t->rows; row++)
		memcpy(sorted + (size_t)row * t->columns, table_cell(t, order[row], 0), t->columns * sizeof *sorted);
	wipe(t->cells, (size_t)t->rows * t->columns * sizeof *t->cells);
	free(t->cells);
	free(order);
	t->cells = sorted;
	return ST_OK;
}
