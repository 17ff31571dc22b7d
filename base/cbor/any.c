#include "head.h"

/* Steps over heads with the reader's own stack, so nothing recurses and every rule of the reader holds inside. */
struct slice cbor_any(struct cbor_reader *r)
{
	const uint8_t *start = r->rest.ptr;
	uint8_t outside = r->depth;

	do {
		struct head h;
		if (!reader_take(r, &h))
			return (struct slice){0};
		if (h.major == CBOR_TAG)
			cbor_fail(r, ST_FORMAT);
		else if (h.major == CBOR_ARRAY || h.major == CBOR_MAP)
			reader_open(r, h.argument, h.major == CBOR_MAP);
		while (r->st == ST_OK && r->depth > outside && r->left[r->depth - 1] == 0)
			cbor_close(r);
	} while (r->st == ST_OK && r->depth > outside);
	return r->st == ST_OK ? slice_of(start, (size_t)(r->rest.ptr - start)) : (struct slice){0};
}
