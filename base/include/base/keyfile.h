/*
 * Private keys in files: one line of text, "parley-key/v1 ROLE PARTY HEX\n", mode 0600. The hex is the 32-byte Ed25519 seed
 * (approve, endorse, tee-root, image) or X25519 secret (receive). A key read for another role than it was made for is ST_KEY_ROLE; a file
 * that others may read, or that holds anything else, is ST_KEY. Never overwritten. Programs only (reads files).
 */
#ifndef BASE_KEYFILE_H
#define BASE_KEYFILE_H

#include "base/crypto.h"
#include "base/problem.h"

enum key_role { KEY_APPROVE = 1, KEY_ENDORSE, KEY_RECEIVE, KEY_TEE_ROOT, KEY_IMAGE };
const char *key_role_name(enum key_role role); /* "approve" "endorse" "receive" "tee-root" "image" */

struct key_file {
	enum key_role role;
	char party[33];
	struct secret32 secret; /* the caller wipes it: secret32_wipe */
};
/* The bytes of a key file, of any role; hostile. ST_KEY, and *out is all zero, unless it is exactly the line that key_file_write()
 * writes. Pure. */
MUST_USE enum status key_file_parse(struct key_file *out, struct slice text);
MUST_USE enum status key_file_write(const char *path, const struct key_file *key, struct problem *problem);
MUST_USE enum status key_file_read(struct key_file *out, const char *path, enum key_role role, struct problem *problem);
/* Ed25519 or X25519 public key by role. */
void key_file_public(uint8_t out[static 32], const struct key_file *key);
/* Full Ed25519 secret (seed and public key) of a signing key. */
void key_file_signing(uint8_t sk[static ED25519_SECRET_LEN], const struct key_file *key);

#endif
