#include "image/sgx.h"

#include "base/reader.h"
#include "base/sha2.h"
#include "base/vendor_sign.h"

enum { HEADER = 0, HEADER2 = 24, RESERVED1 = 44, MODULUS = 128, EXPONENT = 512, SIGNATURE = 516, BODY = 900, ATTRIBUTES = 928, ATTRIBUTE_MASK = 944,
	MRENCLAVE = 960, ISVPRODID = 1024, ISVSVN = 1026, RESERVED4 = 1028, Q1 = 1040, SIGNED_LEN = 128, DEBUG = 2 };

static bool is_zero(const uint8_t *p, size_t len)
{
	while (len && *p == 0)
		p++, len--;
	return len == 0;
}

static uint16_t u16_at(const uint8_t *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}

enum status sgx_sigstruct_read(struct sgx_identity *out, struct slice sigstruct)
{
	static const uint8_t header[16] = {6, 0, 0, 0, 0xe1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0};
	static const uint8_t header2[16] = {1, 1, 0, 0, 0x60, 0, 0, 0, 0x60, 0, 0, 0, 1, 0, 0, 0}, exponent[4] = {3};
	const uint8_t *p = sigstruct.ptr;
	struct sgx_identity id;
	struct sha2 s;
	enum status st;

	if (sigstruct.len != SIGSTRUCT_LEN)
		return sigstruct.len < SIGSTRUCT_LEN ? ST_TRUNCATED : ST_TRAILING;
	if (memcmp(p + HEADER, header, sizeof header) != 0 || memcmp(p + HEADER2, header2, sizeof header2) != 0 ||
	    memcmp(p + EXPONENT, exponent, sizeof exponent) != 0 || !is_zero(p + RESERVED1, MODULUS - RESERVED1) ||
	    !is_zero(p + RESERVED4, Q1 - RESERVED4))
		return ST_FORMAT;
	TRY(sgx_rsa_verify(p + MODULUS, p + SIGNATURE, slice_of(p, SIGNED_LEN), slice_of(p + BODY, SIGNED_LEN)));
	memcpy(id.mrenclave, p + MRENCLAVE, sizeof id.mrenclave);
	sha256_begin(&s); /* MRSIGNER: SHA-256 of the modulus as it stands here */
	sha2_update(&s, slice_of(p + MODULUS, SGX_RSA_LEN));
	sha2_end(&s, id.mrsigner);
	id.isvprodid = u16_at(p + ISVPRODID);
	id.isvsvn = u16_at(p + ISVSVN);
	id.debug_permitted = (p[ATTRIBUTES] & DEBUG) || !(p[ATTRIBUTE_MASK] & DEBUG);
	*out = id;
out:
	return st;
}
