/*
 * The harness with real processes: parley-launch measures and starts parley-enclave in its sandbox, and the harness is its
 * host. Call between harness_init and harness_seal. bin_dir: where the programs lie; work_dir: an empty folder for a key file.
 */
#ifndef TESTS_SUPPORT_PARTY_PROCESS_H
#define TESTS_SUPPORT_PARTY_PROCESS_H

#include "party_harness.h"

/* false: this machine cannot start the sandbox; the reason is on standard error. */
bool harness_use_processes(struct harness *h, const char *bin_dir, const char *work_dir);

#endif
