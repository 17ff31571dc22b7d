/* Rows that fit the schema: values uniform over the declared range, a tenth of nullable ones NULL. */
#include "sim/run.h"

#include <stdlib.h>

static uint64_t draw(const struct random *rng)
{
	uint64_t v;
	rng->fill(rng->ctx, &v, sizeof v);
	return v;
}

static enum status fill_column(struct ingest_table *t, unsigned c, const struct policy_column *column, const struct random *rng)
{
	uint64_t span = (uint64_t)column->hi - (uint64_t)column->lo + 1;

	t->values[c] = calloc(t->rows ? t->rows : 1, sizeof *t->values[c]);
	t->known[c] = column->nullable ? calloc(t->rows ? t->rows : 1, 1) : NULL;
	if (!t->values[c] || (column->nullable && !t->known[c]))
		return ST_NO_MEMORY;
	for (uint32_t i = 0; i < t->rows; i++) {
		uint64_t v = draw(rng);
		bool known = !column->nullable || draw(rng) % 10 != 0;
		if (t->known[c])
			t->known[c][i] = known;
		t->values[c][i] = known ? (int64_t)((uint64_t)column->lo + (span ? v % span : v)) : 0;
	}
	return ST_OK;
}

enum status sim_random_table(struct ingest_table *out, const struct policy *p, uint32_t rows, const struct random *rng)
{
	struct ingest_table t = {.rows = rows, .columns = p->n_columns};
	enum status st = ST_OK;

	for (unsigned c = 0; st == ST_OK && c < p->n_columns; c++)
		if (p->columns[c].type != COL_TEXT)
			st = fill_column(&t, c, &p->columns[c], rng);
	if (st == ST_OK)
		*out = t;
	else
		ingest_table_clear(&t);
	return st;
}
