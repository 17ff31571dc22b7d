/*
 * The endorser: holds an organisation's endorse key apart from the compute host and signs session messages only after
 * it has checked them itself (DESIGN section 2). Pure core; `parley endorse` serves it on a socket.
 *
 * Requests and responses are canonical CBOR:
 *   [1, enrol payload]                                   → [0, COSE_Sign1]
 *   [2, HELLO payload]                                   → [0, COSE_Sign1]
 *   [3, [HELLO…], kind, evidence, collateral]            → [0, O]            collateral: a bundle or empty
 *   [4, [HELLO…], roster, epoch, [earliest, latest], [nonce…], kind, evidence, collateral]
 *                                                        → [0, O']           renewal, epoch by epoch, of an enclave endorsed before
 *   refusal                                              → [1, code text, message text]
 * It signs a HELLO only for its own id, its policy and plan hash, and one per session and attempt; one evidence per HELLO it
 * signed; evidence only after the policy's signatures, the HELLO list and the evidence against the policy's measurements have
 * verified. A run is counted through `count_run` before an endorsement leaves; it may refuse (limit reached). The same request
 * again gets the same response and is not counted twice: a response may have been lost. A renewal is part of its run and not
 * counted; it is signed for the next epoch of the roster named first, with clocks within skew of the endorser's own.
 */
#ifndef CHANNEL_ENDORSE_H
#define CHANNEL_ENDORSE_H

#include "channel/admission.h"

struct endorser_config {
	const struct policy *policy; /* signatures already verified by policy_file_verify */
	const struct att_anchors *anchors; /* vendors' roots; borrowed */
	uint8_t policy_hash[HASH_LEN], plan_hash[HASH_LEN];
	unsigned self;
	const uint8_t *endorse_sk; /* ED25519_SECRET_LEN, borrowed, secret memory */
	void *ctx;
	enum status (*count_run)(void *ctx, const uint8_t policy_hash[HASH_LEN]); /* durable before it returns */
};
enum { ENDORSE_REQUEST_MAX = 384 * 1024, ENDORSE_RESPONSE_MAX = 8192 };
struct endorser;
/* ST_KEY when the key is not the policy's endorse key of `self`. */
MUST_USE enum status endorser_new(struct endorser **out, const struct endorser_config *cfg);
void endorser_free(struct endorser *e);
/* Always appends a response; now_s is the endorser's own clock (HELLO times must lie within skew of it). */
void endorser_handle(struct endorser *e, struct slice request, int64_t now_s, struct buf *response);

/* The client's side: builds requests, reads responses (ST_ATT_ENDORSE_REFUSED with the endorser's message; ST_ATT_COLLATERAL
 * and ST_ATT_VALIDITY as themselves). */
void endorse_request_enrol(struct buf *out, struct slice payload);
void endorse_request_hello(struct buf *out, struct slice payload);
void endorse_request_evidence(
    struct buf *out, const struct slice *hellos, size_t n, uint32_t kind, struct slice evidence, struct slice collateral);
/* Of a renewal of the evidence: r's nonces ascend. */
void endorse_request_renewal(struct buf *out, const struct slice *hellos, size_t n, const uint8_t roster[static HASH_LEN],
    const struct renewal *r, uint32_t kind, struct slice evidence, struct slice collateral);
MUST_USE enum status endorse_response(struct slice *document, struct slice response, struct problem *problem);

#endif
