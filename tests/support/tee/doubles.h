/*
 * TEE devices that are not there, played on the real system-call path. The program under test is an ordinary process that opens
 * /dev/nsm or /sys/kernel/config/tsm/report like on the machine it was written for.
 *
 *   ioctl devices   seccomp user notification: the program's openat of the path gets a descriptor from the supervisor, and ioctl
 *                   on that descriptor is answered by it, out of and into the program's memory
 *   file devices    FUSE, mounted over the real paths in a mount namespace of their own
 */
#ifndef TESTS_SUPPORT_TEE_DOUBLES_H
#define TESTS_SUPPORT_TEE_DOUBLES_H

#include "vendor.h"

enum double_tee { DOUBLE_NITRO = 1, DOUBLE_SGX, DOUBLE_TDX, DOUBLE_SNP, DOUBLE_SEV_GUEST };
enum double_attack {
	DOUBLE_FINE,
	DOUBLE_ERROR, /* the device fails */
	DOUBLE_SHORT,
	DOUBLE_LONG, /* half the answer; more than fits */
	DOUBLE_OTHER_REPORT_DATA, /* genuine evidence of other report data */
	DOUBLE_REPLAY, /* the same, with the report data patched in behind the signature's back */
	DOUBLE_PROVIDER, /* configfs: another provider; Gramine: another attestation type */
	DOUBLE_GENERATION, /* configfs: somebody else always writes in between */
	DOUBLE_BUSY, /* busy at first, then fine */
};
struct double_wish {
	enum double_tee tee;
	enum double_attack attack;
	const char *vendor; /* folder of vendor_make() */
	struct vendor_wish evidence;
};
/* The vendor's evidence as the device gives it under this wish; table: the SNP host's certificates. */
void double_evidence(
    struct buf *out, const struct double_wish *w, const struct vendor *v, const uint8_t report_data[static 64]);

/* Runs argv with the device under it, its descriptors as they are; the exit code, 128 + signal; 77: this machine cannot (why is
 * on standard error). */
int double_run(const struct double_wish *w, char *const *argv);
int double_run_notify(const struct double_wish *w, struct vendor *v, char *const *argv);
int double_run_fuse(const struct double_wish *w, struct vendor *v, char *const *argv);
enum { DOUBLE_CANNOT = 77 };

#endif
