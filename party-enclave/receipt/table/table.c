/*
 * From words to cells. A recipient learns exactly the released rows, so whatever else the words hold is a fault: they
 * are judged before a row is shown. Keys are public: group j is a tuple of key codes (policy/plan.h).
 */
#include <stdlib.h>

#include "table.h"

/* Where the words of one OUT lie, and what may stand there. */
struct out_words {
	uint32_t value, nonnull; /* word numbers; nonnull 0 when it has none (word 0 is always a value or the keep bit) */
	bool has_nonnull;
	int64_t lo, hi;
};
struct judge {
	const struct policy *policy;
	const uint64_t *words;
	uint32_t groups, keep; /* keep: its word number */
	unsigned n_outs;
	struct out_words outs[PLAN_RESULTS_MAX];
};

static uint64_t word(const struct judge *j, uint32_t w, uint32_t group)
{
	return j->words[(size_t)w * j->groups + group];
}

/* The plan's outputs in order; exactly one OUTKEEP, last. */
static enum status find_outs(struct judge *j)
{
	const struct plan *plan = &j->policy->plan;
	uint32_t at = 0;

	for (unsigned k = 0; k < plan->n_ops; k++) {
		const struct plan_op *op = &plan->ops[k];

		if (op->code == OP_OUTKEEP) {
			j->keep = at;
			return k + 1u == plan->n_ops ? ST_OK : ST_REC_RESULT;
		}
		if (op->code != OP_OUT)
			continue;
		if (j->n_outs == PLAN_RESULTS_MAX || op->in[1] == 0 || op->in[1] > k)
			return ST_REC_RESULT;
		const struct plan_type *type = &plan->ops[op->in[1] - 1].type;
		struct out_words *o = &j->outs[j->n_outs++];

		*o = (struct out_words){.value = at++, .has_nonnull = op->n_in == 3, .lo = type->lo, .hi = type->hi};
		if (o->has_nonnull)
			o->nonnull = at++;
	}
	return ST_REC_RESULT;
}

static enum status judge_value(const struct judge *j, const struct out_words *o, uint32_t group, bool kept)
{
	uint64_t nonnull = o->has_nonnull ? word(j, o->nonnull, group) : kept;
	int64_t value = (int64_t)word(j, o->value, group);

	if (nonnull > (kept ? 1u : 0u))
		return ST_REC_RESULT;
	if (!nonnull)
		return value == 0 ? ST_OK : ST_REC_RESULT;
	return value < o->lo || value > o->hi ? ST_REC_RESULT : ST_OK;
}

static enum status judge_group(const struct judge *j, uint32_t group, bool *kept)
{
	uint64_t keep = word(j, j->keep, group);
	enum status st = keep > 1 ? ST_REC_RESULT : ST_OK;

	*kept = keep == 1;
	for (unsigned i = 0; st == ST_OK && i < j->n_outs; i++)
		st = judge_value(j, &j->outs[i], group, *kept);
	return st;
}

static enum status judge_all(const struct judge *j, uint32_t *rows)
{
	enum status st = ST_OK;

	*rows = 0;
	for (uint32_t group = 0; group < j->groups; group++) {
		bool kept;

		TRY(judge_group(j, group, &kept));
		*rows += kept;
	}
	if (j->policy->limit > 0 && *rows > j->policy->limit)
		st = ST_REC_RESULT;
out:
	return st;
}

/* ---- cells ---- */
/* Code of key `position` in a group; the code after the last of its range stands for NULL. */
static bool key_is_null(const struct policy *p, unsigned position, uint32_t group, int64_t *code)
{
	const struct plan_key *key = &p->plan.keys[position];
	const struct policy_column *c = &p->columns[key->column];
	uint32_t index;

	for (unsigned k = p->plan.n_keys - 1; k > position; k--)
		group /= p->plan.keys[k].size;
	index = group % key->size;
	*code = c->lo + (int64_t)index;
	return c->nullable && index == key->size - 1;
}

static enum status text_cell(struct result_cell *cell, const struct policy *p, const struct policy_column *c)
{
	if (cell->number < 0 || cell->number >= (int64_t)c->domain_size)
		return ST_REC_RESULT;
	cell->is_text = true;
	cell->text = p->domain[c->domain_first + (uint32_t)cell->number];
	return ST_OK;
}

static enum status fill_cell(struct result_cell *cell, const struct judge *j, unsigned result, uint32_t group)
{
	const struct policy *p = j->policy;
	const struct policy_result *r = &p->results[result];
	bool counts = r->kind == REL_COUNT || r->kind == REL_COUNT_COLUMN;
	const struct policy_column *c = counts ? NULL : &p->columns[r->column];

	*cell = (struct result_cell){.type = COL_INT64, .scale = r->scale};
	if (r->kind == REL_KEY) {
		if (r->position >= p->plan.n_keys || p->plan.keys[r->position].column != r->column)
			return ST_REC_RESULT;
		cell->null = key_is_null(p, r->position, group, &cell->number);
	} else {
		if (r->position >= j->n_outs)
			return ST_REC_RESULT;
		const struct out_words *o = &j->outs[r->position];

		cell->null = o->has_nonnull && word(j, o->nonnull, group) == 0;
		cell->number = (int64_t)word(j, o->value, group);
	}
	if (c)
		cell->type = (uint8_t)(r->kind == REL_AVG ? COL_DECIMAL : c->type);
	return cell->type == COL_TEXT_DOMAIN && !cell->null ? text_cell(cell, p, c) : ST_OK;
}

static enum status fill_cells(struct result_table *t, const struct judge *j)
{
	struct result_cell *cell = t->cells;
	enum status st = ST_OK;

	for (uint32_t group = 0; group < j->groups; group++)
		for (unsigned i = 0; word(j, j->keep, group) == 1 && i < t->columns; i++)
			TRY(fill_cell(cell++, j, i, group));
out:
	return st;
}

enum status result_table_new(struct result_table *out, const struct policy *p, const uint64_t *words)
{
	struct judge j = {.policy = p, .words = words, .groups = p->plan.groups};
	struct result_table t = {.policy = p, .columns = p->n_results};
	enum status st;

	TRY(find_outs(&j));
	TRY(judge_all(&j, &t.rows));
	t.groups_withheld = j.groups - t.rows;
	t.withheld = p->plan.n_keys == 0 && t.rows == 0;
	t.cells = calloc((size_t)t.rows * t.columns + 1, sizeof *t.cells);
	TRY(t.cells ? ST_OK : ST_NO_MEMORY);
	TRY(fill_cells(&t, &j));
	TRY(table_sort(&t));
	*out = t;
	t.cells = NULL;
out:
	result_table_clear(&t);
	return st;
}

void result_table_clear(struct result_table *t)
{
	if (!t)
		return;
	if (t->cells)
		wipe(t->cells, (size_t)t->rows * t->columns * sizeof *t->cells);
	free(t->cells);
	*t = (struct result_table){0};
}
