#include "report.h"

#include "base/reader.h"

#include <inttypes.h>

enum {
	VERSION_MIN = 2,
	VERSION_CPUID = 3,
	VERSION_MITIGATIONS = 5,
	VERSION_MAX = 5,
	ALGORITHM_P384_SHA384 = 1,
	FIELD_LEN = 72, /* r and s are each this long, little endian */
	P384_LEN = SNP_SIGNATURE_LEN / 2
};

static bool is_zero(const uint8_t *bytes, size_t len)
{
	uint8_t any = 0;

	for (size_t k = 0; bytes && k < len; k++)
		any |= bytes[k];
	return any == 0;
}

/* Reserved bytes; remembers where the first one that is not zero stood. */
struct reserved {
	struct slice whole;
	bool dirty;
	size_t offset, len;
};

static void rd_reserved(struct reader *r, size_t len, struct reserved *res)
{
	size_t offset = res->whole.len - r->rest.len;

	if (is_zero(rd_bytes(r, len), len) || res->dirty)
		return;
	*res = (struct reserved){res->whole, true, offset, len};
}

/* Section 7.3: AUTHOR_KEY_EN, MASK_CHIP_KEY, SIGNING_KEY in bits 4:2. What is left over must be zero. */
static uint32_t rd_flags(struct reader *r, struct snp_report *rep)
{
	uint32_t flags = rd_u32le(r);

	rep->author_key = flags & 1;
	rep->mask_chip_key = flags >> 1 & 1;
	rep->key = (enum snp_key)(flags >> 2 & 7);
	return flags >> 5;
}

static struct snp_firmware rd_firmware(struct reader *r, struct reserved *res)
{
	struct snp_firmware v;

	v.build = rd_u8(r);
	v.minor = rd_u8(r);
	v.major = rd_u8(r);
	rd_reserved(r, 1, res);
	return v;
}

/* One half: 48 bytes little endian to big endian; the 24 above them are no part of a P-384 scalar. */
static void rd_scalar(struct reader *r, uint8_t out[static P384_LEN], struct reserved *res)
{
	const uint8_t *scalar = rd_bytes(r, P384_LEN);

	for (size_t k = 0; scalar && k < P384_LEN; k++)
		out[P384_LEN - 1 - k] = scalar[k];
	rd_reserved(r, FIELD_LEN - P384_LEN, res);
}

static void rd_cpuid(struct reader *r, struct snp_report *rep, struct reserved *res)
{
	enum { CPUID_AND_RESERVED = 24, CPUID = 3 };

	if (rep->version < VERSION_CPUID) {
		rd_reserved(r, CPUID_AND_RESERVED, res);
		return;
	}
	rep->family = rd_u8(r);
	rep->model = rd_u8(r);
	rep->stepping = rd_u8(r);
	rd_reserved(r, CPUID_AND_RESERVED - CPUID, res);
}

static void rd_mitigations(struct reader *r, struct snp_report *rep, struct reserved *res)
{
	if (rep->version < VERSION_MITIGATIONS) {
		rd_reserved(r, 16, res);
		return;
	}
	rep->launch_mitigations = rd_u64le(r);
	rep->current_mitigations = rd_u64le(r);
}

enum status snp_report_parse(struct snp_report *out, struct slice evidence, struct att_finding *f)
{
	struct snp_report rep = {.signed_part = slice_of(evidence.ptr, SNP_SIGNED_LEN)};
	struct reserved res = {.whole = evidence};
	struct reader r = {.rest = evidence};

	if (evidence.len != SNP_REPORT_LEN)
		return att_refuse(
		    f, ST_ATT_FORMAT, ATT_CHECK_FORM, "a report of 1184 bytes", "%zu bytes", evidence.len);
	rep.version = rd_u32le(&r);
	if (rep.version < VERSION_MIN || rep.version > VERSION_MAX)
		return att_refuse(f, ST_ATT_FORMAT, ATT_CHECK_FORM, "report version 2 to 5", "%" PRIu32, rep.version);
	rep.guest_svn = rd_u32le(&r);
	rep.policy = rd_u64le(&r);
	rep.family_id = rd_bytes(&r, 16);
	rep.image_id = rd_bytes(&r, 16);
	rep.vmpl = rd_u32le(&r);
	uint32_t algorithm = rd_u32le(&r);
	rep.current = rd_bytes(&r, SNP_TCB_LEN);
	rep.platform = rd_u64le(&r);
	uint32_t unknown_flags = rd_flags(&r, &rep);
	rd_reserved(&r, 4, &res);
	rep.report_data = rd_bytes(&r, 64);
	rep.measurement = rd_bytes(&r, 48);
	rep.host_data = rd_bytes(&r, 32);
	rep.id_key_digest = rd_bytes(&r, 48);
	rep.author_key_digest = rd_bytes(&r, 48);
	rep.report_id = rd_bytes(&r, 32);
	rep.report_id_ma = rd_bytes(&r, 32);
	rep.reported = rd_bytes(&r, SNP_TCB_LEN);
	rd_cpuid(&r, &rep, &res);
	rep.chip_id = rd_bytes(&r, SNP_CHIP_ID_LEN);
	rep.committed = rd_bytes(&r, SNP_TCB_LEN);
	rep.current_firmware = rd_firmware(&r, &res);
	rep.committed_firmware = rd_firmware(&r, &res);
	rep.launch = rd_bytes(&r, SNP_TCB_LEN);
	rd_mitigations(&r, &rep, &res);
	rd_reserved(&r, 152, &res);
	rd_scalar(&r, rep.signature, &res);
	rd_scalar(&r, rep.signature + P384_LEN, &res);
	rd_reserved(&r, 368, &res);
	if (rd_end(&r) != ST_OK)
		return att_refuse(
		    f, ST_ATT_FORMAT, ATT_CHECK_FORM, "a report of 1184 bytes", "fields that do not fill it");
	if (algorithm != ALGORITHM_P384_SHA384)
		return att_refuse(f, ST_ATT_FORMAT, ATT_CHECK_FORM, "signature algorithm 1 (ECDSA P-384 with SHA-384)",
		    "%" PRIu32, algorithm);
	if (unknown_flags)
		return att_refuse(
		    f, ST_ATT_FORMAT, ATT_CHECK_FORM, "zero in bits 31:5 of the flags at 0x48", "other bits");
	if (res.dirty)
		return att_refuse(f, ST_ATT_FORMAT, ATT_CHECK_FORM, "zero in the reserved bytes",
		    "other bytes in the %zu at 0x%zx", res.len, res.offset);
	*out = rep;
	return ST_OK;
}
