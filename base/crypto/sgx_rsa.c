/* The signature of a SIGSTRUCT: exponent 3, which is why it has a verifier of its own. Public numbers only: not constant time. */
#include "base/sha2.h"
#include "base/vendor_sign.h"

#include <openssl/bn.h>

/* EMSA-PKCS1-v1_5 (RFC 8017, section 9.2): 00 01 ff … ff 00, DigestInfo of SHA-256, hash; here little endian at the end. */
static void expected_block(uint8_t out[static SGX_RSA_LEN], struct slice a, struct slice b)
{
	static const uint8_t info[] = {0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00,
	    0x04, 0x20};
	uint8_t *hash = out + SGX_RSA_LEN - SHA256_LEN, *head = hash - sizeof info;
	struct sha2 s;

	memset(out, 0xff, SGX_RSA_LEN);
	out[0] = 0, out[1] = 1;
	head[-1] = 0;
	memcpy(head, info, sizeof info);
	sha256_begin(&s);
	sha2_update(&s, a);
	sha2_update(&s, b);
	sha2_end(&s, hash);
}

enum status sgx_rsa_verify(const uint8_t modulus[static SGX_RSA_LEN], const uint8_t sig[static SGX_RSA_LEN], struct slice a,
    struct slice b)
{
	uint8_t want[SGX_RSA_LEN], got[SGX_RSA_LEN];
	BN_CTX *ctx = BN_CTX_new();
	BIGNUM *n = BN_lebin2bn(modulus, SGX_RSA_LEN, NULL), *s = BN_lebin2bn(sig, SGX_RSA_LEN, NULL), *cube = BN_new();
	enum status st = ctx && n && s && cube ? ST_SIGNATURE : ST_NO_MEMORY;

	expected_block(want, a, b);
	/* 3072 bits exactly, odd; the signature a number below it */
	if (st == ST_SIGNATURE && BN_num_bits(n) == 8 * SGX_RSA_LEN && BN_is_odd(n) && BN_cmp(s, n) < 0 && BN_mod_sqr(cube, s, n, ctx) == 1 &&
	    BN_mod_mul(cube, cube, s, n, ctx) == 1 && BN_bn2binpad(cube, got, SGX_RSA_LEN) == SGX_RSA_LEN && memcmp(want, got, SGX_RSA_LEN) == 0)
		st = ST_OK;
	BN_free(n);
	BN_free(s);
	BN_free(cube);
	BN_CTX_free(ctx);
	return st;
}
