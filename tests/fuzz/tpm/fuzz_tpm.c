/*
 * Target: tpm_verify with whatever key the document names as the pinned one, and the document below its signature.
 *   fix-ups (bit 0: report data, bit 1: PCR digest, bit 2: event digest, bit 3: PCR 14), then the document
 * Property: a document that decodes encodes back to the same bytes; what is accepted has PCR 14 as its event says, and its claims.
 */
#include "document.h"

#include "base/cbor.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool condition)
{
	if (!condition)
		abort();
}

static void check_encoding(const struct tpm_document *d, struct slice expected)
{
	struct buf b = {0};

	cbor_put_array(&b, 7);
	cbor_put_u64(&b, 1);
	cbor_put_bytes(&b, slice_of(d->report_data, sizeof d->report_data));
	cbor_put_bytes(&b, d->attest);
	cbor_put_bytes(&b, d->signature);
	cbor_put_bytes(&b, d->ak);
	cbor_put_array(&b, (size_t)__builtin_popcount(d->pcrs.present));
	for (unsigned i = 0; i < TPM_PCRS; i++)
		if (d->pcrs.present >> i & 1) {
			cbor_put_array(&b, 2);
			cbor_put_u64(&b, i);
			cbor_put_bytes(&b, slice_of(d->pcrs.value[i], TPM_PCR_LEN));
		}
	cbor_put_array(&b, 1);
	cbor_put_array(&b, 3);
	cbor_put_u64(&b, TPM_CODE_PCR);
	cbor_put_bytes(&b, slice_of(d->event_digest, sizeof d->event_digest));
	cbor_put_bytes(&b, d->event);
	must(slice_equal(buf_view(&b), expected));
	buf_clear(&b);
}

/* The quote's hashes into a private copy of TPMS_ATTEST, as a TPM would have made them. */
static void fix_up(struct tpm_document *d, uint8_t attest[static TPM_ATTEST_MAX], unsigned how)
{
	static const uint8_t zeros[TPM_PCR_LEN];
	struct tpm_quote q;
	struct att_finding f = {0};
	uint8_t all[TPM_PCRS * TPM_PCR_LEN];
	size_t len = 0;

	if (how & 4)
		sha256(d->event_digest, d->event, (struct slice){0});
	if (how & 8)
		sha256(
		    d->pcrs.value[TPM_CODE_PCR], slice_of(zeros, sizeof zeros), slice_of(d->event_digest, TPM_PCR_LEN));
	if (tpm_quote_parse(&q, d->attest, &f) != ST_OK || d->attest.len > TPM_ATTEST_MAX)
		return;
	memcpy(attest, d->attest.ptr, d->attest.len);
	if ((how & 1) && q.extra_data.len == 32)
		sha256(
		    attest + (q.extra_data.ptr - d->attest.ptr), slice_of(d->report_data, HASH_LEN), (struct slice){0});
	for (unsigned i = 0; i < TPM_PCRS; i++)
		if (d->pcrs.present >> i & 1) {
			memcpy(all + len, d->pcrs.value[i], TPM_PCR_LEN);
			len += TPM_PCR_LEN;
		}
	if (how & 2)
		sha256(attest + (q.digest.ptr - d->attest.ptr), slice_of(all, len), (struct slice){0});
	d->attest.ptr = attest;
}

static void check_claims(const struct att_claims *c, const struct tpm_document *d)
{
	static const uint8_t zeros[TPM_PCR_LEN];
	uint8_t digest[TPM_PCR_LEN], pcr[TPM_PCR_LEN];

	sha256(digest, d->event, (struct slice){0});
	sha256(pcr, slice_of(zeros, sizeof zeros), slice_of(digest, sizeof digest));
	must(memcmp(att_value(c, TEE_REG_PCR0 + TPM_CODE_PCR)->bytes, pcr, sizeof pcr) == 0);
	must(att_value(c, TEE_REG_CODE)->len == 64 && c->report_data_len == 64);
	must(memcmp(c->report_data, d->report_data, 64) == 0);
	must(c->n_values == 1 + __builtin_popcount(d->pcrs.present));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t pin[ATT_PIN_LEN], attest[TPM_ATTEST_MAX];
	struct att_claims claims = {.kind = TEE_TPM};
	struct att_finding f = {0};
	struct tpm_document d;

	if (size < 2)
		return 0;
	const struct slice document = slice_of(data + 1, size - 1);
	if (tpm_document_decode(&d, document) != ST_OK)
		return 0;
	check_encoding(&d, document);
	sha256(pin, d.ak, (struct slice){0});
	const struct att_input in = {.evidence = document, .root = pin};
	must(att_examine(&claims, TEE_TPM, &in, &f) == f.st);
	memset(&f, 0, sizeof f);
	fix_up(&d, attest, data[0]);
	claims = (struct att_claims){.kind = TEE_TPM};
	enum status st = tpm_document_judge(&claims, &d, &f);
	must(st == f.st);
	if (st == ST_OK)
		check_claims(&claims, &d);
	return 0;
}
