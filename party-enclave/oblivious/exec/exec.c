/* Runs a plan operator by operator over values laid out beforehand. */
#include "exec/run.h"

enum { ROUND = 63 };

static size_t rounded(size_t bytes)
{
	return (bytes + ROUND) & ~(size_t)ROUND;
}

uint32_t exec_result_words(const struct plan *plan)
{
	uint32_t words = 0;

	for (unsigned k = 0; k < plan->n_ops; k++) {
		const struct plan_op *op = &plan->ops[k];

		words += op->code == OP_OUT ? op->n_in - 1u : op->code == OP_OUTKEEP;
	}
	return words;
}

static size_t result_bytes(const struct plan *p)
{
	return mpc_words_bytes(MPC_REP3_SHARES, (size_t)exec_result_words(p) * p->groups);
}

size_t exec_memory(const struct plan *plan, const uint32_t rows[static EXEC_SOURCES_MAX])
{
	struct shape s = shape_of(plan, rows);
	struct layout l;

	if (!layout_plan(&l, plan, &s))
		return SIZE_MAX;
	return rounded(sizeof(struct exec)) + rounded(plan->n_ops * sizeof(struct value)) +
	       rounded(result_bytes(plan)) + rounded(l.bytes) + rounded(l.scratch);
}

static void place_value(struct exec *x, unsigned k, size_t offset)
{
	const struct plan_op *op = &x->plan->ops[k];
	uint8_t *at = x->storage + offset;
	struct value *v = &x->values[k];
	size_t lanes = op_lanes(&x->shape, op);

	switch (op->type.kind) {
	case KIND_BITS:
		if (!is_public(op))
			v->bits = mpc_bits_place(at, MPC_REP3_SHARES, lanes, type_width(&op->type));
		return;
	case KIND_KEEP:
		v->bits = mpc_bits_place(at, MPC_REP3_SHARES, lanes, 1);
		return;
	case KIND_GROUPM:
		v->bits = mpc_bits_place(at, MPC_REP3_SHARES, x->shape.rows, x->plan->groups);
		return;
	case KIND_WORDS:
		v->words = mpc_words_place(at, MPC_REP3_SHARES, lanes);
		return;
	case KIND_SUMS:
		v->words = mpc_words_place(at, MPC_REP3_SHARES, (size_t)op->n_in * x->plan->groups);
		return;
	default:
		return;
	}
}

static enum status take_memory(struct exec *x, const struct layout *l)
{
	size_t words = (size_t)x->result_words * x->plan->groups;
	void *result = arena_take(x->arena, result_bytes(x->plan));

	x->values = arena_take(x->arena, x->plan->n_ops * sizeof *x->values);
	x->storage = arena_take(x->arena, l->bytes);
	/* all or nothing: a run never stops half way for want of memory */
	if (!result || !x->values || !x->storage || x->arena->cap - x->arena->used < l->scratch)
		return ST_NO_MEMORY;
	x->result = mpc_words_place(result, MPC_REP3_SHARES, words);
	for (unsigned k = 0; k < x->plan->n_ops; k++)
		place_value(x, k, l->offset[k]);
	return ST_OK;
}

enum status exec_new(struct exec **out, const struct plan *plan, struct mpc *mpc, struct arena *arena,
    const uint32_t rows[static EXEC_SOURCES_MAX], const struct exec_input *own, const struct exec_given *given)
{
	struct shape shape = shape_of(plan, rows);
	struct layout layout;
	struct exec *x;
	enum status st;

	for (unsigned q = 0; q < EXEC_PROVIDERS_MAX; q++)
		if (rows[MPC_PARTIES + q] && (!given || given[q].rows != rows[MPC_PARTIES + q]))
			return ST_BUG;
	if (mpc_shares(mpc) != MPC_REP3_SHARES || own->rows != rows[mpc_party(mpc)] || own->real > own->rows)
		return ST_BUG;
	if (!layout_plan(&layout, plan, &shape))
		return ST_NO_MEMORY;
	x = arena_take(arena, sizeof *x);
	if (!x)
		return ST_NO_MEMORY;
	*x = (struct exec){.plan = plan,
	    .m = mpc,
	    .arena = arena,
	    .shape = shape,
	    .own = *own,
	    .given = given,
	    .result_words = exec_result_words(plan)};
	TRY(take_memory(x, &layout));
	*out = x;
out:
	return st;
}

enum status exec_step(struct exec *x, uint16_t id)
{
	size_t mark = arena_mark(x->arena);
	enum status st;

	if (id != x->done + 1 || id > x->plan->n_ops)
		return ST_BUG;
	TRY(mpc_begin_op(x->m, id));
	TRY(operator_run(x, &x->plan->ops[id - 1]));
	x->done = id;
out:
	arena_release(x->arena, mark);
	return st;
}

unsigned exec_culprit(const struct exec *x)
{
	return x->culprit;
}

enum status exec_result(const struct exec *x, struct exec_result *out)
{
	if (x->done != x->plan->n_ops)
		return ST_BUG;
	*out = (struct exec_result){
	    .words = x->result_words, .groups = x->plan->groups, .own = x->result.share[0], .next = x->result.share[1]};
	return ST_OK;
}

void exec_cost(const struct plan *plan, const uint32_t rows[static EXEC_SOURCES_MAX], uint16_t id, struct exec_cost *out)
{
	struct shape s = shape_of(plan, rows);
	struct mpc_cost c = {0};

	operator_cost(plan, &s, &plan->ops[id - 1], &c);
	out->rounds = c.rounds;
	memcpy(out->sent, c.sent, sizeof out->sent);
}
