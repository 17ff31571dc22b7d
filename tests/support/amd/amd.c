#include "amd.h"

#include "../test.h"

#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#define AMD_OID "1.3.6.1.4.1.3704.1."
enum { RSA_BITS = 2048, CERTIFICATES = 3, SIGNED_LEN = 0x2a0, FIELD_LEN = 72, P384_LEN = 48 };
static const int64_t ca_not_before = 1577836800, ca_not_after = 2524608000; /* 2020 to 2050 */

struct amd_vendor {
	char product[16];
	enum att_root root;
	EVP_PKEY *keys[CERTIFICATES], *leaf_key;
	struct buf der[CERTIFICATES];
	X509_NAME *names[CERTIFICATES];
	struct att_anchor anchor;
};

#define MUST(condition) assert_true(condition)

static X509_NAME *name_of(const char *common_name)
{
	static const struct {
		const char *key, *value;
	} parts[] = {
	    {"OU", "Engineering"}, {"C", "US"}, {"L", "Santa Clara"}, {"ST", "CA"}, {"O", "Advanced Micro Devices"}};
	X509_NAME *n = X509_NAME_new();

	MUST(n);
	for (size_t k = 0; k < COUNT_OF(parts); k++)
		MUST(X509_NAME_add_entry_by_txt(
		    n, parts[k].key, MBSTRING_ASC, (const uint8_t *)parts[k].value, -1, -1, 0));
	MUST(X509_NAME_add_entry_by_txt(n, "CN", MBSTRING_ASC, (const uint8_t *)common_name, -1, -1, 0));
	return n;
}

/* RSASSA-PSS as AMD signs: SHA-384, MGF1 with SHA-384, salt 48. */
static EVP_MD_CTX *pss(EVP_PKEY *key)
{
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	EVP_PKEY_CTX *ctx = NULL;

	MUST(md && EVP_DigestSignInit(md, &ctx, EVP_sha384(), NULL, key) == 1);
	MUST(EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) == 1);
	MUST(EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, EVP_sha384()) == 1);
	MUST(EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, P384_LEN) == 1);
	return md;
}

static void set_times(X509 *c, int64_t not_before, int64_t not_after)
{
	MUST(ASN1_TIME_adj(X509_getm_notBefore(c), (time_t)not_before, 0, 0));
	MUST(ASN1_TIME_adj(X509_getm_notAfter(c), (time_t)not_after, 0, 0));
}

static void add_text_extension(X509 *c, int nid, const char *value)
{
	X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, NULL, nid, value);

	MUST(e && X509_add_ext(c, e, -1) == 1);
	X509_EXTENSION_free(e);
}

static void append_der(struct buf *out, X509 *c)
{
	uint8_t *der = NULL;
	int len = i2d_X509(c, &der);

	MUST(len > 0);
	buf_append(out, der, (size_t)len);
	OPENSSL_free(der);
}

static void issue_ca(struct amd_vendor *v, enum amd_certificate which, const char *prefix, long serial)
{
	char common_name[64];
	X509 *c = X509_new();

	snprintf(common_name, sizeof common_name, "%s%s", prefix, v->product);
	v->names[which] = name_of(common_name);
	v->keys[which] = EVP_RSA_gen(RSA_BITS);
	MUST(c && v->keys[which] && X509_set_version(c, 2) == 1);
	MUST(ASN1_INTEGER_set(X509_get_serialNumber(c), serial) == 1);
	MUST(X509_set_subject_name(c, v->names[which]) == 1 && X509_set_issuer_name(c, v->names[AMD_ARK]) == 1);
	MUST(X509_set_pubkey(c, v->keys[which]) == 1);
	set_times(c, ca_not_before, ca_not_after);
	add_text_extension(
	    c, NID_basic_constraints, which == AMD_ARK ? "critical,CA:TRUE" : "critical,CA:TRUE,pathlen:0");
	add_text_extension(
	    c, NID_key_usage, which == AMD_ARK ? "critical,keyCertSign,cRLSign" : "critical,keyCertSign");
	EVP_MD_CTX *md = pss(v->keys[AMD_ARK]);
	MUST(X509_sign_ctx(c, md) > 0);
	append_der(&v->der[which], c);
	EVP_MD_CTX_free(md);
	X509_free(c);
}

void amd_vendor_free(struct amd_vendor *v)
{
	if (!v)
		return;
	for (size_t k = 0; k < CERTIFICATES; k++) {
		EVP_PKEY_free(v->keys[k]);
		X509_NAME_free(v->names[k]);
		buf_clear(&v->der[k]);
	}
	EVP_PKEY_free(v->leaf_key);
	free(v);
}

struct slice amd_vendor_certificate(const struct amd_vendor *v, enum amd_certificate which)
{
	return buf_view(&v->der[which]);
}

static void set_anchor(struct amd_vendor *v)
{
	struct x509 *c;

	assert_int_equal(x509_parse(&c, buf_view(&v->der[AMD_ARK])), ST_OK);
	v->anchor.root = v->root;
	x509_pin(v->anchor.pin, c);
	x509_free(c);
}

struct amd_vendor *amd_vendor_new(const char *product, enum att_root root)
{
	struct amd_vendor *v = calloc(1, sizeof *v);

	MUST(v);
	snprintf(v->product, sizeof v->product, "%s", product);
	v->root = root;
	issue_ca(v, AMD_ARK, "ARK-", 65536);
	issue_ca(v, AMD_ASK, "SEV-", 65537);
	issue_ca(v, AMD_ASVK, "SEV-VLEK-", 65538);
	v->leaf_key = EVP_EC_gen("P-384");
	MUST(v->leaf_key);
	set_anchor(v);
	return v;
}

struct att_anchor amd_vendor_anchor(const struct amd_vendor *v)
{
	return v->anchor;
}

void amd_leaf_extension(struct amd_leaf *leaf, const char *oid, const void *value, size_t len)
{
	size_t at = 0;

	while (at < leaf->n_extensions && strcmp(leaf->extensions[at].oid, oid) != 0)
		at++;
	if (!value) {
		MUST(at < leaf->n_extensions);
		leaf->extensions[at] = leaf->extensions[--leaf->n_extensions];
		return;
	}
	MUST(at < AMD_EXTENSIONS_MAX && len <= sizeof leaf->extensions[at].value);
	if (at == leaf->n_extensions)
		leaf->n_extensions++;
	struct amd_extension *e = &leaf->extensions[at];
	snprintf(e->oid, sizeof e->oid, "%s", oid);
	memcpy(e->value, value, len);
	e->len = (uint8_t)len;
}

static void add_integer(struct amd_leaf *leaf, const char *oid, uint8_t v)
{
	const uint8_t small[] = {2, 1, v}, large[] = {2, 2, 0, v};

	amd_leaf_extension(leaf, oid, v < 0x80 ? small : large, v < 0x80 ? sizeof small : sizeof large);
}

static void add_ia5(struct amd_leaf *leaf, const char *oid, const char *text)
{
	uint8_t value[80] = {0x16, (uint8_t)strlen(text)};

	memcpy(value + 2, text, strlen(text));
	amd_leaf_extension(leaf, oid, value, 2 + strlen(text));
}

void amd_leaf_default(struct amd_leaf *out, const struct amd_vendor *v, bool vlek,
    const uint8_t tcb[static SNP_TCB_COUNT], const uint8_t chip[static 64])
{
	bool turin = v->root == ATT_ROOT_AMD_TURIN;

	*out = (struct amd_leaf){.vlek = vlek,
	    .subject_cn = vlek ? "SEV-VLEK" : "SEV-VCEK",
	    .not_before = 1672531200,
	    .not_after = 1893456000}; /* 2023 to 2030 */
	add_integer(out, "1", turin);
	add_ia5(out, "2", v->product);
	if (turin)
		add_integer(out, "3.9", tcb[SNP_FMC]);
	else
		add_integer(out, "3.4", 0);
	add_integer(out, "3.1", tcb[SNP_BOOT_LOADER]);
	add_integer(out, "3.2", tcb[SNP_TEE]);
	add_integer(out, "3.3", tcb[SNP_SNP]);
	add_integer(out, "3.5", 0);
	add_integer(out, "3.6", 0);
	add_integer(out, "3.7", 0);
	add_integer(out, "3.8", tcb[SNP_MICROCODE]);
	if (vlek)
		add_ia5(out, "5", "CN=cc.cloud.example");
	else
		amd_leaf_extension(out, "4", chip, turin ? 8 : 64);
}

static void add_private_extension(X509 *c, const struct amd_extension *from)
{
	char oid[64];
	ASN1_OCTET_STRING *value = ASN1_OCTET_STRING_new();

	snprintf(oid, sizeof oid, AMD_OID "%s", from->oid);
	ASN1_OBJECT *object = OBJ_txt2obj(oid, 1);
	MUST(value && object && ASN1_OCTET_STRING_set(value, from->value, from->len) == 1);
	X509_EXTENSION *e = X509_EXTENSION_create_by_OBJ(NULL, object, 0, value);
	MUST(e && X509_add_ext(c, e, -1) == 1);
	X509_EXTENSION_free(e);
	ASN1_OBJECT_free(object);
	ASN1_OCTET_STRING_free(value);
}

void amd_leaf_issue(struct buf *out, const struct amd_vendor *v, const struct amd_leaf *leaf)
{
	enum amd_certificate issuer = leaf->vlek ? AMD_ASVK : AMD_ASK;
	X509 *c = X509_new();
	X509_NAME *subject = name_of(leaf->subject_cn);

	MUST(c && X509_set_version(c, 2) == 1 && ASN1_INTEGER_set(X509_get_serialNumber(c), 0) == 1);
	MUST(X509_set_subject_name(c, subject) == 1 && X509_set_issuer_name(c, v->names[issuer]) == 1);
	MUST(X509_set_pubkey(c, v->leaf_key) == 1);
	set_times(c, leaf->not_before, leaf->not_after);
	if (leaf->ca)
		add_text_extension(c, NID_basic_constraints, "critical,CA:TRUE");
	for (size_t k = 0; k < leaf->n_extensions; k++)
		add_private_extension(c, &leaf->extensions[k]);
	EVP_MD_CTX *md = pss(v->keys[issuer]);
	MUST(X509_sign_ctx(c, md) > 0);
	append_der(out, c);
	EVP_MD_CTX_free(md);
	X509_NAME_free(subject);
	X509_free(c);
}

static void put_tcb(uint8_t *out, bool turin, const uint8_t tcb[static SNP_TCB_COUNT])
{
	static const uint8_t places[2][SNP_TCB_COUNT] = {
	    {UINT8_MAX, 0, 1, 6, 7},
	    {0, 1, 2, 3, 7},
	};

	for (size_t k = 0; k < SNP_TCB_COUNT; k++)
		if (places[turin][k] != UINT8_MAX)
			out[places[turin][k]] = tcb[k];
}

void amd_report_default(uint8_t out[static AMD_REPORT_LEN], const struct amd_vendor *v, uint32_t version, bool vlek,
    const uint8_t tcb[static SNP_TCB_COUNT], const uint8_t chip[static 64])
{
	bool turin = v->root == ATT_ROOT_AMD_TURIN;

	memset(out, 0, AMD_REPORT_LEN);
	out[0] = (uint8_t)version;
	out[8 + 2] = 3; /* policy 0x30000: SMT, and bit 17 */
	out[0x34] = 1;
	out[0x48] = vlek ? 4 : 0;
	put_tcb(out + 0x38, turin, tcb);
	put_tcb(out + 0x180, turin, tcb);
	put_tcb(out + 0x1e0, turin, tcb);
	put_tcb(out + 0x1f0, turin, tcb);
	if (version >= 3)
		out[0x188] = turin ? 0x1a : 0x19;
	if (!vlek)
		memcpy(out + 0x1a0, chip, turin ? 8 : 64);
}

static void put_scalar(uint8_t *out, const BIGNUM *n)
{
	uint8_t le[P384_LEN];

	MUST(BN_bn2lebinpad(n, le, sizeof le) == sizeof le);
	memset(out, 0, FIELD_LEN);
	memcpy(out, le, sizeof le);
}

void amd_report_sign(uint8_t report[static AMD_REPORT_LEN], const struct amd_vendor *v)
{
	uint8_t der[128];
	const uint8_t *at = der;
	size_t len = sizeof der;
	EVP_MD_CTX *md = EVP_MD_CTX_new();

	MUST(md && EVP_DigestSignInit(md, NULL, EVP_sha384(), NULL, v->leaf_key) == 1);
	MUST(EVP_DigestSign(md, der, &len, report, SIGNED_LEN) == 1);
	ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &at, (long)len);
	MUST(sig);
	put_scalar(report + SIGNED_LEN, ECDSA_SIG_get0_r(sig));
	put_scalar(report + SIGNED_LEN + FIELD_LEN, ECDSA_SIG_get0_s(sig));
	ECDSA_SIG_free(sig);
	EVP_MD_CTX_free(md);
}

static void revoke(X509_CRL *crl, long serial, int64_t when)
{
	X509_REVOKED *entry = X509_REVOKED_new();
	ASN1_INTEGER *number = ASN1_INTEGER_new();
	ASN1_TIME *time = ASN1_TIME_adj(NULL, (time_t)when, 0, 0);

	MUST(entry && number && time && ASN1_INTEGER_set(number, serial) == 1);
	MUST(X509_REVOKED_set_serialNumber(entry, number) == 1 && X509_REVOKED_set_revocationDate(entry, time) == 1);
	MUST(X509_CRL_add0_revoked(crl, entry) == 1);
	ASN1_INTEGER_free(number);
	ASN1_TIME_free(time);
}

void amd_crl_issue(struct buf *out, const struct amd_vendor *v, bool revoke_ask, bool revoke_asvk, bool foreign_key,
    int64_t this_update, int64_t next_update)
{
	X509_CRL *crl = X509_CRL_new();
	ASN1_TIME *from = ASN1_TIME_adj(NULL, (time_t)this_update, 0, 0),
		  *to = ASN1_TIME_adj(NULL, (time_t)next_update, 0, 0);
	uint8_t *der = NULL;

	MUST(crl && from && to && X509_CRL_set_version(crl, 1) == 1 &&
	     X509_CRL_set_issuer_name(crl, v->names[AMD_ARK]) == 1);
	MUST(X509_CRL_set1_lastUpdate(crl, from) == 1 && X509_CRL_set1_nextUpdate(crl, to) == 1);
	revoke(crl, 70000, this_update);
	if (revoke_ask)
		revoke(crl, 65537, this_update);
	if (revoke_asvk)
		revoke(crl, 65538, this_update);
	EVP_MD_CTX *md = pss(v->keys[foreign_key ? AMD_ASK : AMD_ARK]);
	MUST(X509_CRL_sign_ctx(crl, md) > 0);
	int len = i2d_X509_CRL(crl, &der);
	MUST(len > 0);
	buf_append(out, der, (size_t)len);
	OPENSSL_free(der);
	EVP_MD_CTX_free(md);
	ASN1_TIME_free(from);
	ASN1_TIME_free(to);
	X509_CRL_free(crl);
}
