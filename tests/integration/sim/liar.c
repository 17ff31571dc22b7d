#include "liar.h"

static bool lies_now(struct liar *l, unsigned party, const struct wire_message *m)
{
	if (m->kind != l->kind || (l->victim != LIAR_ALL && l->victim != party))
		return false;
	l->seen[party]++;
	return l->nth == 0 || l->seen[party] == l->nth;
}

static void meet(void *ctx, struct sim_message *m)
{
	struct liar *l = ctx;
	struct wire_reply *reply = calloc(1, sizeof *reply);
	struct wire_storage storage = {0};
	struct buf bodies[WIRE_MESSAGES_MAX] = {0}, out = {0};
	int party = policy_party_index(&l->stage->policy, m->to);

	assert_non_null(reply);
	if (strcmp(m->from, SIM_COORDINATOR) != 0)
		goto out;
	assert_int_equal(wire_reply_decode(reply, &storage, buf_view(m->bytes)), ST_OK);
	for (uint32_t i = 0; i < reply->n_messages; i++) {
		struct wire_message *w = &reply->messages[i];
		if (!lies_now(l, (unsigned)party, w))
			continue;
		l->lie(l, &w->kind, w->body, &bodies[i]);
		assert_false(bodies[i].failed);
		w->body = buf_view(&bodies[i]);
		l->told++;
	}
	wire_reply_encode(&out, reply);
	assert_false(out.failed);
	buf_reset(m->bytes);
	buf_append(m->bytes, out.ptr, out.len);
out:
	for (size_t i = 0; i < WIRE_MESSAGES_MAX; i++)
		buf_clear(&bodies[i]);
	buf_clear(&out);
	wire_storage_clear(&storage);
	free(reply);
}

void liar_init(struct liar *l, const struct stage *s)
{
	*l = (struct liar){.stage = s};
	l->adversary = (struct sim_adversary){l, meet};
}

void liar_clear(struct liar *l)
{
	buf_clear(&l->memory);
	buf_clear(&l->other);
}
