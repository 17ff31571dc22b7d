/*
 * TPM evidence made at test time: what a TPM would sign, with a key of OpenSSL's. Right in all that the test does not change; whatever is changed in
 * `attest` before tpm_document_sign is signed too, so that the checks below the signature are reached. Failure stops the test.
 */
#ifndef TESTS_SUPPORT_TPM_DOCUMENT_H
#define TESTS_SUPPORT_TPM_DOCUMENT_H

#include "attest/attest.h"

enum { TPM_DOCUMENT_PCRS = 24 };
struct tpm_signer; /* an attestation key */
struct tpm_signer *tpm_signer_new(bool rsa);
void tpm_signer_free(struct tpm_signer *s);
struct slice tpm_signer_spki(const struct tpm_signer *s);
void tpm_signer_pin(const struct tpm_signer *s, uint8_t pin[static ATT_PIN_LEN]);

/* Parts of a document; tpm_document_default fills them, tpm_document_encode writes the CBOR. */
struct tpm_document {
	uint8_t version;
	uint8_t report_data[64];
	uint32_t selected; /* what the quote selects; its values go into the CBOR too */
	uint8_t pcrs[TPM_DOCUMENT_PCRS][32];
	struct buf event; /* data of the one event */
	uint8_t event_digest[32];
	uint64_t event_pcr;
	unsigned events; /* how often the event stands in the log */
	struct buf attest, signature;
	struct slice ak;
};
/* PCRs 0 to 7 and 14; the event of `measurement`, extended once. */
void tpm_document_default(struct tpm_document *d, const struct tpm_signer *s, const uint8_t report_data[static 64],
    const uint8_t measurement[static 64]);
/* TPMS_ATTEST over the document's PCRs and report data as they stand now. */
void tpm_document_attest(struct tpm_document *d);
void tpm_document_sign(struct tpm_document *d, const struct tpm_signer *s);
void tpm_document_encode(struct buf *out, const struct tpm_document *d);
void tpm_document_clear(struct tpm_document *d);

#endif
