#include "../test.h"

#include "pki.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

EVP_PKEY *pki_ec(const char *group)
{
	EVP_PKEY *key = EVP_EC_gen(group);

	assert_non_null(key);
	return key;
}

EVP_PKEY *pki_rsa(unsigned bits)
{
	return pki_rsa_e(bits, 65537);
}

EVP_PKEY *pki_rsa_e(unsigned bits, unsigned exponent)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	BIGNUM *e = BN_new();
	EVP_PKEY *key = NULL;

	assert_int_equal(EVP_PKEY_keygen_init(ctx), 1);
	assert_int_equal(EVP_PKEY_CTX_set_rsa_keygen_bits(ctx, (int)bits), 1);
	assert_int_equal(BN_set_word(e, exponent), 1);
	assert_int_equal(EVP_PKEY_CTX_set1_rsa_keygen_pubexp(ctx, e), 1);
	assert_int_equal(EVP_PKEY_generate(ctx, &key), 1);
	BN_free(e);
	EVP_PKEY_CTX_free(ctx);
	return key;
}

static const EVP_MD *digest_of(enum pki_algorithm a, const EVP_PKEY *key)
{
	switch (a) {
	case PKI_SHA1:
		return EVP_sha1();
	case PKI_SHA256:
	case PKI_PSS_SHA256:
		return EVP_sha256();
	case PKI_SHA384:
	case PKI_PSS_SHA384:
	case PKI_PSS_MGF_SHA256:
	case PKI_PSS_SALT_32:
		return EVP_sha384();
	case PKI_SHA512:
		return EVP_sha512();
	case PKI_NO_DIGEST:
		return NULL;
	case PKI_FITTING:
		break;
	}
	return EVP_PKEY_get_bits(key) == 384 ? EVP_sha384() : EVP_sha256();
}

static EVP_MD_CTX *signing(EVP_PKEY *key, enum pki_algorithm a)
{
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	EVP_PKEY_CTX *p = NULL;

	assert_int_equal(EVP_DigestSignInit(md, &p, digest_of(a, key), NULL, key), 1);
	if (a >= PKI_PSS_SHA384 && a <= PKI_PSS_SALT_32) {
		int salt = a == PKI_PSS_SALT_32 ? 32 : EVP_MD_get_size(digest_of(a, key));
		assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(p, RSA_PKCS1_PSS_PADDING), 1);
		assert_int_equal(EVP_PKEY_CTX_set_rsa_pss_saltlen(p, salt), 1);
		if (a == PKI_PSS_MGF_SHA256)
			assert_int_equal(EVP_PKEY_CTX_set_rsa_mgf1_md(p, EVP_sha256()), 1);
	}
	return md;
}

/* Any text, as the type that its length and century suggest. */
static ASN1_TIME *time_of(const char *text, const char *otherwise)
{
	if (!text)
		text = otherwise;
	bool is_generalized = strlen(text) > 13 && text[0] != '-';
	ASN1_TIME *t = ASN1_STRING_type_new(is_generalized ? V_ASN1_GENERALIZEDTIME : V_ASN1_UTCTIME);
	assert_int_equal(ASN1_STRING_set(t, text, -1), 1);
	return t;
}

static X509_NAME *name_of(const char *cn)
{
	X509_NAME *n = X509_NAME_new();

	assert_int_equal(
	    X509_NAME_add_entry_by_txt(n, "O", MBSTRING_ASC, (const unsigned char *)"Example Vendor", -1, -1, 0), 1);
	assert_int_equal(X509_NAME_add_entry_by_txt(n, "CN", MBSTRING_ASC, (const unsigned char *)cn, -1, -1, 0), 1);
	return n;
}

static ASN1_INTEGER *number_of(const char *hex)
{
	BIGNUM *v = NULL;

	assert_true(BN_hex2bn(&v, hex) > 0);
	ASN1_INTEGER *n = BN_to_ASN1_INTEGER(v, NULL);
	BN_free(v);
	return n;
}

static X509_EXTENSION *extension_of(const struct pki_extension *e)
{
	ASN1_OBJECT *oid = OBJ_txt2obj(e->oid, 1);
	ASN1_OCTET_STRING *value = ASN1_OCTET_STRING_new();

	assert_non_null(oid);
	assert_int_equal(ASN1_OCTET_STRING_set(value, e->value.ptr, (int)e->value.len), 1);
	X509_EXTENSION *made = X509_EXTENSION_create_by_OBJ(NULL, oid, e->critical, value);
	ASN1_OCTET_STRING_free(value);
	ASN1_OBJECT_free(oid);
	return made;
}

static void add_constraints(X509 *x, const struct pki_cert *want)
{
	BASIC_CONSTRAINTS *b = BASIC_CONSTRAINTS_new();

	b->ca = want->ca ? 0xff : 0;
	if (want->path_len >= 0 && want->ca) {
		b->pathlen = ASN1_INTEGER_new();
		assert_int_equal(ASN1_INTEGER_set(b->pathlen, want->path_len), 1);
	}
	assert_int_equal(X509_add1_ext_i2d(x, NID_basic_constraints, b, 1, X509V3_ADD_APPEND), 1);
	BASIC_CONSTRAINTS_free(b);
}

/* KU_DIGITAL_SIGNATURE is 0x80 and so on down: the first octet as it stands in the BIT STRING. */
static void add_usage(X509 *x, int bits)
{
	ASN1_BIT_STRING *s = ASN1_BIT_STRING_new();

	for (int i = 0; bits > 0 && i < 8; i++)
		if (bits & 0x80 >> i)
			assert_int_equal(ASN1_BIT_STRING_set_bit(s, i, 1), 1);
	assert_int_equal(X509_add1_ext_i2d(x, NID_key_usage, s, 1, X509V3_ADD_APPEND), 1);
	ASN1_BIT_STRING_free(s);
}

static void set_times(X509 *x, const struct pki_cert *want)
{
	ASN1_TIME *from = time_of(want->not_before, "240101000000Z"), *to = time_of(want->not_after, "340101000000Z");

	assert_int_equal(X509_set1_notBefore(x, from), 1);
	assert_int_equal(X509_set1_notAfter(x, to), 1);
	ASN1_STRING_free(from);
	ASN1_STRING_free(to);
}

static void set_names(X509 *x, const struct pki_cert *want)
{
	X509_NAME *subject = name_of(want->subject), *issuer = name_of(want->issuer ? want->issuer : want->subject);

	assert_int_equal(X509_set_subject_name(x, subject), 1);
	assert_int_equal(X509_set_issuer_name(x, issuer), 1);
	X509_NAME_free(subject);
	X509_NAME_free(issuer);
}

static struct buf taken(uint8_t *der, int len)
{
	struct buf b = {0};

	assert_true(len > 0);
	buf_append(&b, der, (size_t)len);
	OPENSSL_free(der);
	return b;
}

struct buf pki_cert(const struct pki_cert *want)
{
	X509 *x = X509_new();
	uint8_t *der = NULL;

	assert_int_equal(X509_set_version(x, want->is_v1 ? 0 : 2), 1);
	ASN1_INTEGER *serial = number_of(want->serial ? want->serial : "1");
	assert_int_equal(X509_set_serialNumber(x, serial), 1);
	ASN1_INTEGER_free(serial);
	set_names(x, want);
	set_times(x, want);
	assert_int_equal(X509_set_pubkey(x, want->key), 1);
	if (!want->no_constraints)
		add_constraints(x, want);
	if (want->key_usage)
		add_usage(x, want->key_usage);
	for (size_t i = 0; i < want->n_extensions; i++) {
		X509_EXTENSION *e = extension_of(&want->extensions[i]);
		assert_int_equal(X509_add_ext(x, e, -1), 1);
		X509_EXTENSION_free(e);
	}
	EVP_MD_CTX *md = signing(want->signer ? want->signer : want->key, want->algorithm);
	assert_true(X509_sign_ctx(x, md) > 0);
	EVP_MD_CTX_free(md);
	int len = i2d_X509(x, &der);
	X509_free(x);
	return taken(der, len);
}

struct buf pki_root(const char *cn, EVP_PKEY *key)
{
	return pki_ca(cn, key, cn, key, -1);
}

struct buf pki_ca(const char *cn, EVP_PKEY *key, const char *issuer, EVP_PKEY *signer, int path_len)
{
	return pki_cert(&(struct pki_cert){.subject = cn,
	    .key = key,
	    .issuer = issuer,
	    .signer = signer,
	    .ca = true,
	    .path_len = path_len,
	    .key_usage = KU_KEY_CERT_SIGN | KU_CRL_SIGN});
}

struct buf pki_leaf(const char *cn, EVP_PKEY *key, const char *issuer, EVP_PKEY *signer)
{
	return pki_cert(&(struct pki_cert){.subject = cn,
	    .key = key,
	    .issuer = issuer,
	    .signer = signer,
	    .path_len = -1,
	    .key_usage = KU_DIGITAL_SIGNATURE});
}

static void revoke(X509_CRL *crl, const char *hex, const struct pki_crl *want)
{
	X509_REVOKED *r = X509_REVOKED_new();
	ASN1_INTEGER *serial = number_of(hex);
	ASN1_TIME *when = time_of(NULL, "240101000000Z");

	assert_int_equal(X509_REVOKED_set_serialNumber(r, serial), 1);
	assert_int_equal(X509_REVOKED_set_revocationDate(r, when), 1);
	for (size_t i = 0; i < want->n_entry_extensions; i++) {
		X509_EXTENSION *e = extension_of(&want->entry_extensions[i]);
		assert_int_equal(X509_REVOKED_add_ext(r, e, -1), 1);
		X509_EXTENSION_free(e);
	}
	assert_int_equal(X509_CRL_add0_revoked(crl, r), 1);
	ASN1_INTEGER_free(serial);
	ASN1_STRING_free(when);
}

struct buf pki_crl(const struct pki_crl *want)
{
	X509_CRL *crl = X509_CRL_new();
	X509_NAME *issuer = name_of(want->issuer);
	ASN1_TIME *from = time_of(want->this_update, "240101000000Z"),
		  *to = time_of(want->next_update, "340101000000Z");
	uint8_t *der = NULL;

	if (!want->is_v1)
		assert_int_equal(X509_CRL_set_version(crl, 1), 1);
	assert_int_equal(X509_CRL_set_issuer_name(crl, issuer), 1);
	assert_int_equal(X509_CRL_set1_lastUpdate(crl, from), 1);
	if (!want->no_next_update)
		assert_int_equal(X509_CRL_set1_nextUpdate(crl, to), 1);
	for (size_t i = 0; i < want->n_serials; i++)
		revoke(crl, want->serials[i], want);
	for (size_t i = 0; i < want->n_extensions; i++) {
		X509_EXTENSION *e = extension_of(&want->extensions[i]);
		assert_int_equal(X509_CRL_add_ext(crl, e, -1), 1);
		X509_EXTENSION_free(e);
	}
	EVP_MD_CTX *md = signing(want->signer, want->algorithm);
	assert_true(X509_CRL_sign_ctx(crl, md) > 0);
	EVP_MD_CTX_free(md);
	int len = i2d_X509_CRL(crl, &der);
	X509_CRL_free(crl);
	X509_NAME_free(issuer);
	ASN1_STRING_free(from);
	ASN1_STRING_free(to);
	return taken(der, len);
}

struct buf pki_raw_signature(EVP_PKEY *key, struct slice msg)
{
	size_t half = EVP_PKEY_get_bits(key) == 384 ? 48 : 32, len = 160;
	uint8_t der[160];
	const uint8_t *at = der;
	struct buf out = {0};

	EVP_MD_CTX *md = signing(key, PKI_FITTING);
	assert_int_equal(EVP_DigestSign(md, der, &len, msg.ptr, msg.len), 1);
	EVP_MD_CTX_free(md);
	ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &at, (long)len);
	assert_non_null(sig);
	uint8_t *rs = buf_extend(&out, 2 * half);
	assert_int_equal(BN_bn2binpad(ECDSA_SIG_get0_r(sig), rs, (int)half), half);
	assert_int_equal(BN_bn2binpad(ECDSA_SIG_get0_s(sig), rs + half, (int)half), half);
	ECDSA_SIG_free(sig);
	return out;
}

struct buf pki_number(EVP_PKEY *key, const char *param, size_t len)
{
	struct buf out = {0};
	BIGNUM *v = NULL;

	assert_int_equal(EVP_PKEY_get_bn_param(key, param, &v), 1);
	assert_int_equal(BN_bn2binpad(v, buf_extend(&out, len), (int)len), len);
	BN_free(v);
	return out;
}

struct x509 *pki_parse(const struct buf *der)
{
	struct x509 *c = NULL;

	assert_int_equal(x509_parse(&c, buf_view(der)), ST_OK);
	return c;
}
