/*
 * RFC 9180 base mode, in its own names: DHKEM(X25519, HKDF-SHA256) = 0x0020, HKDF-SHA256 = 0x0001,
 * ChaCha20Poly1305 = 0x0003.
 */
#include "base/panic.h"
#include "base/seal.h"

enum { N_SECRET = 32, N_H = 32, LABELED_INFO_MAX = 128 };

static const struct suite {
	uint8_t id[10];
	size_t len;
} kem = {"KEM\x00\x20", 5}, hpke = {"HPKE\x00\x20\x00\x01\x00\x03", 10};

/* LabeledExtract(salt, label, ikm) = Extract(salt, "HPKE-v1" || suite_id || label || ikm), section 4 */
static void labeled_extract(uint8_t prk[static N_H], const struct suite *suite, struct slice salt, const char *label,
    struct slice ikm)
{
	struct slice parts[] = {slice_str("HPKE-v1"), slice_of(suite->id, suite->len), slice_str(label), ikm};

	hkdf_sha256_extract_parts(prk, salt, parts, sizeof parts / sizeof parts[0]);
}

/* LabeledExpand(prk, label, info, L) = Expand(prk, L || "HPKE-v1" || suite_id || label || info, L), section 4 */
static void labeled_expand(uint8_t *out, uint8_t len, const uint8_t prk[static N_H], const struct suite *suite,
    const char *label, struct slice info)
{
	uint8_t bytes[LABELED_INFO_MAX] = {0, len};
	size_t at = 2;
	struct slice parts[] = {slice_str("HPKE-v1"), slice_of(suite->id, suite->len), slice_str(label), info};

	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
		invariant(parts[i].len <= sizeof bytes - at);
		if (parts[i].len)
			memcpy(bytes + at, parts[i].ptr, parts[i].len);
		at += parts[i].len;
	}
	invariant(hkdf_sha256_expand(out, len, prk, slice_of(bytes, at)) == ST_OK);
}

/* ExtractAndExpand(dh, kem_context), section 4.1; kem_context = enc || pkRm */
static void extract_and_expand(struct secret32 *shared, const struct secret32 *dh, const uint8_t enc[static X25519_LEN],
    const uint8_t recipient[static X25519_LEN])
{
	SECRET32_LOCAL(eae_prk);
	uint8_t kem_context[2 * X25519_LEN];

	memcpy(kem_context, enc, X25519_LEN);
	memcpy(kem_context + X25519_LEN, recipient, X25519_LEN);
	labeled_extract(eae_prk.bytes, &kem, (struct slice){0}, "eae_prk", slice_of(dh->bytes, sizeof dh->bytes));
	labeled_expand(shared->bytes, N_SECRET, eae_prk.bytes, &kem, "shared_secret",
	    slice_of(kem_context, sizeof kem_context));
}

/* KeySchedule(mode_base, shared_secret, info, "", ""), section 5.1 */
static void key_schedule(struct seal_context *ctx, const struct secret32 *shared, struct slice info)
{
	SECRET32_LOCAL(secret);
	const struct slice none = {0};
	uint8_t context[1 + N_H + N_H] = {0}; /* mode_base || psk_id_hash || info_hash */
	struct slice schedule = slice_of(context, sizeof context);

	labeled_extract(context + 1, &hpke, none, "psk_id_hash", none);
	labeled_extract(context + 1 + N_H, &hpke, none, "info_hash", info);
	labeled_extract(secret.bytes, &hpke, slice_of(shared->bytes, sizeof shared->bytes), "secret", none);
	labeled_expand(ctx->key, sizeof ctx->key, secret.bytes, &hpke, "key", schedule);
	labeled_expand(ctx->base_nonce, sizeof ctx->base_nonce, secret.bytes, &hpke, "base_nonce", schedule);
	labeled_expand(ctx->exporter_secret, sizeof ctx->exporter_secret, secret.bytes, &hpke, "exp", schedule);
}

void seal_derive_keypair(uint8_t pk[static X25519_LEN], uint8_t sk[static X25519_LEN], struct slice ikm)
{
	SECRET32_LOCAL(dkp_prk);

	labeled_extract(dkp_prk.bytes, &kem, (struct slice){0}, "dkp_prk", ikm);
	labeled_expand(sk, X25519_LEN, dkp_prk.bytes, &kem, "sk", (struct slice){0});
	x25519_public(pk, sk);
}

/* SetupBaseS: Encap(pkR) with skE = DeriveKeyPair(ikm) */
enum status seal_setup_sender(struct seal_context *ctx, uint8_t enc[static X25519_LEN],
    const uint8_t recipient[static X25519_LEN], const uint8_t ephemeral_seed_ikm[static 32], struct slice info)
{
	SECRET32_LOCAL(sk_e);
	SECRET32_LOCAL(dh);
	SECRET32_LOCAL(shared);
	uint8_t pk_e[X25519_LEN];
	enum status st;

	seal_derive_keypair(pk_e, sk_e.bytes, slice_of(ephemeral_seed_ikm, 32));
	TRY(x25519(dh.bytes, sk_e.bytes, recipient));
	extract_and_expand(&shared, &dh, pk_e, recipient);
	key_schedule(ctx, &shared, info);
	memcpy(enc, pk_e, X25519_LEN);
out:
	return st;
}

/* SetupBaseR: Decap(enc, skR) */
enum status seal_setup_receiver(struct seal_context *ctx, const uint8_t enc[static X25519_LEN],
    const uint8_t secret[static X25519_LEN], struct slice info)
{
	SECRET32_LOCAL(dh);
	SECRET32_LOCAL(shared);
	uint8_t recipient[X25519_LEN];
	enum status st;

	TRY(x25519(dh.bytes, secret, enc));
	x25519_public(recipient, secret);
	extract_and_expand(&shared, &dh, enc, recipient);
	key_schedule(ctx, &shared, info);
out:
	return st;
}
