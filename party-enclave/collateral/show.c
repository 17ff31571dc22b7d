/* Telling facts: printable, cut, counted. */
#include "show.h"

#include "base/x509.h"

#include <stdarg.h>
#include <stdio.h>

enum { VALUE_MAX = 512, BYTES_SHOWN = 128 };

static void tell(struct show *s, const char *name, char *value)
{
	for (char *p = value; *p; p++)
		if (*p < ' ' || *p > '~')
			*p = '?';
	if (s->told++ < EVIDENCE_FACTS_MAX)
		s->fact(s->ctx, name, value);
	else if (s->told == EVIDENCE_FACTS_MAX + 1)
		s->fact(s->ctx, "more", "the rest is not shown");
}

void show_text(struct show *s, const char *name, const char *format, ...)
{
	char value[VALUE_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(value, sizeof value, format, args);
	va_end(args);
	tell(s, name, value);
}

void show_bytes(struct show *s, const char *name, struct slice bytes)
{
	char hex[2 * BYTES_SHOWN + 1];
	size_t shown = bytes.len < BYTES_SHOWN ? bytes.len : BYTES_SHOWN;

	hex_encode(hex, slice_of(bytes.ptr, shown));
	if (shown < bytes.len)
		show_text(s, name, "%s... (%zu bytes)", hex, bytes.len);
	else
		show_text(s, name, "%s", hex);
}

/* Days as people write them; hours matter to the verifier only. */
static const char *day_text(char out[32], int64_t seconds)
{
	int64_t days = seconds >= 0 ? seconds / 86400 : 0, era_day = days + 719468;
	int64_t era = era_day / 146097, doe = era_day % 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365, doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t mp = (5 * doy + 2) / 153, month = mp < 10 ? mp + 3 : mp - 9;

	snprintf(out, 32, "%04d-%02d-%02d", (int)(yoe + era * 400 + (month <= 2)), (int)month, (int)(doy - (153 * mp + 2) / 5 + 1));
	return out;
}

void show_certificate(struct show *s, const char *name, struct slice der)
{
	struct x509 *c = NULL;
	char from[32], to[32];

	if (x509_parse(&c, der) != ST_OK) {
		show_bytes(s, name, der);
		return;
	}
	const struct x509_facts *f = x509_facts(c);
	show_text(s, name, "CN=%s, issued by CN=%s, valid %s to %s", f->subject_cn, f->issuer_cn, day_text(from, f->not_before), day_text(to, f->not_after));
	x509_free(c);
}

static uint64_t little(struct slice b)
{
	uint64_t n = 0;

	for (size_t k = b.len; k > 0; k--)
		n = n << 8 | b.ptr[k - 1];
	return n;
}

bool show_table(struct show *s, const char *prefix, struct slice bytes, const struct show_field *fields, size_t n)
{
	char name[96];

	for (size_t k = 0; k < n; k++) {
		const struct show_field *f = &fields[k];
		snprintf(name, sizeof name, "%s.%s", prefix, f->name);
		if ((size_t)f->at + f->len > bytes.len) {
			show_text(s, name, "the bytes end here: %zu, and %u are needed", bytes.len, f->at + f->len);
			return false;
		}
		struct slice field = slice_of(bytes.ptr + f->at, f->len);
		if (f->style == SHOW_HEX)
			show_bytes(s, name, field);
		else
			show_text(s, name, f->style == SHOW_LE ? "%llu" : "0x%llx", (unsigned long long)little(field));
	}
	return true;
}

void evidence_show(enum tee_kind kind, struct slice evidence, evidence_fact fact, void *ctx)
{
	struct show s = {fact, ctx, 0};

	show_text(&s, "bytes", "%zu", evidence.len);
	if (kind == TEE_SGX || kind == TEE_TDX)
		show_quote(&s, evidence);
	else if (kind == TEE_SNP)
		show_snp(&s, evidence);
	else if (kind == TEE_NITRO || kind == TEE_SOFTWARE || kind == TEE_TPM)
		show_cbor(&s, evidence);
	else
		show_bytes(&s, "unknown", evidence);
}
