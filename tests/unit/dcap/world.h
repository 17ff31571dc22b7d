/*
 * An Intel of our own: root, PCK CA, PCK, TCB signing, CRLs, documents, quoting enclave. Right in all that a test does not change
 * between world_init() and world_run(). Everything is signed anew by world_run(), so what a test changes is genuinely signed.
 */
#ifndef TESTS_UNIT_DCAP_WORLD_H
#define TESTS_UNIT_DCAP_WORLD_H

#include "attest/collateral.h"
#include "base/buf.h"
#include "pki.h"

enum world_key { KEY_ROOT, KEY_CA, KEY_PCK, KEY_SIGNER, KEY_ATTESTATION, KEY_STRANGER, KEY_COUNT };
enum world_window { WINDOW_ROOT, WINDOW_CA, WINDOW_PCK, WINDOW_SIGNER, WINDOW_PCK_CRL, WINDOW_ROOT_CRL, WINDOW_COUNT };
struct world {
	enum tee_kind kind;
	unsigned version, body_type; /* quote; body_type counts in version 5 */
	uint8_t body[648], qe[384];
	char tcb_info[8192], identity[2048]; /* world_edit() changes them */
	EVP_PKEY *keys[KEY_COUNT];
	/* who signs what: KEY_… */
	enum world_key signs_pck, signs_signer, signs_documents, signs_qe, signs_quote, signs_pck_crl, signs_root_crl;
	const char *ca_cn, *pck_cn, *signer_cn;
	const char *from[WINDOW_COUNT], *to[WINDOW_COUNT]; /* ASN.1 times; NULL: 2024 to 2034 */
	const char *revoked_pck, *revoked_root; /* serial in hex listed by the PCK CA's and the root's CRL; NULL: none;
	                                                     * root 1, CA 2, PCK 3, TCB signing 4 */
	bool pck_is_ca, no_extension;
	struct buf extension; /* of the PCK */
	const char *pem_order; /* "pcr": PCK, CA, root */
	const char *pem_before, *pem_after;
	uint8_t auth_len;
	bool keep_binding; /* qe's report data is the test's own */
	struct att_item more[4]; /* in front of the bundle's own items */
	size_t n_more;
	struct buf quote, bundle; /* of the last run */
};

void world_init(struct world *w, enum tee_kind kind);
void world_clear(struct world *w);
/* Replaces the first `from` in a document, which must be there. */
void world_edit(char *document, const char *from, const char *to);

struct world_run {
	enum status st;
	struct att_claims claims;
	struct att_finding finding;
};
struct world_run world_run(struct world *w);
/* Judges w->quote and w->bundle as they are now. */
struct world_run world_again(const struct world *w);
/* Runs and stops the test unless it ends so. */
struct world_run world_expect(struct world *w, enum status st, enum att_check check);

#endif
