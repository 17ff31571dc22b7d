#include "base/panic.h"

#include <stdio.h>
#include <stdlib.h>

_Noreturn void panic_at(const char *file, int line, const char *what)
{
	fprintf(stderr, "parley: BUG-0001 %s:%d: %s\n", file, line, what);
	abort();
}
