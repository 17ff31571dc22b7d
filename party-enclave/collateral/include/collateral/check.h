/*
 * A bundle judged as a whole, for people who keep one: is each document the vendor's, is it of this time, and what is missing. Pure: the
 * anchors and the time are parameters. The verdict that counts is the verifiers'; this says beforehand what they would miss.
 */
#ifndef COLLATERAL_CHECK_H
#define COLLATERAL_CHECK_H

#include "collateral/import.h"

enum collateral_signature {
	COLLATERAL_SIGNED,        /* reaches a pinned root over certificates of the bundle */
	COLLATERAL_FORGED,        /* its issuer is there and did not sign it, or its root is not pinned */
	COLLATERAL_ISSUER_ABSENT, /* cannot be told here: evidence may carry the issuer */
};
const char *collateral_signature_name(enum collateral_signature s); /* "vendor", "not the vendor's", "issuer absent" */

struct collateral_judged {
	struct collateral_facts facts;
	enum collateral_signature signature;
	enum { COLLATERAL_VALID, COLLATERAL_NOT_YET, COLLATERAL_EXPIRED } window;
};
struct collateral_judgement { /* about 20 KiB */
	size_t n;
	struct collateral_judged items[ATT_ITEMS_MAX]; /* in the order of the set */
};
/* ST_COL_FILE when a document cannot be read; ST_NO_MEMORY. Quadratic in the certificates. */
MUST_USE enum status collateral_judge(
    struct collateral_judgement *out, const struct collateral *c, const struct att_anchors *anchors, int64_t at_s);

struct collateral_need { /* what one platform's evidence asks for */
	enum tee_kind tee;
	const char *fmspc;   /* sgx, tdx: 12 lower-case hex digits; NULL: any */
	const char *ca;      /* sgx, tdx: "platform", "processor"; NULL: any */
	const char *product; /* snp: "Milan"; NULL: any */
};
typedef void (*collateral_gap)(void *ctx, const char *what);
/* Tells each thing that is missing or not valid; true when nothing is. *until_s: when the first of the documents used ends. */
bool collateral_suffices(const struct collateral_judgement *j, const struct collateral_need *need, collateral_gap gap, void *ctx,
    int64_t *until_s);

/* Does any document belong to this kind's platforms? */
bool collateral_speaks_of(const struct collateral_judgement *j, enum tee_kind kind);

/* Removes documents that a newer one of the same identity replaces: CRLs of one issuer, TCB info of one id and FMSPC, QE identity of one id. */
void collateral_supersede(struct collateral *c);

#endif
