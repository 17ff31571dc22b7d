/* Types of a whole plan: the head, then every operator in order by the table (opcodes.h). */
#include "opcodes.h"

static const int64_t limit = INT64_C(1) << 62;

static bool within_limit(int64_t v)
{
	return v >= -limit && v <= limit;
}

static enum status check_columns(const struct plan *p)
{
	if (p->rows_max < 1 || p->rows_max > PLAN_ROWS_MAX || p->n_columns < 1 || p->n_columns > PLAN_COLUMNS_MAX)
		return ST_PLAN_LIMIT;
	for (unsigned i = 0; i < p->n_columns; i++) {
		const struct plan_column *c = &p->columns[i];
		if (c->lo > c->hi || !within_limit(c->lo) || !within_limit(c->hi))
			return ST_PLAN_BOUND;
	}
	return ST_OK;
}

static bool is_key_before(const struct plan *p, unsigned i)
{
	for (unsigned j = 0; j < i; j++) {
		if (p->keys[j].column == p->keys[i].column)
			return true;
	}
	return false;
}

/* groups is the product of the key sizes; each size that of its column's range, plus one for NULL. */
static enum status check_keys(const struct plan *p)
{
	uint64_t groups = 1;

	if (p->n_keys > PLAN_KEYS_MAX)
		return ST_PLAN_LIMIT;
	for (unsigned i = 0; i < p->n_keys; i++) {
		if (p->keys[i].column >= p->n_columns || is_key_before(p, i))
			return ST_PLAN_TYPE;
		const struct plan_column *c = &p->columns[p->keys[i].column];
		uint64_t size = (uint64_t)c->hi - (uint64_t)c->lo + 1 + c->nullable; /* at most 2^63 + 2 */
		if (size > PLAN_GROUPS_MAX || groups * size > PLAN_GROUPS_MAX)
			return ST_PLAN_LIMIT;
		if (p->keys[i].size != size)
			return ST_PLAN_BOUND;
		groups *= size;
	}
	return p->groups == groups ? ST_OK : ST_PLAN_BOUND;
}

/* The sort flags belong to the one TOP, if any. */
static enum status check_sort(const struct plan *p)
{
	unsigned tops = 0;

	if (p->n_sort > PLAN_SORT_MAX || p->n_ops < 1 || p->n_ops > PLAN_OPS_MAX)
		return ST_PLAN_LIMIT;
	for (unsigned i = 0; i < p->n_sort; i++) {
		if (p->sort[i] & ~(SORT_DESC | SORT_NULLS_FIRST | SORT_HAS_NONNULL))
			return ST_PLAN_FORMAT;
	}
	for (unsigned k = 0; k < p->n_ops; k++)
		tops += p->ops[k].code == OP_TOP;
	return tops > 1 || (tops == 0 && p->n_sort > 0) ? ST_PLAN_TYPE : ST_OK;
}

static enum status check_immediates(const struct plan_op *op, const struct opcode_info *info)
{
	if ((op->a && !(info->uses & USES_A)) || (op->imm && !(info->uses & USES_IMM)) ||
	    (op->imm2 && !(info->uses & USES_IMM2)) || (op->imm3 && !(info->uses & USES_IMM3)))
		return ST_PLAN_FORMAT;
	return within_limit(op->imm) && within_limit(op->imm2) && within_limit(op->imm3) ? ST_OK : ST_PLAN_BOUND;
}

static enum status check_operand(const struct plan_type *t, const struct operand_rule *rule, enum plan_shape *shape)
{
	if (t->kind != rule->kind || (rule->shape && t->shape != rule->shape))
		return ST_PLAN_TYPE;
	if (rule->is_bit && (t->lo < 0 || t->hi > 1))
		return ST_PLAN_TYPE;
	if (!rule->shape && *shape && t->shape != *shape)
		return ST_PLAN_TYPE;
	if (!rule->shape)
		*shape = t->shape;
	return ST_OK;
}

static enum status infer_op(const struct plan *p, const struct plan_op *op, unsigned id, struct plan_type *out)
{
	const struct opcode_info *info = opcode_info(op->code);
	enum plan_shape shape = 0;
	enum status st;

	if (!info)
		return ST_PLAN_FORMAT;
	if (op->n_in < info->in_min || op->n_in > info->in_max)
		return op->n_in > PLAN_OPERANDS_MAX ? ST_PLAN_LIMIT : ST_PLAN_TYPE;
	TRY(check_immediates(op, info));
	for (unsigned k = 0; k < op->n_in; k++) {
		if (op->in[k] < 1 || op->in[k] >= id)
			return ST_PLAN_OP_ID;
		TRY(check_operand(&plan_operand(p, op, k)->type, operand_rule(info->in[k < 2 ? k : 2]), &shape));
	}
	*out = (struct plan_type){.kind = info->kind, .shape = info->shape ? info->shape : shape};
	st = info->infer ? info->infer(p, op, out) : ST_OK;
out:
	return st;
}

/* OUT keep, x [, nonnull] */
uint32_t plan_result_words(const struct plan *p)
{
	uint32_t words = 0;

	for (unsigned k = 0; k < p->n_ops; k++) {
		if (p->ops[k].code == OP_OUT)
			words += p->ops[k].n_in == 3 ? 2 : 1;
		words += p->ops[k].code == OP_OUTKEEP;
	}
	return words;
}

enum status plan_infer(struct plan *p, uint16_t *where)
{
	enum status st;
	uint16_t id = 0;

	TRY(check_columns(p));
	TRY(check_keys(p));
	TRY(check_sort(p));
	while (id < p->n_ops) {
		struct plan_op *op = &p->ops[id++];
		struct plan_type type;

		TRY(infer_op(p, op, id, &type));
		op->type = type;
	}
	id = 0;
	st = (uint64_t)plan_result_words(p) * p->groups > PLAN_RESULT_WORDS_MAX ? ST_PLAN_LIMIT : ST_OK;
out:
	if (where)
		*where = id;
	return st;
}

bool plan_reads(const struct plan *p, unsigned column)
{
	for (unsigned k = 0; k < p->n_ops; k++) {
		enum plan_opcode code = p->ops[k].code;

		if ((code == OP_COL || code == OP_COLW || code == OP_KNOWN || code == OP_KNOWNW) && p->ops[k].a == column)
			return true;
	}
	return false;
}
