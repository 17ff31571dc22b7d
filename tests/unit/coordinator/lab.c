#include "lab.h"

#include <stdlib.h>

#include "base/panic.h"

static void keep(struct lab *l, const struct session_event *event)
{
	if (l->n_events == l->cap_events) {
		l->cap_events = l->cap_events ? 2 * l->cap_events : 64;
		l->events = realloc(l->events, l->cap_events * sizeof *l->events);
		invariant(l->events != NULL);
	}
	l->events[l->n_events] = (struct buf){0};
	session_event_encode(&l->events[l->n_events], event);
	invariant(!l->events[l->n_events].failed);
	l->n_events++;
}

static struct session *new_session(const struct lab *l, const struct session_event *start)
{
	static struct session_facts facts;
	struct session *s;

	session_facts_of(&facts, l->world.policy, buf_view(&l->world.payload));
	if (session_new(&s, &facts, start) != ST_OK)
		panic("no memory");
	return s;
}

void lab_restart(struct lab *l)
{
	struct session_event start = {.kind = SE_START,
	    .session = {0x5e, 0x55},
	    .attempt = 1,
	    .time_s = LAB_START_S,
	    .policy_file = buf_view(&l->world.file)};

	for (size_t i = 0; i < l->n_events; i++)
		buf_clear(&l->events[i]);
	l->n_events = 0;
	session_free(l->session);
	l->session = new_session(l, &start);
	l->now_s = LAB_START_S;
	keep(l, &start);
	for (unsigned i = 0; i < FAKE_PARTIES; i++) {
		fake_party_clear(&l->party[i]);
		fake_party_init(&l->party[i], &l->world, i, start.session, start.attempt);
	}
}

void lab_init(struct lab *l, uint32_t steps, void (*spoil)(struct policy *p))
{
	memset(l, 0, sizeof *l);
	fake_world_init(&l->world, 11, steps, spoil);
	lab_restart(l);
}

void lab_clear(struct lab *l)
{
	for (size_t i = 0; i < l->n_events; i++)
		buf_clear(&l->events[i]);
	free(l->events);
	session_free(l->session);
	for (unsigned i = 0; i < FAKE_PARTIES; i++)
		fake_party_clear(&l->party[i]);
	fake_world_clear(&l->world);
}

static void tell(struct lab *l)
{
	struct wire_message m;

	for (unsigned i = 0; i < FAKE_PARTIES; i++)
		while (session_outbox_get(l->session, i, l->party[i].ack + 1, &m))
			fake_party_told(&l->party[i], &m);
}

void lab_apply(struct lab *l, const struct session_event *event)
{
	keep(l, event);
	if (session_apply(l->session, event) != ST_OK)
		panic("an event that was judged does not apply");
	tell(l);
}

enum session_verdict lab_judge(
    struct lab *l, unsigned party, const struct wire_message *m, struct session_event *event, struct problem *problem)
{
	*problem = (struct problem){0};
	return session_judge(l->session, party, m, l->now_s, event, problem);
}

bool lab_step(struct lab *l, unsigned party)
{
	struct fake_party *p = &l->party[party];
	struct session_event event;
	struct problem problem;

	if (!fake_party_advance(p))
		return false;
	struct wire_message m = fake_party_message(p, p->n_sent);
	if (lab_judge(l, party, &m, &event, &problem) != SESSION_TAKE || event.kind != SE_MESSAGE)
		panic("an honest message was not taken");
	lab_apply(l, &event);
	return true;
}

size_t lab_run(struct lab *l, size_t n)
{
	size_t taken = 0;

	for (unsigned idle = 0, i = 0; idle < FAKE_PARTIES && taken < n; i = (i + 1) % FAKE_PARTIES) {
		idle = lab_step(l, i) ? 0 : idle + 1;
		taken += idle == 0;
	}
	return taken;
}

void lab_until(struct lab *l, enum session_state state)
{
	unsigned i = 0;

	for (unsigned idle = 0; session_state_of(l->session) != state; i = (i + 1) % FAKE_PARTIES) {
		idle = lab_step(l, i) ? 0 : idle + 1;
		if (idle > FAKE_PARTIES)
			panic("the session never comes to this state");
	}
}

struct session *lab_replay(const struct lab *l, size_t n)
{
	struct session *s = NULL;

	for (size_t i = 0; i < n; i++) {
		struct session_event e;
		if (session_event_decode(&e, buf_view(&l->events[i])) != ST_OK)
			panic("an event does not decode");
		if (e.kind == SE_START)
			s = new_session(l, &e);
		else if (session_apply(s, &e) != ST_OK)
			panic("an event does not apply again");
	}
	return s;
}
