#include "image.h"

#include "needs.h"

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

static enum status add_file(struct image *image, const char *name, const char *path, const char *place, struct problem *problem);

static enum status add_library(struct image *image, const char *name, struct problem *problem)
{
	char path[256], place[160];

	if (has_file(image, name))
		return ST_OK;
	if (strchr(name, '/'))
		return problem_set(problem, ST_TEE_LAUNCH, name, NULL, "a shared object is named by a path");
	for (size_t i = 0; i < sizeof library_folders / sizeof *library_folders; i++) {
		snprintf(path, sizeof path, "%s/%s", library_folders[i], name);
		if (access(path, R_OK) != 0)
			continue;
		snprintf(place, sizeof place, SANDBOX_LIBRARIES "/%s", name);
		return add_file(image, name, path, place, problem);
	}
	return problem_set(problem, ST_TEE_LAUNCH, name, "install the library", "a shared object of the enclave is missing");
}

static enum status add_file(struct image *image, const char *name, const char *path, const char *place, struct problem *problem)
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
	TRY(seal_copy(f, path, problem));
	st = examine(f, needs);
	if (st != ST_OK) {
		problem_set(problem, st, path, NULL, "not an x86-64 ELF file");
		goto out;
	}
	/* The loader is named by path, in the executable and again as a needed object. */
	const char *loader = needs->interpreter;
	if (loader[0] && !has_file(image, strrchr(loader, '/') ? strrchr(loader, '/') + 1 : loader))
		TRY(add_file(image, strrchr(loader, '/') ? strrchr(loader, '/') + 1 : loader, loader, loader, problem));
	for (size_t i = 0; i < needs->n; i++)
		TRY(add_library(image, needs->needed[i], problem));
out:
	free(needs);
	return st;
}

enum status image_load(struct image *out, const char *path, struct problem *problem)
{
	struct att_measured measured[IMAGE_FILES_MAX];
	enum status st;

	*out = (struct image){0};
	TRY(add_file(out, "parley-enclave", path, "/parley-enclave", problem));
	for (size_t i = 0; i < out->n; i++) {
		measured[i].name = out->file[i].name;
		memcpy(measured[i].hash, out->file[i].hash, HASH_LEN);
	}
	att_soft_measurement(out->measurement, measured, out->n);
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
