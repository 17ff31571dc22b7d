/*
 * The document that /dev/nsm gives (AWS Nitro Enclaves user guide, "Verifying the root of trust"; attestation_process.md of
 * aws-nitro-enclaves-nsm-api): COSE_Sign1 (RFC 9052 section 4.2), by ES384, over a CBOR map. Parsing says nothing about genuineness.
 */
#ifndef ATTEST_NITRO_FORMAT_H
#define ATTEST_NITRO_FORMAT_H

#include "attest/attest.h"
#include "base/x509.h"

enum {
	NITRO_PCRS = 32,
	NITRO_PCR_LEN = 48, /* SHA-384 */
	NITRO_SIGNATURE_LEN = 96,
	NITRO_PAYLOAD_MAX = 16384,
	NITRO_CERTIFICATE_MAX = 1024,
	NITRO_BUNDLE_MAX = X509_CHAIN_MAX - 1, /* with the leaf a chain */
	NITRO_FIELD_MAX = 1024,
};

/* AWS's text forbids null and its documents are full of it: the three ways of saying nothing are kept apart. */
enum nitro_presence { NITRO_ABSENT, NITRO_NULL, NITRO_BYTES };
struct nitro_optional {
	enum nitro_presence presence;
	struct slice bytes; /* may be empty when presence is NITRO_BYTES */
};

struct nitro_document { /* borrows from the evidence */
	struct slice payload;
	struct slice module_id;
	uint64_t timestamp_ms; /* since 1970-01-01 UTC */
	uint32_t pcrs; /* bit i: PCR i is there; 0, 1 and 2 are */
	const uint8_t *pcr[NITRO_PCRS]; /* NITRO_PCR_LEN bytes */
	struct slice leaf; /* field `certificate` */
	struct slice bundle[NITRO_BUNDLE_MAX]; /* field `cabundle`: root first */
	size_t n_bundle;
	struct nitro_optional public_key, user_data, nonce;
};

/* ST_ATT_FORMAT with the place that is wrong. */
MUST_USE enum status nitro_parse(struct nitro_document *out, struct slice evidence, struct att_finding *f);
/* The payload alone, as nitro_parse reads it. */
MUST_USE enum status nitro_parse_payload(struct nitro_document *out, struct slice payload, struct att_finding *f);
/* PCRs, user data, module id, time and debug mode as claims; the window is the certificates'. ST_ATT_PLATFORM when debug mode is
 * neither on nor off. */
MUST_USE enum status nitro_claims(struct att_claims *out, const struct nitro_document *doc, struct att_finding *f);

#endif
