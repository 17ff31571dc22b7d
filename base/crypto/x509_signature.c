/* Which signature algorithms count (RFC 5758, RFC 8017, RFC 4055 section 3.1), and checking signatures with a certificate's key. */
#include "x509_internal.h"

#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/rsa.h>

enum { PSS_SALT = 48 };

static bool is_sha384(const X509_ALGOR *alg)
{
	const ASN1_OBJECT *oid;
	int type;

	X509_ALGOR_get0(&oid, &type, NULL, alg);
	return OBJ_obj2nid(oid) == NID_sha384 && (type == V_ASN1_NULL || type == V_ASN1_UNDEF);
}

static bool is_mgf1_sha384(const X509_ALGOR *alg)
{
	const ASN1_OBJECT *oid;
	const void *parameter;
	int type;

	X509_ALGOR_get0(&oid, &type, &parameter, alg);
	if (OBJ_obj2nid(oid) != NID_mgf1 || type != V_ASN1_SEQUENCE)
		return false;
	const ASN1_STRING *s = parameter;
	const unsigned char *p = ASN1_STRING_get0_data(s), *end = p + ASN1_STRING_length(s);
	X509_ALGOR *hash = d2i_X509_ALGOR(NULL, &p, (long)ASN1_STRING_length(s));
	bool fine = hash && p == end && is_sha384(hash);
	X509_ALGOR_free(hash);
	return fine;
}

static bool is_number(const ASN1_INTEGER *v, int64_t expected)
{
	int64_t found;

	return v && ASN1_INTEGER_get_int64(&found, v) == 1 && found == expected;
}

/* Absent fields mean SHA-1 and a salt of 20: refused. The trailer field has one value only, written or not. */
static bool pss_fits(const ASN1_STRING *parameters)
{
	const unsigned char *p = ASN1_STRING_get0_data(parameters), *end = p + ASN1_STRING_length(parameters);
	RSA_PSS_PARAMS *pss = d2i_RSA_PSS_PARAMS(NULL, &p, (long)ASN1_STRING_length(parameters));
	bool fits = pss && p == end && pss->hashAlgorithm && is_sha384(pss->hashAlgorithm) && pss->maskGenAlgorithm &&
		    is_mgf1_sha384(pss->maskGenAlgorithm) && is_number(pss->saltLength, PSS_SALT) &&
		    (!pss->trailerField || is_number(pss->trailerField, 1));

	RSA_PSS_PARAMS_free(pss);
	return fits;
}

enum status algorithm_check(const X509_ALGOR *alg)
{
	const ASN1_OBJECT *oid;
	const void *parameter;
	bool fits = false;
	int type;

	X509_ALGOR_get0(&oid, &type, &parameter, alg);
	switch (OBJ_obj2nid(oid)) {
	case NID_ecdsa_with_SHA256:
	case NID_ecdsa_with_SHA384:
		fits = type == V_ASN1_UNDEF;
		break;
	case NID_sha256WithRSAEncryption:
	case NID_sha384WithRSAEncryption:
		fits = type == V_ASN1_NULL;
		break;
	case NID_rsassaPss:
		fits = type == V_ASN1_SEQUENCE && pss_fits(parameter);
		break;
	default:
		break;
	}
	return fits ? ST_OK : library_failed(ST_UNSUPPORTED);
}

bool algorithm_fits(const X509_ALGOR *alg, enum x509_key key)
{
	const ASN1_OBJECT *oid;

	X509_ALGOR_get0(&oid, NULL, NULL, alg);
	int nid = OBJ_obj2nid(oid);
	bool is_ecdsa = nid == NID_ecdsa_with_SHA256 || nid == NID_ecdsa_with_SHA384;
	return is_ecdsa == (key != X509_RSA);
}

enum status x509_signed_by(const struct x509 *c, const struct x509 *issuer)
{
	const X509_ALGOR *alg;

	X509_get0_signature(NULL, &alg, c->lib);
	if (!algorithm_fits(alg, issuer->facts.key))
		return ST_SIGNATURE;
	ERR_clear_error();
	enum status st = X509_verify(c->lib, X509_get0_pubkey(issuer->lib)) == 1 ? ST_OK : library_failed(ST_SIGNATURE);
	ERR_clear_error();
	return st;
}

enum status x509_verify_raw(const struct x509 *c, struct slice sig, struct slice msg)
{
	switch (c->facts.key) {
	case X509_P256:
		return ecdsa_verify(ECDSA_P256_SHA256, c->facts.x, c->facts.y, sig, msg);
	case X509_P384:
		return ecdsa_verify(ECDSA_P384_SHA384, c->facts.x, c->facts.y, sig, msg);
	case X509_RSA:
		break;
	}
	return ST_KEY;
}
