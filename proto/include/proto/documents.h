/*
 * The bodies of session messages (docs/PROTOCOL.md, section 7): deterministic CBOR, shared by enclave, host and
 * coordinator. Pure codec; decoded slices borrow from the input and everything out is written only on ST_OK.
 * Documents that are signed are given here as their payloads; COSE is the caller's.
 */
#ifndef PROTO_DOCUMENTS_H
#define PROTO_DOCUMENTS_H

#include "base/buf.h"
#include "base/crypto.h"

enum {
	DOC_PARTIES_MAX = 16,
	DOC_ID_MAX = 32,
	DOC_URL_MAX = 255,
	DOC_SESSION_LEN = 16,
	DOC_EVIDENCE_MAX = 65536,
	DOC_COLLATERAL_MAX = 262144,
	DOC_STATEMENT_MAX = 4096, /* HELLO, endorsement, ADMIT, COMMIT, STEP, CONFIRM, RECEIPT */
};
#define DOC_ENROL_LABEL "parley/enrol/v1"
#define DOC_STEP_LABEL "parley/step/v1"
#define DOC_CONFIRM_LABEL "parley/confirm/v1"

/* [item…], each a byte string: HELLOS, ALL_ADMITTED, ALL_COMMITTED */
void doc_put_list(struct buf *out, const struct slice *items, size_t n);
MUST_USE enum status doc_get_list(struct slice items[static DOC_PARTIES_MAX], size_t *n, struct slice body);

/* EVIDENCE [kind, E, O, C]; EVIDENCES [[kind, E, O, C]…]. C: a collateral bundle or empty; opaque here */
struct doc_evidence {
	uint32_t kind;
	struct slice evidence, endorsement, collateral;
};
void doc_put_evidence(struct buf *out, const struct doc_evidence *e);
MUST_USE enum status doc_get_evidence(struct doc_evidence *out, struct slice body);
void doc_put_evidences(struct buf *out, const struct doc_evidence *items, size_t n);
MUST_USE enum status doc_get_evidences(struct doc_evidence items[static DOC_PARTIES_MAX], size_t *n, struct slice body);

/* RENEWAL [epoch, kind, E, O, C]; RENEWALS [epoch, [[kind, E, O, C]…]] */
void doc_put_renewal(struct buf *out, uint32_t epoch, const struct doc_evidence *e);
MUST_USE enum status doc_get_renewal(uint32_t *epoch, struct doc_evidence *out, struct slice body);
void doc_put_renewals(struct buf *out, uint32_t epoch, const struct doc_evidence *items, size_t n);
MUST_USE enum status doc_get_renewals(
    uint32_t *epoch, struct doc_evidence items[static DOC_PARTIES_MAX], size_t *n, struct slice body);

/* ENROL's payload {1 session, 2 attempt, 3 id, 4 host key, 5 [url per party number, "" for none]} */
struct doc_enrol {
	uint8_t session[DOC_SESSION_LEN];
	uint32_t attempt;
	char id[DOC_ID_MAX + 1];
	uint8_t host_key[ED25519_PUBLIC_LEN];
	uint8_t n_urls;
	char urls[DOC_PARTIES_MAX][DOC_URL_MAX + 1];
};
void doc_put_enrol(struct buf *out, const struct doc_enrol *e);
MUST_USE enum status doc_get_enrol(struct doc_enrol *out, struct slice payload);

/* PEERS [[url…] per party]: url[i][j] is where party i listens for party j */
struct doc_peers {
	uint8_t n;
	struct slice url[DOC_PARTIES_MAX][DOC_PARTIES_MAX];
};
void doc_put_peers(struct buf *out, const struct doc_peers *p);
MUST_USE enum status doc_get_peers(struct doc_peers *out, struct slice body);

/* STEP's payload {1 sid, 2 id, 3 step, 4 keyed digest}; CONFIRM's {1 sid, 2 id, 3 keyed digest} (step 0 here) */
struct doc_step {
	uint8_t sid[HASH_LEN];
	char id[DOC_ID_MAX + 1];
	uint32_t step;
	uint8_t digest[32];
};
void doc_put_step(struct buf *out, const struct doc_step *s);
MUST_USE enum status doc_get_step(struct doc_step *out, struct slice payload);
void doc_put_confirm(struct buf *out, const struct doc_step *s);
MUST_USE enum status doc_get_confirm(struct doc_step *out, struct slice payload);

/* GRANT [highest step] */
void doc_put_grant(struct buf *out, uint32_t step);
MUST_USE enum status doc_get_grant(uint32_t *step, struct slice body);

/* RELEASE, DONE, FINISHED [] */
void doc_put_empty(struct buf *out);
MUST_USE enum status doc_get_empty(struct slice body);

/* PART [recipient number, sealed bytes] */
void doc_put_part(struct buf *out, uint32_t recipient, struct slice part);
MUST_USE enum status doc_get_part(uint32_t *recipient, struct slice *part, struct slice body);

/* BUNDLE [[RECEIPT…] party order, [[sender, part]…] for the addressee, senders ascending; none when it is no recipient] */
struct doc_bundle {
	size_t n_receipts, n_parts;
	struct slice receipts[DOC_PARTIES_MAX];
	uint32_t sender[DOC_PARTIES_MAX];
	struct slice part[DOC_PARTIES_MAX];
};
void doc_put_bundle(struct buf *out, const struct doc_bundle *b);
MUST_USE enum status doc_get_bundle(struct doc_bundle *out, struct slice body);

/* FAULT, ABORT [code text, blame id text (may be empty), message text] */
enum { DOC_MESSAGE_MAX = 511 };
struct doc_fault {
	char code[16], blame[DOC_ID_MAX + 1], message[DOC_MESSAGE_MAX + 1];
};
void doc_put_fault(struct buf *out, const struct doc_fault *f);
MUST_USE enum status doc_get_fault(struct doc_fault *out, struct slice body);

#endif
