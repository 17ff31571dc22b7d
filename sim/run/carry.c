/* A message from one end of a link to the other, past the adversary. */
#include "run_private.h"

struct envelope { /* the head of the event's bytes */
	sim_arrive arrive;
	void *ctx;
	uint64_t word;
};

static void open_envelope(void *ctx, struct slice bytes)
{
	struct envelope e;

	(void)ctx;
	memcpy(&e, bytes.ptr, sizeof e);
	e.arrive(e.ctx, e.word, slice_of(bytes.ptr + sizeof e, bytes.len - sizeof e));
}

static enum status deliver(struct sim *s, const struct sim_route *route, const struct sim_message *m, uint64_t when_ns)
{
	struct envelope e = {route->arrive, route->ctx, route->word};
	enum status st = ST_OK;

	buf_reset(&s->envelope);
	buf_append(&s->envelope, &e, sizeof e);
	buf_append(&s->envelope, m->bytes->ptr, m->bytes->len);
	TRY(buf_status(&s->envelope));
	for (unsigned i = 0; i < m->copies; i++)
		TRY(world_at(s->world, when_ns + m->delay_ns, open_envelope, NULL, buf_view(&s->envelope)));
out:
	return st;
}

/* The transcript holds what was sent; what the adversary makes of it shows in everything that follows. */
enum status sim_carry(struct sim *s, const struct sim_route *route, uint64_t ready_ns, struct slice bytes)
{
	const struct sim_adversary *adversary = s->cfg->adversary;
	uint64_t when = link_arrival(s->world, route->link, ready_ns, bytes.len);
	struct sim_message m = {.from = route->from, .to = route->to, .number = ++s->report->messages, .nth = route->link->messages,
		.bytes = &s->message, .copies = 1};

	world_record(s->world, route->from, slice_str(route->to));
	world_record(s->world, route->to, bytes);
	buf_reset(&s->message);
	buf_append(&s->message, bytes.ptr, bytes.len);
	if (s->message.failed)
		return ST_NO_MEMORY;
	if (adversary)
		adversary->meet(adversary->ctx, &m);
	return deliver(s, route, &m, when);
}
