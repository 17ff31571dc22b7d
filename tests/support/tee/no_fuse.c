/* In the place of fuse.c where libfuse3 is not installed. */
#include "doubles.h"

#include <stdio.h>

int double_run_fuse(const struct double_wish *w, struct vendor *v, char *const *argv)
{
	(void)w, (void)v, (void)argv;
	fprintf(stderr, "built without libfuse3: install libfuse3-dev\n");
	return DOUBLE_CANNOT;
}
