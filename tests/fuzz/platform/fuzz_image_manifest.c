/* Target: bundle_decode. Property: whatever is decoded encodes back to the same bytes. */
#include "image/bundle.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct bundle_manifest m;
	struct buf out = {0};

	if (bundle_decode(&m, slice_of(data, size)) == ST_OK) {
		bundle_encode(&out, &m);
		if (!slice_equal(buf_view(&out), slice_of(data, size)))
			abort();
		buf_clear(&out);
	}
	return 0;
}
