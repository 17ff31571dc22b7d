#include "plan_clear/plan_clear.h"

#include "base/panic.h"

#include <stdlib.h>

__extension__ typedef __int128 wide;

struct run {
	const struct plan *p;
	const struct plan_clear_input *in;
	uint32_t groups;
	/* By operator: rows or groups values; for a selector matrix the group of each row, -1 for none. SUMS: [column][group]. */
	int64_t *of[PLAN_OPS_MAX];
	uint64_t *words;
	uint32_t next_word;
};

static const int64_t *value(const struct run *r, const struct plan_op *op, unsigned k)
{
	return r->of[op->in[k] - 1];
}

static size_t size_of(const struct run *r, const struct plan_op *op)
{
	if (op->code == OP_SUMS)
		return (size_t)r->groups * op->n_in;
	return op->type.shape == SHAPE_ROWS || op->code == OP_GROUP || op->code == OP_MASK ? r->in->rows : r->groups;
}

static int64_t key_code(const struct run *r, unsigned key, uint32_t group)
{
	for (unsigned k = r->p->n_keys; k-- > key + 1;)
		group /= r->p->keys[k].size;
	return group % r->p->keys[key].size;
}

static int64_t column_at(const struct run *r, uint16_t column, size_t i)
{
	bool known = !r->in->known[column] || r->in->known[column][i];

	return known ? r->in->values[column][i] : 0;
}

static int64_t known_at(const struct run *r, uint16_t column, size_t i)
{
	return !r->in->known[column] || r->in->known[column][i];
}

static void run_group(struct run *r, const struct plan_op *op, int64_t *z)
{
	for (size_t i = 0; i < r->in->rows; i++) {
		int64_t group = 0;

		for (unsigned k = 0; k < r->p->n_keys; k++) {
			const struct plan_key *key = &r->p->keys[k];
			int64_t code = known_at(r, key->column, i)
					   ? column_at(r, key->column, i) - r->p->columns[key->column].lo
					   : key->size - 1;

			group = group * key->size + code;
		}
		z[i] = value(r, op, 0)[i] ? group : -1;
	}
}

static void run_sums(struct run *r, const struct plan_op *op, int64_t *z)
{
	const int64_t *group = value(r, op, 0);

	for (size_t i = 0; i < r->in->rows; i++) {
		if (group[i] < 0)
			continue;
		z[group[i]]++;
		for (unsigned j = 1; j < op->n_in; j++)
			z[j * r->groups + (size_t)group[i]] += value(r, op, j)[i];
	}
}

static void run_extreme(struct run *r, const struct plan_op *op, int64_t *z)
{
	const int64_t *group = value(r, op, 0), *x = value(r, op, 1);
	uint8_t *seen = calloc(r->groups, 1);

	if (!seen)
		panic("no memory");
	for (size_t i = 0; i < r->in->rows; i++) {
		int64_t g = group[i];

		if (g < 0)
			continue;
		if (!seen[g] || (op->code == OP_MIN ? x[i] < z[g] : x[i] > z[g]))
			z[g] = x[i];
		seen[g] = 1;
	}
	free(seen);
}

/* s * scale / c, half away from zero. */
static int64_t average(int64_t s, int64_t c, int64_t scale)
{
	wide n = (wide)s * scale, magnitude = n < 0 ? -n : n, q;

	if (c == 0)
		return 0;
	q = (2 * magnitude + c) / (2 * (wide)c);
	return (int64_t)(n < 0 ? -q : q);
}

/* Does group a come before b by these sort keys? Ties by group number. */
static bool before(const struct run *r, const struct plan_op *top, uint32_t a, uint32_t b)
{
	unsigned k = 1;

	for (unsigned s = 0; s < r->p->n_sort; s++) {
		uint8_t flags = r->p->sort[s];
		const int64_t *x = value(r, top, k++);
		int64_t known_a = 1, known_b = 1;

		if (flags & SORT_HAS_NONNULL) {
			const int64_t *known = value(r, top, k++);

			known_a = known[a];
			known_b = known[b];
		}
		if (known_a != known_b)
			return (known_a == 0) == ((flags & SORT_NULLS_FIRST) != 0);
		if (known_a && x[a] != x[b])
			return (x[a] < x[b]) != ((flags & SORT_DESC) != 0);
	}
	return a < b;
}

static void run_top(struct run *r, const struct plan_op *op, int64_t *z)
{
	const int64_t *keep = value(r, op, 0);

	for (uint32_t a = 0; a < r->groups; a++) {
		int64_t rank = 0;

		for (uint32_t b = 0; b < r->groups; b++)
			rank += keep[b] && b != a && before(r, op, b, a);
		z[a] = keep[a] && rank < op->imm;
	}
}

static void run_out(struct run *r, const struct plan_op *op)
{
	const int64_t *keep = value(r, op, 0), *x = op->code == OP_OUT ? value(r, op, 1) : keep;
	const int64_t *nonnull = op->n_in == 3 ? value(r, op, 2) : NULL;

	for (uint32_t g = 0; g < r->groups; g++) {
		bool released = keep[g] && (!nonnull || nonnull[g]);

		r->words[(size_t)r->next_word * r->groups + g] = released ? (uint64_t)x[g] : 0;
		if (nonnull)
			r->words[((size_t)r->next_word + 1) * r->groups + g] = released;
	}
	r->next_word += nonnull ? 2 : 1;
}

static int64_t element(const struct run *r, const struct plan_op *op, size_t i)
{
	int64_t x = op->n_in > 0 && op->code != OP_PICK ? value(r, op, 0)[i] : 0;
	int64_t y = op->n_in > 1 && op->code != OP_GROUP ? value(r, op, 1)[i] : 0;

	switch (op->code) {
	case OP_VALID:
		return !r->in->valid || r->in->valid[i];
	case OP_COL:
	case OP_COLW:
		return column_at(r, op->a, i);
	case OP_KNOWN:
	case OP_KNOWNW:
		return known_at(r, op->a, i);
	case OP_CONST:
		return op->imm;
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
	case OP_AND:
	case OP_KEEPIF:
		return x && y;
	case OP_OR:
		return x || y;
	case OP_NOT:
		return !x;
	case OP_MASK:
		return y ? x : -1;
	case OP_PICK:
		return value(r, op, 0)[(size_t)op->a * r->groups + i];
	case OP_LIN:
		return (int64_t)((wide)op->imm * x + (wide)op->imm2 * y + op->imm3); /* terms may pass the bounds */
	case OP_A2B:
		return x;
	case OP_AVG:
		return average(x, y, op->imm);
	case OP_KEY:
		return key_code(r, op->a, (uint32_t)i);
	case OP_SUPPRESS:
		return x >= op->imm;
	default:
		panic("an operator without a meaning");
	}
}

static void run_op(struct run *r, uint16_t k)
{
	const struct plan_op *op = &r->p->ops[k];
	size_t n = size_of(r, op);
	int64_t *z = r->of[k] = calloc(n + 1, sizeof *z);

	if (!z)
		panic("no memory");
	switch (op->code) {
	case OP_GROUP:
		run_group(r, op, z);
		return;
	case OP_SUMS:
		run_sums(r, op, z);
		return;
	case OP_MIN:
	case OP_MAX:
		run_extreme(r, op, z);
		return;
	case OP_TOP:
		run_top(r, op, z);
		return;
	case OP_OUT:
	case OP_OUTKEEP:
		run_out(r, op);
		return;
	default:
		for (size_t i = 0; i < n; i++)
			z[i] = element(r, op, i);
	}
	/* The bounds that widths rest on must hold for every value. */
	for (size_t i = 0; i < n && op->type.kind == KIND_BITS; i++)
		if (z[i] < op->type.lo || z[i] > op->type.hi)
			panic("a value outside its bounds");
}

uint32_t plan_clear_words(const struct plan *p)
{
	uint32_t n = 0;

	for (unsigned k = 0; k < p->n_ops; k++) {
		if (p->ops[k].code == OP_OUT)
			n += p->ops[k].n_in == 3 ? 2 : 1;
		n += p->ops[k].code == OP_OUTKEEP;
	}
	return n;
}

void plan_clear_run(uint64_t *words, const struct plan *p, const struct plan_clear_input *in)
{
	struct run *r = calloc(1, sizeof *r);

	if (!r)
		panic("no memory");
	r->p = p;
	r->in = in;
	r->groups = p->groups;
	r->words = words;
	for (uint16_t k = 0; k < p->n_ops; k++)
		run_op(r, k);
	for (uint16_t k = 0; k < p->n_ops; k++)
		free(r->of[k]);
	free(r);
}
