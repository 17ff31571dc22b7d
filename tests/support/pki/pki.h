/*
 * A small vendor: keys, certificates and CRLs made at test time, right in all that the test does not ask to be wrong.
 * Failure stops the test. Buffers and keys are the caller's to free.
 */
#ifndef TESTS_SUPPORT_PKI_H
#define TESTS_SUPPORT_PKI_H

#include "base/buf.h"
#include "base/x509.h"

#include <openssl/evp.h>
#include <openssl/x509.h>

EVP_PKEY *pki_ec(const char *group); /* "P-256", "P-384", … */
EVP_PKEY *pki_rsa(unsigned bits);
EVP_PKEY *pki_rsa_e(unsigned bits, unsigned exponent);

enum pki_algorithm {
	PKI_FITTING = 0, /* EC: the curve's hash; RSA: PKCS #1 with SHA-256 */
	PKI_SHA1,
	PKI_SHA256,
	PKI_SHA384,
	PKI_SHA512,
	PKI_PSS_SHA384,
	PKI_PSS_SHA256,
	PKI_PSS_MGF_SHA256,
	PKI_PSS_SALT_32, /* RSA */
	PKI_NO_DIGEST, /* Ed25519 */
};

struct pki_extension {
	const char *oid;
	bool critical;
	struct slice value;
};

struct pki_cert {
	const char *subject, *issuer; /* common names; the issuer's is the subject's when NULL */
	EVP_PKEY *key, *signer; /* the signer is the key when NULL */
	enum pki_algorithm algorithm;
	const char *not_before, *not_after; /* "240101000000Z" or "20240101000000Z"; NULL: 2024 to 2034 */
	const char *serial; /* hex; NULL: "1" */
	bool is_v1;
	bool ca, no_constraints; /* critical basicConstraints unless no_constraints */
	int path_len; /* negative: none */
	int key_usage; /* bits KU_… of openssl/x509v3.h; 0: no extension, negative: empty */
	const struct pki_extension *extensions;
	size_t n_extensions;
};
struct buf pki_cert(const struct pki_cert *want);

/* A root, named `cn`, and a CA below it; both may sign certificates and CRLs. */
struct buf pki_root(const char *cn, EVP_PKEY *key);
struct buf pki_ca(const char *cn, EVP_PKEY *key, const char *issuer, EVP_PKEY *signer, int path_len);
struct buf pki_leaf(const char *cn, EVP_PKEY *key, const char *issuer, EVP_PKEY *signer);

struct pki_crl {
	const char *issuer;
	EVP_PKEY *signer;
	enum pki_algorithm algorithm;
	const char *this_update, *next_update; /* NULL: 2024 and 2034 */
	bool no_next_update, is_v1;
	const char *const *serials; /* hex, revoked */
	size_t n_serials;
	const struct pki_extension *extensions, *entry_extensions; /* of the list; of each entry */
	size_t n_extensions, n_entry_extensions;
};
struct buf pki_crl(const struct pki_crl *want);

/* A signature as r || s over msg, by the curve's hash, for documents that are signed this way. */
struct buf pki_raw_signature(EVP_PKEY *key, struct slice msg);
/* x and y of an EC key, or n and e of an RSA key; big endian, no more than cap bytes. */
struct buf pki_number(EVP_PKEY *key, const char *param, size_t len);

/* Parses, or stops the test. */
struct x509 *pki_parse(const struct buf *der);

#endif
