/*
 * Stands in the place of the target attest_anchors: the same symbol, filled before main() from the file that PARLEY_TEST_ANCHORS names (the
 * format is vendor.h's). Only test programs link it; what a production program links is in tests/layering.
 */
#include "attest/attest.h"

#include <stdio.h>
#include <stdlib.h>

enum { ANCHORS_MAX = 8 };
static struct att_anchor anchors[ANCHORS_MAX]; /* root 0 is no root */
const struct att_anchors att_anchors_production = {anchors, ANCHORS_MAX};

__attribute__((constructor)) static void read_anchors(void)
{
	const char *path = getenv("PARLEY_TEST_ANCHORS");
	FILE *f = path ? fopen(path, "r") : NULL;
	char hex[65];
	int root;

	if (!f)
		return; /* no anchor: everything is refused */
	for (size_t i = 0; i < ANCHORS_MAX && fscanf(f, "%d %64s", &root, hex) == 2; i++)
		if (hex_decode(anchors[i].pin, sizeof anchors[i].pin, hex) == ST_OK)
			anchors[i].root = (enum att_root)root;
	fclose(f);
}
