/*
 * The plan as canonical CBOR (docs/sealed-policy.cddl). Decoding reads exactly the items that encoding writes, through a
 * reader that takes only the one canonical form of each, so whatever decodes encodes back to the same bytes.
 */
#include "base/cbor.h"

#include "opcodes.h"

enum { PLAN_VERSION = 1, PLAN_FIELDS = 7, OP_ITEMS = 7 };
enum plan_field { FIELD_VERSION = 1, FIELD_ROWS_MAX, FIELD_GROUPS, FIELD_KEYS, FIELD_SORT, FIELD_COLUMNS, FIELD_OPS };

static void encode_op(struct buf *out, const struct plan_op *op, unsigned id)
{
	cbor_put_array(out, OP_ITEMS);
	cbor_put_u64(out, id);
	cbor_put_u64(out, (unsigned)op->code);
	cbor_put_array(out, op->n_in);
	for (unsigned k = 0; k < op->n_in; k++)
		cbor_put_u64(out, op->in[k]);
	cbor_put_u64(out, op->a);
	cbor_put_i64(out, op->imm);
	cbor_put_i64(out, op->imm2);
	cbor_put_i64(out, op->imm3);
}

static void encode_head(struct buf *out, const struct plan *p)
{
	cbor_put_u64(out, FIELD_VERSION);
	cbor_put_u64(out, PLAN_VERSION);
	cbor_put_u64(out, FIELD_ROWS_MAX);
	cbor_put_u64(out, p->rows_max);
	cbor_put_u64(out, FIELD_GROUPS);
	cbor_put_u64(out, p->groups);
	cbor_put_u64(out, FIELD_KEYS);
	cbor_put_array(out, p->n_keys);
	for (unsigned i = 0; i < p->n_keys; i++) {
		cbor_put_array(out, 2);
		cbor_put_u64(out, p->keys[i].column);
		cbor_put_u64(out, p->keys[i].size);
	}
	cbor_put_u64(out, FIELD_SORT);
	cbor_put_array(out, p->n_sort);
	for (unsigned i = 0; i < p->n_sort; i++)
		cbor_put_u64(out, p->sort[i]);
}

static void encode_columns(struct buf *out, const struct plan *p)
{
	cbor_put_u64(out, FIELD_COLUMNS);
	cbor_put_array(out, p->n_columns);
	for (unsigned i = 0; i < p->n_columns; i++) {
		cbor_put_array(out, 3);
		cbor_put_i64(out, p->columns[i].lo);
		cbor_put_i64(out, p->columns[i].hi);
		cbor_put_bool(out, p->columns[i].nullable);
	}
}

void plan_encode(struct buf *out, const struct plan *p)
{
	cbor_put_map(out, PLAN_FIELDS);
	encode_head(out, p);
	encode_columns(out, p);
	cbor_put_u64(out, FIELD_OPS);
	cbor_put_array(out, p->n_ops);
	for (unsigned k = 0; k < p->n_ops; k++)
		encode_op(out, &p->ops[k], k + 1);
}

/* Opens an array of at most max items. */
static unsigned open_array(struct cbor_reader *r, size_t max)
{
	size_t items = cbor_array(r);

	if (items <= max)
		return (unsigned)items;
	cbor_fail(r, ST_TOO_LARGE);
	return 0;
}

static void decode_op(struct cbor_reader *r, struct plan_op *op, unsigned id)
{
	cbor_array_exact(r, OP_ITEMS);
	if (cbor_u64(r) != id)
		cbor_fail(r, ST_PLAN_OP_ID);
	op->code = (enum plan_opcode)cbor_u64_max(r, OP_COUNT_ - 1);
	op->n_in = (uint8_t)open_array(r, PLAN_OPERANDS_MAX);
	for (unsigned k = 0; k < op->n_in; k++)
		op->in[k] = (uint16_t)cbor_u64_max(r, UINT16_MAX);
	cbor_close(r);
	op->a = (uint16_t)cbor_u64_max(r, UINT16_MAX);
	op->imm = cbor_i64(r);
	op->imm2 = cbor_i64(r);
	op->imm3 = cbor_i64(r);
	cbor_close(r);
}

static void decode_head(struct cbor_reader *r, struct plan *p)
{
	cbor_key(r, FIELD_VERSION);
	if (cbor_u64(r) != PLAN_VERSION)
		cbor_fail(r, ST_FORMAT);
	cbor_key(r, FIELD_ROWS_MAX);
	p->rows_max = (uint32_t)cbor_u64_max(r, UINT32_MAX);
	cbor_key(r, FIELD_GROUPS);
	p->groups = (uint32_t)cbor_u64_max(r, UINT32_MAX);
	cbor_key(r, FIELD_KEYS);
	p->n_keys = (uint8_t)open_array(r, PLAN_KEYS_MAX);
	for (unsigned i = 0; i < p->n_keys; i++) {
		cbor_array_exact(r, 2);
		p->keys[i].column = (uint16_t)cbor_u64_max(r, UINT16_MAX);
		p->keys[i].size = (uint32_t)cbor_u64_max(r, UINT32_MAX);
		cbor_close(r);
	}
	cbor_close(r);
	cbor_key(r, FIELD_SORT);
	p->n_sort = (uint8_t)open_array(r, PLAN_SORT_MAX);
	for (unsigned i = 0; i < p->n_sort; i++)
		p->sort[i] = (uint8_t)cbor_u64_max(r, UINT8_MAX);
	cbor_close(r);
}

static void decode_columns(struct cbor_reader *r, struct plan *p)
{
	cbor_key(r, FIELD_COLUMNS);
	p->n_columns = (uint16_t)open_array(r, PLAN_COLUMNS_MAX);
	for (unsigned i = 0; i < p->n_columns; i++) {
		cbor_array_exact(r, 3);
		p->columns[i].lo = cbor_i64(r);
		p->columns[i].hi = cbor_i64(r);
		p->columns[i].nullable = cbor_bool(r);
		cbor_close(r);
	}
	cbor_close(r);
}

/* The operator being read when the bytes went wrong is left in *id. */
static void decode_ops(struct cbor_reader *r, struct plan *p, uint16_t *id)
{
	cbor_key(r, FIELD_OPS);
	p->n_ops = (uint16_t)open_array(r, PLAN_OPS_MAX);
	for (unsigned k = 0; k < p->n_ops && r->st == ST_OK; k++) {
		*id = (uint16_t)(k + 1);
		decode_op(r, &p->ops[k], k + 1);
	}
	if (r->st == ST_OK)
		*id = 0;
	cbor_close(r);
}

/* What the CBOR reader says, in the words of plans. */
static enum status plan_status(enum status st)
{
	if (st == ST_TOO_LARGE)
		return ST_PLAN_LIMIT;
	return st == ST_OK || st == ST_PLAN_OP_ID ? st : ST_PLAN_FORMAT;
}

/* One pass over the whole item first, so that a bomb is called a bomb wherever it hides. */
static enum status scan(struct slice bytes)
{
	struct cbor_reader r;

	cbor_reader_init(&r, bytes);
	(void)cbor_any(&r);
	return plan_status(cbor_end(&r));
}

static enum status decode(struct plan *p, struct slice bytes, uint16_t *id)
{
	struct cbor_reader r;

	cbor_reader_init(&r, bytes);
	if (cbor_map(&r) != PLAN_FIELDS)
		cbor_fail(&r, ST_FORMAT);
	decode_head(&r, p);
	decode_columns(&r, p);
	decode_ops(&r, p, id);
	cbor_close(&r);
	return plan_status(cbor_end(&r));
}

enum status plan_decode(struct plan *p, struct slice bytes, uint16_t *where)
{
	uint16_t id = 0;
	enum status st;

	memset(p, 0, sizeof *p);
	TRY(scan(bytes));
	TRY(decode(p, bytes, &id));
	TRY(plan_infer(p, &id));
out:
	if (st != ST_OK)
		memset(p, 0, sizeof *p);
	if (where)
		*where = id;
	return st;
}
