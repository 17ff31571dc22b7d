/*
 * The walls around a software-TEE enclave, from outside in: user, mount, pid, ipc, network and uts namespaces; a root file
 * system that holds only the measured files, read-only; Landlock; no capabilities, no new privileges, no core dumps. The
 * enclave adds its own seccomp filter once it has started.
 */
#ifndef SOFTWARE_SANDBOX_H
#define SOFTWARE_SANDBOX_H

#include "software/image.h"

#include <sys/types.h>

enum { ENCLAVE_HOST_FD = 3, ENCLAVE_TEE_FD = 4 };

/* Starts the enclave; host_fd and tee_fd become its descriptors 3 and 4. Returns the pid of a process that ends as the
 * enclave ends, with its exit code. Failures inside are written to standard error and end that process with 71. */
MUST_USE enum status sandbox_start(pid_t *out, const struct image *image, int host_fd, int tee_fd, struct problem *problem);

#endif
