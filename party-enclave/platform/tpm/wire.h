/*
 * A command to a TPM and its response: header, handles, authorisation with the empty password, parameters. Part 1, section 18; big endian.
 * Failure of the writer or reader sticks, like base/reader.h.
 */
#ifndef TPM_WIRE_H
#define TPM_WIRE_H

#include "base/reader.h"
#include "produce/tpm.h"

enum { TPM_MESSAGE_MAX = 2048, TPM_HEADER_LEN = 10 };

struct tpm { /* an open device */
	const struct device_calls *d;
	const char *path;
	int fd;
	struct problem *problem;
	size_t len;
	uint8_t bytes[TPM_MESSAGE_MAX]; /* the command, then its response */
};
MUST_USE enum status tpm_open(struct tpm *t, const struct device_calls *d, const char *path, struct problem *p);
void tpm_close(struct tpm *t);
enum status tpm_bad(const struct tpm *t, const char *what); /* ST_TEE: the answer is not well-formed */

/* ---- writing a command: begin, handles, authorisation, parameters, run ---- */
void tpm_begin(struct tpm *t, uint32_t command, bool authorised);
void tpm_u16(struct tpm *t, uint16_t v);
void tpm_u32(struct tpm *t, uint32_t v);
void tpm_bytes(struct tpm *t, const void *bytes, size_t len);
void tpm_sized(struct tpm *t, struct slice bytes); /* u16 length first: a TPM2B */
void tpm_authorise(struct tpm *t); /* behind the handles */
/* Sends, retries while the TPM is busy, checks the response's header and code. *r stands behind the header; for authorised
 * commands with a response handle that comes first, then tpm_parameters() cuts out the parameters. */
MUST_USE enum status tpm_run(struct tpm *t, struct reader *r);

/* ---- reading ---- */
uint16_t tpm_get_u16(struct reader *r);
uint32_t tpm_get_u32(struct reader *r);
struct slice tpm_get_sized(struct reader *r);
struct reader tpm_parameters(struct reader *r); /* u32 size and that many bytes; what follows is the authorisation */

#endif
