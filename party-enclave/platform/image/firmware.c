#include "firmware.h"

#include "base/reader.h"

enum { BEHIND = 32, ENTRY_MIN = 2 + GUID_LEN };

static uint16_t u16_at(struct slice s, size_t at)
{
	return (uint16_t)(s.ptr[at] | s.ptr[at + 1] << 8);
}

/* The last entry's GUID is the table's, and its length that of the whole table. */
static enum status table_of(struct slice *out, struct slice image)
{
	static const uint8_t footer[GUID_LEN] = {0xde, 0x82, 0xb5, 0x96, 0xb2, 0x1f, 0xf7, 0x45, 0xba, 0xea, 0xa3, 0x66, 0xc5, 0x5a, 0x08, 0x2d};

	if (image.len < BEHIND + ENTRY_MIN || image.len > FIRMWARE_MAX)
		return ST_FORMAT;
	size_t end = image.len - BEHIND;
	if (memcmp(image.ptr + end - GUID_LEN, footer, GUID_LEN) != 0)
		return ST_FORMAT;
	size_t len = u16_at(image, end - ENTRY_MIN);
	if (len < ENTRY_MIN || len > end)
		return ST_FORMAT;
	*out = slice_of(image.ptr + end - len, len - ENTRY_MIN);
	return ST_OK;
}

enum status firmware_entry(struct slice *out, struct slice image, const uint8_t guid[static GUID_LEN])
{
	struct slice table;
	enum status st;

	TRY(table_of(&table, image));
	while (table.len) {
		size_t len = table.len < ENTRY_MIN ? 0 : u16_at(table, table.len - ENTRY_MIN);
		if (len < ENTRY_MIN || len > table.len)
			return ST_FORMAT;
		if (memcmp(table.ptr + table.len - GUID_LEN, guid, GUID_LEN) == 0) {
			*out = slice_of(table.ptr + table.len - len, len - ENTRY_MIN);
			return ST_OK;
		}
		table.len -= len;
	}
	*out = (struct slice){0};
out:
	return st;
}

enum status firmware_block(struct slice *out, struct slice image, const uint8_t guid[static GUID_LEN])
{
	struct slice entry;
	enum status st;

	TRY(firmware_entry(&entry, image, guid));
	if (!entry.ptr)
		return ST_FORMAT;
	struct reader r = {.rest = entry};
	size_t before_end = rd_u32le(&r);
	if (r.failed || before_end == 0 || before_end > image.len)
		return ST_FORMAT;
	*out = slice_of(image.ptr + image.len - before_end, before_end);
out:
	return st;
}
