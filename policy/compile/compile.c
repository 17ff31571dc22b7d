#include "policy/compile.h"

#include "policy/bind.h"
#include "policy/lower.h"
#include "policy/manifest.h"
#include "policy/rules.h"
#include "policy/sql_run.h"

#include <stdio.h>
#include <stdlib.h>

/* What one compilation needs beside its result; large, hence one heap piece. */
struct work {
	const struct compile_options *opt;
	struct problem *problem;
	struct manifest manifest;
	struct buf answer; /* the helper's */
	struct sql_ast ast;
	struct query query;
	struct sql_fault fault;
	struct buf rendered; /* the effective source, when something was filled in */
};

static enum status refuse_query(struct work *w)
{
	return manifest_query_problem(&w->manifest, w->problem, w->fault.st, w->fault.at,
	    w->fault.fix[0] ? w->fault.fix : NULL, w->fault.message);
}

/* The helper's own words about the error, kept short. */
static enum status refuse_syntax(struct work *w)
{
	struct slice message;
	uint32_t at;

	if (sql_error_decode(buf_view(&w->answer), &at, &message) != ST_OK)
		return problem_set(
		    w->problem, ST_SQL_HELPER, w->opt->sqlparse_path, NULL, "its answer is not well-formed");
	sql_fault_set(&w->fault, ST_SQL_SYNTAX, at, NULL, "%.*s", (int)(message.len < 300 ? message.len : 300),
	    (const char *)message.ptr);
	return refuse_query(w);
}

static enum status parse_query(struct work *w)
{
	struct slice sql = w->manifest.query;
	char detail[256];
	enum status st = sql_run(&w->answer, sql, w->opt->sqlparse_path, detail, sizeof detail);

	if (st == ST_SQL_HELPER)
		return problem_set(
		    w->problem, st, w->manifest.file_name, NULL, "the SQL parser could not be run: %s", detail);
	if (st != ST_OK)
		return problem_default(w->problem, st, w->manifest.file_name);
	if (sql_ast_decode(&w->ast, buf_view(&w->answer), sql.len) == ST_OK)
		return ST_OK;
	return refuse_syntax(w);
}

static enum status understand_query(struct work *w)
{
	enum status st;

	TRY(parse_query(w));
	st = query_bind(&w->query, w->manifest.facts, &w->ast, &w->fault);
	if (st == ST_OK)
		st = query_lower(w->manifest.facts, &w->query, &w->fault);
	if (st != ST_OK)
		refuse_query(w);
out:
	return st;
}

static enum status read_source(struct work *w, struct slice yaml)
{
	enum status st;

	TRY(manifest_parse(&w->manifest, yaml, w->opt->file_name, w->problem));
	if (!w->opt->fill_in)
		TRY(manifest_complete(&w->manifest, w->problem));
	if (w->opt->fill_in && !w->opt->defaults)
		TRY(problem_set(w->problem, ST_BUG, w->manifest.file_name, NULL, "fill_in without defaults"));
	if (w->opt->fill_in) {
		manifest_fill_in(&w->manifest, w->opt->defaults);
		TRY(manifest_check(&w->manifest, w->problem));
	}
out:
	return st;
}

/* The author's text as it is; where something was filled in, the effective policy written out. */
static enum status embed_source(struct work *w, bool complete)
{
	struct policy *p = w->manifest.facts;
	enum status st = ST_OK;

	p->source_yaml = w->manifest.source;
	if (!complete) {
		TRY(manifest_render(&w->rendered, &w->manifest));
		p->source_yaml = buf_view(&w->rendered);
	}
	snprintf(p->compiler, sizeof p->compiler, "%s", COMPILER_VERSION);
out:
	return st;
}

/* What enclaves will do with it, done here first: a refusal is our bug. */
static enum status seal(struct work *w, struct policy *out, struct buf *payload)
{
	struct problem inner = {0};
	enum status st = policy_encode(payload, w->manifest.facts);

	if (st == ST_OK)
		st = policy_decode(out, buf_view(payload), &inner);
	if (st == ST_OK)
		st = rules_check(out, &inner);
	if (st == ST_OK)
		return ST_OK;
	if (st == ST_NO_MEMORY)
		return problem_default(w->problem, st, w->manifest.file_name);
	if (st == ST_PLAN_LIMIT)
		return problem_set(w->problem, st, w->manifest.file_name, NULL, "%s",
		    inner.message[0] ? inner.message : status_title(st));
	return problem_set(w->problem, ST_BUG, w->manifest.file_name, NULL, "the compiled policy is refused: %s %s",
	    status_code(st), inner.message);
}

static enum status run(
    struct work *w, struct policy *out, struct buf *payload, struct slice yaml, struct buf *filled_in)
{
	bool complete;
	enum status st;

	TRY(read_source(w, yaml));
	complete = !w->opt->fill_in || w->manifest.filled_in.len == 0;
	TRY(understand_query(w));
	TRY(embed_source(w, complete));
	TRY(seal(w, out, payload));
	buf_append(filled_in, w->manifest.filled_in.ptr, w->manifest.filled_in.len);
	TRY(buf_status(filled_in));
out:
	return st;
}

enum status policy_compile(struct policy *out, struct buf *payload, struct slice yaml,
    const struct compile_options *opt, struct buf *filled_in, struct problem *problem)
{
	struct work *w = calloc(1, sizeof *w);
	struct policy *made = calloc(1, sizeof *made);
	enum status st;

	if (!w || !made) {
		free(w);
		free(made);
		return problem_default(problem, ST_NO_MEMORY, opt->file_name);
	}
	w->opt = opt;
	w->problem = problem;
	st = run(w, made, payload, yaml, filled_in);
	if (st == ST_OK)
		*out = *made;
	else
		problem_default(problem, st, opt->file_name);
	manifest_clear(&w->manifest);
	buf_clear(&w->answer);
	buf_clear(&w->rendered);
	free(w);
	free(made);
	return st;
}

enum status policy_recompile_check(
    const struct policy *decoded, struct slice payload, const struct compile_options *opt, struct problem *problem)
{
	struct compile_options whole = {.file_name = opt->file_name, .sqlparse_path = opt->sqlparse_path};
	struct policy *again = calloc(1, sizeof *again);
	struct buf bytes = {0}, filled_in = {0};
	struct problem inner = {0};
	enum status st;

	if (!again)
		return problem_default(problem, ST_NO_MEMORY, opt->file_name);
	st = policy_compile(again, &bytes, decoded->source_yaml, &whole, &filled_in, &inner);
	if (st != ST_OK && (status_class_of(st) == CLASS_ENV || st == ST_BUG)) {
		if (problem && problem->st == ST_OK)
			*problem = inner;
	} else if (st != ST_OK) {
		st = problem_set(problem, ST_POLICY_HASH, inner.where, NULL,
		    "the embedded source does not compile: %s %s", status_code(st), inner.message);
	} else if (!slice_equal(buf_view(&bytes), payload)) {
		st = problem_set(problem, ST_POLICY_HASH, opt->file_name, NULL,
		    "recompiling the embedded source gives another policy (made by %s; this is %s)", decoded->compiler,
		    COMPILER_VERSION);
	}
	buf_clear(&bytes);
	buf_clear(&filled_in);
	free(again);
	return st;
}
