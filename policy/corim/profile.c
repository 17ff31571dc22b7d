#include "profile.h"

#include <string.h>

const char *profile_vendor(enum tee_kind kind)
{
	const char *vendor = tee_vendor(kind);

	return vendor ? vendor : "parley";
}

/* Bytes that are chosen, not hashed: raw values. CODE is a BLAKE2b-512 hash, which the registry does not number. */
static bool is_raw(unsigned reg)
{
	static const uint8_t raw[] = {TEE_REG_CODE, TEE_REG_ISVPRODID, TEE_REG_CONFIGID, TEE_REG_MRCONFIGID,
	    TEE_REG_MROWNER, TEE_REG_MROWNERCONFIG, TEE_REG_HOST_DATA, TEE_REG_FAMILY_ID, TEE_REG_IMAGE_ID};

	return reg >= TEE_REG_CODE && memchr(raw, (int)reg, sizeof raw) != NULL;
}

struct profile_register profile_register(enum tee_kind kind, unsigned reg)
{
	enum { SHA256 = 1, SHA384 = 7, SHA256_LEN = 32 };
	struct tee_register_info info = tee_register_info(kind, reg);

	if (info.at_least)
		return (struct profile_register){.form = FORM_MIN_SVN};
	if (is_raw(reg))
		return (struct profile_register){.form = FORM_RAW};
	return (struct profile_register){.form = FORM_DIGEST, .algorithm = info.len == SHA256_LEN ? SHA256 : SHA384};
}
