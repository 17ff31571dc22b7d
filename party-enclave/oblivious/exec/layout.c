/*
 * Memory of a run, planned before it starts: every value gets the lowest place that is free from its operator to its
 * last use (first fit over lifetimes). Shapes are public, so the plan's memory is a number known to everybody.
 */
#include "exec/run.h"

static size_t last_use(const struct plan *p, unsigned k)
{
	size_t last = k;

	for (unsigned j = k + 1; j < p->n_ops; j++)
		for (unsigned i = 0; i < p->ops[j].n_in; i++)
			if (p->ops[j].in[i] == k + 1)
				last = j;
	return last;
}

struct span {
	size_t from, to;
};

/* Insertion by start: few values live at once. */
static void insert(struct span *live, size_t n, struct span s)
{
	while (n > 0 && live[n - 1].from > s.from) {
		live[n] = live[n - 1];
		n--;
	}
	live[n] = s;
}

static size_t first_gap(const struct span *live, size_t n, size_t bytes)
{
	size_t at = 0;

	for (size_t k = 0; k < n; k++) {
		if (live[k].from >= at && live[k].from - at >= bytes)
			return at;
		if (live[k].to > at)
			at = live[k].to;
	}
	return at;
}

bool layout_plan(struct layout *l, const struct plan *p, const struct shape *s)
{
	size_t bytes[PLAN_OPS_MAX], last[PLAN_OPS_MAX];
	struct span live[PLAN_OPS_MAX];

	*l = (struct layout){.bytes = 0};
	for (unsigned k = 0; k < p->n_ops; k++) {
		size_t n = 0, scratch = operator_scratch(p, s, &p->ops[k]);

		bytes[k] = (value_bytes(p, s, &p->ops[k]) + 63) / 64 * 64;
		last[k] = last_use(p, k);
		if (bytes[k] > SIZE_MAX / 4 || scratch > SIZE_MAX / 4)
			return false;
		for (unsigned j = 0; j < k; j++)
			if (last[j] >= k && bytes[j])
				insert(live, n++, (struct span){l->offset[j], l->offset[j] + bytes[j]});
		l->offset[k] = bytes[k] ? first_gap(live, n, bytes[k]) : 0;
		if (l->offset[k] + bytes[k] > l->bytes)
			l->bytes = l->offset[k] + bytes[k];
		l->scratch = scratch > l->scratch ? scratch : l->scratch;
		if (l->bytes > SIZE_MAX / 4)
			return false;
	}
	return true;
}
