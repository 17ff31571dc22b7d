/*
 * A provider's rows on their way to the enclaves (docs/PROTOCOL.md, section 11). A provider runs no enclave: it verifies the whole
 * admission itself, shares its rows, and seals to each enclave what that enclave is to hold. Pure; both ends.
 *
 *   x     the rows in the flat form of oblivious/exec.h, n words
 *   x_0 = G(s_0)    x_1 = G(s_1)    x_2 = x ^ x_0 ^ x_1       G: AES-128-CTR under HKDF-SHA256-Expand(s, "parley/share/v1")
 *   party 0 gets s_0, s_1     party 1 gets s_1, rho, x_2     party 2 gets s_0, rho, x_2      (party i holds x_i and x_{i+1})
 *
 *   manifest  COSE_Sign1 by the provider's endorse key under "parley/provide/v1":
 *             {1 sid, 2 roster, 3 id, 4 dataset, 5 policy_hash, 6 rows, 7 c_0, 8 c_1, 9 c_2}, canonical CBOR
 *             c_0, c_1 = H("parley/seed/v1", s)     c_2 = H("parley/third/v1", rho, chunk_1, chunk_2, …)
 *   envelope  HPKE to the enclave's session key ek, one a chunk: info = H("parley/in/v1", sid, roster, id, dataset, policy_hash,
 *             H("parley/manifest/v1", manifest)), aad = party u8 || chunk u32le
 *             chunk 0: the party's two 32-byte values, in the order above; chunk k >= 1: words [(k-1)*65536, …) of x_2, u64le
 *
 * Security: any two of x_0, x_1, x_2 are uniform to whoever lacks the third (AES as a PRF), so one party learns nothing, as with
 * every rep3 input (Araki et al., CCS 2016). rho keeps party 0, which knows both streams, from testing
 * guesses of x against c_2. A provider that sends its two holders of a share different values is found by c_0, c_1, c_2: both
 * holders check against the same manifest, and the enclaves compare the manifest's hash in their first view. Values out of range are found
 * under MPC (oblivious/exec.h). The signature and info bind all of it to this session, so nothing can be replayed.
 */
#ifndef PROVIDE_PROVIDE_H
#define PROVIDE_PROVIDE_H

#include "channel/admission.h"

#define PROVIDE_LABEL "parley/provide/v1"
enum {
	PROVIDE_SEED_LEN = 32,
	PROVIDE_CHUNK_WORDS = 65536,
	PROVIDE_MANIFEST_MAX = 4096,
	PROVIDE_PARTIES = 3,
};

/* What both ends know from the admission; borrowed. */
struct provide_session {
	const struct policy *policy;
	unsigned provider; /* 0..n_providers-1 */
	const uint8_t *sid, *roster, *policy_hash; /* HASH_LEN each */
};
struct provide_manifest {
	uint32_t rows;
	uint8_t commitment[PROVIDE_PARTIES][HASH_LEN];
	uint8_t hash[HASH_LEN]; /* H("parley/manifest/v1", document) */
};
/* Chunks that party `party` gets for n words: 1, and those of x_2 where it holds it. */
uint32_t provide_chunks(unsigned party, size_t words);
/* Bytes in the clear of a chunk. */
size_t provide_chunk_len(uint32_t chunk, size_t words);
/* words [from, from + n) of G(seed). n * 8 bytes; from is a multiple of PROVIDE_CHUNK_WORDS. ST_NO_MEMORY. */
MUST_USE enum status provide_stream(uint64_t *out, const uint8_t seed[static PROVIDE_SEED_LEN], size_t from, size_t n);

/* ---- the provider's own verification ---- */
struct provide_admission {
	uint8_t sid[HASH_LEN], roster[HASH_LEN];
	struct hello hellos[PROVIDE_PARTIES]; /* ek is what to seal to */
	struct att_claims claims[PROVIDE_PARTIES];
};
/* Everything the enclaves exchanged at admission, as a peer judges it: HELLOs, evidence, endorsements, diversity, and that every enclave has
 * signed ADMIT over this very roster. Besides, HELLO times must lie within skew of now_s, the provider's own clock: a provider adds no
 * nonce of its own, and an admission that is replayed to it names session keys which no longer exist. Statuses as in channel/admission.h. */
MUST_USE enum status provide_verify(struct provide_admission *out, const struct policy *p,
    const uint8_t policy_hash[static HASH_LEN], const uint8_t plan_hash[static HASH_LEN], const struct att_anchors *anchors, const struct slice *hellos, size_t n_hellos, const struct admission_evidence *items,
    size_t n_items, const struct slice *admits, size_t n_admits, int64_t now_s, struct problem *problem);

/* ---- the provider's end ---- */
struct provide_sender; /* secret memory: seeds and salt */
/* Shares x in place: words becomes x_2. *manifest gets the signed document. ST_KEY when sk is not the provider's endorse key. */
MUST_USE enum status provide_share(struct provide_sender **out, struct buf *manifest, const struct provide_session *s, uint32_t rows,
    uint64_t *words, size_t n, const uint8_t endorse_sk[static ED25519_SECRET_LEN], struct random rng);
/* Appends the sealed chunk for a party whose session key is ek. */
MUST_USE enum status provide_seal(const struct provide_sender *p, struct buf *out, unsigned party,
    const uint8_t ek[static X25519_LEN], uint32_t chunk);
void provide_sender_free(struct provide_sender *p); /* wipes; NULL is fine */

/* ---- from the provider to a host, which hands it on ----
 * request  COSE_Sign1 by the provider's endorse key under "parley/submit/v1" over [session 16, attempt, id, index, last, bytes];
 *          index 0 is the manifest, 1 chunk 0, and so on. Signed, so that no stranger can spoil a provider's rows.
 * reply    [code text, message text] */
struct provide_submission {
	uint8_t session[16];
	uint32_t attempt, index;
	bool last;
	struct slice bytes; /* borrowed */
};
enum { PROVIDE_SUBMISSION_MAX = (1 << 19) + 8192, PROVIDE_REPLY_MAX = 1024 };
MUST_USE enum status provide_submission_sign(struct buf *out, const char *id, const struct provide_submission *m,
    const uint8_t endorse_sk[static ED25519_SECRET_LEN]);
/* *provider: whose it is by its signature. ST_FORMAT and the reader's others, ST_SIGNATURE. */
MUST_USE enum status provide_submission_open(
    struct provide_submission *out, unsigned *provider, const struct policy *p, struct slice document);
void provide_reply_encode(struct buf *out, enum status st, const char *message);
/* *st: what the host said; message is cut. ST_FORMAT. */
MUST_USE enum status provide_reply_decode(enum status *st, char message[static 256], struct slice reply);

/* ---- the enclave's end ---- */
/* ST_DATA_INCONSISTENT, and `problem` names the provider: a document that is not this provider's for this session, or rows beyond
 * rows.max (with padding: other than rows.max). */
MUST_USE enum status provide_manifest_check(
    struct provide_manifest *out, const struct provide_session *s, struct slice document, struct problem *problem);

struct provide_taker; /* secret memory; one provider's chunks at one party */
/* Takes chunks in order, each once. chunk: the caller's, PROVIDE_CHUNK_WORDS words where what is opened lies until the next call; one will
 * do for all takers. It is as secret as shares are: the caller keeps it in memory like theirs, and wipes it. */
MUST_USE enum status provide_taker_new(struct provide_taker **out, const struct provide_session *s, unsigned party,
    const struct provide_manifest *manifest, size_t words, const uint8_t ek_secret[static X25519_LEN], uint64_t *chunk);
void provide_taker_free(struct provide_taker *t);
uint32_t provide_taker_next(const struct provide_taker *t); /* the chunk that must come next */
bool provide_taker_done(const struct provide_taker *t);
/* Opens one chunk. Where it is part of x_2, *words (borrowed until the next call) holds its words from *from on, *n of them; else
 * *n is 0. After the last one the commitments are checked. ST_DATA_INCONSISTENT. */
MUST_USE enum status provide_take(struct provide_taker *t, struct slice sealed, const uint64_t **words, size_t *from, size_t *n,
    struct problem *problem);
/* The seed of share x_which (0 or 1), for a party that holds it: after chunk 0; else NULL. */
const uint8_t *provide_seed(const struct provide_taker *t, unsigned which);

#endif
