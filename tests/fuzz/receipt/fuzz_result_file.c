/* Target: result_file_decode. Property: whatever decodes encodes back to the same bytes. */
#include <stdlib.h>

#include "receipt/receipt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice bundle, parts[POLICY_PARTIES_MAX];
	struct buf again = {0};

	if (result_file_decode(&bundle, parts, slice_of(data, size)) != ST_OK)
		return 0;
	result_file_encode(&again, bundle, parts);
	if (again.failed || !slice_equal(buf_view(&again), slice_of(data, size)))
		abort();
	buf_clear(&again);
	return 0;
}
