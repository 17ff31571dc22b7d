#include "pki.h"

#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void pki_fail(const char *what, const char *file, int line)
{
	fprintf(stderr, "%s:%d: %s\n", file, line, what);
	ERR_print_errors_fp(stderr);
	abort();
}

EVP_PKEY *pki_ec(const char *curve)
{
	EVP_PKEY *key = EVP_EC_gen(curve);

	REQUIRE(key);
	return key;
}

EVP_PKEY *pki_rsa(void)
{
	EVP_PKEY *key = EVP_RSA_gen(4096);

	REQUIRE(key);
	return key;
}

static X509_NAME *name_of(const char *names)
{
	X509_NAME *n = X509_NAME_new();
	char text[256];

	REQUIRE(n && strlen(names) < sizeof text);
	strcpy(text, names);
	for (char *part = strtok(text, "/"); part; part = strtok(NULL, "/")) {
		char *value = strchr(part, '=');
		REQUIRE(value);
		*value++ = 0;
		REQUIRE(X509_NAME_add_entry_by_txt(n, part, MBSTRING_ASC, (const unsigned char *)value, -1, -1, 0));
	}
	return n;
}

static void extend(X509 *c, int nid, const char *value)
{
	X509_EXTENSION *e = value ? X509V3_EXT_conf_nid(NULL, NULL, nid, value) : NULL;

	if (!value)
		return;
	REQUIRE(e && X509_add_ext(c, e, -1));
	X509_EXTENSION_free(e);
}

static void extend_raw(X509 *c, const struct pki_extension *x)
{
	ASN1_OBJECT *oid = OBJ_txt2obj(x->oid, 1);
	ASN1_OCTET_STRING *value = ASN1_OCTET_STRING_new();

	REQUIRE(oid && value && ASN1_OCTET_STRING_set(value, x->value.ptr, (int)x->value.len));
	X509_EXTENSION *e = X509_EXTENSION_create_by_OBJ(NULL, oid, 0, value);
	REQUIRE(e && X509_add_ext(c, e, -1));
	X509_EXTENSION_free(e);
	ASN1_OBJECT_free(oid);
	ASN1_OCTET_STRING_free(value);
}

static EVP_MD_CTX *signing(EVP_PKEY *key, bool pss, bool sha384)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY_CTX *pkey = NULL;

	REQUIRE(ctx && EVP_DigestSignInit(ctx, &pkey, sha384 ? EVP_sha384() : EVP_sha256(), NULL, key) == 1);
	if (pss)
		REQUIRE(EVP_PKEY_CTX_set_rsa_padding(pkey, RSA_PKCS1_PSS_PADDING) == 1 &&
			EVP_PKEY_CTX_set_rsa_pss_saltlen(pkey, 48) == 1);
	return ctx;
}

static void set_serial(X509 *c, long serial)
{
	ASN1_INTEGER *n = X509_get_serialNumber(c);
	uint64_t random;

	FILE *f = fopen("/dev/urandom", "r");
	REQUIRE(f && fread(&random, sizeof random, 1, f) == 1);
	fclose(f);
	REQUIRE(serial < 0 ? ASN1_INTEGER_set_uint64(n, (random >> 1) | 1) : ASN1_INTEGER_set(n, serial));
}

X509 *pki_issue(EVP_PKEY *key, const struct pki_wish *w, struct pki_signer by)
{
	X509 *c = X509_new();
	X509_NAME *subject = name_of(w->names);

	REQUIRE(c && X509_set_version(c, 2) && X509_set_pubkey(c, key) && X509_set_subject_name(c, subject));
	REQUIRE(X509_set_issuer_name(c, by.cert ? X509_get_subject_name(by.cert) : subject));
	set_serial(c, w->serial);
	REQUIRE(ASN1_TIME_set(X509_getm_notBefore(c), w->from) && ASN1_TIME_set(X509_getm_notAfter(c), w->to));
	extend(c, NID_basic_constraints, w->basic);
	extend(c, NID_key_usage, w->usage);
	for (size_t i = 0; i < w->n_extra; i++)
		extend_raw(c, &w->extra[i]);
	EVP_MD_CTX *ctx = signing(by.key, w->pss, w->sha384);
	REQUIRE(X509_sign_ctx(c, ctx) > 0);
	EVP_MD_CTX_free(ctx);
	X509_NAME_free(subject);
	return c;
}

void pki_crl(struct buf *der, struct pki_signer by, int64_t from, int64_t to, const X509 *revoked)
{
	X509_CRL *crl = X509_CRL_new();
	ASN1_TIME *t = ASN1_TIME_new();
	ASN1_INTEGER *number = ASN1_INTEGER_new();
	unsigned char *bytes = NULL;

	REQUIRE(crl && t && number && X509_CRL_set_version(crl, 1));
	REQUIRE(X509_CRL_set_issuer_name(crl, X509_get_subject_name(by.cert)));
	REQUIRE(ASN1_TIME_set(t, from) && X509_CRL_set1_lastUpdate(crl, t));
	REQUIRE(ASN1_TIME_set(t, to) && X509_CRL_set1_nextUpdate(crl, t));
	if (revoked) {
		X509_REVOKED *r = X509_REVOKED_new();
		REQUIRE(r && ASN1_TIME_set(t, from) && X509_REVOKED_set_revocationDate(r, t));
		REQUIRE(X509_REVOKED_set_serialNumber(r, (ASN1_INTEGER *)(uintptr_t)X509_get0_serialNumber(revoked)));
		REQUIRE(X509_CRL_add0_revoked(crl, r));
	}
	REQUIRE(ASN1_INTEGER_set(number, 1) && X509_CRL_add1_ext_i2d(crl, NID_crl_number, number, 0, 0));
	REQUIRE(X509_CRL_sort(crl) && X509_CRL_sign(crl, by.key, EVP_sha256()) > 0);
	int len = i2d_X509_CRL(crl, &bytes);
	REQUIRE(len > 0);
	buf_append(der, bytes, (size_t)len);
	OPENSSL_free(bytes);
	ASN1_TIME_free(t);
	ASN1_INTEGER_free(number);
	X509_CRL_free(crl);
}

void pki_der(struct buf *out, X509 *cert)
{
	unsigned char *bytes = NULL;
	int len = i2d_X509(cert, &bytes);

	REQUIRE(len > 0);
	buf_append(out, bytes, (size_t)len);
	OPENSSL_free(bytes);
}

void pki_pem(struct buf *out, X509 *cert)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *text = NULL;

	REQUIRE(bio && PEM_write_bio_X509(bio, cert));
	long len = BIO_get_mem_data(bio, &text);
	buf_append(out, text, (size_t)len);
	BIO_free(bio);
}

void pki_digest(uint8_t *out, const EVP_MD *md, struct slice a, struct slice b)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	REQUIRE(ctx && EVP_DigestInit(ctx, md) && EVP_DigestUpdate(ctx, a.ptr, a.len) &&
		EVP_DigestUpdate(ctx, b.ptr, b.len) && EVP_DigestFinal(ctx, out, NULL));
	EVP_MD_CTX_free(ctx);
}

void pki_pin(uint8_t out[static 32], X509 *cert)
{
	unsigned char *spki = NULL;
	int len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(cert), &spki);

	REQUIRE(len > 0);
	pki_digest(out, EVP_sha256(), slice_of(spki, (size_t)len), (struct slice){0});
	OPENSSL_free(spki);
}

void pki_sign_raw(uint8_t *out, size_t half, EVP_PKEY *key, struct slice msg)
{
	unsigned char der[160];
	const unsigned char *at = der;
	size_t len = sizeof der;
	EVP_MD_CTX *ctx = signing(key, false, half == 48);

	REQUIRE(EVP_DigestSign(ctx, der, &len, msg.ptr, msg.len) == 1);
	ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &at, (long)len);
	REQUIRE(sig);
	REQUIRE(BN_bn2binpad(ECDSA_SIG_get0_r(sig), out, (int)half) == (int)half);
	REQUIRE(BN_bn2binpad(ECDSA_SIG_get0_s(sig), out + half, (int)half) == (int)half);
	ECDSA_SIG_free(sig);
	EVP_MD_CTX_free(ctx);
}

void pki_public_xy(uint8_t *out, size_t half, EVP_PKEY *key)
{
	BIGNUM *x = NULL, *y = NULL;

	REQUIRE(EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_EC_PUB_X, &x) &&
		EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_EC_PUB_Y, &y));
	REQUIRE(BN_bn2binpad(x, out, (int)half) == (int)half && BN_bn2binpad(y, out + half, (int)half) == (int)half);
	BN_free(x);
	BN_free(y);
}

static FILE *open_in(const char *folder, const char *name, const char *mode)
{
	char path[512];

	snprintf(path, sizeof path, "%s/%s", folder, name);
	FILE *f = fopen(path, mode);
	if (!f)
		perror(path);
	REQUIRE(f);
	return f;
}

void pki_write(const char *folder, const char *name, struct slice bytes)
{
	FILE *f = open_in(folder, name, "w");

	REQUIRE(fwrite(bytes.ptr, 1, bytes.len, f) == bytes.len && fclose(f) == 0);
}

void pki_read(struct buf *out, const char *folder, const char *name)
{
	FILE *f = open_in(folder, name, "r");
	char block[4096];
	size_t n;

	while ((n = fread(block, 1, sizeof block, f)) > 0)
		buf_append(out, block, n);
	fclose(f);
	REQUIRE(out->len > 0);
}

void pki_write_key(const char *folder, const char *name, EVP_PKEY *key)
{
	FILE *f = open_in(folder, name, "w");

	REQUIRE(PEM_write_PrivateKey(f, key, NULL, NULL, 0, NULL, NULL) && fclose(f) == 0);
}

EVP_PKEY *pki_read_key(const char *folder, const char *name)
{
	FILE *f = open_in(folder, name, "r");
	EVP_PKEY *key = PEM_read_PrivateKey(f, NULL, NULL, NULL);

	fclose(f);
	REQUIRE(key);
	return key;
}
