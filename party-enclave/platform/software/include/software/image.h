/*
 * The image of an enclave: its executable, loader and every shared object, read once into sealed memory, hashed there, and
 * later copied from there, so that what runs is what was measured; and the configuration of its launch (software/profile.h).
 */
#ifndef SOFTWARE_IMAGE_H
#define SOFTWARE_IMAGE_H

#include "attest/attest.h"

enum { IMAGE_FILES_MAX = 24, IMAGE_FILE_BYTES_MAX = 64 << 20 };
struct image_file {
	char name[128];  /* in the measurement: "parley-enclave", "ld-linux-x86-64.so.2", "libcbor.so.0.8" */
	char place[160]; /* where it goes in the sandbox */
	int fd;          /* sealed memfd */
	size_t size;
	uint8_t hash[HASH_LEN];
};
struct image {
	struct image_file file[IMAGE_FILES_MAX];
	size_t n;
	uint8_t measurement[HASH_LEN];
};
/* Everything the executable at `path` needs; the loader and shared objects from the folder `libraries` alone, or from where
 * the system's loader looks by default when it is NULL. ST_TEE_LAUNCH with the reason; ST_FORMAT. */
MUST_USE enum status image_load(struct image *out, const char *path, const char *libraries, struct problem *problem);
void image_clear(struct image *image);
/* H("parley/measure/v1", [name, H(file)]… and the configuration), as the launcher signs it. */
void image_measure(uint8_t out[static HASH_LEN], const char *const *names, const uint8_t (*hashes)[HASH_LEN], size_t n);

#endif
