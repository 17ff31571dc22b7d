/* Target: archive_read. Property: whatever is read is written back to the same bytes. */
#include "image/archive.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct archive a;
	struct buf out = {0};

	if (archive_read(&a, slice_of(data, size)) == ST_OK) {
		archive_write(&out, &a);
		if (!slice_equal(buf_view(&out), slice_of(data, size)))
			abort();
		buf_clear(&out);
	}
	return 0;
}
