/*
 * Receipts and results (docs/PROTOCOL.md, section 9). Pure. The enclave makes RECEIPT statements and sealed parts; hosts
 * put bundles together; `parley audit verify` and `parley result open` check and open them offline.
 */
#ifndef RECEIPT_RECEIPT_H
#define RECEIPT_RECEIPT_H

#include "channel/admission.h"
#include "policy/sealed.h"

/* ---- made in the enclave ---- */
struct receipt_statement {
	uint8_t sid[HASH_LEN], policy_hash[HASH_LEN], plan_hash[HASH_LEN], roster[HASH_LEN];
	char id[POLICY_ID_MAX + 1];
	/* by source: each party's commitment; each provider's H("parley/manifest/v1", its manifest) */
	uint8_t commitments[POLICY_SOURCES_MAX][HASH_LEN];
	uint32_t rows[POLICY_SOURCES_MAX];
	uint8_t n_parts;
	uint8_t part_recipient[POLICY_PARTIES_MAX]; /* party numbers */
	uint8_t part_hash[POLICY_PARTIES_MAX][HASH_LEN];
	uint8_t view_digest[32];
	int64_t earliest_s, latest_s;
	uint32_t epochs;             /* how often evidence was renewed */
	uint8_t renewals[HASH_LEN];  /* the chain over it (channel/renewal.c); the roster when there was none */
};
void receipt_statement_encode(struct buf *out, const struct policy *p, const struct receipt_statement *s);
MUST_USE enum status receipt_statement_decode(struct receipt_statement *out, const struct policy *p, struct slice payload);
struct commit_statement {
	uint8_t sid[HASH_LEN];
	char id[POLICY_ID_MAX + 1];
	uint32_t rows;
	uint8_t commitment[HASH_LEN];
};
void commit_statement_encode(struct buf *out, const struct commit_statement *s);
MUST_USE enum status commit_statement_decode(struct commit_statement *out, struct slice payload);

/* Seals this party's result shares (words x groups, exec.h layout) to recipient r. */
struct result_context {
	uint8_t sid[HASH_LEN], roster[HASH_LEN], plan_hash[HASH_LEN];
};
MUST_USE enum status result_seal(struct buf *out, const struct policy *p, const struct result_context *ctx, unsigned sender,
    unsigned recipient, uint32_t words, uint32_t groups, const uint64_t *own, const uint64_t *next, const struct random *rng);
uint32_t result_words(const struct plan *plan); /* words of a group */
void result_part_hash(uint8_t out[static HASH_LEN], struct slice part);

/* ---- the bundle ---- */
struct receipt_bundle { /* slices borrow from the bytes decoded */
	struct slice policy_file;
	struct slice hellos[POLICY_PARTIES_MAX];
	struct admission_evidence evidences[POLICY_PARTIES_MAX];
	struct slice admits[POLICY_PARTIES_MAX], commits[POLICY_PARTIES_MAX], receipts[POLICY_PARTIES_MAX];
	struct slice renewals; /* [record bstr…], epochs ascending: receipt_renewal_encode; empty: none */
};
/* One renewal: [epoch, earliest, latest, [nonce…], [[kind, E, O, C]…]]. */
void receipt_renewal_encode(struct buf *out, const struct renewal *r, const struct admission_evidence items[static POLICY_PARTIES_MAX]);
MUST_USE enum status receipt_renewal_decode(
    struct renewal *r, struct admission_evidence items[static POLICY_PARTIES_MAX], struct slice record);
void receipt_bundle_encode(struct buf *out, const struct receipt_bundle *b);
MUST_USE enum status receipt_bundle_decode(struct receipt_bundle *out, struct slice bytes);

/* Everything: policy signatures, HELLOs, evidence, endorsements, ADMITs, COMMITs, RECEIPTs, and that they agree.
 * expect_policy may be NULL; else ST_REC_POLICY unless the bundle is of that policy. On ST_OK fills `out`. */
struct receipt_verdict {
	struct result_context ctx;
	uint8_t policy_hash[HASH_LEN];
	uint8_t session[16];
	uint32_t attempt;
	struct hello hellos[POLICY_PARTIES_MAX];
	struct att_claims claims[POLICY_PARTIES_MAX];
	struct receipt_statement statements[POLICY_PARTIES_MAX];
	uint32_t epochs; /* renewals, all of them judged again */
};
MUST_USE enum status receipt_verify(struct receipt_verdict *out, struct policy *policy /* filled */, const struct receipt_bundle *b,
    const struct att_anchors *anchors, const uint8_t *expect_policy, struct problem *problem);

/* Opens the parts addressed to `recipient` after the bundle has verified: parts[i] from party i must have the hash that every
 * party's RECEIPT by i states; duplicated shares must agree. words: [w * groups + g], caller's, result_words(plan) x groups.
 * ST_REC_RESULT, ST_REC_RECIPIENT, ST_DECRYPT. */
MUST_USE enum status result_open(uint64_t *words, const struct policy *p, const struct receipt_verdict *v, unsigned recipient,
    const uint8_t receive_sk[static X25519_LEN], const struct slice parts[static POLICY_PARTIES_MAX], struct problem *problem);

/* ---- the result table, in the clear, at the recipient (target result_table; docs/RESULTS.md) ---- */
struct result_cell {
	bool null;
	bool is_text;
	struct slice text; /* borrows from the policy */
	int64_t number; /* scaled by 10^scale; of a text its rank in the domain */
	uint8_t scale;
	uint8_t type;   /* enum column_type: how to print it */
};
struct result_table {
	const struct policy *policy;
	uint32_t rows, columns;      /* released rows only, sorted as ORDER BY says, ties by group index */
	uint32_t groups_withheld;    /* groups of the domain that are not in the table, for whatever reason */
	bool withheld;               /* no GROUP BY and its one row is not released: ST_REC_SUPPRESSED, an answer */
	struct result_cell *cells;   /* [row * columns + column] */
};
/* policy is decoded (policy_decode) and has passed rules_check, as receipt_verify leaves it; borrowed while the table lives.
 * words: result_words(plan) x groups. Judges every word: a keep or nonnull bit that is no bit, anything but 0 where a row or a
 * value is not released, a value outside the plan's bounds, more rows than LIMIT: ST_REC_RESULT. ST_NO_MEMORY. */
MUST_USE enum status result_table_new(struct result_table *out, const struct policy *p, const uint64_t *words);
void result_table_clear(struct result_table *t);
void result_table_csv(struct buf *out, const struct result_table *t);  /* RFC 4180, header line, NULL an empty field ("" quoted when the only column) */
void result_table_text(struct buf *out, const struct result_table *t); /* for a terminal */
/* One cell as the CSV has it, without quotes; nothing for NULL. */
void result_cell_text(struct buf *out, const struct result_cell *c);

/* What a host writes for a recipient: {1: bundle bstr, 2: [part…] party order}; `result open` reads it. */
void result_file_encode(struct buf *out, struct slice bundle, const struct slice parts[static POLICY_PARTIES_MAX]);
MUST_USE enum status result_file_decode(struct slice *bundle, struct slice parts[static POLICY_PARTIES_MAX], struct slice bytes);

#endif
