/* Own rows into the own enclave: the columns the plan reads, column after column, in chunks of at most 65,536 rows. */
#include "host_private.h"

static bool feed_chunk(struct host *h, unsigned column, uint32_t first, uint32_t rows)
{
	const struct ingest_table *t = h->cfg.table;
	struct boundary_data chunk = {.column = (uint16_t)column, .total = t->rows, .first_row = first, .rows = rows};

	chunk.values = slice_of(t->values[column] + first, rows * sizeof *t->values[column]);
	if (t->known[column])
		chunk.known = slice_of(t->known[column] + first, rows);
	buf_reset(&h->scratch);
	boundary_put_data(&h->scratch, &chunk);
	bool ok = host_check(h, buf_status(&h->scratch), "reading rows") && host_emit(h, FRAME_DATA, 0, buf_view(&h->scratch));
	wipe(h->scratch.ptr, h->scratch.len);
	return ok;
}

bool host_feed(struct host *h)
{
	const struct ingest_table *t = h->cfg.table;
	uint32_t rows = t ? t->rows : 0;

	for (unsigned column = 0; column < h->cfg.policy->n_columns; column++) {
		if (!plan_reads(&h->cfg.policy->plan, column))
			continue;
		for (uint32_t first = 0; first < rows; first += BOUNDARY_ROWS_MAX) {
			uint32_t n = rows - first < BOUNDARY_ROWS_MAX ? rows - first : BOUNDARY_ROWS_MAX;
			if (!feed_chunk(h, column, first, n))
				return false;
		}
	}
	buf_reset(&h->scratch);
	boundary_put_u32(&h->scratch, rows);
	return host_emit(h, FRAME_DATA_END, 0, buf_view(&h->scratch));
}

/* One repetition after another, each after the last one's end mark; every host walks the same list. */
void host_bench_next(struct host *h)
{
	const struct host_bench *line = h->bench_line < h->cfg.n_bench ? &h->cfg.bench[h->bench_line] : NULL;

	if (line && h->bench_repetition == line->repetitions) {
		h->bench_repetition = 0;
		line = ++h->bench_line < h->cfg.n_bench ? &h->cfg.bench[h->bench_line] : NULL;
	}
	if (!line) {
		h->io.event(h->io.ctx, &(struct host_event){.kind = HOST_EVENT_BENCH_DONE});
		return;
	}
	struct boundary_bench bench = {line->op, h->bench_repetition++, line->rows};
	buf_reset(&h->scratch);
	boundary_put_bench(&h->scratch, &bench);
	host_emit(h, FRAME_BENCH, 0, buf_view(&h->scratch));
}
