/*
 * Re-attestation between steps (docs/PROTOCOL.md, section 3a). At a checkpoint every enclave asks its own host for the time and
 * states it to its peers inside the channel. When the latest stated time is max_evidence_age past the last attestation, no step
 * starts before everybody has proved again what it runs: a second exchange of clocks, now close together, and of fresh nonces; new
 * evidence; its endorsement; everybody's verdict on everybody's; and an exchange of views that carry the new chain.
 *
 * No clock is believed: a host that lies forward causes a renewal that was not needed, one that holds its clock back is
 * outvoted by the others', and one that is further off than `skew` ends the session.
 */
#include "core.h"

enum { TIME_TYPE = 0x101, ROUND_TYPE = 0x102, TIME_LEN = 8, ROUND_LEN = TIME_LEN + RENEWAL_NONCE_LEN };
/* Between two checkpoints at least this much, unless a step alone is more: what a checkpoint costs (one round of 8 bytes) stays small
 * beside it. */
enum { CHECKPOINT_ROUNDS = 8, CHECKPOINT_STEPS = 16 };
#define CHECKPOINT_BYTES (UINT64_C(4) << 20)
#define CLOCK_MAX INT64_C(253402300799) /* the year 9999 ends: as for HELLOs, and sums of differences stay in range */

/* Public and the same everywhere: from the formulas, not from what was measured. */
bool renew_at_checkpoint(struct party *p, uint16_t op)
{
	struct renew_state *r = &p->renew;
	bool due =
	    op == 1 || r->rounds >= CHECKPOINT_ROUNDS || r->bytes >= CHECKPOINT_BYTES || r->steps >= CHECKPOINT_STEPS;
	struct exec_cost cost;

	if (due)
		r->rounds = 0, r->bytes = 0, r->steps = 0;
	exec_cost(&p->policy->plan, p->rows, op, &cost);
	r->rounds += cost.rounds;
	r->bytes += cost.sent[0]; /* the same at all parties but for their input */
	r->steps++;
	return due;
}

/* ---- clocks ---- */

/* Our own host's, which never goes back. */
static enum status ask_clock(struct party *p, int64_t *time_s)
{
	int64_t said = 0;
	enum status st;

	TRY(emit(p, FRAME_CLOCK, 0, (struct slice){0}));
	TRY(inbox_await_time(p, &said));
	if (said > CLOCK_MAX)
		return blame_party(p, p->self, ST_ATT_HELLO_CLOCK, "its host tells no time");
	if (said > p->renew.clock_s[p->self])
		p->renew.clock_s[p->self] = said;
	*time_s = p->renew.clock_s[p->self];
out:
	return st;
}

static enum status take_clock(struct party *p, unsigned peer, const uint8_t *bytes)
{
	struct reader r = {.rest = {bytes, TIME_LEN}};
	int64_t said = (int64_t)rd_u64le(&r);

	if (said < p->renew.clock_s[peer] || said > CLOCK_MAX)
		return blame_party(p, peer, ST_ATT_HELLO_CLOCK, "its clock went back, or tells no time");
	p->renew.clock_s[peer] = said;
	return ST_OK;
}

/* The same message to both peers, theirs into `in`; everything is sent before anything is awaited. */
static enum status exchange(
    struct party *p, uint16_t type, uint16_t op, const uint8_t *out, uint8_t (*in)[ROUND_LEN], size_t len)
{
	const struct channel_tag tag = {.op = op, .round = p->renew.round++, .type = type};
	enum status st = ST_OK;

	for (unsigned i = 0; i < MPC_PARTIES; i++)
		if (i != p->self)
			TRY(channel_send(admitted_channel(p->admitted, i), &p->io, &tag, out, len));
	for (unsigned i = 0; i < MPC_PARTIES; i++) {
		if (i == p->self)
			continue;
		st = channel_recv(admitted_channel(p->admitted, i), &p->io, &tag, in[i], len);
		if (st == ST_SES_RECORD)
			blame_party(p, i, st, "its clock did not arrive");
		TRY(st);
		TRY(take_clock(p, i, in[i]));
	}
out:
	return st;
}

static struct att_time stated(const struct party *p)
{
	const int64_t *c = p->renew.clock_s;
	struct att_time t = {c[0], c[0]};

	for (unsigned i = 1; i < MPC_PARTIES; i++) {
		t.earliest_s = c[i] < t.earliest_s ? c[i] : t.earliest_s;
		t.latest_s = c[i] > t.latest_s ? c[i] : t.latest_s;
	}
	return t;
}

static enum status check_skew(struct party *p, struct att_time t)
{
	unsigned odd = 0;
	int64_t worst = -1;

	if (t.latest_s - t.earliest_s <= (int64_t)p->policy->skew_s)
		return ST_OK;
	for (unsigned i = 0; i < MPC_PARTIES; i++) {
		int64_t distance = 0;
		for (unsigned j = 0; j < MPC_PARTIES; j++)
			distance += p->renew.clock_s[i] > p->renew.clock_s[j]
					? p->renew.clock_s[i] - p->renew.clock_s[j]
					: p->renew.clock_s[j] - p->renew.clock_s[i];
		if (distance > worst)
			worst = distance, odd = i;
	}
	return blame_party(
	    p, odd, ST_ATT_HELLO_CLOCK, "its clock differs from the others' by more than admission.skew");
}

/* ---- one renewal ---- */

static enum status agree_on_round(struct party *p, uint16_t op, struct renewal *r)
{
	uint8_t mine[ROUND_LEN], theirs[MPC_PARTIES][ROUND_LEN];
	int64_t now_s;
	enum status st;

	TRY(ask_clock(p, &now_s));
	put_u64le(mine, (uint64_t)now_s);
	p->env->rng.fill(p->env->rng.ctx, mine + TIME_LEN, RENEWAL_NONCE_LEN);
	TRY(exchange(p, ROUND_TYPE, op, mine, theirs, ROUND_LEN));
	memcpy(theirs[p->self], mine, ROUND_LEN);
	for (unsigned i = 0; i < MPC_PARTIES; i++)
		memcpy(r->nonces[i], theirs[i] + TIME_LEN, RENEWAL_NONCE_LEN);
	renewal_sort(r, MPC_PARTIES);
	r->epoch = admitted_facts(p->admitted)->epoch + 1;
	r->time = stated(p);
	TRY(check_skew(p, r->time));
out:
	return st;
}

static enum status emit_renewal(struct party *p, const struct renewal *r, const struct boundary_quote *quote)
{
	struct boundary_renewal body = {.epoch = r->epoch,
	    .earliest_s = r->time.earliest_s,
	    .latest_s = r->time.latest_s,
	    .n_nonces = MPC_PARTIES,
	    .quote = *quote};
	enum status st;

	memcpy(body.roster, admitted_roster(p->admitted), HASH_LEN);
	memcpy(body.nonces, r->nonces, sizeof r->nonces);
	buf_reset(&p->scratch);
	boundary_put_renewal(&p->scratch, &body);
	TRY(buf_status(&p->scratch));
	TRY(emit(p, FRAME_RENEWAL, 0, buf_view(&p->scratch)));
out:
	return st;
}

static enum status prove_again(struct party *p, const struct renewal *r)
{
	const struct renewal_facts *facts = admitted_facts(p->admitted);
	struct buf evidence = {.limit = ATT_EVIDENCE_MAX}, collateral = {.limit = ATT_COLLATERAL_MAX};
	struct boundary_quote quote = {0};
	uint8_t report_data[HASH_LEN];
	enum status st;

	renewal_report_data_of(report_data, facts->roster, &facts->hellos[p->self], r, MPC_PARTIES);
	TRY(p->env->quote(p->env->ctx, report_data, &quote.kind, &evidence, &collateral));
	TRY(buf_status(&evidence));
	TRY(buf_status(&collateral));
	quote.evidence = buf_view(&evidence);
	quote.collateral = buf_view(&collateral);
	TRY(emit_renewal(p, r, &quote));
out:
	buf_clear(&evidence);
	buf_clear(&collateral);
	return st;
}

static enum status judge_everybody(struct party *p, const struct renewal *r)
{
	struct doc_evidence items[DOC_PARTIES_MAX];
	struct admission_evidence list[DOC_PARTIES_MAX];
	struct slice body;
	uint32_t epoch = 0;
	size_t n = 0;
	enum status st;

	TRY(inbox_await_renewals(p, &body));
	TRY(doc_get_renewals(&epoch, items, &n, body));
	if (epoch != r->epoch)
		return problem_set(&p->problem, ST_ATT_REPLAY, NULL, NULL, "renewed evidence of epoch %u instead of %u",
		    epoch, r->epoch);
	for (size_t i = 0; i < n; i++)
		list[i] = (struct admission_evidence){.kind = items[i].kind,
		    .evidence = items[i].evidence,
		    .endorsement = items[i].endorsement,
		    .collateral = items[i].collateral};
	TRY(renewal_check(admitted_facts(p->admitted), r, list, n, &p->problem));
out:
	return st;
}

static enum status renew(struct party *p, uint16_t op)
{
	struct renewal r = {0};
	enum status st;

	if (admitted_facts(p->admitted)->epoch == RENEWALS_MAX)
		return problem_set(&p->problem, ST_ATT_REATTEST, NULL, NULL,
		    "the session has renewed its evidence %d times: the limit", RENEWALS_MAX);
	TRY(agree_on_round(p, op, &r));
	TRY(prove_again(p, &r));
	TRY(judge_everybody(p, &r));
	/* collective, as admission is: who refuses sends no view, and without everybody's nobody starts the step */
	party_view_renewed(p);
	TRY(party_view_exchange(p));
out:
	return st;
}

static bool is_due(const struct party *p)
{
	return stated(p).latest_s - admitted_facts(p->admitted)->time.latest_s >=
	       (int64_t)p->policy->max_evidence_age_s;
}

enum status party_renew_if_due(struct party *p, uint16_t op)
{
	uint8_t mine[TIME_LEN], theirs[MPC_PARTIES][ROUND_LEN];
	int64_t now_s;
	enum status st;

	TRY(ask_clock(p, &now_s));
	put_u64le(mine, (uint64_t)now_s);
	TRY(exchange(p, TIME_TYPE, op, mine, theirs, TIME_LEN));
	if (is_due(p))
		TRY(renew(p, op));
out:
	return st;
}

/* Where everybody's clock stands at admission: no clock goes back behind its own HELLO. */
void renew_begin(struct party *p)
{
	const struct renewal_facts *facts = admitted_facts(p->admitted);

	p->renew = (struct renew_state){0};
	for (unsigned i = 0; i < MPC_PARTIES; i++)
		p->renew.clock_s[i] = facts->hellos[i].time_s;
}
