/*
 * `parley bench`: engine operations on random numbers instead of a plan, in an otherwise ordinary session. Only a policy that all
 * organisations signed with `debug: INSECURE` permits it, and then no rows are ever read in this session.
 */
#include "core.h"
#include "oblivious/bench.h"

static void mark(void *ctx, int end)
{
	struct party *p = ctx;
	struct mpc_counters now = mpc_counters(p->mpc);
	struct boundary_mark m = {.end = end != 0};

	if (end) {
		m.rounds = (uint32_t)(now.rounds - p->bench.rounds);
		m.payload_bytes = now.bytes - p->bench.bytes;
		m.wire_bytes = p->wire_bytes - p->bench_wire;
	}
	p->bench = now;
	p->bench_wire = p->wire_bytes;
	buf_reset(&p->scratch);
	boundary_put_mark(&p->scratch, &m);
	p->bench_st = emit(p, FRAME_MARK, 0, buf_view(&p->scratch));
}

static enum status run_one(struct party *p, const struct boundary_bench *b)
{
	struct bench_report report;

	if (b->op < BENCH_MUL || b->op >= BENCH_OP_END || b->rows == 0 || b->rows > PLAN_ROWS_MAX)
		return ST_ARGUMENT;
	if (bench_memory((enum bench_op)b->op, b->rows) > p->arena.cap - p->arena.used)
		return ST_NO_MEMORY;
	size_t before = arena_mark(&p->arena);
	enum status st = bench_op_run(p->mpc, &p->arena, (enum bench_op)b->op, b->rows, b->repetition, &p->env->rng, mark, p, &report);
	arena_release(&p->arena, before);
	return st == ST_OK ? p->bench_st : st;
}

enum status party_bench(struct party *p, struct frame *first)
{
	struct boundary_bench next;
	enum status st;

	if (!p->policy->debug_insecure)
		return problem_set(&p->problem, ST_SES_STATE, NULL, NULL, "the policy does not say `debug: INSECURE`");
	p->benching = true;
	TRY(boundary_get_bench(&next, first->body));
	TRY(party_engine(p));
	for (;;) {
		TRY(run_one(p, &next));
		TRY(inbox_await_bench(p, &next));
	}
out:
	return st;
}
