#include "plan_random.h"

#include <stdlib.h>
#include <string.h>

struct maker {
	struct plan *p;
	uint64_t state;
	bool extreme;
	uint16_t col[PLAN_COLUMNS_MAX], known[PLAN_COLUMNS_MAX];
};

static uint64_t next(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15ULL; /* splitmix64 */

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return z ^ z >> 31;
}

static uint64_t below(struct maker *m, uint64_t n)
{
	return next(&m->state) % n;
}

uint16_t plan_append(struct plan *p, enum plan_opcode code, uint16_t a, int64_t imm, unsigned n_in, const uint16_t *in)
{
	struct plan_op *op = &p->ops[p->n_ops];

	if (p->n_ops == PLAN_OPS_MAX || n_in > PLAN_OPERANDS_MAX)
		return 0;
	*op = (struct plan_op){.code = code, .a = a, .imm = imm, .n_in = (uint8_t)n_in};
	for (unsigned k = 0; k < n_in; k++) {
		if (in[k] == 0)
			return 0;
		op->in[k] = in[k];
	}
	p->n_ops++;
	/* sort flags belong to a TOP that may still come: they are set just before it */
	if (plan_infer(p, NULL) == ST_OK)
		return p->n_ops;
	p->n_ops--;
	return 0;
}

static uint16_t add(struct maker *m, enum plan_opcode code, uint16_t a, int64_t imm, unsigned n_in, const uint16_t *in)
{
	return plan_append(m->p, code, a, imm, n_in, in);
}

static uint16_t add2(struct maker *m, enum plan_opcode code, uint16_t x, uint16_t y)
{
	return add(m, code, 0, 0, 2, (uint16_t[]){x, y});
}

#define MOST (INT64_C(1) << 62) /* plan.h: bounds and immediates */

static int64_t pick_bound(struct maker *m, unsigned bits)
{
	int64_t v = (int64_t)(next(&m->state) & ((1ULL << bits) - 1));

	if (m->extreme && below(m, 2))
		v = ((int64_t)1 << bits) - (int64_t)below(m, 2);
	return below(m, 2) ? v : -v;
}

static void make_columns(struct maker *m, uint32_t groups_max)
{
	static const unsigned usual[] = {1, 3, 8, 12, 20, 31, 40}, wide[] = {1, 3, 8, 31, 50, 61, 62};
	const unsigned *widths = m->extreme ? wide : usual;
	struct plan *p = m->p;

	p->n_columns = (uint16_t)(1 + below(m, 5));
	p->groups = 1;
	for (uint16_t c = 0; c < p->n_columns; c++) {
		struct plan_column *column = &p->columns[c];
		int64_t lo = pick_bound(m, widths[below(m, 7)]);
		uint64_t span = below(m, 2) ? below(m, 7) : below(m, 1ULL << widths[below(m, 7)]);

		if (lo > 0 && span > (uint64_t)(MOST - lo))
			span = (uint64_t)(MOST - lo);
		*column = (struct plan_column){.lo = lo, .hi = lo + (int64_t)span, .nullable = below(m, 3) == 0};
		uint64_t size = span + 1 + column->nullable;
		if (below(m, 2) && p->n_keys < PLAN_KEYS_MAX && size <= groups_max && p->groups * size <= groups_max) {
			p->keys[p->n_keys++] = (struct plan_key){.column = c, .size = (uint32_t)size};
			p->groups *= (uint32_t)size;
		}
	}
}

/* A random earlier operator of this kind and shape; is_bit: with bounds within [0,1]. 0: there is none. */
static uint16_t some(struct maker *m, enum plan_kind kind, enum plan_shape shape, bool is_bit)
{
	uint16_t found = 0;
	uint64_t seen = 0;

	for (unsigned k = 0; k < m->p->n_ops; k++) {
		const struct plan_type *t = &m->p->ops[k].type;

		if (t->kind != kind || t->shape != shape || (is_bit && (t->lo < 0 || t->hi > 1)))
			continue;
		if (below(m, ++seen) == 0)
			found = (uint16_t)(k + 1);
	}
	return found;
}

static uint16_t bits(struct maker *m, enum plan_shape shape)
{
	return some(m, KIND_BITS, shape, false);
}

static uint16_t bit(struct maker *m, enum plan_shape shape)
{
	return some(m, KIND_BITS, shape, true);
}

static void lane_op(struct maker *m, enum plan_shape shape)
{
	static const int64_t usual[] = {0, 1, -1, 2, 7, 100, -250, 65536, 1000000};
	static const int64_t extreme[] = {0, 1, -1, MOST, -MOST, MOST - 1, 1 - MOST, MOST / 2, -MOST / 2};

	switch (below(m, 9)) {
	case 0:
		add(m, OP_CONST, (uint16_t)shape, (m->extreme ? extreme : usual)[below(m, 9)], 0, NULL);
		return;
	case 1:
		add2(m, OP_ADD, bits(m, shape), bits(m, shape));
		return;
	case 2:
		add2(m, OP_SUB, bits(m, shape), bits(m, shape));
		return;
	case 3:
		add2(m, OP_MUL, bits(m, shape), bits(m, shape));
		return;
	case 4:
		add2(m, OP_LT, bits(m, shape), bits(m, shape));
		return;
	case 5:
		add2(m, OP_EQ, bits(m, shape), bits(m, shape));
		return;
	case 6:
		add2(m, OP_AND, bit(m, shape), bit(m, shape));
		return;
	case 7:
		add2(m, OP_OR, bit(m, shape), bit(m, shape));
		return;
	default:
		add(m, OP_NOT, 0, 0, 1, (uint16_t[]){bit(m, shape)});
	}
}

static uint16_t make_group(struct maker *m, uint16_t valid)
{
	uint16_t in[PLAN_OPERANDS_MAX], n = 1;

	in[0] = below(m, 2) ? valid : add2(m, OP_AND, valid, bit(m, SHAPE_ROWS));
	for (unsigned k = 0; k < m->p->n_keys; k++) {
		uint16_t column = m->p->keys[k].column;

		in[n++] = m->col[column];
		if (m->p->columns[column].nullable)
			in[n++] = m->known[column];
	}
	return add(m, OP_GROUP, m->p->n_keys, 0, n, in);
}

static void aggregate(struct maker *m, uint16_t matrix)
{
	uint16_t in[4] = {matrix};
	unsigned n = 1;

	if (below(m, 3) == 0) {
		add2(m, below(m, 2) ? OP_MIN : OP_MAX, matrix, bits(m, SHAPE_ROWS));
		return;
	}
	for (unsigned k = (unsigned)below(m, 3); k > 0; k--)
		in[n++] = some(m, KIND_WORDS, SHAPE_ROWS, false);
	uint16_t sums = add(m, OP_SUMS, 0, 0, n, in);
	for (uint16_t c = 0; sums && c < n; c++)
		add(m, OP_A2B, 0, 0, 1, (uint16_t[]){add(m, OP_PICK, c, 0, 1, &sums)});
}

static int64_t factor(struct maker *m)
{
	return pick_bound(m, m->extreme ? (unsigned)below(m, 63) : 6);
}

static void linear(struct maker *m)
{
	uint16_t in[2] = {some(m, KIND_WORDS, SHAPE_GROUPS, false), some(m, KIND_WORDS, SHAPE_GROUPS, false)};
	struct plan *p = m->p;
	unsigned n = below(m, 2) ? 2 : 1;
	uint16_t id = add(m, OP_LIN, 0, m->extreme && below(m, 2) ? 0 : factor(m), n, in);

	if (!id)
		return;
	p->ops[id - 1].imm2 = n == 2 ? factor(m) : 0;
	p->ops[id - 1].imm3 = m->extreme ? factor(m) : pick_bound(m, 10);
	if (plan_infer(p, NULL) != ST_OK)
		p->n_ops--;
	else
		add(m, OP_A2B, 0, 0, 1, &id);
}

static void average(struct maker *m)
{
	static const int64_t scales[] = {1, 10, 100, 10000, 1000000, 1000000000};
	uint16_t in[2] = {bits(m, SHAPE_GROUPS), bits(m, SHAPE_GROUPS)};

	add(m, OP_AVG, 0, scales[below(m, m->extreme ? 6 : 5)], 2, in);
}

static void group_op(struct maker *m)
{
	switch (below(m, 6)) {
	case 0:
		average(m);
		return;
	case 1:
		if (m->p->n_keys)
			add(m, OP_KEY, (uint16_t)below(m, m->p->n_keys), 0, 0, NULL);
		return;
	case 2:
		linear(m);
		return;
	default:
		lane_op(m, SHAPE_GROUPS);
	}
}

static uint16_t make_top(struct maker *m, uint16_t keep)
{
	struct plan *p = m->p;
	uint16_t in[PLAN_OPERANDS_MAX] = {keep}, n = 1;

	p->n_sort = (uint8_t)(1 + below(m, 3));
	for (unsigned i = 0; i < p->n_sort; i++) {
		p->sort[i] = (uint8_t)below(m, 8);
		in[n++] = bits(m, SHAPE_GROUPS);
		if (p->sort[i] & SORT_HAS_NONNULL)
			in[n++] = bit(m, SHAPE_GROUPS);
	}
	uint16_t id = add(m, OP_TOP, 0, 1 + (int64_t)below(m, p->groups + 2), n, in);
	if (!id)
		p->n_sort = 0;
	return id;
}

static void make_outputs(struct maker *m, uint16_t counts)
{
	static const int64_t k_min[] = {1, 2, 5, 10};
	uint16_t count = add(m, OP_PICK, 0, 0, 1, &counts), in_bits = add(m, OP_A2B, 0, 0, 1, &count);
	uint16_t keep = add(m, OP_SUPPRESS, 0, k_min[below(m, 4)], 1, &in_bits);

	if (below(m, 2) && bit(m, SHAPE_GROUPS))
		keep = add2(m, OP_KEEPIF, keep, bit(m, SHAPE_GROUPS));
	if (below(m, 2)) {
		uint16_t top = make_top(m, keep);
		keep = top ? top : keep;
	}
	for (uint16_t c = 0; c < 6; c++) {
		uint16_t in[3] = {keep, bits(m, SHAPE_GROUPS), bit(m, SHAPE_GROUPS)};
		add(m, OP_OUT, c, 0, in[2] && below(m, 3) == 0 ? 3 : 2, in);
	}
	add(m, OP_OUTKEEP, 0, 0, 1, &keep);
}

void plan_random(struct plan *out, const struct plan_random_options *o)
{
	struct maker m = {.p = out, .state = o->seed, .extreme = o->extreme};

	*out = (struct plan){.rows_max = o->rows_max};
	make_columns(&m, o->groups_max);
	uint16_t valid = add(&m, OP_VALID, 0, 0, 0, NULL);
	for (uint16_t c = 0; c < out->n_columns; c++) {
		m.col[c] = add(&m, OP_COL, c, 0, 0, NULL);
		m.known[c] = add(&m, OP_KNOWN, c, 0, 0, NULL);
		add(&m, below(&m, 2) ? OP_COLW : OP_KNOWNW, c, 0, 0, NULL);
	}
	for (unsigned k = 0; k < o->row_ops; k++)
		lane_op(&m, SHAPE_ROWS);
	uint16_t matrix = make_group(&m, valid);
	uint16_t counts = add(&m, OP_SUMS, 0, 0, 1, &matrix);
	for (unsigned k = (unsigned)below(&m, 4); k > 0; k--)
		aggregate(&m, below(&m, 2) ? add2(&m, OP_MASK, matrix, bit(&m, SHAPE_ROWS)) : matrix);
	for (unsigned k = 0; k < o->group_ops; k++)
		group_op(&m);
	make_outputs(&m, counts);
}

static int64_t pick_value(uint64_t *state, const struct plan_column *c)
{
	switch (next(state) % 6) {
	case 0:
		return c->lo;
	case 1:
		return c->hi;
	default:
		return (int64_t)((uint64_t)c->lo + next(state) % ((uint64_t)c->hi - (uint64_t)c->lo + 1));
	}
}

void random_rows_init(struct random_rows *r, const struct plan *plan, uint32_t rows, uint64_t seed)
{
	*r = (struct random_rows){.rows = rows};
	for (unsigned c = 0; c < plan->n_columns; c++) {
		r->values[c] = calloc(rows + 1u, sizeof(int64_t));
		r->known[c] = calloc(rows + 1u, 1);
		if (!r->values[c] || !r->known[c])
			abort();
		for (uint32_t i = 0; i < rows; i++) {
			r->known[c][i] = !plan->columns[c].nullable || next(&seed) % 4 != 0;
			r->values[c][i] = r->known[c][i] ? pick_value(&seed, &plan->columns[c]) : 0;
		}
	}
}

void random_rows_clear(struct random_rows *r)
{
	for (unsigned c = 0; c < PLAN_COLUMNS_MAX; c++) {
		free(r->values[c]);
		free(r->known[c]);
	}
	*r = (struct random_rows){0};
}
