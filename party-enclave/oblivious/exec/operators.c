#include "exec/run.h"
#include "base/panic.h"

#include <limits.h>

#define X(code, name) [code] = &name,
static const struct operator* const table[OP_COUNT_] = {OPERATOR_LIST(X)};
#undef X

const struct operator* operator_of(enum plan_opcode code)
{
	invariant((unsigned)code < OP_COUNT_ && table[code]);
	return table[code];
}

struct shape shape_of(const struct plan *p, const uint32_t rows[static EXEC_SOURCES_MAX])
{
	struct shape s = {.groups = p->groups};

	for (unsigned i = 0; i < EXEC_SOURCES_MAX; i++) {
		invariant(rows[i] <= PLAN_ROWS_MAX);
		s.blocks[i] = (rows[i] + MPC_LANE_ALIGN - 1) / MPC_LANE_ALIGN * MPC_LANE_ALIGN;
		s.rows += s.blocks[i];
	}
	return s;
}

unsigned common_width(const struct plan_type *a, const struct plan_type *b)
{
	return plan_width(a->lo < b->lo ? a->lo : b->lo, a->hi > b->hi ? a->hi : b->hi);
}

size_t value_bytes(const struct plan *p, const struct shape *s, const struct plan_op *op)
{
	size_t lanes = op_lanes(s, op);

	switch (op->type.kind) {
	case KIND_BITS:
		return is_public(op) ? 0 : mpc_bits_bytes(MPC_REP3_SHARES, lanes, type_width(&op->type));
	case KIND_KEEP:
		return mpc_bits_bytes(MPC_REP3_SHARES, lanes, 1);
	case KIND_GROUPM:
		return mpc_bits_bytes(MPC_REP3_SHARES, s->rows, p->groups);
	case KIND_WORDS:
		return mpc_words_bytes(MPC_REP3_SHARES, lanes);
	case KIND_SUMS:
		return mpc_words_bytes(MPC_REP3_SHARES, (size_t)op->n_in * p->groups);
	default:
		return 0;
	}
}

struct number operand_number(struct exec *x, const struct plan_op *op, unsigned k, size_t from)
{
	const struct plan_op *in = operand(x->plan, op, k);
	const struct value *v = value_of(x, in);
	struct number n = {.width = type_width(&in->type), .is_signed = is_signed(&in->type)};

	if (is_public(in))
		return number_constant(in->imm);
	for (unsigned b = 0; b < n.width; b++)
		n.bit[b] = plane_from(mpc_bits_plane(&v->bits, b), from);
	return n;
}

struct mpc_plane operand_bit(struct exec *x, const struct plan_op *op, unsigned k, size_t from)
{
	const struct plan_op *in = operand(x->plan, op, k);

	if (in->type.kind == KIND_KEEP)
		return plane_from(mpc_bits_plane(&value_of(x, in)->bits, 0), from);
	struct number n = operand_number(x, op, k, from);
	return number_bit(&n, 0);
}

void result_planes(struct exec *x, const struct plan_op *op, struct mpc_plane *out, size_t from)
{
	const struct mpc_bits *bits = &value_of(x, op)->bits;

	for (unsigned b = 0; b < bits->planes; b++)
		out[b] = plane_from(mpc_bits_plane(bits, b), from);
}

/* Lanes at a time, in whole strides, so that temporaries stay below the aim where they can. */
static size_t piece_of(struct effort e, size_t lanes)
{
	size_t stride = effort_bytes(e, 512) - e.fixed, pieces;

	if (stride == 0)
		return lanes;
	pieces = SCRATCH_AIM / stride;
	pieces = (pieces ? pieces : 1) * 512;
	return pieces < lanes ? pieces : lanes;
}

enum status operator_run(struct exec *x, const struct plan_op *op)
{
	const struct operator* o = operator_of(op->code);
	size_t lanes = op_lanes(&x->shape, op), piece;
	enum status st = ST_OK;

	if (o->run)
		return o->run(x, op);
	piece = piece_of(o->lanewise.effort(x->plan, op), lanes);
	for (size_t at = 0; at < lanes; at += piece) {
		struct circuit c = {.m = x->m, .arena = x->arena, .lanes = lanes - at < piece ? lanes - at : piece};

		TRY(o->lanewise.run(x, op, &c, at / 64));
	}
out:
	return st;
}

void operator_cost(const struct plan *p, const struct shape *s, const struct plan_op *op, struct mpc_cost *c)
{
	const struct operator* o = operator_of(op->code);

	if (o->run) {
		if (o->cost)
			o->cost(p, s, op, c);
		return;
	}
	struct effort e = o->lanewise.effort(p, op);
	size_t lanes = op_lanes(s, op), piece = piece_of(e, lanes);
	for (size_t at = 0; at < lanes; at += piece)
		effort_cost(c, e, lanes - at < piece ? lanes - at : piece);
}

size_t operator_scratch(const struct plan *p, const struct shape *s, const struct plan_op *op)
{
	const struct operator* o = operator_of(op->code);
	size_t lanes = op_lanes(s, op);

	if (o->run)
		return o->scratch ? o->scratch(p, s, op) : 0;
	struct effort e = o->lanewise.effort(p, op);
	return effort_bytes(e, piece_of(e, lanes));
}
