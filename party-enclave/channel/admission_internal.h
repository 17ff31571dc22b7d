/* What the files of admission share. Labels, limits and formulas are those of docs/PROTOCOL.md, section 3. */
#ifndef CHANNEL_ADMISSION_INTERNAL_H
#define CHANNEL_ADMISSION_INTERNAL_H

#include "channel/admission.h"

#define HELLO_LABEL "parley/hello/v1"
#define ENDORSE_LABEL "parley/endorse/v1"
#define ENDORSE_AGAIN_LABEL "parley/endorse-again/v1"
#define ADMIT_LABEL "parley/admit/v1"
#define ROLE_COMPUTE "compute"
#define PROTOCOL_REP3 "rep3/v1"

enum { SUITE_CHACHAPOLY = 1, SUITE_AESGCM = 2 };
enum { HELLO_DOC_MAX = 4096, ENDORSEMENT_MAX = 4096, ADMIT_MAX = 4096 };
#define HELLO_TIME_MAX UINT64_C(253402300799) /* the year 9999 ends */

/* Order of calls: an event that comes twice is a replay, one out of order a wrong state; both end the admission. */
enum admission_state { ADM_NEW, ADM_HELLOS, ADM_EVIDENCES, ADM_ADMITTED, ADM_DEAD };

struct admission { /* secret memory */
	const struct policy *policy;
	const struct att_anchors *anchors;
	uint8_t policy_hash[HASH_LEN], plan_hash[HASH_LEN];
	unsigned self;
	enum admission_state state;
	struct random rng;
	uint8_t ek_secret[X25519_LEN], vk_secret[ED25519_SECRET_LEN];
	struct hello own;
	struct hello hellos[POLICY_PARTIES_MAX];
	struct att_claims claims[POLICY_PARTIES_MAX];
	uint8_t sid[HASH_LEN], report_data[HASH_LEN], roster[HASH_LEN], appraisals[HASH_LEN];
};

struct admitted { /* secret memory */
	unsigned n_parties, self;
	uint8_t sid[HASH_LEN], roster[HASH_LEN];
	uint8_t vk_secret[ED25519_SECRET_LEN], ek_secret[X25519_LEN];
	bool has_ek;
	uint8_t vk[POLICY_PARTIES_MAX][ED25519_PUBLIC_LEN];
	uint8_t pair_secret[POLICY_PARTIES_MAX][32], group_key[32];
	struct att_time time;
	struct renewal_facts facts;
	struct channel *channels[POLICY_PARTIES_MAX]; /* NULL at self */
};

/* Moves on from `from`, or ends the admission: ST_ATT_REPLAY when it is past it, ST_SES_STATE otherwise. */
enum status admission_enter(struct admission *a, enum admission_state from, struct problem *problem);
/* Wipes everything; returns st. */
enum status admission_end(struct admission *a, enum status st);

struct party_text {
	char text[POLICY_ID_MAX + 8];
};
struct party_text party_text(const struct policy *p, unsigned party); /* "party north", for problems */
struct att_time hellos_time(const struct hello *hellos, unsigned n);

/* As admission_check_hellos, with our own HELLO's payload (may be NULL) checked in its place of the order. */
enum status hellos_check(struct hello out[static POLICY_PARTIES_MAX], uint8_t sid[static HASH_LEN],
    const struct policy *p, const uint8_t policy_hash[static HASH_LEN], const uint8_t plan_hash[static HASH_LEN],
    const struct slice *docs, size_t n, const struct slice *own, unsigned self, struct problem *problem);

/* h = H("parley/evidence/v1", kind, E) */
void evidence_hash(uint8_t out[static HASH_LEN], uint32_t kind, struct slice evidence);
struct att_reference reference_of(const struct policy *p, unsigned party);
/* att_verify for one party, its refusal told as a problem at that party. */
enum status evidence_verify(struct att_claims *out, const struct policy *p, unsigned party, const struct att_anchors *anchors,
    const struct admission_evidence *item, const uint8_t report_data[static HASH_LEN], struct att_time now, struct problem *problem);
/* O's payload {1 sid, 2 id, 3 h}. */
void endorsement_encode(
    struct buf *out, const uint8_t sid[static HASH_LEN], const char *id, const uint8_t h[static HASH_LEN]);

/* Payload of a renewed endorsement. */
void endorsement_again_encode(struct buf *out, const uint8_t sid[static HASH_LEN], const char *id,
    const uint8_t h[static HASH_LEN], const uint8_t roster[static HASH_LEN], uint32_t epoch);

/* H("parley/appraisal/v2", [id, kind, [[register, value]…], report data, instance, [issued] or [], debug, memory_unlocked]…),
 * everybody, party order: what the evidence alone says. Claims that rest on a verifier's own collateral (TCB status,
 * advisories) are not in it, for verifiers' copies may differ. */
void appraisals_hash(
    uint8_t out[static HASH_LEN], const struct policy *p, const struct att_claims claims[static POLICY_PARTIES_MAX]);
/* Appends the signed ADMIT of `party`. */
void admit_make(struct buf *out, const struct policy *p, unsigned party, const uint8_t roster[static HASH_LEN],
    const uint8_t appraisals[static HASH_LEN], const uint8_t vk_secret[static ED25519_SECRET_LEN]);
size_t admit_len(const struct policy *p, unsigned party); /* of the document; 0 when memory ran out */
enum status admit_check(const struct policy *p, unsigned party, const uint8_t vk[static ED25519_PUBLIC_LEN],
    const uint8_t roster[static HASH_LEN], const uint8_t appraisals[static HASH_LEN], struct slice doc,
    struct problem *problem);

#endif
