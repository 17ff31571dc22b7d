/* CONFIRMED → ENDED: only when the coordinator says that everybody confirmed. One sealed part per recipient, one receipt. */
#include "core.h"

static enum status seal_part(struct party *p, unsigned recipient, const struct exec_result *r)
{
	struct receipt_statement *receipt = &p->receipt;
	struct result_context ctx;
	enum status st;

	memcpy(ctx.sid, admitted_sid(p->admitted), HASH_LEN);
	memcpy(ctx.roster, admitted_roster(p->admitted), HASH_LEN);
	memcpy(ctx.plan_hash, p->plan_hash, HASH_LEN);
	buf_reset(&p->scratch);
	TRY(result_seal(&p->scratch, p->policy, &ctx, p->self, recipient, r->words, r->groups, r->own, r->next, &p->env->rng));
	TRY(buf_status(&p->scratch));
	receipt->part_recipient[receipt->n_parts] = (uint8_t)recipient;
	result_part_hash(receipt->part_hash[receipt->n_parts++], buf_view(&p->scratch));
	TRY(emit(p, FRAME_PART, (uint8_t)recipient, buf_view(&p->scratch)));
out:
	return st;
}

static void fill_receipt(struct party *p)
{
	struct receipt_statement *r = &p->receipt;
	struct att_time now = admitted_time(p->admitted);

	memcpy(r->sid, admitted_sid(p->admitted), HASH_LEN);
	memcpy(r->policy_hash, p->policy_hash, HASH_LEN);
	memcpy(r->plan_hash, p->plan_hash, HASH_LEN);
	memcpy(r->roster, admitted_roster(p->admitted), HASH_LEN);
	memcpy(r->id, p->policy->parties[p->self].id, sizeof r->id);
	memcpy(r->commitments, p->commitments, sizeof p->commitments);
	for (unsigned q = 0; q < p->policy->n_providers; q++)
		memcpy(r->commitments[MPC_PARTIES + q], p->manifests[q], HASH_LEN);
	memcpy(r->rows, p->rows, sizeof r->rows);
	party_view_digest(p, r->view_digest);
	r->earliest_s = now.earliest_s;
	r->latest_s = now.latest_s;
	r->epochs = admitted_facts(p->admitted)->epoch;
	memcpy(r->renewals, admitted_facts(p->admitted)->chain, HASH_LEN);
}

static enum status send_receipt(struct party *p)
{
	struct buf payload = {0};
	enum status st;

	receipt_statement_encode(&payload, p->policy, &p->receipt);
	TRY(buf_status(&payload));
	buf_reset(&p->scratch);
	TRY(admitted_sign(p->admitted, &p->scratch, "parley/receipt/v1", buf_view(&payload)));
	TRY(emit(p, FRAME_RECEIPT, 0, buf_view(&p->scratch)));
	p->state = ENC_ENDED;
out:
	buf_clear(&payload);
	return st;
}

enum status party_release(struct party *p)
{
	struct exec_result result;
	struct frame f;
	enum status st;

	TRY(inbox_expect(p, FRAME_RELEASE, &f));
	if (f.body.len != 0)
		return ST_TRAILING;
	TRY(exec_result(p->exec, &result));
	fill_receipt(p);
	for (unsigned i = 0; i < p->policy->n_parties; i++)
		if (p->policy->recipients >> i & 1)
			TRY(seal_part(p, i, &result));
	TRY(send_receipt(p));
out:
	return st;
}
