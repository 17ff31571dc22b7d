/*
 * The image of an enclave: its executable, loader and every shared object, read once into sealed memory, hashed there, and
 * later copied from there, so that what runs is what was measured.
 */
#ifndef SOFTWARE_IMAGE_H
#define SOFTWARE_IMAGE_H

#include "attest/attest.h"

enum { IMAGE_FILES_MAX = 24, IMAGE_FILE_BYTES_MAX = 64 << 20 };
struct image_file {
	char name[128];  /* in the measurement: "parley-enclave", "/lib64/ld-linux-x86-64.so.2", "libcbor.so.0.8" */
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
/* ST_TEE_LAUNCH with the reason; ST_FORMAT. */
MUST_USE enum status image_load(struct image *out, const char *path, struct problem *problem);
void image_clear(struct image *image);

#endif
