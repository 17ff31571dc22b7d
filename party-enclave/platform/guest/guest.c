#include "guest.h"

#include "base/reader.h"

/* Offsets: Intel TDX DCAP quoting library API, version 4 and 5; AMD 56860, table 23. */
enum { SNP_REPORT_DATA = 0x50, V4_REPORT_DATA = 48 + 520, V5_REPORT_DATA = 54 + 520, TDX_QUOTE_MIN = 632 + 4 };

static enum status check_snp(struct slice report, const uint8_t **report_data, struct problem *p)
{
	if (report.len != SNP_REPORT_LEN)
		return problem_set(
		    p, ST_TEE, "SNP report", NULL, "the report has %zu bytes, not %d", report.len, SNP_REPORT_LEN);
	*report_data = report.ptr + SNP_REPORT_DATA;
	return ST_OK;
}

static enum status check_tdx(struct slice quote, const uint8_t **report_data, struct problem *p)
{
	struct reader r = {.rest = quote};
	uint16_t version = rd_u16le(&r);

	if (quote.len < TDX_QUOTE_MIN + (version == 5 ? 6 : 0))
		return problem_set(p, ST_TEE, "TDX quote", NULL, "the quote has only %zu bytes", quote.len);
	if (version != 4 && version != 5)
		return problem_set(p, ST_TEE, "TDX quote", NULL, "a quote of version %u", version);
	*report_data = quote.ptr + (version == 4 ? V4_REPORT_DATA : V5_REPORT_DATA);
	return ST_OK;
}

static enum status check(
    const struct guest_answer *a, const uint8_t report_data[static REPORT_DATA_LEN], struct problem *p)
{
	struct guest_certificates certificates;
	const uint8_t *echo = NULL;
	enum status st;

	TRY(a->kind == TEE_TDX ? check_tdx(buf_view(&a->evidence), &echo, p)
			       : check_snp(buf_view(&a->evidence), &echo, p));
	if (memcmp(echo, report_data, REPORT_DATA_LEN) != 0)
		return problem_set(p, ST_TEE, tee_name(a->kind), NULL, "the answer is of other report data");
	if (guest_certificates_parse(&certificates, buf_view(&a->table)) != ST_OK)
		return problem_set(
		    p, ST_TEE, "certificate table", NULL, "the host's certificate table is not well-formed");
out:
	return st;
}

enum status produce_guest(enum tee_kind *kind, struct buf *evidence, struct buf *table, const struct device_calls *d,
    const uint8_t report_data[static REPORT_DATA_LEN], struct problem *p)
{
	struct guest_answer a = {0};
	size_t evidence_before = evidence->len;
	bool present = false;
	enum status st;

	TRY(tsm_report(&a, &present, d, report_data, p));
	if (!present)
		TRY(sev_guest_report(&a, &present, d, report_data, p));
	if (!present)
		TRY(problem_set(p, ST_TEE, TSM_REPORTS,
		    "load tdx-guest or sev-guest and mount configfs at /sys/kernel/config",
		    "this machine is no confidential guest: neither configfs-tsm nor " SEV_GUEST_PATH " is there"));
	TRY(check(&a, report_data, p));
	buf_append(evidence, a.evidence.ptr, a.evidence.len);
	if (!evidence->failed)
		buf_append(table, a.table.ptr, a.table.len);
	if (evidence->failed || table->failed) {
		evidence->len = evidence_before;
		TRY(ST_NO_MEMORY);
	}
	*kind = a.kind;
out:
	buf_clear(&a.evidence);
	buf_clear(&a.table);
	return st;
}
