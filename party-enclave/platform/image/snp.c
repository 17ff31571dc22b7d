#include "image/snp.h"

#include "base/reader.h"
#include "firmware.h"

enum page_type { PAGE_NORMAL = 1, PAGE_VMSA, PAGE_ZERO, PAGE_UNMEASURED, PAGE_SECRETS, PAGE_CPUID };
#define FOUR_GIB (UINT64_C(1) << 32)
#define VMSA_GPA UINT64_C(0xfffffffff000) /* where a VMSA is recorded, whatever its real place */

static const uint8_t metadata_guid[GUID_LEN] = {0x66, 0x65, 0x88, 0xdc, 0x4a, 0x98, 0x98, 0x47, 0xa7, 0x5e, 0x55, 0x85, 0xa7, 0xbf, 0x67, 0xcc};
static const uint8_t hashes_guid[GUID_LEN] = {0x1f, 0x37, 0x55, 0x72, 0x3b, 0x3a, 0x04, 0x4b, 0x92, 0x7b, 0x1d, 0xa6, 0xef, 0xa8, 0xd4, 0x54};
static const uint8_t reset_guid[GUID_LEN] = {0xde, 0x71, 0xf7, 0x00, 0x7e, 0x1a, 0xcb, 0x4f, 0x89, 0x0e, 0x68, 0xc7, 0x7e, 0x2f, 0xb4, 0x4e};

/* ---- what the firmware says ---- */
static bool known_type(uint32_t type)
{
	return (type >= SNP_MEMORY && type <= SNP_SVSM_CAA) || type == SNP_KERNEL_HASHES;
}

/* OvmfPkg/ResetVector/X64/OvmfSevMetadata.asm: "ASEV", u32 length, u32 version, u32 count, count times (base, size, type). */
static enum status read_sections(struct snp_firmware *f, struct slice block)
{
	struct reader r = {.rest = block};
	const uint8_t *magic = rd_bytes(&r, 4);
	uint32_t len = rd_u32le(&r), version = rd_u32le(&r), n = rd_u32le(&r);

	if (r.failed || memcmp(magic, "ASEV", 4) != 0 || version != 1 || n > SNP_SECTIONS_MAX || len != 16 + n * 12)
		return ST_FORMAT;
	for (uint32_t i = 0; i < n; i++) {
		struct snp_section *s = &f->section[i];
		s->gpa = rd_u32le(&r);
		s->size = rd_u32le(&r);
		s->type = rd_u32le(&r);
		if (r.failed || s->gpa % PAGE || s->size % PAGE || s->size == 0 || s->size > FOUR_GIB - 1 - s->gpa)
			return ST_FORMAT;
		if (!known_type(s->type))
			return ST_UNSUPPORTED;
	}
	f->n_sections = n;
	return ST_OK;
}

static enum status read_address(uint32_t *out, struct slice ovmf, const uint8_t guid[static GUID_LEN])
{
	struct slice entry;
	enum status st = firmware_entry(&entry, ovmf, guid);

	*out = 0;
	if (st != ST_OK || !entry.ptr)
		return st;
	struct reader r = {.rest = entry};
	*out = rd_u32le(&r); /* a size may follow */
	return r.failed ? ST_FORMAT : ST_OK;
}

enum status snp_firmware_read(struct snp_firmware *out, struct slice ovmf)
{
	struct snp_firmware f = {0};
	struct slice block;
	enum status st;

	if (ovmf.len == 0 || ovmf.len % PAGE)
		return ST_FORMAT;
	TRY(firmware_block(&block, ovmf, metadata_guid));
	TRY(read_sections(&f, block));
	TRY(read_address(&f.hashes_gpa, ovmf, hashes_guid));
	TRY(read_address(&f.reset_eip, ovmf, reset_guid));
	*out = f;
out:
	return st;
}

/* ---- the digest ---- */
static void hash_of(uint8_t out[static SHA384_LEN], struct slice bytes)
{
	struct sha2 s;

	sha384_begin(&s);
	sha2_update(&s, bytes);
	sha2_end(&s, out);
}

/* PAGE_INFO: digest so far, contents, length 0x70, page type, IMI 0, permissions of VMPL 3, 2, 1 none, reserved, address. */
static void add_page(uint8_t digest[static SHA384_LEN], enum page_type type, uint64_t gpa, const uint8_t *contents)
{
	enum { INFO_LEN = 0x70 };
	uint8_t info[INFO_LEN] = {0};

	memcpy(info, digest, SHA384_LEN);
	if (contents)
		memcpy(info + 48, contents, SHA384_LEN);
	put_u16le(info + 96, INFO_LEN);
	info[98] = (uint8_t)type;
	put_u64le(info + 104, gpa);
	hash_of(digest, slice_of(info, sizeof info));
}

static void add_bytes(uint8_t digest[static SHA384_LEN], enum page_type type, uint64_t gpa, struct slice page)
{
	uint8_t contents[SHA384_LEN];

	hash_of(contents, page);
	add_page(digest, type, gpa, contents);
}

static void add_zeroes(uint8_t digest[static SHA384_LEN], const struct snp_section *s)
{
	for (uint32_t at = 0; at < s->size; at += PAGE)
		add_page(digest, PAGE_ZERO, (uint64_t)s->gpa + at, NULL);
}

void snp_firmware_digest(uint8_t out[static SHA384_LEN], struct slice ovmf)
{
	memset(out, 0, SHA384_LEN);
	for (size_t at = 0; at + PAGE <= ovmf.len; at += PAGE)
		add_bytes(out, PAGE_NORMAL, FOUR_GIB - ovmf.len + at, slice_of(ovmf.ptr + at, PAGE));
}

/* QEMU, target/i386/sev.c: GUID, u16 length, then command line (with its NUL), initrd, kernel, each GUID, u16 length, SHA-256. */
static void put_entry(uint8_t *out, const uint8_t guid[static GUID_LEN], struct slice bytes, struct slice end)
{
	struct sha2 s;

	memcpy(out, guid, GUID_LEN);
	put_u16le(out + GUID_LEN, GUID_LEN + 2 + SHA256_LEN);
	sha256_begin(&s);
	sha2_update(&s, bytes);
	sha2_update(&s, end);
	sha2_end(&s, out + GUID_LEN + 2);
}

static void add_kernel_hashes(uint8_t digest[static SHA384_LEN], const struct snp_guest *g)
{
	enum { ENTRY = GUID_LEN + 2 + SHA256_LEN, TABLE = GUID_LEN + 2 + 3 * ENTRY };
	static const uint8_t table[GUID_LEN] = {0x06, 0xd6, 0x38, 0x94, 0x22, 0x4f, 0xc9, 0x4c, 0xb4, 0x79, 0xa7, 0x93, 0xd4, 0x11, 0xfd, 0x21};
	static const uint8_t kernel[GUID_LEN] = {0x37, 0x94, 0xe7, 0x4d, 0xd2, 0xab, 0x7f, 0x42, 0xb8, 0x35, 0xd5, 0xb1, 0x72, 0xd2, 0x04, 0x5b};
	static const uint8_t initrd[GUID_LEN] = {0x31, 0xf7, 0xba, 0x44, 0x2f, 0x3a, 0xd7, 0x4b, 0x9a, 0xf1, 0x41, 0xe2, 0x91, 0x69, 0x78, 0x1d};
	static const uint8_t cmdline[GUID_LEN] = {0xd8, 0x2d, 0xd0, 0x97, 0x20, 0xbd, 0x94, 0x4c, 0xaa, 0x78, 0xe7, 0x71, 0x4d, 0x36, 0xab, 0x2a};
	uint32_t offset = g->firmware->hashes_gpa % PAGE;
	uint8_t page[PAGE] = {0}, *at = page + offset;

	memcpy(at, table, GUID_LEN);
	put_u16le(at + GUID_LEN, TABLE);
	at += GUID_LEN + 2;
	put_entry(at, cmdline, g->cmdline, slice_of("", 1));
	put_entry(at + ENTRY, initrd, g->initrd, (struct slice){0});
	put_entry(at + 2 * ENTRY, kernel, g->kernel, (struct slice){0});
	add_bytes(digest, PAGE_NORMAL, g->firmware->hashes_gpa - offset, slice_of(page, sizeof page));
}

static void add_sections(uint8_t digest[static SHA384_LEN], const struct snp_guest *g)
{
	const struct snp_firmware *f = g->firmware;

	for (size_t i = 0; i < f->n_sections; i++) {
		const struct snp_section *s = &f->section[i];
		if (s->type == SNP_SECRETS)
			add_page(digest, PAGE_SECRETS, s->gpa, NULL);
		else if (s->type == SNP_CPUID && g->vmm == SNP_QEMU)
			add_page(digest, PAGE_CPUID, s->gpa, NULL);
		else if (s->type == SNP_KERNEL_HASHES && g->has_kernel)
			add_kernel_hashes(digest, g);
		else if (s->type != SNP_CPUID)
			add_zeroes(digest, s);
	}
	for (size_t i = 0; i < f->n_sections && g->vmm == SNP_EC2; i++) /* last there */
		if (f->section[i].type == SNP_CPUID)
			add_page(digest, PAGE_CPUID, f->section[i].gpa, NULL);
}

/* ---- VMSA: the registers a vCPU starts with (AMD APM volume 2, table B-4), as KVM leaves them ---- */
static void put_segment(uint8_t *page, unsigned index, uint16_t selector, uint16_t attributes, uint32_t base)
{
	uint8_t *at = page + 16 * index;

	put_u16le(at, selector);
	put_u16le(at + 2, attributes);
	put_u32le(at + 4, 0xffff);
	put_u64le(at + 8, base);
}

static void add_vmsa(uint8_t digest[static SHA384_LEN], uint32_t eip, uint32_t cpu_signature, enum snp_vmm vmm)
{
	enum segment { ES, CS, SS, DS, FS, GS, GDTR, LDTR, IDTR, TR };
	enum { EFER = 0xd0, CR4 = 0x148, CR0 = 0x158, DR7 = 0x160, DR6 = 0x168, RFLAGS = 0x170, RIP = 0x178, G_PAT = 0x268, RDX = 0x310,
		SEV_FEATURES = 0x3b0, XCR0 = 0x3e8 };
	bool ec2 = vmm == SNP_EC2, first = eip == 0xfffffff0;
	uint8_t page[PAGE] = {0};

	put_segment(page, ES, 0, 0x93, 0);
	put_segment(page, CS, 0xf000, ec2 && first ? 0x9a : 0x9b, eip & 0xffff0000);
	put_segment(page, SS, 0, ec2 ? 0x92 : 0x93, 0);
	put_segment(page, DS, 0, 0x93, 0);
	put_segment(page, FS, 0, 0x93, 0);
	put_segment(page, GS, 0, 0x93, 0);
	put_segment(page, GDTR, 0, 0, 0);
	put_segment(page, LDTR, 0, 0x82, 0);
	put_segment(page, IDTR, 0, 0, 0);
	put_segment(page, TR, 0, ec2 ? 0x83 : 0x8b, 0);
	put_u64le(page + EFER, 0x1000); /* SVME */
	put_u64le(page + CR4, 0x40);    /* MCE */
	put_u64le(page + CR0, 0x10);    /* ET */
	put_u64le(page + DR7, 0x400);
	put_u64le(page + DR6, 0xffff0ff0);
	put_u64le(page + RFLAGS, 2);
	put_u64le(page + RIP, eip & 0xffff);
	put_u64le(page + G_PAT, UINT64_C(0x0007040600070406));
	put_u64le(page + RDX, ec2 ? 0 : cpu_signature);
	put_u64le(page + SEV_FEATURES, 1); /* SNP active */
	put_u64le(page + XCR0, 1);
	add_bytes(digest, PAGE_VMSA, VMSA_GPA, slice_of(page, sizeof page));
}

/* The table must lie whole in a page that the firmware has set aside for it. */
bool snp_firmware_hashes_kernel(const struct snp_firmware *f)
{
	for (size_t i = 0; i < f->n_sections; i++)
		if (f->section[i].type == SNP_KERNEL_HASHES && f->hashes_gpa - f->hashes_gpa % PAGE == f->section[i].gpa &&
		    f->hashes_gpa % PAGE <= PAGE - 176)
			return true;
	return false;
}

enum status snp_launch_digest(uint8_t out[static SHA384_LEN], const struct snp_guest *g)
{
	uint8_t digest[SHA384_LEN];

	if ((g->has_kernel && !snp_firmware_hashes_kernel(g->firmware)) || g->vcpus == 0 || g->vcpus > SNP_VCPUS_MAX ||
	    (g->vcpus > 1 && !g->firmware->reset_eip))
		return ST_ARGUMENT;
	memcpy(digest, g->seed, sizeof digest);
	add_sections(digest, g);
	for (uint32_t i = 0; i < g->vcpus; i++)
		add_vmsa(digest, i == 0 ? 0xfffffff0 : g->firmware->reset_eip, g->cpu_signature, g->vmm);
	memcpy(out, digest, sizeof digest);
	return ST_OK;
}

/* CPUID Fn0000_0001_EAX (AMD 25481): family, model, stepping; QEMU's names for them. */
bool snp_cpu_signature(uint32_t *out, const char *cpu)
{
	static const struct {
		const char *name;
		uint8_t family, model, stepping;
	} types[] = {{"EPYC", 23, 1, 2}, {"EPYC-Rome", 23, 49, 0}, {"EPYC-Milan", 25, 1, 1}, {"EPYC-Genoa", 25, 17, 0}, {"EPYC-Turin", 26, 0, 0}};

	for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
		size_t len = strlen(types[i].name);
		if (strncmp(cpu, types[i].name, len) != 0)
			continue;
		bool version = cpu[len] == '-' && cpu[len + 1] == 'v' && cpu[len + 2] >= '1' && cpu[len + 2] <= '9' && !cpu[len + 3];
		if (cpu[len] && !version)
			continue;
		*out = (types[i].family - 15u) << 20 | (types[i].model >> 4 & 0xfu) << 16 | 0xf00 | (types[i].model & 0xfu) << 4 | types[i].stepping;
		return true;
	}
	return false;
}
