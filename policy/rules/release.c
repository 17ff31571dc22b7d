/* What leaves the computation: the KEEP that suppresses it, the values, the conditions. One rule a function. */
#include "judge.h"

static bool is_output(const struct plan_op *op)
{
	return op->code == OP_OUT || op->code == OP_OUTKEEP;
}

/* Exactly one OUTKEEP, last: the recipient is told which rows are there. */
enum status rule_keep(struct judge *j)
{
	uint16_t n = j->plan->n_ops;

	if (n == 0)
		return refuse(j, ST_PLAN_FORMAT, 0, "there are no operators");
	for (uint16_t id = 1; id < n; id++) {
		if (op_of(j->plan, id)->code == OP_OUTKEEP)
			return refuse(j, ST_PLAN_RELEASE, id, "it is not the last operator");
	}
	if (op_of(j->plan, n)->code != OP_OUTKEEP)
		return refuse(j, ST_PLAN_RELEASE, n, "the last operator is not OUTKEEP");
	j->keep = op_of(j->plan, n)->in[0];
	return ST_OK;
}

/* Every KEEP begins with one SUPPRESS; KEEPIF and TOP only take from it. */
static uint16_t suppress_of(const struct plan *plan, uint16_t keep)
{
	while (op_of(plan, keep)->code != OP_SUPPRESS)
		keep = op_of(plan, keep)->in[0];
	return keep;
}

/* SUPPRESS(COUNT(*) of a GROUP of real rows) by min_subjects at least. */
static enum status check_suppress(const struct judge *j, uint16_t output, uint16_t id, uint16_t *group)
{
	const struct plan_op *op = op_of(j->plan, id);
	struct aggregate count;

	if (op->imm < (int64_t)j->p->min_subjects)
		return refuse(j, ST_PLAN_SUPPRESSION, output,
		    "it is suppressed below %lld subjects, and the policy demands %u", (long long)op->imm,
		    (unsigned)j->p->min_subjects);
	if (!aggregate_of(j->plan, op->in[0], &count) || count.kind != REL_COUNT)
		return refuse(j, ST_PLAN_SUPPRESSION, output,
		    "operator %u does not suppress by the COUNT(*) of a group", (unsigned)id);
	if (!j->of[op_of(j->plan, count.group)->in[0]].real_if_true)
		return refuse(j, ST_PLAN_SUPPRESSION, output, "the COUNT(*) of operator %u may count padding rows",
		    (unsigned)count.group);
	*group = count.group;
	return ST_OK;
}

enum status rule_suppression(struct judge *j)
{
	for (uint16_t id = 1; id <= j->plan->n_ops; id++) {
		const struct plan_op *op = op_of(j->plan, id);
		if (!is_output(op))
			continue;
		/* the last output is OUTKEEP: its group is the one that counts */
		enum status st = check_suppress(j, id, suppress_of(j->plan, op->in[0]), &j->group);
		if (st != ST_OK)
			return st;
	}
	return ST_OK;
}

enum status rule_one_keep(const struct judge *j)
{
	for (uint16_t id = 1; id <= j->plan->n_ops; id++) {
		const struct plan_op *op = op_of(j->plan, id);
		if (op->code == OP_OUT && op->in[0] != j->keep)
			return refuse(j, ST_PLAN_RELEASE, id,
			    "it hangs on operator %u, and the rows that are released on %u", (unsigned)op->in[0],
			    (unsigned)j->keep);
	}
	return ST_OK;
}

static int64_t power_of_ten(unsigned exponent)
{
	int64_t power = 1;

	for (unsigned i = 0; i < exponent && i < 18; i++)
		power *= 10;
	return power;
}

/* The value is the declared aggregate, over the rows that SUPPRESS counted. */
static enum status check_value(const struct judge *j, uint16_t id, const struct policy_result *r)
{
	const struct plan_op *op = op_of(j->plan, id);
	struct aggregate value, declared = aggregate_declared(j->plan, r->kind, r->column);
	char text[80];

	aggregate_print(j->p, r->kind, r->column, text, sizeof text);
	if (!aggregate_of(j->plan, op->in[1], &value) || !aggregate_equal(&value, &declared))
		return refuse(
		    j, ST_PLAN_RELEASE, id, "it does not release %s, which result column %s declares", text, r->name);
	if (value.group != j->group)
		return refuse(j, ST_PLAN_SUPPRESSION, id,
		    "%s is over operator %u, and suppressed by the COUNT(*) over %u", text, (unsigned)value.group,
		    (unsigned)j->group);
	if (r->kind == REL_AVG && value.scale != power_of_ten((unsigned)r->scale - j->p->columns[r->column].scale))
		return refuse(
		    j, ST_PLAN_RELEASE, id, "%s has another scale than result column %s declares", text, r->name);
	return ST_OK;
}

static enum status check_nonnull(const struct judge *j, uint16_t id, const struct policy_result *r)
{
	const struct plan_op *op = op_of(j->plan, id);
	bool has_bit = op->n_in == 3;

	if (r->nullable && !has_bit)
		return refuse(j, ST_PLAN_SUPPRESSION, id,
		    "%s is nullable, and nothing withholds it where few rows are known", r->name);
	if (!r->nullable && has_bit)
		return refuse(
		    j, ST_PLAN_RELEASE, id, "it releases a bit that result column %s does not declare", r->name);
	if (has_bit && !is_nonnull_bit(j, op->in[2], r->column))
		return refuse(j, ST_PLAN_SUPPRESSION, id,
		    "operator %u is not the bit that %u rows or more are known in %s", (unsigned)op->in[2],
		    (unsigned)j->p->min_subjects, j->p->columns[r->column].name);
	return ST_OK;
}

/* Every declared value once, in the order declared, and no other. */
enum status rule_outputs(const struct judge *j)
{
	unsigned outs = 0, wanted = 0;
	enum status st = ST_OK;

	for (unsigned i = 0; i < j->p->n_results; i++)
		wanted += j->p->results[i].kind != REL_KEY;
	for (uint16_t id = 1; id <= j->plan->n_ops; id++) {
		const struct plan_op *op = op_of(j->plan, id);
		if (op->code != OP_OUT)
			continue;
		if (op->a >= j->p->n_results || j->p->results[op->a].kind == REL_KEY)
			return refuse(
			    j, ST_PLAN_RELEASE, id, "no result column %u of the policy is released so", op->a + 1u);
		if (j->p->results[op->a].position != outs++)
			return refuse(
			    j, ST_PLAN_RELEASE, id, "result column %s is not at this place", j->p->results[op->a].name);
		TRY(check_value(j, id, &j->p->results[op->a]));
		TRY(check_nonnull(j, id, &j->p->results[op->a]));
	}
	if (outs != wanted)
		return refuse(
		    j, ST_PLAN_RELEASE, 0, "the policy declares %u values and the plan releases %u", wanted, outs);
out:
	return st;
}

/* `unguarded`: what is left of the columns that the value depends on where they are not known. */
static enum status check_condition(const struct judge *j, uint16_t id, uint16_t value, uint64_t unguarded)
{
	if (!j->of[value].is_declared)
		return refuse(j, ST_PLAN_RELEASE, id,
		    "operator %u decides about rows by what the policy neither releases nor declares as a condition",
		    (unsigned)value);
	if (unguarded)
		return refuse(j, ST_PLAN_SUPPRESSION, id,
		    "operator %u decides about rows by column %s even where fewer than %u rows are known",
		    (unsigned)value, j->p->columns[__builtin_ctzll(unguarded)].name, (unsigned)j->p->min_subjects);
	return ST_OK;
}

static enum status check_sort_keys(const struct judge *j, uint16_t id)
{
	const struct plan_op *op = op_of(j->plan, id);
	enum status st = ST_OK;

	for (unsigned i = 0, k = 1; i < j->plan->n_sort; i++) {
		uint16_t value = op->in[k++];
		uint64_t unguarded = j->of[value].unguarded;

		if (j->plan->sort[i] & SORT_HAS_NONNULL) {
			uint16_t nonnull = op->in[k++];
			unguarded &= ~j->of[nonnull].known_if_true;
			TRY(check_condition(j, id, nonnull, j->of[nonnull].unguarded));
		}
		TRY(check_condition(j, id, value, unguarded));
	}
out:
	return st;
}

/* Whatever takes rows away decides by declared things alone. */
enum status rule_conditions(const struct judge *j)
{
	enum status st = ST_OK;

	for (uint16_t id = j->keep; op_of(j->plan, id)->code != OP_SUPPRESS; id = op_of(j->plan, id)->in[0]) {
		const struct plan_op *op = op_of(j->plan, id);

		if (op->code == OP_TOP)
			TRY(check_sort_keys(j, id));
		else
			TRY(check_condition(j, id, op->in[1], j->of[op->in[1]].unguarded));
	}
out:
	return st;
}

/* LIMIT is a TOP with that number, applied after all else; without one where there cannot be as many rows. */
enum status rule_limit(const struct judge *j)
{
	const struct plan_op *keep = op_of(j->plan, j->keep);

	if (keep->code == OP_TOP && (j->p->limit == 0 || (uint64_t)keep->imm != j->p->limit))
		return refuse(j, ST_PLAN_RELEASE, j->keep, "it keeps %lld rows, and the policy's limit is %llu",
		    (long long)keep->imm, (unsigned long long)j->p->limit);
	for (uint16_t id = j->keep; op_of(j->plan, id)->code != OP_SUPPRESS; id = op_of(j->plan, id)->in[0]) {
		if (id != j->keep && op_of(j->plan, id)->code == OP_TOP)
			return refuse(j, ST_PLAN_RELEASE, id,
			    "a condition follows it, so fewer rows than the limit would be kept");
	}
	if (keep->code != OP_TOP && j->p->limit > 0 && j->p->limit < j->plan->groups)
		return refuse(j, ST_PLAN_RELEASE, j->keep, "the policy's limit of %llu rows is not kept",
		    (unsigned long long)j->p->limit);
	return ST_OK;
}
