/* ECDSA verification for other people's documents (COSE vectors, Nitro). Public data only: not constant time. */
#include "base/crypto.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>

static const struct {
	const char *group, *digest;
	size_t field_len;
} curves[] = {
    [ECDSA_P256_SHA256] = {"P-256", "SHA256", 32},
    [ECDSA_P384_SHA384] = {"P-384", "SHA384", 48},
    [ECDSA_P521_SHA512] = {"P-521", "SHA512", 66},
};
enum { FIELD_MAX = 66, DER_MAX = 160 };

/* The library refuses a point that is not on the curve; all three have cofactor 1. */
static EVP_PKEY *key_make(enum ecdsa_curve curve, struct slice x, struct slice y)
{
	uint8_t point[1 + 2 * FIELD_MAX] = {4}; /* uncompressed, SEC 1 section 2.3.3 */
	EVP_PKEY *key = NULL;

	memcpy(point + 1, x.ptr, x.len);
	memcpy(point + 1 + x.len, y.ptr, y.len);
	OSSL_PARAM params[] = {
	    OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, (char *)curves[curve].group, 0),
	    OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point, 1 + x.len + y.len),
	    OSSL_PARAM_construct_end(),
	};
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	if (!ctx || EVP_PKEY_fromdata_init(ctx) != 1 || EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) != 1)
		key = NULL;
	EVP_PKEY_CTX_free(ctx);
	return key;
}

/* r || s to the DER form that the library takes; 0 when it fails. */
static size_t signature_der(uint8_t der[static DER_MAX], struct slice rs)
{
	int half = (int)(rs.len / 2), len = 0;
	ECDSA_SIG *sig = ECDSA_SIG_new();
	BIGNUM *r = BN_bin2bn(rs.ptr, half, NULL), *s = BN_bin2bn(rs.ptr + half, half, NULL);

	if (sig && r && s && ECDSA_SIG_set0(sig, r, s) == 1) {
		uint8_t *at = der;
		len = i2d_ECDSA_SIG(sig, &at); /* at most 2 + 1 + 2 * (2 + 1 + 66) = 141 bytes */
	} else {
		BN_free(r);
		BN_free(s);
	}
	ECDSA_SIG_free(sig);
	return len > 0 ? (size_t)len : 0;
}

enum status ecdsa_verify(enum ecdsa_curve curve, struct slice x, struct slice y, struct slice sig, struct slice msg)
{
	uint8_t der[DER_MAX];
	enum status st = ST_SIGNATURE;

	if ((size_t)curve >= sizeof curves / sizeof curves[0] || x.len != curves[curve].field_len || y.len != x.len)
		return ST_KEY;
	if (sig.len != 2 * x.len)
		return ST_SIGNATURE;
	EVP_PKEY *key = key_make(curve, x, y);
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	size_t der_len = signature_der(der, sig);
	if (!key)
		st = ST_KEY;
	else if (md && der_len &&
		 EVP_DigestVerifyInit_ex(md, NULL, curves[curve].digest, NULL, NULL, key, NULL) == 1 &&
		 EVP_DigestVerify(md, der, der_len, msg.ptr, msg.len) == 1)
		st = ST_OK;
	ERR_clear_error();
	EVP_MD_CTX_free(md);
	EVP_PKEY_free(key);
	return st;
}
