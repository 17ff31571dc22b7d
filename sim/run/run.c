/* The whole of a simulated session: build everybody, let time pass, gather what came of it. */
#include "run_private.h"

#include <stdlib.h>

enum status sim_carry(struct sim *s, struct link *link, const char *from, const char *to, struct buf *message, size_t skip,
    uint64_t cpu_ns, void (*arrive)(void *ctx, struct slice bytes), void *ctx)
{
	const struct sim_adversary *adversary = s->cfg->adversary;
	struct slice seen = slice_of(message->ptr + skip, message->len - skip);
	uint64_t number = s->messages++;

	world_record(s->world, from, slice_str(to));
	world_record(s->world, to, seen);
	uint64_t now = world_now_ns(s->world);
	if (cpu_ns) /* the sender was busy before it could hand the message over */
		link->free_at_ns = (link->free_at_ns > now ? link->free_at_ns : now) + cpu_ns;
	uint64_t when = link_arrival(s->world, link, seen.len);
	if (adversary && !adversary->deliver(adversary->ctx, from, to, number, message->ptr + skip, seen.len))
		return ST_OK;
	return world_at(s->world, when, arrive, ctx, buf_view(message));
}

static void start_party(void *ctx, struct slice nothing)
{
	struct sim_party *p = ctx;

	(void)nothing;
	host_start(p->host);
	actor_resume(p->actor);
}

static void gather(struct sim *s)
{
	struct sim_report *r = s->report;

	for (unsigned i = 0; i < s->cfg->policy->n_parties; i++) {
		struct sim_party *p = &s->party[i];
		if (host_state(p->host) == HOST_RUNNING) {
			r->stuck = true;
			problem_default(&r->outcome[i], ST_SES_DEADLINE, p->id);
		} else if (host_state(p->host) == HOST_FAILED) {
			r->outcome[i] = *host_problem(p->host);
		}
		r->coordinator_bytes += p->to_coordinator.bytes;
	}
	for (size_t k = 0; k < s->cfg->policy->plan.n_ops; k++)
		r->rounds += r->steps[k].rounds;
	r->finished_ns = world_now_ns(s->world);
	world_transcript(s->world, r->transcript);
}

static enum status build(struct sim *s)
{
	struct slice payload;
	enum status st;

	TRY(policy_file_parse(s->cfg->policy_file, &payload));
	policy_hash(s->policy_hash, payload);
	plan_hash(s->plan_hash, s->cfg->policy->plan_bytes);
	TRY(world_new(&s->world, s->cfg->seed, s->cfg->epoch_s));
	TRY(sim_coordinator_start(s));
	for (unsigned i = 0; i < s->cfg->policy->n_parties; i++)
		TRY(party_init(&s->party[i], s, i));
	for (unsigned i = 0; i < s->cfg->policy->n_parties; i++)
		TRY(world_at(s->world, 0, start_party, &s->party[i], (struct slice){0}));
out:
	return st;
}

enum status sim_run(struct sim_report *out, const struct sim_config *cfg)
{
	struct sim *s = calloc(1, sizeof *s);
	enum status st;

	if (!s)
		return ST_NO_MEMORY;
	*out = (struct sim_report){0};
	s->cfg = cfg;
	s->report = out;
	TRY(build(s));
	world_run(s->world, cfg->until_ns);
	gather(s);
out:
	for (unsigned i = 0; i < SIM_PARTIES; i++)
		party_close(&s->party[i]);
	world_free(s->world);
	for (unsigned i = 0; i < SIM_PARTIES; i++)
		party_clear(&s->party[i]);
	sim_coordinator_clear(s);
	free(s);
	return st;
}

void sim_report_clear(struct sim_report *r)
{
	for (unsigned i = 0; i < SIM_PARTIES; i++) {
		buf_clear(&r->result[i]);
		buf_clear(&r->bundle[i]);
	}
	buf_clear(&r->coordinator_received);
}
