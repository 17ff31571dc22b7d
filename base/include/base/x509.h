/*
 * X.509 certificates and CRLs (RFC 5280) as TEE vendors issue them, over OpenSSL; no type of it appears here. Pure:
 * DER and time in, facts or the first failed check out. Every byte is hostile. Parsing allocates; nothing else does.
 *
 * Only what occurs in vendors' chains is understood, all else is ST_UNSUPPORTED: keys P-256, P-384, RSA 2048..4096;
 * signatures ecdsa-with-SHA256, ecdsa-with-SHA384, RSASSA-PSS with SHA-384, MGF1-SHA-384 and salt 48 (RFC 4055, the
 * parameters are checked), RSASSA-PKCS1v15 with SHA-256 or SHA-384. The inner and outer algorithm must agree. No extension twice.
 * An unknown critical extension is ST_UNSUPPORTED.
 */
#ifndef BASE_X509_H
#define BASE_X509_H

#include "base/crypto.h"

enum {
	X509_DER_MAX = 8192,      /* the largest vendor certificate seen has 1.7 KiB */
	X509_CRL_MAX = 65536,
	X509_CHAIN_MAX = 8,
	X509_RSA_MAX = 512,       /* bytes of modulus */
};

enum x509_key { X509_P256 = 1, X509_P384, X509_RSA };

struct x509; /* opaque; keeps its own copy of the DER */
struct x509_facts { /* slices borrow from the certificate */
	struct slice der, subject, issuer; /* names: raw DER, to be compared as such */
	struct slice serial;               /* content bytes of the INTEGER, as encoded; one byte 00 for AMD's leaves */
	struct slice spki;                 /* SubjectPublicKeyInfo, DER */
	char subject_cn[65], issuer_cn[65]; /* for people and for product names: printable ASCII, else empty */
	int64_t not_before, not_after;     /* UTC seconds since 1970; both bounds inclusive */
	enum x509_key key;
	struct slice x, y;                 /* EC: 32 or 48 bytes each, big endian; RSA: modulus and exponent, no leading zeros */
	bool basic_constraints, ca;
	int path_len;                      /* -1: no limit */
	bool key_usage, key_cert_sign, crl_sign, digital_signature;
};

/* ST_TRUNCATED, ST_TRAILING, ST_FORMAT, ST_TOO_LARGE, ST_DUPLICATE (an extension twice), ST_UNSUPPORTED, ST_NO_MEMORY.
 * *out is written only on ST_OK. The DER must re-encode to itself. */
MUST_USE enum status x509_parse(struct x509 **out, struct slice der);
void x509_free(struct x509 *c); /* NULL is fine */
const struct x509_facts *x509_facts(const struct x509 *c);
/* Value of an extension (content of extnValue), by dotted OID "1.3.6.1.4.1.3704.1.1"; false when there is none. */
bool x509_extension(const struct x509 *c, const char *oid, struct slice *value, bool *critical);

/* The signature on `c` by the key of `issuer`, nothing else: ST_OK, ST_SIGNATURE, ST_NO_MEMORY. */
MUST_USE enum status x509_signed_by(const struct x509 *c, const struct x509 *issuer);
/* Signature over a message by the key of `c`: raw r || s for EC (the curve's own hash; r, s in [1, n-1]), ST_KEY for RSA. */
MUST_USE enum status x509_verify_raw(const struct x509 *c, struct slice sig, struct slice msg);

/* One step of path validation (RFC 5280, section 6.1.3 and 6.1.4) from issuer to subject, `below` CA certificates
 * following the issuer before the leaf. First failed check: */
enum x509_fault { X509_FINE, X509_FAULT_NAME, X509_FAULT_NOT_CA, X509_FAULT_PATH_LEN, X509_FAULT_KEY_USAGE,
	X509_FAULT_SIGNATURE, X509_FAULT_NOT_YET, X509_FAULT_EXPIRED, X509_FAULT_SELF /* the anchor is not self-signed */ };
const char *x509_fault_text(enum x509_fault f); /* "the issuer's name differs" */
/* A chain from the anchor, chain[0], to the leaf, chain[n-1]; 1..X509_CHAIN_MAX certificates. The anchor's self-signature, names,
 * CA, pathLen, keyCertSign (where keyUsage is present; an intermediate without it is refused), signatures, and validity
 * of each at every instant of [earliest, latest]. That the anchor is the pinned one is the caller's check (x509_pinned).
 * X509_FINE, or the first fault and the position of the certificate in *where. ST_NO_MEMORY in *st, else ST_OK. */
enum x509_fault x509_chain(const struct x509 *const *chain, size_t n, int64_t earliest_s, int64_t latest_s, size_t *where,
    enum status *st);
/* SHA-256 of the SubjectPublicKeyInfo: how anchors are pinned. */
void x509_pin(uint8_t out[static 32], const struct x509 *c);

struct x509_crl;
struct x509_crl_facts {
	struct slice issuer;              /* raw DER name */
	char issuer_cn[65];
	int64_t this_update, next_update; /* nextUpdate is required */
	size_t revoked;
};
MUST_USE enum status x509_crl_parse(struct x509_crl **out, struct slice der);
void x509_crl_free(struct x509_crl *c);
const struct x509_crl_facts *x509_crl_facts(const struct x509_crl *c);
/* Signature by the key of `issuer` (name equal, cRLSign where keyUsage is present): ST_OK, ST_SIGNATURE, ST_NO_MEMORY. */
MUST_USE enum status x509_crl_signed_by(const struct x509_crl *c, const struct x509 *issuer);
bool x509_crl_lists(const struct x509_crl *c, const struct x509 *cert); /* by serial; the caller has compared issuers */

/* Next PEM block of `text` whose label is `label` ("CERTIFICATE", "X509 CRL"); text before "-----BEGIN" must be blank.
 * Decodes into out (cap bytes). *rest moves behind it. ST_OK, and *len is 0 when only blanks and at most one final NUL
 * are left; ST_FORMAT for anything else (another label, bad base64, no END), ST_TOO_LARGE. */
MUST_USE enum status pem_next(uint8_t *out, size_t cap, size_t *len, const char *label, struct slice *rest);

/* RSASSA-PKCS1v15 with SHA-256 (TPM quotes). n, e big endian; 2048..4096 bits. ST_OK, ST_KEY, ST_SIGNATURE, ST_NO_MEMORY. */
MUST_USE enum status rsa_pkcs1_sha256_verify(struct slice n, struct slice e, struct slice sig, struct slice msg);

void sha256(uint8_t out[static 32], struct slice a, struct slice b); /* of a || b */
void sha384(uint8_t out[static 48], struct slice a, struct slice b);

#endif
