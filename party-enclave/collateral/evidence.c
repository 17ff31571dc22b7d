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

static bool member_bytes(struct buf *out, struct slice object, const char *key)
{
	struct slice token;
	struct buf text = {0};
	enum scan_type kind;
	bool ok = scan_find(object, key, &token, &kind) && scan_text(&text, token) && text_base64(out, buf_view(&text));

	ok = ok && !text.failed && !out->failed;
	buf_clear(&text);
	return ok;
}

static enum status take_vcek(struct evidence_file *out, struct slice object, const char *name, struct problem *p)
{
	struct buf der = {0};
	enum status st = ST_OK;

	if (member_bytes(&der, object, "vcek"))
		st = collateral_import(&out->collateral, buf_view(&der), name, 0, p);
	buf_clear(&der);
	return st;
}

static bool hex_member(struct buf *out, struct slice object, const char *key)
{
	struct slice token;
	struct buf text = {0};
	enum scan_type kind;
	bool ok = scan_find(object, key, &token, &kind) && scan_text(&text, token) && text_hex(out, buf_view(&text));

	ok = ok && !text.failed && !out->failed;
	buf_clear(&text);
	return ok;
}

static bool take_pcr(uint8_t out[static AZURE_PCR_LEN], struct slice token)
{
	struct buf text = {0}, bytes = {0};
	bool ok = scan_text(&text, token) && text_hex(&bytes, buf_view(&text)) && bytes.len == AZURE_PCR_LEN && !bytes.failed;

	if (ok)
		memcpy(out, bytes.ptr, AZURE_PCR_LEN);
	buf_clear(&text);
	buf_clear(&bytes);
	return ok;
}

/* "pcrs": exactly the 24 of the SHA-256 bank, in order. */
static bool take_pcrs(struct evidence_file *out, struct slice list)
{
	enum scan_type kind;
	struct scan j;
	size_t n = 0;

	scan_begin(&j, list);
	scan_enter_array(&j);
	while (scan_element(&j)) {
		struct slice token = scan_value(&j, &kind);
		if (n == AZURE_PCRS || !take_pcr(out->pcrs[n++], token))
			return false;
	}
	return scan_end(&j) && n == AZURE_PCRS;
}

static bool take_quote(struct evidence_file *out, struct slice object)
{
	struct slice quote, list;
	enum scan_type kind;

	return scan_find(object, "tpm_quote", &quote, &kind) && kind == SCAN_OBJECT && hex_member(&out->message, quote, "message") &&
	       hex_member(&out->signature, quote, "signature") && scan_find(quote, "pcrs", &list, &kind) && take_pcrs(out, list);
}

static enum status import_azure(struct evidence_file *out, struct slice text, const char *name, struct problem *p)
{
	struct slice object;
	enum scan_type kind;
	enum status st;

	if (!scan_find(text, "evidence", &object, &kind) || kind != SCAN_OBJECT || !member_bytes(&out->hcl, object, "hcl_report"))
		return refuse(p, name, "JSON that holds no evidence that is known: \"evidence\" with \"hcl_report\" is");
	if (!begins(buf_view(&out->hcl), "HCLA", 4) || out->hcl.len < HCL_HEADER_LEN + SNP_REPORT_LEN)
		return refuse(p, name, "its hcl_report is not one: it begins with HCLA and holds an SNP report");
	if (!take_quote(out, object))
		return refuse(p, name, "its tpm_quote is not one: message, signature and 24 pcrs in hex");
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
