/* The real launcher around the probe, for tests. */
#ifndef SANDBOX_LAUNCH_H
#define SANDBOX_LAUNCH_H

#include "base/crypto.h"

#include <sys/types.h>

/* Where the root's key lies: 32 bytes 00 01 02 …, mode 0600. */
extern char launch_key[];
int launch_setup(void **state);
int launch_teardown(void **state);
#define LAUNCH_KEY_LINE "parley-key/v1 tee-root test 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n"

/* All but `enclave` may be NULL or zero. */
struct launch_options {
	const char *enclave, *libraries, *key;
	uid_t user; /* not 0: the launcher runs as this user, who also owns `key` */
};
pid_t launch(int *host, const struct launch_options *options);
/* Asks the probe, waits for the launcher: its exit code, and what the probe answered (NUL-terminated). */
int launch_ask(pid_t launcher, int host, char what, char *answer, size_t cap, size_t *len);
int launch_probe(char what, char *answer, size_t cap); /* both, the ordinary way */
/* First child of a process, waited for; 0: none came. */
pid_t launch_child_of(pid_t pid);
/* What `parley-launch --measure` prints; false when it fails. */
bool launch_measure(char hex[static 2 * HASH_LEN + 1], const char *enclave, const char *libraries);

#endif
