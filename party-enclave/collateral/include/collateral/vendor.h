/*
 * What to ask vendors' services for, and what their answers must be. Pure: addresses and expectations out, answers in; whoever asks is
 * elsewhere. Sources: Intel PCS API v4 (tcb, qe/identity, pckcrl; root CRL at the distribution point of the root certificate; a PCCS
 * serves it as rootcacrl); AMD 57230, chapter 4 (KDS). AWS has no such service: Nitro documents carry their whole chain.
 */
#ifndef COLLATERAL_VENDOR_H
#define COLLATERAL_VENDOR_H

#include "collateral/import.h"

struct vendor_platform { /* what its collateral is asked for by; empty text: not known */
	enum tee_kind tee;
	char fmspc[13];       /* sgx, tdx: 12 lower-case hex digits */
	char ca[10];          /* sgx, tdx: "platform", "processor"; empty: both */
	char product[16];     /* snp: "Milan" */
	char chip[129];       /* snp: as the KDS wants it, 128 hex digits, 16 on Turin; empty: no VCEK is asked for */
	uint8_t tcb[SNP_TCB_COUNT]; /* with chip */
	bool vlek;
};
/* What evidence says of its platform; unverified, so good for a question only. ST_COL_FILE. */
MUST_USE enum status vendor_platform_of(struct vendor_platform *out, enum tee_kind tee, struct slice evidence, const char *name, struct problem *p);
/* Is it complete enough to ask? ST_ARGUMENT says what is missing. */
MUST_USE enum status vendor_platform_check(const struct vendor_platform *v, struct problem *p);

enum { VENDOR_WANTED_MAX = 8, VENDOR_URL_MAX = 512, VENDOR_BODY_MAX = 1 << 18 };
struct vendor_wanted {
	char url[VENDOR_URL_MAX];
	char what[64];            /* "TCB info of FMSPC 00a067110000" */
	const char *chain_header; /* where the issuer chain comes, percent-encoded PEM; NULL: none */
	enum att_item_type type;
	char id[8], fmspc[13];    /* signed JSON: what it must say of itself */
	char issuer[40];          /* CRL: whose; empty: not asked */
	bool optional;            /* verifiers use it when it is there */
};
/* base: "https://HOST[/PATH]" of a cache that stands in for the vendor, or NULL. Returns how many. */
size_t vendor_wanted(struct vendor_wanted out[static VENDOR_WANTED_MAX], const struct vendor_platform *v, const char *base);

/* Adds an answer to `to`, when it is what was asked for: ST_COL_ANSWER otherwise (ST_NO_MEMORY, ST_TOO_LARGE). Signatures are judged by
 * collateral_judge afterwards, over the whole set. */
MUST_USE enum status vendor_accept(struct collateral *to, const struct vendor_wanted *w, struct slice body, struct slice chain,
    int64_t fetched_s, struct problem *p);

#endif
