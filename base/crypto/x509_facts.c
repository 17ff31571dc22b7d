/* What a certificate says, taken out of the library's form (RFC 5280 section 4). */
#include "der.h"
#include "x509_internal.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/x509v3.h>

struct slice name_der(const X509_NAME *name)
{
	const unsigned char *der;
	size_t len;

	if (X509_NAME_get0_der(name, &der, &len) != 1)
		return (struct slice){0};
	return slice_of(der, len);
}

/* "for people": anything unusual is left out rather than converted. */
void common_name(char out[static 65], const X509_NAME *name)
{
	int at = X509_NAME_get_index_by_NID(name, NID_commonName, -1);

	out[0] = 0;
	if (at < 0 || X509_NAME_get_index_by_NID(name, NID_commonName, at) >= 0)
		return;
	const ASN1_STRING *cn = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at));
	int type = ASN1_STRING_type(cn), len = ASN1_STRING_length(cn);
	const unsigned char *text = ASN1_STRING_get0_data(cn);
	if (len > 64 || (type != V_ASN1_PRINTABLESTRING && type != V_ASN1_UTF8STRING && type != V_ASN1_IA5STRING))
		return;
	for (int i = 0; i < len; i++)
		if (text[i] < 0x20 || text[i] > 0x7e)
			return;
	memcpy(out, text, (size_t)len);
	out[len] = 0;
}

static bool two_digits(const unsigned char *p, int64_t lowest, int64_t highest, int64_t *out)
{
	if (p[0] < '0' || p[0] > '9' || p[1] < '0' || p[1] > '9')
		return false;
	*out = 10 * (p[0] - '0') + (p[1] - '0');
	return *out >= lowest && *out <= highest;
}

static bool is_leap(int64_t year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* Days from 1970-01-01, year 0 to 9999. Every fourth year before this one was a leap year, but for the centuries. */
static int64_t days_before(int64_t year, int64_t month)
{
	static const int before_month[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
	int64_t y = year - 1;
	int64_t days = 365 * year + (y < 0 ? -1 : y / 4 - y / 100 + y / 400) + 1; /* from 0000-01-01; year 0 was leap */

	return days - 719528 + before_month[month - 1] + (month > 2 && is_leap(year));
}

static bool seconds_of(const unsigned char *p, int64_t year, int64_t *out_s)
{
	static const int length[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int64_t month, day, hour, minute, second;

	if (!two_digits(p, 1, 12, &month) || !two_digits(p + 2, 1, 31, &day) || !two_digits(p + 4, 0, 23, &hour) ||
	    !two_digits(p + 6, 0, 59, &minute) || !two_digits(p + 8, 0, 59, &second) || p[10] != 'Z')
		return false;
	if (day > length[month - 1] + (month == 2 && is_leap(year)))
		return false;
	*out_s = ((days_before(year, month) + day - 1) * 24 + hour) * 3600 + minute * 60 + second;
	return true;
}

/* With seconds and Z, and nothing else; two-digit years are 1950 to 2049. Our own arithmetic: the C library's may read a time
 * zone file. */
bool time_read(const ASN1_TIME *t, int64_t *out_s)
{
	int64_t century, year;

	if (!t)
		return false;
	int type = ASN1_STRING_type(t), len = ASN1_STRING_length(t);
	const unsigned char *p = ASN1_STRING_get0_data(t);
	if (type == V_ASN1_UTCTIME && len == 13 && two_digits(p, 0, 99, &year))
		return seconds_of(p + 2, year + (year < 50 ? 2000 : 1900), out_s);
	if (type == V_ASN1_GENERALIZEDTIME && len == 15 && two_digits(p, 0, 99, &century) &&
	    two_digits(p + 2, 0, 99, &year))
		return seconds_of(p + 4, 100 * century + year, out_s);
	return false;
}

/* Zero is AMD's; a negative number is nobody's (RFC 5280 section 4.1.2.2). */
static enum status serial_fill(struct x509 *c)
{
	uint8_t der[X509_SERIAL_MAX + 2], *at = der;
	const ASN1_INTEGER *serial = X509_get0_serialNumber(c->lib);
	int len = i2d_ASN1_INTEGER(serial, NULL);

	if (len <= 0)
		return library_failed(ST_FORMAT);
	if (ASN1_STRING_type(serial) == V_ASN1_NEG_INTEGER)
		return ST_FORMAT;
	if ((size_t)len > sizeof der)
		return ST_TOO_LARGE;
	(void)i2d_ASN1_INTEGER(serial, &at); /* at most 2 + 21 bytes, so its head is two bytes long */
	if ((size_t)len == sizeof der && der[2] != 0)
		return ST_TOO_LARGE;
	memcpy(c->serial, der + 2, (size_t)len - 2);
	c->facts.serial = slice_of(c->serial, (size_t)len - 2);
	return ST_OK;
}

/* SEC 1 section 2.3.3, uncompressed; the library has checked that the point is on the curve. */
static enum status ec_fill(struct x509 *c, int curve, struct slice point)
{
	size_t field = curve == NID_X9_62_prime256v1 ? 32 : 48;

	if (curve != NID_X9_62_prime256v1 && curve != NID_secp384r1)
		return ST_UNSUPPORTED;
	if (point.len != 1 + 2 * field || point.ptr[0] != 4)
		return ST_UNSUPPORTED;
	c->facts.key = field == 32 ? X509_P256 : X509_P384;
	memcpy(c->x, point.ptr + 1, field);
	memcpy(c->y, point.ptr + 1 + field, field);
	c->facts.x = slice_of(c->x, field);
	c->facts.y = slice_of(c->y, field);
	return ST_OK;
}

static bool number_fill(const EVP_PKEY *key, const char *name, uint8_t *out, size_t cap, struct slice *fact)
{
	BIGNUM *v = NULL;
	bool fits = EVP_PKEY_get_bn_param(key, name, &v) == 1 && (size_t)BN_num_bytes(v) <= cap;

	if (fits)
		*fact = slice_of(out, (size_t)BN_bn2bin(v, out));
	BN_free(v);
	return fits;
}

/* Vendors' exponents are 65537; a smaller, even or very long one is refused. */
static enum status rsa_fill(struct x509 *c, const EVP_PKEY *key)
{
	int bits = EVP_PKEY_get_bits(key);

	if (bits < 2048 || bits > 8 * X509_RSA_MAX)
		return ST_UNSUPPORTED;
	if (!number_fill(key, OSSL_PKEY_PARAM_RSA_N, c->x, sizeof c->x, &c->facts.x) ||
	    !number_fill(key, OSSL_PKEY_PARAM_RSA_E, c->y, 4, &c->facts.y))
		return library_failed(ST_UNSUPPORTED);
	if (c->facts.y.len < 3 || c->y[c->facts.y.len - 1] % 2 == 0)
		return ST_UNSUPPORTED;
	c->facts.key = X509_RSA;
	return ST_OK;
}

/* The parameters must name the curve: explicit ones could be anything. */
static enum status key_fill(struct x509 *c)
{
	X509_PUBKEY *spki = X509_get_X509_PUBKEY(c->lib);
	ASN1_OBJECT *oid;
	const ASN1_OBJECT *algorithm;
	const unsigned char *point;
	X509_ALGOR *alg;
	const void *parameter;
	int point_len, type;

	int len = i2d_X509_PUBKEY(spki, &c->spki);
	if (len <= 0)
		return library_failed(ST_FORMAT);
	c->facts.spki = slice_of(c->spki, (size_t)len);
	if (X509_PUBKEY_get0_param(&oid, &point, &point_len, &alg, spki) != 1)
		return library_failed(ST_FORMAT);
	X509_ALGOR_get0(&algorithm, &type, &parameter, alg);
	int kind = OBJ_obj2nid(algorithm);
	const EVP_PKEY *key = X509_PUBKEY_get0(spki);
	if (!key)
		return library_failed(ST_UNSUPPORTED);
	if (kind == NID_X9_62_id_ecPublicKey && type == V_ASN1_OBJECT)
		return ec_fill(c, OBJ_obj2nid(parameter), slice_of(point, (size_t)point_len));
	if (kind == NID_rsaEncryption && type == V_ASN1_NULL)
		return rsa_fill(c, key);
	return ST_UNSUPPORTED;
}

/* The decoded value of an extension, NULL and ST_OK when it is absent. It must be the one encoding of what it says. */
static enum status extension_value(const struct x509 *c, int nid, const ASN1_ITEM *type, void **out)
{
	int at = X509_get_ext_by_NID(c->lib, nid, -1);
	uint8_t *again = NULL;
	enum status st = ST_OK;

	*out = NULL;
	if (at < 0)
		return ST_OK;
	const ASN1_OCTET_STRING *data = X509_EXTENSION_get_data(X509_get_ext(c->lib, at));
	const unsigned char *p = ASN1_STRING_get0_data(data);
	size_t given = (size_t)ASN1_STRING_length(data);
	if (der_check(slice_of(p, given)) != ST_OK)
		return ST_FORMAT;
	void *value = ASN1_item_d2i(NULL, &p, (long)given, type);
	if (!value)
		return library_failed(ST_FORMAT);
	int len = ASN1_item_i2d(value, &again, type);
	if (len <= 0)
		st = library_failed(ST_FORMAT);
	else if (!slice_equal(slice_of(again, (size_t)len), slice_of(ASN1_STRING_get0_data(data), given)))
		st = ST_FORMAT;
	OPENSSL_free(again);
	if (st == ST_OK)
		*out = value;
	else
		ASN1_item_free(value, type);
	return st;
}

static enum status constraints_fill(struct x509 *c)
{
	struct x509_facts *f = &c->facts;
	void *value;
	int64_t limit = 0;
	enum status st;

	f->path_len = -1;
	TRY(extension_value(c, NID_basic_constraints, ASN1_ITEM_rptr(BASIC_CONSTRAINTS), &value));
	const BASIC_CONSTRAINTS *b = value;
	if (!b)
		return ST_OK;
	f->basic_constraints = true;
	f->ca = b->ca != 0;
	if (b->pathlen) {
		/* RFC 5280 section 4.2.1.9: only where CA is true; never negative. What exceeds a chain is no limit more. */
		if (!f->ca || ASN1_INTEGER_get_int64(&limit, b->pathlen) != 1 || limit < 0)
			st = library_failed(ST_FORMAT);
		f->path_len = limit > X509_CHAIN_MAX ? X509_CHAIN_MAX : (int)limit;
	}
	BASIC_CONSTRAINTS_free(value);
out:
	return st;
}

static enum status usage_fill(struct x509 *c)
{
	struct x509_facts *f = &c->facts;
	void *value;
	enum status st;

	TRY(extension_value(c, NID_key_usage, ASN1_ITEM_rptr(ASN1_BIT_STRING), &value));
	ASN1_BIT_STRING *bits = value;
	if (!bits)
		return ST_OK;
	f->key_usage = true; /* RFC 5280 section 4.2.1.3: the bits' numbers */
	f->digital_signature = ASN1_BIT_STRING_get_bit(bits, 0);
	f->key_cert_sign = ASN1_BIT_STRING_get_bit(bits, 5);
	f->crl_sign = ASN1_BIT_STRING_get_bit(bits, 6);
	ASN1_BIT_STRING_free(bits);
out:
	return st;
}

enum status facts_fill(struct x509 *c)
{
	struct x509_facts *f = &c->facts;
	enum status st;

	f->subject = name_der(X509_get_subject_name(c->lib));
	f->issuer = name_der(X509_get_issuer_name(c->lib));
	if (f->subject.len == 0 || f->issuer.len == 0)
		return library_failed(ST_FORMAT);
	common_name(f->subject_cn, X509_get_subject_name(c->lib));
	common_name(f->issuer_cn, X509_get_issuer_name(c->lib));
	if (!time_read(X509_get0_notBefore(c->lib), &f->not_before) ||
	    !time_read(X509_get0_notAfter(c->lib), &f->not_after))
		return ST_FORMAT;
	TRY(serial_fill(c));
	TRY(key_fill(c));
	TRY(constraints_fill(c));
	TRY(usage_fill(c));
out:
	return st;
}
