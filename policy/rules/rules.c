#include "policy/rules.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "judge.h"

enum status refuse(const struct judge *j, enum status st, uint16_t id, const char *format, ...)
{
	char text[384];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	if (id == 0)
		return problem_set(j->problem, st, "plan", NULL, "%s", text);
	return problem_set(j->problem, st, "plan", NULL, "operator %u (%s): %s", (unsigned)id,
	    plan_opcode_name(op_of(j->plan, id)->code), text);
}

static enum status judge_plan(struct judge *j)
{
	enum status st;

	TRY(rule_recipients(j));
	TRY(rule_columns(j));
	TRY(rule_rows(j));
	TRY(rule_text(j));
	TRY(rule_keys(j));
	TRY(rule_keep(j));
	depend_rows(j);
	TRY(rule_suppression(j));
	TRY(rule_one_keep(j));
	depend_groups(j);
	TRY(rule_outputs(j));
	TRY(rule_conditions(j));
	TRY(rule_limit(j));
out:
	return st;
}

enum status rules_check(const struct policy *p, struct problem *problem)
{
	struct judge j = {.p = p, .plan = &p->plan, .problem = problem};
	enum status st;

	j.of = calloc((size_t)p->plan.n_ops + 1, sizeof *j.of);
	if (!j.of)
		return problem_default(problem, ST_NO_MEMORY, "plan");
	st = judge_plan(&j);
	free(j.of);
	return st;
}
