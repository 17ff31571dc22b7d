/*
 * Judging: may this message be taken, and if not, whose fault is it? Nothing changes here. The order of checks is the
 * order of trust: sequence, order of messages, size, signature, content, agreement with the other parties.
 */
#include <stdio.h>

#include "machine.h"

void abort_event(
    struct session_event *event, const struct session *s, int64_t now_s, enum status why, const char *blame)
{
	*event = (struct session_event){.kind = SE_ABORT, .attempt = s->attempt, .time_s = now_s};
	memcpy(event->session, s->id, sizeof s->id);
	snprintf(event->abort.code, sizeof event->abort.code, "%s", status_code(why));
	snprintf(event->abort.blame, sizeof event->abort.blame, "%s", blame);
}

/* ST_SES_VIEW when another party has already said something else at the same place. */
static enum status agree(
    const struct session *s, unsigned party, enum phase since, const void *mine, size_t offset, size_t len)
{
	for (unsigned i = 0; i < s->facts.n_parties; i++) {
		const uint8_t *theirs = (const uint8_t *)&s->member[i] + offset;
		if (i != party && s->member[i].phase >= since && memcmp(theirs, mine, len) != 0)
			return ST_SES_VIEW;
	}
	return ST_OK;
}

static enum status judge_enrol(const struct session *s, unsigned party, struct slice payload)
{
	struct doc_enrol e;

	return statement_enrol(&e, payload, s, party);
}

static enum status judge_hello(const struct session *s, unsigned party, struct slice payload)
{
	struct hello_facts h;

	return statement_hello(&h, payload, s, party);
}

static enum status judge_admit(const struct session *s, unsigned party, struct slice payload)
{
	uint8_t roster[HASH_LEN];
	enum status st;

	TRY(statement_admit(roster, payload, s, party));
	TRY(agree(s, party, PH_ADMITTED, roster, offsetof(struct member, roster), sizeof roster));
out:
	return st;
}

static enum status judge_commit(const struct session *s, unsigned party, struct slice payload)
{
	struct commit_facts c;

	return statement_commit(&c, payload, s, party);
}

static enum status judge_step(const struct session *s, unsigned party, struct slice payload)
{
	struct doc_step d;
	enum status st;

	TRY(statement_step(&d, payload, s, party));
	for (unsigned i = 0; i < s->facts.n_parties; i++)
		if (i != party && s->member[i].step >= d.step &&
		    memcmp(s->member[i].digest[d.step % SESSION_WINDOW], d.digest, sizeof d.digest) != 0)
			return ST_SES_VIEW;
out:
	return st;
}

static enum status judge_confirm(const struct session *s, unsigned party, struct slice payload)
{
	struct doc_step d;
	enum status st;

	TRY(statement_confirm(&d, payload, s, party));
	TRY(agree(s, party, PH_CONFIRMED, d.digest, offsetof(struct member, confirm), sizeof d.digest));
out:
	return st;
}

static enum status judge_receipt(const struct session *s, unsigned party, struct slice payload)
{
	return statement_receipt(payload, s, party);
}

static enum status judge_part(const struct session *s, unsigned party, struct slice body)
{
	uint32_t recipient;
	struct slice part;
	enum status st;

	TRY(part_form(&recipient, &part, body, s));
	if (s->member[party].parts >> recipient & 1)
		return ST_DUPLICATE;
out:
	return st;
}

static enum status judge_evidence(const struct session *s, unsigned party, struct slice body)
{
	(void)s, (void)party;
	return evidence_form(body);
}

static enum status judge_renewal(const struct session *s, unsigned party, struct slice body)
{
	return renewal_form(body, s, party);
}

static enum status judge_fault(const struct session *s, unsigned party, struct slice body)
{
	struct doc_fault f;

	(void)s, (void)party;
	return doc_get_fault(&f, body);
}

static enum status judge_finished(const struct session *s, unsigned party, struct slice body)
{
	(void)s, (void)party;
	return doc_get_empty(body);
}

/* Given the payload of a signed document, else the body. */
static enum status judge_content(
    const struct session *s, unsigned party, enum wire_message_kind kind, struct slice content)
{
	static enum status (*const judges[])(const struct session *, unsigned, struct slice) = {
	    [WM_ENROL] = judge_enrol,
	    [WM_HELLO] = judge_hello,
	    [WM_EVIDENCE] = judge_evidence,
	    [WM_ADMITTED] = judge_admit,
	    [WM_COMMITTED] = judge_commit,
	    [WM_STEP] = judge_step,
	    [WM_CONFIRM] = judge_confirm,
	    [WM_PART] = judge_part,
	    [WM_RECEIPT] = judge_receipt,
	    [WM_FAULT] = judge_fault,
	    [WM_FINISHED] = judge_finished,
	    [WM_RENEWAL] = judge_renewal,
	};
	return judges[kind](s, party, content);
}

static enum status open_signed(
    struct slice *content, const struct session *s, unsigned party, const struct rule *rule, struct slice body)
{
	bool by_organisation = rule->kind == WM_ENROL || rule->kind == WM_HELLO;
	const uint8_t *key = by_organisation ? s->facts.party[party].endorse : s->member[party].vk;
	enum status st = document_open(content, body, rule->label, key);

	return st == ST_SIGNATURE && rule->kind == WM_HELLO ? ST_ATT_HELLO_SIGNATURE : st;
}

static enum status judge_message(const struct session *s, unsigned party, const struct wire_message *m)
{
	const struct rule *rule = rule_of(m->kind);
	struct slice content = m->body;
	enum status st;

	if (rule == NULL || !rule_permits(s, party, rule) || !table_permits(s->state, m->kind))
		return ST_SES_STATE;
	if (m->body.len > rule->body_max + 16) /* and the heads around it */
		return ST_TOO_LARGE;
	if (rule->label != NULL)
		TRY(open_signed(&content, s, party, rule, m->body));
	TRY(judge_content(s, party, m->kind, content));
out:
	return st;
}

/* Whom to blame: the sender, except where two parties contradict each other and it does not show who lies. */
static void blame_sender(struct session_event *event, const struct session *s, unsigned party,
    const struct wire_message *m, int64_t now_s, enum status why)
{
	const char *id = s->facts.party[party].id;

	abort_event(event, s, now_s, why, why == ST_SES_VIEW ? "" : id);
	snprintf(event->abort.message, sizeof event->abort.message, "%s from %s: %s", wire_message_name(m->kind), id,
	    status_title(why));
}

enum session_verdict session_judge(const struct session *s, unsigned party, const struct wire_message *m, int64_t now_s,
    struct session_event *event, struct problem *problem)
{
	const struct member *sender = &s->member[party];
	enum status st = ST_SES_SEQUENCE;

	if (session_is_over(s) || (m->seq > 0 && m->seq <= sender->seq))
		return SESSION_REPEAT;
	if (m->seq == sender->seq + 1)
		st = judge_message(s, party, m);
	if (st == ST_OK) {
		*event = (struct session_event){
		    .kind = SE_MESSAGE, .attempt = s->attempt, .time_s = now_s, .party = party, .message = *m};
		memcpy(event->session, s->id, sizeof s->id);
		return SESSION_TAKE;
	}
	bool is_harmless = m->seq != sender->seq + 1 || sender->phase == PH_NONE || is_committed(s);
	if (is_harmless || status_class_of(st) == CLASS_ENV || status_class_of(st) == CLASS_BUG) {
		problem_set(problem, st, s->facts.party[party].id, NULL, "message %llu (%s): %s",
		    (unsigned long long)m->seq, wire_message_name(m->kind), status_title(st));
		return SESSION_REFUSE;
	}
	blame_sender(event, s, party, m, now_s, st);
	return SESSION_TAKE;
}

enum status session_judge_operator(
    const struct session *s, struct slice reason, int64_t now_s, struct session_event *event)
{
	int len = reason.len > 160 ? 160 : (int)reason.len;

	if (session_is_over(s) || is_committed(s))
		return ST_SES_STATE;
	abort_event(event, s, now_s, ST_SES_ABORTED, "");
	if (len == 0)
		snprintf(event->abort.message, sizeof event->abort.message,
		    "the operator of the coordinator aborted the session");
	else
		snprintf(event->abort.message, sizeof event->abort.message,
		    "the operator of the coordinator aborted the session: %.*s", len, (const char *)reason.ptr);
	clean_ascii(event->abort.message);
	return ST_OK;
}

bool session_judge_resume(const struct session *s, int64_t now_s, struct session_event *event)
{
	if (session_is_over(s))
		return false;
	*event = (struct session_event){.kind = SE_RESUME, .attempt = s->attempt, .time_s = now_s};
	memcpy(event->session, s->id, sizeof s->id);
	return true;
}
