/* Addresses of vendors' documents, and whether an answer is one. */
#include "collateral/vendor.h"

#include "text.h"

#include <stdio.h>

static const char intel_base[] = "https://api.trustedservices.intel.com", amd_base[] = "https://kdsintf.amd.com";
static const char intel_root_crl[] = "https://certificates.trustedservices.intel.com/IntelSGXRootCA.der";

static struct vendor_wanted *next(struct vendor_wanted *out, size_t *n, enum att_item_type type)
{
	struct vendor_wanted *w = &out[(*n)++];

	*w = (struct vendor_wanted){.type = type};
	return w;
}

/* ---- Intel ---- */

static void want_pck_crl(struct vendor_wanted *out, size_t *n, const char *base, const char *ca, const char *issuer)
{
	struct vendor_wanted *w = next(out, n, ATT_ITEM_CRL);

	snprintf(w->url, sizeof w->url, "%s/sgx/certification/v4/pckcrl?ca=%s&encoding=der", base, ca);
	snprintf(w->what, sizeof w->what, "CRL of the %s", issuer);
	snprintf(w->issuer, sizeof w->issuer, "%s", issuer);
	w->chain_header = "SGX-PCK-CRL-Issuer-Chain";
}

static size_t intel(struct vendor_wanted *out, const struct vendor_platform *v, const char *given)
{
	const char *base = given ? given : intel_base, *folder = v->tee == TEE_TDX ? "tdx" : "sgx";
	struct vendor_wanted *w;
	size_t n = 0;

	w = next(out, &n, ATT_ITEM_TCB_INFO);
	snprintf(w->url, sizeof w->url, "%s/%s/certification/v4/tcb?fmspc=%s", base, folder, v->fmspc);
	snprintf(w->what, sizeof w->what, "TCB info of FMSPC %s", v->fmspc);
	snprintf(w->id, sizeof w->id, "%s", v->tee == TEE_TDX ? "TDX" : "SGX");
	snprintf(w->fmspc, sizeof w->fmspc, "%s", v->fmspc);
	w->chain_header = "TCB-Info-Issuer-Chain";
	w = next(out, &n, ATT_ITEM_QE_IDENTITY);
	snprintf(w->url, sizeof w->url, "%s/%s/certification/v4/qe/identity", base, folder);
	snprintf(w->id, sizeof w->id, "%s", v->tee == TEE_TDX ? "TD_QE" : "QE");
	snprintf(w->what, sizeof w->what, "QE identity %s", w->id);
	w->chain_header = "SGX-Enclave-Identity-Issuer-Chain";
	if (strcmp(v->ca, "processor") != 0)
		want_pck_crl(out, &n, base, "platform", "Intel SGX PCK Platform CA");
	if (strcmp(v->ca, "platform") != 0)
		want_pck_crl(out, &n, base, "processor", "Intel SGX PCK Processor CA");
	w = next(out, &n, ATT_ITEM_CRL);
	if (given)
		snprintf(w->url, sizeof w->url, "%s/sgx/certification/v4/rootcacrl", base);
	else
		snprintf(w->url, sizeof w->url, "%s", intel_root_crl);
	snprintf(w->issuer, sizeof w->issuer, "Intel SGX Root CA");
	snprintf(w->what, sizeof w->what, "CRL of the Intel SGX Root CA");
	return n;
}

/* ---- AMD ---- */

static void vcek_url(struct vendor_wanted *w, const struct vendor_platform *v, const char *base)
{
	int used = snprintf(w->url, sizeof w->url, "%s/vcek/v1/%s/%s?", base, v->product, v->chip);

	if (used < 0 || (size_t)used >= sizeof w->url)
		return;
	if (strcmp(v->product, "Turin") == 0)
		used += snprintf(w->url + used, sizeof w->url - (size_t)used, "fmcSPL=%02u&", v->tcb[SNP_FMC]);
	snprintf(w->url + used, sizeof w->url - (size_t)used, "blSPL=%02u&teeSPL=%02u&snpSPL=%02u&ucodeSPL=%02u", v->tcb[SNP_BOOT_LOADER],
	    v->tcb[SNP_TEE], v->tcb[SNP_SNP], v->tcb[SNP_MICROCODE]);
}

static size_t amd(struct vendor_wanted *out, const struct vendor_platform *v, const char *given)
{
	const char *base = given ? given : amd_base, *key = v->vlek ? "vlek" : "vcek";
	struct vendor_wanted *w;
	size_t n = 0;

	w = next(out, &n, ATT_ITEM_CERTIFICATE);
	snprintf(w->url, sizeof w->url, "%s/%s/v1/%s/cert_chain", base, key, v->product);
	snprintf(w->what, sizeof w->what, "certificate chain of %s", v->product);
	w = next(out, &n, ATT_ITEM_CRL);
	snprintf(w->url, sizeof w->url, "%s/%s/v1/%s/crl", base, key, v->product);
	snprintf(w->what, sizeof w->what, "CRL of %s", v->product);
	w->optional = true;
	if (v->chip[0] && !v->vlek) {
		w = next(out, &n, ATT_ITEM_CERTIFICATE);
		vcek_url(w, v, base);
		snprintf(w->what, sizeof w->what, "VCEK of chip %.16s...", v->chip);
	}
	return n;
}

size_t vendor_wanted(struct vendor_wanted out[static VENDOR_WANTED_MAX], const struct vendor_platform *v, const char *base)
{
	if (v->tee == TEE_SGX || v->tee == TEE_TDX)
		return intel(out, v, base);
	return v->tee == TEE_SNP ? amd(out, v, base) : 0;
}

/* ---- answers ---- */

/* "%0A": headers hold no line breaks. ASCII in, ASCII out. */
static bool percent_decode(struct buf *out, struct slice text)
{
	for (size_t k = 0; k < text.len; k++) {
		struct buf byte = {0};
		bool ok = text.ptr[k] != '%' || (k + 2 < text.len && text_hex(&byte, slice_of(text.ptr + k + 1, 2)));
		buf_append(out, text.ptr[k] == '%' && ok ? byte.ptr : &text.ptr[k], 1);
		k += text.ptr[k] == '%' ? 2 : 0;
		out->failed |= byte.failed;
		buf_clear(&byte);
		if (!ok)
			return false;
	}
	return true;
}

static enum status refuse(const struct vendor_wanted *w, struct problem *p, const char *what)
{
	return problem_set(p, ST_COL_ANSWER, w->url, NULL, "asked for the %s, got %s", w->what, what);
}

/* One document of the type asked for that says of itself what was asked for; a certificate chain may be several. */
static bool is_it(const struct collateral *got, const struct vendor_wanted *w)
{
	struct collateral_facts f;
	struct att_bundle view;

	collateral_view(&view, got);
	for (size_t k = 0; k < view.n; k++) {
		if (view.items[k].type != w->type || collateral_facts(&f, &view.items[k]) != ST_OK)
			return false;
		if ((w->id[0] && strcmp(f.id, w->id) != 0) || (w->fmspc[0] && strcmp(f.fmspc, w->fmspc) != 0) ||
		    (w->issuer[0] && strcmp(f.issuer, w->issuer) != 0))
			return false;
	}
	return view.n == 1 || (view.n > 1 && w->type == ATT_ITEM_CERTIFICATE);
}

static enum status import_chain(struct collateral *to, const struct vendor_wanted *w, struct slice chain, int64_t fetched_s, struct problem *p)
{
	struct buf pem = {0};
	enum status st;

	bool decoded = percent_decode(&pem, chain);
	if (pem.failed)
		st = ST_NO_MEMORY;
	else if (!decoded)
		st = refuse(w, p, "an issuer chain that is not percent-encoded");
	else
		st = collateral_import(to, buf_view(&pem), w->chain_header, fetched_s, NULL);
	buf_clear(&pem);
	return st == ST_COL_FILE ? refuse(w, p, "an issuer chain that cannot be read") : st;
}

static enum status merge(struct collateral *to, const struct collateral *from)
{
	enum status st = ST_OK;

	for (size_t k = 0; st == ST_OK && k < from->n; k++) {
		const struct collateral_item *i = &from->items[k];
		st = collateral_add(to, i->type, slice_of(i->bytes, i->len), i->signature, i->fetched_s);
	}
	return st;
}

enum status vendor_accept(struct collateral *to, const struct vendor_wanted *w, struct slice body, struct slice chain,
    int64_t fetched_s, struct problem *p)
{
	struct collateral got = {.n = 0};
	struct problem why = {.st = ST_OK};
	enum status st = collateral_import(&got, body, w->what, fetched_s, &why);

	if (st == ST_COL_FILE)
		st = refuse(w, p, why.message);
	else if (st == ST_OK && !is_it(&got, w))
		st = refuse(w, p, "another document");
	if (st == ST_OK && w->chain_header)
		st = chain.len ? import_chain(&got, w, chain, fetched_s, p) : refuse(w, p, "no issuer chain in the header");
	if (st == ST_OK)
		st = merge(to, &got);
	collateral_clear(&got);
	return st;
}
