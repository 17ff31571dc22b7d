/*
 * The way to the coordinator and back, as the host program does it: one request out at a time, held there until there is news;
 * a new one takes the place of one that is out, whose reply is dropped; no reply within a time: again. And the coordinator's own
 * life: deadlines, and being killed and started again from its journal.
 */
#include "run_private.h"

#include <stdlib.h>

#define MS_NS (SECOND_NS / 1000)

static int64_t now_ms(const struct sim *s)
{
	return s->cfg->epoch_s * 1000 + (int64_t)(world_now_ns(s->world) / MS_NS);
}

static void must(enum status st)
{
	if (st != ST_OK)
		abort(); /* out of memory in the simulator itself: no party's fault, and no outcome would be true */
}

/* ---- replies ---- */

static void take_message(void *ctx, const struct wire_message *m)
{
	host_on_message(((struct sim_party *)ctx)->host, m);
}

static void reply_arrives(void *ctx, uint64_t number, struct slice bytes)
{
	struct sim_party *p = ctx;
	struct problem problem = {0};

	if (p->dead || !p->waiting || number != p->request_number)
		return;
	p->waiting = false;
	p->heard_ns = world_now_ns(p->sim->world);
	enum status st = mailbox_reply(p->mailbox, bytes, take_message, p, &problem);
	if (st != ST_OK)
		host_fail(p->host, st, "", problem.message[0] ? problem.message : "the coordinator's reply is not well-formed");
	party_pump(p);
	if (host_state(p->host) == HOST_RUNNING || mailbox_pending(p->mailbox))
		sim_mail_flush(p);
	party_look(p);
}

static void send_reply(struct sim *s, uint64_t ticket)
{
	struct sim_party *p = &s->party[ticket % SIM_PARTIES];
	const struct sim_route route = {&p->from_coordinator, SIM_COORDINATOR, p->id, reply_arrives, p, ticket / SIM_PARTIES};

	must(buf_status(&s->reply));
	must(sim_carry(s, &route, 0, buf_view(&s->reply)));
}

/* ---- the coordinator ---- */

static void wake(void *ctx, struct slice nothing);

static void plan_wake(struct sim *s)
{
	int64_t wake_ms = coordinator_wake_ms(s->coordinator);

	if (wake_ms == INT64_MAX)
		return;
	uint64_t when = wake_ms <= s->cfg->epoch_s * 1000 ? 0 : (uint64_t)(wake_ms - s->cfg->epoch_s * 1000) * MS_NS;
	if (when <= world_now_ns(s->world))
		when = world_now_ns(s->world) + MS_NS;
	if (s->planned_wake_ns && s->planned_wake_ns <= when)
		return;
	s->planned_wake_ns = when;
	must(world_at(s->world, when, wake, s, (struct slice){0}));
}

static void answer_held(struct sim *s)
{
	uint64_t ticket;

	buf_reset(&s->reply);
	while (coordinator_next_reply(s->coordinator, now_ms(s), &ticket, &s->reply)) {
		send_reply(s, ticket);
		buf_reset(&s->reply);
	}
	plan_wake(s);
}

static void wake(void *ctx, struct slice nothing)
{
	struct sim *s = ctx;

	(void)nothing;
	if (s->planned_wake_ns && world_now_ns(s->world) >= s->planned_wake_ns)
		s->planned_wake_ns = 0;
	if (!s->coordinator)
		return;
	coordinator_tick(s->coordinator, now_ms(s));
	answer_held(s);
}

static enum status coordinator_up(struct sim *s)
{
	const struct coordinator_config cfg = {.store = &s->journal.store, .rng = s->coordinator_rng, .allow_filled_in = true};
	struct problem problem = {0};

	return coordinator_new(&s->coordinator, &cfg, now_ms(s), &problem);
}

/* A connection that broke is dialled again, and the request that is out is sent again (NNG REQ). */
static void coordinator_is_back(void *ctx, struct slice nothing)
{
	struct sim *s = ctx;

	(void)nothing;
	must(coordinator_up(s));
	for (unsigned i = 0; i < s->cfg->policy->n_parties; i++)
		if (!s->party[i].dead && s->party[i].waiting)
			sim_mail_flush(&s->party[i]);
	plan_wake(s);
}

static bool crashes_now(const struct sim *s, enum sim_crash_what what)
{
	return !s->has_crashed && s->cfg->crash.what == what && s->cfg->crash.at == s->report->requests;
}

static void kill_coordinator(struct sim *s)
{
	s->has_crashed = true;
	coordinator_free(s->coordinator);
	s->coordinator = NULL;
	s->planned_wake_ns = 0;
	must(world_at(s->world, world_now_ns(s->world) + s->cfg->crash.down_ns, coordinator_is_back, s, (struct slice){0}));
}

static void keep_request(struct sim *s, struct slice bytes)
{
	const uint8_t len[4] = {(uint8_t)bytes.len, (uint8_t)(bytes.len >> 8), (uint8_t)(bytes.len >> 16), (uint8_t)(bytes.len >> 24)};

	buf_append(&s->report->coordinator_received, len, sizeof len);
	buf_append(&s->report->coordinator_received, bytes.ptr, bytes.len);
	must(buf_status(&s->report->coordinator_received));
}

static void request_arrives(void *ctx, uint64_t number, struct slice bytes)
{
	struct sim_party *p = ctx;
	struct sim *s = p->sim;
	uint64_t ticket = number * SIM_PARTIES + p->index;

	if (!s->coordinator)
		return;
	s->report->requests++;
	if (crashes_now(s, SIM_COORDINATOR_BEFORE)) {
		kill_coordinator(s);
		return;
	}
	if (s->cfg->record_coordinator)
		keep_request(s, bytes);
	buf_reset(&s->reply);
	bool replied = coordinator_handle(s->coordinator, bytes, ticket, now_ms(s), &s->reply) == COORDINATOR_REPLY;
	if (crashes_now(s, SIM_COORDINATOR_AFTER)) {
		kill_coordinator(s);
		return;
	}
	if (replied)
		send_reply(s, ticket);
	answer_held(s);
}

/* ---- requests ---- */

static uint64_t read_u64(struct slice bytes)
{
	uint64_t v;
	memcpy(&v, bytes.ptr, sizeof v);
	return v;
}

static void request_times_out(void *ctx, struct slice bytes)
{
	struct sim_party *p = ctx;
	uint64_t silence_ns = world_now_ns(p->sim->world) - p->heard_ns;

	if (p->dead || !p->waiting || p->request_number != read_u64(bytes))
		return;
	if (host_state(p->host) == HOST_RUNNING && silence_ns > p->sim->cfg->policy->step_deadline_s * SECOND_NS) {
		host_fail(p->host, ST_NET_UNAVAILABLE, "", "the coordinator has not answered for longer than deadlines.step");
		party_pump(p);
	}
	if (host_state(p->host) == HOST_RUNNING || mailbox_pending(p->mailbox))
		sim_mail_flush(p);
	party_look(p);
}

static void flush_now(void *ctx, struct slice nothing)
{
	struct sim_party *p = ctx;
	struct sim *s = p->sim;
	uint64_t number = ++p->request_number;
	const struct sim_route route = {&p->to_coordinator, p->id, SIM_COORDINATOR, request_arrives, p, number};

	(void)nothing;
	p->flush_planned = false;
	if (p->dead)
		return;
	buf_reset(&p->request);
	must(mailbox_request(p->mailbox, POST_HOLD_MS, &p->request));
	p->waiting = true;
	must(sim_carry(s, &route, 0, buf_view(&p->request)));
	must(world_at(s->world, world_now_ns(s->world) + POST_TIMEOUT_MS * MS_NS, request_times_out, p, slice_of(&number, sizeof number)));
}

void sim_mail_flush(struct sim_party *p)
{
	if (p->flush_planned)
		return;
	p->flush_planned = true;
	must(world_at(p->sim->world, world_now_ns(p->sim->world), flush_now, p, (struct slice){0}));
}

/* ---- the session ---- */

static enum status start_session(struct sim *s)
{
	struct wire_request *request = calloc(1, sizeof *request);
	struct wire_reply *reply = calloc(1, sizeof *reply);
	struct wire_storage storage = {0};
	struct buf bytes = {0};
	enum status st;

	if (!request || !reply) {
		st = ST_NO_MEMORY;
		goto out;
	}
	*request = (struct wire_request){.kind = WREQ_START, .body = s->cfg->policy_file};
	wire_request_encode(&bytes, request);
	TRY(buf_status(&bytes));
	if (coordinator_handle(s->coordinator, buf_view(&bytes), 0, now_ms(s), &s->reply) != COORDINATOR_REPLY)
		TRY(ST_BUG);
	TRY(wire_reply_decode(reply, &storage, buf_view(&s->reply)));
	if (strcmp(reply->code, "OK") != 0)
		TRY(status_from_code(reply->code));
	memcpy(s->session, reply->session, sizeof s->session);
	s->attempt = reply->attempt;
out:
	wire_storage_clear(&storage);
	buf_clear(&bytes);
	free(request);
	free(reply);
	return st;
}

enum status sim_coordinator_start(struct sim *s)
{
	enum status st;

	memory_store_init(&s->journal);
	s->coordinator_rng = world_random(s->world, SIM_COORDINATOR);
	TRY(coordinator_up(s));
	TRY(start_session(s));
	plan_wake(s);
out:
	return st;
}

void sim_coordinator_clear(struct sim *s)
{
	coordinator_free(s->coordinator);
	memory_store_clear(&s->journal);
}
