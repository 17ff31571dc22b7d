/*
 * Vendors' files into collateral, and evidence files into evidence: outside the enclave, for `parley evidence`, `parley
 * collateral`, `parley doctor` and the host. Pure: bytes in, documents or a problem with its place out; no I/O, no clock.
 * Nothing here is trusted: what comes out is judged by the verifiers, so the form is all that is checked.
 *
 * Forms of collateral that are understood, found by looking at the bytes, never at the file's name:
 *   our bundle (attest/collateral.h)
 *   one certificate or CRL: DER, or the DER as hex or base64 text
 *   PEM: CERTIFICATE and X509 CRL blocks in any order, a trailing NUL permitted (Intel's quotes carry such chains)
 *   a signed document of Intel's PCS (API v4): {"tcbInfo":{…},"signature":"…"}, {"enclaveIdentity":{…},"signature":"…"}
 *   the field-named JSON of DCAP libraries: {"tcb_info":"…","tcb_info_signature":"…","pck_crl":"…",…}
 * Signed text is kept byte for byte: it is cut out, never written again.
 *
 * Text encodings of evidence: as it is, hex (either case), base64 and base64url (padding or none); blanks and line breaks within.
 */
#ifndef COLLATERAL_IMPORT_H
#define COLLATERAL_IMPORT_H

#include "attest/collateral.h"
#include "base/problem.h"

enum { COLLATERAL_FILE_MAX = 1 << 20 };

struct collateral_item {
	enum att_item_type type;
	int64_t fetched_s;
	size_t len;
	uint8_t *bytes;
	uint8_t signature[64]; /* of signed JSON; else unused */
};
struct collateral { /* zero it first; about 6 KiB */
	size_t n;
	struct collateral_item items[ATT_ITEMS_MAX];
};
void collateral_clear(struct collateral *c); /* may run twice */

/*
 * Adds what `file` holds: all of it or, on failure, nothing. `name` is for messages. fetched_s: when the file was obtained, 0
 * unknown; a bundle's own dates are kept. What is there already is not added again; of two dates the later stays.
 * ST_COL_FILE (what, where), ST_TOO_LARGE (more than a bundle holds), ST_NO_MEMORY.
 */
MUST_USE enum status collateral_import(
    struct collateral *c, struct slice file, const char *name, int64_t fetched_s, struct problem *p);
/* One document whose type is known already. ST_TOO_LARGE, ST_NO_MEMORY. signature: 64 bytes or NULL. */
MUST_USE enum status collateral_add(
    struct collateral *c, enum att_item_type type, struct slice bytes, const uint8_t *signature, int64_t fetched_s);
void collateral_view(struct att_bundle *out, const struct collateral *c); /* borrowed */
/* The bundle's bytes, for a verifier or a file; documents in a fixed order, so equal sets give equal bytes. ST_TOO_LARGE, ST_NO_MEMORY. */
MUST_USE enum status collateral_encode(struct buf *out, struct collateral *c);

/* ---- what a document says of itself: for people, unverified, printable ASCII ---- */
struct collateral_facts {
	const char *type;        /* "certificate", "crl", "tcb-info", "qe-identity" */
	char subject[65], issuer[65];
	char id[16];             /* "SGX", "TDX", "QE", "TD_QE" */
	char fmspc[13];          /* lower case; TCB info only */
	uint32_t evaluation;     /* tcbEvaluationDataNumber */
	size_t revoked;          /* CRL: entries */
	bool has_window;
	int64_t from_s, to_s;    /* notBefore..notAfter, thisUpdate..nextUpdate, issueDate..nextUpdate */
	int64_t fetched_s;       /* 0 unknown */
};
/* ST_COL_FILE when the document cannot be read; ST_NO_MEMORY. */
MUST_USE enum status collateral_facts(struct collateral_facts *out, const struct att_item *item);

/* ---- evidence files ---- */
enum evidence_form { EVIDENCE_BINARY = 1, EVIDENCE_HEX, EVIDENCE_BASE64, EVIDENCE_AZURE_JSON };
const char *evidence_form_name(enum evidence_form form);
enum { AZURE_PCRS = 24, AZURE_PCR_LEN = 32 };
struct evidence_file {
	enum evidence_form form;
	struct buf bytes;             /* the vendor's own form; of an Azure VM the SNP report */
	struct collateral collateral; /* certificates that the file carried beside it */
	struct buf hcl, message, signature; /* Azure VM: the whole HCL report, and the vTPM's quote (attest/hcl.h) */
	uint8_t pcrs[AZURE_PCRS][AZURE_PCR_LEN];
};
MUST_USE enum status evidence_import(struct evidence_file *out, struct slice file, const char *name, struct problem *p);
void evidence_file_clear(struct evidence_file *e);
/* What the bytes look like, by their first fields; 0 unknown. */
enum tee_kind evidence_kind(struct slice evidence);

/* An Open Enclave report: u32 version 1, u32 type 2, u64 length, then a quote. The quote, or an empty slice. */
struct slice evidence_open_enclave(struct slice evidence);

/* RFC 3339 date-time with zone ("2025-07-01T00:00:00Z", "…+02:00"; a fraction is cut off) into seconds since 1970 UTC. */
MUST_USE enum status time_parse(int64_t *out, struct slice text);

#endif
