/* Keys, certificates and CRLs over OpenSSL for test vendors. Every failure aborts. Private to tests/support/tee. */
#ifndef TESTS_SUPPORT_TEE_PKI_H
#define TESTS_SUPPORT_TEE_PKI_H

#include "base/buf.h"

#include <openssl/evp.h>
#include <openssl/x509.h>

#define REQUIRE(x)                                                                                                     \
	do {                                                                                                           \
		if (!(x))                                                                                              \
			pki_fail(#x, __FILE__, __LINE__);                                                              \
	} while (0)
_Noreturn void pki_fail(const char *what, const char *file, int line);

struct pki_extension {
	const char *oid;
	struct slice value; /* content of extnValue */
};
struct pki_wish {
	const char *names; /* "C=US/O=Amazon/CN=aws.nitro-enclaves" */
	int64_t from, to;
	long serial; /* -1: random */
	const char *basic, *usage; /* OpenSSL's words, NULL: extension absent */
	const struct pki_extension *extra;
	size_t n_extra;
	bool pss, sha384;
};
struct pki_signer {
	EVP_PKEY *key;
	X509 *cert; /* NULL: self-signed */
};
EVP_PKEY *pki_ec(const char *curve);
EVP_PKEY *pki_rsa(void);
X509 *pki_issue(EVP_PKEY *key, const struct pki_wish *w, struct pki_signer by);
void pki_crl(struct buf *der, struct pki_signer by, int64_t from, int64_t to, const X509 *revoked);
void pki_der(struct buf *out, X509 *cert);
void pki_pem(struct buf *out, X509 *cert);
void pki_pin(uint8_t out[static 32], X509 *cert);
/* r || s, `half` bytes each */
void pki_sign_raw(uint8_t *out, size_t half, EVP_PKEY *key, struct slice msg);
void pki_public_xy(uint8_t *out, size_t half, EVP_PKEY *key);
void pki_digest(uint8_t *out, const EVP_MD *md, struct slice a, struct slice b);

void pki_write(const char *folder, const char *name, struct slice bytes);
void pki_read(struct buf *out, const char *folder, const char *name);
void pki_write_key(const char *folder, const char *name, EVP_PKEY *key);
EVP_PKEY *pki_read_key(const char *folder, const char *name);

struct vendor {
	EVP_PKEY *nitro, *pck, *attestation, *vcek;
	struct buf nitro_ca[4], nitro_leaf, pck_chain, ark, ask, vcek_der;
};
/* collateral items and anchors are gathered by these */
struct vendor_build {
	const char *folder;
	int64_t now;
	struct buf *keep; /* storage of items; see vendor.c */
	size_t n_items;
	struct {
		int type;
		struct buf bytes;
		uint8_t signature[64];
		size_t signature_len;
	} items[16];
	struct buf anchors;
};
void build_item(struct vendor_build *b, int type, struct slice bytes, const uint8_t *signature);
void build_anchor(struct vendor_build *b, int root, X509 *cert);
void nitro_make(struct vendor_build *b);
void dcap_make(struct vendor_build *b);
void snp_make(struct vendor_build *b);

#endif
