#include "plan_world.h"

#include <stdio.h>
#include <stdlib.h>

struct seat {
	struct plan_world *w;
	unsigned party;
};

void plan_world_split(struct plan_world *w, uint32_t n, uint64_t seed)
{
	unsigned sources = MPC_PARTIES + w->providers;
	uint32_t left = n;

	for (unsigned i = 0; i < sources; i++) {
		seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
		w->real[i] = i + 1 == sources ? left : (uint32_t)((seed >> 33) % (left + 1));
		w->padded[i] = w->real[i] + (uint32_t)(seed >> 61);
		left -= w->real[i];
	}
}

static struct exec_input input_of(const struct plan_world *w, unsigned source)
{
	struct exec_input in = {.rows = w->padded[source], .real = w->real[source]};
	size_t at = 0;

	for (unsigned i = 0; i < source; i++)
		at += w->real[i];
	for (unsigned c = 0; c < w->plan->n_columns; c++) {
		in.values[c] = w->rows->values[c] + at;
		in.known[c] = w->plan->columns[c].nullable ? w->rows->known[c] + at : NULL;
	}
	return in;
}

/* ---- providers: XOR shares of the flat form ---- */

static uint64_t *flat_of(const struct plan_world *w, unsigned q)
{
	struct exec_input in = input_of(w, MPC_PARTIES + q);
	uint64_t *flat = calloc(exec_given_words(w->plan, in.rows) + 1, 8);

	if (!flat)
		abort();
	exec_given_flatten(flat, w->plan, &in);
	if (w->lie.on && w->lie.provider == q)
		flat[w->lie.word] ^= UINT64_C(1) << w->lie.bit;
	return flat;
}

/* Share i of three; 0 and 1 are drawn, 2 is what is left. */
static uint64_t share_word(uint64_t seed, unsigned q, unsigned i, size_t k, uint64_t value)
{
	uint64_t drawn[2];

	for (unsigned s = 0; s < 2; s++) {
		drawn[s] = (seed + 1) * 0x9e3779b97f4a7c15u + q * 1000003u + s * 77u + k * 0xd1342543de82ef95u;
		drawn[s] = (drawn[s] ^ drawn[s] >> 29) * 0xbf58476d1ce4e5b9u;
		drawn[s] ^= drawn[s] >> 32;
	}
	return i < 2 ? drawn[i] : value ^ drawn[0] ^ drawn[1];
}

static void give(struct exec_given *g, const struct plan_world *w, unsigned q, unsigned party)
{
	uint32_t rows = w->padded[MPC_PARTIES + q];
	size_t n = exec_given_words(w->plan, rows), bytes = exec_given_bytes(w->plan, rows);
	uint64_t *flat = flat_of(w, q), *share = calloc(n + 1, 8);
	void *storage = aligned_alloc(64, bytes + 64);

	if (!share || !storage)
		abort();
	memset(storage, 0, bytes + 64);
	exec_given_place(g, w->plan, rows, storage);
	for (unsigned s = 0; s < 2; s++) {
		for (size_t k = 0; k < n; k++)
			share[k] = share_word(w->seed, q, (party + s) % MPC_PARTIES, k, flat[k]);
		/* in two pieces, as messages would bring it */
		exec_given_put(g, w->plan, s, 0, share, n / 3);
		exec_given_put(g, w->plan, s, n / 3, share + n / 3, n - n / 3);
	}
	free(flat);
	free(share);
}

static void complain(struct plan_world *w, const char *what, unsigned id, uint64_t measured, uint64_t stated)
{
	snprintf(w->complaint, sizeof w->complaint, "op %u %s: %s %llu, stated %llu", id,
	    id ? plan_opcode_name(w->plan->ops[id - 1].code) : "", what, (unsigned long long)measured,
	    (unsigned long long)stated);
}

static enum status step(struct plan_world *w, struct world *world, struct mpc *m, struct exec *x, uint16_t id)
{
	struct mpc_counters before = mpc_counters(m), after;
	struct exec_cost cost;
	enum status st;

	if (w->check_depth)
		world_sync(world);
	TRY(exec_step(x, id));
	after = mpc_counters(m);
	exec_cost(w->plan, w->padded, id, &cost);
	if (after.rounds - before.rounds != cost.rounds)
		complain(w, "rounds", id, after.rounds - before.rounds, cost.rounds);
	if (after.bytes - before.bytes != cost.sent[mpc_party(m)])
		complain(w, "bytes", id, after.bytes - before.bytes, cost.sent[mpc_party(m)]);
	if (!w->check_depth)
		return ST_OK;
	uint32_t depth = world_sync(world);
	/* what providers gave need not wait for what parties send: then the chain may be shorter than the count */
	if (w->providers ? depth > cost.rounds : depth != cost.rounds)
		complain(w, "depth", id, depth, cost.rounds);
out:
	return st;
}

static enum status keep_result(struct plan_world *w, unsigned party, const struct exec *x)
{
	struct exec_result r;
	enum status st;

	TRY(exec_result(x, &r));
	size_t n = (size_t)r.words * r.groups;
	for (unsigned s = 0; s < 2; s++) {
		w->share[party][s] = calloc(n + 1, 8);
		if (!w->share[party][s])
			abort();
		memcpy(w->share[party][s], s ? r.next : r.own, 8 * n);
	}
	if (r.words != reference_words(w->plan) || r.groups != w->plan->groups)
		complain(w, "result words", 0, r.words, reference_words(w->plan));
out:
	return st;
}

static enum status run_party(struct world *world, struct mpc *m, struct arena *arena, void *ctx)
{
	const struct seat *seat = ctx;
	struct plan_world *w = seat->w;
	struct exec_input in = input_of(w, seat->party);
	struct exec_given given[EXEC_PROVIDERS_MAX] = {0};
	struct exec *x;
	enum status st;

	for (unsigned q = 0; q < w->providers; q++)
		if (w->padded[MPC_PARTIES + q])
			give(&given[q], w, q, seat->party);
	TRY(exec_new(&x, w->plan, m, arena, w->padded, &in, given));
	for (uint16_t id = 1; st == ST_OK && id <= w->plan->n_ops; id++)
		st = step(w, world, m, x, id);
	if (st == ST_OK)
		st = keep_result(w, seat->party, x);
	w->culprit[seat->party] = exec_culprit(x);
out:
	for (unsigned q = 0; q < EXEC_PROVIDERS_MAX; q++)
		free(given[q].valid.share[0]); /* the start of its storage */
	return st;
}

static void open_result(struct plan_world *w)
{
	size_t n = (size_t)reference_words(w->plan) * w->plan->groups;

	w->opened = calloc(n + 1, 8);
	if (!w->opened)
		abort();
	for (unsigned i = 0; i < MPC_PARTIES; i++)
		if (memcmp(w->share[i][1], w->share[(i + 1) % 3][0], 8 * n) != 0)
			complain(w, "share differs between its holders", 0, i, 0);
	for (size_t k = 0; k < n; k++)
		w->opened[k] = (int64_t)(w->share[0][0][k] ^ w->share[1][0][k] ^ w->share[2][0][k]);
}

bool plan_world_run(struct plan_world *w)
{
	struct seat seat[MPC_PARTIES] = {{w, 0}, {w, 1}, {w, 2}};
	void *ctx[MPC_PARTIES] = {&seat[0], &seat[1], &seat[2]};
	size_t memory = exec_memory(w->plan, w->padded);

	w->complaint[0] = 0;
	world_init(&w->world, w->seed, memory);
	w->world.fault = w->fault;
	w->world.count_ones = true;
	w->world.is_watched = w->is_watched;
	w->world.watched = w->watched;
	w->world.other_key = w->other_key;
	bool ok = world_run(&w->world, run_party, ctx, w->st);
	if (ok)
		open_result(w);
	for (unsigned i = 0; ok && i < MPC_PARTIES; i++)
		if (w->world.arena_peak[i] > memory)
			complain(w, "arena bytes", 0, w->world.arena_peak[i], memory);
	return ok;
}

void plan_world_clear(struct plan_world *w)
{
	world_clear(&w->world);
	for (unsigned i = 0; i < MPC_PARTIES; i++)
		for (unsigned s = 0; s < 2; s++) {
			free(w->share[i][s]);
			w->share[i][s] = NULL;
		}
	free(w->opened);
	w->opened = NULL;
}
