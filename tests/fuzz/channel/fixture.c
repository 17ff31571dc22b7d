#include "fixture.h"

#include "base/cose.h"

#include <stdio.h>
#include <stdlib.h>

static void make_hello(struct fixture *f, unsigned i)
{
	struct hello *h = &f->hello[i];
	uint8_t seed[32] = {(uint8_t)(8 * i + 8)}, vk_secret[ED25519_SECRET_LEN];

	*h = (struct hello){
	    .session = {7}, .attempt = 1, .nonce = {(uint8_t)(i + 1)}, .time_s = FIXTURE_NOW + i, .suites = 3};
	snprintf(h->id, sizeof h->id, "%s", f->policy->parties[i].id);
	snprintf(h->role, sizeof h->role, ROLE_COMPUTE);
	snprintf(h->protocol, sizeof h->protocol, PROTOCOL_REP3);
	x25519_public(h->ek, seed);
	ed25519_keypair(h->vk, vk_secret, seed);
	memcpy(h->policy_hash, f->policy_hash, HASH_LEN);
	memcpy(h->plan_hash, f->plan_hash, HASH_LEN);
	hello_encode(&f->payload[i], h);
	cose_sign1(&f->doc[i], HELLO_LABEL, buf_view(&f->payload[i]), f->keys.endorse_sk[i]);
}

static void make_evidence(struct fixture *f, unsigned i)
{
	struct att_claims *c = &f->claims[i];

	*c = test_soft_claims(test_code(f->policy, i), (uint8_t)i, FIXTURE_NOW + 2);
	admission_report_data_of(c->report_data, f->sid, &f->hello[i]);
	att_soft_produce(&f->evidence[i], c, f->keys.root_sk);
}

const struct fixture *fixture(void)
{
	static struct fixture f;
	struct hello checked[N];
	struct slice docs[N];

	if (f.policy)
		return &f;
	f.policy = calloc(1, sizeof *f.policy);
	PROPERTY(f.policy && crypto_init() == ST_OK);
	test_keys_from_seed(&f.keys, 7);
	test_policy_fill(f.policy, &f.keys);
	memset(f.policy_hash, 0x11, HASH_LEN);
	memset(f.plan_hash, 0x22, HASH_LEN);
	for (unsigned i = 0; i < N; i++) {
		make_hello(&f, i);
		docs[i] = buf_view(&f.doc[i]);
	}
	PROPERTY(admission_check_hellos(checked, f.sid, f.policy, f.policy_hash, f.plan_hash, docs, N, NULL) == ST_OK);
	for (unsigned i = 0; i < N; i++)
		make_evidence(&f, i);
	return &f;
}
