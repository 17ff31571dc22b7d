/*
 * The stages of dcap.h, in order. Source: Intel's Quote Verification Library, "verifyQuote", steps 4.1.2.4.
 */
#include "dcap.h"

enum { QUOTE_KEY_HALF = 32, BINDING_LEN = 32 };

enum status dcap_open(struct dcap *d, enum tee_kind kind)
{
	enum status st = dcap_quote_parse(&d->quote, d->in->evidence);

	if (st == ST_OK)
		st = sgx_report_parse(&d->qe, d->quote.qe_report);
	if (st != ST_OK)
		return att_refuse(d->f, ST_ATT_FORMAT, ATT_CHECK_FORM, "a DCAP quote, version 3, 4 or 5, ECDSA P-256",
		    "%s (%s)", status_title(st), status_code(st));
	if (dcap_is_tdx(d) != (kind == TEE_TDX))
		return att_refuse(d->f, ST_ATT_FORMAT, ATT_CHECK_KIND, tee_name(kind), "%s",
		    tee_name(dcap_is_tdx(d) ? TEE_TDX : TEE_SGX));
	return ST_OK;
}

void dcap_clear(struct dcap *d)
{
	dcap_bag_clear(&d->bag);
	x509_free(d->root);
	x509_free(d->ca);
	x509_free(d->pck_certificate);
	d->root = d->ca = d->pck_certificate = NULL;
}

/* ---- authenticity ---- */
static enum status check_qe_signature(struct dcap *d)
{
	enum status st = x509_verify_raw(d->pck_certificate, d->quote.qe_signature, d->quote.qe_report);

	if (st == ST_OK || st == ST_NO_MEMORY)
		return st;
	return att_refuse(d->f, ST_ATT_SIGNATURE, ATT_CHECK_QE, "a quoting enclave's report signed by the PCK",
	    "a signature that this key did not make");
}

/* The QE vouches for the attestation key in its report data: SHA-256(key || authentication data), then zeros. */
static enum status check_key_binding(struct dcap *d)
{
	uint8_t expected[2 * BINDING_LEN] = {0};

	sha256(expected, d->quote.key, d->quote.qe_auth);
	if (memcmp(expected, d->qe.report_data, sizeof expected) == 0)
		return ST_OK;
	return att_refuse_bytes(d->f, ST_ATT_SIGNATURE, ATT_CHECK_QE, "quoting enclave's report data",
	    slice_of(expected, sizeof expected), slice_of(d->qe.report_data, sizeof expected));
}

static enum status check_quote_signature(struct dcap *d)
{
	struct slice x = slice_of(d->quote.key.ptr, QUOTE_KEY_HALF);
	struct slice y = slice_of(d->quote.key.ptr + QUOTE_KEY_HALF, QUOTE_KEY_HALF);
	enum status st = ecdsa_verify(ECDSA_P256_SHA256, x, y, d->quote.signature, d->quote.signed_part);

	if (st == ST_OK || st == ST_NO_MEMORY)
		return st;
	return att_refuse(d->f, ST_ATT_SIGNATURE, ATT_CHECK_SIGNATURE, "a quote signed by the attestation key", "%s",
	    st == ST_KEY ? "a key that is no point of P-256" : "a signature that this key did not make");
}

enum status dcap_authenticate(struct dcap *d)
{
	enum status st;

	TRY(dcap_chain_open(d));
	TRY(dcap_bag_crls(d));
	TRY(dcap_not_revoked(d, d->pck_certificate, d->ca, d->f));
	TRY(dcap_not_revoked(d, d->ca, d->root, d->f));
	TRY(check_qe_signature(d));
	TRY(check_key_binding(d));
	TRY(check_quote_signature(d));
out:
	return st;
}
