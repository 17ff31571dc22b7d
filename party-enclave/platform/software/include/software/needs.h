/* Which other files an ELF64 executable or shared object needs: its loader and its DT_NEEDED names. Pure; hostile bytes. */
#ifndef SOFTWARE_NEEDS_H
#define SOFTWARE_NEEDS_H

#include "base/slice.h"
#include "base/status.h"

enum { ELF_NEEDED_MAX = 32, ELF_NAME_MAX = 128 };
struct elf_needs {
	char interpreter[ELF_NAME_MAX]; /* "" for a shared object */
	char needed[ELF_NEEDED_MAX][ELF_NAME_MAX];
	size_t n;
};
/* ST_FORMAT: not a little-endian x86-64 ELF, or a table that points outside of the file. */
MUST_USE enum status elf_read_needs(struct elf_needs *out, struct slice file);

#endif
