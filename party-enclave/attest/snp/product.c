#include "product.h"

#include <stdio.h>

static const struct snp_product products[] = {
    {"Milan", ATT_ROOT_AMD_MILAN, 0x19, false, 64},
    {"Genoa", ATT_ROOT_AMD_GENOA, 0x19, false, 64}, /* Bergamo and Siena too */
    {"Turin", ATT_ROOT_AMD_TURIN, 0x1a, true, 8},
};

/* What follows `prefix`, or NULL. */
static const char *after(const char *text, const char *prefix)
{
	size_t len = strlen(prefix);

	return strncmp(text, prefix, len) == 0 ? text + len : NULL;
}

const struct snp_product *snp_product_of_issuer(const char *common_name, bool *vlek)
{
	const char *name = after(common_name, "SEV-VLEK-");

	*vlek = name != NULL;
	if (!name)
		name = after(common_name, "SEV-");
	for (size_t k = 0; name && k < sizeof products / sizeof products[0]; k++)
		if (strcmp(products[k].name, name) == 0)
			return &products[k];
	return NULL;
}

enum { RESERVED = SNP_TCB_COUNT };
static const uint8_t layout_19h[SNP_TCB_LEN] = {
    SNP_BOOT_LOADER, SNP_TEE, RESERVED, RESERVED, RESERVED, RESERVED, SNP_SNP, SNP_MICROCODE};
static const uint8_t layout_1ah[SNP_TCB_LEN] = {
    SNP_FMC, SNP_BOOT_LOADER, SNP_TEE, SNP_SNP, RESERVED, RESERVED, RESERVED, SNP_MICROCODE};

bool snp_tcb_decode(
    uint8_t out[static SNP_TCB_COUNT], const struct snp_product *p, const uint8_t raw[static SNP_TCB_LEN])
{
	const uint8_t *layout = p->has_fmc ? layout_1ah : layout_19h;
	uint8_t reserved = 0;

	memset(out, 0, SNP_TCB_COUNT);
	for (size_t k = 0; k < SNP_TCB_LEN; k++)
		if (layout[k] == RESERVED)
			reserved |= raw[k];
		else
			out[layout[k]] = raw[k];
	return reserved == 0;
}

bool snp_tcb_at_most(const uint8_t a[static SNP_TCB_COUNT], const uint8_t b[static SNP_TCB_COUNT])
{
	for (size_t k = 0; k < SNP_TCB_COUNT; k++)
		if (a[k] > b[k])
			return false;
	return true;
}

struct snp_tcb_text snp_tcb_show(const uint8_t tcb[static SNP_TCB_COUNT])
{
	struct snp_tcb_text t;

	snprintf(t.text, sizeof t.text, "%u.%u.%u.%u.%u", tcb[SNP_FMC], tcb[SNP_BOOT_LOADER], tcb[SNP_TEE],
	    tcb[SNP_SNP], tcb[SNP_MICROCODE]);
	return t;
}
