/*
 * The configuration of a software-TEE launch: everything the launcher hands an enclave or holds it to that is not a file. There
 * is one, it is constant, sandbox.c builds the walls from it and nothing else, and its hash is measured with the files: a launcher
 * that gave an enclave an argument, a variable, a right or less lockable memory would sign another measurement.
 */
#ifndef SOFTWARE_PROFILE_H
#define SOFTWARE_PROFILE_H

#include "base/crypto.h"

struct launch_profile {
	const char *argument;     /* the only one, argv[0]; the environment is empty */
	const char *executable;   /* path inside */
	const char *host_name;
	const char *root_options; /* of the tmpfs that becomes the root */
	uint32_t descriptors;     /* 0 and 1 nothing, 2 messages, 3 host, 4 evidence; no others */
	uint32_t id;              /* user and group inside */
	uint32_t namespaces;      /* CLONE_NEW… */
	uint32_t mount_flags;     /* of the root once it is filled */
	uint64_t file_rights;     /* what Landlock leaves; every other right the kernel knows is taken */
	uint64_t core_bytes, open_files; /* resource limits */
	uint64_t lock_bytes;      /* RLIMIT_MEMLOCK below which the claim is `memory_unlocked` */
};
extern const struct launch_profile launch_profile;

/* Its place among the measured files. No shared object can have this name: a slash is refused in them. */
#define LAUNCH_PROFILE_NAME "/configuration"
/* H("parley/launch/v1", every field above in this order). */
void launch_profile_hash(uint8_t out[static HASH_LEN]);

#endif
