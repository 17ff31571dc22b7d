/* A journal in memory: the simulator's, and what tests cut short at every event. */
#include <stdlib.h>

#include "coordinator/coordinator.h"

static enum status append_one(struct memory_store *m, struct slice event)
{
	if (m->n == m->cap) {
		size_t cap = m->cap ? 2 * m->cap : 64;
		struct buf *grown = realloc(m->events, cap * sizeof *grown);
		if (grown == NULL)
			return ST_NO_MEMORY;
		m->events = grown;
		m->cap = cap;
	}
	m->events[m->n] = (struct buf){0};
	buf_append(&m->events[m->n], event.ptr, event.len);
	m->n++;
	return buf_status(&m->events[m->n - 1]);
}

static void cut(struct memory_store *m, size_t n)
{
	while (m->n > n)
		buf_clear(&m->events[--m->n]);
}

static enum status memory_append(void *ctx, const struct slice *events, size_t n)
{
	struct memory_store *m = ctx;
	size_t before = m->n;

	for (size_t i = 0; i < n; i++) {
		enum status st = append_one(m, events[i]);
		if (st != ST_OK) {
			cut(m, before);
			return st;
		}
	}
	return ST_OK;
}

static enum status memory_load(void *ctx, enum status (*each)(void *user, struct slice event), void *user)
{
	const struct memory_store *m = ctx;
	enum status st = ST_OK;

	for (size_t i = 0; i < m->n; i++)
		TRY(each(user, buf_view(&m->events[i])));
out:
	return st;
}

void memory_store_init(struct memory_store *m)
{
	*m = (struct memory_store){.store = {.ctx = m, .append = memory_append, .load = memory_load}};
}

void memory_store_clear(struct memory_store *m)
{
	cut(m, 0);
	free(m->events);
	m->events = NULL;
	m->cap = 0;
}
