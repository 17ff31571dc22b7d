/* Certificate revocation lists (RFC 5280 section 5): full ones only, with nextUpdate, without critical extensions. */
#include "der.h"
#include "x509_internal.h"

#include <openssl/err.h>

struct x509_crl {
	struct x509_crl_facts facts;
	X509_CRL *lib;
};

static enum status reencodes(X509_CRL *crl, struct slice der)
{
	uint8_t *again = NULL;
	enum status st = ST_OK;

	if (i2d_re_X509_CRL_tbs(crl, NULL) <= 0)
		return library_failed(ST_FORMAT);
	int len = i2d_X509_CRL(crl, &again);
	if (len <= 0)
		return library_failed(ST_FORMAT);
	if (!slice_equal(slice_of(again, (size_t)len), der))
		st = ST_FORMAT;
	OPENSSL_free(again);
	return st;
}

/* The inner algorithm has no accessor: it is the second element of TBSCertList, after the version (RFC 5280 section 5.1.2). */
static bool algorithms_agree(const X509_ALGOR *outer, struct slice der)
{
	struct slice rest = der, whole, content, outer_der;
	uint8_t tag, *bytes = NULL;

	int len = i2d_X509_ALGOR(outer, &bytes);
	if (len <= 0)
		return false;
	outer_der = slice_of(bytes, (size_t)len);
	bool agree = der_next(&rest, &tag, &whole, &content) &&
		     (rest = content, der_next(&rest, &tag, &whole, &content)) &&
		     (rest = content, der_next(&rest, &tag, &whole, &content)) && /* version */
		     der_next(&rest, &tag, &whole, &content) && slice_equal(whole, outer_der);
	OPENSSL_free(bytes);
	return agree;
}

static enum status entries_check(X509_CRL *crl)
{
	static const int known[] = {0};
	STACK_OF(X509_REVOKED) *list = X509_CRL_get_REVOKED(crl);
	int64_t when;
	enum status st = ST_OK;

	for (int i = 0; i < sk_X509_REVOKED_num(list); i++) {
		const X509_REVOKED *r = sk_X509_REVOKED_value(list, i);
		if (!time_read(X509_REVOKED_get0_revocationDate(r), &when))
			return ST_FORMAT;
		TRY(extensions_check(X509_REVOKED_get0_extensions(r), known));
	}
out:
	return st;
}

static enum status form_check(X509_CRL *crl, struct slice der)
{
	static const int known[] = {0};
	const X509_ALGOR *outer;
	enum status st;

	TRY(reencodes(crl, der));
	X509_CRL_get0_signature(crl, NULL, &outer);
	if (X509_CRL_get_version(crl) != X509_CRL_VERSION_2)
		return ST_UNSUPPORTED;
	if (!algorithms_agree(outer, der))
		return library_failed(ST_FORMAT);
	TRY(algorithm_check(outer));
	TRY(extensions_check(X509_CRL_get0_extensions(crl), known));
	TRY(entries_check(crl));
out:
	return st;
}

static enum status facts_of(struct x509_crl_facts *f, X509_CRL *crl)
{
	const X509_NAME *issuer = X509_CRL_get_issuer(crl);
	int revoked = sk_X509_REVOKED_num(X509_CRL_get_REVOKED(crl));

	f->issuer = name_der(issuer);
	if (f->issuer.len == 0)
		return library_failed(ST_FORMAT);
	common_name(f->issuer_cn, issuer);
	if (!time_read(X509_CRL_get0_lastUpdate(crl), &f->this_update) ||
	    !time_read(X509_CRL_get0_nextUpdate(crl), &f->next_update))
		return ST_FORMAT;
	f->revoked = revoked > 0 ? (size_t)revoked : 0;
	return ST_OK;
}

static enum status parse(struct x509_crl *c, struct slice der)
{
	const uint8_t *at = der.ptr;
	enum status st;

	c->lib = d2i_X509_CRL(NULL, &at, (long)der.len);
	if (!c->lib)
		return library_failed(ST_FORMAT);
	TRY(form_check(c->lib, der));
	TRY(facts_of(&c->facts, c->lib));
out:
	return st;
}

enum status x509_crl_parse(struct x509_crl **out, struct slice der)
{
	enum status st;

	if (der.len > X509_CRL_MAX)
		return ST_TOO_LARGE;
	TRY(der_check(der));
	struct x509_crl *c = calloc(1, sizeof *c);
	if (!c)
		return ST_NO_MEMORY;
	ERR_clear_error();
	st = parse(c, der);
	ERR_clear_error();
	if (st == ST_OK)
		*out = c;
	else
		x509_crl_free(c);
out:
	return st;
}

void x509_crl_free(struct x509_crl *c)
{
	if (!c)
		return;
	X509_CRL_free(c->lib);
	free(c);
}

const struct x509_crl_facts *x509_crl_facts(const struct x509_crl *c)
{
	return &c->facts;
}

enum status x509_crl_signed_by(const struct x509_crl *c, const struct x509 *issuer)
{
	const struct x509_facts *f = &issuer->facts;
	const X509_ALGOR *alg;

	X509_CRL_get0_signature(c->lib, NULL, &alg);
	if (!slice_equal(c->facts.issuer, f->subject) || (f->key_usage && !f->crl_sign) || !algorithm_fits(alg, f->key))
		return ST_SIGNATURE;
	ERR_clear_error();
	enum status st =
	    X509_CRL_verify(c->lib, X509_get0_pubkey(issuer->lib)) == 1 ? ST_OK : library_failed(ST_SIGNATURE);
	ERR_clear_error();
	return st;
}

bool x509_crl_lists(const struct x509_crl *c, const struct x509 *cert)
{
	X509_REVOKED *entry;

	return X509_CRL_get0_by_serial(c->lib, &entry, X509_get0_serialNumber(cert->lib)) != 0;
}
