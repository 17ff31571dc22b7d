/*
 * Frames from the host. One place reads them and holds every one against the state table; PEER frames are queued per
 * peer (a peer may be ahead of us) up to a cap, grants raise a number, an abort ends everything.
 */
#include "core.h"

#include <stdlib.h>

enum { QUEUE_MAX = 64 << 20, QUEUE_MAX_BEFORE_ADMISSION = 1 << 20 };
enum { QUEUED_COST = 48 }; /* of a list element besides its frame, what malloc() adds included */

enum status emit(struct party *p, enum frame_type type, uint8_t peer, struct slice body)
{
	return p->env->frame_out(p->env->ctx, type, peer, body);
}

enum status blame_party(struct party *p, unsigned party, enum status st, const char *what)
{
	const char *id = p->policy->parties[party].id;

	if (p->problem.st == ST_OK)
		memcpy(p->blame, id, strlen(id) + 1);
	return problem_set(&p->problem, st, id, NULL, "%s", what);
}

static enum status take_peer_frame(struct party *p, const struct frame *f)
{
	size_t cap = p->admitted ? QUEUE_MAX : QUEUE_MAX_BEFORE_ADMISSION;

	if (f->peer >= MPC_PARTIES || f->peer == p->self || f->body.len == 0 || f->body.len > CHANNEL_FRAME_MAX)
		return ST_FORMAT;
	struct peer_queue *q = &p->queue[f->peer];
	if (q->bytes + f->body.len + QUEUED_COST > cap)
		return blame_party(p, f->peer, ST_SES_FLOW, "it sends more than the plan lets it");
	struct queued *item = malloc(sizeof *item + f->body.len);
	if (!item)
		return ST_NO_MEMORY;
	item->next = NULL;
	item->len = f->body.len;
	memcpy(item->bytes, f->body.ptr, f->body.len);
	*q->tail = item;
	q->tail = &item->next;
	q->bytes += item->len + QUEUED_COST;
	return ST_OK;
}

/* Grants rise, and never beyond the plan: a coordinator that says otherwise is not followed. */
static enum status take_grant(struct party *p, struct slice body)
{
	uint32_t step = 0;
	enum status st;

	TRY(boundary_get_u32(&step, body));
	if (step <= p->granted || step > p->policy->plan.n_ops)
		return problem_set(&p->problem, ST_SES_STEP, NULL, NULL, "step %u was granted after step %u of %u", step,
		    p->granted, p->policy->plan.n_ops);
	p->granted = step;
out:
	return st;
}

static enum status take_abort(struct party *p, struct slice body)
{
	struct doc_fault f;
	enum status st;

	TRY(doc_get_fault(&f, body));
	memcpy(p->blame, f.blame, sizeof f.blame);
	if (strcmp(f.code, status_code(ST_SES_ABORTED)) == 0) /* the reason is already in the message */
		return problem_set(&p->problem, ST_SES_ABORTED, f.blame, NULL, "%s", f.message);
	return problem_set(&p->problem, ST_SES_ABORTED, f.blame, NULL, "%s: %s", f.code, f.message);
out:
	return st;
}

static enum status take_bench(struct party *p, struct slice body)
{
	if (p->has_next_bench)
		return ST_SES_SEQUENCE;
	p->has_next_bench = true;
	return boundary_get_bench(&p->next_bench, body);
}

/* Answers: taken only while we wait for them. */
static enum status take_time(struct party *p, struct slice body)
{
	if (!p->awaits_time)
		return problem_set(&p->problem, ST_SES_STATE, NULL, NULL, "a time that nobody asked for");
	p->awaits_time = false;
	return boundary_get_time(&p->host_time_s, body);
}

static enum status take_renewals(struct party *p, struct slice body)
{
	if (!p->awaits_renewals)
		return problem_set(&p->problem, ST_SES_STATE, NULL, NULL, "renewed evidence that nobody asked for");
	p->awaits_renewals = false;
	buf_reset(&p->renewals);
	buf_append(&p->renewals, body.ptr, body.len);
	return buf_status(&p->renewals);
}

/* One frame from the host, held against the table. `left` says that it is the caller's business. */
static enum status take(struct party *p, struct frame *f, bool *left)
{
	enum status st;

	*left = false;
	TRY(p->env->frame_in(p->env->ctx, f));
	if (!boundary_permits(p->state, f->type))
		return problem_set(&p->problem, ST_SES_STATE, NULL, NULL, "frame %s is not permitted now", frame_name(f->type));
	switch (f->type) {
	case FRAME_PEER: TRY(take_peer_frame(p, f)); break;
	case FRAME_GRANT: TRY(take_grant(p, f->body)); break;
	case FRAME_ABORT: TRY(take_abort(p, f->body)); break;
	case FRAME_TIME: TRY(take_time(p, f->body)); break;
	case FRAME_RENEWALS: TRY(take_renewals(p, f->body)); break;
	case FRAME_BENCH:
		if (p->benching)
			TRY(take_bench(p, f->body));
		else
			*left = true;
		break;
	default: *left = true;
	}
out:
	return st;
}

enum status inbox_next(struct party *p, struct frame *out)
{
	bool left = false;
	enum status st = ST_OK;

	while (st == ST_OK && !left)
		st = take(p, out, &left);
	return st;
}

enum status inbox_expect(struct party *p, enum frame_type type, struct frame *out)
{
	enum status st;

	TRY(inbox_next(p, out));
	if (out->type != type)
		st = problem_set(&p->problem, ST_SES_STATE, NULL, NULL, "frame %s instead of %s", frame_name(out->type),
		    frame_name(type));
out:
	return st;
}

/* While shares travel nothing else is permitted (nor rows during a bench), so nothing may be left for anyone else. */
static enum status take_while_running(struct party *p)
{
	struct frame f;
	bool left;
	enum status st = take(p, &f, &left);

	return st == ST_OK && left ? ST_SES_STATE : st;
}

enum status inbox_await_grant(struct party *p, uint32_t step)
{
	enum status st = ST_OK;

	while (st == ST_OK && p->granted < step)
		st = take_while_running(p);
	return st;
}

enum status inbox_await_time(struct party *p, int64_t *time_s)
{
	enum status st = ST_OK;

	p->awaits_time = true;
	while (st == ST_OK && p->awaits_time)
		st = take_while_running(p);
	*time_s = p->host_time_s;
	return st;
}

enum status inbox_await_renewals(struct party *p, struct slice *body)
{
	enum status st = ST_OK;

	p->awaits_renewals = true;
	while (st == ST_OK && p->awaits_renewals)
		st = take_while_running(p);
	*body = buf_view(&p->renewals);
	return st;
}

enum status inbox_await_bench(struct party *p, struct boundary_bench *out)
{
	enum status st = ST_OK;

	while (st == ST_OK && !p->has_next_bench)
		st = take_while_running(p);
	p->has_next_bench = false;
	*out = p->next_bench;
	return st;
}

static enum status io_send(void *ctx, unsigned peer, struct slice frame)
{
	struct party *p = ctx;

	p->wire_bytes += frame.len;
	return emit(p, FRAME_PEER, (uint8_t)peer, frame);
}

static enum status io_recv(void *ctx, unsigned peer, struct slice *frame)
{
	struct party *p = ctx;
	struct peer_queue *q = &p->queue[peer];
	enum status st = ST_OK;

	while (st == ST_OK && !q->head)
		st = take_while_running(p);
	if (st != ST_OK)
		return st;
	free(p->lent);
	p->lent = q->head;
	q->head = p->lent->next;
	if (!q->head)
		q->tail = &q->head;
	q->bytes -= p->lent->len + QUEUED_COST;
	*frame = slice_of(p->lent->bytes, p->lent->len);
	return ST_OK;
}

void inbox_init(struct party *p)
{
	for (unsigned i = 0; i < MPC_PARTIES; i++)
		p->queue[i].tail = &p->queue[i].head;
	p->io = (struct channel_io){p, io_send, io_recv};
}

void inbox_clear(struct party *p)
{
	free(p->lent);
	p->lent = NULL;
	for (unsigned i = 0; i < MPC_PARTIES; i++) {
		for (struct queued *q = p->queue[i].head, *next; q; q = next) {
			next = q->next;
			free(q);
		}
		p->queue[i] = (struct peer_queue){0};
	}
}
