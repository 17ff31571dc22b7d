/* One organisation in the simulator: enclave (an actor), host core, mailbox and endorser, glued by direct calls. */
#include "run_private.h"

#include "attest/attest.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- the enclave's side: party_env ---- */

static bool enclave_is_gone(const struct sim_party *p)
{
	return p->closed || p->enclave_dead || p->dead;
}

static void note_commit(struct sim_party *p)
{
	struct sim_report *r = p->sim->report;

	p->committed = true;
	if (!r->messages_before_commit)
		r->messages_before_commit = r->messages;
}

static enum status enclave_frame_out(void *ctx, enum frame_type type, uint8_t peer, struct slice body)
{
	struct sim_party *p = ctx;
	struct frame f = {type, peer, body};

	if (enclave_is_gone(p))
		return ST_CLOSED;
	p->sim->report->admitted[p->index] |= type == FRAME_ADMITTED;
	if (type == FRAME_COMMITTED)
		note_commit(p);
	p->receipt_out |= type == FRAME_RECEIPT;
	p->sim->report->renewals[p->index] += type == FRAME_RENEWAL;
	if (type == FRAME_RENEWAL)
		p->sim->report->frames_since_renewal[p->index] = 0;
	host_on_frame(p->host, &f);
	return enclave_is_gone(p) ? ST_CLOSED : ST_OK;
}

static enum status enclave_frame_in(void *ctx, struct frame *out)
{
	struct sim_party *p = ctx;

	free(p->current);
	p->current = NULL;
	while (!p->inbox)
		if (enclave_is_gone(p) || !actor_wait(p->actor))
			return ST_CLOSED;
	if (enclave_is_gone(p))
		return ST_CLOSED;
	p->current = p->inbox;
	p->inbox = p->current->next;
	if (!p->inbox)
		p->inbox_last = &p->inbox;
	*out = (struct frame){p->current->type, p->current->peer, slice_of(p->current->body, p->current->len)};
	return ST_OK;
}

/* The TEE device of the simulated machine: the software TEE's own producer, with the configured measurement. */
static enum status enclave_quote(void *ctx, const uint8_t report_data[HASH_LEN], uint32_t *kind, struct buf *evidence,
    struct buf *collateral)
{
	struct sim_party *p = ctx;
	struct att_claims claims = {.kind = TEE_SOFTWARE, .instance_len = ATT_UEID_LEN, .instance = {1}, .issued_s = party_clock(p)};

	if (!att_add_value(&claims, TEE_REG_CODE, p->sim->cfg->measurement[p->index], HASH_LEN))
		return ST_BUG;
	memcpy(claims.report_data, report_data, HASH_LEN);
	struct random rng = p->device_rng;
	rng.fill(rng.ctx, claims.instance + 1, ATT_UEID_LEN - 1);
	(void)collateral;
	if (p->sim->cfg->tee && p->sim->cfg->tee->state)
		p->sim->cfg->tee->state(p->sim->cfg->tee->ctx, p->index, ++p->quotes, &claims);
	*kind = TEE_SOFTWARE;
	att_soft_produce(evidence, &claims, p->sim->cfg->tee_root_sk[p->index]);
	return buf_status(evidence);
}

static void enclave_main(void *ctx)
{
	struct sim_party *p = ctx;
	struct party_env env = {
		.ctx = p,
		.frame_out = enclave_frame_out,
		.frame_in = enclave_frame_in,
		.quote = enclave_quote,
		.anchors = p->sim->cfg->anchors,
		.rng = p->enclave_rng,
		.arena_max = p->sim->cfg->arena_max,
	};
	enum status st = party_run(&env);
	if (p->closed || p->dead)
		return;
	if (st != ST_OK || !p->receipt_out) /* as the host program sees it; after a FAULT this changes nothing */
		host_fail(p->host, ST_TEE_DIED, p->id, "this party's enclave ended unexpectedly");
}

/* ---- the host's side: host_io ---- */

static enum status host_to_enclave(void *ctx, enum frame_type type, uint8_t peer, struct slice body)
{
	struct sim_party *p = ctx;
	struct sim_frame *f = malloc(sizeof *f + body.len);

	if (!f)
		return ST_NO_MEMORY;
	*f = (struct sim_frame){.type = type, .peer = peer, .len = body.len};
	if (body.len)
		memcpy(f->body, body.ptr, body.len);
	*p->inbox_last = f;
	p->inbox_last = &f->next;
	return ST_OK;
}

static void arrive_at_peer(void *ctx, uint64_t from, struct slice bytes)
{
	struct sim_party *p = ctx;

	if (p->dead)
		return;
	host_on_peer(p->host, (unsigned)from, bytes);
	party_pump(p);
}

/* Does this party die instead of sending its next message? */
static bool dies_now(struct sim_party *p, enum sim_crash_what what, uint64_t number)
{
	const struct sim_crash *crash = &p->sim->cfg->crash;
	return crash->what == what && crash->party == p->index && crash->at == number && !p->sim->has_crashed;
}

static void lose_peer(void *ctx, struct slice bytes)
{
	struct sim_party *p = ctx;

	if (p->dead || p->receipt_out)
		return;
	host_fail(p->host, ST_SES_PEER_LOST, p->sim->party[bytes.ptr[0]].id, "the connection to this party broke");
	party_pump(p);
	party_look(p);
}

/* The whole machine is gone: connections break, and after a while the others notice. */
static void die(struct sim_party *p)
{
	struct sim *s = p->sim;
	uint64_t when = world_now_ns(s->world) + s->cfg->party_link.latency_ns + LOST_GRACE_MS * (SECOND_NS / 1000);
	uint8_t self = (uint8_t)p->index;

	s->has_crashed = true;
	p->dead = true;
	for (unsigned i = 0; i < s->cfg->policy->n_parties; i++)
		if (i != p->index && world_at(s->world, when, lose_peer, &s->party[i], slice_of(&self, 1)) != ST_OK)
			abort();
	party_look(p);
}

static void count_peer_frame(struct sim_party *p, size_t len)
{
	struct sim_report *r = p->sim->report;

	r->peer_frames[p->index]++;
	r->peer_bytes[p->index] += len;
	r->wire_bytes[p->index] += len + FRAME_HEADER_LEN;
	if (!p->committed)
		return;
	r->share_frames[p->index]++;
	r->frames_since_renewal[p->index]++;
	r->share_bytes[p->index] += len;
}

static enum status host_to_peer(void *ctx, unsigned peer, struct slice frame)
{
	struct sim_party *p = ctx;
	struct sim *s = p->sim;
	struct sim_party *to = &s->party[peer];
	const struct sim_route route = {&p->to_peer[peer], p->id, to->id, arrive_at_peer, to, p->index};
	uint64_t now = world_now_ns(s->world);

	if (enclave_is_gone(p))
		return ST_OK;
	p->sent++;
	if (dies_now(p, SIM_HOST_DIES, p->sent)) {
		die(p);
		return ST_OK;
	}
	if (dies_now(p, SIM_ENCLAVE_DIES, s->report->peer_frames[p->index] + 1)) {
		s->has_crashed = p->enclave_dead = true;
		return ST_OK;
	}
	count_peer_frame(p, frame.len);
	p->busy_until_ns = (p->busy_until_ns > now ? p->busy_until_ns : now) + frame.len * s->cfg->cpu_ns_per_byte;
	return sim_carry(s, &route, p->busy_until_ns, frame);
}

static enum status host_post_message(void *ctx, enum wire_message_kind kind, struct slice body)
{
	struct sim_party *p = ctx;
	enum status st = mailbox_post(p->mailbox, kind, body);

	if (p->dead)
		return ST_OK;
	p->sent++;
	if (dies_now(p, SIM_HOST_DIES, p->sent))
		die(p);
	else if (st == ST_OK)
		sim_mail_flush(p);
	return st;
}

static enum status host_endorse(void *ctx, struct slice request, struct buf *response)
{
	struct sim_party *p = ctx;

	if (p->sim->cfg->tee && p->sim->cfg->tee->endorse && p->sim->cfg->tee->endorse(p->sim->cfg->tee->ctx, p->index, request, response))
		return buf_status(response);
	endorser_handle(p->endorser, request, world_clock_s(p->sim->world) + p->sim->cfg->endorser_offset_s[p->index], response);
	return buf_status(response);
}

static int64_t host_clock(void *ctx)
{
	struct sim_party *p = ctx;
	struct sim_report *r = p->sim->report;
	int64_t now_s = party_clock(p);

	if (r->n_clocks[p->index] < SIM_CLOCKS_MAX)
		r->clocks[p->index][r->n_clocks[p->index]++] = now_s;
	return now_s;
}

static enum status host_connect(void *ctx, const struct doc_peers *peers)
{
	(void)ctx;
	(void)peers; /* every link of the simulator stands from the start */
	return ST_OK;
}

static enum status host_deliver(void *ctx, struct slice bundle, struct slice result)
{
	struct sim_party *p = ctx;
	struct sim_report *r = p->sim->report;

	buf_append(&r->bundle[p->index], bundle.ptr, bundle.len);
	buf_append(&r->result[p->index], result.ptr, result.len);
	return r->bundle[p->index].failed || r->result[p->index].failed ? ST_NO_MEMORY : ST_OK;
}

static void note_phase(struct sim_party *p, const char *name)
{
	struct sim_report *r = p->sim->report;
	size_t i = 0;

	while (i < r->n_phases && strcmp(r->phases[i].name, name) != 0)
		i++;
	if (i == SIM_PHASES_MAX)
		return;
	if (i == r->n_phases)
		r->n_phases++;
	snprintf(r->phases[i].name, sizeof r->phases[i].name, "%s", name);
	r->phases[i].at_ns = world_now_ns(p->sim->world);
}

static void host_event(void *ctx, const struct host_event *e)
{
	struct sim_party *p = ctx;
	struct sim_report *r = p->sim->report;

	if (e->kind == HOST_EVENT_PHASE)
		note_phase(p, e->name);
	if (e->kind != HOST_EVENT_STEP || e->step.op < 1 || e->step.op > PLAN_OPS_MAX)
		return;
	struct sim_step *step = &r->steps[e->step.op - 1];
	step->rounds = e->step.rounds > step->rounds ? e->step.rounds : step->rounds;
	step->payload_bytes[p->index] = e->step.payload_bytes;
	step->wire_bytes[p->index] = e->step.wire_bytes;
	step->at_ns = world_now_ns(p->sim->world);
	step->parties++;
	r->payload_bytes[p->index] += e->step.payload_bytes;
}

/* ---- life ---- */

int64_t party_clock(const struct sim_party *p)
{
	return world_clock_s(p->sim->world) + p->sim->cfg->clock_offset_s[p->index];
}

void party_pump(struct sim_party *p)
{
	if (p->inbox && !actor_done(p->actor))
		actor_resume(p->actor);
	if (p->enclave_dead && !p->dead) /* the host notices that its enclave's socket is closed */
		host_fail(p->host, ST_TEE_DIED, p->id, "this party's enclave ended unexpectedly");
	party_look(p);
}

void party_start(void *ctx, struct slice nothing)
{
	struct sim_party *p = ctx;

	(void)nothing;
	host_start(p->host);
	party_pump(p);
}

static bool has_said_everything(const struct sim_party *p)
{
	uint64_t flush_ns = FLUSH_MS * (SECOND_NS / 1000);

	return p->dead || !mailbox_pending(p->mailbox) || world_now_ns(p->sim->world) >= p->ended_ns + flush_ns;
}

void party_look(struct sim_party *p)
{
	struct sim *s = p->sim;

	if (!p->has_ended && (p->dead || host_state(p->host) != HOST_RUNNING)) {
		p->has_ended = true;
		p->ended_ns = world_now_ns(s->world);
	}
	for (unsigned i = 0; i < s->cfg->policy->n_parties; i++)
		if (!s->party[i].has_ended || !has_said_everything(&s->party[i]))
			return;
	world_stop(s->world);
}

static enum status no_run_limit(void *ctx, const uint8_t policy_hash[HASH_LEN])
{
	(void)ctx;
	(void)policy_hash;
	return ST_OK;
}

static enum status make_endorser(struct sim_party *p)
{
	const struct sim_config *cfg = p->sim->cfg;
	const struct policy *other = cfg->policy_of[p->index];
	struct endorser_config endorser = {.policy = other ? other : cfg->policy, .anchors = cfg->anchors, .self = p->index,
		.endorse_sk = cfg->endorse_sk[p->index], .ctx = p, .count_run = no_run_limit};
	struct slice payload;
	enum status st;

	TRY(policy_file_parse(other ? cfg->policy_file_of[p->index] : cfg->policy_file, &payload));
	policy_hash(endorser.policy_hash, payload);
	plan_hash(endorser.plan_hash, endorser.policy->plan_bytes);
	TRY(endorser_new(&p->endorser, &endorser));
out:
	return st;
}

static enum status make_host(struct sim_party *p)
{
	const struct sim_config *cfg = p->sim->cfg;
	struct host_config host = {.policy = cfg->policy, .policy_file = cfg->policy_file, .self = p->index, .attempt = p->sim->attempt,
		.time_s = party_clock(p), .collateral = cfg->collateral[p->index], .table = cfg->tables[p->index]};
	const struct host_io io = {p, host_to_enclave, host_to_peer, host_post_message, host_endorse, host_connect, host_deliver, host_event, host_clock};
	struct mailbox_config mail = {.attempt = p->sim->attempt, .host_sk = p->host_sk};
	uint8_t seed[ED25519_SEED_LEN];
	enum status st;

	if (cfg->policy_file_of[p->index].len)
		host.policy_file = cfg->policy_file_of[p->index];
	struct random rng = p->host_rng;
	rng.fill(rng.ctx, seed, sizeof seed);
	ed25519_keypair(host.host_key, p->host_sk, seed);
	memcpy(host.session, p->sim->session, sizeof host.session);
	memcpy(mail.session, p->sim->session, sizeof mail.session);
	snprintf(mail.party, sizeof mail.party, "%s", p->id);
	for (unsigned i = 0; i < cfg->policy->n_parties; i++)
		host.urls[i] = i == p->index ? "" : "tcp://127.0.0.1:1";
	TRY(mailbox_new(&p->mailbox, &mail));
	TRY(host_new(&p->host, &host, &io));
out:
	return st;
}

enum status party_init(struct sim_party *p, struct sim *s, unsigned index)
{
	char name[64];
	enum status st;

	p->sim = s;
	p->index = index;
	p->id = s->cfg->policy->parties[index].id;
	p->inbox_last = &p->inbox;
	snprintf(name, sizeof name, "enclave %u", index);
	p->enclave_rng = world_random(s->world, name);
	snprintf(name, sizeof name, "host %u", index);
	p->host_rng = world_random(s->world, name);
	snprintf(name, sizeof name, "device %u", index);
	p->device_rng = world_random(s->world, name);
	for (unsigned i = 0; i < SIM_PARTIES; i++)
		p->to_peer[i].spec = s->cfg->party_link;
	p->to_coordinator.spec = p->from_coordinator.spec = s->cfg->coordinator_link;
	TRY(make_endorser(p));
	TRY(make_host(p));
	TRY(actor_new(&p->actor, s->world, enclave_main, p));
out:
	return st;
}

void party_close(struct sim_party *p)
{
	p->closed = true;
}

void party_clear(struct sim_party *p)
{
	while (p->inbox) {
		struct sim_frame *next = p->inbox->next;
		free(p->inbox);
		p->inbox = next;
	}
	free(p->current);
	host_free(p->host);
	mailbox_free(p->mailbox);
	endorser_free(p->endorser);
	buf_clear(&p->request);
	wipe(p->host_sk, sizeof p->host_sk);
}
