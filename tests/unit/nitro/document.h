/* Nitro documents in parts: each field's value is the CBOR bytes that the test puts there; right until something is changed. */
#ifndef TESTS_UNIT_NITRO_DOCUMENT_H
#define TESTS_UNIT_NITRO_DOCUMENT_H

#include "base/cbor.h"
#include "pki.h"

enum { MODULE_ID, DIGEST, TIMESTAMP, PCRS, CERTIFICATE, CABUNDLE, PUBLIC_KEY, USER_DATA, NONCE, EXTRA, PARTS };

struct document {
	struct part {
		const char *key; /* NULL: left out */
		struct buf value;
	} parts[PARTS]; /* in this order */
	const char *tag, *protected_header, *unprotected; /* raw CBOR, hex; NULL: as the NSM writes it */
	bool definite;
	EVP_PKEY *signer; /* NULL: 96 zero bytes for a signature */
};

/* Sixteen PCRs, 0 to 2 and 4 set, null for the optional fields, certificates of one byte, time 2024-06-01T00:00:00.500Z. */
void document_init(struct document *d);
void document_clear(struct document *d);
/* A field's value anew. */
void document_set(struct document *d, int part, struct slice cbor);
void document_set_hex(struct document *d, int part, const char *hex);
void document_set_bytes(struct document *d, int part, struct slice bytes);
struct buf document_payload(const struct document *d);
struct buf document_encode(const struct document *d);

#endif
