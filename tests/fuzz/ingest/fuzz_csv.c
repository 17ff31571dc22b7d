/* Target: ingest_csv. Property: what is accepted lies inside the schema; what is refused has a DATA code and a place. */
#include <stdlib.h>

#include "../../unit/ingest/schema.h"
#include "ingest/csv.h"

static void check(bool holds)
{
	if (!holds)
		abort();
}

static void check_table(const struct ingest_table *t, const struct policy *p)
{
	check(t->rows <= p->rows_max_party && t->columns == p->n_columns);
	for (unsigned i = 0; i < t->columns; i++) {
		const struct policy_column *c = &p->columns[i];

		check((t->values[i] == NULL) == (c->type == COL_TEXT));
		check((t->known[i] != NULL) == (c->nullable && c->type != COL_TEXT));
		for (uint32_t row = 0; t->values[i] && row < t->rows; row++) {
			bool known = !t->known[i] || t->known[i][row];

			check(known ? t->values[i][row] >= c->lo && t->values[i][row] <= c->hi : t->values[i][row] == 0);
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct policy *p = schema_of_every_type();
	struct ingest_table t = {0};
	struct problem problem = {0};
	enum status st = ingest_csv(&t, p, slice_of(data, size), "fuzz.csv", &problem);

	if (st == ST_OK)
		check_table(&t, p);
	else
		check(problem.st == st && problem.where[0] && problem.message[0] && !strncmp(status_code(st), "DATA-", 5));
	ingest_table_clear(&t);
	return 0;
}
