/*
 * libcbor's streaming decoder calls us back once per head. It allocates nothing, but takes any form of CBOR; which form
 * is left to us: the shortest head, a definite length, and no float, undefined or other simple value
 * (RFC 8949 section 4.2.1, and what our formats leave out).
 */
#include "head.h"

#include <cbor.h>

struct seen {
	struct head head;
	enum status st;
};

static void see(void *context, enum cbor_major major, uint64_t argument)
{
	struct seen *s = context;

	s->head.major = major;
	s->head.argument = argument;
	s->st = ST_OK;
}

static void see_string(void *context, enum cbor_major major, cbor_data data, size_t len)
{
	struct seen *s = context;

	see(context, major, len);
	s->head.bytes = slice_of(data, len);
}

static void refuse(void *context, enum status st)
{
	struct seen *s = context;

	s->st = st;
}

static void on_uint8(void *c, uint8_t v)
{
	see(c, CBOR_UNSIGNED, v);
}

static void on_uint16(void *c, uint16_t v)
{
	see(c, CBOR_UNSIGNED, v);
}

static void on_uint32(void *c, uint32_t v)
{
	see(c, CBOR_UNSIGNED, v);
}

static void on_uint64(void *c, uint64_t v)
{
	see(c, CBOR_UNSIGNED, v);
}

static void on_negint8(void *c, uint8_t v)
{
	see(c, CBOR_NEGATIVE, v);
}

static void on_negint16(void *c, uint16_t v)
{
	see(c, CBOR_NEGATIVE, v);
}

static void on_negint32(void *c, uint32_t v)
{
	see(c, CBOR_NEGATIVE, v);
}

static void on_negint64(void *c, uint64_t v)
{
	see(c, CBOR_NEGATIVE, v);
}

static void on_bytes(void *c, cbor_data data, size_t len)
{
	see_string(c, CBOR_BYTES, data, len);
}

static void on_text(void *c, cbor_data data, size_t len)
{
	see_string(c, CBOR_TEXT, data, len);
}

static void on_array(void *c, size_t items)
{
	see(c, CBOR_ARRAY, items);
}

static void on_map(void *c, size_t pairs)
{
	see(c, CBOR_MAP, pairs);
}

static void on_bool(void *c, bool v)
{
	see(c, CBOR_SIMPLE, v ? SIMPLE_TRUE : SIMPLE_FALSE);
}

static void on_null(void *c)
{
	see(c, CBOR_SIMPLE, SIMPLE_NULL);
}

static void on_undefined(void *c)
{
	refuse(c, ST_FORMAT);
}

static void on_float(void *c, float v)
{
	(void)v;
	refuse(c, ST_FORMAT);
}

static void on_double(void *c, double v)
{
	(void)v;
	refuse(c, ST_FORMAT);
}

static void on_tag(void *c, uint64_t tag)
{
	(void)tag;
	refuse(c, ST_FORMAT); /* never: tag_decode() */
}

static void on_indefinite(void *c)
{
	refuse(c, ST_NOT_CANONICAL);
}

static void on_break(void *c)
{
	refuse(c, ST_FORMAT);
}

static const struct cbor_callbacks callbacks = {
    .uint8 = on_uint8,
    .uint16 = on_uint16,
    .uint32 = on_uint32,
    .uint64 = on_uint64,
    .negint8 = on_negint8,
    .negint16 = on_negint16,
    .negint32 = on_negint32,
    .negint64 = on_negint64,
    .byte_string = on_bytes,
    .byte_string_start = on_indefinite,
    .string = on_text,
    .string_start = on_indefinite,
    .array_start = on_array,
    .indef_array_start = on_indefinite,
    .map_start = on_map,
    .indef_map_start = on_indefinite,
    .tag = on_tag,
    .boolean = on_bool,
    .null = on_null,
    .undefined = on_undefined,
    .float2 = on_float,
    .float4 = on_float,
    .float8 = on_double,
    .indef_break = on_break,
};

/* libcbor 0.8 calls tags 6 to 20 an error, and COSE_Sign1 is tag 18. A tag's head differs from an integer's in the major
 * type only, so it is decoded as that integer. */
static enum status tag_decode(struct slice bytes, struct head *out)
{
	uint8_t as_unsigned[CBOR_HEAD_MAX];
	size_t len = bytes.len < sizeof as_unsigned ? bytes.len : sizeof as_unsigned;
	enum status st;

	memcpy(as_unsigned, bytes.ptr, len);
	as_unsigned[0] &= 0x1f;
	TRY(head_decode(slice_of(as_unsigned, len), out));
	out->major = CBOR_TAG;
out:
	return st;
}

enum status head_decode(struct slice bytes, struct head *out)
{
	struct seen s = {.st = ST_FORMAT};

	if (bytes.len == 0)
		return ST_TRUNCATED;
	if (bytes.ptr[0] >> 5 == CBOR_TAG)
		return tag_decode(bytes, out);
	struct cbor_decoder_result result = cbor_stream_decode(bytes.ptr, bytes.len, &callbacks, &s);
	if (result.status == CBOR_DECODER_NEDATA)
		return ST_TRUNCATED;
	if (result.status != CBOR_DECODER_FINISHED)
		return ST_FORMAT;
	if (s.st != ST_OK)
		return s.st;
	s.head.size = result.read;
	if (result.read != cbor_head_len(s.head.argument) + s.head.bytes.len)
		return ST_NOT_CANONICAL;
	*out = s.head;
	return ST_OK;
}
