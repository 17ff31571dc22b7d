/*
 * Target: everything below the signatures: the report's parser, the leaf's extensions, and what they say together.
 *   product, key, fix-ups, 1184 bytes of report, then extensions: number, length, bytes
 * Property: a report that parses encodes back to the same bytes; what is accepted keeps the invariants of a claim.
 */
#include "leaf.h"

#include "base/reader.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool condition)
{
	if (!condition)
		abort();
}

/* ---- report, the other way ---- */

static void put(uint8_t *out, size_t at, const uint8_t *bytes, size_t len)
{
	memcpy(out + at, bytes, len);
}

static void put_firmware(uint8_t *out, struct snp_firmware v)
{
	out[0] = v.build;
	out[1] = v.minor;
	out[2] = v.major;
}

static void encode(uint8_t out[static SNP_REPORT_LEN], const struct snp_report *r)
{
	memset(out, 0, SNP_REPORT_LEN);
	put_u32le(out, r->version);
	put_u32le(out + 0x4, r->guest_svn);
	put_u64le(out + 0x8, r->policy);
	put(out, 0x10, r->family_id, 16);
	put(out, 0x20, r->image_id, 16);
	put_u32le(out + 0x30, r->vmpl);
	put_u32le(out + 0x34, 1);
	put(out, 0x38, r->current, 8);
	put_u64le(out + 0x40, r->platform);
	put_u32le(out + 0x48, r->author_key | (uint32_t)r->mask_chip_key << 1 | (uint32_t)r->key << 2);
	put(out, 0x50, r->report_data, 64);
	put(out, 0x90, r->measurement, 48);
	put(out, 0xc0, r->host_data, 32);
	put(out, 0xe0, r->id_key_digest, 48);
	put(out, 0x110, r->author_key_digest, 48);
	put(out, 0x140, r->report_id, 32);
	put(out, 0x160, r->report_id_ma, 32);
	put(out, 0x180, r->reported, 8);
	out[0x188] = r->family;
	out[0x189] = r->model;
	out[0x18a] = r->stepping;
	put(out, 0x1a0, r->chip_id, 64);
	put(out, 0x1e0, r->committed, 8);
	put_firmware(out + 0x1e8, r->current_firmware);
	put_firmware(out + 0x1ec, r->committed_firmware);
	put(out, 0x1f0, r->launch, 8);
	put_u64le(out + 0x1f8, r->launch_mitigations);
	put_u64le(out + 0x200, r->current_mitigations);
	for (size_t k = 0; k < 48; k++) {
		out[0x2a0 + k] = r->signature[47 - k];
		out[0x2a0 + 72 + k] = r->signature[95 - k];
	}
}

/* ---- extensions out of the input ---- */

static const char *const oids[] = {"1", "2", "3.1", "3.2", "3.3", "3.4", "3.5", "3.6", "3.7", "3.8", "3.9", "4", "5"};
enum { OIDS = sizeof oids / sizeof oids[0] };

struct table {
	struct slice values[OIDS];
	bool present[OIDS];
};

static void read_table(struct table *t, struct reader *r)
{
	while (r->rest.len && !r->failed) {
		unsigned which = rd_u8(r) % OIDS;
		struct slice value = rd_slice(r, rd_u8(r));
		if (r->failed)
			return;
		t->values[which] = value;
		t->present[which] = true;
	}
}

static bool find(const void *ctx, const char *oid, struct slice *value)
{
	static const char prefix[] = "1.3.6.1.4.1.3704.1.";
	const struct table *t = ctx;

	must(strncmp(oid, prefix, sizeof prefix - 1) == 0);
	for (size_t k = 0; k < OIDS; k++)
		if (t->present[k] && strcmp(oid + sizeof prefix - 1, oids[k]) == 0) {
			*value = t->values[k];
			return true;
		}
	return false;
}

/* ---- */

static void check_claims(const struct att_claims *c, const struct snp_report *r, const struct snp_leaf *leaf)
{
	uint8_t any = 0;

	for (size_t k = 0; k < SNP_CHIP_ID_LEN; k++)
		any |= r->chip_id[k];
	must(memcmp(c->snp_reported, leaf->tcb, SNP_TCB_COUNT) == 0);
	must(snp_tcb_at_most(c->snp_reported, c->snp_committed) && snp_tcb_at_most(c->snp_committed, c->snp_current));
	must((c->attributes >> 17 & 1) && c->attributes >> 26 == 0 && c->vmpl < 4);
	must(c->debug == (c->attributes >> 19 & 1) && c->migratable == (c->attributes >> 18 & 1));
	must(c->vlek == (r->key == SNP_KEY_VLEK) && (c->instance_len != 0) == (any != 0));
	must(!c->instance_len || memcmp(c->instance, leaf->chip_id, SNP_CHIP_ID_LEN) == 0);
	must(c->n_values == 7 && memcmp(att_value(c, TEE_REG_MEASUREMENT)->bytes, r->measurement, 48) == 0);
}

/* The certified TCB and chip into the report, so that mutations need not find 100 equal bytes. */
static void fix_up(
    uint8_t report[static SNP_REPORT_LEN], unsigned how, const struct snp_leaf *leaf, const struct snp_product *p)
{
	static const uint8_t places[2][SNP_TCB_COUNT] = {{7, 0, 1, 6, 7}, {0, 1, 2, 3, 7}};
	static const size_t fields[] = {0x180, 0x1e0, 0x38};

	for (size_t f = 0; f < 3; f++)
		for (size_t c = p->has_fmc ? 0 : 1; (how & 1) && c < SNP_TCB_COUNT; c++)
			report[fields[f] + places[p->has_fmc][c]] = leaf->tcb[c];
	if (how & 2)
		memcpy(report + 0x1a0, leaf->chip_id, SNP_CHIP_ID_LEN);
	if (how & 4)
		report[0x188] = p->family;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const issuers[] = {"SEV-Milan", "SEV-Genoa", "SEV-Turin"};
	struct reader r = {.rest = slice_of(data, size)};
	uint8_t bytes[SNP_REPORT_LEN], again[SNP_REPORT_LEN];
	struct att_claims claims = {.kind = TEE_SNP};
	struct att_finding f = {0};
	struct snp_report report;
	struct snp_leaf leaf;
	struct table table = {0};
	bool vlek;

	const struct snp_product *p = snp_product_of_issuer(issuers[rd_u8(&r) % 3], &vlek);
	enum snp_key key = rd_u8(&r) & 1 ? SNP_KEY_VLEK : SNP_KEY_VCEK;
	unsigned how = rd_u8(&r);
	const uint8_t *given = rd_bytes(&r, sizeof bytes);
	if (!given)
		return 0;
	memcpy(bytes, given, sizeof bytes);
	read_table(&table, &r);
	if (snp_leaf_read(&leaf, p, key, (struct snp_extensions){&table, find}, &f) != ST_OK)
		memset(&leaf, 0, sizeof leaf);
	bool certified = f.st == ST_OK;
	fix_up(bytes, how, &leaf, p);
	memset(&f, 0, sizeof f);
	if (snp_report_parse(&report, slice_of(bytes, sizeof bytes), &f) != ST_OK) {
		must(f.st == ST_ATT_FORMAT && f.check == ATT_CHECK_FORM);
		return 0;
	}
	encode(again, &report);
	must(memcmp(again, bytes, sizeof bytes) == 0);
	if (certified && report.key == key && snp_judge(&claims, &report, &leaf, p, &f) == ST_OK)
		check_claims(&claims, &report, &leaf);
	return 0;
}
