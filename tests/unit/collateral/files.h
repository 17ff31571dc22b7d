/* Reading the test's files; the shared vectors may be absent. */
#ifndef TEST_COLLATERAL_FILES_H
#define TEST_COLLATERAL_FILES_H

#include "../../support/test.h"

#include "collateral/import.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define VECTORS PARLEY_SHARED_DIR "/vectors/"

static inline struct buf file_bytes(const char *folder, const char *name)
{
	struct buf b = {0};
	char path[512];

	snprintf(path, sizeof path, "%s%s", folder, name);
	if (buf_read_file(&b, path, 1 << 20) != ST_OK)
		fail_msg("cannot read %s", path);
	return b;
}

static inline void skip_without_vectors(void)
{
	if (access(VECTORS "README.md", R_OK) == 0)
		return;
	print_message("the shared evidence vectors are not here\n");
	skip();
}

#endif
