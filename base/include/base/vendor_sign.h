/*
 * Signatures that vendors' image formats ask for: ES384 on an AWS Nitro image, RSA-3072 with exponent 3 on an SGX SIGSTRUCT. For
 * `parley image` and its tests; nothing in an enclave uses them. Our own signatures are Ed25519 (base/crypto.h).
 */
#ifndef BASE_VENDOR_SIGN_H
#define BASE_VENDOR_SIGN_H

#include "base/slice.h"
#include "base/status.h"

enum { ES384_LEN = 48, ES384_SIG_LEN = 96, SGX_RSA_LEN = 384 };

/* An unencrypted PEM private key on P-384: the scalar and the public point, big endian. ST_KEY for any other. */
MUST_USE enum status es384_key_from_pem(uint8_t d[static ES384_LEN], uint8_t xy[static ES384_SIG_LEN], struct slice pem);
/* ECDSA on P-384 with SHA-384 and the nonce of RFC 6979: the same message has the same signature, so that a signed image can be built
 * again. r || s. Runs where images are signed, not where others can time it. ST_KEY, ST_NO_MEMORY. */
MUST_USE enum status es384_sign(uint8_t sig[static ES384_SIG_LEN], const uint8_t d[static ES384_LEN], struct slice msg);

/* RSASSA-PKCS1v15 with SHA-256, 3072 bits, exponent 3, numbers little endian as Intel stores them (SDM volume 3D, 38.13 and 38.14).
 * The message is a || b. ST_OK, ST_SIGNATURE, ST_NO_MEMORY. */
MUST_USE enum status sgx_rsa_verify(const uint8_t modulus[static SGX_RSA_LEN], const uint8_t sig[static SGX_RSA_LEN], struct slice a,
    struct slice b);

#endif
