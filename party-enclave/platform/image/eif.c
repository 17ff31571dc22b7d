#include "image/eif.h"

#include "base/reader.h"

enum { HEADER_LEN = 548, SECTION_LEN = 12, SECTIONS_MAX = 32, VERSION = 4, CRC_AT = HEADER_LEN - 4, DEFAULT_CPUS = 2 };
#define DEFAULT_MEMORY (UINT64_C(1) << 30)
enum section { KERNEL = 1, CMDLINE, RAMDISK, SIGNATURE, METADATA };

/* CRC-32 as in IEEE 802.3: reflected polynomial 0xedb88320. */
static uint32_t crc32(uint32_t crc, struct slice bytes)
{
	static uint32_t table[256];

	if (!table[1])
		for (uint32_t i = 0; i < 256; i++) {
			uint32_t v = i;
			for (int bit = 0; bit < 8; bit++)
				v = v >> 1 ^ (v & 1 ? 0xedb88320 : 0);
			table[i] = v;
		}
	crc = ~crc;
	for (size_t i = 0; i < bytes.len; i++)
		crc = table[(crc ^ bytes.ptr[i]) & 0xff] ^ crc >> 8;
	return ~crc;
}

static void put_be(struct buf *out, uint64_t v, unsigned len)
{
	uint8_t bytes[8];

	for (unsigned i = 0; i < len; i++)
		bytes[i] = (uint8_t)(v >> 8 * (len - 1 - i));
	buf_append(out, bytes, len);
}

static uint64_t take_be(struct reader *r, unsigned len)
{
	uint64_t v = 0;

	for (unsigned i = 0; i < len; i++)
		v = v << 8 | rd_u8(r);
	return v;
}

void eif_metadata(struct buf *out, const char *release)
{
	buf_printf(out,
	    "{\"ImageName\":\"parley-enclave\",\"ImageVersion\":\"%s\",\"BuildMetadata\":{\"BuildTime\":\"1970-01-01T00:00:00+00:00\","
	    "\"BuildTool\":\"parley image\",\"BuildToolVersion\":\"1\",\"OperatingSystem\":\"Linux\",\"KernelVersion\":\"given\"},"
	    "\"DockerInfo\":{},\"CustomMetadata\":{}}",
	    release);
}

/* In the order of AWS's builder: kernel, command line, metadata, ramdisks, signature. */
struct part {
	enum section type;
	struct slice bytes;
};
static size_t list_parts(struct part out[static SECTIONS_MAX], const struct eif *e)
{
	size_t n = 0;

	out[n++] = (struct part){KERNEL, e->kernel};
	out[n++] = (struct part){CMDLINE, e->cmdline};
	out[n++] = (struct part){METADATA, e->metadata};
	for (size_t i = 0; i < e->n_ramdisks; i++)
		out[n++] = (struct part){RAMDISK, e->ramdisk[i]};
	if (e->signature.len)
		out[n++] = (struct part){SIGNATURE, e->signature};
	return n;
}

static void write_header(struct buf *out, const struct part *parts, size_t n)
{
	uint64_t at = HEADER_LEN;

	buf_append_str(out, ".eif");
	put_be(out, VERSION, 2);
	put_be(out, 0, 2); /* flags: x86-64 */
	put_be(out, DEFAULT_MEMORY, 8);
	put_be(out, DEFAULT_CPUS, 8);
	put_be(out, 0, 2);
	put_be(out, n, 2);
	for (size_t i = 0; i < SECTIONS_MAX; i++) {
		put_be(out, i < n ? at : 0, 8);
		at += i < n ? SECTION_LEN + parts[i].bytes.len : 0;
	}
	for (size_t i = 0; i < SECTIONS_MAX; i++)
		put_be(out, i < n ? parts[i].bytes.len : 0, 8);
	put_be(out, 0, 4);
	put_be(out, 0, 4); /* the CRC's place */
}

static uint32_t crc_of(struct slice file)
{
	uint32_t crc = crc32(0, slice_of(file.ptr, CRC_AT));

	return crc32(crc, slice_of(file.ptr + HEADER_LEN, file.len - HEADER_LEN));
}

enum status eif_write(struct buf *out, const struct eif *e)
{
	struct part parts[SECTIONS_MAX];
	size_t n = list_parts(parts, e), start = out->len;

	write_header(out, parts, n);
	for (size_t i = 0; i < n; i++) {
		put_be(out, parts[i].type, 2);
		put_be(out, 0, 2);
		put_be(out, parts[i].bytes.len, 8);
		buf_append(out, parts[i].bytes.ptr, parts[i].bytes.len);
	}
	if (out->failed)
		return ST_NO_MEMORY;
	uint32_t crc = crc_of(slice_of(out->ptr + start, out->len - start));
	for (unsigned i = 0; i < 4; i++)
		out->ptr[start + CRC_AT + i] = (uint8_t)(crc >> 8 * (3 - i));
	return ST_OK;
}

static bool take_part(struct eif *e, enum section type, struct slice bytes)
{
	struct slice *to = type == KERNEL ? &e->kernel : type == CMDLINE ? &e->cmdline : type == METADATA ? &e->metadata : &e->signature;

	if (type == RAMDISK && e->n_ramdisks < EIF_RAMDISKS_MAX) {
		e->ramdisk[e->n_ramdisks++] = bytes;
		return true;
	}
	if (type < KERNEL || type > METADATA || type == RAMDISK || to->ptr)
		return false;
	*to = bytes;
	return true;
}

/* The order of sections is the file's; what the header says of them must be true, and nothing may lie between them. */
static enum status read_sections(struct eif *e, struct slice file, size_t n, const uint64_t *offset, const uint64_t *size)
{
	struct reader r = {.rest = {file.ptr + HEADER_LEN, file.len - HEADER_LEN}};

	for (size_t i = 0; i < n; i++) {
		if (offset[i] != file.len - r.rest.len)
			return ST_FORMAT;
		uint64_t type = take_be(&r, 2), flags = take_be(&r, 2), len = take_be(&r, 8);
		if (r.failed || len > r.rest.len)
			return ST_TRUNCATED;
		if (len != size[i] || flags || !take_part(e, (enum section)type, rd_slice(&r, (size_t)len)))
			return ST_FORMAT;
	}
	return rd_end(&r);
}

enum status eif_read(struct eif *out, struct slice file)
{
	struct reader r = {.rest = file};
	uint64_t offset[SECTIONS_MAX], size[SECTIONS_MAX];
	struct eif e = {0};
	enum status st;

	if (file.len < HEADER_LEN)
		return ST_TRUNCATED;
	const uint8_t *magic = rd_bytes(&r, 4);
	uint64_t version = take_be(&r, 2), flags = take_be(&r, 2);
	take_be(&r, 8), take_be(&r, 8); /* memory and processors by default: the host decides, not measured */
	uint64_t reserved = take_be(&r, 2), n = take_be(&r, 2);
	for (size_t i = 0; i < SECTIONS_MAX; i++)
		offset[i] = take_be(&r, 8);
	for (size_t i = 0; i < SECTIONS_MAX; i++)
		size[i] = take_be(&r, 8);
	uint64_t unused = take_be(&r, 4), crc = take_be(&r, 4);
	if (memcmp(magic, ".eif", 4) != 0 || version != VERSION || flags || reserved || unused || n > SECTIONS_MAX)
		return ST_FORMAT;
	for (size_t i = n; i < SECTIONS_MAX; i++)
		if (offset[i] || size[i])
			return ST_FORMAT;
	TRY(read_sections(&e, file, n, offset, size));
	if (crc != crc_of(file) || !e.kernel.len || !e.cmdline.ptr || !e.n_ramdisks)
		return ST_FORMAT;
	*out = e;
out:
	return st;
}
