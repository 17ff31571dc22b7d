/*
 * Target: eif_read, below its CRC, and the signature section. The first byte chooses: the rest is a file as it is, a file whose CRC is put
 * right first, or a signature section of a small image. Properties: what is read in the order of AWS's builder is written back to the same
 * bytes but memory and vCPUs; nothing is measured whose signature is not by its certificate (no input can sign).
 */
#include "image/eif.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { HEADER_LEN = 548, CRC_AT = 544, DEFAULTS_AT = 8, DEFAULTS_LEN = 16, SIZE_MAX_HERE = 65536 };

static uint32_t crc32_of(uint32_t crc, const uint8_t *p, size_t len)
{
	crc = ~crc;
	for (size_t i = 0; i < len; i++) {
		crc ^= p[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return ~crc;
}

static bool in_order(const struct eif *e, struct slice file)
{
	const uint8_t *at = file.ptr;

	return e->kernel.ptr < e->cmdline.ptr && e->metadata.ptr && e->cmdline.ptr <= e->metadata.ptr && e->metadata.ptr <= e->ramdisk[0].ptr &&
		(!e->signature.len || e->signature.ptr > e->ramdisk[e->n_ramdisks - 1].ptr) && at != NULL;
}

static void check_file(struct slice file)
{
	struct eif e;
	struct buf again = {0};

	if (eif_read(&e, file) != ST_OK)
		return;
	if (in_order(&e, file) && (e.signature.len || !e.signature.ptr)) {
		if (eif_write(&again, &e) != ST_OK || again.len != file.len)
			abort();
		if (memcmp(again.ptr, file.ptr, DEFAULTS_AT) != 0 ||
		    memcmp(again.ptr + DEFAULTS_AT + DEFAULTS_LEN, file.ptr + DEFAULTS_AT + DEFAULTS_LEN, CRC_AT - DEFAULTS_AT - DEFAULTS_LEN) != 0 ||
		    memcmp(again.ptr + HEADER_LEN, file.ptr + HEADER_LEN, file.len - HEADER_LEN) != 0)
			abort();
	}
	buf_clear(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t file[SIZE_MAX_HERE];
	struct eif_pcrs pcrs;

	if (size < 1 || size > sizeof file)
		return 0;
	memcpy(file, data + 1, size - 1);
	size--;
	if (data[0] % 3 == 1 && size >= HEADER_LEN) {
		uint32_t crc = crc32_of(crc32_of(0, file, CRC_AT), file + HEADER_LEN, size - HEADER_LEN);
		for (int i = 0; i < 4; i++)
			file[CRC_AT + i] = (uint8_t)(crc >> 8 * (3 - i));
	}
	if (data[0] % 3 < 2) {
		check_file(slice_of(file, size));
		return 0;
	}
	const struct eif e = {.kernel = slice_str("k"), .cmdline = slice_str("c"), .ramdisk = {slice_str("r")}, .n_ramdisks = 1,
	    .signature = slice_of(file, size)};
	(void)!eif_measure(&pcrs, &e);
	return 0;
}
