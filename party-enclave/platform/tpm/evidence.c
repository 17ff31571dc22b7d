/*
 * The document of docs/ATTESTATION.md, section 6. Values are read before the quote and are right when the quote's digest is theirs;
 * another process may extend a PCR in between, and then both are taken again.
 */
#include "event.h"

#include "base/cbor.h"
#include "base/x509.h"

enum { VERSION = 1, SPKI_LEN = 91, QUOTED = 0xff | 1 << TPM_PCR_CODE };

/* SubjectPublicKeyInfo of a P-256 key (RFC 5480, section 2): everything but the two coordinates is fixed. */
static void put_spki(uint8_t out[static SPKI_LEN], const struct tpm_key *key)
{
	static const uint8_t head[] = {0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01,
	    0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04};

	_Static_assert(sizeof head + 2 * COORDINATE_LEN == SPKI_LEN, "");
	memcpy(out, head, sizeof head);
	memcpy(out + sizeof head, key->x, COORDINATE_LEN);
	memcpy(out + sizeof head + COORDINATE_LEN, key->y, COORDINATE_LEN);
}

struct attested {
	struct slice extra, digest;
};

/* TPMS_ATTEST with a TPMS_QUOTE_INFO (Part 2, sections 10.12.8 and 10.12.1), as far as a producer asks. */
static bool get_attested(struct attested *out, struct slice attest)
{
	struct reader r = {.rest = attest};
	bool is_quote = tpm_get_u32(&r) == UINT32_C(0xff544347) && tpm_get_u16(&r) == 0x8018;

	tpm_get_sized(&r); /* qualifiedSigner */
	out->extra = tpm_get_sized(&r);
	rd_bytes(&r, 17 + 8); /* clockInfo, firmwareVersion */
	rd_bytes(&r, 4 + 2 + 1 + 3); /* the selection */
	out->digest = tpm_get_sized(&r);
	return is_quote && rd_end(&r) == ST_OK;
}

static void digest_of(uint8_t out[static SHA256_LEN], const struct tpm_pcrs *pcrs)
{
	uint8_t all[PCR_COUNT * PCR_LEN];
	size_t n = 0;

	for (unsigned i = 0; i < PCR_COUNT; i++)
		if (pcrs->selected >> i & 1)
			memcpy(all + PCR_LEN * n++, pcrs->value[i], PCR_LEN);
	sha256(out, slice_of(all, n * PCR_LEN), (struct slice){0});
}

/* *ours is false when a PCR changed between reading and quoting. */
static enum status quote_once(struct tpm *t, const struct tpm_key *key, struct tpm_pcrs *pcrs, struct tpm_quote *quote,
    const uint8_t extra[static SHA256_LEN], bool *ours)
{
	uint8_t digest[SHA256_LEN];
	struct attested a = {0};
	enum status st;

	TRY(tpm_read_pcrs(t, pcrs));
	TRY(tpm_quote(t, quote, key, pcrs->selected, extra));
	if (!get_attested(&a, slice_of(quote->attest, quote->attest_len)))
		return tpm_bad(t, "is no quote");
	if (!slice_equal(a.extra, slice_of(extra, SHA256_LEN)))
		return tpm_bad(t, "is a quote of other report data");
	digest_of(digest, pcrs);
	*ours = slice_equal(a.digest, slice_of(digest, sizeof digest));
out:
	return st;
}

static enum status quote(struct tpm *t, const struct tpm_key *key, struct tpm_pcrs *pcrs, struct tpm_quote *out,
    const uint8_t report_data[static REPORT_DATA_LEN])
{
	uint8_t extra[SHA256_LEN];
	bool ours = false;
	enum status st = ST_OK;

	sha256(extra, slice_of(report_data, REPORT_DATA_LEN), (struct slice){0});
	for (int i = 0; i < DEVICE_TRIES && !ours; i++)
		TRY(quote_once(t, key, pcrs, out, extra, &ours));
	if (!ours)
		return tpm_bad(t, "quotes other PCR values than it gives to read");
out:
	return st;
}

static enum status check_log(struct tpm *t, const struct tpm_pcrs *pcrs, const struct tpm_event *event)
{
	uint8_t expected[PCR_LEN];

	tpm_event_replay(expected, event);
	if (memcmp(pcrs->value[TPM_PCR_CODE], expected, PCR_LEN) != 0)
		return problem_set(t->problem, ST_TEE, t->path, "restart the machine, then start this enclave first",
		    "PCR 14 holds more or something else than this enclave's measurement");
	return ST_OK;
}

static void put_document(struct buf *b, const struct tpm_key *key, const struct tpm_pcrs *pcrs,
    const struct tpm_quote *q, const struct tpm_event *event, const uint8_t report_data[static REPORT_DATA_LEN])
{
	uint8_t spki[SPKI_LEN];

	put_spki(spki, key);
	cbor_put_array(b, 7);
	cbor_put_u64(b, VERSION);
	cbor_put_bytes(b, slice_of(report_data, REPORT_DATA_LEN));
	cbor_put_bytes(b, slice_of(q->attest, q->attest_len));
	cbor_put_bytes(b, slice_of(q->signature, sizeof q->signature));
	cbor_put_bytes(b, slice_of(spki, sizeof spki));
	cbor_put_array(b, (size_t)__builtin_popcount(pcrs->selected));
	for (unsigned i = 0; i < PCR_COUNT; i++) {
		if (!(pcrs->selected >> i & 1))
			continue;
		cbor_put_array(b, 2);
		cbor_put_u64(b, i);
		cbor_put_bytes(b, slice_of(pcrs->value[i], PCR_LEN));
	}
	cbor_put_array(b, 1);
	cbor_put_array(b, 3);
	cbor_put_u64(b, TPM_PCR_CODE);
	cbor_put_bytes(b, slice_of(event->digest, SHA256_LEN));
	cbor_put_bytes(b, slice_of(event->data, TPM_EVENT_LEN));
}

enum status produce_tpm(struct buf *evidence, const struct device_calls *d, const char *path,
    const uint8_t measurement[static TPM_MEASUREMENT_LEN], const uint8_t report_data[static REPORT_DATA_LEN],
    struct problem *p)
{
	struct tpm_pcrs pcrs = {.selected = QUOTED};
	struct tpm_event event;
	struct tpm_quote q;
	struct tpm_key key;
	struct buf b = {0};
	struct tpm t;
	enum status st;

	TRY(tpm_open(&t, d, path, p));
	TRY(tpm_event_of(&event, measurement));
	TRY(tpm_create_key(&t, &key));
	st = quote(&t, &key, &pcrs, &q, report_data);
	tpm_flush(&t, &key);
	TRY(st);
	TRY(check_log(&t, &pcrs, &event));
	put_document(&b, &key, &pcrs, &q, &event, report_data);
	TRY(buf_status(&b));
	buf_append(evidence, b.ptr, b.len);
	st = buf_status(evidence);
out:
	buf_clear(&b);
	tpm_close(&t);
	return st;
}

enum status tpm_attestation_key(
    uint8_t pin[static 32], const struct device_calls *d, const char *path, struct problem *p)
{
	uint8_t spki[SPKI_LEN];
	struct tpm_key key;
	struct tpm t;
	enum status st;

	TRY(tpm_open(&t, d, path, p));
	TRY(tpm_create_key(&t, &key));
	tpm_flush(&t, &key);
	put_spki(spki, &key);
	sha256(pin, slice_of(spki, sizeof spki), (struct slice){0});
out:
	tpm_close(&t);
	return st;
}
