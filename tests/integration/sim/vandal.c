#include "vandal.h"

const char *const vandal_mode_names[VANDAL_MODES] = {"flip", "cut", "grow", "drop", "double", "delay", "replay", "cross"};

static size_t end_of(const struct vandal *v, const char *name)
{
	int party = policy_party_index(v->policy, name);
	return party < 0 ? SIM_PARTIES : (size_t)party;
}

static void replace(struct buf *bytes, const struct buf *by)
{
	if (!by->len)
		return;
	buf_reset(bytes);
	buf_append(bytes, by->ptr, by->len);
}

static void strike(struct vandal *v, struct sim_message *m, const struct buf *earlier, const struct buf *elsewhere)
{
	struct buf *b = m->bytes;

	v->struck = true;
	v->on_coordinator_link = strcmp(m->from, SIM_COORDINATOR) == 0 || strcmp(m->to, SIM_COORDINATOR) == 0;
	switch (v->mode) {
	case VANDAL_FLIP: b->ptr[test_below(&v->rng, b->len)] ^= (uint8_t)(1u << test_below(&v->rng, 8)); break;
	case VANDAL_CUT: b->len = test_below(&v->rng, b->len); break;
	case VANDAL_GROW: buf_append(b, &v->rng, 1 + test_below(&v->rng, sizeof v->rng)); break;
	case VANDAL_DROP: m->copies = 0; break;
	case VANDAL_DOUBLE: m->copies = 2; break;
	case VANDAL_DELAY: m->delay_ns = 1000000 * (1 + test_below(&v->rng, 1000)); break;
	case VANDAL_REPLAY: replace(b, earlier); break;
	case VANDAL_CROSS: replace(b, elsewhere); break;
	case VANDAL_MODES: break;
	}
}

static void meet(void *ctx, struct sim_message *m)
{
	struct vandal *v = ctx;
	struct buf *earlier = &v->last_of_link[end_of(v, m->from)][end_of(v, m->to)], now = {0};

	buf_append(&now, m->bytes->ptr, m->bytes->len);
	if (m->number == v->at)
		strike(v, m, earlier, &v->last);
	replace(&v->last, &now);
	buf_clear(earlier);
	*earlier = now;
}

void vandal_init(struct vandal *v, const struct policy *p, enum vandal_mode mode, uint64_t at, uint64_t seed)
{
	*v = (struct vandal){.mode = mode, .at = at, .rng = {seed * 0x9e3779b97f4a7c15u + at + 1}, .policy = p};
	v->adversary = (struct sim_adversary){v, meet};
	for (int i = 0; i < 4; i++)
		test_u64(&v->rng);
}

void vandal_clear(struct vandal *v)
{
	for (size_t i = 0; i <= SIM_PARTIES; i++)
		for (size_t j = 0; j <= SIM_PARTIES; j++)
			buf_clear(&v->last_of_link[i][j]);
	buf_clear(&v->last);
}
