#include "sim/setup.h"

#include "policy/reference.h"

#include <stdlib.h>

static void draw(uint8_t *out, size_t len, uint64_t seed, const char *what, unsigned party)
{
	uint8_t digest[HASH_LEN];
	struct hash h;

	hash_begin(&h, "parley/sim-key/v1", 3);
	hash_u64(&h, seed);
	hash_text(&h, what);
	hash_u64(&h, party);
	hash_end(&h, digest);
	memcpy(out, digest, len);
}

static void signing_key(uint8_t *sk, uint64_t seed, const char *what, unsigned party)
{
	uint8_t pk[ED25519_PUBLIC_LEN], key_seed[ED25519_SEED_LEN];

	draw(key_seed, sizeof key_seed, seed, what, party);
	ed25519_keypair(pk, sk, key_seed);
}

void sim_keys_make(struct sim_keys *out, uint64_t seed)
{
	for (unsigned i = 0; i < SIM_PARTIES; i++) {
		signing_key(out->approve_sk[i], seed, "approve", i);
		signing_key(out->endorse_sk[i], seed, "endorse", i);
		signing_key(out->root_sk[i], seed, "tee root", i);
		draw(out->receive_sk[i], X25519_LEN, seed, "receive", i);
	}
	draw(out->measurement, HASH_LEN, seed, "measurement", 0);
}

/* An Ed25519 secret key of ours is the seed, then the public key. */
static const uint8_t *public_of(const uint8_t sk[static ED25519_SECRET_LEN])
{
	return sk + ED25519_SECRET_LEN - ED25519_PUBLIC_LEN;
}

/* Whatever the policy names, the simulated enclaves are software ones, which give no diversity. */
static void put_tee(struct policy_party *party, const uint8_t *root, const uint8_t measurement[static HASH_LEN])
{
	struct tee_set *set = &party->sets[0];

	party->tee = TEE_SOFTWARE;
	party->has_tee_root = true;
	memcpy(party->tee_root, root, sizeof party->tee_root);
	party->rules = (struct tee_rules){0};
	party->n_sets = 1;
	*set = (struct tee_set){.not_after = REFERENCE_ALWAYS_TO, .n_values = 1};
	set->values[0] = (struct tee_value){.reg = TEE_REG_CODE, .len = HASH_LEN};
	memcpy(set->values[0].bytes, measurement, HASH_LEN);
}

static void put_keys(struct policy *p, const struct sim_keys *keys)
{
	for (unsigned i = 0; i < p->n_parties; i++) {
		struct policy_party *party = &p->parties[i];
		memcpy(party->approve, public_of(keys->approve_sk[i]), sizeof party->approve);
		memcpy(party->endorse, public_of(keys->endorse_sk[i]), sizeof party->endorse);
		x25519_public(party->receive, keys->receive_sk[i]);
		put_tee(party, public_of(keys->root_sk[i]), keys->measurement);
	}
	p->distinct_vendors = p->distinct_operators = 0;
	p->filled_in = true;
}

static enum status sign_by_all(const struct policy *p, const struct sim_keys *keys, struct slice payload, struct buf *file)
{
	struct buf next = {0};
	enum status st = ST_OK;

	policy_file_wrap(file, payload);
	TRY(buf_status(file));
	for (unsigned i = 0; i < p->n_parties; i++) {
		buf_reset(&next);
		TRY(policy_file_sign(&next, p, buf_view(file), keys->approve_sk[i]));
		struct buf swap = *file;
		*file = next;
		next = swap;
	}
out:
	buf_clear(&next);
	return st;
}

enum status sim_policy_own(struct policy *p, const struct sim_keys *keys, struct buf *payload, struct buf *file, struct problem *problem)
{
	enum status st;

	put_keys(p, keys);
	TRY(policy_encode(payload, p));
	TRY(policy_decode(p, buf_view(payload), problem));
	TRY(sign_by_all(p, keys, buf_view(payload), file));
out:
	return st;
}

void sim_config_init(struct sim_config *cfg, const struct policy *p, struct slice file, const struct sim_keys *keys, uint64_t seed)
{
	int64_t first = p->not_before > p->signing_time ? p->not_before : p->signing_time;

	*cfg = (struct sim_config){.policy = p, .policy_file = file, .seed = seed, .epoch_s = first, .arena_max = SIZE_MAX, .until_ns = UINT64_MAX};
	memcpy(cfg->endorse_sk, keys->endorse_sk, sizeof cfg->endorse_sk);
	memcpy(cfg->tee_root_sk, keys->root_sk, sizeof cfg->tee_root_sk);
	for (unsigned i = 0; i < SIM_PARTIES; i++)
		memcpy(cfg->measurement[i], keys->measurement, HASH_LEN);
}
