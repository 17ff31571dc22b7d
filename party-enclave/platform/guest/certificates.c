/*
 * The certificate table of an SNP extended request: entries of GUID (in the order of its text), u32 offset, u32 length, ended by an
 * entry of zeros; then the certificates. Source: GHCB specification (AMD 56421), section 4.1.8.1.
 */
#include "guest.h"

#include "base/reader.h"

enum { GUID_LEN = 16, ENTRY_LEN = 24, ENTRIES_MAX = 16 };

static const uint8_t guid_vcek[GUID_LEN] = {
    0x63, 0xda, 0x75, 0x8d, 0xe6, 0x64, 0x45, 0x64, 0xad, 0xc5, 0xf4, 0xb9, 0x3b, 0xe8, 0xac, 0xcd};
static const uint8_t guid_vlek[GUID_LEN] = {
    0xa8, 0x07, 0x4b, 0xc2, 0xa2, 0x5a, 0x48, 0x3e, 0xaa, 0xe6, 0x39, 0xc0, 0x45, 0xa0, 0xb8, 0xa1};
static const uint8_t guid_ask[GUID_LEN] = {
    0x4a, 0xb7, 0xb3, 0x79, 0xbb, 0xac, 0x4f, 0xe4, 0xa0, 0x2f, 0x05, 0xae, 0xf3, 0x27, 0xc7, 0x82};
static const uint8_t guid_ark[GUID_LEN] = {
    0xc0, 0xb4, 0x06, 0xa4, 0xa8, 0x03, 0x49, 0x52, 0x97, 0x43, 0x3f, 0xb6, 0x01, 0x4c, 0xd0, 0xae};
static const uint8_t guid_crl[GUID_LEN] = {
    0x92, 0xf8, 0x1b, 0xc3, 0x58, 0x11, 0x4d, 0x3d, 0x97, 0xff, 0xd1, 0x9f, 0x88, 0xdc, 0x67, 0xea};

static struct slice *place_of(struct guest_certificates *c, const uint8_t guid[static GUID_LEN])
{
	const struct {
		const uint8_t *guid;
		struct slice *to;
	} known[] = {{guid_vcek, &c->vcek}, {guid_vlek, &c->vlek}, {guid_ask, &c->ask}, {guid_ark, &c->ark},
	    {guid_crl, &c->crl}};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (memcmp(known[i].guid, guid, GUID_LEN) == 0)
			return known[i].to;
	return NULL; /* a host may attach more than we know */
}

/* The head's length, with its terminator; 0 when there is none. */
static size_t head_len(struct slice table)
{
	static const uint8_t zero[GUID_LEN];

	for (size_t i = 0; i <= ENTRIES_MAX && (i + 1) * ENTRY_LEN <= table.len; i++)
		if (memcmp(table.ptr + i * ENTRY_LEN, zero, GUID_LEN) == 0)
			return (i + 1) * ENTRY_LEN;
	return 0;
}

enum status guest_certificates_parse(struct guest_certificates *out, struct slice table)
{
	struct guest_certificates c = {0};
	size_t head = head_len(table);

	if (table.len > 0 && head == 0)
		return ST_FORMAT;
	for (size_t at = 0; at + ENTRY_LEN < head; at += ENTRY_LEN) {
		struct reader r = {.rest = {table.ptr + at + GUID_LEN, 8}};
		uint32_t offset = rd_u32le(&r), len = rd_u32le(&r);
		if (offset < head || offset > table.len || len == 0 || len > table.len - offset)
			return ST_FORMAT;
		struct slice *to = place_of(&c, table.ptr + at);
		if (to && to->len)
			return ST_FORMAT;
		if (to)
			*to = slice_of(table.ptr + offset, len);
	}
	*out = c;
	return ST_OK;
}
