/*
 * The PCK certificate and its chain: PCK, PCK CA (Platform or Processor), Intel's root. Nearly every quote carries them as PEM; then
 * nothing else may be in there. The root is known by its key alone: Intel issued it again with another expiry, and a look-alike
 * has every name right.
 */
#include "dcap.h"

#include "../instant.h"

#include <stdio.h>

enum { CHAIN_LEN = 3 };
static const char *const ca_names[] = {"Intel SGX PCK Platform CA", "Intel SGX PCK Processor CA"};
static const char pck_name[] = "Intel SGX PCK Certificate";

enum status dcap_refuse_window(
    struct att_finding *f, const char *what, int64_t from_s, int64_t to_s, struct att_time now)
{
	int64_t at = now.earliest_s < from_s ? now.earliest_s : now.latest_s;
	struct instant_text from = instant_show(from_s), to = instant_show(to_s), asked = instant_show(at);
	char expected[128];

	snprintf(expected, sizeof expected, "%s valid at %s", what, asked.text);
	return att_refuse(
	    f, ST_ATT_VALIDITY, ATT_CHECK_VALIDITY, expected, "one valid from %s to %s", from.text, to.text);
}

enum status dcap_refuse_fault(struct att_finding *f, enum x509_fault fault, const struct x509 *c, struct att_time now)
{
	const struct x509_facts *facts = x509_facts(c);

	if (fault == X509_FAULT_NOT_YET || fault == X509_FAULT_EXPIRED)
		return dcap_refuse_window(f, facts->subject_cn, facts->not_before, facts->not_after, now);
	return att_refuse(f, ST_ATT_CHAIN, ATT_CHECK_CHAIN, "a chain of certificates from Intel's root to the PCK",
	    "at %s: %s", facts->subject_cn, x509_fault_text(fault));
}

/* ---- where the chain comes from ---- */
struct der {
	uint8_t bytes[X509_DER_MAX];
	size_t len;
};

/* Leaf, intermediate, root, and then only blanks and at most one NUL. */
static enum status decode_chain(struct der chain[static CHAIN_LEN], struct slice pem)
{
	uint8_t none[1];
	size_t len = 0;
	enum status st;

	for (size_t i = 0; i < CHAIN_LEN; i++) {
		TRY(pem_next(chain[i].bytes, sizeof chain[i].bytes, &chain[i].len, "CERTIFICATE", &pem));
		if (chain[i].len == 0)
			return ST_TRUNCATED;
	}
	if (pem_next(none, sizeof none, &len, "CERTIFICATE", &pem) != ST_OK || len != 0)
		return ST_TRAILING;
out:
	return st;
}

static enum status chain_from_quote(struct dcap *d)
{
	struct x509 **parsed[CHAIN_LEN] = {&d->pck_certificate, &d->ca, &d->root};
	struct der chain[CHAIN_LEN];
	enum status st = decode_chain(chain, d->quote.certification_data);

	for (size_t i = 0; st == ST_OK && i < CHAIN_LEN; i++)
		st = x509_parse(parsed[i], slice_of(chain[i].bytes, chain[i].len));
	if (st == ST_OK || st == ST_NO_MEMORY)
		return st;
	return att_refuse(d->f, ST_ATT_FORMAT, ATT_CHECK_FORM, "the PCK certificate chain, three certificates in PEM",
	    "%s (%s)", status_title(st), status_code(st));
}

/* A second copy, for d owns its chain whatever the bag does. */
static enum status issuer_from_bag(struct dcap *d, struct x509 **out, const struct x509 *below)
{
	const struct x509_facts *want = x509_facts(below);

	for (size_t i = 0; i < d->bag.n_certificates; i++) {
		const struct x509_facts *c = x509_facts(d->bag.certificates[i]);
		if (slice_equal(c->subject, want->issuer) && x509_signed_by(below, d->bag.certificates[i]) == ST_OK)
			return x509_parse(out, c->der);
	}
	return att_refuse(d->f, ST_ATT_COLLATERAL, ATT_CHECK_COLLATERAL, want->issuer_cn,
	    "no such certificate that signed %s", want->subject_cn);
}

/* Certification types 1 to 4 name the platform only; whatever they say, the PCK is the certificate whose key signed the QE
 * report. It need not be trusted to be found. */
static enum status chain_from_bag(struct dcap *d)
{
	enum status st;

	TRY(dcap_bag_certificates(d));
	for (size_t i = 0; i < d->bag.n_certificates && !d->pck_certificate; i++)
		if (strstr(x509_facts(d->bag.certificates[i])->subject_cn, pck_name) &&
		    x509_verify_raw(d->bag.certificates[i], d->quote.qe_signature, d->quote.qe_report) == ST_OK)
			TRY(x509_parse(&d->pck_certificate, x509_facts(d->bag.certificates[i])->der));
	if (!d->pck_certificate)
		return att_refuse(d->f, ST_ATT_COLLATERAL, ATT_CHECK_COLLATERAL,
		    "the PCK certificate, which the quote does not carry",
		    "none that signed the quoting enclave's report");
	TRY(issuer_from_bag(d, &d->ca, d->pck_certificate));
	TRY(issuer_from_bag(d, &d->root, d->ca));
out:
	return st;
}

/* ---- is it Intel's ---- */
static enum status check_root(struct dcap *d)
{
	uint8_t pin[ATT_PIN_LEN];
	char hex[2 * ATT_PIN_LEN + 1];

	x509_pin(pin, d->root);
	if (att_anchors_hold(d->in->anchors, ATT_ROOT_INTEL_SGX, pin))
		return ST_OK;
	hex_encode(hex, slice_of(pin, sizeof pin));
	return att_refuse(d->f, ST_ATT_CHAIN, ATT_CHECK_ROOT, "the pinned key of Intel's SGX root",
	    "%s with another key, SHA-256 %s", x509_facts(d->root)->subject_cn, hex);
}

static enum status check_path(struct dcap *d)
{
	const struct x509 *path[CHAIN_LEN] = {d->root, d->ca, d->pck_certificate};
	size_t where;
	enum status st;
	enum x509_fault fault = x509_chain(path, CHAIN_LEN, d->in->now.earliest_s, d->in->now.latest_s, &where, &st);

	if (st != ST_OK)
		return st;
	if (fault != X509_FINE)
		return dcap_refuse_fault(d->f, fault, path[where], d->in->now);
	for (size_t i = 0; i < CHAIN_LEN; i++)
		att_window(d->claims, x509_facts(path[i])->not_before, x509_facts(path[i])->not_after);
	return ST_OK;
}

static enum status check_names(struct dcap *d)
{
	const struct x509_facts *pck = x509_facts(d->pck_certificate);
	bool known = false;

	for (size_t i = 0; i < sizeof ca_names / sizeof ca_names[0]; i++)
		known |= strcmp(pck->issuer_cn, ca_names[i]) == 0;
	if (known && strstr(pck->subject_cn, pck_name) && !pck->ca && pck->key == X509_P256) {
		snprintf(d->claims->product, sizeof d->claims->product, "%.*s", (int)sizeof d->claims->product - 1,
		    pck->issuer_cn);
		return ST_OK;
	}
	return att_refuse(d->f, ST_ATT_CHAIN, ATT_CHECK_CHAIN,
	    "a PCK certificate, P-256, by a PCK Platform or Processor CA", "\"%s\" by \"%s\"", pck->subject_cn,
	    pck->issuer_cn);
}

static enum status read_extension(struct dcap *d)
{
	struct slice value;
	bool critical;
	enum status st = ST_UNSUPPORTED;

	if (x509_extension(d->pck_certificate, PCK_EXTENSION_OID, &value, &critical))
		st = pck_parse(&d->pck, value);
	if (st == ST_OK)
		return ST_OK;
	return att_refuse(d->f, ST_ATT_FORMAT, ATT_CHECK_FORM, "the SGX extension of the PCK certificate", "%s (%s)",
	    status_title(st), status_code(st));
}

enum status dcap_chain_open(struct dcap *d)
{
	enum status st;

	TRY(d->quote.certification == DCAP_CERT_CHAIN ? chain_from_quote(d) : chain_from_bag(d));
	TRY(check_root(d));
	TRY(check_path(d));
	TRY(check_names(d));
	TRY(read_extension(d));
out:
	return st;
}
