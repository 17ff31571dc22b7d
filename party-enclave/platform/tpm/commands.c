#include "commands.h"

enum {
	CC_CREATE_PRIMARY = 0x131,
	CC_QUOTE = 0x158,
	CC_FLUSH_CONTEXT = 0x165,
	CC_PCR_READ = 0x17e,
	CC_PCR_EXTEND = 0x182,
	ALG_SHA256 = 0x0b,
	ALG_NULL = 0x10,
	ALG_ECDSA = 0x18,
	ALG_ECC = 0x23,
	CURVE_P256 = 3,
	RH_ENDORSEMENT = 0x4000000b,
	SELECT_LEN = 3,
	DIGESTS_PER_READ = 8,
};
/* fixedTPM, fixedParent, sensitiveDataOrigin, userWithAuth, noDA, restricted, sign (Part 2, section 8.3) */
#define KEY_ATTRIBUTES UINT32_C(0x00050472)

/* TPMT_PUBLIC of the attestation key up to `unique` (docs/ATTESTATION.md, section 6): what is asked for, and what must come back. */
static const uint8_t key_template[] = {
    0, ALG_ECC, 0, ALG_SHA256, KEY_ATTRIBUTES >> 24, KEY_ATTRIBUTES >> 16 & 0xff, KEY_ATTRIBUTES >> 8 & 0xff,
    KEY_ATTRIBUTES & 0xff, /* */
    0, 0, /* authPolicy: empty */
    0, ALG_NULL, /* symmetric */
    0, ALG_ECDSA, 0, ALG_SHA256, /* scheme */
    0, CURVE_P256, 0, ALG_NULL, /* curve, kdf */
};

static void put_selection(struct tpm *t, uint32_t selected)
{
	tpm_u32(t, 1);
	tpm_u16(t, ALG_SHA256);
	tpm_bytes(
	    t, (uint8_t[]){SELECT_LEN, (uint8_t)selected, (uint8_t)(selected >> 8), (uint8_t)(selected >> 16)}, 4);
}

static uint32_t get_selection(struct reader *r)
{
	uint32_t banks = tpm_get_u32(r), selected = 0;

	if (banks == 0)
		return 0;
	if (banks != 1 || tpm_get_u16(r) != ALG_SHA256 || rd_u8(r) != SELECT_LEN)
		r->failed = true;
	for (unsigned i = 0; i < SELECT_LEN; i++)
		selected |= (uint32_t)rd_u8(r) << 8 * i;
	return r->failed ? 0 : selected;
}

/* An integer of at most 32 bytes, to the right of its field: a TPM may leave out leading zeros. */
static void get_coordinate(struct reader *r, uint8_t out[static COORDINATE_LEN])
{
	struct slice v = tpm_get_sized(r);

	memset(out, 0, COORDINATE_LEN);
	if (v.len > COORDINATE_LEN || v.len == 0)
		r->failed = true;
	else if (v.ptr)
		memcpy(out + COORDINATE_LEN - v.len, v.ptr, v.len);
}

static enum status get_public(struct tpm *t, struct tpm_key *out, struct slice public)
{
	struct reader r = {.rest = public};
	struct slice head = rd_slice(&r, sizeof key_template);

	if (!slice_equal(head, slice_of(key_template, sizeof key_template)))
		return tpm_bad(t, "is a key of another template");
	get_coordinate(&r, out->x);
	get_coordinate(&r, out->y);
	return rd_end(&r) == ST_OK ? ST_OK : tpm_bad(t, "is no well-formed key");
}

enum status tpm_create_key(struct tpm *t, struct tpm_key *out)
{
	struct reader r;
	enum status st;

	tpm_begin(t, CC_CREATE_PRIMARY, true);
	tpm_u32(t, RH_ENDORSEMENT);
	tpm_authorise(t);
	tpm_sized(t, slice_of((uint8_t[4]){0}, 4)); /* TPM2B_SENSITIVE_CREATE: no password, no data */
	tpm_u16(t, sizeof key_template + 4);
	tpm_bytes(t, key_template, sizeof key_template);
	tpm_u32(t, 0); /* unique: x and y empty */
	tpm_u16(t, 0); /* outsideInfo */
	tpm_u32(t, 0); /* creationPCR */
	TRY(tpm_run(t, &r));
	out->handle = tpm_get_u32(&r);
	struct reader parameters = tpm_parameters(&r);
	struct slice public = tpm_get_sized(&parameters);
	st = parameters.failed ? tpm_bad(t, "is truncated") : get_public(t, out, public);
	if (st != ST_OK && !r.failed)
		tpm_flush(t, out);
out:
	return st;
}

/* Best effort: the resource manager drops what its client leaves behind. */
void tpm_flush(struct tpm *t, const struct tpm_key *key)
{
	struct problem *problem = t->problem;
	struct reader r;

	t->problem = NULL;
	tpm_begin(t, CC_FLUSH_CONTEXT, false);
	tpm_u32(t, key->handle);
	if (tpm_run(t, &r) != ST_OK)
		t->len = 0;
	t->problem = problem;
}

/* At most eight values come at once (Part 3, section 22.4); those that came are struck off `missing`. */
static enum status read_some(struct tpm *t, struct tpm_pcrs *pcrs, uint32_t *missing)
{
	struct reader r;
	enum status st;

	tpm_begin(t, CC_PCR_READ, false);
	put_selection(t, *missing);
	TRY(tpm_run(t, &r));
	tpm_get_u32(&r); /* pcrUpdateCounter: the quote's digest tells whether the values belong together */
	uint32_t got = get_selection(&r), count = tpm_get_u32(&r);
	if (r.failed || got == 0 || got & ~*missing || count > DIGESTS_PER_READ)
		return tpm_bad(t, "is of other PCRs: is its SHA-256 bank enabled?");
	for (unsigned i = 0; i < PCR_COUNT; i++) {
		if (!(got >> i & 1))
			continue;
		struct slice value = tpm_get_sized(&r);
		if (value.len != PCR_LEN || count-- == 0)
			return tpm_bad(t, "holds a PCR of another length");
		memcpy(pcrs->value[i], value.ptr, PCR_LEN);
	}
	if (count != 0 || rd_end(&r) != ST_OK)
		return tpm_bad(t, "is no well-formed list of PCRs");
	*missing &= ~got;
out:
	return st;
}

enum status tpm_read_pcrs(struct tpm *t, struct tpm_pcrs *pcrs)
{
	uint32_t missing = pcrs->selected;
	enum status st = ST_OK;

	while (missing && st == ST_OK) /* each turn strikes at least one */
		st = read_some(t, pcrs, &missing);
	return st;
}

enum status tpm_extend(struct tpm *t, unsigned pcr, const uint8_t digest[static SHA256_LEN])
{
	struct reader r;

	tpm_begin(t, CC_PCR_EXTEND, true);
	tpm_u32(t, pcr);
	tpm_authorise(t);
	tpm_u32(t, 1);
	tpm_u16(t, ALG_SHA256);
	tpm_bytes(t, digest, SHA256_LEN);
	return tpm_run(t, &r);
}

static enum status get_quote(struct tpm *t, struct tpm_quote *out, struct reader *r)
{
	struct reader parameters = tpm_parameters(r);
	struct slice attest = tpm_get_sized(&parameters);
	uint16_t scheme = tpm_get_u16(&parameters), hash = tpm_get_u16(&parameters);

	get_coordinate(&parameters, out->signature);
	get_coordinate(&parameters, out->signature + COORDINATE_LEN);
	if (rd_end(&parameters) != ST_OK || attest.len == 0 || attest.len > sizeof out->attest)
		return tpm_bad(t, "is no well-formed quote");
	if (scheme != ALG_ECDSA || hash != ALG_SHA256)
		return tpm_bad(t, "is signed by another algorithm");
	memcpy(out->attest, attest.ptr, attest.len);
	out->attest_len = attest.len;
	return ST_OK;
}

enum status tpm_quote(struct tpm *t, struct tpm_quote *out, const struct tpm_key *key, uint32_t selected,
    const uint8_t extra[static SHA256_LEN])
{
	struct reader r;
	enum status st;

	tpm_begin(t, CC_QUOTE, true);
	tpm_u32(t, key->handle);
	tpm_authorise(t);
	tpm_sized(t, slice_of(extra, SHA256_LEN));
	tpm_u16(t, ALG_NULL); /* the key's own scheme */
	put_selection(t, selected);
	TRY(tpm_run(t, &r));
	TRY(get_quote(t, out, &r));
out:
	return st;
}
