#include "head.h"

void cbor_reader_init(struct cbor_reader *r, struct slice bytes)
{
	*r = (struct cbor_reader){.rest = bytes};
}

void cbor_fail(struct cbor_reader *r, enum status st)
{
	if (r->st == ST_OK)
		r->st = st;
}

static bool in_map(const struct cbor_reader *r)
{
	return r->depth > 0 && (r->maps >> (r->depth - 1) & 1);
}

static bool container_is_full(const struct cbor_reader *r)
{
	return r->depth > 0 && r->left[r->depth - 1] == 0;
}

static bool at_key(const struct cbor_reader *r)
{
	return in_map(r) && r->left[r->depth - 1] % 2 == 0;
}

/* Keys ascend by their encoded bytes, hence none occurs twice (RFC 8949 section 4.2.1). */
static enum status key_check(struct cbor_reader *r, const struct head *h)
{
	struct slice key = slice_of(r->rest.ptr, h->size), *last = &r->last_key[r->depth - 1];

	if (h->major > CBOR_TEXT)
		return ST_FORMAT;
	if (last->len) {
		int order = memcmp(last->ptr, key.ptr, last->len < key.len ? last->len : key.len);
		if (order == 0) /* no encoded item is a prefix of another */
			return ST_DUPLICATE;
		if (order > 0)
			return ST_NOT_CANONICAL;
	}
	*last = key;
	return ST_OK;
}

static enum status head_judge(struct cbor_reader *r, struct head *h)
{
	enum status st;

	if (container_is_full(r))
		return ST_FORMAT;
	TRY(head_decode(r->rest, h));
	if (h->major == CBOR_TEXT && !utf8_is_text(h->bytes))
		return ST_FORMAT;
	if (at_key(r))
		TRY(key_check(r, h));
out:
	return st;
}

/* Does not count a tag as an item: what it tags is the item. */
bool reader_take(struct cbor_reader *r, struct head *out)
{
	if (r->st != ST_OK)
		return false;
	enum status st = head_judge(r, out);
	if (st != ST_OK) {
		cbor_fail(r, st);
		return false;
	}
	r->rest.ptr += out->size;
	r->rest.len -= out->size;
	if (r->depth > 0 && out->major != CBOR_TAG)
		r->left[r->depth - 1]--;
	return true;
}

/* The next item must be of this major type; an empty head otherwise. */
static struct head take(struct cbor_reader *r, enum cbor_major major)
{
	struct head h = {0};

	if (r->st == ST_OK && cbor_peek_major(r) != major)
		cbor_fail(r, r->rest.len == 0 && !container_is_full(r) ? ST_TRUNCATED : ST_FORMAT);
	return reader_take(r, &h) ? h : (struct head){0};
}

uint64_t cbor_u64(struct cbor_reader *r)
{
	return take(r, CBOR_UNSIGNED).argument;
}

uint64_t cbor_u64_max(struct cbor_reader *r, uint64_t max)
{
	uint64_t v = cbor_u64(r);

	if (v <= max)
		return v;
	cbor_fail(r, ST_FORMAT);
	return 0;
}

int64_t cbor_i64(struct cbor_reader *r)
{
	bool is_negative = cbor_peek_major(r) == CBOR_NEGATIVE;
	uint64_t v = take(r, is_negative ? CBOR_NEGATIVE : CBOR_UNSIGNED).argument;

	if (v > INT64_MAX) {
		cbor_fail(r, ST_FORMAT);
		return 0;
	}
	return is_negative && r->st == ST_OK ? -1 - (int64_t)v : (int64_t)v;
}

bool cbor_bool(struct cbor_reader *r)
{
	uint64_t v = take(r, CBOR_SIMPLE).argument;

	if (r->st == ST_OK && v != SIMPLE_FALSE && v != SIMPLE_TRUE)
		cbor_fail(r, ST_FORMAT);
	return r->st == ST_OK && v == SIMPLE_TRUE;
}

void cbor_null(struct cbor_reader *r)
{
	if (take(r, CBOR_SIMPLE).argument != SIMPLE_NULL)
		cbor_fail(r, ST_FORMAT);
}

struct slice cbor_bytes(struct cbor_reader *r)
{
	return take(r, CBOR_BYTES).bytes;
}

struct slice cbor_bytes_max(struct cbor_reader *r, size_t max)
{
	struct slice v = cbor_bytes(r);

	if (v.len <= max)
		return v;
	cbor_fail(r, ST_TOO_LARGE);
	return (struct slice){0};
}

void cbor_bytes_exact(struct cbor_reader *r, uint8_t *out, size_t len)
{
	struct slice v = cbor_bytes(r);

	if (r->st == ST_OK && v.len != len)
		cbor_fail(r, ST_FORMAT);
	if (len == 0)
		return;
	if (r->st == ST_OK)
		memcpy(out, v.ptr, len);
	else
		memset(out, 0, len);
}

struct slice cbor_text(struct cbor_reader *r)
{
	return take(r, CBOR_TEXT).bytes;
}

void cbor_text_copy(struct cbor_reader *r, char *out, size_t cap)
{
	struct slice v = cbor_text(r);

	if (v.len >= cap) {
		cbor_fail(r, ST_TOO_LARGE);
		v = (struct slice){0};
	}
	if (v.len)
		memcpy(out, v.ptr, v.len);
	if (cap)
		out[v.len] = 0;
}

bool reader_open(struct cbor_reader *r, uint64_t items, bool is_map)
{
	/* Every item takes a byte at least, so a larger count can only be cut short or a lie. */
	if (items > r->rest.len || (is_map && items > r->rest.len / 2)) {
		cbor_fail(r, ST_TRUNCATED);
		return false;
	}
	if (r->depth == CBOR_DEPTH_MAX) {
		cbor_fail(r, ST_TOO_LARGE);
		return false;
	}
	r->left[r->depth] = is_map ? 2 * items : items;
	r->last_key[r->depth] = (struct slice){0};
	r->maps = (r->maps & ~(1u << r->depth)) | (unsigned)is_map << r->depth;
	r->depth++;
	return true;
}

static size_t open_container(struct cbor_reader *r, enum cbor_major major)
{
	uint64_t items = take(r, major).argument;

	if (r->st != ST_OK || !reader_open(r, items, major == CBOR_MAP))
		return 0;
	return (size_t)items;
}

size_t cbor_array(struct cbor_reader *r)
{
	return open_container(r, CBOR_ARRAY);
}

size_t cbor_array_exact(struct cbor_reader *r, size_t items)
{
	size_t n = cbor_array(r);

	if (r->st == ST_OK && n != items)
		cbor_fail(r, ST_FORMAT);
	return r->st == ST_OK ? n : 0;
}

size_t cbor_map(struct cbor_reader *r)
{
	return open_container(r, CBOR_MAP);
}

void cbor_close(struct cbor_reader *r)
{
	if (r->st != ST_OK)
		return;
	if (r->depth == 0)
		cbor_fail(r, ST_FORMAT);
	else if (r->left[r->depth - 1] != 0)
		cbor_fail(r, in_map(r) ? ST_UNKNOWN_FIELD : ST_FORMAT);
	else
		r->depth--;
}

/* A key that is not there is as wrong as one that we do not know: both are another version's document. */
static void expect_key(struct cbor_reader *r, enum cbor_major major, uint64_t argument)
{
	struct head h;

	if (r->st != ST_OK)
		return;
	if (!at_key(r) || container_is_full(r)) {
		cbor_fail(r, ST_UNKNOWN_FIELD);
		return;
	}
	if (reader_take(r, &h) && (h.major != major || h.argument != argument))
		cbor_fail(r, ST_UNKNOWN_FIELD);
}

void cbor_key(struct cbor_reader *r, uint64_t key)
{
	expect_key(r, CBOR_UNSIGNED, key);
}

void cbor_key_int(struct cbor_reader *r, int64_t key)
{
	expect_key(r, key < 0 ? CBOR_NEGATIVE : CBOR_UNSIGNED, (uint64_t)(key < 0 ? -1 - key : key));
}

uint64_t cbor_peek_key(struct cbor_reader *r)
{
	struct head h;

	if (r->st != ST_OK || !at_key(r) || container_is_full(r))
		return UINT64_MAX;
	enum status st = head_decode(r->rest, &h);
	if (st == ST_OK && h.major != CBOR_UNSIGNED)
		st = ST_UNKNOWN_FIELD;
	if (st != ST_OK) {
		cbor_fail(r, st);
		return UINT64_MAX;
	}
	return h.argument;
}

void cbor_tag(struct cbor_reader *r, uint64_t tag)
{
	struct head h = take(r, CBOR_TAG);

	if (r->st == ST_OK && h.argument != tag)
		cbor_fail(r, ST_FORMAT);
}

bool cbor_is_tag(const struct cbor_reader *r)
{
	return cbor_peek_major(r) == CBOR_TAG;
}

uint8_t cbor_peek_major(const struct cbor_reader *r)
{
	if (r->st != ST_OK || r->rest.len == 0 || container_is_full(r))
		return 255;
	return r->rest.ptr[0] >> 5;
}

enum status cbor_end(struct cbor_reader *r)
{
	if (r->st == ST_OK && r->depth != 0)
		cbor_fail(r, ST_FORMAT);
	if (r->st == ST_OK && r->rest.len != 0)
		cbor_fail(r, ST_TRAILING);
	return r->st;
}
