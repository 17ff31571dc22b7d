#include "walk.h"

#include <stdio.h>
#include <stdlib.h>

static enum status read_version(struct walk *w, const struct yaml_node *n)
{
	static const char *const versions[] = {"1"};
	unsigned v;

	return scalar_word(w, n, versions, 1, &v, "the version of the policy language");
}

static enum status read_name(struct walk *w, const struct yaml_node *n)
{
	return scalar_id(w, n, w->m->facts->name, "the policy's name");
}

static enum status read_serial(struct walk *w, const struct yaml_node *n)
{
	w->m->has |= HAS_SERIAL;
	return scalar_u64(w, n, &w->m->facts->serial, 1, ((uint64_t)1 << 53) - 1, "serial");
}

static enum status read_signing_time(struct walk *w, const struct yaml_node *n)
{
	return scalar_instant(w, n, &w->m->facts->signing_time, "signing_time");
}

static enum status read_query(struct walk *w, const struct yaml_node *n)
{
	struct manifest *m = w->m;

	if (n->kind != YAML_SCALAR || n->text.len == 0)
		return walk_refuse(w, n, ST_POL_VALUE, "write `query: |` and the SELECT indented below it",
		    "query is one SQL statement");
	if (n->text.len > MANIFEST_QUERY_MAX)
		return walk_refuse(w, n, ST_POL_VALUE, NULL, "the query is longer than %d bytes", MANIFEST_QUERY_MAX);
	m->query = n->text;
	m->query_at = n->at;
	m->query_map = calloc(n->text.len, sizeof *m->query_map);
	if (!m->query_map)
		return walk_refuse(w, n, ST_NO_MEMORY, NULL, "out of memory");
	map_query(m, n->at, n->style == YAML_QUOTED);
	return ST_OK;
}

/* The marker that manifest_render writes: which keys of this file nobody wrote. */
static enum status read_filled_in(struct walk *w, const struct yaml_node *list)
{
	enum status st;

	TRY(expect_list(w, list, "filled_in", 1, 64));
	for (const struct yaml_node *n = node_at(w, list->first); n; n = node_at(w, n->next)) {
		struct slice text;

		TRY(scalar_text(w, n, &text, 96, "an entry of filled_in"));
		buf_append(&w->m->filled_in, text.ptr, text.len);
		buf_append_str(&w->m->filled_in, "\n");
	}
	w->m->facts->filled_in = true;
	TRY(buf_status(&w->m->filled_in));
out:
	return st;
}

static const struct map_key top_keys[] = {
    {"parley", true, read_version, "begin with `parley: 1`"},
    {"name", true, read_name, "add `name:`, a short name such as wage-gap"},
    {"serial", false, read_serial, NULL},
    {"valid", false, read_valid, NULL},
    {"signing_time", false, read_signing_time, NULL},
    {"admission", false, read_admission, NULL}, /* before the parties: its tcb is what they start from */
    {"parties", true, read_parties, "add `parties: [{id: north}, {id: south}, {id: west}]`"},
    {"providers", false, read_providers, NULL},
    {"reference_values", false, read_reference_values, NULL},
    {"datasets", true, read_datasets, "add `datasets:` with name, from and columns"},
    {"protocol", false, read_protocol, NULL},
    {"query", true, read_query, "add `query:` with one SELECT"},
    {"release", true, read_release, "add `release: {to: [PARTY, …], min_subjects: 10}`"},
    {"deadlines", false, read_deadlines, NULL},
    {"rows", false, read_rows, NULL},
    {"filled_in", false, read_filled_in, NULL},
    {"restrictions", false, NULL, "agree on one policy file"},
    {"distinct", false, NULL, "write it under `admission:`"},
    {"tcb", false, NULL, "write it under `admission:`, or at a party"},
    {"dp", false, NULL, "remove it: this version suppresses small groups and adds no noise"},
};

static enum status check_together(struct walk *w, const struct yaml_node *root)
{
	struct policy *f = w->m->facts;
	const struct yaml_node *signing = map_value(w, root, "signing_time");

	if (!signing)
		f->signing_time = f->not_before;
	else if (w->m->has & HAS_VALID && f->signing_time >= f->not_after)
		return walk_refuse(
		    w, signing, ST_POL_VALUE, "sign before the policy ends", "signing_time is after valid.not_after");
	return manifest_check(w->m, w->problem);
}

enum status manifest_parse(struct manifest *m, struct slice yaml, const char *file_name, struct problem *problem)
{
	struct walk w = {.m = m, .problem = problem};
	struct yaml_fault fault = {0};
	enum status st;

	memset(m, 0, sizeof *m);
	m->source = yaml;
	snprintf(m->file_name, sizeof m->file_name, "%s", file_name ? file_name : "policy");
	st = yaml_parse(&m->doc, yaml, &fault);
	if (st != ST_OK) {
		manifest_problem(m, problem, st, fault.at, NULL, "%s", fault.message);
		goto out;
	}
	m->facts = calloc(1, sizeof *m->facts);
	if (!m->facts)
		TRY(manifest_problem(m, problem, ST_NO_MEMORY, 0, NULL, "out of memory"));
	TRY(WALK_MAP(&w, node_at(&w, 1), top_keys, "the policy"));
	TRY(check_together(&w, node_at(&w, 1)));
out:
	if (st != ST_OK)
		manifest_clear(m);
	return st;
}

void manifest_clear(struct manifest *m)
{
	yaml_free(m->doc);
	free(m->facts);
	free(m->query_map);
	buf_clear(&m->filled_in);
	memset(m, 0, sizeof *m);
}
