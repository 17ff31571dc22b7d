/*
 * What a TPM 2.0 signs about itself: TPMS_ATTEST holding a TPMS_QUOTE_INFO (TPM 2.0 Part 2, sections 10.12.8 and 10.12.1), and
 * the attestation key that signs it. Integers are big endian; no allocation but in the signature checks.
 */
#ifndef ATTEST_TPM_QUOTE_H
#define ATTEST_TPM_QUOTE_H

#include "attest/attest.h"
#include "base/x509.h"

enum { TPM_PCRS = 24, TPM_PCR_LEN = 32, TPM_ATTEST_MAX = 1024, TPM_CODE_PCR = 14 };

struct tpm_quote { /* slices borrow */
	struct slice extra_data; /* what the caller had signed: 0 to 64 bytes */
	uint64_t clock_ms, firmware;
	uint32_t resets, restarts;
	bool clock_is_safe; /* no power loss has turned the clock back */
	uint32_t selected; /* bit i: PCR i of the SHA-256 bank is in the digest */
	struct slice digest; /* 32: SHA-256 over the values of these PCRs, ascending */
};
/* Exactly one selection, of the SHA-256 bank, of at least one PCR. ST_OK, or ST_ATT_FORMAT with the finding. */
MUST_USE enum status tpm_quote_parse(struct tpm_quote *out, struct slice attest, struct att_finding *f);

struct tpm_pcr_values {
	uint32_t present; /* bit i: value[i] is set */
	uint8_t value[TPM_PCRS][TPM_PCR_LEN];
};
/* The quote selects exactly these PCRs and its digest is theirs. ST_OK, or ST_ATT_SIGNATURE with the finding. */
MUST_USE enum status tpm_quote_check_pcrs(
    const struct tpm_quote *q, const struct tpm_pcr_values *pcrs, struct att_finding *f);

struct tpm_key { /* slices borrow from the SubjectPublicKeyInfo */
	enum x509_key kind; /* X509_P256 or X509_RSA */
	struct slice x, y; /* RSA: modulus and exponent */
};
/* DER (RFC 5280 section 4.1.2.7): id-ecPublicKey on prime256v1 with an uncompressed point (RFC 5480), or rsaEncryption of 2048 to 4096 bits
 * with an exponent of 3 or 4 bytes (RFC 3279). Exactly the one encoding of each. ST_OK or ST_FORMAT. */
MUST_USE enum status tpm_key_parse(struct tpm_key *out, struct slice spki);
/* ECDSA with SHA-256 as r || s of 64 bytes, or RSASSA-PKCS1v15 with SHA-256. ST_OK, ST_KEY, ST_SIGNATURE, ST_NO_MEMORY. */
MUST_USE enum status tpm_key_verify(const struct tpm_key *k, struct slice signature, struct slice msg);

#endif
