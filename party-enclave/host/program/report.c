/* Progress for people (standard error), for programs (--json-events: a line each on standard output), and the last word. */
#include "program.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

struct report {
	bool events, json;
	const char *party;
	const struct policy *policy;
	int64_t started_ms, last_ms;
	uint64_t rounds, payload_bytes, wire_bytes;
	json_t *operators, *phases, *marks;
	char phase[32];
};

enum status report_new(struct report **out, const struct program *p)
{
	struct report *r = calloc(1, sizeof *r);

	if (!r)
		return ST_NO_MEMORY;
	*r = (struct report){.events = p->args.events, .json = p->args.json, .party = p->args.party, .policy = p->policy};
	r->started_ms = r->last_ms = now_ms();
	r->operators = json_array();
	r->phases = json_object();
	r->marks = json_array();
	*out = r;
	return ST_OK;
}

void report_free(struct report *r)
{
	if (!r)
		return;
	json_decref(r->operators);
	json_decref(r->phases);
	json_decref(r->marks);
	free(r);
}

static void emit(struct report *r, json_t *event)
{
	if (r->events) {
		json_dumpf(event, stdout, JSON_COMPACT | JSON_PRESERVE_ORDER);
		putchar('\n');
		fflush(stdout);
	}
	json_decref(event);
}

void report_line(struct report *r, const char *event, const char *key, const char *value)
{
	emit(r, json_pack("{s:s,s:s,s:s}", "event", event, "party", r->party, key, value));
	if (!r->events)
		fprintf(stderr, "%s: %s %s\n", r->party, event, value);
}

static double since_start(const struct report *r)
{
	return (double)(now_ms() - r->started_ms) / 1000.0;
}

static void on_phase(struct report *r, const char *name)
{
	json_object_set_new(r->phases, name, json_real(since_start(r)));
	r->last_ms = now_ms();
	emit(r, json_pack("{s:s,s:s,s:s,s:f}", "event", "phase", "party", r->party, "name", name, "seconds", since_start(r)));
	if (!r->events)
		fprintf(stderr, "%s: %s\n", r->party, name);
}

static void on_step(struct report *r, const struct boundary_step *s)
{
	const char *op = s->op >= 1 && s->op <= r->policy->plan.n_ops ? plan_opcode_name(r->policy->plan.ops[s->op - 1].code) : "?";
	double seconds = (double)(now_ms() - r->last_ms) / 1000.0;

	r->last_ms = now_ms();
	r->rounds += s->rounds;
	r->payload_bytes += s->payload_bytes;
	r->wire_bytes += s->wire_bytes;
	json_array_append_new(r->operators, json_pack("{s:i,s:s,s:i,s:I,s:I,s:f}", "id", (int)s->op, "op", op, "rounds", (int)s->rounds, "bytes_sent",
	    (json_int_t)s->payload_bytes, "wire_bytes", (json_int_t)s->wire_bytes, "seconds", seconds));
	emit(r, json_pack("{s:s,s:s,s:i,s:i,s:s,s:i,s:I}", "event", "step", "party", r->party, "step", (int)s->op, "steps",
	    (int)r->policy->plan.n_ops, "op", op, "rounds", (int)s->rounds, "bytes_sent", (json_int_t)s->payload_bytes));
	if (!r->events && (s->rounds || s->op == r->policy->plan.n_ops))
		fprintf(stderr, "%s: step %u/%u %s, %u rounds, %llu bytes\n", r->party, s->op, r->policy->plan.n_ops, op, s->rounds,
		    (unsigned long long)s->payload_bytes);
}

static void on_mark(struct report *r, const struct boundary_mark *m)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	emit(r, json_pack("{s:s,s:s,s:b,s:I,s:i,s:I,s:I}", "event", "mark", "party", r->party, "end", (int)m->end, "ns",
	    (json_int_t)t.tv_sec * 1000000000 + t.tv_nsec, "rounds", (int)m->rounds, "payload_bytes", (json_int_t)m->payload_bytes, "wire_bytes",
	    (json_int_t)m->wire_bytes));
}

void report_event(struct report *r, const struct host_event *e)
{
	switch (e->kind) {
	case HOST_EVENT_PHASE:
		on_phase(r, e->name);
		break;
	case HOST_EVENT_STEP:
		on_step(r, &e->step);
		break;
	case HOST_EVENT_MARK:
		on_mark(r, &e->mark);
		break;
	case HOST_EVENT_BENCH_DONE:
		report_line(r, "bench", "state", "done");
		break;
	}
}

static json_t *failure(const struct problem *p, enum status st)
{
	return json_pack("{s:s,s:s,s:s,s:s,s:s}", "status", "error", "code", status_code(st), "message", p->message, "where", p->where, "fix",
	    p->fix[0] ? p->fix : status_fix(st));
}

static json_t *success(const struct report *r, const struct program *p)
{
	struct rusage usage;
	char session[2 * WIRE_SESSION_LEN + 1];

	getrusage(RUSAGE_SELF, &usage);
	hex_encode(session, slice_of(p->session, WIRE_SESSION_LEN));
	return json_pack("{s:s,s:s,s:i,s:I,s:f,s:O,s:O,s:I,s:I,s:{s:I,s:I}}", "status", "ok", "session", session, "attempt", (int)p->attempt, "rounds",
	    (json_int_t)r->rounds, "seconds", since_start(r), "phases", r->phases, "operators", r->operators, "bytes_sent",
	    (json_int_t)r->payload_bytes, "wire_bytes", (json_int_t)r->wire_bytes, "peak_rss_bytes", "host", (json_int_t)usage.ru_maxrss * 1024,
	    "enclave", (json_int_t)p->enclave.peak_rss_bytes);
}

void report_end(struct report *r, const struct program *p, enum status st)
{
	json_t *doc = st == ST_OK && r ? success(r, p) : failure(&p->problem, st);

	json_object_set_new(doc, "party", json_string(p->args.party ? p->args.party : ""));
	if (p->args.events) {
		json_object_set_new(doc, "event", json_string("end"));
		json_dumpf(doc, stdout, JSON_COMPACT | JSON_PRESERVE_ORDER);
		putchar('\n');
	} else if (p->args.json) {
		json_dumpf(doc, stdout, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
		putchar('\n');
	}
	fflush(stdout);
	if (st != ST_OK)
		fprintf(stderr, "parley-host: %s%s%s [%s]\n  fix: %s\n", p->problem.where, p->problem.where[0] ? ": " : "", p->problem.message,
		    status_code(st), p->problem.fix[0] ? p->problem.fix : status_fix(st));
	else if (!p->args.events)
		fprintf(stderr, "%s: done; the receipt is in %s\n", p->args.party, p->args.out);
	json_decref(doc);
}
