/*
 * COMMITTED → CONFIRMED: the plan, one step at a time, never ahead of what the coordinator grants. What was told and opened is
 * a chain of hashes; the enclaves compare it inside the channel before the first share, at least every VIEW_STEPS_MAX steps, and
 * before release, so a coordinator that tells them different things is found out before anyone learns anything.
 */
#include "core.h"

enum status party_reserve(struct party *p, size_t bytes)
{
	if (bytes > p->env->arena_max)
		bytes = p->env->arena_max;
	if (!arena_init(&p->arena, bytes))
		return ST_NO_MEMORY;
	/* Peers were told that shares are locked in memory; nothing has been shared yet. */
	return p->env->memory_locked && p->arena.unlocked ? ST_TEE_MEMORY : ST_OK;
}

/* A record that does not open is laid at its sender's door. */
static enum status net_send(void *ctx, unsigned peer, const struct mpc_tag *tag, const void *bytes, size_t len)
{
	struct party *p = ctx;
	const struct channel_tag t = {.op = tag->op, .round = tag->round, .type = tag->type};

	return channel_send(admitted_channel(p->admitted, peer), &p->io, &t, bytes, len);
}

static enum status net_recv(void *ctx, unsigned peer, const struct mpc_tag *tag, void *bytes, size_t len)
{
	struct party *p = ctx;
	const struct channel_tag t = {.op = tag->op, .round = tag->round, .type = tag->type};
	enum status st = channel_recv(admitted_channel(p->admitted, peer), &p->io, &t, bytes, len);

	if (st == ST_SES_RECORD)
		return blame_party(p, peer, st, "a record from this party does not open");
	return st;
}

enum status party_engine(struct party *p)
{
	uint8_t context[2 * HASH_LEN];
	struct mpc_config cfg = {.party = p->self, .net = {p, net_send, net_recv}, .context = slice_of(context, sizeof context)};
	enum status st;

	memcpy(context, admitted_sid(p->admitted), HASH_LEN);
	memcpy(context + HASH_LEN, p->plan_hash, HASH_LEN);
	memcpy(cfg.secret_prev, admitted_pair_secret(p->admitted, (p->self + 2) % MPC_PARTIES), MPC_SECRET_LEN);
	memcpy(cfg.secret_next, admitted_pair_secret(p->admitted, (p->self + 1) % MPC_PARTIES), MPC_SECRET_LEN);
	st = mpc_new(&p->mpc, &p->arena, &cfg);
	wipe(&cfg, sizeof cfg);
	return st;
}

void party_view_digest(const struct party *p, uint8_t out[static 32])
{
	uint8_t mac[HASH_LEN];

	hmac_blake2b(mac, slice_of(admitted_group_key(p->admitted), 32), slice_of(p->view, sizeof p->view));
	memcpy(out, mac, 32);
}

/* view_0: roster (and with it sid, keys, evidence), policy, plan, everybody's COMMIT, every provider's manifest. */
static void view_begin(struct party *p)
{
	struct hash h;

	hash_begin(&h, "parley/view/v1", 3 + 2 * (size_t)policy_sources(p->policy));
	hash_bytes(&h, slice_of(admitted_roster(p->admitted), HASH_LEN));
	hash_bytes(&h, slice_of(p->policy_hash, HASH_LEN));
	hash_bytes(&h, slice_of(p->plan_hash, HASH_LEN));
	for (unsigned i = 0; i < MPC_PARTIES; i++) {
		hash_u64(&h, p->rows[i]);
		hash_bytes(&h, slice_of(p->commitments[i], HASH_LEN));
	}
	for (unsigned q = 0; q < p->policy->n_providers; q++) {
		hash_u64(&h, p->rows[MPC_PARTIES + q]);
		hash_bytes(&h, slice_of(p->manifests[q], HASH_LEN));
	}
	hash_end(&h, p->view);
}

/* view_t = H("parley/view/v1", view_{t-1}, told, opened): told is the step, opened the engine's chain. */
static void view_step(struct party *p, uint32_t step)
{
	uint8_t opened[HASH_LEN];
	struct hash h;

	mpc_view(p->mpc, opened);
	hash_begin(&h, "parley/view/v1", 3);
	hash_bytes(&h, slice_of(p->view, HASH_LEN));
	hash_u64(&h, step);
	hash_bytes(&h, slice_of(opened, sizeof opened));
	hash_end(&h, p->view);
}

/* view = H("parley/view/v1", view, chain of renewals) */
void party_view_renewed(struct party *p)
{
	struct hash h;

	hash_begin(&h, "parley/view/v1", 2);
	hash_bytes(&h, slice_of(p->view, HASH_LEN));
	hash_bytes(&h, slice_of(admitted_facts(p->admitted)->chain, HASH_LEN));
	hash_end(&h, p->view);
}

enum status party_view_exchange(struct party *p)
{
	return mpc_barrier(p->mpc, slice_of(p->view, HASH_LEN));
}

static enum status check_rows(struct party *p)
{
	uint64_t total = 0;

	for (unsigned i = 0; i < EXEC_SOURCES_MAX; i++)
		total += p->rows[i];
	if (total > p->policy->plan.rows_max)
		return problem_set(&p->problem, ST_DATA_ROWS, NULL, NULL, "all parties together have more rows than the plan permits");
	return ST_OK;
}

static enum status begin(struct party *p)
{
	const struct plan *plan = &p->policy->plan;
	enum status st;

	TRY(check_rows(p));
	TRY(party_engine(p));
	if (exec_memory(plan, p->rows) > p->arena.cap - p->arena.used)
		return problem_set(&p->problem, ST_NO_MEMORY, NULL, NULL, "the rows of this session do not fit into the share memory");
	view_begin(p);
	renew_begin(p);
	TRY(party_view_exchange(p));
	TRY(exec_new(&p->exec, plan, p->mpc, &p->arena, p->rows, &p->input, p->given));
out:
	return st;
}

static enum status report_step(struct party *p, uint16_t op, struct mpc_counters before, uint64_t wire_before)
{
	struct mpc_counters now = mpc_counters(p->mpc);
	struct doc_step s = {.step = op};
	struct boundary_step out = {.op = op, .rounds = (uint32_t)(now.rounds - before.rounds),
	    .payload_bytes = now.bytes - before.bytes, .wire_bytes = p->wire_bytes - wire_before};
	struct buf payload = {0}, document = {0};
	enum status st;

	memcpy(s.sid, admitted_sid(p->admitted), HASH_LEN);
	memcpy(s.id, p->policy->parties[p->self].id, sizeof s.id);
	party_view_digest(p, s.digest);
	doc_put_step(&payload, &s);
	TRY(buf_status(&payload));
	TRY(admitted_sign(p->admitted, &document, DOC_STEP_LABEL, buf_view(&payload)));
	out.document = buf_view(&document);
	buf_reset(&p->scratch);
	boundary_put_step(&p->scratch, &out);
	TRY(buf_status(&p->scratch));
	TRY(emit(p, FRAME_STEP, 0, buf_view(&p->scratch)));
out:
	buf_clear(&payload);
	buf_clear(&document);
	return st;
}

static enum status run_step(struct party *p, uint16_t op)
{
	struct mpc_counters before;
	uint64_t wire_before;
	enum status st;

	TRY(inbox_await_grant(p, op));
	p->state = ENC_RUNNING;
	if (renew_at_checkpoint(p, op))
		TRY(party_renew_if_due(p, op));
	before = mpc_counters(p->mpc);
	wire_before = p->wire_bytes;
	st = exec_step(p->exec, op);
	if (st == ST_DATA_PROVIDED)
		return blame_provider(p, exec_culprit(p->exec), st, "a row of it is not as the policy declares its columns");
	TRY(st);
	view_step(p, op);
	/* counted before the barrier: a step's rounds and bytes are those of its operator */
	TRY(report_step(p, op, before, wire_before));
	if (op % VIEW_STEPS_MAX == 0 || op == p->policy->plan.n_ops)
		TRY(party_view_exchange(p));
out:
	return st;
}

static enum status confirm(struct party *p)
{
	struct doc_step s = {0};
	struct buf payload = {0};
	enum status st;

	memcpy(s.sid, admitted_sid(p->admitted), HASH_LEN);
	memcpy(s.id, p->policy->parties[p->self].id, sizeof s.id);
	party_view_digest(p, s.digest);
	doc_put_confirm(&payload, &s);
	TRY(buf_status(&payload));
	buf_reset(&p->scratch);
	TRY(admitted_sign(p->admitted, &p->scratch, DOC_CONFIRM_LABEL, buf_view(&payload)));
	p->state = ENC_CONFIRMED;
	TRY(emit(p, FRAME_CONFIRMED, 0, buf_view(&p->scratch)));
out:
	buf_clear(&payload);
	return st;
}

enum status party_steps(struct party *p)
{
	enum status st;

	TRY(begin(p));
	for (uint16_t op = 1; op <= p->policy->plan.n_ops; op++)
		TRY(run_step(p, op));
	/* The last view once more: a peer sends it only when it has compared the first. So whoever confirms knows that all have
	 * passed their last check, and a coordinator that releases early gets no part of a session that a party has ended. */
	TRY(party_view_exchange(p));
	TRY(confirm(p));
out:
	return st;
}
