/*
 * tee_double: runs a program on a machine with a TEE's device, played by doubles.h.
 *   tee_double nitro|sgx|tdx|snp|sev-guest VENDOR-FOLDER [--attack NAME] [--code N] [--debug] -- PROGRAM [ARGUMENT…]
 *   tee_double vendor FOLDER        makes the vendors' roots, keys and collateral
 */
#include "doubles.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static int number_of(const char *const *names, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (names[i] && strcmp(names[i], name) == 0)
			return (int)i;
	fprintf(stderr, "tee_double: %s?\n", name);
	exit(64);
}

int main(int argc, char **argv)
{
	static const char *const tees[] = {NULL, "nitro", "sgx", "tdx", "snp", "sev-guest"};
	static const char *const attacks[] = {
	    "fine", "error", "short", "long", "other-report-data", "replay", "provider", "generation", "busy"};
	struct double_wish w = {0};
	int i = 3;

	if (argc == 3 && strcmp(argv[1], "vendor") == 0) {
		vendor_make(argv[2], VENDOR_ALL, (int64_t)time(NULL));
		return 0;
	}
	if (argc < 5)
		return 64;
	w.tee = (enum double_tee)number_of(tees, sizeof tees / sizeof *tees, argv[1]);
	w.vendor = argv[2];
	for (; i < argc && strcmp(argv[i], "--") != 0; i++) {
		if (strcmp(argv[i], "--debug") == 0)
			w.evidence.debug = true;
		else if (strcmp(argv[i], "--attack") == 0 && i + 1 < argc)
			w.attack = (enum double_attack)number_of(attacks, sizeof attacks / sizeof *attacks, argv[++i]);
		else if (strcmp(argv[i], "--code") == 0 && i + 1 < argc)
			w.evidence.code = (uint8_t)atoi(argv[++i]);
		else
			return 64;
	}
	return i + 1 < argc ? double_run(&w, argv + i + 1) : 64;
}
