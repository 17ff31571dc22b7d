#include "document.h"

#include "../verifier.h"
#include "base/cbor.h"

enum {
	VERSION = 1,
	FIELDS = 7,
	EVENTS = 1,
	EVENT_FIELDS = 3,
	EVENT_DATA_MAX = 128,
	SIGNATURE_MAX = X509_RSA_MAX,
	SPKI_MAX = 600
};
static const char measure_label[] = "parley/measure/v1";

static void get_pcrs(struct cbor_reader *r, struct tpm_pcr_values *pcrs)
{
	size_t n = cbor_array(r);
	uint64_t next = 0;

	if (n == 0 || n > TPM_PCRS)
		cbor_fail(r, ST_FORMAT);
	for (size_t k = 0; r->st == ST_OK && k < n; k++) {
		cbor_array_exact(r, 2);
		uint64_t index = cbor_u64_max(r, TPM_PCRS - 1);
		if (r->st == ST_OK && index < next)
			cbor_fail(r, ST_NOT_CANONICAL);
		if (r->st != ST_OK)
			return;
		cbor_bytes_exact(r, pcrs->value[index], TPM_PCR_LEN);
		cbor_close(r);
		pcrs->present |= UINT32_C(1) << index;
		next = index + 1;
	}
	cbor_close(r);
}

/* One event: whoever starts the enclave a second time finds it there, and any other event is another program's. */
static void get_log(struct cbor_reader *r, struct tpm_document *d)
{
	cbor_array_exact(r, EVENTS);
	cbor_array_exact(r, EVENT_FIELDS);
	if (cbor_u64(r) != TPM_CODE_PCR)
		cbor_fail(r, ST_FORMAT);
	cbor_bytes_exact(r, d->event_digest, sizeof d->event_digest);
	d->event = cbor_bytes_max(r, EVENT_DATA_MAX);
	cbor_close(r);
	cbor_close(r);
}

enum status tpm_document_decode(struct tpm_document *out, struct slice evidence)
{
	struct tpm_document d = {0};
	struct cbor_reader r;
	enum status st;

	cbor_reader_init(&r, evidence);
	cbor_array_exact(&r, FIELDS);
	if (cbor_u64(&r) != VERSION)
		cbor_fail(&r, ST_FORMAT);
	cbor_bytes_exact(&r, d.report_data, sizeof d.report_data);
	d.attest = cbor_bytes_max(&r, TPM_ATTEST_MAX);
	d.signature = cbor_bytes_max(&r, SIGNATURE_MAX);
	d.ak = cbor_bytes_max(&r, SPKI_MAX);
	get_pcrs(&r, &d.pcrs);
	get_log(&r, &d);
	cbor_close(&r);
	TRY(cbor_end(&r));
	*out = d;
out:
	return st;
}

/* A TPM signs at most 64 bytes for its caller, some fewer: it is given SHA-256 of the report data. */
static enum status check_extra_data(const struct tpm_document *d, const struct tpm_quote *q, struct att_finding *f)
{
	uint8_t hash[32];

	sha256(hash, slice_of(d->report_data, HASH_LEN), (struct slice){0});
	if (slice_equal(q->extra_data, slice_of(hash, sizeof hash)))
		return ST_OK;
	return att_refuse_bytes(f, ST_ATT_SIGNATURE, ATT_CHECK_SIGNATURE, "SHA-256 of the report data",
	    slice_of(hash, sizeof hash), q->extra_data);
}

/* PCR 14 := SHA-256(zeros || SHA-256(data)): this event since the machine started, and no other. */
static enum status check_log(const struct tpm_document *d, struct att_finding *f)
{
	static const uint8_t zeros[TPM_PCR_LEN];
	uint8_t digest[TPM_PCR_LEN], pcr[TPM_PCR_LEN];

	if (!(d->pcrs.present >> TPM_CODE_PCR & 1))
		return att_refuse(f, ST_ATT_FORMAT, ATT_CHECK_FORM, "PCR 14 among the quoted", "none");
	sha256(digest, d->event, (struct slice){0});
	if (memcmp(digest, d->event_digest, sizeof digest) != 0)
		return att_refuse_bytes(f, ST_ATT_FORMAT, ATT_CHECK_FORM, "the event's digest",
		    slice_of(digest, sizeof digest), slice_of(d->event_digest, sizeof digest));
	sha256(pcr, slice_of(zeros, sizeof zeros), slice_of(digest, sizeof digest));
	if (memcmp(pcr, d->pcrs.value[TPM_CODE_PCR], sizeof pcr) == 0)
		return ST_OK;
	return att_refuse_bytes(f, ST_ATT_SIGNATURE, ATT_CHECK_SIGNATURE, "PCR 14 by the event log",
	    slice_of(pcr, sizeof pcr), slice_of(d->pcrs.value[TPM_CODE_PCR], sizeof pcr));
}

/* The event's data is CBOR ["parley/measure/v1", measurement]. */
static enum status add_measurement(struct att_claims *c, struct slice event, struct att_finding *f)
{
	uint8_t measurement[HASH_LEN];
	struct cbor_reader r;

	cbor_reader_init(&r, event);
	cbor_array_exact(&r, 2);
	if (!slice_equal(cbor_text(&r), slice_str(measure_label)))
		cbor_fail(&r, ST_FORMAT);
	cbor_bytes_exact(&r, measurement, sizeof measurement);
	cbor_close(&r);
	enum status st = cbor_end(&r);
	if (st != ST_OK)
		return att_refuse(
		    f, ST_ATT_FORMAT, ATT_CHECK_FORM, "an event of one enclave's measurement", "%s", status_title(st));
	return att_add_value(c, TEE_REG_CODE, measurement, sizeof measurement) ? ST_OK : ST_BUG;
}

static enum status set_claims(
    struct att_claims *c, const struct tpm_document *d, const struct tpm_quote *q, struct att_finding *f)
{
	memcpy(c->report_data, d->report_data, HASH_LEN);
	c->report_data_len = HASH_LEN;
	c->tcb_status = TEE_STATUS_UP_TO_DATE;
	c->platform = q->firmware;
	c->attributes = q->clock_is_safe;
	for (unsigned i = 0; i < TPM_PCRS; i++)
		if (d->pcrs.present >> i & 1 && !att_add_value(c, TEE_REG_PCR0 + i, d->pcrs.value[i], TPM_PCR_LEN))
			return ST_BUG;
	return add_measurement(c, d->event, f);
}

enum status tpm_document_judge(struct att_claims *out, const struct tpm_document *d, struct att_finding *f)
{
	struct att_claims claims = *out;
	struct tpm_quote quote = {0};
	enum status st;

	TRY(tpm_quote_parse(&quote, d->attest, f));
	TRY(check_extra_data(d, &quote, f));
	TRY(tpm_quote_check_pcrs(&quote, &d->pcrs, f));
	TRY(check_log(d, f));
	TRY(set_claims(&claims, d, &quote, f));
	*out = claims;
out:
	return st;
}
