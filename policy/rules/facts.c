/* The plan's head is that of the facts: recipients, columns, rows, keys. */
#include "judge.h"

enum status rule_recipients(const struct judge *j)
{
	if (j->p->recipients == 0)
		return refuse(j, ST_PLAN_RECIPIENT, 0, "nobody receives the result");
	if (j->p->recipients >> j->p->n_parties)
		return refuse(j, ST_PLAN_RECIPIENT, 0, "a recipient is not a party of the policy");
	return ST_OK;
}

/* Widths, and with them all bounds, rest on the columns' ranges; ingest checks every value against the facts. */
enum status rule_columns(const struct judge *j)
{
	if (j->plan->n_columns != j->p->n_columns)
		return refuse(j, ST_PLAN_TYPE, 0, "the plan has %u columns and the dataset %u",
		    (unsigned)j->plan->n_columns, (unsigned)j->p->n_columns);
	for (unsigned i = 0; i < j->plan->n_columns; i++) {
		const struct plan_column *plan = &j->plan->columns[i];
		const struct policy_column *fact = &j->p->columns[i];

		if (plan->nullable != fact->nullable)
			return refuse(j, ST_PLAN_TYPE, 0,
			    "column %s: the plan and the dataset differ in whether it is nullable", fact->name);
		if (plan->lo != fact->lo || plan->hi != fact->hi)
			return refuse(
			    j, ST_PLAN_BOUND, 0, "column %s: the plan's range is not the dataset's", fact->name);
	}
	return ST_OK;
}

enum status rule_rows(const struct judge *j)
{
	uint64_t rows = (uint64_t)j->p->rows_max_party * (unsigned)__builtin_popcount(j->p->dataset_from);

	if (j->plan->rows_max != rows)
		return refuse(j, ST_PLAN_BOUND, 0, "the plan is for %u rows and the dataset may have %llu",
		    (unsigned)j->plan->rows_max, (unsigned long long)rows);
	return ST_OK;
}

/* Free text has no code in this version: there is nothing that a plan could read. */
enum status rule_text(const struct judge *j)
{
	for (uint16_t id = 1; id <= j->plan->n_ops; id++) {
		const struct plan_op *op = op_of(j->plan, id);
		bool reads_value = op->code == OP_COL || op->code == OP_COLW;

		if (reads_value && j->p->columns[op->a].type == COL_TEXT)
			return refuse(j, ST_PLAN_TYPE, id, "column %s is free text, which has no code",
			    j->p->columns[op->a].name);
	}
	return ST_OK;
}

/* The place of a row in the result gives its keys away, so every key is a released column, and says which. */
enum status rule_keys(const struct judge *j)
{
	unsigned released = 0;

	for (unsigned i = 0; i < j->p->n_results; i++) {
		const struct policy_result *r = &j->p->results[i];
		if (r->kind != REL_KEY)
			continue;
		if (r->position >= j->plan->n_keys || j->plan->keys[r->position].column != r->column)
			return refuse(
			    j, ST_PLAN_RELEASE, 0, "result column %s is not the key that the plan groups by", r->name);
		released |= 1u << r->position;
	}
	for (unsigned k = 0; k < j->plan->n_keys; k++) {
		if (!(released >> k & 1))
			return refuse(j, ST_PLAN_RELEASE, 0, "the plan groups by %s, which is not in the result",
			    j->p->columns[j->plan->keys[k].column].name);
	}
	return ST_OK;
}
