/* Events, links, randomness and the transcript. The queue is a binary heap on (time, sequence). */
#include "sim/world.h"

#include "world_private.h"

#include <stdlib.h>

enum status world_new(struct world **out, uint64_t seed, int64_t epoch_s)
{
	struct world *w = calloc(1, sizeof *w);

	if (!w)
		return ST_NO_MEMORY;
	for (size_t i = 0; i < 8; i++)
		w->seed[i] = (uint8_t)(seed >> (8 * i));
	w->epoch_s = epoch_s;
	*out = w;
	return ST_OK;
}

void world_free(struct world *w)
{
	if (!w)
		return;
	actors_close(w);
	for (size_t i = 0; i < w->n_events; i++)
		free(w->events[i].bytes);
	free(w->events);
	while (w->sources) {
		struct source *next = w->sources->next;
		free(w->sources);
		w->sources = next;
	}
	free(w);
}

uint64_t world_now_ns(const struct world *w)
{
	return w->now_ns;
}

int64_t world_clock_s(const struct world *w)
{
	return w->epoch_s + (int64_t)(w->now_ns / 1000000000u);
}

struct random world_random(struct world *w, const char *name)
{
	struct source *s = calloc(1, sizeof *s);
	uint8_t digest[HASH_LEN];
	struct hash h;

	if (!s)
		abort();
	hash_begin(&h, "parley/sim-random/v1", 2);
	hash_bytes(&h, slice_of(w->seed, sizeof w->seed));
	hash_text(&h, name);
	hash_end(&h, digest);
	memcpy(s->state.seed, digest, sizeof s->state.seed);
	s->next = w->sources;
	w->sources = s;
	return random_from_seed(&s->state);
}

static bool before(const struct event *a, const struct event *b)
{
	return a->when_ns != b->when_ns ? a->when_ns < b->when_ns : a->seq < b->seq;
}

static void swap(struct event *a, struct event *b)
{
	struct event t = *a;
	*a = *b;
	*b = t;
}

static enum status push(struct world *w, struct event e)
{
	if (w->n_events == w->cap_events) {
		size_t cap = w->cap_events ? 2 * w->cap_events : 64;
		struct event *grown = realloc(w->events, cap * sizeof *grown);
		if (!grown)
			return ST_NO_MEMORY;
		w->events = grown;
		w->cap_events = cap;
	}
	size_t i = w->n_events++;
	w->events[i] = e;
	for (; i && before(&w->events[i], &w->events[(i - 1) / 2]); i = (i - 1) / 2)
		swap(&w->events[i], &w->events[(i - 1) / 2]);
	return ST_OK;
}

static struct event pop(struct world *w)
{
	struct event first = w->events[0];
	size_t i = 0;

	w->events[0] = w->events[--w->n_events];
	for (;;) {
		size_t least = i;
		for (size_t child = 2 * i + 1; child <= 2 * i + 2; child++)
			if (child < w->n_events && before(&w->events[child], &w->events[least]))
				least = child;
		if (least == i)
			return first;
		swap(&w->events[i], &w->events[least]);
		i = least;
	}
}

enum status world_at(struct world *w, uint64_t when_ns, void (*fn)(void *ctx, struct slice bytes), void *ctx, struct slice bytes)
{
	struct event e = {.when_ns = when_ns < w->now_ns ? w->now_ns : when_ns, .seq = w->next_seq++, .fn = fn, .ctx = ctx, .len = bytes.len};

	e.bytes = malloc(bytes.len ? bytes.len : 1);
	if (!e.bytes)
		return ST_NO_MEMORY;
	if (bytes.len)
		memcpy(e.bytes, bytes.ptr, bytes.len);
	enum status st = push(w, e);
	if (st != ST_OK)
		free(e.bytes);
	return st;
}

void world_stop(struct world *w)
{
	w->stopped = true;
}

bool world_run(struct world *w, uint64_t until_ns)
{
	while (w->n_events && !w->stopped) {
		if (w->events[0].when_ns > until_ns)
			return false;
		struct event e = pop(w);
		w->now_ns = e.when_ns;
		e.fn(e.ctx, slice_of(e.bytes, e.len));
		free(e.bytes);
	}
	return true;
}

/* Store and forward: queue behind what was handed over before, serialise at the link's rate, then fly. */
uint64_t link_arrival(struct world *w, struct link *l, uint64_t ready_ns, uint64_t len)
{
	uint64_t ready = ready_ns > w->now_ns ? ready_ns : w->now_ns;
	uint64_t start = l->free_at_ns > ready ? l->free_at_ns : ready;
	uint64_t wire_ns = l->spec.bits_per_s ? (uint64_t)((__uint128_t)len * 8 * 1000000000u / l->spec.bits_per_s) : 0;

	l->free_at_ns = start + wire_ns;
	l->bytes += len;
	l->messages++;
	return l->free_at_ns + l->spec.latency_ns;
}

void world_record(struct world *w, const char *what, struct slice bytes)
{
	struct hash h;

	hash_begin(&h, "parley/sim-transcript/v1", 4);
	hash_bytes(&h, slice_of(w->transcript, HASH_LEN));
	hash_u64(&h, w->now_ns);
	hash_text(&h, what);
	hash_bytes(&h, bytes);
	hash_end(&h, w->transcript);
}

void world_transcript(struct world *w, uint8_t out[static HASH_LEN])
{
	memcpy(out, w->transcript, HASH_LEN);
}
