#include "mpc_harness.h"

#include <stdlib.h>

struct endpoint {
	struct world *w;
	unsigned party;
};

void world_init(struct world *w, uint64_t seed, size_t arena_bytes)
{
	*w = (struct world){.seed = seed, .arena_bytes = arena_bytes};
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->changed, NULL);
	for (unsigned i = 0; i < MPC_PARTIES; i++)
		for (unsigned j = 0; j < MPC_PARTIES; j++)
			w->links[i][j].last = &w->links[i][j].first;
}

static void drop_first(struct link *l)
{
	struct link_message *msg = l->first;

	l->first = msg->following;
	if (!l->first)
		l->last = &l->first;
	l->waiting--;
	free(msg);
}

void world_clear(struct world *w)
{
	for (unsigned i = 0; i < MPC_PARTIES; i++) {
		for (unsigned j = 0; j < MPC_PARTIES; j++)
			while (w->links[i][j].first)
				drop_first(&w->links[i][j]);
		free(w->log[i]);
	}
	free(w->view);
	pthread_cond_destroy(&w->changed);
	pthread_mutex_destroy(&w->lock);
}

static void record(struct world *w, unsigned from, unsigned to, const struct mpc_tag *tag)
{
	size_t n = w->logged[from]++;

	if ((n & (n - 1)) == 0)
		w->log[from] = realloc(w->log[from], (n ? 2 * n : 1) * sizeof *w->log[from]);
	if (!w->log[from])
		abort();
	w->log[from][n] = (struct sent){.tag = *tag, .from = from, .to = to};
}

static void enqueue(
    struct world *w, struct link *l, const struct mpc_tag *tag, const void *bytes, size_t len, uint32_t depth)
{
	struct link_message *msg = malloc(sizeof *msg + len);

	if (!msg)
		abort();
	*msg = (struct link_message){.tag = *tag, .depth = depth, .len = len};
	memcpy(msg->bytes, bytes, len);
	*l->last = msg;
	l->last = &msg->following;
	l->waiting++;
	if (l->waiting > l->most_waiting)
		l->most_waiting = l->waiting;
	pthread_cond_broadcast(&w->changed);
}

static struct link_message *last_of(struct link *l)
{
	struct link_message *msg = l->first;

	while (msg->following)
		msg = msg->following;
	return msg;
}

/* The message is queued already; `hit` says that the fault is for it. */
static void inject(
    struct world *w, struct link *l, const struct mpc_tag *tag, const void *bytes, size_t len, uint32_t depth)
{
	if (w->fault.kind == FAULT_DROP)
		return;
	enqueue(w, l, tag, bytes, len, depth);
	if (w->fault.kind == FAULT_REPLAY)
		enqueue(w, l, tag, bytes, len, depth);
	if (w->fault.kind == FAULT_FLIP)
		last_of(l)->bytes[w->fault.bit / 8 % len] ^= (uint8_t)(1u << w->fault.bit % 8);
	if (w->fault.kind == FAULT_SHORTEN)
		last_of(l)->len--;
}

static enum status net_send(void *ctx, unsigned peer, const struct mpc_tag *tag, const void *bytes, size_t len)
{
	struct endpoint *e = ctx;
	struct world *w = e->w;
	struct link *l = &w->links[e->party][peer];

	pthread_mutex_lock(&w->lock);
	uint32_t depth = w->depth[e->party] + 1;

	if (depth > w->deepest)
		w->deepest = depth;
	record(w, e->party, peer, tag);
	bool hit = w->fault.kind && w->fault.from == e->party && w->fault.to == peer && w->fault.index == l->sent;
	l->sent++;
	if (hit)
		inject(w, l, tag, bytes, len, depth);
	else
		enqueue(w, l, tag, bytes, len, depth);
	pthread_mutex_unlock(&w->lock);
	return len > 0 && len == tag->count ? ST_OK : ST_BUG;
}

static bool same_tag(const struct mpc_tag *a, const struct mpc_tag *b)
{
	return a->op == b->op && a->round == b->round && a->type == b->type && a->count == b->count;
}

static void keep_view(struct world *w, const uint8_t *bytes, size_t len)
{
	if (w->view_len + len > w->view_cap) {
		w->view_cap = 2 * (w->view_len + len);
		w->view = realloc(w->view, w->view_cap);
		if (!w->view)
			abort();
	}
	memcpy(w->view + w->view_len, bytes, len);
	w->view_len += len;
}

static bool is_masked(const struct mpc_tag *tag)
{
	return tag->type == MPC_MSG_SHARES || tag->type == MPC_MSG_INPUT;
}

static enum status take(
    struct world *w, unsigned party, struct link *l, const struct mpc_tag *tag, void *bytes, size_t len)
{
	struct link_message *msg = l->first;

	if (!same_tag(&msg->tag, tag) || msg->len != len)
		return ST_SES_RECORD;
	memcpy(bytes, msg->bytes, len);
	if (w->is_watched && w->watched == party && is_masked(tag))
		keep_view(w, msg->bytes, len);
	if (w->count_ones && is_masked(tag)) {
		for (size_t k = 0; k < len; k++)
			w->seen_ones[party] += (uint64_t)__builtin_popcount(msg->bytes[k]);
		w->seen_bits[party] += 8 * len;
	}
	if (msg->depth > w->depth[party])
		w->depth[party] = msg->depth;
	drop_first(l);
	return ST_OK;
}

/* Every party that is not done waits on an empty link or for the others to meet: nothing will ever come. */
static bool is_stuck(const struct world *w)
{
	unsigned idle = w->finished + w->at_sync;

	for (unsigned i = 0; i < MPC_PARTIES; i++)
		idle += w->waits_for[i] && !w->waits_for[i]->first;
	return idle == MPC_PARTIES;
}

static enum status net_recv(void *ctx, unsigned peer, const struct mpc_tag *tag, void *bytes, size_t len)
{
	struct endpoint *e = ctx;
	struct world *w = e->w;
	struct link *l = &w->links[peer][e->party];
	enum status st = ST_SES_PEER_LOST;

	pthread_mutex_lock(&w->lock);
	w->waits_for[e->party] = l;
	while (!l->first && !w->dead) {
		if (is_stuck(w)) {
			w->dead = true;
			pthread_cond_broadcast(&w->changed);
		} else {
			pthread_cond_wait(&w->changed, &w->lock);
		}
	}
	w->waits_for[e->party] = NULL;
	if (l->first)
		st = take(w, e->party, l, tag, bytes, len);
	pthread_mutex_unlock(&w->lock);
	return st;
}

uint32_t world_sync(struct world *w)
{
	pthread_mutex_lock(&w->lock);
	unsigned turn = w->sync_turn;

	if (++w->at_sync == MPC_PARTIES) {
		w->at_sync = 0;
		w->sync_turn++;
		pthread_cond_broadcast(&w->changed);
	}
	while (w->sync_turn == turn && !w->dead && !w->failed)
		pthread_cond_wait(&w->changed, &w->lock);
	uint32_t deepest = w->deepest;
	turn = w->sync_turn;
	/* a second meeting, so that all have read it before it is reset */
	if (++w->at_sync == MPC_PARTIES) {
		w->at_sync = 0;
		w->sync_turn++;
		w->deepest = 0;
		memset(w->depth, 0, sizeof w->depth);
		pthread_cond_broadcast(&w->changed);
	}
	while (w->sync_turn == turn && !w->dead && !w->failed)
		pthread_cond_wait(&w->changed, &w->lock);
	pthread_mutex_unlock(&w->lock);
	return deepest;
}

struct runner {
	struct endpoint endpoint;
	mpc_program program;
	void *ctx;
	enum status st;
};

/* k_i = stream of (seed, i); P_j lacks k_{j+2}. */
static void pair_secret(const struct world *w, unsigned index, uint8_t out[static MPC_SECRET_LEN])
{
	struct random_seeded state = {.counter = 0};

	memcpy(state.seed, &w->seed, sizeof w->seed);
	state.seed[8] = (uint8_t)index;
	if (w->is_watched && index == (w->watched + 2) % MPC_PARTIES)
		memcpy(state.seed + 16, &w->other_key, sizeof w->other_key);
	struct random r = random_from_seed(&state);
	r.fill(r.ctx, out, MPC_SECRET_LEN);
}

static void *run_party(void *arg)
{
	struct runner *r = arg;
	struct world *w = r->endpoint.w;
	unsigned i = r->endpoint.party;
	struct mpc_config cfg = {
	    .party = i, .net = {.ctx = &r->endpoint, .send = net_send, .recv = net_recv}, .context = slice_str("test")};
	struct arena arena;
	struct mpc *m = NULL;

	if (!arena_init(&arena, w->arena_bytes + mpc_memory()))
		abort();
	pair_secret(w, i, cfg.secret_prev);
	pair_secret(w, (i + 1) % MPC_PARTIES, cfg.secret_next);
	r->st = mpc_new(&m, &arena, &cfg);
	if (r->st == ST_OK)
		r->st = r->program(w, m, &arena, r->ctx);
	pthread_mutex_lock(&w->lock);
	w->arena_peak[i] = arena.peak - mpc_memory();
	if (m)
		w->counters[i] = mpc_counters(m);
	w->finished++;
	if (r->st != ST_OK)
		w->failed = true; /* what it sent before still arrives */
	pthread_cond_broadcast(&w->changed);
	pthread_mutex_unlock(&w->lock);
	mpc_free(m);
	arena_clear(&arena);
	return NULL;
}

bool world_run(struct world *w, mpc_program program, void *const ctx[MPC_PARTIES], enum status st[MPC_PARTIES])
{
	struct runner runners[MPC_PARTIES];
	pthread_t threads[MPC_PARTIES];
	bool ok = true;

	if (crypto_init() != ST_OK)
		abort();
	for (unsigned i = 0; i < MPC_PARTIES; i++) {
		runners[i] = (struct runner){.endpoint = {w, i}, .program = program, .ctx = ctx[i]};
		if (pthread_create(&threads[i], NULL, run_party, &runners[i]) != 0)
			abort();
	}
	for (unsigned i = 0; i < MPC_PARTIES; i++) {
		pthread_join(threads[i], NULL);
		ok &= runners[i].st == ST_OK;
		if (st)
			st[i] = runners[i].st;
	}
	return ok;
}

bool world_same_shape(const struct world *a, const struct world *b)
{
	for (unsigned i = 0; i < MPC_PARTIES; i++) {
		if (a->logged[i] != b->logged[i])
			return false;
		for (size_t k = 0; k < a->logged[i]; k++)
			if (a->log[i][k].to != b->log[i][k].to || !same_tag(&a->log[i][k].tag, &b->log[i][k].tag))
				return false;
	}
	return true;
}
