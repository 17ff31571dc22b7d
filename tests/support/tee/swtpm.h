/* A TPM 2.0 in software (Debian's swtpm) on a Unix socket, and the producer's device table over it. */
#ifndef TESTS_SUPPORT_TEE_SWTPM_H
#define TESTS_SUPPORT_TEE_SWTPM_H

#include "produce/device.h"

#include <sys/types.h>

struct swtpm {
	pid_t pid;
	char folder[64], socket[96]; /* folder keeps the TPM's seeds: the same folder is the same TPM after a restart */
};
/* Makes the folder when folder[0] is 0. false: swtpm is not installed or does not start. */
bool swtpm_start(struct swtpm *t);
void swtpm_stop(struct swtpm *t); /* like a machine that is switched off: PCRs are gone */
void swtpm_remove(struct swtpm *t); /* its folder */
/* Opens connect to the path, which is a Unix socket. */
extern const struct device_calls swtpm_device;

#endif
