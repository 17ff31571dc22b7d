/*
 * Target: the CBOR reader. Properties: whatever it accepts is encoded back by the writer to the same bytes; cbor_any()
 * accepts what the typed accessors accept; no prefix of an accepted item is accepted.
 */
#include "base/cbor.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void copy_item(struct cbor_reader *r, struct buf *out);

static void copy_simple(struct cbor_reader *r, struct buf *out)
{
	if (r->rest.ptr[0] == 0xf6) {
		cbor_null(r);
		cbor_put_null(out);
	} else {
		cbor_put_bool(out, cbor_bool(r));
	}
}

static void copy_map(struct cbor_reader *r, struct buf *out)
{
	size_t pairs = cbor_map(r);

	cbor_put_map(out, pairs);
	for (size_t i = 0; i < pairs && r->st == ST_OK; i++) {
		if (cbor_peek_major(r) == CBOR_UNSIGNED) {
			uint64_t key = cbor_peek_key(r);
			cbor_key(r, key);
			cbor_put_u64(out, key);
		} else {
			copy_item(r, out);
		}
		copy_item(r, out);
	}
	cbor_close(r);
}

static void copy_array(struct cbor_reader *r, struct buf *out)
{
	size_t items = cbor_array(r);

	cbor_put_array(out, items);
	for (size_t i = 0; i < items && r->st == ST_OK; i++)
		copy_item(r, out);
	cbor_close(r);
}

/* Depth is bounded by the reader itself. */
static void copy_item(struct cbor_reader *r, struct buf *out)
{
	switch (cbor_peek_major(r)) {
	case CBOR_UNSIGNED:
		cbor_put_u64(out, cbor_u64(r));
		break;
	case CBOR_NEGATIVE:
		cbor_put_i64(out, cbor_i64(r));
		break;
	case CBOR_BYTES:
		cbor_put_bytes(out, cbor_bytes(r));
		break;
	case CBOR_TEXT:
		cbor_put_text_slice(out, cbor_text(r));
		break;
	case CBOR_ARRAY:
		copy_array(r, out);
		break;
	case CBOR_MAP:
		copy_map(r, out);
		break;
	case CBOR_SIMPLE:
		copy_simple(r, out);
		break;
	default:
		cbor_fail(r, ST_FORMAT);
	}
}

static enum status any(struct slice bytes)
{
	struct cbor_reader r;

	cbor_reader_init(&r, bytes);
	cbor_any(&r);
	return cbor_end(&r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice input = slice_of(data, size);
	struct cbor_reader r;
	struct buf out = {0};

	cbor_reader_init(&r, input);
	copy_item(&r, &out);
	enum status typed = cbor_end(&r), skipped = any(input);
	if (typed == ST_OK) {
		if (skipped != ST_OK || !slice_equal(buf_view(&out), input))
			abort();
		for (size_t n = 0; n < size && size < 200; n++)
			if (any(slice_of(data, n)) != ST_TRUNCATED)
				abort();
	}
	buf_clear(&out);
	return 0;
}
