#include "plan_reference.h"

#include <stdio.h>
#include <stdlib.h>

__extension__ typedef __int128 wide;

struct clear { /* v: rows, groups, groups * rows (GROUPM) or columns * groups (SUMS) */
	int64_t *v;
};

struct run {
	const struct plan *p;
	const struct reference_rows *rows;
	struct clear *values;
	int64_t *out;
	uint32_t word;
};

uint32_t reference_words(const struct plan *plan)
{
	uint32_t n = 0;

	for (unsigned k = 0; k < plan->n_ops; k++) {
		if (plan->ops[k].code == OP_OUT)
			n += plan->ops[k].n_in == 3 ? 2 : 1;
		if (plan->ops[k].code == OP_OUTKEEP)
			n++;
	}
	return n;
}

static int64_t *in(const struct run *r, const struct plan_op *op, unsigned k)
{
	return r->values[op->in[k] - 1].v;
}

static size_t lanes(const struct run *r, const struct plan_op *op)
{
	return op->type.shape == SHAPE_ROWS ? r->rows->rows : r->p->groups;
}

static int64_t known(const struct run *r, unsigned column, size_t i)
{
	return r->rows->known[column] ? r->rows->known[column][i] : 1;
}

static int64_t elementwise(const struct plan_op *op, int64_t x, int64_t y)
{
	switch (op->code) {
	case OP_ADD:
		return x + y;
	case OP_SUB:
		return x - y;
	case OP_MUL:
		return x * y;
	case OP_LT:
		return x < y;
	case OP_EQ:
		return x == y;
	case OP_OR:
		return x | y;
	default: /* AND, KEEPIF */
		return x & y;
	}
}

/* The code of row i for key k: its position in the value range, NULL last. */
static uint32_t key_code(const struct run *r, unsigned k, size_t i)
{
	const struct plan_key *key = &r->p->keys[k];

	if (!known(r, key->column, i))
		return key->size - 1;
	return (uint32_t)(r->rows->values[key->column][i] - r->p->columns[key->column].lo);
}

static void group(const struct run *r, const struct plan_op *op, int64_t *v)
{
	for (size_t i = 0; i < r->rows->rows; i++) {
		size_t j = 0;

		for (unsigned k = 0; k < r->p->n_keys; k++)
			j = j * r->p->keys[k].size + key_code(r, k, i);
		v[j * r->rows->rows + i] = in(r, op, 0)[i];
	}
}

static void sums(const struct run *r, const struct plan_op *op, int64_t *v)
{
	for (size_t j = 0; j < r->p->groups; j++) {
		for (size_t i = 0; i < r->rows->rows; i++) {
			if (!in(r, op, 0)[j * r->rows->rows + i])
				continue;
			v[j]++;
			for (unsigned c = 1; c < op->n_in; c++)
				v[c * r->p->groups + j] += in(r, op, c)[i];
		}
	}
}

static void extreme(const struct run *r, const struct plan_op *op, int64_t *v)
{
	for (size_t j = 0; j < r->p->groups; j++) {
		bool any = false;

		for (size_t i = 0; i < r->rows->rows; i++) {
			int64_t x = in(r, op, 1)[i];

			if (!in(r, op, 0)[j * r->rows->rows + i])
				continue;
			if (!any || (op->code == OP_MIN ? x < v[j] : x > v[j]))
				v[j] = x;
			any = true;
		}
	}
}

/* The sum is within bounds; its terms need not be. */
static int64_t linear(const struct plan_op *op, int64_t x, int64_t y)
{
	return (int64_t)((wide)op->imm * x + (wide)op->imm2 * y + op->imm3);
}

static int64_t average(int64_t s, int64_t c, int64_t scale)
{
	wide n = (wide)(s < 0 ? -s : s) * scale * 2 + c;

	if (c == 0)
		return 0;
	return (int64_t)(s < 0 ? -(n / ((wide)2 * c)) : n / ((wide)2 * c));
}

static int64_t key_of_group(const struct run *r, const struct plan_op *op, size_t j)
{
	for (unsigned k = r->p->n_keys - 1u; k > op->a; k--)
		j /= r->p->keys[k].size;
	return (int64_t)(j % r->p->keys[op->a].size);
}

/* Does group a stand before group b? */
static bool stands_before(const struct run *r, const struct plan_op *op, size_t a, size_t b)
{
	unsigned k = 1;

	if (in(r, op, 0)[a] != in(r, op, 0)[b])
		return in(r, op, 0)[a];
	for (unsigned i = 0; i < r->p->n_sort; i++) {
		const int64_t *x = in(r, op, k++), *nonnull = r->p->sort[i] & SORT_HAS_NONNULL ? in(r, op, k++) : NULL;
		bool a_null = nonnull && !nonnull[a], b_null = nonnull && !nonnull[b];

		if (a_null != b_null)
			return a_null == !!(r->p->sort[i] & SORT_NULLS_FIRST);
		if (!a_null && x[a] != x[b])
			return (x[a] < x[b]) != !!(r->p->sort[i] & SORT_DESC);
	}
	return a < b;
}

static void top(const struct run *r, const struct plan_op *op, int64_t *v)
{
	for (size_t a = 0; a < r->p->groups; a++) {
		int64_t rank = 0;

		for (size_t b = 0; b < r->p->groups; b++)
			rank += b != a && stands_before(r, op, b, a);
		v[a] = in(r, op, 0)[a] && rank < op->imm;
	}
}

static void output(struct run *r, const struct plan_op *op)
{
	size_t groups = r->p->groups;

	for (size_t j = 0; j < groups; j++) {
		int64_t keep = in(r, op, 0)[j];

		if (op->code == OP_OUTKEEP) {
			r->out[r->word * groups + j] = keep;
			continue;
		}
		if (op->n_in == 3) {
			keep &= in(r, op, 2)[j];
			r->out[(r->word + 1) * groups + j] = keep;
		}
		r->out[r->word * groups + j] = keep ? in(r, op, 1)[j] : 0;
	}
	r->word += op->code == OP_OUT && op->n_in == 3 ? 2 : 1;
}

static int64_t element(const struct run *r, const struct plan_op *op, size_t k)
{
	switch (op->code) {
	case OP_VALID:
		return 1;
	case OP_COL:
	case OP_COLW:
		return known(r, op->a, k) ? r->rows->values[op->a][k] : 0;
	case OP_KNOWN:
	case OP_KNOWNW:
		return known(r, op->a, k);
	case OP_CONST:
		return op->imm;
	case OP_NOT:
		return !in(r, op, 0)[k];
	case OP_MASK:
		return in(r, op, 0)[k] & in(r, op, 1)[k % r->rows->rows];
	case OP_PICK:
		return in(r, op, 0)[op->a * r->p->groups + k];
	case OP_LIN:
		return linear(op, in(r, op, 0)[k], op->n_in > 1 ? in(r, op, 1)[k] : 0);
	case OP_A2B:
		return in(r, op, 0)[k];
	case OP_AVG:
		return average(in(r, op, 0)[k], in(r, op, 1)[k], op->imm);
	case OP_KEY:
		return key_of_group(r, op, k);
	case OP_SUPPRESS:
		return in(r, op, 0)[k] >= op->imm;
	default:
		return elementwise(op, in(r, op, 0)[k], in(r, op, 1)[k]);
	}
}

static void check_bounds(const struct plan_op *op, const int64_t *v, size_t n, size_t id)
{
	if (op->type.kind != KIND_BITS && op->type.kind != KIND_WORDS)
		return;
	for (size_t k = 0; k < n; k++) {
		if (v[k] < op->type.lo || v[k] > op->type.hi) {
			fprintf(stderr, "op %zu %s: %lld outside [%lld, %lld]\n", id, plan_opcode_name(op->code),
			    (long long)v[k], (long long)op->type.lo, (long long)op->type.hi);
			abort();
		}
	}
}

static void run_op(struct run *r, unsigned id)
{
	const struct plan_op *op = &r->p->ops[id];
	size_t n = lanes(r, op);

	if (op->type.kind == KIND_GROUPM)
		n = (size_t)r->p->groups * r->rows->rows;
	if (op->type.kind == KIND_SUMS)
		n = (size_t)op->n_in * r->p->groups;
	int64_t *v = r->values[id].v = calloc(n + 1, sizeof *v);
	if (!v)
		abort();
	if (op->code == OP_GROUP)
		group(r, op, v);
	else if (op->code == OP_SUMS)
		sums(r, op, v);
	else if (op->code == OP_MIN || op->code == OP_MAX)
		extreme(r, op, v);
	else if (op->code == OP_TOP)
		top(r, op, v);
	else if (op->code == OP_OUT || op->code == OP_OUTKEEP)
		output(r, op);
	else
		for (size_t k = 0; k < n; k++)
			v[k] = element(r, op, k);
	check_bounds(op, v, n, id + 1u);
}

void reference_run(const struct plan *plan, const struct reference_rows *rows, int64_t *out)
{
	struct run r = {.p = plan, .rows = rows, .values = calloc(plan->n_ops, sizeof *r.values), .out = out};

	if (!r.values)
		abort();
	for (unsigned k = 0; k < plan->n_ops; k++)
		run_op(&r, k);
	for (unsigned k = 0; k < plan->n_ops; k++)
		free(r.values[k].v);
	free(r.values);
}
