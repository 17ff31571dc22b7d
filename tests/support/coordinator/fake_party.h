/*
 * A party as the coordinator sees one, without an enclave behind it: real keys and real signatures, made-up contents. It
 * remembers what it sent, so that it can send it again, and what it was told. Deterministic: everything follows from
 * the seed. No cmocka; a failure of its own panics. Target test_support_coordinator.
 */
#ifndef TESTS_SUPPORT_FAKE_PARTY_H
#define TESTS_SUPPORT_FAKE_PARTY_H

#include "coordinator/coordinator.h"
#include "policy_builder.h"

enum { FAKE_PARTIES = 3, FAKE_SENT_MAX = 256 };

/* The policy and its keys, shared by all. */
struct fake_world {
	struct test_keys keys;
	struct policy *policy; /* decoded from payload */
	struct buf payload, file;
	uint8_t policy_hash[HASH_LEN], plan_hash[HASH_LEN];
	uint64_t seed;
};
/* The builder's policy, with operators added until the plan has at least `steps`; spoil (may be NULL) alters it before it
 * is signed. */
void fake_world_init(struct fake_world *w, uint64_t seed, uint32_t steps, void (*spoil)(struct policy *p));
void fake_world_clear(struct fake_world *w);

struct fake_letter {
	enum wire_message_kind kind;
	struct buf body;
};
struct fake_party {
	const struct fake_world *world;
	unsigned index;
	uint8_t session[WIRE_SESSION_LEN];
	uint32_t attempt;
	uint64_t input; /* stands for its data: commitments and parts depend on it */
	uint8_t host_sk[ED25519_SECRET_LEN], host_pk[ED25519_PUBLIC_LEN], vk_sk[ED25519_SECRET_LEN],
	    vk[ED25519_PUBLIC_LEN];
	struct fake_letter sent[FAKE_SENT_MAX]; /* number n at n - 1 */
	size_t n_sent, n_taken; /* taken: a reply said OK since */
	/* what it was told */
	uint64_t ack;
	uint8_t sid[HASH_LEN], roster[HASH_LEN], commitments[FAKE_PARTIES][HASH_LEN];
	uint32_t rows[FAKE_PARTIES];
	bool has_peers, has_hellos, has_evidences, has_admitted, has_committed, is_released, has_bundle, is_done,
	    is_aborted;
	uint32_t granted, step;
	uint32_t renewed, relayed; /* RENEWALs it sent, and RENEWALS it was told; it sends none by itself */
	uint32_t parts;
	struct doc_fault abort;
};
void fake_party_init(struct fake_party *p, const struct fake_world *w, unsigned index,
    const uint8_t session[static WIRE_SESSION_LEN], uint32_t attempt);
void fake_party_clear(struct fake_party *p);

/* What it would send now; 0 when it waits or is at its end. */
enum wire_message_kind fake_party_next(const struct fake_party *p);
/* Appends the body of a message as it would be now. step: number for STEP; recipient for PART. */
void fake_party_body(const struct fake_party *p, enum wire_message_kind kind, uint32_t number, struct buf *out);
/* Makes the next message and appends it to `sent`. false: nothing to send. */
bool fake_party_advance(struct fake_party *p);
/* Adds any message to `sent`, right or wrong. */
void fake_party_put(struct fake_party *p, enum wire_message_kind kind, struct slice body);
struct wire_message fake_party_message(const struct fake_party *p, size_t n); /* 1, 2, … */

/* A signed POST with the messages first..first+n-1 (n may be 0). */
void fake_party_request(const struct fake_party *p, size_t first, size_t n, uint32_t hold_ms, struct wire_request *out);
/* A message from the coordinator: panics unless it is the next number and well-formed. */
void fake_party_told(struct fake_party *p, const struct wire_message *m);
bool fake_party_is_over(const struct fake_party *p);

#endif
