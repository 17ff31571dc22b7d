/*
 * Evidence by a TPM 2.0 (docs/ATTESTATION.md, section 6). The launcher records what it is about to start; later the TPM quotes it. The device
 * takes one command per write and gives its response to reads: /dev/tpmrm0, or a stream socket to swtpm behind the same table.
 *
 *   path         of the device, as device->open wants it
 *   measurement  of the enclave: H over the launched files
 *   evidence     the document is appended; unchanged unless ST_OK
 *   ST_TEE       no device; a TPM error (its response code is named); an answer that is not well-formed or not of this request;
 *                PCR 14 holds something else: *p says which
 *   ST_NO_MEMORY
 */
#ifndef PRODUCE_TPM_H
#define PRODUCE_TPM_H

#include "produce/device.h"

#define TPM_PATH "/dev/tpmrm0"
enum { TPM_PCR_CODE = 14, TPM_MEASUREMENT_LEN = 64, TPM_EVENT_LEN = 85 };

/* Extends the measurement into PCR 14 unless exactly this one, and nothing else, is there already. */
MUST_USE enum status tpm_record(const struct device_calls *d, const char *path,
    const uint8_t measurement[static TPM_MEASUREMENT_LEN], struct problem *p);
MUST_USE enum status produce_tpm(struct buf *evidence, const struct device_calls *d, const char *path,
    const uint8_t measurement[static TPM_MEASUREMENT_LEN], const uint8_t report_data[static REPORT_DATA_LEN],
    struct problem *p);
/* SHA-256 of the attestation key's SubjectPublicKeyInfo: what a policy pins. */
MUST_USE enum status tpm_attestation_key(
    uint8_t pin[static 32], const struct device_calls *d, const char *path, struct problem *p);

#endif
