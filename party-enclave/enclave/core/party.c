/* The one path through a session, and the one way out of it. */
#include "core.h"

#include <stdio.h>
#include <stdlib.h>

/* Upper bound of what this session can need, from the signed policy alone. Address space only: pages are touched as used. */
static size_t memory_bound(const struct party *p)
{
	const struct policy *policy = p->policy;
	uint32_t rows[EXEC_SOURCES_MAX] = {0};
	size_t columns = 0;

	for (unsigned c = 0; c < policy->n_columns; c++)
		columns += plan_reads(&policy->plan, c);
	for (unsigned i = 0; i < policy_sources(policy); i++)
		rows[i] = policy->dataset_from >> i & 1 ? policy->rows_max_party : 0;
	size_t run = exec_memory(&policy->plan, rows);
	size_t other = mpc_memory() + columns * ((size_t)policy->rows_max_party * 9 + 128);
	other += party_provided_memory(policy);
	other += run / 16; /* values of fewer rows may lie a little worse: first fit */
	/* SIZE_MAX: a plan that cannot run; refused before a share */
	return run > SIZE_MAX - other ? SIZE_MAX : run + other;
}

static enum status session(struct party *p)
{
	struct frame f;
	enum status st;

	TRY(party_boot(p));
	TRY(party_admit(p));
	TRY(inbox_next(p, &f)); /* the first of PROVIDED, DATA, DATA_END or BENCH decides */
	TRY(party_reserve(p, f.type == FRAME_BENCH ? SIZE_MAX : memory_bound(p)));
	if (f.type == FRAME_BENCH)
		return party_bench(p, &f);
	TRY(party_data(p, &f));
	TRY(party_steps(p));
	TRY(party_release(p));
out:
	return st;
}

/* "party ID" or "ID" in front of a problem's place is whom it blames. */
static void blame_from_problem(struct party *p)
{
	const char *where = p->problem.where;

	if (p->blame[0] || !p->policy)
		return;
	if (strncmp(where, "party ", 6) == 0)
		where += 6;
	for (unsigned i = 0; i < p->policy->n_parties; i++) {
		const char *id = p->policy->parties[i].id;
		size_t len = strlen(id);
		if (len > 0 && strncmp(where, id, len) == 0 && strchr(" :,", where[len]))
			memcpy(p->blame, id, len + 1);
	}
}

/* What goes out is plain ASCII, whatever was cut off where. */
static void make_plain(char *text)
{
	for (; *text; text++)
		if (*text < 0x20 || *text > 0x7e)
			*text = '?';
}

/* Code, culprit and one sentence; the host may be gone, and then nobody reads it. */
static void report_fault(struct party *p, enum status st)
{
	struct doc_fault f = {0};
	struct buf body = {0};

	if (p->problem.st == ST_OK || p->problem.st != st)
		snprintf(f.message, sizeof f.message, "%s", status_title(st));
	else
		snprintf(f.message, sizeof f.message, "%.511s", p->problem.message);
	make_plain(f.message);
	blame_from_problem(p);
	snprintf(f.code, sizeof f.code, "%s", status_code(st));
	snprintf(f.blame, sizeof f.blame, "%s", p->blame);
	doc_put_fault(&body, &f);
	if (!body.failed && emit(p, FRAME_FAULT, 0, buf_view(&body)) == ST_OK)
		p->state = ENC_ENDED;
	buf_clear(&body);
}

static void forget(struct party *p)
{
	p->state = ENC_ENDED;
	party_provided_clear(p);
	mpc_free(p->mpc);
	p->mpc = NULL;
	arena_clear(&p->arena);
	admission_free(p->admission);
	p->admission = NULL;
	admitted_free(p->admitted);
	p->admitted = NULL;
	inbox_clear(p);
	buf_clear(&p->scratch);
	buf_clear(&p->hellos);
	buf_clear(&p->renewals);
	buf_clear(&p->policy_file);
	free(p->policy);
	p->policy = NULL;
}

enum status party_run(const struct party_env *env)
{
	struct party *p = calloc(1, sizeof *p);
	enum status st;

	if (!p)
		return ST_NO_MEMORY;
	p->env = env;
	inbox_init(p);
	st = session(p);
	if (st != ST_OK && p->state != ENC_ENDED)
		report_fault(p, st);
	forget(p);
	wipe(p, sizeof *p);
	free(p);
	return st;
}
