/*
 * MRTD of an Intel TDX guest (Intel TDX Module Base Specification, "TD Measurement"; TDVF Design Guide, section 11): SHA-384 over one block of
 * 128 bytes for each page that the host adds, and for measured pages one block and the data for each 256 bytes. Which pages, the
 * firmware's TDVF metadata says. RTMR0 to 2 are made by the firmware and the kernel as they start: they are not in the image, and are read off a first start.
 */
#ifndef IMAGE_TDX_H
#define IMAGE_TDX_H

#include "base/sha2.h"
#include "base/status.h"

/* The order is the host's, so one firmware has two values. */
enum tdx_order {
	TDX_PAGE_BY_PAGE, /* each page added, then extended: KVM of Linux 6.16 and later */
	TDX_SECTION_BY_SECTION, /* all pages of a section added, then all extended: KVM before it was merged */
};
/* ST_FORMAT: no TDVF metadata, or it contradicts itself. Pure. */
MUST_USE enum status tdx_mrtd(uint8_t out[static SHA384_LEN], struct slice tdvf, enum tdx_order order);

#endif
