/*
 * COLD → EVIDENCE_SENT. The policy is judged here: form, facts, every organisation's signature, then the plan against the
 * facts. An enclave that does not like it never says HELLO.
 */
#include "core.h"

#include <stdlib.h>

static enum status keep(struct buf *to, struct slice bytes)
{
	buf_append(to, bytes.ptr, bytes.len);
	return buf_status(to);
}

/* The order matters: nothing is computed from facts that nobody signed. */
static enum status judge_policy(struct party *p)
{
	struct slice payload;
	enum status st;

	TRY(policy_file_parse(buf_view(&p->policy_file), &payload));
	if (payload.len > POLICY_SEALED_MAX)
		return ST_PLAN_LIMIT;
	TRY(policy_decode(p->policy, payload, &p->problem));
	TRY(policy_file_verify(p->policy, buf_view(&p->policy_file), &p->problem));
	TRY(rules_check(p->policy, &p->problem));
	policy_hash(p->policy_hash, payload);
	plan_hash(p->plan_hash, p->policy->plan_bytes);
out:
	return st;
}

static enum status find_self(struct party *p, const char *id)
{
	int self = policy_party_index(p->policy, id);

	if (self < 0 || !p->policy->parties[self].compute || p->policy->family != FAMILY_REP3 ||
	    p->policy->n_parties != MPC_PARTIES)
		return problem_set(&p->problem, ST_ARGUMENT, NULL, NULL, "this party does not compute under this policy");
	p->self = (unsigned)self;
	return ST_OK;
}

static enum status say_hello(struct party *p, const struct boundary_boot *boot)
{
	struct admission_config cfg = {.policy = p->policy, .anchors = p->env->anchors, .self = p->self, .attempt = boot->attempt, .time_s = boot->time_s,
	    .rng = p->env->rng};
	enum status st;

	memcpy(cfg.policy_hash, p->policy_hash, sizeof cfg.policy_hash);
	memcpy(cfg.plan_hash, p->plan_hash, sizeof cfg.plan_hash);
	memcpy(cfg.session, boot->session, sizeof cfg.session);
	TRY(admission_new(&p->admission, &cfg));
	buf_reset(&p->scratch);
	admission_hello(p->admission, &p->scratch);
	TRY(buf_status(&p->scratch));
	TRY(emit(p, FRAME_HELLO, 0, buf_view(&p->scratch)));
	p->state = ENC_HELLO_SENT;
out:
	return st;
}

static enum status boot(struct party *p)
{
	struct boundary_boot boot = {0};
	struct frame f;
	enum status st;

	TRY(inbox_expect(p, FRAME_BOOT, &f));
	TRY(boundary_get_boot(&boot, f.body));
	TRY(keep(&p->policy_file, boot.policy_file));
	p->policy = calloc(1, sizeof *p->policy);
	if (!p->policy)
		return ST_NO_MEMORY;
	TRY(judge_policy(p));
	TRY(find_self(p, boot.id));
	TRY(say_hello(p, &boot));
out:
	return st;
}

static enum status read_hellos(struct party *p)
{
	struct slice docs[DOC_PARTIES_MAX];
	size_t n = 0;
	struct frame f;
	enum status st;

	TRY(inbox_expect(p, FRAME_HELLOS, &f));
	TRY(keep(&p->hellos, f.body));
	TRY(doc_get_list(docs, &n, buf_view(&p->hellos)));
	TRY(admission_hellos(p->admission, docs, n, &p->problem));
out:
	return st;
}

static enum status send_evidence(struct party *p)
{
	struct buf evidence = {.limit = ATT_EVIDENCE_MAX}, collateral = {.limit = ATT_COLLATERAL_MAX};
	struct boundary_quote quote = {0};
	enum status st;

	TRY(p->env->quote(p->env->ctx, admission_report_data(p->admission), &quote.kind, &evidence, &collateral));
	TRY(buf_status(&evidence));
	TRY(buf_status(&collateral));
	quote.evidence = buf_view(&evidence);
	quote.collateral = buf_view(&collateral);
	buf_reset(&p->scratch);
	boundary_put_quote(&p->scratch, &quote);
	TRY(buf_status(&p->scratch));
	TRY(emit(p, FRAME_EVIDENCE, 0, buf_view(&p->scratch)));
	p->state = ENC_EVIDENCE_SENT;
out:
	buf_clear(&evidence);
	buf_clear(&collateral);
	return st;
}

enum status party_boot(struct party *p)
{
	enum status st;

	TRY(boot(p));
	TRY(read_hellos(p));
	TRY(send_evidence(p));
out:
	return st;
}
