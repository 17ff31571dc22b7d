/*
 * A simulated session's keys and policy. Every key comes from the seed, so a seed names a whole session; a policy that
 * names keys of its own gets these in their place, since nobody has the private halves here.
 */
#ifndef SIM_SETUP_H
#define SIM_SETUP_H

#include "sim/run.h"

struct sim_keys { /* not secret: whoever has the seed has them */
	uint8_t approve_sk[SIM_PARTIES][ED25519_SECRET_LEN], endorse_sk[SIM_PARTIES][ED25519_SECRET_LEN];
	uint8_t receive_sk[SIM_PARTIES][X25519_LEN];
	uint8_t root_sk[SIM_PARTIES][ED25519_SECRET_LEN];
	uint8_t measurement[HASH_LEN];
};
void sim_keys_make(struct sim_keys *out, uint64_t seed);

/* Puts the public halves, the roots and the one measurement into *p, marks it as filled in, encodes and signs it. p is decoded
 * again from `payload`, which must outlive it. Both buffers are empty on entry. What policy_encode and policy_decode say. */
MUST_USE enum status sim_policy_own(struct policy *p, const struct sim_keys *keys, struct buf *payload, struct buf *file,
    struct problem *problem);

/* policy, policy_file, keys, measurements; the clock at the policy's first valid second; an arena without a bound of its own.
 * Links, tables and all else are 0. cfg borrows from p and file. */
void sim_config_init(struct sim_config *cfg, const struct policy *p, struct slice file, const struct sim_keys *keys, uint64_t seed);

#endif
