/* RSASSA-PKCS1v15 (RFC 8017 section 8.2) with a bare key, for TPM quotes. Public data only: not constant time. */
#include "base/x509.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

static EVP_PKEY *key_make(struct slice n, struct slice e)
{
	BIGNUM *modulus = BN_bin2bn(n.ptr, (int)n.len, NULL), *exponent = BN_bin2bn(e.ptr, (int)e.len, NULL);
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	OSSL_PARAM *params = NULL;
	EVP_PKEY *key = NULL;
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);

	if (modulus && exponent && build && ctx && OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, modulus) == 1 &&
	    OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, exponent) == 1)
		params = OSSL_PARAM_BLD_to_param(build);
	if (params && EVP_PKEY_fromdata_init(ctx) == 1 &&
	    EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) != 1)
		key = NULL;
	EVP_PKEY_CTX_free(ctx);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(build);
	BN_free(modulus);
	BN_free(exponent);
	return key;
}

/* 2048 to 4096 bits, odd; the exponent odd, 65537 at least and four bytes at most. No leading zeros. */
static bool key_is_usable(struct slice n, struct slice e)
{
	if (n.len < 256 || n.len > X509_RSA_MAX || n.ptr[0] == 0 || n.ptr[n.len - 1] % 2 == 0)
		return false;
	if (n.len == 256 && n.ptr[0] < 0x80)
		return false;
	return e.len >= 3 && e.len <= 4 && e.ptr[0] != 0 && e.ptr[e.len - 1] % 2 == 1;
}

static bool failed_for_memory(void)
{
	unsigned long e;
	bool found = false;

	while ((e = ERR_get_error()) != 0)
		found |= ERR_GET_REASON(e) == ERR_R_MALLOC_FAILURE;
	return found;
}

enum status rsa_pkcs1_sha256_verify(struct slice n, struct slice e, struct slice sig, struct slice msg)
{
	enum status st = ST_SIGNATURE;

	if (!key_is_usable(n, e))
		return ST_KEY;
	if (sig.len != n.len)
		return ST_SIGNATURE;
	ERR_clear_error();
	EVP_PKEY *key = key_make(n, e);
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	if (!key || !md)
		st = ST_NO_MEMORY;
	else if (EVP_DigestVerifyInit_ex(md, NULL, "SHA256", NULL, NULL, key, NULL) == 1 &&
		 EVP_DigestVerify(md, sig.ptr, sig.len, msg.ptr, msg.len) == 1)
		st = ST_OK;
	if (failed_for_memory() && st != ST_OK)
		st = ST_NO_MEMORY;
	EVP_MD_CTX_free(md);
	EVP_PKEY_free(key);
	return st;
}
