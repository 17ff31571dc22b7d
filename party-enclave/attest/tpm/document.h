/*
 * TPM evidence as a document (docs/ATTESTATION.md, section 6): deterministic CBOR around a TPM 2.0 quote, the key that signed it, the values of the quoted
 * PCRs and a log of what was extended into PCR 14. Two halves: what the bytes are, and what they say once the signature holds.
 */
#ifndef ATTEST_TPM_DOCUMENT_H
#define ATTEST_TPM_DOCUMENT_H

#include "quote.h"

struct tpm_document { /* slices borrow from the evidence */
	uint8_t report_data[HASH_LEN];
	struct slice attest, signature, ak;
	struct tpm_pcr_values pcrs;
	struct slice event; /* data of the one event: what was extended is its SHA-256 */
	uint8_t event_digest[TPM_PCR_LEN];
};
/* Form alone. ST_OK, or what base/cbor.h says. */
MUST_USE enum status tpm_document_decode(struct tpm_document *out, struct slice evidence);

/* Below the signature: the quote is over our report data and these PCRs, the log replays to PCR 14 and names one measurement; then the claims. ST_OK,
 * ST_ATT_FORMAT or ST_ATT_SIGNATURE with the finding. out as the registry gives it to a verifier. */
MUST_USE enum status tpm_document_judge(struct att_claims *out, const struct tpm_document *d, struct att_finding *f);

#endif
