/*
 * What SGX and TDX evidence share: everything but the meaning of the body. One verification's state, and its three stages:
 *
 *   dcap_open          form: the quote                                                          ATTESTATION.md 3.1
 *   dcap_authenticate  PCK chain to Intel's key at T, CRLs, QE report, attestation key, quote   3.2
 *   dcap_judge_tcb     QE identity, TCB info, TDX module, TCB level, one status out of them     3.3
 *
 * Each refuses into d->f with the first check that failed, ST_NO_MEMORY aside. Claims grow in d->claims.
 */
#ifndef ATTEST_DCAP_DCAP_H
#define ATTEST_DCAP_DCAP_H

#include "../tdx/report.h"
#include "../verifier.h"
#include "attest/collateral.h"
#include "pck.h"
#include "qe_identity.h"
#include "quote.h"
#include "tcb_info.h"

struct dcap_bag { /* the collateral; what cannot be read is left out */
	bool is_open, has_certificates, has_crls;
	struct att_bundle items;
	size_t n_certificates, n_crls;
	struct x509 *certificates[ATT_ITEMS_MAX];
	struct x509_crl *crls[ATT_ITEMS_MAX];
};
struct dcap {
	const struct att_input *in;
	struct att_claims *claims;
	struct att_finding *f;
	struct dcap_quote quote;
	struct sgx_report qe;
	struct dcap_bag bag;
	struct x509 *root, *ca, *pck_certificate;
	struct pck pck;
	const struct x509 *signer; /* TCB signing certificate that was found good; in the bag */
	struct tcb_info info;
	struct qe_identity identity;
};

MUST_USE enum status dcap_open(struct dcap *d, enum tee_kind kind);
MUST_USE enum status dcap_authenticate(struct dcap *d);
/* td: the TD's report, NULL for SGX. Writes status, advisories, evaluation number and platform into the claims. */
MUST_USE enum status dcap_judge_tcb(struct dcap *d, const struct tdx_report *td);
void dcap_clear(struct dcap *d); /* may run twice */

/* ---- parts, one file each ---- */
/* bag.c: the bundle's items, certificates, CRLs: each read once, when first asked for. */
MUST_USE enum status dcap_bag_open(struct dcap *d);
MUST_USE enum status dcap_bag_certificates(struct dcap *d);
MUST_USE enum status dcap_bag_crls(struct dcap *d);
void dcap_bag_clear(struct dcap_bag *bag);
/* chain.c: root, ca, pck_certificate and pck, out of the quote (certification type 5) or, for types 1 to 4, out of the bag;
 * names, signatures, validity. The root's key must be pinned. */
MUST_USE enum status dcap_chain_open(struct dcap *d);
/* A fault of path validation as a refusal into f: validity or chain. */
enum status dcap_refuse_fault(struct att_finding *f, enum x509_fault fault, const struct x509 *c, struct att_time now);
/* revocation.c: a CRL by `issuer`, signed and valid at T, is in the bag, and no such CRL lists `c`. Refuses into f. */
MUST_USE enum status dcap_not_revoked(
    struct dcap *d, const struct x509 *c, const struct x509 *issuer, struct att_finding *f);
/* select.c: info and identity: of the documents in the bag that fit, the first that Intel signed and that is valid at T. */
MUST_USE enum status dcap_select_tcb_info(struct dcap *d);
MUST_USE enum status dcap_select_qe_identity(struct dcap *d);
/* judge.c: d->pck and d->qe against d->info and d->identity; no signature is looked at any more. */
MUST_USE enum status dcap_judge_selected(struct dcap *d, const struct tdx_report *td);

static inline bool dcap_is_tdx(const struct dcap *d)
{
	return d->quote.body_type != DCAP_BODY_SGX;
}
static inline bool dcap_valid_at(int64_t from_s, int64_t to_s, struct att_time now)
{
	return from_s <= now.earliest_s && now.latest_s <= to_s;
}
/* "valid from A to B, asked for C", as a refusal of `what`. */
enum status dcap_refuse_window(
    struct att_finding *f, const char *what, int64_t from_s, int64_t to_s, struct att_time now);

#endif
