/* Before an enclave is started: its measurement goes into PCR 14, where nothing but a restart of the machine takes it out again. */
#include "event.h"

#include "base/cbor.h"
#include "base/x509.h"

enum status tpm_event_of(struct tpm_event *out, const uint8_t measurement[static TPM_MEASUREMENT_LEN])
{
	struct buf b = {0};

	cbor_put_array(&b, 2);
	cbor_put_text(&b, "parley/measure/v1");
	cbor_put_bytes(&b, slice_of(measurement, TPM_MEASUREMENT_LEN));
	enum status st = b.failed || b.len != sizeof out->data ? ST_NO_MEMORY : ST_OK;
	if (st == ST_OK) {
		memcpy(out->data, b.ptr, sizeof out->data);
		sha256(out->digest, slice_of(out->data, sizeof out->data), (struct slice){0});
	}
	buf_clear(&b);
	return st;
}

void tpm_event_replay(uint8_t pcr[static PCR_LEN], const struct tpm_event *event)
{
	const uint8_t zero[PCR_LEN] = {0};

	sha256(pcr, slice_of(zero, sizeof zero), slice_of(event->digest, sizeof event->digest));
}

static bool is_zero(const uint8_t *bytes, size_t len)
{
	uint8_t any = 0;

	for (size_t i = 0; i < len; i++)
		any |= bytes[i];
	return any == 0;
}

enum status tpm_record(const struct device_calls *d, const char *path,
    const uint8_t measurement[static TPM_MEASUREMENT_LEN], struct problem *p)
{
	struct tpm_pcrs pcrs = {.selected = 1u << TPM_PCR_CODE};
	struct tpm_event event;
	uint8_t expected[PCR_LEN];
	struct tpm t;
	enum status st;

	TRY(tpm_open(&t, d, path, p));
	TRY(tpm_event_of(&event, measurement));
	tpm_event_replay(expected, &event);
	TRY(tpm_read_pcrs(&t, &pcrs));
	if (is_zero(pcrs.value[TPM_PCR_CODE], PCR_LEN)) {
		TRY(tpm_extend(&t, TPM_PCR_CODE, event.digest));
		TRY(tpm_read_pcrs(&t, &pcrs));
	}
	if (memcmp(pcrs.value[TPM_PCR_CODE], expected, PCR_LEN) != 0)
		st = problem_set(p, ST_TEE, path, "restart the machine, then start this enclave first",
		    "PCR 14 holds more or something else than this enclave's measurement");
out:
	tpm_close(&t);
	return st;
}
