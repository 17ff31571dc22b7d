/*
 * Which TCB info and QE identity of the bag: the first that can be read, is for this platform and TEE, is signed by Intel's TCB
 * signing key, and is valid at T. When there is none, the refusal is that of the document that came furthest.
 */
#include "dcap.h"

#include <stdio.h>

static const char signer_name[] = "Intel SGX TCB Signing";

/* How far a document came. */
enum progress { ABSENT, UNREADABLE, FOREIGN, UNSIGNED, STALE, GOOD };
struct candidate {
	enum progress progress;
	struct att_finding f; /* why it came no further */
};

/* The signing certificate is Intel's at T: below the pinned root, not revoked. Believed until the end of the verification. */
static enum status check_signer(struct dcap *d, const struct x509 *c, struct candidate *why)
{
	const struct x509 *path[] = {d->root, c};
	size_t where;
	enum status st;

	if (d->signer == c)
		return ST_OK;
	enum x509_fault fault = x509_chain(path, 2, d->in->now.earliest_s, d->in->now.latest_s, &where, &st);
	if (st != ST_OK)
		return st;
	if (fault != X509_FINE) {
		why->progress = fault == X509_FAULT_NOT_YET || fault == X509_FAULT_EXPIRED ? STALE : UNSIGNED;
		return dcap_refuse_fault(&why->f, fault, path[where], d->in->now);
	}
	why->progress = STALE;
	TRY(dcap_not_revoked(d, c, d->root, &why->f));
	att_window(d->claims, x509_facts(c)->not_before, x509_facts(c)->not_after);
	d->signer = c;
out:
	return st;
}

static enum status check_signed(struct dcap *d, const struct att_item *item, const char *what, struct candidate *why)
{
	enum status st = ST_ATT_COLLATERAL;
	size_t signers = 0;

	for (size_t i = 0; i < d->bag.n_certificates; i++) {
		const struct x509 *c = d->bag.certificates[i];
		if (strcmp(x509_facts(c)->subject_cn, signer_name) != 0)
			continue;
		signers++;
		if (x509_verify_raw(c, item->signature, item->bytes) != ST_OK)
			continue;
		why->f = (struct att_finding){0};
		st = check_signer(d, c, why);
		if (st == ST_OK || st == ST_NO_MEMORY)
			return st;
	}
	if (why->f.st != ST_OK)
		return why->f.st;
	why->progress = UNSIGNED;
	return att_refuse(&why->f, ST_ATT_COLLATERAL, ATT_CHECK_COLLATERAL, what, "%s",
	    signers ? "one that \"Intel SGX TCB Signing\" did not sign"
		    : "no certificate \"Intel SGX TCB Signing\" to check it with");
}

static enum status check_fresh(struct dcap *d, int64_t from_s, int64_t to_s, const char *what, struct candidate *why)
{
	why->progress = STALE;
	if (!dcap_valid_at(from_s, to_s, d->in->now))
		return dcap_refuse_window(&why->f, what, from_s, to_s, d->in->now);
	att_window(d->claims, from_s, to_s);
	why->progress = GOOD;
	return ST_OK;
}

static enum status refuse_unreadable(struct candidate *why, const char *what, enum status st)
{
	why->progress = UNREADABLE;
	return att_refuse(&why->f, ST_ATT_COLLATERAL, ATT_CHECK_COLLATERAL, what, "one that cannot be read: %s (%s)",
	    status_title(st), status_code(st));
}

static enum status try_tcb_info(struct dcap *d, const struct att_item *item, const char *what, struct candidate *why)
{
	struct tcb_info *info = &d->info;
	char fmspc[sizeof info->fmspc * 2 + 1], pce_id[sizeof info->pce_id * 2 + 1];
	enum status st = tcb_info_parse(info, item->bytes);

	if (st != ST_OK)
		return refuse_unreadable(why, what, st);
	if (info->tdx != dcap_is_tdx(d) || memcmp(info->fmspc, d->pck.fmspc, sizeof info->fmspc) != 0 ||
	    memcmp(info->pce_id, d->pck.pce_id, sizeof info->pce_id) != 0) {
		why->progress = FOREIGN;
		hex_encode(fmspc, slice_of(info->fmspc, sizeof info->fmspc));
		hex_encode(pce_id, slice_of(info->pce_id, sizeof info->pce_id));
		return att_refuse(&why->f, ST_ATT_COLLATERAL, ATT_CHECK_COLLATERAL, what,
		    "one of %s for FMSPC %s, PCEID %s", info->tdx ? "TDX" : "SGX", fmspc, pce_id);
	}
	TRY(check_signed(d, item, what, why));
	TRY(check_fresh(d, info->issued_s, info->next_s, what, why));
out:
	return st;
}

static enum status try_qe_identity(struct dcap *d, const struct att_item *item, const char *what, struct candidate *why)
{
	struct qe_identity *id = &d->identity;
	enum status st = qe_identity_parse(id, item->bytes);

	if (st != ST_OK)
		return refuse_unreadable(why, what, st);
	if (id->tdx != dcap_is_tdx(d)) {
		why->progress = FOREIGN;
		return att_refuse(
		    &why->f, ST_ATT_COLLATERAL, ATT_CHECK_COLLATERAL, what, "that of \"%s\"", id->tdx ? "TD_QE" : "QE");
	}
	TRY(check_signed(d, item, what, why));
	TRY(check_fresh(d, id->issued_s, id->next_s, what, why));
out:
	return st;
}

typedef enum status (*try_item)(struct dcap *d, const struct att_item *item, const char *what, struct candidate *why);

static enum status select_item(struct dcap *d, enum att_item_type type, try_item try, const char *what)
{
	struct candidate best = {0};

	for (size_t i = 0; i < d->bag.items.n; i++) {
		struct candidate c = {0};
		const struct x509 *signer = d->signer;
		int64_t from_s = d->claims->valid_from, to_s = d->claims->valid_to;
		if (d->bag.items.items[i].type != type)
			continue;
		enum status st = try(d, &d->bag.items.items[i], what, &c);
		if (st == ST_OK || st == ST_NO_MEMORY)
			return st;
		d->signer = signer; /* as if it had not been tried */
		d->claims->valid_from = from_s, d->claims->valid_to = to_s;
		if (c.progress > best.progress)
			best = c;
	}
	if (best.progress == ABSENT)
		return att_refuse(d->f, ST_ATT_COLLATERAL, ATT_CHECK_COLLATERAL, what, "none in the collateral");
	if (d->f->st == ST_OK)
		*d->f = best.f;
	return best.f.st;
}

enum status dcap_select_tcb_info(struct dcap *d)
{
	char what[96], fmspc[sizeof d->pck.fmspc * 2 + 1], pce_id[sizeof d->pck.pce_id * 2 + 1];

	hex_encode(fmspc, slice_of(d->pck.fmspc, sizeof d->pck.fmspc));
	hex_encode(pce_id, slice_of(d->pck.pce_id, sizeof d->pck.pce_id));
	snprintf(
	    what, sizeof what, "TCB info of %s for FMSPC %s, PCEID %s", dcap_is_tdx(d) ? "TDX" : "SGX", fmspc, pce_id);
	return select_item(d, ATT_ITEM_TCB_INFO, try_tcb_info, what);
}

enum status dcap_select_qe_identity(struct dcap *d)
{
	return select_item(d, ATT_ITEM_QE_IDENTITY, try_qe_identity,
	    dcap_is_tdx(d) ? "QE identity of \"TD_QE\"" : "QE identity of \"QE\"");
}
