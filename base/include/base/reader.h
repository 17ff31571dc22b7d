/*
 * A cursor over hostile bytes. Failure sticks: read everything, ask once with rd_end(), which also requires that
 * nothing is left over. After a failure every read gives zeroes or an empty slice.
 */
#ifndef BASE_READER_H
#define BASE_READER_H

#include "base/slice.h"
#include "base/status.h"

struct reader {
	struct slice rest;
	bool failed;
};

uint8_t rd_u8(struct reader *r);
uint16_t rd_u16le(struct reader *r);
uint32_t rd_u32le(struct reader *r);
uint64_t rd_u64le(struct reader *r);
const uint8_t *rd_bytes(struct reader *r, size_t len); /* NULL after failure */
struct slice rd_slice(struct reader *r, size_t len);
MUST_USE enum status rd_end(const struct reader *r); /* ST_OK, ST_TRUNCATED or ST_TRAILING */

static inline void put_u16le(uint8_t out[static 2], uint16_t v)
{
	out[0] = (uint8_t)v, out[1] = (uint8_t)(v >> 8);
}
static inline void put_u32le(uint8_t out[static 4], uint32_t v)
{
	put_u16le(out, (uint16_t)v), put_u16le(out + 2, (uint16_t)(v >> 16));
}
static inline void put_u64le(uint8_t out[static 8], uint64_t v)
{
	put_u32le(out, (uint32_t)v), put_u32le(out + 4, (uint32_t)(v >> 32));
}

#endif
