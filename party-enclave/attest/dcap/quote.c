#include "quote.h"

#include "../sgx/report.h"
#include "../tdx/report.h"
#include "base/reader.h"

enum { KEY_TYPE_P256 = 2, TEE_TYPE_SGX = 0, TEE_TYPE_TDX = 0x81, SIGNATURE_LEN = 64, KEY_LEN = 64 };
static const uint8_t intel_qe_vendor[16] = {
    0x93, 0x9a, 0x72, 0x33, 0xf7, 0x9c, 0x4c, 0xa9, 0x94, 0x0a, 0x0d, 0xb3, 0x95, 0x7f, 0x06, 0x07};

static enum status parse_header(struct reader *r, uint16_t *version, uint32_t *tee)
{
	*version = rd_u16le(r);
	uint16_t key_type = rd_u16le(r);
	*tee = rd_u32le(r);
	rd_bytes(r, 4); /* QE SVN and PCE SVN in v3, reserved later: the certificates say it better */
	const uint8_t *vendor = rd_bytes(r, sizeof intel_qe_vendor);
	rd_bytes(r, 20); /* user data: signed, without a meaning to us */
	if (r->failed)
		return ST_TRUNCATED;
	if (*version < 3 || *version > 5 || key_type != KEY_TYPE_P256)
		return ST_UNSUPPORTED;
	if (*version == 3 && *tee != 0) /* reserved there */
		return ST_FORMAT;
	if (*tee != TEE_TYPE_SGX && *tee != TEE_TYPE_TDX)
		return ST_UNSUPPORTED;
	return memcmp(vendor, intel_qe_vendor, sizeof intel_qe_vendor) == 0 ? ST_OK : ST_UNSUPPORTED;
}

static size_t body_len(enum dcap_body type)
{
	switch (type) {
	case DCAP_BODY_SGX:
		return SGX_REPORT_LEN;
	case DCAP_BODY_TD10:
		return TD10_REPORT_LEN;
	case DCAP_BODY_TD15:
		return TD15_REPORT_LEN;
	}
	return 0;
}

/* v3 and v4 follow from the TEE; v5 says it, and must agree with the header. */
static enum status parse_body(struct reader *r, uint16_t version, uint32_t tee, struct dcap_quote *q)
{
	uint16_t type = tee == TEE_TYPE_SGX ? DCAP_BODY_SGX : DCAP_BODY_TD10;

	if (version == 5) {
		type = rd_u16le(r);
		uint32_t size = rd_u32le(r);
		if (r->failed)
			return ST_TRUNCATED;
		if (type < DCAP_BODY_SGX || type > DCAP_BODY_TD15 || (type == DCAP_BODY_SGX) != (tee == TEE_TYPE_SGX))
			return ST_UNSUPPORTED;
		if (size != body_len((enum dcap_body)type))
			return ST_FORMAT;
	}
	q->body_type = (enum dcap_body)type;
	q->body = rd_slice(r, body_len(q->body_type));
	return r->failed ? ST_TRUNCATED : ST_OK;
}

/* QE report, its signature, QE authentication data, certification data: to the last byte of r. */
static enum status parse_qe(struct reader *r, struct dcap_quote *q)
{
	q->qe_report = rd_slice(r, SGX_REPORT_LEN);
	q->qe_signature = rd_slice(r, SIGNATURE_LEN);
	q->qe_auth = rd_slice(r, rd_u16le(r));
	q->certification = rd_u16le(r);
	q->certification_data = rd_slice(r, rd_u32le(r));
	if (!r->failed && (q->certification < DCAP_CERT_PPID || q->certification > DCAP_CERT_CHAIN))
		return ST_UNSUPPORTED;
	return rd_end(r);
}

static enum status parse_signature_data(struct reader *r, struct dcap_quote *q)
{
	q->signature = rd_slice(r, SIGNATURE_LEN);
	q->key = rd_slice(r, KEY_LEN);
	if (q->version == 3)
		return parse_qe(r, q);
	uint16_t type = rd_u16le(r);
	struct reader inner = {.rest = rd_slice(r, rd_u32le(r))};
	if (!r->failed && type != DCAP_CERT_QE_REPORT)
		return ST_UNSUPPORTED;
	enum status st = rd_end(r);
	return st == ST_OK ? parse_qe(&inner, q) : st;
}

static bool all_zero(struct slice s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i])
			return false;
	return true;
}

enum status dcap_quote_parse(struct dcap_quote *out, struct slice evidence)
{
	struct reader r = {.rest = evidence};
	struct dcap_quote q = {0};
	uint32_t tee;
	enum status st;

	TRY(parse_header(&r, &q.version, &tee));
	TRY(parse_body(&r, q.version, tee, &q));
	q.signed_part = slice_of(evidence.ptr, evidence.len - r.rest.len);
	struct reader data = {.rest = rd_slice(&r, rd_u32le(&r))};
	if (r.failed)
		return ST_TRUNCATED;
	TRY(parse_signature_data(&data, &q));
	q.padding = r.rest;
	if (!all_zero(q.padding))
		return ST_TRAILING;
	*out = q;
out:
	return st;
}
