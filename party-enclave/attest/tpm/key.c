/* The attestation key's SubjectPublicKeyInfo. Its hash is what a policy pins, so each key has one encoding here. */
#include "quote.h"

enum {
	P256_LEN = 32,
	P256_SPKI_LEN = 91,
	DER_SEQUENCE = 0x30,
	DER_INTEGER = 0x02,
	DER_BIT_STRING = 0x03,
	RSA_MODULUS_MIN = 256,
	RSA_EXPONENT_MIN = 3,
	RSA_EXPONENT_MAX = 4
};

/* Everything of a P-256 key but its two coordinates. */
static const uint8_t p256_head[P256_SPKI_LEN - 2 * P256_LEN] = {0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48,
    0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04};
/* AlgorithmIdentifier: rsaEncryption, NULL. */
static const uint8_t rsa_algorithm[] = {
    0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00};

/* A cursor over DER whose failure sticks. */
struct der {
	struct slice rest;
	bool failed;
};

static struct slice take(struct der *d, size_t len)
{
	struct slice s = {d->rest.ptr, len};

	if (d->failed || len > d->rest.len) {
		d->failed = true;
		return (struct slice){0};
	}
	d->rest.ptr += len;
	d->rest.len -= len;
	return s;
}

/* X.690 section 10.1: the shortest form; nothing here is longer than 65,535 bytes. */
static size_t get_length(struct der *d)
{
	struct slice first = take(d, 1);

	if (d->failed || first.ptr[0] < 0x80)
		return d->failed ? 0 : first.ptr[0];
	size_t n = first.ptr[0] & 0x7f, len = 0;
	struct slice bytes = take(d, n <= 2 ? n : SIZE_MAX);
	for (size_t k = 0; k < bytes.len; k++)
		len = len << 8 | bytes.ptr[k];
	if (d->failed || n == 0 || len < (n == 1 ? 0x80u : 0x100u))
		d->failed = true;
	return d->failed ? 0 : len;
}

/* The content of the next item, which must have this tag. */
static struct der enter(struct der *d, uint8_t tag)
{
	struct slice t = take(d, 1);

	if (d->failed || t.ptr[0] != tag)
		d->failed = true;
	struct slice content = take(d, get_length(d));
	return (struct der){content, d->failed};
}

static bool is_done(const struct der *d)
{
	return !d->failed && d->rest.len == 0;
}

/* A positive INTEGER without its sign byte; empty when it is not shortest, negative or zero. */
static struct slice get_positive(struct der *d)
{
	struct der n = enter(d, DER_INTEGER);
	struct slice v = n.rest;

	if (n.failed || v.len == 0 || v.ptr[0] >= 0x80 || (v.ptr[0] == 0 && (v.len == 1 || v.ptr[1] < 0x80))) {
		d->failed = true;
		return (struct slice){0};
	}
	return v.ptr[0] == 0 ? slice_of(v.ptr + 1, v.len - 1) : v;
}

/* SEQUENCE { rsaEncryption, BIT STRING { 00, SEQUENCE { modulus, exponent } } } */
static bool parse_rsa(struct tpm_key *k, struct slice spki)
{
	struct der whole = {spki, false}, body = enter(&whole, DER_SEQUENCE);
	struct slice algorithm = take(&body, sizeof rsa_algorithm);
	struct der bits = enter(&body, DER_BIT_STRING);
	struct slice unused = take(&bits, 1);
	struct der key = enter(&bits, DER_SEQUENCE);

	k->kind = X509_RSA;
	k->x = get_positive(&key); /* in two statements: initialisers of one list have no order */
	k->y = get_positive(&key);
	return is_done(&key) && is_done(&bits) && is_done(&body) && is_done(&whole) && unused.ptr[0] == 0 &&
	       slice_equal(algorithm, slice_of(rsa_algorithm, sizeof rsa_algorithm)) && k->x.len >= RSA_MODULUS_MIN &&
	       k->x.len <= X509_RSA_MAX && k->y.len >= RSA_EXPONENT_MIN && k->y.len <= RSA_EXPONENT_MAX;
}

enum status tpm_key_parse(struct tpm_key *out, struct slice spki)
{
	struct tpm_key k;

	if (spki.len == P256_SPKI_LEN && memcmp(spki.ptr, p256_head, sizeof p256_head) == 0) {
		const uint8_t *x = spki.ptr + sizeof p256_head;
		*out = (struct tpm_key){X509_P256, slice_of(x, P256_LEN), slice_of(x + P256_LEN, P256_LEN)};
		return ST_OK;
	}
	if (!parse_rsa(&k, spki))
		return ST_FORMAT;
	*out = k;
	return ST_OK;
}

enum status tpm_key_verify(const struct tpm_key *k, struct slice signature, struct slice msg)
{
	if (k->kind == X509_P256)
		return ecdsa_verify(ECDSA_P256_SHA256, k->x, k->y, signature, msg);
	return rsa_pkcs1_sha256_verify(k->x, k->y, signature, msg);
}
