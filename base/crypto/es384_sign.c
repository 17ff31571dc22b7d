/* Deterministic ECDSA (RFC 6979) on P-384, which OpenSSL 3.0 does not offer: the nonce from HMAC, the rest in its numbers. */
#include "base/crypto.h"
#include "base/sha2.h"
#include "base/vendor_sign.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/pem.h>

static int no_passphrase(char *out, int cap, int writing, void *ctx)
{
	(void)out, (void)cap, (void)writing, (void)ctx;
	return 0;
}

static bool take_numbers(uint8_t d[static ES384_LEN], uint8_t xy[static ES384_SIG_LEN], EVP_PKEY *key)
{
	BIGNUM *secret = NULL, *x = NULL, *y = NULL;
	char group[32] = "";

	bool ok = EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, group, sizeof group, NULL) == 1 &&
		strcmp(group, SN_secp384r1) == 0 && EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_PRIV_KEY, &secret) == 1 &&
		EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_EC_PUB_X, &x) == 1 && EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_EC_PUB_Y, &y) == 1 &&
		BN_bn2binpad(secret, d, ES384_LEN) == ES384_LEN && BN_bn2binpad(x, xy, ES384_LEN) == ES384_LEN &&
		BN_bn2binpad(y, xy + ES384_LEN, ES384_LEN) == ES384_LEN;
	BN_clear_free(secret);
	BN_free(x);
	BN_free(y);
	return ok;
}

enum status es384_key_from_pem(uint8_t d[static ES384_LEN], uint8_t xy[static ES384_SIG_LEN], struct slice pem)
{
	BIO *bio = pem.len <= 65536 ? BIO_new_mem_buf(pem.ptr, (int)pem.len) : NULL;
	EVP_PKEY *key = bio ? PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL) : NULL;
	bool ok = key && EVP_PKEY_is_a(key, "EC") && take_numbers(d, xy, key);

	EVP_PKEY_free(key);
	BIO_free(bio);
	ERR_clear_error();
	return ok ? ST_OK : ST_KEY;
}

/* RFC 6979, section 3.2: HMAC_DRBG seeded with the key and the hash; hlen and qlen are both 384 bits. */
struct nonces {
	uint8_t k[SHA384_LEN], v[SHA384_LEN];
};

static void nonces_step(struct nonces *n, uint8_t separator, struct slice seed)
{
	uint8_t vs[SHA384_LEN + 1];

	memcpy(vs, n->v, SHA384_LEN);
	vs[SHA384_LEN] = separator;
	hmac_sha384(n->k, slice_of(n->k, SHA384_LEN), slice_of(vs, sizeof vs), seed, (struct slice){0});
	hmac_sha384(n->v, slice_of(n->k, SHA384_LEN), slice_of(n->v, SHA384_LEN), (struct slice){0}, (struct slice){0});
}

static void nonces_begin(struct nonces *n, const uint8_t seed[static 2 * SHA384_LEN])
{
	memset(n->v, 1, sizeof n->v);
	memset(n->k, 0, sizeof n->k);
	nonces_step(n, 0, slice_of(seed, 2 * SHA384_LEN));
	nonces_step(n, 1, slice_of(seed, 2 * SHA384_LEN));
}

struct numbers {
	EC_GROUP *group;
	EC_POINT *point;
	BN_CTX *ctx;
	BIGNUM *d, *h, *k, *r, *s;
	const BIGNUM *q;
};

static bool numbers_init(struct numbers *n)
{
	*n = (struct numbers){.group = EC_GROUP_new_by_curve_name(NID_secp384r1), .ctx = BN_CTX_secure_new(), .d = BN_secure_new(),
	    .h = BN_new(), .k = BN_secure_new(), .r = BN_new(), .s = BN_secure_new()};
	n->point = n->group ? EC_POINT_new(n->group) : NULL;
	n->q = n->group ? EC_GROUP_get0_order(n->group) : NULL;
	if (!n->q || !n->point || !n->ctx || !n->d || !n->h || !n->k || !n->r || !n->s)
		return false;
	BN_set_flags(n->d, BN_FLG_CONSTTIME);
	BN_set_flags(n->k, BN_FLG_CONSTTIME);
	return true;
}

static void numbers_clear(struct numbers *n)
{
	BN_clear_free(n->d);
	BN_free(n->h);
	BN_clear_free(n->k);
	BN_free(n->r);
	BN_clear_free(n->s);
	EC_POINT_free(n->point);
	EC_GROUP_free(n->group);
	BN_CTX_free(n->ctx);
	ERR_clear_error();
}

/* r = (kG).x mod q, s = k^-1 (h + r d) mod q; false also for the r or s = 0 that nobody will see. */
static bool sign_with(struct numbers *n)
{
	return EC_POINT_mul(n->group, n->point, n->k, NULL, NULL, n->ctx) == 1 &&
		EC_POINT_get_affine_coordinates(n->group, n->point, n->r, NULL, n->ctx) == 1 && BN_nnmod(n->r, n->r, n->q, n->ctx) == 1 &&
		BN_mod_mul(n->s, n->r, n->d, n->q, n->ctx) == 1 && BN_mod_add(n->s, n->s, n->h, n->q, n->ctx) == 1 &&
		BN_mod_inverse(n->k, n->k, n->q, n->ctx) && BN_mod_mul(n->s, n->s, n->k, n->q, n->ctx) == 1 && !BN_is_zero(n->r) &&
		!BN_is_zero(n->s);
}

static bool next_nonce(struct numbers *n, struct nonces *nonces)
{
	for (int tries = 0; tries < 64; tries++) {
		hmac_sha384(nonces->v, slice_of(nonces->k, SHA384_LEN), slice_of(nonces->v, SHA384_LEN), (struct slice){0}, (struct slice){0});
		if (!BN_bin2bn(nonces->v, SHA384_LEN, n->k))
			return false;
		if (!BN_is_zero(n->k) && BN_cmp(n->k, n->q) < 0)
			return true;
		nonces_step(nonces, 0, (struct slice){0});
	}
	return false;
}

enum status es384_sign(uint8_t sig[static ES384_SIG_LEN], const uint8_t d[static ES384_LEN], struct slice msg)
{
	uint8_t seed[2 * SHA384_LEN];
	struct nonces nonces;
	struct numbers n;
	struct sha2 hash;
	enum status st = ST_NO_MEMORY;

	sha384_begin(&hash);
	sha2_update(&hash, msg);
	memcpy(seed, d, ES384_LEN);
	sha2_end(&hash, seed + ES384_LEN);
	if (!numbers_init(&n) || !BN_bin2bn(d, ES384_LEN, n.d) || !BN_bin2bn(seed + ES384_LEN, SHA384_LEN, n.h))
		goto out;
	st = ST_KEY;
	if (BN_is_zero(n.d) || BN_cmp(n.d, n.q) >= 0 || BN_nnmod(n.h, n.h, n.q, n.ctx) != 1 ||
	    BN_bn2binpad(n.h, seed + ES384_LEN, ES384_LEN) != ES384_LEN) /* bits2octets */
		goto out;
	nonces_begin(&nonces, seed);
	if (next_nonce(&n, &nonces) && sign_with(&n) && BN_bn2binpad(n.r, sig, ES384_LEN) == ES384_LEN &&
	    BN_bn2binpad(n.s, sig + ES384_LEN, ES384_LEN) == ES384_LEN)
		st = ST_OK;
out:
	numbers_clear(&n);
	wipe(seed, sizeof seed);
	wipe(&nonces, sizeof nonces);
	return st;
}
