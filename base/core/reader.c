#include "base/reader.h"

const uint8_t *rd_bytes(struct reader *r, size_t len)
{
	if (r->failed || len > r->rest.len) {
		r->failed = true;
		return NULL;
	}
	const uint8_t *here = r->rest.ptr;
	r->rest.ptr += len;
	r->rest.len -= len;
	return here;
}

struct slice rd_slice(struct reader *r, size_t len)
{
	const uint8_t *p = rd_bytes(r, len);
	return p ? slice_of(p, len) : (struct slice){0};
}

static uint64_t little_endian(struct reader *r, size_t len)
{
	const uint8_t *p = rd_bytes(r, len);
	uint64_t v = 0;

	for (size_t i = 0; p && i < len; i++)
		v |= (uint64_t)p[i] << (8 * i);
	return v;
}

uint8_t rd_u8(struct reader *r)
{
	return (uint8_t)little_endian(r, 1);
}

uint16_t rd_u16le(struct reader *r)
{
	return (uint16_t)little_endian(r, 2);
}

uint32_t rd_u32le(struct reader *r)
{
	return (uint32_t)little_endian(r, 4);
}

uint64_t rd_u64le(struct reader *r)
{
	return little_endian(r, 8);
}

enum status rd_end(const struct reader *r)
{
	if (r->failed)
		return ST_TRUNCATED;
	return r->rest.len ? ST_TRAILING : ST_OK;
}
