/*
 * Target: the whole Nitro verifier with the production anchors, at the time that the document gives itself. Properties: a refusal
 * says what it found and leaves no claims; what is accepted lies in its own window, and debug mode is what the PCRs say.
 */
#include "attest/attest.h"
#include "base/panic.h"
#include "format.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool all_zero(const struct tee_value *v)
{
	static const uint8_t zeros[NITRO_PCR_LEN];

	return v && memcmp(v->bytes, zeros, sizeof zeros) == 0;
}

static void look_at(const struct att_claims *c, int64_t now)
{
	invariant(c->kind == TEE_NITRO && c->has_issued && c->issued_s == now);
	invariant(c->valid_from <= now && now <= c->valid_to);
	for (unsigned i = 0; i < 3; i++)
		invariant(att_value(c, TEE_REG_PCR0 + i) && all_zero(att_value(c, TEE_REG_PCR0 + i)) == c->debug);
	for (unsigned i = 0; i < c->n_values; i++)
		invariant(c->values[i].len == NITRO_PCR_LEN && c->values[i].reg < NITRO_PCRS);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct att_finding f = {0}, unused = {0};
	struct att_claims c = {.kind = TEE_TPM};
	struct nitro_document doc;
	int64_t now = 0;

	if (crypto_init() != ST_OK)
		return 0;
	if (nitro_parse(&doc, slice_of(data, size), &unused) == ST_OK)
		now = (int64_t)(doc.timestamp_ms / 1000);
	struct att_input in = {.evidence = slice_of(data, size), .anchors = &att_anchors_production, .now = {now, now}};
	enum status st = att_examine(&c, TEE_NITRO, &in, &f);
	if (st == ST_OK)
		look_at(&c, now);
	else
		invariant(c.kind == TEE_TPM && (st == ST_NO_MEMORY || (f.st == st && f.got[0])));
	return 0;
}
