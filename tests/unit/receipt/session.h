/*
 * The documents of one whole honest session of three parties, made with real keys as docs/PROTOCOL.md says, kept
 * apart so that a test can replace any of them. The policy is policy_builder's; the answer is ANSWER below.
 */
#ifndef TEST_RECEIPT_SESSION_H
#define TEST_RECEIPT_SESSION_H

#include "policy_builder.h"
#include "soft_claims.h"
#include "receipt/receipt.h"

enum { N = POLICY_PARTIES_MAX, ANSWER_WORDS = 3, ANSWER_GROUPS = 4 }; /* n, mean, keep; e n s w */
#define SESSION_TIME (TEST_SIGNING_TIME + 1000)

struct session {
	struct test_keys keys;
	struct policy *policy; /* as decoded */
	struct buf payload, file;
	uint8_t policy_hash[HASH_LEN], plan_hash[HASH_LEN], sid[HASH_LEN], roster[HASH_LEN];
	uint8_t vk_sk[N][ED25519_SECRET_LEN];
	struct hello hellos[N];
	struct commit_statement commits[N];
	struct receipt_statement receipts[N];
	uint64_t answer[ANSWER_WORDS * ANSWER_GROUPS];
	uint64_t shares[N][ANSWER_WORDS * ANSWER_GROUPS]; /* answer = XOR of them; party i holds i and i + 1 */
	struct buf hello[N], evidence[N], endorsement[N], admit[N], commit[N], receipt[N];
	struct buf part[N][N]; /* [sender][recipient] */
};

/* Same keys and policy for every number; session id, attempt, session keys and nonces differ. recipients: bit i = party i. */
struct session *session_new(uint8_t number, uint32_t attempt, uint32_t recipients);
/* The first attempt of session 1, with a policy changed before all sign it. */
struct session *session_of(void (*change)(struct policy *p));
void session_free(struct session *s);

/* Signs again, replacing the document. */
void session_sign_admit(struct session *s, unsigned party, const uint8_t appraisals[static HASH_LEN]);
void session_sign_commit(struct session *s, unsigned party, const struct commit_statement *c, const uint8_t *sk);
void session_sign_receipt(struct session *s, unsigned party, const struct receipt_statement *r, const uint8_t *sk);
/* Seals `own` and `next` as party's part for every recipient under ctx, and signs a RECEIPT that names these parts. */
void session_seal_parts(struct session *s, unsigned party, const struct result_context *ctx, const uint64_t *own,
    const uint64_t *next);
struct result_context session_context(const struct session *s);

struct receipt_bundle session_bundle(const struct session *s);          /* borrows */
void session_parts(struct slice parts[static N], const struct session *s, unsigned recipient);

/* receipt_verify into throw-away storage. */
enum status session_verify(const struct receipt_bundle *b, struct receipt_verdict *v, struct problem *problem);

#endif
