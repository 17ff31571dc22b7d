#include "image/tdx.h"

#include "base/reader.h"
#include "firmware.h"

enum { SECTIONS_MAX = 64, CHUNK = 256, BLOCK = 128, MEASURED = 1, ADDED_LATER = 2 };
static const uint8_t tdvf_guid[GUID_LEN] = {0x35, 0x65, 0x7a, 0xe4, 0x4a, 0x98, 0x98, 0x47, 0x86, 0x5e, 0x46, 0x85, 0xa7, 0xbf, 0x8e, 0xc2};

struct section {
	uint32_t offset, raw_size;
	uint64_t gpa, size;
	uint32_t type, attributes;
};

static void add_block(struct sha2 *mrtd, const char *what, uint64_t gpa)
{
	uint8_t block[BLOCK] = {0};

	memcpy(block, what, strlen(what));
	put_u64le(block + 16, gpa);
	sha2_update(mrtd, slice_of(block, sizeof block));
}

/* Pages behind the raw data are zero. */
static void extend_page(struct sha2 *mrtd, const struct section *s, struct slice tdvf, uint64_t at)
{
	uint8_t page[PAGE] = {0};

	if (at < s->raw_size)
		memcpy(page, tdvf.ptr + s->offset + at, s->raw_size - at < PAGE ? s->raw_size - at : PAGE);
	for (uint64_t chunk = 0; chunk < PAGE; chunk += CHUNK) {
		add_block(mrtd, "MR.EXTEND", s->gpa + at + chunk);
		sha2_update(mrtd, slice_of(page + chunk, CHUNK));
	}
}

static void add_section(struct sha2 *mrtd, const struct section *s, struct slice tdvf, enum tdx_order order)
{
	bool measured = s->attributes & MEASURED;

	for (uint64_t at = 0; at < s->size; at += PAGE) {
		add_block(mrtd, "MEM.PAGE.ADD", s->gpa + at);
		if (measured && order == TDX_PAGE_BY_PAGE)
			extend_page(mrtd, s, tdvf, at);
	}
	for (uint64_t at = 0; at < s->size && measured && order == TDX_SECTION_BY_SECTION; at += PAGE)
		extend_page(mrtd, s, tdvf, at);
}

static enum status read_section(struct section *s, struct reader *r, struct slice tdvf)
{
	s->offset = rd_u32le(r);
	s->raw_size = rd_u32le(r);
	s->gpa = rd_u64le(r);
	s->size = rd_u64le(r);
	s->type = rd_u32le(r);
	s->attributes = rd_u32le(r);
	if (r->failed || s->offset > tdvf.len || s->raw_size > tdvf.len - s->offset || s->raw_size > s->size)
		return ST_FORMAT;
	/* memory that is added at start is a few megabytes; what is only accepted later may be all of it */
	if (s->gpa % PAGE || s->size % PAGE || s->gpa > UINT64_MAX / 2 || (!(s->attributes & ADDED_LATER) && s->size > FIRMWARE_MAX))
		return ST_FORMAT;
	return s->attributes & ~(uint32_t)(MEASURED | ADDED_LATER) ? ST_FORMAT : ST_OK;
}

/* "TDVF", u32 length, u32 version 1, u32 count, count times 32 bytes. */
enum status tdx_mrtd(uint8_t out[static SHA384_LEN], struct slice tdvf, enum tdx_order order)
{
	struct slice block;
	struct section s;
	struct sha2 mrtd;
	enum status st;

	TRY(firmware_block(&block, tdvf, tdvf_guid));
	struct reader r = {.rest = block};
	const uint8_t *magic = rd_bytes(&r, 4);
	uint32_t len = rd_u32le(&r), version = rd_u32le(&r), n = rd_u32le(&r);
	if (r.failed || memcmp(magic, "TDVF", 4) != 0 || version != 1 || n == 0 || n > SECTIONS_MAX || len != 16 + n * 32)
		return ST_FORMAT;
	sha384_begin(&mrtd);
	for (uint32_t i = 0; i < n; i++) {
		TRY(read_section(&s, &r, tdvf));
		if (!(s.attributes & ADDED_LATER))
			add_section(&mrtd, &s, tdvf, order);
	}
	sha2_end(&mrtd, out);
out:
	return st;
}
