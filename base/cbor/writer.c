#include "base/cbor.h"
#include "base/cbor_head.h"

static void put_head(struct buf *b, enum cbor_major major, uint64_t argument)
{
	uint8_t head[CBOR_HEAD_MAX];

	buf_append(b, head, cbor_head_encode(head, major, argument));
}

void cbor_put_u64(struct buf *b, uint64_t v)
{
	put_head(b, CBOR_UNSIGNED, v);
}

void cbor_put_i64(struct buf *b, int64_t v)
{
	if (v < 0)
		put_head(b, CBOR_NEGATIVE, (uint64_t)(-1 - v));
	else
		put_head(b, CBOR_UNSIGNED, (uint64_t)v);
}

void cbor_put_bool(struct buf *b, bool v)
{
	put_head(b, CBOR_SIMPLE, v ? 21 : 20);
}

void cbor_put_null(struct buf *b)
{
	put_head(b, CBOR_SIMPLE, 22);
}

void cbor_put_bytes(struct buf *b, struct slice v)
{
	put_head(b, CBOR_BYTES, v.len);
	buf_append(b, v.ptr, v.len);
}

void cbor_put_text(struct buf *b, const char *text)
{
	cbor_put_text_slice(b, slice_str(text));
}

void cbor_put_text_slice(struct buf *b, struct slice text)
{
	put_head(b, CBOR_TEXT, text.len);
	buf_append(b, text.ptr, text.len);
}

void cbor_put_array(struct buf *b, size_t items)
{
	put_head(b, CBOR_ARRAY, items);
}

void cbor_put_map(struct buf *b, size_t pairs)
{
	put_head(b, CBOR_MAP, pairs);
}

void cbor_put_tag(struct buf *b, uint64_t tag)
{
	put_head(b, CBOR_TAG, tag);
}
