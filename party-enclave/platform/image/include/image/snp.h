/*
 * The launch digest of an AMD SEV-SNP guest (AMD 56860, "SEV Secure Nested Paging Firmware ABI", section 8.17.2, PAGE_INFO): SHA-384 chained
 * over every page that the host adds before the guest starts, as QEMU or EC2 add them: the firmware, the pages its metadata names (zeroes,
 * secrets, CPUID, hashes of kernel, initrd and command line), then one VMSA for each vCPU. Pure.
 */
#ifndef IMAGE_SNP_H
#define IMAGE_SNP_H

#include "base/sha2.h"
#include "base/status.h"

enum { SNP_SECTIONS_MAX = 16, SNP_VCPUS_MAX = 1024 };
enum snp_section_type { SNP_MEMORY = 1, SNP_SECRETS = 2, SNP_CPUID = 3, SNP_SVSM_CAA = 4, SNP_KERNEL_HASHES = 0x10 };
struct snp_section {
	uint32_t gpa, size, type;
};
/* What the firmware asks of its host. */
struct snp_firmware {
	struct snp_section section[SNP_SECTIONS_MAX];
	size_t n_sections;
	uint32_t hashes_gpa;  /* of the table, in the page of SNP_KERNEL_HASHES; 0: none */
	uint32_t reset_eip;   /* where every vCPU but the first starts; 0: none */
};
/* ST_FORMAT; ST_UNSUPPORTED for a section type that is not known. */
MUST_USE enum status snp_firmware_read(struct snp_firmware *out, struct slice ovmf);
/* Has it a page for the hashes of kernel, initrd and command line? Without one a launch digest says nothing about them. */
bool snp_firmware_hashes_kernel(const struct snp_firmware *f);
/* The digest over the firmware's own pages: the seed of the rest. ovmf is a whole number of pages. */
void snp_firmware_digest(uint8_t out[static SHA384_LEN], struct slice ovmf);

enum snp_vmm { SNP_QEMU, SNP_EC2 };
struct snp_guest {
	const struct snp_firmware *firmware;
	const uint8_t *seed; /* SHA384_LEN */
	bool has_kernel;
	struct slice kernel, initrd, cmdline; /* command line without NUL */
	uint32_t vcpus;
	uint32_t cpu_signature; /* CPUID 1 EAX; QEMU starts vCPUs with it in RDX */
	enum snp_vmm vmm;
};
/* ST_ARGUMENT: a kernel, and firmware without a page for its hashes, or several vCPUs and no reset vector. */
MUST_USE enum status snp_launch_digest(uint8_t out[static SHA384_LEN], const struct snp_guest *g);
/* "EPYC-Milan", "EPYC-Genoa", "EPYC-Turin", "EPYC-Rome", "EPYC" and their -vN; false when it is none of them. */
bool snp_cpu_signature(uint32_t *out, const char *cpu);

#endif
