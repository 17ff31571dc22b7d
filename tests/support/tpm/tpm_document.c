#include "tpm_document.h"

#include "../test.h"

#include "base/cbor.h"
#include "base/x509.h"

#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

enum { CODE_PCR = 14, RSA_BITS = 2048, HALF = 32 };

struct tpm_signer {
	EVP_PKEY *key;
	bool rsa;
	uint8_t *spki;
	int spki_len;
};

struct tpm_signer *tpm_signer_new(bool rsa)
{
	struct tpm_signer *s = calloc(1, sizeof *s);

	assert_non_null(s);
	s->rsa = rsa;
	s->key = rsa ? EVP_RSA_gen(RSA_BITS) : EVP_EC_gen("P-256");
	assert_non_null(s->key);
	s->spki_len = i2d_PUBKEY(s->key, &s->spki);
	assert_true(s->spki_len > 0);
	return s;
}

void tpm_signer_free(struct tpm_signer *s)
{
	if (!s)
		return;
	OPENSSL_free(s->spki);
	EVP_PKEY_free(s->key);
	free(s);
}

struct slice tpm_signer_spki(const struct tpm_signer *s)
{
	return slice_of(s->spki, (size_t)s->spki_len);
}

void tpm_signer_pin(const struct tpm_signer *s, uint8_t pin[static ATT_PIN_LEN])
{
	sha256(pin, tpm_signer_spki(s), (struct slice){0});
}

static void extend(uint8_t pcr[static 32], const uint8_t digest[static 32])
{
	uint8_t before[32];

	memcpy(before, pcr, sizeof before);
	sha256(pcr, slice_of(before, sizeof before), slice_of(digest, 32));
}

void tpm_document_default(struct tpm_document *d, const struct tpm_signer *s, const uint8_t report_data[static 64],
    const uint8_t measurement[static 64])
{
	memset(d, 0, sizeof *d);
	d->version = 1;
	memcpy(d->report_data, report_data, sizeof d->report_data);
	d->selected = 0xff | 1 << CODE_PCR;
	for (unsigned i = 0; i < TPM_DOCUMENT_PCRS; i++)
		if (i != CODE_PCR)
			memset(d->pcrs[i], (int)(0xa0 + i), sizeof d->pcrs[i]);
	cbor_put_array(&d->event, 2);
	cbor_put_text(&d->event, "parley/measure/v1");
	cbor_put_bytes(&d->event, slice_of(measurement, 64));
	sha256(d->event_digest, buf_view(&d->event), (struct slice){0});
	d->event_pcr = CODE_PCR;
	d->events = 1;
	extend(d->pcrs[CODE_PCR], d->event_digest);
	d->ak = tpm_signer_spki(s);
	tpm_document_attest(d);
	tpm_document_sign(d, s);
}

static void put(struct buf *b, uint64_t v, unsigned bytes)
{
	for (unsigned k = bytes; k-- > 0;) {
		uint8_t byte = (uint8_t)(v >> 8 * k);
		buf_append(b, &byte, 1);
	}
}

static void put_sized(struct buf *b, const void *bytes, size_t len)
{
	put(b, len, 2);
	buf_append(b, bytes, len);
}

void tpm_document_attest(struct tpm_document *d)
{
	uint8_t name[34] = {0, 0x0b, 1, 2, 3}, extra[32], digest[32];
	struct buf values = {0}, *b = &d->attest;

	sha256(extra, slice_of(d->report_data, 64), (struct slice){0});
	for (unsigned i = 0; i < TPM_DOCUMENT_PCRS; i++)
		if (d->selected >> i & 1)
			buf_append(&values, d->pcrs[i], 32);
	sha256(digest, buf_view(&values), (struct slice){0});
	buf_clear(&values);
	buf_reset(b);
	put(b, 0xff544347, 4);
	put(b, 0x8018, 2);
	put_sized(b, name, sizeof name);
	put_sized(b, extra, sizeof extra);
	put(b, 123456, 8); /* clock, resets, restarts, safe */
	put(b, 7, 4);
	put(b, 2, 4);
	put(b, 1, 1);
	put(b, 0x2020031200120003, 8);
	put(b, 1, 4);
	put(b, 0x000b, 2);
	put(b, 3, 1);
	put(b, d->selected & 0xff, 1);
	put(b, d->selected >> 8 & 0xff, 1);
	put(b, d->selected >> 16 & 0xff, 1);
	put_sized(b, digest, sizeof digest);
	assert_false(b->failed);
}

static void put_raw(struct buf *out, const uint8_t *der, size_t len)
{
	ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &der, (long)len);
	uint8_t raw[2 * HALF];

	assert_non_null(sig);
	assert_int_equal(BN_bn2binpad(ECDSA_SIG_get0_r(sig), raw, HALF), HALF);
	assert_int_equal(BN_bn2binpad(ECDSA_SIG_get0_s(sig), raw + HALF, HALF), HALF);
	buf_append(out, raw, sizeof raw);
	ECDSA_SIG_free(sig);
}

void tpm_document_sign(struct tpm_document *d, const struct tpm_signer *s)
{
	uint8_t sig[RSA_BITS / 8];
	size_t len = sizeof sig;
	EVP_MD_CTX *md = EVP_MD_CTX_new();

	assert_true(md && EVP_DigestSignInit(md, NULL, EVP_sha256(), NULL, s->key) == 1);
	assert_int_equal(EVP_DigestSign(md, sig, &len, d->attest.ptr, d->attest.len), 1);
	EVP_MD_CTX_free(md);
	buf_reset(&d->signature);
	if (s->rsa)
		buf_append(&d->signature, sig, len);
	else
		put_raw(&d->signature, sig, len);
	assert_false(d->signature.failed);
}

void tpm_document_encode(struct buf *out, const struct tpm_document *d)
{
	cbor_put_array(out, 7);
	cbor_put_u64(out, d->version);
	cbor_put_bytes(out, slice_of(d->report_data, 64));
	cbor_put_bytes(out, buf_view(&d->attest));
	cbor_put_bytes(out, buf_view(&d->signature));
	cbor_put_bytes(out, d->ak);
	cbor_put_array(out, (size_t)__builtin_popcount(d->selected));
	for (unsigned i = 0; i < TPM_DOCUMENT_PCRS; i++) {
		if (!(d->selected >> i & 1))
			continue;
		cbor_put_array(out, 2);
		cbor_put_u64(out, i);
		cbor_put_bytes(out, slice_of(d->pcrs[i], 32));
	}
	cbor_put_array(out, d->events);
	for (unsigned k = 0; k < d->events; k++) {
		cbor_put_array(out, 3);
		cbor_put_u64(out, d->event_pcr);
		cbor_put_bytes(out, slice_of(d->event_digest, 32));
		cbor_put_bytes(out, buf_view(&d->event));
	}
	assert_false(out->failed);
}

void tpm_document_clear(struct tpm_document *d)
{
	buf_clear(&d->event);
	buf_clear(&d->attest);
	buf_clear(&d->signature);
}
