/*
 * Admission (docs/PROTOCOL.md, section 3): from HELLO to the handle without which no share can be sent.
 * Pure state machine inside the enclave: documents in, documents out; the host and the coordinator are hostile.
 *
 *   new → hello → hellos (once) → [report data → evidence from the TEE] → evidences (once) → channels (once) → admitted
 *
 * Any failure is final: keys are wiped, every later call gives ST_SES_STATE. `problem` names peer, claim, expected,
 * got. struct policy and its bytes are borrowed for the life of the object.
 */
#ifndef CHANNEL_ADMISSION_H
#define CHANNEL_ADMISSION_H

#include "attest/attest.h"
#include "channel/channel.h"
#include "policy/sealed.h"

struct admission_config {
	const struct policy *policy;
	const struct att_anchors *anchors; /* vendors' roots; borrowed */
	uint8_t policy_hash[HASH_LEN], plan_hash[HASH_LEN];
	unsigned self; /* party number */
	uint8_t session[16];
	uint32_t attempt;
	int64_t time_s; /* the host's clock */
	struct random rng;
};
struct admission; /* keys in secret memory */

MUST_USE enum status admission_new(struct admission **out, const struct admission_config *cfg);
void admission_free(struct admission *a); /* wipes; NULL is fine */
/* HELLO's payload, for the endorser to sign. */
void admission_hello(const struct admission *a, struct buf *out);
/* The signed HELLOs of all parties as the coordinator relayed them, any order. Once. */
MUST_USE enum status admission_hellos(struct admission *a, const struct slice *docs, size_t n, struct problem *problem);
const uint8_t *admission_sid(const struct admission *a); /* 64 bytes, after hellos */
const uint8_t *admission_report_data(const struct admission *a); /* 64 bytes, after hellos */
/* All parties' evidence and endorsements in party order. Once. Verifies every one and fixes the roster. */
struct admission_evidence {
	uint32_t kind;
	struct slice evidence, endorsement;
	struct slice collateral; /* a bundle (attest/collateral.h) or empty; hashed into nothing, believed as far as vendors sign it */
};
MUST_USE enum status admission_evidences(
    struct admission *a, const struct admission_evidence *items, size_t n, struct problem *problem);
/* Handshakes with every peer, ADMIT out and in, contributions. Blocking through io. Returns the handle only when every
 * ADMIT has verified; my_admit (optional) receives this party's ADMIT document as soon as it is made. */
MUST_USE enum status admission_channels(struct admission *a, const struct channel_io *io, struct admitted **out,
    struct buf *my_admit, struct problem *problem);

/* Signs a session document (COMMIT, STEP, CONFIRM, RECEIPT) with vk under `label`. Only once admitted. */
MUST_USE enum status admitted_sign(const struct admitted *h, struct buf *out, const char *label, struct slice payload);
const uint8_t *admitted_sid(const struct admitted *h); /* 64 */
const uint8_t *admitted_roster(const struct admitted *h); /* 64 */
/* The session key that HELLO names, for what providers seal to it: until forgotten; then NULL. */
const uint8_t *admitted_ek_secret(const struct admitted *h);
void admitted_forget_ek(struct admitted *h);
const uint8_t *admitted_pair_secret(const struct admitted *h, unsigned peer); /* 32 */
const uint8_t *admitted_group_key(const struct admitted *h); /* 32 */
struct channel *admitted_channel(struct admitted *h, unsigned peer);
const uint8_t *admitted_vk(const struct admitted *h, unsigned party); /* 32: any party's session signing key */
struct att_time admitted_time(const struct admitted *h); /* earliest and latest HELLO time */
void admitted_free(struct admitted *h); /* wipes all keys */
struct renewal_facts *admitted_facts(struct admitted *h); /* what a renewal is judged by; lives in the handle */

/* ---- for those who verify without taking part: endorser, providers, receipts. Pure and stateless. ---- */
struct hello {
	uint8_t session[16];
	uint32_t attempt;
	char id[POLICY_ID_MAX + 1], role[16];
	uint8_t ek[X25519_LEN], vk[ED25519_PUBLIC_LEN], nonce[32];
	int64_t time_s;
	uint8_t policy_hash[HASH_LEN], plan_hash[HASH_LEN];
	char protocol[16];
	uint32_t suites;
};
MUST_USE enum status hello_decode(struct hello *out, struct slice payload);
void hello_encode(struct buf *out, const struct hello *h);
/* Checks a whole list against the policy; out in party order; sid. Own HELLO is not required. */
MUST_USE enum status admission_check_hellos(struct hello out[static POLICY_PARTIES_MAX], uint8_t sid[static HASH_LEN],
    const struct policy *p, const uint8_t policy_hash[static HASH_LEN], const uint8_t plan_hash[static HASH_LEN],
    const struct slice *docs, size_t n, struct problem *problem);
MUST_USE enum status admission_check_evidences(uint8_t roster[static HASH_LEN],
    struct att_claims claims[static POLICY_PARTIES_MAX], const struct policy *p, const struct att_anchors *anchors,
    const struct hello hellos[static POLICY_PARTIES_MAX], const uint8_t sid[static HASH_LEN],
    const struct admission_evidence *items, size_t n, struct problem *problem);
/* One ADMIT against roster, everybody's claims and the sender's vk. */
MUST_USE enum status admission_check_admit(const struct policy *p, unsigned party,
    const uint8_t vk[static ED25519_PUBLIC_LEN], const uint8_t roster[static HASH_LEN],
    const struct att_claims claims[static POLICY_PARTIES_MAX], struct slice doc, struct problem *problem);
/* ---- renewal of evidence in a running session (docs/PROTOCOL.md, section 3a) ---- */
enum { RENEWAL_NONCE_LEN = 32, RENEWALS_MAX = 1024 };
struct renewal { /* what the enclaves agreed on inside their channels before they asked their TEEs again */
	uint32_t epoch; /* 1, 2, … */
	struct att_time time; /* earliest and latest clock that a host stated */
	uint8_t nonces[POLICY_PARTIES_MAX][RENEWAL_NONCE_LEN]; /* one of each party, ascending */
};
struct renewal_facts { /* borrowed pointers; what admission left, and where the chain of renewals stands */
	const struct policy *policy;
	const struct att_anchors *anchors;
	struct hello hellos[POLICY_PARTIES_MAX];
	struct att_claims admitted[POLICY_PARTIES_MAX];
	uint8_t sid[HASH_LEN], roster[HASH_LEN];
	uint32_t epoch;          /* of the last renewal; 0: admission itself */
	struct att_time time;    /* of it */
	uint8_t chain[HASH_LEN]; /* over all of them */
};
void renewal_facts_begin(struct renewal_facts *f); /* epoch, time and chain as admission left them */
void renewal_sort(struct renewal *r, unsigned n);
void renewal_report_data_of(uint8_t out[static HASH_LEN], const uint8_t roster[static HASH_LEN], const struct hello *h,
    const struct renewal *r, unsigned n);
/* Judges everybody's renewed evidence and endorsements, in party order; on ST_OK *f stands one epoch further. What
 * admission_check_evidences says; ST_ATT_REPLAY: not the next epoch, or nonces that are not; ST_ATT_HELLO_CLOCK. */
MUST_USE enum status renewal_check(struct renewal_facts *f, const struct renewal *r, const struct admission_evidence *items,
    size_t n, struct problem *problem);

void admission_report_data_of(uint8_t out[static HASH_LEN], const uint8_t sid[static HASH_LEN], const struct hello *h);

#endif
