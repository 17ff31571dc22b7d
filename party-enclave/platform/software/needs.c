/* System V ABI, chapters 4 and 5. Every offset is checked against the file before it is followed. */
#include "software/needs.h"

#include <elf.h>

static bool copy_at(void *out, size_t len, struct slice file, uint64_t offset)
{
	if (offset > file.len || len > file.len - offset)
		return false;
	memcpy(out, file.ptr + offset, len);
	return true;
}

static enum status copy_name(char out[static ELF_NAME_MAX], struct slice file, uint64_t offset)
{
	if (offset >= file.len)
		return ST_FORMAT;
	size_t room = file.len - offset < ELF_NAME_MAX ? file.len - offset : ELF_NAME_MAX;
	const uint8_t *end = memchr(file.ptr + offset, 0, room);
	if (!end || end == file.ptr + offset)
		return ST_FORMAT;
	memcpy(out, file.ptr + offset, (size_t)(end - (file.ptr + offset)) + 1);
	return ST_OK;
}

static enum status read_header(Elf64_Ehdr *h, struct slice file)
{
	if (!copy_at(h, sizeof *h, file, 0) || memcmp(h->e_ident, ELFMAG, SELFMAG) != 0 || h->e_ident[EI_CLASS] != ELFCLASS64 ||
	    h->e_ident[EI_DATA] != ELFDATA2LSB || h->e_machine != EM_X86_64 || h->e_phentsize != sizeof(Elf64_Phdr))
		return ST_FORMAT;
	return ST_OK;
}

/* The file offset of a virtual address, by the PT_LOAD that holds it. */
static bool offset_of(uint64_t *out, uint64_t address, const Elf64_Ehdr *h, struct slice file)
{
	Elf64_Phdr p;

	for (unsigned i = 0; i < h->e_phnum; i++) {
		if (!copy_at(&p, sizeof p, file, h->e_phoff + (uint64_t)i * sizeof p))
			return false;
		if (p.p_type == PT_LOAD && address >= p.p_vaddr && address - p.p_vaddr < p.p_filesz) {
			*out = p.p_offset + (address - p.p_vaddr);
			return true;
		}
	}
	return false;
}

static bool dynamic_value(uint64_t *out, int64_t tag, const Elf64_Phdr *dynamic, struct slice file)
{
	Elf64_Dyn d;

	for (uint64_t at = 0; at + sizeof d <= dynamic->p_filesz; at += sizeof d) {
		if (!copy_at(&d, sizeof d, file, dynamic->p_offset + at) || d.d_tag == DT_NULL)
			return false;
		if (d.d_tag == tag) {
			*out = d.d_un.d_val;
			return true;
		}
	}
	return false;
}

static enum status read_dynamic(struct elf_needs *out, const Elf64_Phdr *dynamic, const Elf64_Ehdr *h, struct slice file)
{
	uint64_t strings_address, strings;
	Elf64_Dyn d;

	if (!dynamic_value(&strings_address, DT_STRTAB, dynamic, file) || !offset_of(&strings, strings_address, h, file))
		return ST_FORMAT;
	for (uint64_t at = 0; at + sizeof d <= dynamic->p_filesz; at += sizeof d) {
		if (!copy_at(&d, sizeof d, file, dynamic->p_offset + at))
			return ST_FORMAT;
		if (d.d_tag == DT_NULL)
			break;
		if (d.d_tag != DT_NEEDED)
			continue;
		if (out->n == ELF_NEEDED_MAX || d.d_un.d_val > file.len || copy_name(out->needed[out->n], file, strings + d.d_un.d_val) != ST_OK)
			return ST_FORMAT;
		out->n++;
	}
	return ST_OK;
}

enum status elf_read_needs(struct elf_needs *out, struct slice file)
{
	Elf64_Ehdr h;
	Elf64_Phdr p;
	enum status st;

	*out = (struct elf_needs){0};
	TRY(read_header(&h, file));
	for (unsigned i = 0; i < h.e_phnum; i++) {
		if (!copy_at(&p, sizeof p, file, h.e_phoff + (uint64_t)i * sizeof p))
			return ST_FORMAT;
		if (p.p_type == PT_INTERP)
			TRY(copy_name(out->interpreter, file, p.p_offset));
		if (p.p_type == PT_DYNAMIC)
			TRY(read_dynamic(out, &p, &h, file));
	}
out:
	return st;
}
