/* Tables of names: TEE kinds, measurement registers, TCB statuses. */
#include "base/tee.h"

enum { SHA256_LEN = 32, SHA384_LEN = 48, NUMBER_LEN = 2, PCRS = 32 };

static const struct {
	const char *name, *vendor;
} kinds[TEE_KIND_COUNT_] = {
    [TEE_SOFTWARE] = {"software", NULL},
    [TEE_NITRO] = {"nitro", "aws"},
    [TEE_SGX] = {"sgx", "intel"},
    [TEE_TDX] = {"tdx", "intel"},
    [TEE_SNP] = {"snp", "amd"},
    [TEE_TPM] = {"tpm", NULL},
};

static bool is_kind(enum tee_kind kind)
{
	return kind >= TEE_SOFTWARE && kind < TEE_KIND_COUNT_;
}

static bool is_name(const char *name, struct slice text)
{
	return slice_equal(slice_str(name), text);
}

const char *tee_name(enum tee_kind kind)
{
	return is_kind(kind) ? kinds[kind].name : "?";
}

bool tee_from_name(enum tee_kind *kind, struct slice name)
{
	for (unsigned k = TEE_SOFTWARE; k < TEE_KIND_COUNT_; k++)
		if (is_name(kinds[k].name, name)) {
			*kind = (enum tee_kind)k;
			return true;
		}
	return false;
}

const char *tee_vendor(enum tee_kind kind)
{
	return is_kind(kind) ? kinds[kind].vendor : NULL;
}

/* PCRs aside, a register belongs to one kind; `code` belongs to two. */
static const struct {
	const char *name;
	enum tee_kind kind;
	struct tee_register_info info;
} registers[] = {
#define REGISTER(reg, ...) [(reg) - TEE_REG_CODE] = {__VA_ARGS__}
    REGISTER(TEE_REG_CODE, "code", TEE_SOFTWARE, {TEE_VALUE_MAX, false, true}),
    REGISTER(TEE_REG_MRENCLAVE, "mrenclave", TEE_SGX, {SHA256_LEN, false, true}),
    REGISTER(TEE_REG_MRSIGNER, "mrsigner", TEE_SGX, {SHA256_LEN, false, false}),
    REGISTER(TEE_REG_ISVPRODID, "isvprodid", TEE_SGX, {NUMBER_LEN, false, false}),
    REGISTER(TEE_REG_ISVSVN, "isvsvn", TEE_SGX, {NUMBER_LEN, true, false}),
    REGISTER(TEE_REG_CONFIGID, "configid", TEE_SGX, {64, false, false}),
    REGISTER(TEE_REG_CONFIGSVN, "configsvn", TEE_SGX, {NUMBER_LEN, true, false}),
    REGISTER(TEE_REG_MRTD, "mrtd", TEE_TDX, {SHA384_LEN, false, true}),
    REGISTER(TEE_REG_RTMR0, "rtmr0", TEE_TDX, {SHA384_LEN, false, false}),
    REGISTER(TEE_REG_RTMR1, "rtmr1", TEE_TDX, {SHA384_LEN, false, true}),
    REGISTER(TEE_REG_RTMR2, "rtmr2", TEE_TDX, {SHA384_LEN, false, true}),
    REGISTER(TEE_REG_RTMR3, "rtmr3", TEE_TDX, {SHA384_LEN, false, false}),
    REGISTER(TEE_REG_MRCONFIGID, "mrconfigid", TEE_TDX, {SHA384_LEN, false, false}),
    REGISTER(TEE_REG_MROWNER, "mrowner", TEE_TDX, {SHA384_LEN, false, false}),
    REGISTER(TEE_REG_MROWNERCONFIG, "mrownerconfig", TEE_TDX, {SHA384_LEN, false, false}),
    REGISTER(TEE_REG_MRSEAM, "mrseam", TEE_TDX, {SHA384_LEN, false, false}),
    REGISTER(TEE_REG_MRSERVICETD, "mrservicetd", TEE_TDX, {SHA384_LEN, false, false}),
    REGISTER(TEE_REG_MEASUREMENT, "measurement", TEE_SNP, {SHA384_LEN, false, true}),
    REGISTER(TEE_REG_HOST_DATA, "host-data", TEE_SNP, {SHA256_LEN, false, false}),
    REGISTER(TEE_REG_ID_KEY_DIGEST, "id-key-digest", TEE_SNP, {SHA384_LEN, false, false}),
    REGISTER(TEE_REG_AUTHOR_KEY_DIGEST, "author-key-digest", TEE_SNP, {SHA384_LEN, false, false}),
    REGISTER(TEE_REG_FAMILY_ID, "family-id", TEE_SNP, {16, false, false}),
    REGISTER(TEE_REG_IMAGE_ID, "image-id", TEE_SNP, {16, false, false}),
    REGISTER(TEE_REG_GUEST_SVN, "guest-svn", TEE_SNP, {4, true, false}),
#undef REGISTER
};
_Static_assert(sizeof registers / sizeof registers[0] == TEE_REG_END_ - TEE_REG_CODE, "every register has a row");

static const char *const pcr_names[PCRS] = {"pcr0", "pcr1", "pcr2", "pcr3", "pcr4", "pcr5", "pcr6", "pcr7", "pcr8", "pcr9",
    "pcr10", "pcr11", "pcr12", "pcr13", "pcr14", "pcr15", "pcr16", "pcr17", "pcr18", "pcr19", "pcr20", "pcr21", "pcr22",
    "pcr23", "pcr24", "pcr25", "pcr26", "pcr27", "pcr28", "pcr29", "pcr30", "pcr31"};

/* Nitro PCR 0, 1 and 2 identify the image, its kernel and its application. A TPM has 24. */
static struct tee_register_info pcr_info(enum tee_kind kind, unsigned reg)
{
	enum { NITRO_CODE_PCRS = 3, TPM_PCRS = 24 };

	if (kind == TEE_NITRO)
		return (struct tee_register_info){SHA384_LEN, false, reg < NITRO_CODE_PCRS};
	if (kind == TEE_TPM && reg < TPM_PCRS)
		return (struct tee_register_info){SHA256_LEN, false, false};
	return (struct tee_register_info){0};
}

struct tee_register_info tee_register_info(enum tee_kind kind, unsigned reg)
{
	if (reg < PCRS)
		return pcr_info(kind, reg);
	if (reg < TEE_REG_CODE || reg >= TEE_REG_END_)
		return (struct tee_register_info){0};
	if (registers[reg - TEE_REG_CODE].kind != kind && !(reg == TEE_REG_CODE && kind == TEE_TPM))
		return (struct tee_register_info){0};
	return registers[reg - TEE_REG_CODE].info;
}

const char *tee_register_name(unsigned reg)
{
	if (reg < PCRS)
		return pcr_names[reg];
	return reg >= TEE_REG_CODE && reg < TEE_REG_END_ ? registers[reg - TEE_REG_CODE].name : "?";
}

bool tee_register_from_name(uint8_t *reg, enum tee_kind kind, struct slice name)
{
	for (unsigned r = 0; r < TEE_REG_END_; r++)
		if (tee_register_info(kind, r).len && is_name(tee_register_name(r), name)) {
			*reg = (uint8_t)r;
			return true;
		}
	return false;
}

static const char *const statuses[TEE_STATUS_COUNT_] = {
    [TEE_STATUS_UP_TO_DATE] = "UpToDate",
    [TEE_STATUS_SW_HARDENING_NEEDED] = "SWHardeningNeeded",
    [TEE_STATUS_CONFIGURATION_NEEDED] = "ConfigurationNeeded",
    [TEE_STATUS_CONFIGURATION_AND_SW_HARDENING_NEEDED] = "ConfigurationAndSWHardeningNeeded",
    [TEE_STATUS_OUT_OF_DATE] = "OutOfDate",
    [TEE_STATUS_OUT_OF_DATE_CONFIGURATION_NEEDED] = "OutOfDateConfigurationNeeded",
    [TEE_STATUS_TD_RELAUNCH_ADVISED] = "TDRelaunchAdvised",
    [TEE_STATUS_TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED] = "TDRelaunchAdvisedConfigurationNeeded",
    [TEE_STATUS_REVOKED] = "Revoked",
};

const char *tee_status_name(enum tee_status s)
{
	return s >= 0 && s < TEE_STATUS_COUNT_ ? statuses[s] : "?";
}

bool tee_status_from_name(enum tee_status *s, struct slice name)
{
	for (unsigned k = 0; k < TEE_STATUS_COUNT_; k++)
		if (is_name(statuses[k], name)) {
			*s = (enum tee_status)k;
			return true;
		}
	return false;
}
