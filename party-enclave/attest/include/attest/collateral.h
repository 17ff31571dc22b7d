/*
 * The collateral bundle: what a verifier needs besides the evidence, in the vendors' own bytes. Fetched and sorted outside
 * the enclave (target collateral), passed in, and believed only as far as vendors' signatures reach. It is not hashed
 * into anything: verifiers' copies may differ. Codec and selection only; no I/O.
 *
 *   bundle = ["parley/collateral/v1", [* item]]          deterministic CBOR, at most ATT_COLLATERAL_MAX bytes, 64 items
 *   item   = [type, fetched: uint, bytes, signature]     fetched: seconds since 1970 UTC, 0 unknown; for people only
 *
 *   1 certificate   DER                                              signature empty
 *   2 CRL           DER                                              signature empty
 *   3 TCB info      the exact bytes of the "tcbInfo" object          signature raw r || s, 64 bytes
 *   4 QE identity   the exact bytes of the "enclaveIdentity" object  signature raw r || s, 64 bytes
 *
 * It is a bag: documents of several platforms and ages may lie in it. A verifier takes of each type the documents that fit
 * (issuer, FMSPC, id) and among those the first that is valid at the session's time.
 */
#ifndef ATTEST_COLLATERAL_H
#define ATTEST_COLLATERAL_H

#include "attest/attest.h"
#include "base/x509.h"

enum att_item_type { ATT_ITEM_CERTIFICATE = 1, ATT_ITEM_CRL, ATT_ITEM_TCB_INFO, ATT_ITEM_QE_IDENTITY };
enum { ATT_ITEMS_MAX = 64 };
struct att_item {
	enum att_item_type type;
	int64_t fetched_s;
	struct slice bytes, signature; /* borrowed from the bundle */
};
struct att_bundle {
	size_t n;
	struct att_item items[ATT_ITEMS_MAX];
};
/* Empty bytes give an empty bundle. ST_FORMAT and the reader's others. */
MUST_USE enum status att_bundle_decode(struct att_bundle *out, struct slice bytes);
/* ST_TOO_LARGE, ST_NO_MEMORY. */
MUST_USE enum status att_bundle_encode(struct buf *out, const struct att_bundle *b);

/* Appends a bundle with all of `first` and what of `second` is not in it, as far as the limits permit: a verifier's host lays its
 * own copy over a peer's. Either may be empty; one that is no bundle counts as empty. ST_NO_MEMORY. Both empty: appends nothing. */
MUST_USE enum status att_bundle_merge(struct buf *out, struct slice first, struct slice second);

#endif
