#include "world.h"

void world_start(struct world *w)
{
	for (unsigned i = 0; i < N; i++) {
		struct admission_config cfg = {
		    .policy = w->policy[i], .self = i, .session = {0x5e, 0x55}, .attempt = 1};
		admission_free(w->admission[i]);
		w->admission[i] = NULL;
		cfg.time_s = w->time_s[i];
		memset(w->seeds[i].seed, (int)(0x40 + i), sizeof w->seeds[i].seed);
		w->seeds[i].counter = 0;
		cfg.rng = random_from_seed(&w->seeds[i]);
		memcpy(cfg.policy_hash, w->policy_hash, HASH_LEN);
		memcpy(cfg.plan_hash, w->plan_hash, HASH_LEN);
		assert_int_equal(admission_new(&w->admission[i], &cfg), ST_OK);
		buf_reset(&w->hello_payload[i]);
		admission_hello(w->admission[i], &w->hello_payload[i]);
		w->st[i] = ST_OK;
		w->problem[i] = (struct problem){0};
	}
}

void world_open(struct world *w)
{
	struct buf payload = {0};

	*w = (struct world){0};
	test_keys_from_seed(&w->keys, 7);
	for (unsigned i = 0; i < N; i++) {
		w->policy[i] = calloc(1, sizeof *w->policy[i]);
		assert_non_null(w->policy[i]);
		test_policy_fill(w->policy[i], &w->keys);
		w->time_s[i] = WORLD_NOW + i;
	}
	test_policy_seal(w->policy[0], &w->keys, &payload, NULL);
	policy_hash(w->policy_hash, buf_view(&payload));
	plan_hash(w->plan_hash, buf_view(&payload)); /* any value, the same for all */
	buf_clear(&payload);
	world_start(w);
}

void world_close(struct world *w)
{
	for (unsigned i = 0; i < N; i++) {
		free(w->policy[i]);
		admission_free(w->admission[i]);
		admitted_free(w->handle[i]);
		buf_clear(&w->hello_payload[i]);
		buf_clear(&w->hello[i]);
		buf_clear(&w->evidence[i]);
		buf_clear(&w->endorsement[i]);
		buf_clear(&w->admit[i]);
	}
}

void world_make_hello(struct world *w, unsigned party)
{
	buf_reset(&w->hello[party]);
	cose_sign1(&w->hello[party], HELLO_LABEL, buf_view(&w->hello_payload[party]), w->keys.endorse_sk[party]);
}

void world_make_hellos(struct world *w)
{
	for (unsigned i = 0; i < N; i++)
		world_make_hello(w, i);
}

void world_docs(const struct world *w, struct slice docs[N])
{
	for (unsigned i = 0; i < N; i++)
		docs[i] = buf_view(&w->hello[i]);
}

void world_give_hellos(struct world *w, unsigned party, const struct slice *docs, size_t n)
{
	w->problem[party] = (struct problem){0};
	w->st[party] = admission_hellos(w->admission[party], docs, n, &w->problem[party]);
	assert_int_equal(w->problem[party].st, w->st[party]);
}

void world_hellos(struct world *w)
{
	struct slice docs[N];

	world_make_hellos(w);
	world_docs(w, docs);
	for (unsigned i = 0; i < N; i++)
		world_give_hellos(w, i, docs, N);
}

void world_claims(struct world *w, unsigned party)
{
	struct att_claims *c = &w->claims[party];

	*c = test_soft_claims(test_code(w->policy[party], party), (uint8_t)party, w->time_s[party] + 2);
	memcpy(c->report_data, admission_report_data(w->admission[party]), HASH_LEN);
}

void world_sign_evidence(struct world *w, unsigned party)
{
	buf_reset(&w->evidence[party]);
	att_soft_produce(&w->evidence[party], &w->claims[party], w->keys.root_sk);
}

void world_endorse(struct world *w, unsigned party)
{
	uint8_t h[HASH_LEN];
	struct buf payload = {0};

	evidence_hash(h, TEE_SOFTWARE, buf_view(&w->evidence[party]));
	endorsement_encode(&payload, admission_sid(w->admission[party]), w->policy[party]->parties[party].id, h);
	buf_reset(&w->endorsement[party]);
	cose_sign1(&w->endorsement[party], ENDORSE_LABEL, buf_view(&payload), w->keys.endorse_sk[party]);
	buf_clear(&payload);
}

static void refresh_items(struct world *w)
{
	for (unsigned i = 0; i < N; i++)
		w->items[i] = (struct admission_evidence){.kind = TEE_SOFTWARE,
		    .evidence = buf_view(&w->evidence[i]),
		    .endorsement = buf_view(&w->endorsement[i])};
}

void world_evidence(struct world *w)
{
	for (unsigned i = 0; i < N; i++) {
		world_claims(w, i);
		world_sign_evidence(w, i);
		world_endorse(w, i);
	}
	refresh_items(w);
}

void world_give_evidences(struct world *w, unsigned party, size_t n)
{
	w->problem[party] = (struct problem){0};
	w->st[party] = admission_evidences(w->admission[party], w->items, n, &w->problem[party]);
	assert_int_equal(w->problem[party].st, w->st[party]);
}

void world_evidences(struct world *w)
{
	refresh_items(w);
	for (unsigned i = 0; i < N; i++)
		world_give_evidences(w, i, N);
}

bool world_admit(struct world *w)
{
	world_hellos(w);
	world_evidence(w);
	world_evidences(w);
	world_channels(w);
	return w->handle[0] && w->handle[1] && w->handle[2];
}

void world_assert_no_handle(const struct world *w)
{
	for (unsigned i = 0; i < N; i++)
		assert_null(w->handle[i]);
}

void world_assert_all(const struct world *w, enum status st)
{
	for (unsigned i = 0; i < N; i++)
		if (w->st[i] != st)
			fail_msg("party %u: %s (%s), expected %s", i, status_name(w->st[i]), w->problem[i].message,
			    status_name(st));
}
