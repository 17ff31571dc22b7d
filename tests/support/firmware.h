/* A made-up OVMF image for tests: two pages, a table of GUIDs with SEV and TDX metadata, at places that the table names. */
#ifndef SUPPORT_FIRMWARE_H
#define SUPPORT_FIRMWARE_H

#include "base/reader.h"

#include <string.h>

enum { FIRMWARE_LEN = 8192, FIRMWARE_SEV_AT = 4096, FIRMWARE_TDVF_AT = 4352 };

static inline uint8_t *firmware_put_entry(uint8_t *end, const uint8_t guid[16], const uint8_t *data, size_t len)
{
	uint8_t *at = end - 18 - len;

	memcpy(at, data, len);
	put_u16le(at + len, (uint16_t)(len + 18));
	memcpy(at + len + 2, guid, 16);
	return at;
}

static inline void firmware_make(uint8_t image[static FIRMWARE_LEN])
{
	static const uint8_t footer[16] = {0xde, 0x82, 0xb5, 0x96, 0xb2, 0x1f, 0xf7, 0x45, 0xba, 0xea, 0xa3, 0x66, 0xc5, 0x5a, 0x08, 0x2d};
	static const uint8_t sev[16] = {0x66, 0x65, 0x88, 0xdc, 0x4a, 0x98, 0x98, 0x47, 0xa7, 0x5e, 0x55, 0x85, 0xa7, 0xbf, 0x67, 0xcc};
	static const uint8_t hashes[16] = {0x1f, 0x37, 0x55, 0x72, 0x3b, 0x3a, 0x04, 0x4b, 0x92, 0x7b, 0x1d, 0xa6, 0xef, 0xa8, 0xd4, 0x54};
	static const uint8_t reset[16] = {0xde, 0x71, 0xf7, 0x00, 0x7e, 0x1a, 0xcb, 0x4f, 0x89, 0x0e, 0x68, 0xc7, 0x7e, 0x2f, 0xb4, 0x4e};
	static const uint8_t tdvf[16] = {0x35, 0x65, 0x7a, 0xe4, 0x4a, 0x98, 0x98, 0x47, 0x86, 0x5e, 0x46, 0x85, 0xa7, 0xbf, 0x8e, 0xc2};
	static const uint32_t sections[] = {0x800000, 0x9000, 1, 0x80a000, 0x3000, 1, 0x80d000, 0x1000, 2, 0x80e000, 0x1000, 3, 0x80f000, 0x1000, 16};
	uint8_t value[8], *start;

	for (size_t i = 0; i < FIRMWARE_LEN; i++)
		image[i] = (uint8_t)(i * 7 + i / 256);
	/* SEV metadata */
	uint8_t *at = image + FIRMWARE_SEV_AT;
	memcpy(at, "ASEV", 4);
	put_u32le(at + 4, 16 + sizeof sections);
	put_u32le(at + 8, 1);
	put_u32le(at + 12, sizeof sections / 12);
	for (size_t i = 0; i < sizeof sections / 4; i++)
		put_u32le(at + 16 + 4 * i, sections[i]);
	/* TDVF: the code, measured; a hand-off block of one page, added; temporary memory, longer than its data; the rest, later */
	static const uint64_t tdvf_sections[][6] = {{4096, 4096, 0xfffff000, 4096, 0, 1}, {0, 0, 0x809000, 0x1000, 2, 0},
	    {16, 100, 0x810000, 0x2000, 3, 1}, {0, 0, 0x10000000, 0x40000000, 4, 2}};
	at = image + FIRMWARE_TDVF_AT;
	memcpy(at, "TDVF", 4);
	put_u32le(at + 4, 16 + 4 * 32);
	put_u32le(at + 8, 1);
	put_u32le(at + 12, 4);
	for (size_t i = 0; i < 4; i++) {
		uint8_t *s = at + 16 + 32 * i;
		put_u32le(s, (uint32_t)tdvf_sections[i][0]);
		put_u32le(s + 4, (uint32_t)tdvf_sections[i][1]);
		put_u64le(s + 8, tdvf_sections[i][2]);
		put_u64le(s + 16, tdvf_sections[i][3]);
		put_u32le(s + 24, (uint32_t)tdvf_sections[i][4]);
		put_u32le(s + 28, (uint32_t)tdvf_sections[i][5]);
	}
	/* the table, backwards from 32 bytes before the end */
	uint8_t *end = image + FIRMWARE_LEN - 32;
	start = end - 18;
	put_u32le(value, FIRMWARE_LEN - FIRMWARE_SEV_AT);
	start = firmware_put_entry(start, sev, value, 4);
	put_u32le(value, FIRMWARE_LEN - FIRMWARE_TDVF_AT);
	start = firmware_put_entry(start, tdvf, value, 4);
	put_u32le(value, 0x80fc00);
	put_u32le(value + 4, 0x400);
	start = firmware_put_entry(start, hashes, value, 8);
	put_u32le(value, 0x80b004);
	start = firmware_put_entry(start, reset, value, 4);
	put_u16le(end - 18, (uint16_t)(end - start));
	memcpy(end - 16, footer, 16);
}

#endif
