#include "base/keyfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAGIC "parley-key/v1"
enum { LINE_MAX_LEN = 256 };

static const char *const role_names[] = {
	[KEY_APPROVE] = "approve",
	[KEY_ENDORSE] = "endorse",
	[KEY_RECEIVE] = "receive",
	[KEY_TEE_ROOT] = "tee-root",
	[KEY_IMAGE] = "image",
};

const char *key_role_name(enum key_role role)
{
	return role >= KEY_APPROVE && role <= KEY_IMAGE ? role_names[role] : "unknown";
}

static size_t write_line(char line[static LINE_MAX_LEN], const struct key_file *key)
{
	char hex[65];

	hex_encode(hex, slice_of(key->secret.bytes, sizeof key->secret.bytes));
	int len = snprintf(line, LINE_MAX_LEN, MAGIC " %s %s %s\n", key_role_name(key->role), key->party, hex);
	wipe(hex, sizeof hex);
	return (size_t)len;
}

enum status key_file_write(const char *path, const struct key_file *key, struct problem *problem)
{
	char line[LINE_MAX_LEN];
	size_t len = write_line(line, key);
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	enum status st = ST_OK;
	if (fd < 0)
		st = problem_set(problem, ST_CANT_CREATE, path, NULL, "cannot create the key file: %s", strerror(errno));
	else if (write(fd, line, len) != (ssize_t)len || fsync(fd) != 0)
		st = problem_set(problem, ST_IO, path, NULL, "cannot write the key file");
	if (fd >= 0)
		close(fd);
	wipe(line, sizeof line);
	return st;
}

/* Reads the line into caller's storage; refuses files that group or others may read. */
static enum status read_line(char line[static LINE_MAX_LEN], size_t *len, const char *path, struct problem *problem)
{
	struct stat about;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return problem_set(problem, ST_NO_INPUT, path, NULL, "cannot read the key file: %s", strerror(errno));
	ssize_t n = fstat(fd, &about) == 0 ? read(fd, line, LINE_MAX_LEN - 1) : -1;
	close(fd);
	if (n < 0)
		return problem_set(problem, ST_IO, path, NULL, "cannot read the key file");
	*len = (size_t)n;
	if (about.st_mode & 077)
		return problem_set(problem, ST_KEY, path, "chmod 600 the file, and make a new key if others could read it",
		    "the key file may be read by others");
	return ST_OK;
}

static enum key_role role_from_name(const char *name)
{
	for (enum key_role role = KEY_APPROVE; role <= KEY_IMAGE; role++)
		if (strcmp(name, role_names[role]) == 0)
			return role;
	return 0;
}

/* Four words; then the one line that says the same must be the line that was read: no other spelling of a key. */
static enum status parse_line(struct key_file *key, char line[static LINE_MAX_LEN], size_t len)
{
	char magic[16], role[16], hex[65], again[LINE_MAX_LEN];
	enum status st = ST_KEY;

	if (sscanf(line, "%15s %15s %32s %64s", magic, role, key->party, hex) == 4 && strcmp(magic, MAGIC) == 0 &&
	    hex_decode(key->secret.bytes, sizeof key->secret.bytes, hex) == ST_OK && (key->role = role_from_name(role)) != 0 &&
	    write_line(again, key) == len && ct_equal(again, line, len))
		st = ST_OK;
	wipe(hex, sizeof hex);
	wipe(again, sizeof again);
	return st;
}

enum status key_file_parse(struct key_file *out, struct slice text)
{
	char line[LINE_MAX_LEN] = {0};
	enum status st = ST_KEY;

	*out = (struct key_file){0};
	if (text.len > 0 && text.len < sizeof line) {
		memcpy(line, text.ptr, text.len);
		st = parse_line(out, line, text.len);
	}
	wipe(line, sizeof line);
	if (st != ST_OK)
		wipe(out, sizeof *out);
	return st;
}

enum status key_file_read(struct key_file *out, const char *path, enum key_role role, struct problem *problem)
{
	char line[LINE_MAX_LEN] = {0};
	size_t len = 0;
	enum status st;

	*out = (struct key_file){0};
	TRY(read_line(line, &len, path, problem));
	st = key_file_parse(out, slice_of(line, len));
	if (st != ST_OK)
		problem_set(problem, st, path, NULL, "not a key file of parley");
	else if (out->role != role)
		st = problem_set(problem, ST_KEY_ROLE, path, NULL, "this is a key of role \"%s\"; \"%s\" is needed here", key_role_name(out->role),
		    key_role_name(role));
out:
	wipe(line, sizeof line);
	if (st != ST_OK)
		secret32_wipe(&out->secret);
	return st;
}

void key_file_signing(uint8_t sk[static ED25519_SECRET_LEN], const struct key_file *key)
{
	uint8_t pk[ED25519_PUBLIC_LEN];
	ed25519_keypair(pk, sk, key->secret.bytes);
}

void key_file_public(uint8_t out[static 32], const struct key_file *key)
{
	uint8_t sk[ED25519_SECRET_LEN];

	if (key->role == KEY_RECEIVE) {
		x25519_public(out, key->secret.bytes);
		return;
	}
	ed25519_keypair(out, sk, key->secret.bytes);
	wipe(sk, sizeof sk);
}
