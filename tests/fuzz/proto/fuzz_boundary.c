/* Target: the frame header and every body of the boundary; the first byte of the input chooses. Property: whatever decodes encodes
 * back to the same bytes. */
#include "proto/boundary.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(struct buf *again, struct slice body)
{
	if (again->failed || !slice_equal(buf_view(again), body))
		abort();
	buf_clear(again);
}

#define TRY_BODY(name)                                                                                                 \
	do {                                                                                                           \
		struct boundary_##name m;                                                                              \
		struct buf again = {0};                                                                                \
		if (boundary_get_##name(&m, body) == ST_OK) {                                                          \
			boundary_put_##name(&again, &m);                                                               \
			check(&again, body);                                                                           \
		}                                                                                                      \
	} while (0)

static void try_header(struct slice body)
{
	uint8_t again[FRAME_HEADER_LEN];
	enum frame_type type;
	uint8_t peer;
	size_t len;

	if (body.len < FRAME_HEADER_LEN || frame_header_parse(body.ptr, &type, &peer, &len) != ST_OK)
		return;
	if (len > FRAME_BODY_MAX)
		abort();
	frame_header(again, type, peer, len);
	if (memcmp(again, body.ptr, sizeof again) != 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	struct slice body = slice_of(data + 1, size - 1);
	switch (data[0] % 8) {
	case 0: try_header(body); break;
	case 1: TRY_BODY(boot); break;
	case 2: TRY_BODY(data); break;
	case 3: TRY_BODY(bench); break;
	case 4: TRY_BODY(quote); break;
	case 5: TRY_BODY(step); break;
	case 6: TRY_BODY(mark); break;
	default: TRY_BODY(renewal); break;
	}
	return 0;
}
