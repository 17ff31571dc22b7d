/* Target: wire_request_decode. Property: whatever decodes encodes to bytes that decode to the same (fields in another order are
 * put in order), and a second encoding changes nothing. */
#include "proto/wire.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct wire_request m, again;
	struct wire_storage storage, storage_again;
	struct buf first = {0}, second = {0};

	if (wire_request_decode(&m, &storage, slice_of(data, size)) != ST_OK)
		return 0;
	wire_request_encode(&first, &m);
	if (first.failed || wire_request_decode(&again, &storage_again, buf_view(&first)) != ST_OK)
		abort();
	wire_request_encode(&second, &again);
	if (!slice_equal(buf_view(&first), buf_view(&second)) || first.len != size)
		abort();
	wire_storage_clear(&storage);
	wire_storage_clear(&storage_again);
	buf_clear(&first);
	buf_clear(&second);
	return 0;
}
