/* What is this file? Told by its bytes; each form is then taken apart by its own function. */
#include "import.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { DER_SEQUENCE = 0x30, DER_VERSION = 0xa0, CBOR_ARRAY_2 = 0x82 };

enum status import_refuse(const struct import *in, const char *part, const char *format, ...)
{
	char where[192], message[512];
	va_list args;

	snprintf(where, sizeof where, "%s%s%s", in->name, part[0] ? ", " : "", part);
	va_start(args, format);
	vsnprintf(message, sizeof message, format, args);
	va_end(args);
	return problem_set(in->p, ST_COL_FILE, where, NULL, "%s", message);
}

enum status import_add(
    const struct import *in, const char *part, enum att_item_type type, struct slice bytes, const uint8_t *signature)
{
	enum status st = collateral_add(in->to, type, bytes, signature, in->fetched_s);

	if (st == ST_TOO_LARGE)
		problem_set(in->p, st, in->name, "give fewer documents, of the platforms that are met", "a bundle holds at most %d documents%s%s",
		    ATT_ITEMS_MAX, part[0] ? "; there is no room for " : "", part);
	return st;
}

/* ---- DER ---- */

/* The content of the SEQUENCE that s begins with, whatever its length says beyond s. */
static struct slice inside(struct slice s)
{
	size_t head = 2;

	if (s.len < 2 || s.ptr[0] != DER_SEQUENCE)
		return slice_of(s.ptr, 0);
	if (s.ptr[1] & 0x80)
		head += s.ptr[1] & 0x7f;
	return head < s.len ? slice_of(s.ptr + head, s.len - head) : slice_of(s.ptr, 0);
}

/* Certificate ::= SEQUENCE { tbs SEQUENCE { [0] version, … }, … }; a CRL's tbs begins otherwise (RFC 5280, sections 4.1, 5.1). */
static bool looks_like_certificate(struct slice der)
{
	struct slice tbs = inside(inside(der));
	return tbs.len > 0 && tbs.ptr[0] == DER_VERSION;
}

enum status import_der(const struct import *in, const char *part, struct slice der)
{
	struct x509 *cert = NULL;
	struct x509_crl *crl = NULL;
	bool is_cert = looks_like_certificate(der);
	enum status st = is_cert ? x509_parse(&cert, der) : x509_crl_parse(&crl, der);

	x509_free(cert);
	x509_crl_free(crl);
	if (st == ST_NO_MEMORY)
		return st;
	if (st != ST_OK)
		return import_refuse(in, part, "not a %s that can be read: %s", is_cert ? "certificate" : "certificate or CRL", status_title(st));
	return import_add(in, part, is_cert ? ATT_ITEM_CERTIFICATE : ATT_ITEM_CRL, der, NULL);
}

/* ---- PEM ---- */

static const char pem_certificate[] = "-----BEGIN CERTIFICATE-----", pem_crl[] = "-----BEGIN X509 CRL-----";

static bool begins(struct slice s, const char *text)
{
	size_t len = strlen(text);
	return s.len >= len && memcmp(s.ptr, text, len) == 0;
}

bool looks_like_pem(struct slice text)
{
	return begins(text, "-----BEGIN");
}

enum status import_pem(const struct import *in, const char *part, struct slice text)
{
	struct slice rest = text_trim(text);
	uint8_t *der = malloc(X509_CRL_MAX);
	enum status st = der ? ST_OK : ST_NO_MEMORY;
	char place[128];

	for (unsigned k = 1; st == ST_OK && rest.len; k++) {
		const char *label = begins(rest, pem_certificate) ? "CERTIFICATE" : begins(rest, pem_crl) ? "X509 CRL" : NULL;
		size_t len = 0;
		snprintf(place, sizeof place, "%s%sPEM block %u", part, part[0] ? ", " : "", k);
		if (!label)
			st = import_refuse(in, place, "neither a CERTIFICATE nor an X509 CRL block");
		else if (pem_next(der, X509_CRL_MAX, &len, label, &rest) != ST_OK || len == 0)
			st = import_refuse(in, place, "a %s block that is damaged", label);
		else
			st = import_der(in, place, slice_of(der, len));
		rest = text_trim(rest);
	}
	free(der);
	return st;
}

/* ---- our bundle ---- */

static enum status import_bundle(const struct import *in, struct slice bytes)
{
	struct att_bundle b;
	struct import dated = *in;
	char part[32];
	enum status st = att_bundle_decode(&b, bytes);

	if (st == ST_NO_MEMORY)
		return st;
	if (st != ST_OK)
		return import_refuse(in, "", "a collateral bundle that is damaged: %s", status_title(st));
	for (size_t k = 0; st == ST_OK && k < b.n; k++) {
		const struct att_item *i = &b.items[k];
		dated.fetched_s = i->fetched_s;
		snprintf(part, sizeof part, "document %zu", k + 1);
		if (i->type == ATT_ITEM_CERTIFICATE || i->type == ATT_ITEM_CRL)
			st = import_der(&dated, part, i->bytes);
		else
			st = import_add(&dated, part, i->type, i->bytes, i->signature.ptr);
	}
	return st;
}

/* ---- all of them ---- */

static enum status import_binary(const struct import *in, struct slice bytes)
{
	if (bytes.len && bytes.ptr[0] == DER_SEQUENCE)
		return import_der(in, "", bytes);
	if (bytes.len && bytes.ptr[0] == CBOR_ARRAY_2)
		return import_bundle(in, bytes);
	return import_refuse(in, "", "neither a certificate, a CRL, a bundle nor signed JSON");
}

static enum status import_text(const struct import *in, struct slice text)
{
	struct buf decoded = {0};
	enum status st;

	if (text.len && text.ptr[0] == '{')
		return import_json(in, text);
	if (looks_like_pem(text))
		return import_pem(in, "", text);
	if (text_hex(&decoded, text) || text_base64(&decoded, text))
		st = decoded.failed ? ST_NO_MEMORY : import_binary(in, buf_view(&decoded));
	else if (decoded.failed)
		st = ST_NO_MEMORY;
	else
		st = import_refuse(in, "", text.len ? "text that is neither PEM, JSON, hex nor base64" : "the file is empty");
	buf_clear(&decoded);
	return st;
}

/* Nothing stays when it fails: what was added last is dropped. A date that was moved forward stays; it is for people. */
enum status collateral_import(
    struct collateral *c, struct slice file, const char *name, int64_t fetched_s, struct problem *p)
{
	struct import in = {c, name, fetched_s, p};
	size_t before = c->n;
	enum status st = text_is_plain(file) ? import_text(&in, text_trim(file)) : import_binary(&in, file);

	while (st != ST_OK && c->n > before)
		free(c->items[--c->n].bytes);
	return st;
}
