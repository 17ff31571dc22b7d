/*
 *   CREATED --first ENROL--> ENROLLING --all ADMITTED--> ADMITTED --all COMMITTED--> COMMITTED --first STEP--> RUNNING(k of K)
 *   RUNNING --all at step K--> RELEASING --all FINISHED, or a deadline after the bundles--> DONE
 *   any live state before the commit point --FAULT, wrong message, deadline, operator--> ABORTED(code, blame)
 *
 * One table for all of it. A message is first held against rules.c (the sender's own order); whatever has no row here
 * is refused. ALL(phase) happens by itself when the last party reaches the phase, and tells everybody.
 */
#include <stdio.h>

#include "machine.h"

typedef enum status (*take_fn)(struct session *s, unsigned party, const struct wire_message *m);
typedef enum status (*tell_fn)(struct session *s);

static enum status take_enrol(struct session *s, unsigned party, const struct wire_message *m);
static enum status take_hello(struct session *s, unsigned party, const struct wire_message *m);
static enum status take_evidence(struct session *s, unsigned party, const struct wire_message *m);
static enum status take_admit(struct session *s, unsigned party, const struct wire_message *m);
static enum status take_commit(struct session *s, unsigned party, const struct wire_message *m);
static enum status take_renewal(struct session *s, unsigned party, const struct wire_message *m);
static enum status take_step(struct session *s, unsigned party, const struct wire_message *m);
static enum status take_confirm(struct session *s, unsigned party, const struct wire_message *m);
static enum status take_part(struct session *s, unsigned party, const struct wire_message *m);
static enum status take_receipt(struct session *s, unsigned party, const struct wire_message *m);
static enum status take_finished(struct session *s, unsigned party, const struct wire_message *m);
static enum status take_fault(struct session *s, unsigned party, const struct wire_message *m);
static enum status take_late_fault(struct session *s, unsigned party, const struct wire_message *m);

/* Events: the kinds of message, and these. */
enum { EV_LATE_FAULT = 16, EV_ABORT, EV_CLOSE, EV_RESUME };
#define ALL(phase) (64 + (phase))

/* clang-format off */
static const struct transition {
	enum session_state from;
	unsigned event;
	take_fn take; /* notes what the message says */
	tell_fn tell; /* puts messages into outboxes */
	enum session_state to;
} session_table[] = {
	/* from        event              take             tell                to            */
	{S_CREATED,    WM_ENROL,          take_enrol,      NULL,               S_ENROLLING},
	{S_ENROLLING,  WM_ENROL,          take_enrol,      NULL,               S_ENROLLING},
	{S_ENROLLING,  ALL(PH_ENROLLED),  NULL,            announce_peers,     S_ENROLLING},
	{S_ENROLLING,  WM_HELLO,          take_hello,      NULL,               S_ENROLLING},
	{S_ENROLLING,  ALL(PH_HELLO),     NULL,            announce_hellos,    S_ENROLLING}, /* sid is fixed */
	{S_ENROLLING,  WM_EVIDENCE,       take_evidence,   NULL,               S_ENROLLING},
	{S_ENROLLING,  ALL(PH_EVIDENCE),  NULL,            announce_evidences, S_ENROLLING},
	{S_ENROLLING,  WM_ADMITTED,       take_admit,      NULL,               S_ENROLLING},
	{S_ENROLLING,  WM_COMMITTED,      take_commit,     NULL,               S_ENROLLING}, /* overtook another's ADMIT */
	{S_ENROLLING,  ALL(PH_ADMITTED),  NULL,            announce_admitted,  S_ADMITTED},
	{S_ADMITTED,   WM_COMMITTED,      take_commit,     NULL,               S_ADMITTED},
	{S_ADMITTED,   ALL(PH_COMMITTED), NULL,            announce_committed, S_COMMITTED}, /* and the first window */
	{S_COMMITTED,  WM_STEP,           take_step,       grant_steps,        S_RUNNING},
	{S_RUNNING,    WM_STEP,           take_step,       grant_steps,        S_RUNNING},
	{S_COMMITTED,  WM_RENEWAL,        take_renewal,    relay_renewals,     S_COMMITTED}, /* evidence again, between steps */
	{S_RUNNING,    WM_RENEWAL,        take_renewal,    relay_renewals,     S_RUNNING},
	{S_RUNNING,    WM_CONFIRM,        take_confirm,    NULL,               S_RUNNING}, /* others are still at it */
	{S_RUNNING,    ALL(PH_STEPPED),   NULL,            NULL,               S_RELEASING},
	{S_RELEASING,  WM_CONFIRM,        take_confirm,    NULL,               S_RELEASING},
	{S_RELEASING,  ALL(PH_CONFIRMED), NULL,            announce_release,   S_RELEASING},
	{S_RELEASING,  WM_PART,           take_part,       NULL,               S_RELEASING},
	{S_RELEASING,  WM_RECEIPT,        take_receipt,    NULL,               S_RELEASING},
	{S_RELEASING,  ALL(PH_RECEIPT),   NULL,            announce_bundles,   S_RELEASING}, /* the commit point */
	{S_RELEASING,  WM_FINISHED,       take_finished,   NULL,               S_RELEASING},
	{S_RELEASING,  EV_LATE_FAULT,     take_late_fault, NULL,               S_RELEASING}, /* too late to stop anybody */
	{S_RELEASING,  ALL(PH_FINISHED),  NULL,            announce_done,      S_DONE},
	{S_RELEASING,  EV_CLOSE,          NULL,            announce_done,      S_DONE},

	{S_ENROLLING,  WM_FAULT,          take_fault,      announce_abort,     S_ABORTED},
	{S_ADMITTED,   WM_FAULT,          take_fault,      announce_abort,     S_ABORTED},
	{S_COMMITTED,  WM_FAULT,          take_fault,      announce_abort,     S_ABORTED},
	{S_RUNNING,    WM_FAULT,          take_fault,      announce_abort,     S_ABORTED},
	{S_RELEASING,  WM_FAULT,          take_fault,      announce_abort,     S_ABORTED},
	{S_CREATED,    EV_ABORT,          NULL,            announce_abort,     S_ABORTED},
	{S_ENROLLING,  EV_ABORT,          NULL,            announce_abort,     S_ABORTED},
	{S_ADMITTED,   EV_ABORT,          NULL,            announce_abort,     S_ABORTED},
	{S_COMMITTED,  EV_ABORT,          NULL,            announce_abort,     S_ABORTED},
	{S_RUNNING,    EV_ABORT,          NULL,            announce_abort,     S_ABORTED},
	{S_RELEASING,  EV_ABORT,          NULL,            announce_abort,     S_ABORTED},

	{S_CREATED,    EV_RESUME,         NULL,            NULL,               S_CREATED},
	{S_ENROLLING,  EV_RESUME,         NULL,            NULL,               S_ENROLLING},
	{S_ADMITTED,   EV_RESUME,         NULL,            NULL,               S_ADMITTED},
	{S_COMMITTED,  EV_RESUME,         NULL,            NULL,               S_COMMITTED},
	{S_RUNNING,    EV_RESUME,         NULL,            NULL,               S_RUNNING},
	{S_RELEASING,  EV_RESUME,         NULL,            NULL,               S_RELEASING},
};
/* clang-format on */

static const struct transition *find_row(enum session_state state, unsigned event)
{
	for (size_t i = 0; i < sizeof session_table / sizeof *session_table; i++)
		if (session_table[i].from == state && session_table[i].event == event)
			return &session_table[i];
	return NULL;
}

bool table_permits(enum session_state state, enum wire_message_kind kind)
{
	return find_row(state, kind) != NULL;
}

static enum status fire(struct session *s, unsigned event, unsigned party, const struct wire_message *m)
{
	const struct transition *row = find_row(s->state, event);
	enum status st = ST_OK;

	if (row == NULL)
		return ST_STORE;
	if (row->take != NULL)
		TRY(row->take(s, party, m));
	if (row->tell != NULL)
		TRY(row->tell(s));
	if (s->state != row->to)
		s->changed_s = s->now_s;
	s->state = row->to;
out:
	return st;
}

/* The last party has come to a phase, perhaps to several at once. */
static enum status fire_all(struct session *s)
{
	enum status st = ST_OK;

	while (!session_is_over(s) && s->announced < PH_FINISHED && slowest_phase(s) > s->announced) {
		enum phase next = s->announced + 1;
		TRY(fire(s, ALL(next), 0, NULL));
		s->announced = next;
	}
out:
	return st;
}

static enum status apply_message(struct session *s, const struct session_event *e)
{
	const struct wire_message *m = &e->message;
	enum status st;

	if (e->party >= s->facts.n_parties)
		return ST_STORE;
	struct member *sender = &s->member[e->party];
	const struct rule *rule = rule_of(m->kind);
	if (rule == NULL || m->seq != sender->seq + 1 || !rule_permits(s, e->party, rule))
		return ST_STORE;
	unsigned event = m->kind == WM_FAULT && is_committed(s) ? EV_LATE_FAULT : (unsigned)m->kind;
	enum phase to = rule->to;
	TRY(fire(s, event, e->party, m));
	sender->seq = m->seq;
	sender->last = m->kind;
	if (to != PHASES && sender->phase < to)
		sender->phase = to;
	TRY(fire_all(s));
out:
	return st;
}

static uint64_t position(const struct session *s)
{
	uint64_t least = UINT64_MAX;

	for (unsigned i = 0; i < s->facts.n_parties; i++) {
		uint64_t here = (uint64_t)s->member[i].phase << 32 | (s->member[i].step + s->member[i].epoch);
		least = here < least ? here : least;
	}
	return least;
}

static enum status apply_abort(struct session *s, const struct session_event *e)
{
	if (is_committed(s))
		return ST_STORE;
	s->abort = e->abort;
	return fire(s, EV_ABORT, 0, NULL);
}

enum status session_apply(struct session *s, const struct session_event *e)
{
	uint64_t before = position(s);
	enum status st = ST_STORE;

	if (!session_is(s, e->session, e->attempt))
		return ST_STORE;
	if (e->time_s > s->now_s)
		s->now_s = e->time_s;
	switch (e->kind) {
	case SE_MESSAGE:
		st = apply_message(s, e);
		break;
	case SE_ABORT:
		st = apply_abort(s, e);
		break;
	case SE_CLOSE:
		st = is_committed(s) ? fire(s, EV_CLOSE, 0, NULL) : ST_STORE;
		break;
	case SE_RESUME:
		st = fire(s, EV_RESUME, 0, NULL);
		break;
	case SE_START:
		break;
	}
	if (position(s) > before || e->kind == SE_RESUME)
		s->progress_s = s->now_s;
	return st;
}

/* ---- what each message leaves behind. Signatures were verified before the event was written. ---- */

static enum status take_enrol(struct session *s, unsigned party, const struct wire_message *m)
{
	struct doc_enrol e;
	struct slice payload;
	enum status st;

	TRY(document_open(&payload, m->body, DOC_ENROL_LABEL, NULL));
	TRY(statement_enrol(&e, payload, s, party));
	memcpy(s->member[party].host_key, e.host_key, sizeof e.host_key);
	TRY(session_keep(s, &s->member[party].enrol, payload));
out:
	return st;
}

static enum status take_hello(struct session *s, unsigned party, const struct wire_message *m)
{
	struct hello_facts h;
	struct slice payload;
	enum status st;

	TRY(document_open(&payload, m->body, "parley/hello/v1", NULL));
	TRY(statement_hello(&h, payload, s, party));
	memcpy(s->member[party].vk, h.vk, sizeof h.vk);
	TRY(session_keep(s, &s->member[party].hello, m->body));
out:
	return st;
}

static enum status take_evidence(struct session *s, unsigned party, const struct wire_message *m)
{
	enum status st;

	TRY(evidence_form(m->body));
	TRY(session_keep(s, &s->member[party].evidence, m->body));
out:
	return st;
}

static enum status take_renewal(struct session *s, unsigned party, const struct wire_message *m)
{
	enum status st;

	TRY(renewal_form(m->body, s, party));
	TRY(session_keep(s, &s->member[party].renewal, m->body));
	s->member[party].epoch++;
out:
	return st;
}

static enum status take_admit(struct session *s, unsigned party, const struct wire_message *m)
{
	struct slice payload;
	enum status st;

	TRY(document_open(&payload, m->body, "parley/admit/v1", NULL));
	TRY(statement_admit(s->member[party].roster, payload, s, party));
	TRY(session_keep(s, &s->member[party].admit, m->body));
out:
	return st;
}

static enum status take_commit(struct session *s, unsigned party, const struct wire_message *m)
{
	struct commit_facts c;
	struct slice payload;
	enum status st;

	TRY(document_open(&payload, m->body, "parley/commit/v1", NULL));
	TRY(statement_commit(&c, payload, s, party));
	s->member[party].rows = c.rows;
	memcpy(s->member[party].commitment, c.commitment, sizeof c.commitment);
	TRY(session_keep(s, &s->member[party].commit, m->body));
out:
	return st;
}

static enum status take_step(struct session *s, unsigned party, const struct wire_message *m)
{
	struct member *sender = &s->member[party];
	struct doc_step d;
	struct slice payload;
	enum status st;

	TRY(document_open(&payload, m->body, DOC_STEP_LABEL, NULL));
	TRY(statement_step(&d, payload, s, party));
	memcpy(sender->digest[d.step % SESSION_WINDOW], d.digest, sizeof d.digest);
	sender->step = d.step;
	if (d.step == s->facts.steps)
		sender->phase = PH_STEPPED;
out:
	return st;
}

static enum status take_confirm(struct session *s, unsigned party, const struct wire_message *m)
{
	struct doc_step d;
	struct slice payload;
	enum status st;

	TRY(document_open(&payload, m->body, DOC_CONFIRM_LABEL, NULL));
	TRY(statement_confirm(&d, payload, s, party));
	memcpy(s->member[party].confirm, d.digest, sizeof d.digest);
out:
	return st;
}

static enum status take_part(struct session *s, unsigned party, const struct wire_message *m)
{
	uint32_t recipient;
	struct slice part;
	enum status st;

	TRY(part_form(&recipient, &part, m->body, s));
	if (s->member[party].parts >> recipient & 1)
		return ST_STORE;
	TRY(session_keep(s, &s->member[party].part[recipient], part));
	s->member[party].parts |= 1U << recipient;
out:
	return st;
}

static enum status take_receipt(struct session *s, unsigned party, const struct wire_message *m)
{
	return session_keep(s, &s->member[party].receipt, m->body);
}

static enum status take_finished(struct session *s, unsigned party, const struct wire_message *m)
{
	(void)s, (void)party;
	return doc_get_empty(m->body);
}

/* The reason goes to everybody as the party gave it, with its name: it may be wrong about whom it blames. */
static enum status take_fault(struct session *s, unsigned party, const struct wire_message *m)
{
	struct doc_fault f;
	enum status st;

	TRY(doc_get_fault(&f, m->body));
	if (status_from_code(f.code) == ST_BUG && strcmp(f.code, status_code(ST_BUG)) != 0)
		memcpy(f.code, status_code(ST_SES_ABORTED), strlen(status_code(ST_SES_ABORTED)) + 1);
	if (!session_may_blame(&s->facts, f.blame))
		f.blame[0] = '\0';
	s->abort = f;
	snprintf(s->abort.message, sizeof s->abort.message, "%s: %.*s", s->facts.party[party].id,
	    (int)(sizeof f.message - POLICY_ID_MAX - 3), f.message);
	clean_text(s->abort.message);
	s->member[party].refused = true;
out:
	return st;
}

static enum status take_late_fault(struct session *s, unsigned party, const struct wire_message *m)
{
	(void)m;
	s->member[party].refused = true;
	s->member[party].phase = PH_FINISHED;
	return ST_OK;
}
