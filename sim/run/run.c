/* The whole of a simulated session: build everybody, let time pass, gather what came of it. */
#include "run_private.h"

#include <stdio.h>
#include <stdlib.h>

static void gather_coordinator(struct sim *s)
{
	struct wire_session_view view;

	if (!s->coordinator || !coordinator_session_count(s->coordinator))
		return;
	session_view(coordinator_session(s->coordinator, 0), &view);
	s->report->coordinator_state = view.state;
	snprintf(s->report->coordinator_code, sizeof s->report->coordinator_code, "%s", view.code);
}

static void gather_party(struct sim *s, struct sim_party *p)
{
	struct sim_report *r = s->report;
	struct problem *outcome = &r->outcome[p->index];

	if (p->dead) {
		problem_set(outcome, ST_SES_PEER_LOST, p->id, NULL, "killed by the simulation");
	} else if (host_state(p->host) == HOST_RUNNING) {
		r->stuck = true;
		problem_set(outcome, ST_SES_DEADLINE, p->id, NULL, "still waiting when nothing was left to happen");
	} else if (host_state(p->host) == HOST_FAILED) {
		*outcome = *host_problem(p->host);
	}
	r->finished_ns = p->ended_ns > r->finished_ns ? p->ended_ns : r->finished_ns;
	r->mail_bytes[p->index] = p->to_coordinator.bytes;
	r->mail_bytes_in[p->index] = p->from_coordinator.bytes;
}

static void gather(struct sim *s)
{
	for (unsigned i = 0; i < s->cfg->policy->n_parties; i++)
		gather_party(s, &s->party[i]);
	for (size_t k = 0; k < s->cfg->policy->plan.n_ops; k++)
		s->report->rounds += s->report->steps[k].rounds;
	gather_coordinator(s);
	s->report->crashed = s->has_crashed;
	world_transcript(s->world, s->report->transcript);
}

static enum status build(struct sim *s)
{
	enum status st;

	TRY(world_new(&s->world, s->cfg->seed, s->cfg->epoch_s));
	TRY(sim_coordinator_start(s));
	for (unsigned i = 0; i < s->cfg->policy->n_parties; i++)
		TRY(party_init(&s->party[i], s, i));
	for (unsigned i = 0; i < s->cfg->policy->n_parties; i++)
		TRY(world_at(s->world, 0, party_start, &s->party[i], (struct slice){0}));
out:
	return st;
}

static void tear_down(struct sim *s)
{
	for (unsigned i = 0; i < SIM_PARTIES; i++)
		party_close(&s->party[i]);
	world_free(s->world);
	for (unsigned i = 0; i < SIM_PARTIES; i++)
		party_clear(&s->party[i]);
	sim_coordinator_clear(s);
	buf_clear(&s->message);
	buf_clear(&s->envelope);
	buf_clear(&s->reply);
	free(s);
}

enum status sim_run(struct sim_report *out, const struct sim_config *cfg)
{
	struct sim *s = calloc(1, sizeof *s);
	enum status st;

	if (!s)
		return ST_NO_MEMORY;
	memset(out, 0, sizeof *out);
	s->cfg = cfg;
	s->report = out;
	out->anchors = cfg->anchors;
	TRY(build(s));
	world_run(s->world, cfg->until_ns);
	gather(s);
out:
	tear_down(s);
	if (st != ST_OK)
		sim_report_clear(out);
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
