/*
 * Three party cores in threads, and everything between them in the test's hands: hosts, endorsers, the coordinator and the
 * peers' network are one relay in the calling thread. Attestation is real (software evidence under the keys of
 * policy_builder.h), so whatever passes here has passed every check of the enclave. Target test_support_party.
 *
 *   struct harness h;
 *   harness_init(&h, 7);                     keys; h.made is the policy to be: change it, then
 *   harness_seal(&h);                        encode, sign, decode into h.policy (hostile payloads: harness_sign alone)
 *   h.party[1].rows = …                      own rows by column
 *   h.deliver = …                            optional: see every frame on its way to an enclave, change, drop, add
 *   harness_run(&h);                         returns when all three have ended; h.hung if one had to be cut off
 *   harness_result(&h, recipient, words);    verifies the bundle and opens the result
 *   harness_clear(&h);
 *
 * No cmocka; a failure of its own panics.
 */
#ifndef TESTS_SUPPORT_PARTY_HARNESS_H
#define TESTS_SUPPORT_PARTY_HARNESS_H

#include "attest/attest.h"
#include "enclave/party.h"
#include "receipt/receipt.h"
#include "policy_builder.h"
#include "soft_claims.h"

enum { HARNESS_N = POLICY_PARTIES_MAX };
#define HARNESS_NOW (TEST_SIGNING_TIME + 1000)

struct harness;
struct harness_link; /* one enclave's thread and its queues */

struct harness_party {
	/* before the run */
	struct buf file; /* policy file in BOOT; set by harness_seal */
	uint8_t session[DOC_SESSION_LEN];
	uint32_t attempt;
	char id[DOC_ID_MAX + 1];
	int64_t time_s;
	struct att_claims claims; /* what the launcher states; report data is filled in */
	uint32_t rows;
	const int64_t *values[PLAN_COLUMNS_MAX];
	const uint8_t *known[PLAN_COLUMNS_MAX];
	uint32_t chunk; /* rows per DATA frame */
	bool no_data;   /* stay in ADMITTED */
	/* what came out */
	enum status st;
	bool ended, faulted;
	struct doc_fault fault;
	struct buf hello, evidence, endorsement, admit, commit, confirm, receipt;
	struct buf parts[HARNESS_N]; /* by recipient */
	uint32_t kind;
	unsigned frames[64];         /* by type */
	uint64_t peer_bytes[HARNESS_N], peer_frames[HARNESS_N]; /* to that peer */
	uint64_t rounds, payload_bytes, wire_bytes;             /* by the enclave's own account, all steps */
	unsigned steps;
	uint8_t step_digest[PLAN_OPS_MAX + 1][32];
	struct boundary_step last_step;
};

struct harness {
	struct test_keys keys;
	struct policy *made, *policy;
	struct buf payload;
	uint64_t seed;
	struct harness_party party[HARNESS_N];
	uint32_t window; /* steps granted at once; 0: all */
	struct buf hellos, evidences; /* as relayed; a test may fill them beforehand to replace what would be sent */
	bool keep_lists;              /* do not overwrite them */
	/* Called for every frame on its way to an enclave: true lets it pass (perhaps changed in place). May call
	 * harness_push. */
	bool (*deliver)(struct harness *h, unsigned to, enum frame_type type, uint8_t *peer, struct buf *body);
	/* Called for every frame that an enclave sent. */
	void (*observe)(struct harness *h, unsigned from, enum frame_type type, uint8_t peer, struct slice body);
	void *ctx;
	/* How an enclave runs: party_run() in a thread unless party_process.h says otherwise. */
	enum status (*run_enclave)(struct harness *h, unsigned self, const struct party_env *env);
	const char *bin_dir, *key_path; /* party_process.h */
	bool hung;
	struct harness_link *link;
};

void harness_init(struct harness *h, uint64_t seed);
void harness_seal(struct harness *h);
void harness_sign(struct harness *h, struct slice payload); /* payload of any kind, signed by all, into everybody's BOOT */
void harness_run(struct harness *h);
void harness_clear(struct harness *h);
/* Straight into the enclave's queue, past h->deliver. */
void harness_push(struct harness *h, unsigned to, enum frame_type type, uint8_t peer, struct slice body);
/* The host of this enclave is gone: what is queued still arrives, then ST_CLOSED. */
void harness_close(struct harness *h, unsigned party);
void harness_bundle(struct harness *h, struct receipt_bundle *out);
/* Words of the result table for this recipient, in exec.h's order; ST_OK only if the whole bundle verifies. */
MUST_USE enum status harness_result(struct harness *h, unsigned recipient, uint64_t *words);

#endif
