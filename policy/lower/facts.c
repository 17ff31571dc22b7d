/* The facts that a plan is judged by: what is released, and what else may decide about a row. */
#include "lowering.h"
#include "facts.h"

static uint8_t scale_of(const struct policy *p, enum release_kind kind, uint16_t column)
{
	if (kind == REL_COUNT || kind == REL_COUNT_COLUMN)
		return 0;
	return kind == REL_AVG ? 6 : p->columns[column].scale;
}

static void declare_results(struct lowering *l)
{
	struct policy *p = l->p;
	uint16_t outs = 0;

	p->n_results = l->q->n_results;
	for (unsigned i = 0; i < l->q->n_results; i++) {
		const struct query_result *from = &l->q->results[i];
		struct policy_result *r = &p->results[i];

		memset(r, 0, sizeof *r);
		memcpy(r->name, from->name, sizeof r->name);
		r->kind = from->kind;
		r->column = from->column;
		r->position = from->kind == REL_KEY ? from->key : outs++;
		r->scale = scale_of(p, from->kind, from->column);
		r->nullable = is_nullable_aggregate(l, from->kind, from->column);
	}
}

static void declare_condition(struct policy *p, enum release_kind kind, uint16_t column)
{
	for (unsigned i = 0; i < p->n_conditions; i++)
		if (p->conditions[i].kind == kind && p->conditions[i].column == column)
			return;
	if (p->n_conditions < PLAN_RESULTS_MAX)
		p->conditions[p->n_conditions++] = (struct policy_condition){.kind = kind, .column = column};
}

/* HAVING looks at these; ORDER BY with LIMIT looks at what it sorts by. */
static enum status declare_conditions(struct lowering *l)
{
	const struct query *q = l->q;
	struct policy *p = l->p;

	p->n_conditions = 0;
	for (unsigned i = 1; i <= q->n_exprs; i++) {
		if (p->n_conditions == PLAN_RESULTS_MAX)
			return sql_fault_set(l->fault, ST_SQL_UNSUPPORTED, q->exprs[i].at,
			    "use fewer aggregates in HAVING", "more than %d aggregates in HAVING are not supported",
			    PLAN_RESULTS_MAX);
		if (q->exprs[i].kind == EX_AGGREGATE)
			declare_condition(p, q->exprs[i].aggregate, q->exprs[i].column);
	}
	for (unsigned i = 0; q->limit && i < q->n_order; i++) {
		const struct query_result *r = &q->results[q->order[i].result];

		if (r->kind != REL_KEY)
			declare_condition(p, r->kind, r->column);
	}
	return ST_OK;
}

enum status declare_facts(struct lowering *l)
{
	struct policy *p = l->p;
	enum status st;

	declare_results(l);
	TRY(declare_conditions(l));
	p->n_order = l->q->n_order;
	for (unsigned i = 0; i < p->n_order; i++)
		p->order[i] = (struct policy_order){.result = l->q->order[i].result, .flags = l->q->order[i].flags};
	p->limit = l->q->limit;
out:
	return st;
}
