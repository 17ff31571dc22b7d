/* Who learns what: every released value with its way from the columns, and everything that decides about rows. */
#include "item.h"

#include <stdio.h>

enum { CHAIN_MAX = 400 };

static const struct plan_op *op_at(const struct plan *plan, uint16_t id)
{
	return &plan->ops[id - 1];
}

static bool reads_column(const struct plan_op *op)
{
	return op->code == OP_COL || op->code == OP_COLW || op->code == OP_KNOWN || op->code == OP_KNOWNW;
}

/* The operator that carries the value: for a PICK the column of the SUMS it picks, else the value operand. */
static uint16_t source_of(const struct plan *plan, const struct plan_op *op)
{
	if (op->code == OP_PICK) {
		const struct plan_op *sums = op_at(plan, op->in[0]);

		return sums->in[op->a]; /* 0 is the selector matrix, whose rows are counted */
	}
	if (op->code == OP_MIN || op->code == OP_MAX || op->code == OP_OUT)
		return op->in[1];
	return op->n_in ? op->in[0] : 0;
}

/* "salary > SUMS > PICK > A2B > AVG > OUT", from the OUT backwards. */
static void trace(const struct policy *p, uint16_t id, char *out, size_t cap)
{
	const struct plan *plan = &p->plan;
	uint16_t way[16];
	size_t n = 0, used = 0;

	for (; id && n < 16; id = source_of(plan, op_at(plan, id)))
		way[n++] = id;
	while (n-- > 0 && used < cap) {
		const struct plan_op *op = op_at(plan, way[n]);

		if (op->code == OP_VALID || op->code == OP_AND || op->code == OP_OR || op->code == OP_NOT)
			continue; /* the row selection, which `withheld` speaks of */
		if (op->code == OP_PICK && used < cap)
			used += (size_t)snprintf(out + used, cap - used, "%sSUMS", used ? " > " : "");
		if (used < cap && reads_column(op))
			used += (size_t)snprintf(out + used, cap - used, "%s%s", p->columns[op->a].name,
			    op->code == OP_KNOWN || op->code == OP_KNOWNW ? " is known" : "");
		else if (used < cap)
			used += (size_t)snprintf(
			    out + used, cap - used, "%s%s", used ? " > " : "", plan_opcode_name(op->code));
	}
}

static uint16_t out_of(const struct plan *plan, unsigned result)
{
	for (uint16_t id = 1; id <= plan->n_ops; id++)
		if (op_at(plan, id)->code == OP_OUT && op_at(plan, id)->a == result)
			return id;
	return 0;
}

static void explain_value(const struct explainer *e, unsigned i, const char *to)
{
	const struct policy *p = e->p;
	const struct policy_result *r = &p->results[i];
	char aggregate[POLICY_NAME_MAX + 16], chain[CHAIN_MAX] = "", name[POLICY_NAME_MAX + 16];
	uint16_t out = out_of(&p->plan, i);

	snprintf(name, sizeof name, "column %s", r->name);
	name_aggregate(p, r->kind, r->column, aggregate, sizeof aggregate);
	if (r->kind == REL_KEY) {
		explain_say(e, name,
		    "%s learn the values of %s for which a group is released, each from a domain that the policy "
		    "publishes",
		    to, aggregate);
		return;
	}
	if (out)
		trace(p, out, chain, sizeof chain);
	explain_say(e, name, "%s learn %s of each released group%s: %s", to, aggregate,
	    r->nullable ? ", NULL where too few values are known" : "", chain);
}

static void explain_conditions(const struct explainer *e)
{
	const struct policy *p = e->p;
	char list[512] = "", one[POLICY_NAME_MAX + 16];
	size_t used = 0;

	for (unsigned i = 0; i < p->n_conditions && used < sizeof list; i++) {
		name_aggregate(p, p->conditions[i].kind, p->conditions[i].column, one, sizeof one);
		used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", i ? ", " : "", one);
	}
	if (used)
		explain_say(e, "conditions",
		    "HAVING, or ORDER BY with LIMIT, looks at %s: whether a group is in the result says something "
		    "about it",
		    list);
}

void explain_learns(const struct explainer *e)
{
	const struct policy *p = e->p;
	char to[128], others[128];
	uint32_t rest = ((1u << p->n_parties) - 1) & ~p->recipients;

	name_parties(p, p->recipients, to, sizeof to);
	for (unsigned i = 0; i < p->n_results; i++)
		explain_value(e, i, to);
	explain_conditions(e);
	if (rest) {
		name_parties(p, rest, others, sizeof others);
		explain_say(e, "others", "%s receive no part of the result", others);
	}
	explain_say(e, "coordinator",
	    "learns that the session took place, its parties, its plan and the row counts; no input, share or result");
}

/* ---- what nobody learns ---- */

static uint64_t columns_read(const struct plan *plan)
{
	uint64_t set = 0;

	for (unsigned k = 0; k < plan->n_ops; k++) {
		const struct plan_op *op = &plan->ops[k];

		if (reads_column(op))
			set |= (uint64_t)1 << op->a;
	}
	return set;
}

static void name_columns(const struct policy *p, uint64_t set, char *out, size_t cap)
{
	size_t used = 0;

	out[0] = 0;
	for (unsigned i = 0; i < p->n_columns && used < cap; i++)
		if (set & (uint64_t)1 << i)
			used += (size_t)snprintf(out + used, cap - used, "%s%s", used ? ", " : "", p->columns[i].name);
}

void explain_withheld(const struct explainer *e)
{
	const struct policy *p = e->p;
	uint64_t read = columns_read(&p->plan),
		 all = p->n_columns < 64 ? ((uint64_t)1 << p->n_columns) - 1 : UINT64_MAX;
	char names[700];

	explain_say(e, "rows",
	    "no row leaves its organisation but as secret shares, and no value of a row is ever put together");
	explain_say(e, "small groups",
	    "a group of fewer than %u rows is not in the result, and its values are zeroed under the protocol before "
	    "they are "
	    "put together; groups cut by HAVING or LIMIT alike",
	    p->min_subjects);
	explain_say(e, "few known values",
	    "a value over a nullable column reads as NULL where fewer than %u rows of the group have one",
	    p->min_subjects);
	if (all & ~read) {
		name_columns(p, all & ~read, names, sizeof names);
		explain_say(e, "columns not used", "%s: not even shared", names);
	}
	explain_say(e, "subjects", "one row counts as one subject: a person with two rows counts twice");
}
