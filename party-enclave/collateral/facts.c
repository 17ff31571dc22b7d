/* What a document says of itself, for people. Unverified: a certificate may call itself anything. */
#include "text.h"

#include "collateral/import.h"

#include <stdio.h>
#include <stdlib.h>

static const char *const types[] = {
    [ATT_ITEM_CERTIFICATE] = "certificate",
    [ATT_ITEM_CRL] = "crl",
    [ATT_ITEM_TCB_INFO] = "tcb-info",
    [ATT_ITEM_QE_IDENTITY] = "qe-identity",
};

static enum status unreadable(enum status st)
{
	return st == ST_NO_MEMORY ? st : ST_COL_FILE;
}

static enum status certificate_facts(struct collateral_facts *out, struct slice der)
{
	struct x509 *c;
	enum status st = x509_parse(&c, der);

	if (st != ST_OK)
		return unreadable(st);
	const struct x509_facts *f = x509_facts(c);
	snprintf(out->subject, sizeof out->subject, "%s", f->subject_cn);
	snprintf(out->issuer, sizeof out->issuer, "%s", f->issuer_cn);
	out->from_s = f->not_before;
	out->to_s = f->not_after;
	out->has_window = true;
	x509_free(c);
	return ST_OK;
}

static enum status crl_facts(struct collateral_facts *out, struct slice der)
{
	struct x509_crl *c;
	enum status st = x509_crl_parse(&c, der);

	if (st != ST_OK)
		return unreadable(st);
	const struct x509_crl_facts *f = x509_crl_facts(c);
	snprintf(out->issuer, sizeof out->issuer, "%s", f->issuer_cn);
	out->from_s = f->this_update;
	out->to_s = f->next_update;
	out->has_window = true;
	out->revoked = f->revoked;
	x509_crl_free(c);
	return ST_OK;
}

/* A member's string, cut to what fits, made printable; empty when there is none. false: no memory. */
static bool string_of(char *out, size_t cap, struct slice object, const char *key)
{
	struct slice token;
	struct buf text = {0};
	enum scan_type kind;

	out[0] = 0;
	if (scan_find(object, key, &token, &kind) && scan_text(&text, token) && !text.failed) {
		size_t n = text.len < cap - 1 ? text.len : cap - 1;
		for (size_t k = 0; k < n; k++)
			out[k] = text.ptr[k] >= ' ' && text.ptr[k] <= '~' ? (char)text.ptr[k] : '?';
		out[n] = 0;
	}
	bool enough = !text.failed;
	buf_clear(&text);
	return enough;
}

/* false: no memory. *found says whether a time stands there. */
static bool time_of(int64_t *out, bool *found, struct slice object, const char *key)
{
	char text[40];
	bool enough = string_of(text, sizeof text, object, key);

	*found = time_parse(out, slice_str(text)) == ST_OK;
	return enough;
}

static uint32_t number_of(struct slice object, const char *key)
{
	struct slice token;
	enum scan_type kind;
	uint32_t n = 0;

	if (!scan_find(object, key, &token, &kind) || kind != SCAN_OTHER || token.len > 9)
		return 0;
	for (size_t k = 0; k < token.len; k++) {
		if (token.ptr[k] < '0' || token.ptr[k] > '9')
			return 0;
		n = 10 * n + (uint32_t)(token.ptr[k] - '0');
	}
	return n;
}

static enum status json_facts(struct collateral_facts *out, struct slice text)
{
	bool issued, ends;

	if (!string_of(out->id, sizeof out->id, text, "id") || !string_of(out->fmspc, sizeof out->fmspc, text, "fmspc") ||
	    !time_of(&out->from_s, &issued, text, "issueDate") || !time_of(&out->to_s, &ends, text, "nextUpdate"))
		return ST_NO_MEMORY;
	for (char *p = out->fmspc; *p; p++)
		if (*p >= 'A' && *p <= 'F')
			*p = (char)(*p | 0x20);
	out->evaluation = number_of(text, "tcbEvaluationDataNumber");
	out->has_window = issued && ends;
	return out->has_window ? ST_OK : ST_COL_FILE;
}

enum status collateral_facts(struct collateral_facts *out, const struct att_item *item)
{
	*out = (struct collateral_facts){.type = types[item->type], .fetched_s = item->fetched_s};
	if (item->type == ATT_ITEM_CERTIFICATE)
		return certificate_facts(out, item->bytes);
	if (item->type == ATT_ITEM_CRL)
		return crl_facts(out, item->bytes);
	return json_facts(out, item->bytes);
}
