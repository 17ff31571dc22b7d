/*
 * The cryptographic primitives, each under one name. Owner of libsodium and of libcrypto for base: no type of either
 * appears here. Pure: randomness is passed in (struct random). Public and secret lengths are constants.
 *
 * H is BLAKE2b-512 over a canonical CBOR array whose first item is a text label such as "parley/sid/v1"; it is the only
 * hash of ours (docs/PROTOCOL.md, section 2). The items are streamed: no buffer.
 */
#ifndef BASE_CRYPTO_H
#define BASE_CRYPTO_H

#include "base/slice.h"
#include "base/status.h"

enum {
	HASH_LEN = 64,
	ED25519_PUBLIC_LEN = 32,
	ED25519_SECRET_LEN = 64, /* libsodium layout: seed followed by public key */
	ED25519_SEED_LEN = 32,
	ED25519_SIG_LEN = 64,
	X25519_LEN = 32,
	AEAD_KEY_LEN = 32,
	AEAD_TAG_LEN = 16,
	AES_BLOCK_LEN = 16,
};

/* Fails closed when the libraries cannot initialise. Idempotent. */
MUST_USE enum status crypto_init(void);

/* Where random bytes come from: the operating system in programs, a seeded stream in the simulator. */
struct random {
	void *ctx;
	void (*fill)(void *ctx, void *out, size_t len); /* never fails: a source that cannot deliver panics */
};
extern const struct random random_system; /* getrandom(2); target base_random: programs only, never a core */
/* A deterministic source: ChaCha20 under `seed`, for the simulator and tests. Caller's storage, address is kept. */
struct random_seeded {
	uint8_t seed[32];
	uint64_t counter;
};
struct random random_from_seed(struct random_seeded *state);

/* ---- H ---- */
struct hash {
	_Alignas(64) uint8_t opaque[448];
};
void hash_begin(struct hash *h, const char *label, size_t items); /* items that follow, the label not counted */
void hash_bytes(struct hash *h, struct slice bytes);              /* CBOR byte string */
void hash_text(struct hash *h, const char *text);                 /* CBOR text string */
void hash_u64(struct hash *h, uint64_t v);                        /* CBOR unsigned integer */
void hash_array(struct hash *h, size_t items);                    /* head of a nested array */
void hash_end(struct hash *h, uint8_t out[static HASH_LEN]);      /* panics unless exactly the promised items came */
/* One byte-string item: H(label, bytes). */
void hash_one(uint8_t out[static HASH_LEN], const char *label, struct slice bytes);

/* ---- Ed25519 (RFC 8032). Verification refuses small-order and non-canonical keys (libsodium). ---- */
void ed25519_keypair(uint8_t pk[static ED25519_PUBLIC_LEN], uint8_t sk[static ED25519_SECRET_LEN],
    const uint8_t seed[static ED25519_SEED_LEN]);
void ed25519_sign(uint8_t sig[static ED25519_SIG_LEN], struct slice msg, const uint8_t sk[static ED25519_SECRET_LEN]);
MUST_USE enum status ed25519_verify(const uint8_t sig[static ED25519_SIG_LEN], struct slice msg,
    const uint8_t pk[static ED25519_PUBLIC_LEN]); /* ST_OK or ST_SIGNATURE */

/* ---- ECDSA (FIPS 186-4), verification only, for documents that are not ours; each curve with its own hash ---- */
enum ecdsa_curve { ECDSA_P256_SHA256, ECDSA_P384_SHA384, ECDSA_P521_SHA512 };
/* x, y: 32, 48 or 66 bytes, big endian; sig is r || s, twice that. ST_OK, ST_KEY (not a point of the curve),
 * ST_SIGNATURE. Not constant time: public bytes only. */
MUST_USE enum status ecdsa_verify(enum ecdsa_curve curve, struct slice x, struct slice y, struct slice sig,
    struct slice msg);

/* ---- X25519 (RFC 7748). ST_KEY when the shared secret is all zero. ---- */
void x25519_public(uint8_t pk[static X25519_LEN], const uint8_t sk[static X25519_LEN]);
MUST_USE enum status x25519(uint8_t out[static X25519_LEN], const uint8_t sk[static X25519_LEN],
    const uint8_t pk[static X25519_LEN]);

/* ---- plain BLAKE2b-512 and its HMAC (RFC 2104, block 128), for Noise; HKDF of Noise section 4.3 ---- */
void blake2b_512(uint8_t out[static HASH_LEN], struct slice a, struct slice b); /* of a || b */
void hmac_blake2b(uint8_t out[static HASH_LEN], struct slice key, struct slice msg);
void noise_hkdf2(uint8_t out1[static HASH_LEN], uint8_t out2[static HASH_LEN], const uint8_t ck[static HASH_LEN],
    struct slice input);

/* ---- HKDF with SHA-256 (RFC 5869), for RFC 9180 and stream keys ---- */
void hkdf_sha256_extract(uint8_t prk[static 32], struct slice salt, struct slice ikm);
/* The same with ikm = ikm[0] || ikm[1] || … */
void hkdf_sha256_extract_parts(uint8_t prk[static 32], struct slice salt, const struct slice *ikm, size_t parts);
/* ST_TOO_LARGE above 255 * 32 bytes. */
MUST_USE enum status hkdf_sha256_expand(uint8_t *out, size_t len, const uint8_t prk[static 32], struct slice info);

/* ---- AEAD with a context that is made once and used for many records (OpenSSL). Nonce is 12 bytes. ---- */
enum aead_suite { AEAD_AES256_GCM = 1, AEAD_CHACHA20_POLY1305 = 2 };
struct aead; /* opaque; holds the key in the library's context */
MUST_USE enum status aead_new(struct aead **out, enum aead_suite suite, const uint8_t key[static AEAD_KEY_LEN]);
void aead_free(struct aead *a); /* wipes; NULL is fine */
/* out has room for plain.len + AEAD_TAG_LEN; out may equal plain.ptr. */
MUST_USE enum status aead_seal(struct aead *a, uint8_t *out, const uint8_t nonce[static 12], struct slice ad,
    struct slice plain);
/* out has room for sealed.len - AEAD_TAG_LEN; ST_DECRYPT and out wiped when the tag is wrong. May be in place. */
MUST_USE enum status aead_open(struct aead *a, uint8_t *out, const uint8_t nonce[static 12], struct slice ad,
    struct slice sealed);

/* ---- AES-128 in counter mode as a pseudo-random stream: block(c) = AES_k(addr || c) (docs/PROTOCOL.md, section 8) ---- */
struct aes_stream; /* opaque */
MUST_USE enum status aes_stream_new(struct aes_stream **out, const uint8_t key[static 16]);
void aes_stream_free(struct aes_stream *s);
/* Fills out with the stream whose block number j is AES_k(op u32 BE || chunk u32 BE || (ctr + j) u64 BE).
 * len need not be a multiple of 16. 16 bytes aligned or not. */
void aes_stream_fill(struct aes_stream *s, uint8_t *out, size_t len, uint32_t op, uint32_t chunk, uint64_t ctr);

/* ---- constant time and memory ---- */
bool ct_equal(const void *a, const void *b, size_t len);
void wipe(void *p, size_t len);
/* Guarded, locked pages for long-lived keys: NULL when they cannot be locked (fail closed). */
void *secret_alloc(size_t len);
void secret_free(void *p); /* wipes; NULL is fine */

/* A key on the stack that cleans up after itself on every way out. */
struct secret32 {
	uint8_t bytes[32];
};
void secret32_wipe(struct secret32 *s);
#define SECRET32_LOCAL(name) __attribute__((cleanup(secret32_wipe))) struct secret32 name = {{0}}

/* lower-case hex, NUL-terminated: out has 2*len + 1 bytes */
void hex_encode(char *out, struct slice bytes);
/* exactly 2*len hex digits (either case) and nothing else; ST_FORMAT */
MUST_USE enum status hex_decode(uint8_t *out, size_t len, const char *text);

#endif
