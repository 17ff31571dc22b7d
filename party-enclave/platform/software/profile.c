#include "software/profile.h"

#include "base/arena.h"

#include <sched.h>
#include <sys/mount.h>

/* linux/landlock.h: LANDLOCK_ACCESS_FS_EXECUTE, _READ_FILE */
#define FS_EXECUTE (UINT64_C(1) << 0)
#define FS_READ_FILE (UINT64_C(1) << 2)

const struct launch_profile launch_profile = {
	.argument = "parley-enclave",
	.executable = "/parley-enclave",
	.host_name = "enclave",
	.root_options = "size=256m,mode=0755",
	.descriptors = 5,
	.id = 65534,
	.namespaces = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWUTS,
	.mount_flags = MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV,
	.file_rights = FS_EXECUTE | FS_READ_FILE,
	.core_bytes = 0,
	.open_files = 16,
	.lock_bytes = ARENA_LOCK_BYTES,
};

void launch_profile_hash(uint8_t out[static HASH_LEN])
{
	const struct launch_profile *p = &launch_profile;
	struct hash h;

	hash_begin(&h, "parley/launch/v1", 12);
	hash_text(&h, p->argument);
	hash_text(&h, p->executable);
	hash_text(&h, p->host_name);
	hash_text(&h, p->root_options);
	hash_u64(&h, p->descriptors);
	hash_u64(&h, p->id);
	hash_u64(&h, p->namespaces);
	hash_u64(&h, p->mount_flags);
	hash_u64(&h, p->file_rights);
	hash_u64(&h, p->core_bytes);
	hash_u64(&h, p->open_files);
	hash_u64(&h, p->lock_bytes);
	hash_end(&h, out);
}
