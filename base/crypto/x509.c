/*
 * Certificates. OpenSSL parses; this file refuses what it is lenient about: BER (der_check, and the DER that it makes of what it
 * understood must be the DER that came), another algorithm outside than inside, an extension twice, unknown critical ones.
 */
#include "der.h"
#include "x509_internal.h"

#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/x509v3.h>

enum status library_failed(enum status otherwise)
{
	unsigned long e;
	enum status st = otherwise;

	while ((e = ERR_get_error()) != 0)
		if (ERR_GET_REASON(e) == ERR_R_MALLOC_FAILURE)
			st = ST_NO_MEMORY;
	return st;
}

static bool is_known(int nid, const int *known)
{
	while (*known && *known != nid)
		known++;
	return *known != 0;
}

enum status extensions_check(const STACK_OF(X509_EXTENSION) * list, const int *known)
{
	int n = sk_X509_EXTENSION_num(list); /* -1 when there is no list */

	if (n > X509_EXTENSIONS_MAX)
		return ST_TOO_LARGE;
	for (int i = 0; i < n; i++) {
		X509_EXTENSION *e = sk_X509_EXTENSION_value(list, i);
		const ASN1_OBJECT *oid = X509_EXTENSION_get_object(e);
		for (int k = 0; k < i; k++)
			if (OBJ_cmp(oid, X509_EXTENSION_get_object(sk_X509_EXTENSION_value(list, k))) == 0)
				return ST_DUPLICATE;
		if (X509_EXTENSION_get_critical(e) && !is_known(OBJ_obj2nid(oid), known))
			return ST_UNSUPPORTED;
	}
	return ST_OK;
}

/* X509_re_encode: the library keeps the bytes it read and would otherwise give them back. */
static enum status reencodes(struct x509 *c)
{
	uint8_t *again = NULL;
	enum status st = ST_OK;

	if (i2d_re_X509_tbs(c->lib, NULL) <= 0)
		return library_failed(ST_FORMAT);
	int len = i2d_X509(c->lib, &again);
	if (len <= 0)
		return library_failed(ST_FORMAT);
	if (!slice_equal(slice_of(again, (size_t)len), c->facts.der))
		st = ST_FORMAT;
	OPENSSL_free(again);
	return st;
}

static enum status form_check(struct x509 *c)
{
	static const int known[] = {NID_basic_constraints, NID_key_usage, 0};
	const ASN1_BIT_STRING *sig, *issuer_uid, *subject_uid;
	const X509_ALGOR *outer;
	enum status st;

	TRY(reencodes(c));
	X509_get0_signature(&sig, &outer, c->lib);
	X509_get0_uids(c->lib, &issuer_uid, &subject_uid);
	if (X509_ALGOR_cmp(outer, X509_get0_tbs_sigalg(c->lib)) != 0)
		return ST_FORMAT; /* RFC 5280 section 4.1.1.2 */
	if (X509_get_version(c->lib) != X509_VERSION_3 || issuer_uid || subject_uid)
		return ST_UNSUPPORTED;
	TRY(algorithm_check(outer));
	TRY(extensions_check(X509_get0_extensions(c->lib), known));
out:
	return st;
}

static enum status parse(struct x509 *c, struct slice der)
{
	enum status st;

	c->der = OPENSSL_memdup(der.ptr, der.len);
	if (!c->der)
		return library_failed(ST_NO_MEMORY);
	c->facts.der = slice_of(c->der, der.len);
	const uint8_t *at = c->der;
	c->lib = d2i_X509(NULL, &at, (long)der.len);
	if (!c->lib)
		return library_failed(ST_FORMAT);
	TRY(form_check(c));
	TRY(facts_fill(c));
out:
	return st;
}

enum status x509_parse(struct x509 **out, struct slice der)
{
	enum status st;

	if (der.len > X509_DER_MAX)
		return ST_TOO_LARGE;
	TRY(der_check(der));
	struct x509 *c = calloc(1, sizeof *c);
	if (!c)
		return ST_NO_MEMORY;
	ERR_clear_error();
	st = parse(c, der);
	ERR_clear_error();
	if (st == ST_OK)
		*out = c;
	else
		x509_free(c);
out:
	return st;
}

void x509_free(struct x509 *c)
{
	if (!c)
		return;
	X509_free(c->lib);
	OPENSSL_free(c->der);
	OPENSSL_free(c->spki);
	free(c);
}

const struct x509_facts *x509_facts(const struct x509 *c)
{
	return &c->facts;
}

void x509_pin(uint8_t out[static 32], const struct x509 *c)
{
	sha256(out, c->facts.spki, (struct slice){0});
}

bool x509_extension(const struct x509 *c, const char *oid, struct slice *value, bool *critical)
{
	char dotted[128];

	for (int i = 0; i < X509_get_ext_count(c->lib); i++) {
		X509_EXTENSION *e = X509_get_ext(c->lib, i);
		int len = OBJ_obj2txt(dotted, sizeof dotted, X509_EXTENSION_get_object(e), 1);
		if (len <= 0 || (size_t)len >= sizeof dotted || strcmp(dotted, oid) != 0)
			continue;
		const ASN1_OCTET_STRING *data = X509_EXTENSION_get_data(e);
		*value = slice_of(ASN1_STRING_get0_data(data), (size_t)ASN1_STRING_length(data));
		*critical = X509_EXTENSION_get_critical(e);
		return true;
	}
	return false;
}
