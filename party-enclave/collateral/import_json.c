/*
 * Signed JSON as vendors and libraries pass it on.
 *
 *   Intel PCS, API v4           {"tcbInfo": {…}, "signature": "128 hex digits"}          or "enclaveIdentity"
 *   fields of a DCAP library    {"tcb_info": "{…}", "tcb_info_signature": "…", "tcb_info_issuer_chain": "PEM", …}
 *
 * The signature covers the inner object's exact bytes, so they are cut out (first form) or are the string's content (second).
 */
#include "import.h"

enum { RAW_SIGNATURE_LEN = 64 };

enum field { FIELD_CHAIN, FIELD_CRL, FIELD_TCB_INFO, FIELD_QE_IDENTITY, FIELD_SIGNATURE };
static const struct {
	const char *key;
	enum field field;
} fields[] = {
    {"pck_crl_issuer_chain", FIELD_CHAIN},
    {"tcb_info_issuer_chain", FIELD_CHAIN},
    {"qe_identity_issuer_chain", FIELD_CHAIN},
    {"pck_certificate_chain", FIELD_CHAIN},
    {"root_ca_crl", FIELD_CRL},
    {"pck_crl", FIELD_CRL},
    {"tcb_info", FIELD_TCB_INFO},
    {"qe_identity", FIELD_QE_IDENTITY},
    {"tcb_info_signature", FIELD_SIGNATURE},
    {"qe_identity_signature", FIELD_SIGNATURE},
};
enum { N_FIELDS = sizeof fields / sizeof *fields };

static enum status signature_bytes(const struct import *in, const char *part, struct slice token, uint8_t out[static RAW_SIGNATURE_LEN])
{
	struct buf text = {0}, bytes = {0};
	bool ok = scan_text(&text, token) && text_hex(&bytes, buf_view(&text)) && bytes.len == RAW_SIGNATURE_LEN;
	enum status st = text.failed || bytes.failed ? ST_NO_MEMORY : ok ? ST_OK : import_refuse(in, part, "not a signature of 128 hex digits");

	if (st == ST_OK)
		memcpy(out, bytes.ptr, RAW_SIGNATURE_LEN);
	buf_clear(&text);
	buf_clear(&bytes);
	return st;
}

static enum status add_signed(const struct import *in, const char *part, enum att_item_type type, struct slice text, struct slice signature)
{
	uint8_t raw[RAW_SIGNATURE_LEN];
	struct scan j;
	enum scan_type kind;
	enum status st;

	scan_begin(&j, text);
	scan_value(&j, &kind);
	if (kind != SCAN_OBJECT || !scan_end(&j))
		return import_refuse(in, part, "not a JSON object");
	TRY(signature_bytes(in, "signature", signature, raw));
	TRY(import_add(in, part, type, text, raw));
out:
	return st;
}

/* ---- Intel PCS ---- */

static enum status import_pcs(const struct import *in, struct slice text, const char *inner, enum att_item_type type)
{
	struct slice key, value, object = {0}, signature = {0};
	enum scan_type kind;
	struct scan j;

	scan_begin(&j, text);
	scan_enter(&j);
	while (scan_member(&j, &key)) {
		struct slice *to = slice_equal(key, slice_str(inner)) ? &object : slice_equal(key, slice_str("signature")) ? &signature : NULL;
		value = scan_value(&j, &kind);
		if (!to || to->ptr)
			return import_refuse(in, inner, "beside \"%s\" and \"signature\" nothing may stand, and each once", inner);
		*to = value;
	}
	if (!scan_end(&j))
		return import_refuse(in, inner, "not well-formed JSON at byte %zu", j.at);
	if (!signature.ptr)
		return import_refuse(in, inner, "the signature is missing");
	return add_signed(in, inner, type, object, signature);
}

/* ---- field-named ---- */

static int field_of(struct slice key)
{
	for (int k = 0; k < N_FIELDS; k++)
		if (slice_equal(key, slice_str(fields[k].key)))
			return k;
	return -1;
}

static enum status import_crl_text(const struct import *in, const char *part, struct slice text)
{
	struct buf der = {0};
	enum status st;

	if (looks_like_pem(text))
		return import_pem(in, part, text);
	if (text_hex(&der, text) || text_base64(&der, text))
		st = der.failed ? ST_NO_MEMORY : import_der(in, part, buf_view(&der));
	else if (der.failed)
		st = ST_NO_MEMORY;
	else
		st = import_refuse(in, part, "a CRL is hex, base64 or PEM here");
	buf_clear(&der);
	return st;
}

static enum status import_field(const struct import *in, int k, const struct slice tokens[N_FIELDS])
{
	bool tcb = fields[k].field == FIELD_TCB_INFO;
	struct buf text = {0};
	enum status st = ST_OK;

	if (fields[k].field == FIELD_SIGNATURE)
		return ST_OK; /* read with its document */
	bool read = scan_text(&text, tokens[k]);
	if (text.failed)
		st = ST_NO_MEMORY;
	else if (!read)
		st = import_refuse(in, fields[k].key, "not a string that can be read");
	else if (fields[k].field == FIELD_CHAIN)
		st = import_pem(in, fields[k].key, buf_view(&text));
	else if (fields[k].field == FIELD_CRL)
		st = import_crl_text(in, fields[k].key, text_trim(buf_view(&text)));
	else {
		struct slice signature = tokens[field_of(slice_str(tcb ? "tcb_info_signature" : "qe_identity_signature"))];
		st = signature.ptr ? add_signed(in, fields[k].key, tcb ? ATT_ITEM_TCB_INFO : ATT_ITEM_QE_IDENTITY, buf_view(&text), signature)
				   : import_refuse(in, fields[k].key, "its signature is missing");
	}
	buf_clear(&text);
	return st;
}

static enum status import_fields(const struct import *in, struct slice text)
{
	struct slice key, tokens[N_FIELDS] = {{0}};
	enum scan_type kind;
	struct scan j;
	enum status st = ST_OK;

	scan_begin(&j, text);
	scan_enter(&j);
	while (scan_member(&j, &key)) {
		int k = field_of(key);
		if (k < 0)
			return import_refuse(in, "", "\"%.*s\" is not a field of a collateral file", (int)(key.len > 64 ? 64 : key.len), key.ptr);
		if (tokens[k].ptr)
			return import_refuse(in, fields[k].key, "it stands twice");
		tokens[k] = scan_value(&j, &kind);
	}
	if (!scan_end(&j))
		return import_refuse(in, "", "not well-formed JSON at byte %zu", j.at);
	for (int k = 0; st == ST_OK && k < N_FIELDS; k++)
		if (tokens[k].ptr)
			st = import_field(in, k, tokens);
	return st;
}

enum status import_json(const struct import *in, struct slice text)
{
	struct slice value;
	enum scan_type kind;

	if (scan_find(text, "tcbInfo", &value, &kind))
		return import_pcs(in, text, "tcbInfo", ATT_ITEM_TCB_INFO);
	if (scan_find(text, "enclaveIdentity", &value, &kind))
		return import_pcs(in, text, "enclaveIdentity", ATT_ITEM_QE_IDENTITY);
	return import_fields(in, text);
}
