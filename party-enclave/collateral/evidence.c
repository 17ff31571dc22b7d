/* Evidence files: the encoding is taken off, nothing else is. What lies in the document is the verifiers' to judge. */
#include "collateral/import.h"

#include "text.h"

#include <stdlib.h>

enum {
	SNP_REPORT_LEN = 1184,
	HCL_HEADER_LEN = 32, /* "HCLA", then the SNP report (Azure's host compatibility layer) */
	TEE_TYPE_SGX = 0,
	TEE_TYPE_TDX = 0x81,
};

const char *evidence_form_name(enum evidence_form form)
{
	static const char *const names[] = {[EVIDENCE_BINARY] = "binary",
	    [EVIDENCE_HEX] = "hex",
	    [EVIDENCE_BASE64] = "base64",
	    [EVIDENCE_AZURE_JSON] = "azure-json"};
	return form >= EVIDENCE_BINARY && form <= EVIDENCE_AZURE_JSON ? names[form] : "?";
}

static bool begins(struct slice s, const void *bytes, size_t len)
{
	return s.len >= len && memcmp(s.ptr, bytes, len) == 0;
}

static uint32_t le(const uint8_t *p, int bytes)
{
	uint32_t n = 0;

	for (int k = bytes - 1; k >= 0; k--)
		n = n << 8 | p[k];
	return n;
}

/* ---- kinds ---- */

static enum tee_kind quote_kind(struct slice e)
{
	unsigned version = le(e.ptr, 2), key_type = le(e.ptr + 2, 2);
	uint32_t tee = le(e.ptr + 4, 4);

	if (key_type != 2 && key_type != 3)
		return 0;
	if (version == 3)
		return TEE_SGX;
	if (version != 4 && version != 5)
		return 0;
	return tee == TEE_TYPE_SGX ? TEE_SGX : tee == TEE_TYPE_TDX ? TEE_TDX : 0;
}

/* COSE_Sign1, tagged or not, whose protected header says ES384 or EdDSA. */
static enum tee_kind cose_kind(struct slice e)
{
	if (begins(e, "\xd2", 1))
		e = slice_of(e.ptr + 1, e.len - 1);
	if (begins(e, "\x84\x44\xa1\x01\x38\x22", 6))
		return TEE_NITRO;
	return begins(e, "\x84\x43\xa1\x01\x27", 5) ? TEE_SOFTWARE : 0;
}

enum tee_kind evidence_kind(struct slice e)
{
	if (e.len < 48)
		return 0;
	if (begins(e, "\xd2", 1) || begins(e, "\x84", 1))
		return cose_kind(e);
	if (begins(e, "\x87\x01\x58\x40", 4)) /* docs/ATTESTATION.md, section 6 */
		return TEE_TPM;
	if (begins(e, "HCLA", 4) || (e.len == SNP_REPORT_LEN && le(e.ptr, 4) >= 2 && le(e.ptr, 4) <= 5))
		return TEE_SNP;
	return quote_kind(e);
}

struct slice evidence_open_enclave(struct slice e)
{
	enum { OE_HEADER_LEN = 16 };

	return e.len > OE_HEADER_LEN && begins(e, "\1\0\0\0\2\0\0\0", 8) ? slice_of(e.ptr + OE_HEADER_LEN, e.len - OE_HEADER_LEN)
									    : slice_of(e.ptr, 0);
}

/* ---- a confidential VM of Azure: the SNP report lies in a larger one, in JSON, with its certificate beside it ---- */

static enum status refuse(struct problem *p, const char *name, const char *message)
{
	return problem_set(p, ST_COL_FILE, name, NULL, "%s", message);
}

typedef bool (*decoder)(struct buf *out, struct slice text);

/* A member's text, decoded: ST_FORMAT, ST_NO_MEMORY. */
static enum status decode_token(struct buf *out, struct slice token, decoder decode)
{
	struct buf text = {0};
	bool ok = scan_text(&text, token) && !text.failed && decode(out, buf_view(&text));
	enum status st = text.failed || out->failed ? ST_NO_MEMORY : ok ? ST_OK : ST_FORMAT;

	buf_clear(&text);
	return st;
}

static enum status member_bytes(struct buf *out, struct slice object, const char *key, decoder decode)
{
	struct slice token;
	enum scan_type kind;

	return scan_find(object, key, &token, &kind) ? decode_token(out, token, decode) : ST_FORMAT;
}

static enum status take_vcek(struct evidence_file *out, struct slice object, const char *name, struct problem *p)
{
	struct buf der = {0};
	enum status st = member_bytes(&der, object, "vcek", text_base64);

	if (st == ST_OK)
		st = collateral_import(&out->collateral, buf_view(&der), name, 0, p);
	buf_clear(&der);
	return st == ST_FORMAT ? ST_OK : st; /* it may come from elsewhere */
}

static enum status take_pcr(uint8_t out[static AZURE_PCR_LEN], struct slice token)
{
	struct buf bytes = {0};
	enum status st = decode_token(&bytes, token, text_hex);

	if (st == ST_OK && bytes.len != AZURE_PCR_LEN)
		st = ST_FORMAT;
	if (st == ST_OK)
		memcpy(out, bytes.ptr, AZURE_PCR_LEN);
	buf_clear(&bytes);
	return st;
}

/* "pcrs": exactly the 24 of the SHA-256 bank, in order. */
static enum status take_pcrs(struct evidence_file *out, struct slice list)
{
	enum scan_type kind;
	struct scan j;
	size_t n = 0;
	enum status st;

	scan_begin(&j, list);
	scan_enter_array(&j);
	while (scan_element(&j)) {
		struct slice token = scan_value(&j, &kind);
		if (n == AZURE_PCRS)
			return ST_FORMAT;
		TRY(take_pcr(out->pcrs[n++], token));
	}
	st = scan_end(&j) && n == AZURE_PCRS ? ST_OK : ST_FORMAT;
out:
	return st;
}

static enum status take_quote(struct evidence_file *out, struct slice object)
{
	struct slice quote, list;
	enum scan_type kind;
	enum status st;

	if (!scan_find(object, "tpm_quote", &quote, &kind) || kind != SCAN_OBJECT || !scan_find(quote, "pcrs", &list, &kind))
		return ST_FORMAT;
	TRY(member_bytes(&out->message, quote, "message", text_hex));
	TRY(member_bytes(&out->signature, quote, "signature", text_hex));
	TRY(take_pcrs(out, list));
out:
	return st;
}

static enum status as_refusal(enum status st, struct problem *p, const char *name, const char *message)
{
	return st == ST_FORMAT ? refuse(p, name, message) : st;
}

static enum status import_azure(struct evidence_file *out, struct slice text, const char *name, struct problem *p)
{
	struct slice object;
	enum scan_type kind;
	enum status st;

	st = scan_find(text, "evidence", &object, &kind) && kind == SCAN_OBJECT ? member_bytes(&out->hcl, object, "hcl_report", text_base64) : ST_FORMAT;
	TRY(as_refusal(st, p, name, "JSON that holds no evidence that is known: \"evidence\" with \"hcl_report\" is"));
	if (!begins(buf_view(&out->hcl), "HCLA", 4) || out->hcl.len < HCL_HEADER_LEN + SNP_REPORT_LEN)
		return refuse(p, name, "its hcl_report is not one: it begins with HCLA and holds an SNP report");
	TRY(as_refusal(take_quote(out, object), p, name, "its tpm_quote is not one: message, signature and 24 pcrs in hex"));
	out->form = EVIDENCE_AZURE_JSON;
	buf_append(&out->bytes, out->hcl.ptr + HCL_HEADER_LEN, SNP_REPORT_LEN);
	TRY(buf_status(&out->bytes));
	TRY(take_vcek(out, object, name, p));
out:
	return st;
}

/* ---- files ---- */

static enum status import_text(struct evidence_file *out, struct slice text, const char *name, struct problem *p)
{
	if (text.len && text.ptr[0] == '{')
		return import_azure(out, text, name, p);
	if (text_hex(&out->bytes, text))
		out->form = EVIDENCE_HEX;
	else if (text_base64(&out->bytes, text))
		out->form = EVIDENCE_BASE64;
	else if (out->bytes.failed)
		return ST_NO_MEMORY;
	else
		return refuse(p, name, text.len ? "text that is neither hex nor base64" : "the file is empty");
	return buf_status(&out->bytes);
}

enum status evidence_import(struct evidence_file *out, struct slice file, const char *name, struct problem *p)
{
	struct evidence_file made = {.form = EVIDENCE_BINARY};
	enum status st;

	if (text_is_plain(file))
		st = import_text(&made, text_trim(file), name, p);
	else {
		buf_append(&made.bytes, file.ptr, file.len);
		st = buf_status(&made.bytes);
	}
	if (st == ST_OK)
		*out = made;
	else
		evidence_file_clear(&made);
	return st;
}

void evidence_file_clear(struct evidence_file *e)
{
	if (!e)
		return;
	buf_clear(&e->bytes);
	buf_clear(&e->hcl);
	buf_clear(&e->message);
	buf_clear(&e->signature);
	collateral_clear(&e->collateral);
}
