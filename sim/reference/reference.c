/*
 * One function an operator, in the order of the table in policy/plan.h. Every value is an int64_t vector: a row-shaped one has a
 * value a row, a group-shaped one a value a group. The selector matrix of GROUP is kept as each row's group, or NO_GROUP.
 */
#include "sim/reference.h"

#include <stdlib.h>

enum { NO_GROUP = -1 };

struct vector {
	int64_t *v; /* NULL: not computed yet, or no longer needed */
	size_t n;
};
struct reference {
	const struct plan *plan;
	const struct ingest_table *const *tables;
	size_t n_tables, rows;
	struct vector value[PLAN_OPS_MAX];
	uint16_t last_use[PLAN_OPS_MAX]; /* op id */
	uint64_t *words;
	size_t next_word;
};

/* Arithmetic is that of Z_2^64; the plan's bounds say that nothing wraps that matters. */
static int64_t wrap_add(int64_t a, int64_t b)
{
	return (int64_t)((uint64_t)a + (uint64_t)b);
}

static int64_t wrap_mul(int64_t a, int64_t b)
{
	return (int64_t)((uint64_t)a * (uint64_t)b);
}

static const struct vector *operand(const struct reference *r, const struct plan_op *op, unsigned k)
{
	return &r->value[op->in[k] - 1];
}

static int64_t at(const struct reference *r, const struct plan_op *op, unsigned k, size_t i)
{
	return operand(r, op, k)->v[i];
}

/* ---- columns ---- */

static void read_column(const struct reference *r, const struct plan_op *op, int64_t *out)
{
	bool wants_known = op->code == OP_KNOWN || op->code == OP_KNOWNW;

	for (size_t t = 0; t < r->n_tables; t++) {
		const struct ingest_table *table = r->tables[t];
		for (uint32_t i = 0; table && i < table->rows; i++) {
			bool known = !table->known[op->a] || table->known[op->a][i];
			*out++ = wants_known ? known : known ? table->values[op->a][i] : 0;
		}
	}
}

/* ---- element by element ---- */

static int64_t element(const struct plan_op *op, int64_t x, int64_t y)
{
	switch (op->code) {
	case OP_ADD: return wrap_add(x, y);
	case OP_SUB: return wrap_add(x, (int64_t)(0 - (uint64_t)y));
	case OP_MUL: return wrap_mul(x, y);
	case OP_LT: return x < y;
	case OP_EQ: return x == y;
	case OP_AND:
	case OP_KEEPIF: return x & y;
	case OP_OR: return x | y;
	case OP_NOT: return !x;
	case OP_A2B: return x;
	case OP_SUPPRESS: return x >= op->imm;
	case OP_LIN: return wrap_add(wrap_add(wrap_mul(op->imm, x), wrap_mul(op->imm2, y)), op->imm3);
	default: abort(); /* not in the table of run_op() */
	}
}

static void each(const struct reference *r, const struct plan_op *op, struct vector *out)
{
	for (size_t i = 0; i < out->n; i++)
		out->v[i] = element(op, at(r, op, 0, i), op->n_in > 1 ? at(r, op, 1, i) : 0);
}

/* ---- groups ---- */

/* Operands after the selector: per key its column and, where it is nullable, whether it is known. */
static enum status group_of_row(const struct reference *r, const struct plan_op *op, size_t i, int64_t *out)
{
	const struct plan *p = r->plan;
	unsigned next = 1;
	int64_t group = 0;

	for (unsigned k = 0; k < p->n_keys; k++) {
		const struct plan_column *column = &p->columns[p->keys[k].column];
		int64_t code = at(r, op, next++, i) - column->lo;
		if (column->nullable && !at(r, op, next++, i))
			code = (int64_t)p->keys[k].size - 1;
		if (code < 0 || code >= (int64_t)p->keys[k].size)
			return ST_DATA_RANGE;
		group = group * p->keys[k].size + code;
	}
	*out = group;
	return ST_OK;
}

static enum status group(const struct reference *r, const struct plan_op *op, struct vector *out)
{
	enum status st = ST_OK;

	for (size_t i = 0; st == ST_OK && i < out->n; i++) {
		out->v[i] = NO_GROUP;
		if (at(r, op, 0, i))
			st = group_of_row(r, op, i, &out->v[i]);
	}
	return st;
}

static void mask(const struct reference *r, const struct plan_op *op, struct vector *out)
{
	for (size_t i = 0; i < out->n; i++)
		out->v[i] = at(r, op, 1, i) ? at(r, op, 0, i) : NO_GROUP;
}

/* Counts of all groups, then each column's sums. */
static void sums(const struct reference *r, const struct plan_op *op, struct vector *out)
{
	size_t groups = r->plan->groups;

	for (size_t i = 0; i < r->rows; i++) {
		int64_t g = at(r, op, 0, i);
		if (g == NO_GROUP)
			continue;
		out->v[g]++;
		for (unsigned k = 1; k < op->n_in; k++)
			out->v[k * groups + (size_t)g] = wrap_add(out->v[k * groups + (size_t)g], at(r, op, k, i));
	}
}

static void extreme(const struct reference *r, const struct plan_op *op, struct vector *out)
{
	bool *found = calloc(out->n, sizeof *found);

	if (!found)
		abort();
	for (size_t i = 0; i < r->rows; i++) {
		int64_t g = at(r, op, 0, i), x = at(r, op, 1, i);
		if (g == NO_GROUP)
			continue;
		if (!found[g] || (op->code == OP_MIN ? x < out->v[g] : x > out->v[g]))
			out->v[g] = x;
		found[g] = true;
	}
	free(found);
}

__extension__ typedef __int128 wide;

/* Half away from zero. */
static int64_t divide(int64_t sum, int64_t count, int64_t scale)
{
	wide scaled = (wide)sum * scale, magnitude = scaled < 0 ? -scaled : scaled;

	if (count == 0)
		return 0;
	magnitude = (2 * magnitude + count) / (2 * (wide)count);
	return (int64_t)(scaled < 0 ? -magnitude : magnitude);
}

static int64_t key_of_group(const struct plan *p, unsigned key, size_t group)
{
	for (unsigned k = p->n_keys; k-- > key + 1u;)
		group /= p->keys[k].size;
	return (int64_t)(group % p->keys[key].size);
}

/* ---- the order of groups ---- */

static int compare_by_key(const struct reference *r, const struct plan_op *op, unsigned operand_at, uint8_t flags, size_t g, size_t h)
{
	bool has_nonnull = flags & SORT_HAS_NONNULL;
	bool null_g = has_nonnull && !at(r, op, operand_at + 1, g), null_h = has_nonnull && !at(r, op, operand_at + 1, h);
	int64_t x = at(r, op, operand_at, g), y = at(r, op, operand_at, h);

	if (null_g || null_h) {
		if (null_g && null_h)
			return 0;
		return null_g == !(flags & SORT_NULLS_FIRST) ? 1 : -1;
	}
	if (x == y)
		return 0;
	return (x < y) == !(flags & SORT_DESC) ? -1 : 1;
}

static bool comes_before(const struct reference *r, const struct plan_op *op, size_t g, size_t h)
{
	unsigned operand_at = 1;

	for (unsigned k = 0; k < r->plan->n_sort; k++) {
		uint8_t flags = r->plan->sort[k];
		int order = compare_by_key(r, op, operand_at, flags, g, h);
		if (order)
			return order < 0;
		operand_at += flags & SORT_HAS_NONNULL ? 2 : 1;
	}
	return g < h;
}

static void top(const struct reference *r, const struct plan_op *op, struct vector *out)
{
	for (size_t g = 0; g < out->n; g++) {
		int64_t rank = 0;
		for (size_t h = 0; h < out->n; h++)
			rank += h != g && at(r, op, 0, h) && comes_before(r, op, h, g);
		out->v[g] = at(r, op, 0, g) && rank < op->imm;
	}
}

/* ---- what is released ---- */

static void release(struct reference *r, const struct plan_op *op)
{
	size_t groups = r->plan->groups;
	bool has_value = op->code == OP_OUT, has_nonnull = has_value && op->n_in == 3;

	for (size_t g = 0; g < groups; g++) {
		bool keep = at(r, op, 0, g), shows = keep && (!has_nonnull || at(r, op, 2, g));
		uint64_t *word = &r->words[r->next_word * groups + g];
		word[0] = has_value ? shows ? (uint64_t)at(r, op, 1, g) : 0 : keep;
		if (has_nonnull)
			word[groups] = shows;
	}
	r->next_word += has_nonnull ? 2 : 1;
}

/* ---- the plan ---- */

static size_t size_of(const struct reference *r, const struct plan_op *op)
{
	if (op->code == OP_SUMS)
		return r->plan->groups * (size_t)op->n_in;
	return op->type.shape == SHAPE_ROWS ? r->rows : r->plan->groups;
}

static enum status run_op(struct reference *r, const struct plan_op *op, struct vector *out)
{
	switch (op->code) {
	case OP_VALID:
	case OP_CONST:
		for (size_t i = 0; i < out->n; i++)
			out->v[i] = op->code == OP_VALID ? 1 : op->imm;
		return ST_OK;
	case OP_COL: case OP_COLW: case OP_KNOWN: case OP_KNOWNW:
		read_column(r, op, out->v);
		return ST_OK;
	case OP_GROUP:
		return group(r, op, out);
	case OP_MASK:
		mask(r, op, out);
		return ST_OK;
	case OP_SUMS:
		sums(r, op, out);
		return ST_OK;
	case OP_PICK:
		memcpy(out->v, operand(r, op, 0)->v + op->a * (size_t)r->plan->groups, out->n * sizeof *out->v);
		return ST_OK;
	case OP_MIN: case OP_MAX:
		extreme(r, op, out);
		return ST_OK;
	case OP_AVG:
		for (size_t g = 0; g < out->n; g++)
			out->v[g] = divide(at(r, op, 0, g), at(r, op, 1, g), op->imm);
		return ST_OK;
	case OP_KEY:
		for (size_t g = 0; g < out->n; g++)
			out->v[g] = key_of_group(r->plan, op->a, g);
		return ST_OK;
	case OP_TOP:
		top(r, op, out);
		return ST_OK;
	case OP_OUT: case OP_OUTKEEP:
		release(r, op);
		return ST_OK;
	default:
		each(r, op, out);
		return ST_OK;
	}
}

static void note_uses(struct reference *r)
{
	for (uint16_t k = 0; k < r->plan->n_ops; k++)
		for (unsigned i = 0; i < r->plan->ops[k].n_in; i++)
			r->last_use[r->plan->ops[k].in[i] - 1] = (uint16_t)(k + 1);
}

static void drop_unused(struct reference *r, const struct plan_op *op, uint16_t id)
{
	for (unsigned i = 0; i < op->n_in; i++) {
		struct vector *v = &r->value[op->in[i] - 1];
		if (r->last_use[op->in[i] - 1] != id)
			continue;
		free(v->v);
		v->v = NULL;
	}
}

static enum status run_plan(struct reference *r)
{
	enum status st = ST_OK;

	for (uint16_t k = 0; k < r->plan->n_ops; k++) {
		const struct plan_op *op = &r->plan->ops[k];
		struct vector *out = &r->value[k];
		out->n = size_of(r, op);
		out->v = calloc(out->n ? out->n : 1, sizeof *out->v);
		if (!out->v)
			return ST_NO_MEMORY;
		TRY(run_op(r, op, out));
		drop_unused(r, op, (uint16_t)(k + 1));
	}
out:
	return st;
}

uint32_t sim_reference_words(const struct plan *plan)
{
	uint32_t words = 1;

	for (uint16_t k = 0; k < plan->n_ops; k++)
		if (plan->ops[k].code == OP_OUT)
			words += plan->ops[k].n_in == 3 ? 2 : 1;
	return words;
}

enum status sim_reference_run(uint64_t *words, const struct plan *plan, const struct ingest_table *const *tables, size_t n_tables)
{
	struct reference *r = calloc(1, sizeof *r);

	if (!r)
		return ST_NO_MEMORY;
	*r = (struct reference){.plan = plan, .tables = tables, .n_tables = n_tables, .words = words};
	for (size_t t = 0; t < n_tables; t++)
		r->rows += tables[t] ? tables[t]->rows : 0;
	note_uses(r);
	enum status st = run_plan(r);
	for (size_t k = 0; k < PLAN_OPS_MAX; k++)
		free(r->value[k].v);
	free(r);
	return st;
}
