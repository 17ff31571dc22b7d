/* Codec of the collateral bundle (attest/collateral.h). */
#include "attest/collateral.h"

#include "base/cbor.h"

static const char label[] = "parley/collateral/v1";
enum { ITEM_FIELDS = 4, RAW_SIGNATURE_LEN = 64 };

/* What each type may hold. */
static bool item_fits(const struct att_item *i)
{
	bool is_signed = i->type == ATT_ITEM_TCB_INFO || i->type == ATT_ITEM_QE_IDENTITY;

	return i->bytes.len > 0 && i->signature.len == (is_signed ? RAW_SIGNATURE_LEN : 0);
}

static void get_item(struct cbor_reader *r, struct att_item *i)
{
	cbor_array_exact(r, ITEM_FIELDS);
	uint64_t type = cbor_u64_max(r, ATT_ITEM_QE_IDENTITY);
	i->type = (enum att_item_type)type;
	i->fetched_s = (int64_t)cbor_u64_max(r, INT64_MAX);
	i->bytes = cbor_bytes(r);
	i->signature = cbor_bytes(r);
	cbor_close(r);
	if (r->st == ST_OK && (type < ATT_ITEM_CERTIFICATE || !item_fits(i)))
		cbor_fail(r, ST_FORMAT);
}

enum status att_bundle_decode(struct att_bundle *out, struct slice bytes)
{
	struct cbor_reader r;

	out->n = 0;
	if (bytes.len == 0)
		return ST_OK;
	if (bytes.len > ATT_COLLATERAL_MAX)
		return ST_TOO_LARGE;
	cbor_reader_init(&r, bytes);
	cbor_array_exact(&r, 2);
	if (!slice_equal(cbor_text(&r), slice_str(label)))
		cbor_fail(&r, ST_FORMAT);
	size_t n = cbor_array(&r);
	if (n > ATT_ITEMS_MAX)
		cbor_fail(&r, ST_TOO_LARGE);
	for (size_t k = 0; r.st == ST_OK && k < n; k++)
		get_item(&r, &out->items[k]);
	cbor_close(&r);
	cbor_close(&r);
	enum status st = cbor_end(&r);
	out->n = st == ST_OK ? n : 0;
	return st;
}

enum status att_bundle_encode(struct buf *out, const struct att_bundle *b)
{
	struct buf bytes = {0};
	enum status st;

	cbor_put_array(&bytes, 2);
	cbor_put_text(&bytes, label);
	cbor_put_array(&bytes, b->n);
	for (size_t k = 0; k < b->n; k++) {
		cbor_put_array(&bytes, ITEM_FIELDS);
		cbor_put_u64(&bytes, b->items[k].type);
		cbor_put_u64(&bytes, (uint64_t)b->items[k].fetched_s);
		cbor_put_bytes(&bytes, b->items[k].bytes);
		cbor_put_bytes(&bytes, b->items[k].signature);
	}
	st = buf_status(&bytes);
	if (st == ST_OK && bytes.len > ATT_COLLATERAL_MAX)
		st = ST_TOO_LARGE;
	if (st == ST_OK) {
		buf_append(out, bytes.ptr, bytes.len);
		st = buf_status(out);
	}
	buf_clear(&bytes);
	return st;
}

/* The same bytes under another signature are another item: a forged one may not displace the vendor's. */
static bool holds(const struct att_bundle *b, const struct att_item *i)
{
	for (size_t k = 0; k < b->n; k++)
		if (b->items[k].type == i->type && slice_equal(b->items[k].bytes, i->bytes) &&
		    slice_equal(b->items[k].signature, i->signature))
			return true;
	return false;
}

static size_t item_cost(const struct att_item *i)
{
	enum { HEADS = 32 }; /* array, type, time, two byte strings: at most */

	return HEADS + i->bytes.len + i->signature.len;
}

/* As many items as the limits permit, in their order; none twice. */
static void add_items(struct att_bundle *to, size_t *bytes, const struct att_bundle *from)
{
	for (size_t k = 0; k < from->n; k++) {
		const struct att_item *i = &from->items[k];
		if (to->n == ATT_ITEMS_MAX || *bytes + item_cost(i) > ATT_COLLATERAL_MAX || holds(to, i))
			continue;
		to->items[to->n++] = *i;
		*bytes += item_cost(i);
	}
}

enum status att_bundle_merge(struct buf *out, struct slice first, struct slice second)
{
	struct att_bundle parts[2] = {{0}}, merged = {0};
	const struct slice sources[2] = {first, second};
	size_t bytes = sizeof label + 16;

	for (unsigned k = 0; k < 2; k++) {
		if (att_bundle_decode(&parts[k], sources[k]) != ST_OK)
			parts[k].n = 0;
		add_items(&merged, &bytes, &parts[k]);
	}
	return merged.n ? att_bundle_encode(out, &merged) : ST_OK;
}
