#include "quote.h"

#include "base/reader.h"

#include <inttypes.h>

enum {
	QUALIFIED_SIGNER_MAX =
	    68, /* TPM2B_NAME: a two-byte algorithm and at most 64 bytes of digest, or a handle; some TPMs count 2 more */
	EXTRA_DATA_MAX = 64,
	ATTEST_QUOTE = 0x8018,
	ALG_SHA256 = 0x000b,
	SELECT_LEN = TPM_PCRS / 8
};
static const uint32_t generated_value = 0xff544347; /* TPM_GENERATED: the TPM made it, no caller could */

static uint64_t big_endian(struct reader *r, size_t len)
{
	const uint8_t *p = rd_bytes(r, len);
	uint64_t v = 0;

	for (size_t k = 0; p && k < len; k++)
		v = v << 8 | p[k];
	return v;
}

/* TPM2B: a two-byte size, then the bytes. */
static struct slice sized(struct reader *r)
{
	return rd_slice(r, (size_t)big_endian(r, 2));
}

static enum status form(struct att_finding *f, const char *expected, const char *what, uint64_t got)
{
	return att_refuse(f, ST_ATT_FORMAT, ATT_CHECK_FORM, expected, "%s 0x%" PRIx64, what, got);
}

/* TPML_PCR_SELECTION with one TPMS_PCR_SELECTION: bit i of byte i / 8 is PCR i. */
static enum status get_selection(struct tpm_quote *q, struct reader *r, struct att_finding *f)
{
	uint64_t count = big_endian(r, 4), bank = big_endian(r, 2), size = big_endian(r, 1);

	for (unsigned k = 0; k < SELECT_LEN; k++)
		q->selected |= (uint32_t)rd_u8(r) << 8 * k;
	if (r->failed)
		return ST_OK; /* said by the caller */
	if (count != 1)
		return form(f, "one PCR selection", "count", count);
	if (bank != ALG_SHA256)
		return form(f, "PCRs of the SHA-256 bank (0x000b)", "algorithm", bank);
	if (size != SELECT_LEN)
		return form(f, "a PCR bitmap of 3 bytes", "size", size);
	return q->selected ? ST_OK : form(f, "at least one PCR", "bitmap", 0);
}

enum status tpm_quote_parse(struct tpm_quote *out, struct slice attest, struct att_finding *f)
{
	struct tpm_quote q = {0};
	struct reader r = {.rest = attest};
	enum status st;

	uint64_t magic = big_endian(&r, 4), type = big_endian(&r, 2);
	struct slice signer = sized(&r);
	q.extra_data = sized(&r);
	q.clock_ms = big_endian(&r, 8);
	q.resets = (uint32_t)big_endian(&r, 4);
	q.restarts = (uint32_t)big_endian(&r, 4);
	uint64_t safe = big_endian(&r, 1);
	q.firmware = big_endian(&r, 8);
	if (!r.failed && magic != generated_value)
		return form(f, "the TPM's magic number 0xff544347", "magic", magic);
	if (!r.failed && type != ATTEST_QUOTE)
		return form(f, "a quote (0x8018)", "type", type);
	TRY(get_selection(&q, &r, f));
	q.digest = sized(&r);
	if (rd_end(&r) != ST_OK)
		return att_refuse(f, ST_ATT_FORMAT, ATT_CHECK_FORM, "a whole TPMS_ATTEST and nothing behind it", "%s",
		    status_title(rd_end(&r)));
	if (signer.len > QUALIFIED_SIGNER_MAX)
		return form(f, "a qualified signer of at most 68 bytes", "size", signer.len);
	if (q.extra_data.len > EXTRA_DATA_MAX)
		return form(f, "extra data of at most 64 bytes", "size", q.extra_data.len);
	if (safe > 1)
		return form(f, "the clock's safe flag as 0 or 1", "flag", safe);
	if (q.digest.len != TPM_PCR_LEN)
		return form(f, "a PCR digest of 32 bytes", "size", q.digest.len);
	q.clock_is_safe = safe == 1;
	*out = q;
out:
	return st;
}

enum status tpm_quote_check_pcrs(const struct tpm_quote *q, const struct tpm_pcr_values *pcrs, struct att_finding *f)
{
	uint8_t all[TPM_PCRS * TPM_PCR_LEN], digest[TPM_PCR_LEN];
	size_t len = 0;

	if (q->selected != pcrs->present)
		return att_refuse(f, ST_ATT_SIGNATURE, ATT_CHECK_SIGNATURE,
		    "the values of exactly the PCRs that the TPM signed", "signed 0x%06" PRIx32 ", given 0x%06" PRIx32,
		    q->selected, pcrs->present);
	for (unsigned i = 0; i < TPM_PCRS; i++)
		if (q->selected >> i & 1) {
			memcpy(all + len, pcrs->value[i], TPM_PCR_LEN);
			len += TPM_PCR_LEN;
		}
	sha256(digest, slice_of(all, len), (struct slice){0});
	if (slice_equal(q->digest, slice_of(digest, sizeof digest)))
		return ST_OK;
	return att_refuse_bytes(
	    f, ST_ATT_SIGNATURE, ATT_CHECK_SIGNATURE, "PCR digest", q->digest, slice_of(digest, sizeof digest));
}
