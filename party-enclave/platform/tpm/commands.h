/* The five commands that evidence takes. Each: ST_OK, or ST_TEE with the problem set. Part 3 has the commands, Part 2 the structures. */
#ifndef TPM_COMMANDS_H
#define TPM_COMMANDS_H

#include "wire.h"

enum { PCR_COUNT = 24, PCR_LEN = 32, COORDINATE_LEN = 32, ATTEST_MAX = 1024, SHA256_LEN = 32 };

struct tpm_key {
	uint32_t handle; /* transient: tpm_flush() it */
	uint8_t x[COORDINATE_LEN], y[COORDINATE_LEN];
};
struct tpm_pcrs {
	uint32_t selected; /* bit i: PCR i */
	uint8_t value[PCR_COUNT][PCR_LEN];
};
struct tpm_quote {
	size_t attest_len;
	uint8_t attest[ATTEST_MAX];
	uint8_t signature[2 * COORDINATE_LEN]; /* r || s */
};
MUST_USE enum status tpm_create_key(struct tpm *t, struct tpm_key *out);
void tpm_flush(struct tpm *t, const struct tpm_key *key);
MUST_USE enum status tpm_read_pcrs(struct tpm *t, struct tpm_pcrs *pcrs); /* of pcrs->selected, all read */
MUST_USE enum status tpm_extend(struct tpm *t, unsigned pcr, const uint8_t digest[static SHA256_LEN]);
MUST_USE enum status tpm_quote(struct tpm *t, struct tpm_quote *out, const struct tpm_key *key, uint32_t selected,
    const uint8_t extra[static SHA256_LEN]);

#endif
