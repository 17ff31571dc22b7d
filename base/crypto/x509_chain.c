/* Path validation (RFC 5280 section 6.1) of a chain whose order is given. Names are compared as raw DER: no folding of case or
 * of string types, so a name that differs in one byte of an OID is another name. */
#include "base/x509.h"

const char *x509_fault_text(enum x509_fault f)
{
	static const char *const text[] = {
	    [X509_FINE] = "nothing is wrong",
	    [X509_FAULT_NAME] = "the issuer's name differs from the subject of the certificate above",
	    [X509_FAULT_NOT_CA] = "the issuing certificate is not a CA",
	    [X509_FAULT_PATH_LEN] = "the chain is longer than the issuing certificate permits",
	    [X509_FAULT_KEY_USAGE] = "the issuing certificate may not sign certificates",
	    [X509_FAULT_SIGNATURE] = "the certificate is not signed by the one above",
	    [X509_FAULT_NOT_YET] = "the certificate is not valid yet",
	    [X509_FAULT_EXPIRED] = "the certificate has expired",
	    [X509_FAULT_SELF] = "the anchor is not signed by itself",
	};
	return (size_t)f < sizeof text / sizeof text[0] ? text[f] : "unknown";
}

/* RFC 5280 section 6.1.4 (k), (m), (n). An anchor may lack keyUsage, what stands below it may not. */
static enum x509_fault issuer_check(const struct x509_facts *issuer, size_t below, bool is_anchor)
{
	if (!issuer->basic_constraints || !issuer->ca)
		return X509_FAULT_NOT_CA;
	if (issuer->path_len >= 0 && below > (size_t)issuer->path_len)
		return X509_FAULT_PATH_LEN;
	if (issuer->key_usage ? !issuer->key_cert_sign : !is_anchor)
		return X509_FAULT_KEY_USAGE;
	return X509_FINE;
}

static enum x509_fault signature_check(
    const struct x509 *c, const struct x509 *issuer, enum x509_fault fault, enum status *st)
{
	enum status found = x509_signed_by(c, issuer);

	if (found == ST_NO_MEMORY)
		*st = found;
	return found == ST_OK ? X509_FINE : fault;
}

static enum x509_fault validity_check(const struct x509_facts *c, int64_t earliest_s, int64_t latest_s)
{
	if (earliest_s < c->not_before)
		return X509_FAULT_NOT_YET;
	return latest_s > c->not_after ? X509_FAULT_EXPIRED : X509_FINE;
}

static enum x509_fault anchor_check(const struct x509 *anchor, enum status *st)
{
	if (!slice_equal(x509_facts(anchor)->issuer, x509_facts(anchor)->subject))
		return X509_FAULT_SELF;
	return signature_check(anchor, anchor, X509_FAULT_SELF, st);
}

/* Certificate i against the one above it; `where` is the one to blame. */
static enum x509_fault step_check(const struct x509 *const *chain, size_t n, size_t i, size_t *where, enum status *st)
{
	const struct x509 *issuer = chain[i - 1], *c = chain[i];

	*where = i;
	if (!slice_equal(x509_facts(c)->issuer, x509_facts(issuer)->subject))
		return X509_FAULT_NAME;
	enum x509_fault f = issuer_check(x509_facts(issuer), n - 1 - i, i == 1);
	if (f != X509_FINE) {
		*where = i - 1;
		return f;
	}
	return signature_check(c, issuer, X509_FAULT_SIGNATURE, st);
}

enum x509_fault x509_chain(
    const struct x509 *const *chain, size_t n, int64_t earliest_s, int64_t latest_s, size_t *where, enum status *st)
{
	*where = 0;
	*st = ST_OK;
	if (n == 0 || n > X509_CHAIN_MAX)
		return X509_FAULT_PATH_LEN;
	enum x509_fault f = anchor_check(chain[0], st);
	for (size_t i = 0; f == X509_FINE && i < n; i++) {
		if (i > 0)
			f = step_check(chain, n, i, where, st);
		if (f == X509_FINE) {
			*where = i;
			f = validity_check(x509_facts(chain[i]), earliest_s, latest_s);
		}
	}
	return f;
}
