/*
 * Runs a fuzz target without a fuzzer: over every file of the folder named by argv[1], and over each truncation of each.
 * Every build and every sanitizer preset thereby repeats what fuzzing has found. An empty or missing folder is said.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv) __attribute__((weak));

/* In a block of exactly this size, so that the address sanitizer sees one byte too many. */
static void run_exact(const uint8_t *data, size_t size)
{
	uint8_t *exact = malloc(size ? size : 1);

	if (!exact)
		abort();
	if (size)
		memcpy(exact, data, size);
	LLVMFuzzerTestOneInput(exact, size);
	free(exact);
}

static size_t replay_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	uint8_t *data = NULL;
	size_t size = 0;

	if (!file)
		return 0;
	if (fseek(file, 0, SEEK_END) == 0 && ftell(file) >= 0) {
		size = (size_t)ftell(file);
		rewind(file);
		data = malloc(size + 1);
	}
	size_t got = data ? fread(data, 1, size, file) : 0;
	fclose(file);
	if (data && got != size) {
		fprintf(stderr, "cannot read %s\n", path);
		exit(1);
	}
	/* A long seed is cut at 4,096 places at most, spread evenly. */
	size_t step = size / 4096 + 1, runs = 0;
	for (size_t n = 0; data && n < size; n += step, runs++)
		run_exact(data, n);
	if (data)
		run_exact(data, size);
	free(data);
	return runs + 1;
}

int main(int argc, char **argv)
{
	size_t files = 0, runs = 0;
	DIR *folder = argc > 1 ? opendir(argv[1]) : NULL;

	if (LLVMFuzzerInitialize)
		LLVMFuzzerInitialize(&argc, &argv);
	run_exact(NULL, 0);
	for (struct dirent *entry = folder ? readdir(folder) : NULL; entry; entry = readdir(folder)) {
		char path[4096];
		if (entry->d_name[0] == '.')
			continue;
		if ((size_t)snprintf(path, sizeof path, "%s/%s", argv[1], entry->d_name) >= sizeof path)
			continue;
		files++;
		runs += replay_file(path);
	}
	if (folder)
		closedir(folder);
	if (files == 0)
		printf("no corpus in %s: only the empty input was run\n", argc > 1 ? argv[1] : "(no folder given)");
	else
		printf("%zu files, %zu runs\n", files, runs);
	return 0;
}
