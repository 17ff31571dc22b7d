/*
 * The table of GUIDs at the end of an OVMF image (edk2, OvmfPkg/ResetVector/Ia16/ResetVectorVtf0.asm): the image ends 32 bytes behind it;
 * entries are read backwards, each data, u16 length of the whole entry, GUID. Hostile bytes.
 */
#ifndef IMAGE_FIRMWARE_H
#define IMAGE_FIRMWARE_H

#include "base/slice.h"
#include "base/status.h"

enum { GUID_LEN = 16, FIRMWARE_MAX = 64 << 20, PAGE = 4096 };
/* Data of the entry with this GUID (in the byte order of UEFI). Empty when there is none; ST_FORMAT when there is no
 * table or it is malformed. */
MUST_USE enum status firmware_entry(struct slice *out, struct slice image, const uint8_t guid[static GUID_LEN]);
/* The entry is a u32: how far in front of the image's end a block begins. The bytes from there to the end. ST_FORMAT also when there is none. */
MUST_USE enum status firmware_block(struct slice *out, struct slice image, const uint8_t guid[static GUID_LEN]);

#endif
