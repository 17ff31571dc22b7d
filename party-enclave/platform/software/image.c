#include "software/image.h"

#include "software/needs.h"
#include "software/profile.h"

#include "base/panic.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* Where the loader looks by default; the sandbox has one folder, and the loader finds the objects in it. */
static const char *const library_folders[] = {"/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu", "/lib64", "/usr/lib64", "/lib", "/usr/lib"};
#define SANDBOX_LIBRARIES "/lib/x86_64-linux-gnu"

static enum status copy_bytes(int to, int from, size_t *size)
{
	char block[65536];
	ssize_t n;

	*size = 0;
	while ((n = read(from, block, sizeof block)) > 0) {
		for (ssize_t done = 0, w; done < n; done += w)
			if ((w = write(to, block + done, (size_t)(n - done))) <= 0)
				return ST_IO;
		*size += (size_t)n;
		if (*size > IMAGE_FILE_BYTES_MAX)
			return ST_TOO_LARGE;
	}
	return n < 0 ? ST_IO : ST_OK;
}

/* Into a memfd that nobody can change any more, this process included. */
static enum status seal_copy(struct image_file *f, const char *path, struct problem *problem)
{
	int from = open(path, O_RDONLY | O_CLOEXEC);

	if (from < 0)
		return problem_set(problem, ST_TEE_LAUNCH, path, NULL, "cannot read a part of the enclave: %s", strerror(errno));
	f->fd = memfd_create("parley", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	enum status st = f->fd < 0 ? ST_NO_MEMORY : copy_bytes(f->fd, from, &f->size);
	close(from);
	if (st == ST_OK && fcntl(f->fd, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) != 0)
		st = ST_TEE;
	return st;
}

static enum status examine(struct image_file *f, struct elf_needs *needs)
{
	void *bytes = f->size ? mmap(NULL, f->size, PROT_READ, MAP_SHARED, f->fd, 0) : MAP_FAILED;

	if (bytes == MAP_FAILED)
		return ST_FORMAT;
	blake2b_512(f->hash, slice_of(bytes, f->size), (struct slice){0});
	enum status st = elf_read_needs(needs, slice_of(bytes, f->size));
	munmap(bytes, f->size);
	return st;
}

static bool has_file(const struct image *image, const char *name)
{
	for (size_t i = 0; i < image->n; i++)
		if (strcmp(image->file[i].name, name) == 0)
			return true;
	return false;
}

/* Where files are looked for while one image is read. */
struct search {
	const char *libraries; /* NULL: the system's folders */
	struct problem *problem;
};
static enum status add_file(struct image *image, const char *name, const char *path, const char *place, const struct search *s);

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static bool find_library(char *out, size_t cap, const char *name, const struct search *s)
{
	size_t n = s->libraries ? 1 : sizeof library_folders / sizeof *library_folders;

	for (size_t i = 0; i < n; i++) {
		int len = snprintf(out, cap, "%s/%s", s->libraries ? s->libraries : library_folders[i], name);
		if (len > 0 && (size_t)len < cap && access(out, R_OK) == 0)
			return true;
	}
	return false;
}

static enum status add_library(struct image *image, const char *name, const struct search *s)
{
	char path[4096], place[160];

	if (has_file(image, name))
		return ST_OK;
	if (strchr(name, '/'))
		return problem_set(s->problem, ST_TEE_LAUNCH, name, NULL, "a shared object is named by a path");
	if (!find_library(path, sizeof path, name, s))
		return problem_set(s->problem, ST_TEE_LAUNCH, name, "install the library", "a shared object of the enclave is missing");
	snprintf(place, sizeof place, SANDBOX_LIBRARIES "/%s", name);
	return add_file(image, name, path, place, s);
}

/* The loader stays at the path by which the executable names it, wherever its bytes came from. */
static enum status add_loader(struct image *image, const char *loader, const struct search *s)
{
	char path[4096];

	if (loader[0] != '/' || strstr(loader, "/.."))
		return problem_set(s->problem, ST_TEE_LAUNCH, loader, NULL, "the loader is not named by an absolute path");
	if (has_file(image, base_name(loader)))
		return ST_OK;
	if (s->libraries && !find_library(path, sizeof path, base_name(loader), s))
		return problem_set(s->problem, ST_TEE_LAUNCH, loader, NULL, "the loader is missing");
	return add_file(image, base_name(loader), s->libraries ? path : loader, loader, s);
}

static enum status add_file(struct image *image, const char *name, const char *path, const char *place, const struct search *s)
{
	struct elf_needs *needs = calloc(1, sizeof *needs);
	enum status st;

	if (!needs || image->n == IMAGE_FILES_MAX) {
		free(needs);
		return ST_NO_MEMORY;
	}
	struct image_file *f = &image->file[image->n++];
	*f = (struct image_file){.fd = -1};
	snprintf(f->name, sizeof f->name, "%s", name);
	snprintf(f->place, sizeof f->place, "%s", place);
	TRY(seal_copy(f, path, s->problem));
	st = examine(f, needs);
	if (st != ST_OK) {
		problem_set(s->problem, st, path, NULL, "not an x86-64 ELF file");
		goto out;
	}
	/* The loader is named by path, in the executable and again as a needed object. */
	if (needs->interpreter[0])
		TRY(add_loader(image, needs->interpreter, s));
	for (size_t i = 0; i < needs->n; i++)
		TRY(add_library(image, needs->needed[i], s));
out:
	free(needs);
	return st;
}

void image_measure(uint8_t out[static HASH_LEN], const char *const *names, const uint8_t (*hashes)[HASH_LEN], size_t n)
{
	struct att_measured measured[IMAGE_FILES_MAX + 1];

	invariant(n <= IMAGE_FILES_MAX);
	for (size_t i = 0; i < n; i++) {
		measured[i].name = names[i];
		memcpy(measured[i].hash, hashes[i], HASH_LEN);
	}
	measured[n].name = LAUNCH_PROFILE_NAME;
	launch_profile_hash(measured[n].hash);
	att_soft_measurement(out, measured, n + 1);
}

enum status image_load(struct image *out, const char *path, const char *libraries, struct problem *problem)
{
	const struct search search = {libraries, problem};
	const char *names[IMAGE_FILES_MAX];
	uint8_t hashes[IMAGE_FILES_MAX][HASH_LEN];
	enum status st;

	*out = (struct image){0};
	TRY(add_file(out, "parley-enclave", path, "/parley-enclave", &search));
	for (size_t i = 0; i < out->n; i++) {
		names[i] = out->file[i].name;
		memcpy(hashes[i], out->file[i].hash, HASH_LEN);
	}
	image_measure(out->measurement, names, (const uint8_t(*)[HASH_LEN])hashes, out->n);
out:
	if (st != ST_OK)
		image_clear(out);
	return st;
}

void image_clear(struct image *image)
{
	for (size_t i = 0; i < image->n; i++)
		if (image->file[i].fd >= 0)
			close(image->file[i].fd);
	image->n = 0;
}
