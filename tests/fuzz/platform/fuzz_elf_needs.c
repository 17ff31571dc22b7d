/*
 * Target: the launcher's ELF reader. Properties: it never reads outside of the file; the names it gives are not empty, end in their
 * place, and stand in the file; the same bytes give the same answer.
 */
#include "software/needs.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_name(const char name[static ELF_NAME_MAX], struct slice file)
{
	size_t len = strnlen(name, ELF_NAME_MAX);

	if (len == 0 || len == ELF_NAME_MAX || !memmem(file.ptr, file.len, name, len + 1))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct elf_needs one, two;
	struct slice file = slice_of(data, size);
	enum status st = elf_read_needs(&one, file);

	if (st != elf_read_needs(&two, file) || memcmp(&one, &two, sizeof one) != 0)
		abort();
	if (st != ST_OK)
		return 0;
	if (one.interpreter[0])
		check_name(one.interpreter, file);
	if (one.n > ELF_NEEDED_MAX)
		abort();
	for (size_t i = 0; i < one.n; i++)
		check_name(one.needed[i], file);
	return 0;
}
