#include "item.h"

#include <stdarg.h>
#include <stdio.h>

const char *const explain_sections[EXPLAIN_SECTIONS] = {
    "policy", "evidence", "threats", "learns", "withheld", "leaks", "keys", "defaults"};

const char *explain_section_title(const char *section)
{
	static const char *const titles[EXPLAIN_SECTIONS] = {"The policy", "Which code is admitted",
	    "What holds against whom", "Who learns what", "What nobody learns", "What sizes and counts say",
	    "What keys can do", "What was filled in (a real session refuses it)"};

	for (int i = 0; i < EXPLAIN_SECTIONS; i++)
		if (strcmp(explain_sections[i], section) == 0)
			return titles[i];
	return section;
}

void explain_say(const struct explainer *e, const char *name, const char *format, ...)
{
	char text[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	e->sink->item(e->sink->ctx, e->section, name, text);
}

void name_parties(const struct policy *p, uint32_t set, char *out, size_t cap)
{
	unsigned total = (unsigned)__builtin_popcount(set), n = 0;
	size_t used = 0;

	out[0] = 0;
	for (unsigned i = 0; i < policy_sources(p) && used < cap; i++)
		if (set & 1u << i) {
			n++;
			used += (size_t)snprintf(out + used, cap - used, "%s%s",
			    n == 1       ? ""
			    : n == total ? " and "
					 : ", ",
			    policy_source_id(p, i));
		}
}

void name_aggregate(const struct policy *p, enum release_kind kind, uint16_t column, char *out, size_t cap)
{
	static const char *const names[] = {[REL_KEY] = "",
	    [REL_COUNT] = "COUNT",
	    [REL_COUNT_COLUMN] = "COUNT",
	    [REL_SUM] = "SUM",
	    [REL_AVG] = "AVG",
	    [REL_MIN] = "MIN",
	    [REL_MAX] = "MAX"};

	if (kind == REL_KEY)
		snprintf(out, cap, "%s", p->columns[column].name);
	else
		snprintf(out, cap, "%s(%s)", names[kind], column == NO_COLUMN ? "*" : p->columns[column].name);
}

static void explain_policy(const struct explainer *e)
{
	const struct policy *p = e->p;
	struct buf valid = {0};
	char from[POLICY_SOURCES_MAX * (POLICY_ID_MAX + 6)], to[128];

	name_parties(p, p->dataset_from, from, sizeof from);
	name_parties(p, p->recipients, to, sizeof to);
	value_format_timestamp(&valid, p->not_before);
	buf_append_str(&valid, " to ");
	value_format_timestamp(&valid, p->not_after);
	explain_say(e, "name", "%s, serial %llu, compiled by %s", p->name, (unsigned long long)p->serial, p->compiler);
	explain_say(e, "valid", "%.*s", (int)valid.len, (const char *)valid.ptr);
	explain_say(e, "data", "dataset %s, the rows of %s together, at most %u rows each", p->dataset, from,
	    p->rows_max_party);
	explain_say(e, "result", "%u columns, at most %llu rows, to %s", p->n_results,
	    (unsigned long long)(p->limit && p->limit < p->plan.groups ? p->limit : p->plan.groups), to);
	explain_say(e, "protocol", "rep3: three compute parties, replicated secret sharing, semi-honest");
	if (p->debug_insecure)
		explain_say(e, "DEBUG",
		    "debug enclaves are accepted: whoever runs one reads everything. Never use this with real data");
	buf_clear(&valid);
}

static void explain_providers(const struct explainer *e)
{
	const struct policy *p = e->p;
	char who[POLICY_SOURCES_MAX * (POLICY_ID_MAX + 6)];

	if (p->n_providers == 0)
		return;
	name_parties(p, ((UINT32_C(1) << p->n_providers) - 1) << p->n_parties, who, sizeof who);
	explain_say(e, "providers",
	    "%s bring rows and run no enclave: each verifies all evidence and every ADMIT itself before it seals its "
	    "shares to the "
	    "three enclaves. One bit is opened for each, whether all its rows are as declared; if not, the session "
	    "ends naming "
	    "the provider and no row",
	    who);
}

static void explain_leaks(const struct explainer *e)
{
	const struct policy *p = e->p;

	if (p->pad_rows)
		explain_say(e, "rows", "every party pads to %u rows, so nobody learns how many rows another party has",
		    p->rows_max_party);
	else
		explain_say(e, "rows",
		    "each party's number of rows is public, also to the coordinator; `rows: {pad: true}` hides it");
	explain_say(e, "traffic",
	    "sizes and order of all messages follow from the plan and the row counts alone; no value is opened before "
	    "the end");
	explain_say(
	    e, "groups", "which of the %u possible groups are in the result is part of the result", p->plan.groups);
	explain_say(e, "repetition",
	    "each run answers over the data of that day: two answers can be subtracted, and a difference may rest on "
	    "fewer "
	    "than %u rows. The endorsers count runs per policy",
	    p->min_subjects);
	explain_providers(e);
}

static bool has_roots(const struct policy *p)
{
	for (unsigned i = 0; i < p->n_parties; i++)
		if (p->parties[i].has_tee_root)
			return true;
	return false;
}

static void explain_keys(const struct explainer *e)
{
	char to[128];

	name_parties(e->p, e->p->recipients, to, sizeof to);
	explain_say(e, "approve",
	    "signs policies and nothing else. Stolen: with the approve keys of all other parties too, another policy; "
	    "alone, nothing");
	explain_say(e, "endorse",
	    "says which enclave is its organisation's. Stolen: the thief can bring an enclave of its own as that "
	    "party's, with any "
	    "input it likes; that enclave still runs the measured code, learns no other input, and no second run is "
	    "hidden from the other "
	    "endorsers");
	explain_say(e, "receive",
	    "opens results. Stolen from %s: the thief reads results of the past and the future, and nothing else", to);
	if (has_roots(e->p))
		explain_say(e, "TEE root",
		    "makes evidence of software enclaves. Stolen: the thief can pass off any program as the measured "
		    "one on "
		    "that "
		    "installation; with rep3 one such party alone reads no secret");
}

static void explain_defaults(const struct explainer *e)
{
	struct slice list = e->filled_in;
	char name[128];

	if (list.len == 0 && !e->p->filled_in)
		explain_say(e, "nothing", "the file says everything itself");
	if (list.len == 0 && e->p->filled_in)
		explain_say(e, "marked", "the file says that something was filled in; a real session refuses it");
	for (size_t start = 0, i = 0; i < list.len; i++)
		if (list.ptr[i] == '\n') {
			snprintf(name, sizeof name, "%.*s", (int)(i - start), (const char *)list.ptr + start);
			explain_say(e, name, "filled in; a real session refuses a policy that leaves it out");
			start = i + 1;
		}
}

void policy_explain_items(const struct explain_sink *sink, const struct policy *p, struct slice filled_in)
{
	static void (*const parts[EXPLAIN_SECTIONS])(const struct explainer *) = {explain_policy, explain_evidence,
	    explain_threats, explain_learns, explain_withheld, explain_leaks, explain_keys, explain_defaults};
	struct explainer e = {.sink = sink, .p = p, .filled_in = filled_in};

	for (int i = 0; i < EXPLAIN_SECTIONS; i++) {
		e.section = explain_sections[i];
		parts[i](&e);
	}
}
