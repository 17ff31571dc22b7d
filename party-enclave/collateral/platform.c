/* What evidence says of its platform: enough to ask the vendor for its collateral, and believed for nothing else. */
#include "collateral/vendor.h"

#include <stdio.h>
#include <stdlib.h>

enum { FMSPC_LEN = 6, SNP_REPORT_LEN = 1184 };

static enum status refuse(const char *name, struct problem *p, const char *what)
{
	return problem_set(p, ST_COL_FILE, name, "give its values as options", "%s", what);
}

/* ---- Intel: the PCK certificate in the quote ---- */

static const uint8_t *find(struct slice in, const void *what, size_t len)
{
	return in.len >= len ? memmem(in.ptr, in.len, what, len) : NULL;
}

/* 1.2.840.113741.1.13.1.4, then OCTET STRING of 6 (Intel SGX PCK Certificate Profile, section 1.3.5). */
static bool take_fmspc(char out[static 2 * FMSPC_LEN + 1], struct slice extension)
{
	static const uint8_t oid[] = {0x06, 0x0a, 0x2a, 0x86, 0x48, 0x86, 0xf8, 0x4d, 0x01, 0x0d, 0x01, 0x04, 0x04, FMSPC_LEN};
	const uint8_t *at = find(extension, oid, sizeof oid);

	if (!at || (size_t)(at - extension.ptr) + sizeof oid + FMSPC_LEN > extension.len)
		return false;
	hex_encode(out, slice_of(at + sizeof oid, FMSPC_LEN));
	return true;
}

static bool from_pck(struct vendor_platform *out, const struct x509 *pck)
{
	const char *issuer = x509_facts(pck)->issuer_cn;
	struct slice extension;
	bool critical;

	snprintf(out->ca, sizeof out->ca, "%s", strstr(issuer, "Platform") ? "platform" : strstr(issuer, "Processor") ? "processor" : "");
	return x509_extension(pck, "1.2.840.113741.1.13.1", &extension, &critical) && take_fmspc(out->fmspc, extension);
}

static enum status from_quote(struct vendor_platform *out, struct slice evidence, const char *name, struct problem *p)
{
	static const char begin[] = "-----BEGIN CERTIFICATE-----";
	const uint8_t *at = find(evidence, begin, sizeof begin - 1);
	uint8_t *der = malloc(X509_DER_MAX);
	struct x509 *pck = NULL;
	size_t len = 0;
	bool found = false;

	if (!der)
		return ST_NO_MEMORY;
	if (at) {
		struct slice pem = slice_of(at, evidence.len - (size_t)(at - evidence.ptr));
		found = pem_next(der, X509_DER_MAX, &len, "CERTIFICATE", &pem) == ST_OK && len && x509_parse(&pck, slice_of(der, len)) == ST_OK &&
			from_pck(out, pck);
	}
	x509_free(pck);
	free(der);
	return found ? ST_OK : refuse(name, p, "the quote carries no PCK certificate that names an FMSPC");
}

/* ---- AMD: the report itself (AMD 56860, section 7.3) ---- */

/* Family 19h: models 00h..0Fh Milan, 10h..1Fh and A0h..AFh Genoa, Bergamo, Siena (one chain); 1Ah: Turin. */
static const char *product_of(uint8_t family, uint8_t model)
{
	if (family == 0x1a)
		return "Turin";
	if (family != 0x19)
		return "";
	return model < 0x10 ? "Milan" : "Genoa";
}

static bool is_zero(const uint8_t *p, size_t len)
{
	for (size_t k = 0; k < len; k++)
		if (p[k])
			return false;
	return true;
}

static void take_tcb(struct vendor_platform *out, const uint8_t *raw)
{
	bool turin = strcmp(out->product, "Turin") == 0;

	out->tcb[SNP_FMC] = turin ? raw[0] : 0;
	out->tcb[SNP_BOOT_LOADER] = raw[turin ? 1 : 0];
	out->tcb[SNP_TEE] = raw[turin ? 2 : 1];
	out->tcb[SNP_SNP] = raw[turin ? 3 : 6];
	out->tcb[SNP_MICROCODE] = raw[7];
}

static enum status from_report(struct vendor_platform *out, struct slice e, const char *name, struct problem *p)
{
	enum { VERSION = 0x000, SIGNING_KEY = 0x048, REPORTED_TCB = 0x180, CPUID = 0x188, CHIP_ID = 0x1a0, CHIP_ID_LEN = 64, TURIN_ID_LEN = 8 };

	if (e.len != SNP_REPORT_LEN)
		return refuse(name, p, "an SNP report has 1184 bytes");
	if (e.ptr[VERSION] >= 3 && !out->product[0])
		snprintf(out->product, sizeof out->product, "%s", product_of(e.ptr[CPUID], e.ptr[CPUID + 1]));
	out->vlek = (e.ptr[SIGNING_KEY] >> 2 & 7) == 1;
	if (!is_zero(e.ptr + CHIP_ID, CHIP_ID_LEN))
		hex_encode(out->chip, slice_of(e.ptr + CHIP_ID, strcmp(out->product, "Turin") == 0 ? TURIN_ID_LEN : CHIP_ID_LEN));
	take_tcb(out, e.ptr + REPORTED_TCB);
	return ST_OK;
}

enum status vendor_platform_of(struct vendor_platform *out, enum tee_kind tee, struct slice evidence, const char *name, struct problem *p)
{
	out->tee = tee;
	if (tee == TEE_SGX || tee == TEE_TDX)
		return from_quote(out, evidence, name, p);
	return tee == TEE_SNP ? from_report(out, evidence, name, p) : ST_OK;
}

/* ---- is it enough? ---- */

static bool is_hex(const char *text, size_t len)
{
	return strlen(text) == len && strspn(text, "0123456789abcdef") == len;
}

enum status vendor_platform_check(const struct vendor_platform *v, struct problem *p)
{
	bool intel = v->tee == TEE_SGX || v->tee == TEE_TDX, turin = strcmp(v->product, "Turin") == 0;

	if (intel && !is_hex(v->fmspc, 2 * FMSPC_LEN))
		return problem_set(p, ST_ARGUMENT, "--fmspc", "give --fmspc, or --evidence of that machine", "an FMSPC is 12 hex digits");
	if (v->tee == TEE_SNP && strcmp(v->product, "Milan") != 0 && strcmp(v->product, "Genoa") != 0 && !turin)
		return problem_set(p, ST_ARGUMENT, "--product", "Milan, Genoa (Bergamo, Siena) or Turin; reports of version 2 do not name it",
		    "the product is not known");
	if (v->chip[0] && !is_hex(v->chip, turin ? 16 : 128))
		return problem_set(p, ST_ARGUMENT, "--chip", NULL, "a chip id is %d hex digits on %s", turin ? 16 : 128, v->product);
	return ST_OK;
}
