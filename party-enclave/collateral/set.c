/* The set of documents: owned bytes, no document twice, one order. */
#include "collateral/import.h"

#include <stdlib.h>

void collateral_clear(struct collateral *c)
{
	if (!c)
		return;
	for (size_t k = 0; k < c->n; k++)
		free(c->items[k].bytes);
	c->n = 0;
}

static bool is_signed(enum att_item_type type)
{
	return type == ATT_ITEM_TCB_INFO || type == ATT_ITEM_QE_IDENTITY;
}

static struct collateral_item *find(struct collateral *c, enum att_item_type type, struct slice bytes, const uint8_t *signature)
{
	for (size_t k = 0; k < c->n; k++) {
		struct collateral_item *i = &c->items[k];
		if (i->type == type && slice_equal(slice_of(i->bytes, i->len), bytes) &&
		    (!is_signed(type) || memcmp(i->signature, signature, sizeof i->signature) == 0))
			return i;
	}
	return NULL;
}

enum status collateral_add(
    struct collateral *c, enum att_item_type type, struct slice bytes, const uint8_t *signature, int64_t fetched_s)
{
	struct collateral_item *there = find(c, type, bytes, signature);

	if (there) {
		there->fetched_s = there->fetched_s > fetched_s ? there->fetched_s : fetched_s;
		return ST_OK;
	}
	if (c->n == ATT_ITEMS_MAX || bytes.len > ATT_COLLATERAL_MAX)
		return ST_TOO_LARGE;
	struct collateral_item item = {.type = type, .fetched_s = fetched_s, .len = bytes.len, .bytes = malloc(bytes.len + 1)};
	if (!item.bytes)
		return ST_NO_MEMORY;
	memcpy(item.bytes, bytes.ptr, bytes.len);
	if (is_signed(type))
		memcpy(item.signature, signature, sizeof item.signature);
	c->items[c->n++] = item;
	return ST_OK;
}

void collateral_view(struct att_bundle *out, const struct collateral *c)
{
	out->n = c->n;
	for (size_t k = 0; k < c->n; k++) {
		const struct collateral_item *i = &c->items[k];
		out->items[k] = (struct att_item){.type = i->type,
		    .fetched_s = i->fetched_s,
		    .bytes = slice_of(i->bytes, i->len),
		    .signature = slice_of(i->signature, is_signed(i->type) ? sizeof i->signature : 0)};
	}
}

static bool goes_before(const struct collateral_item *a, const struct collateral_item *b)
{
	size_t shorter = a->len < b->len ? a->len : b->len;
	int order = a->type != b->type ? (int)a->type - (int)b->type : memcmp(a->bytes, b->bytes, shorter);

	if (order == 0 && a->len != b->len)
		return a->len < b->len;
	return order ? order < 0 : memcmp(a->signature, b->signature, sizeof a->signature) < 0;
}

static void sort(struct collateral *c)
{
	for (size_t k = 1; k < c->n; k++)
		for (size_t at = k; at > 0 && goes_before(&c->items[at], &c->items[at - 1]); at--) {
			struct collateral_item lower = c->items[at];
			c->items[at] = c->items[at - 1];
			c->items[at - 1] = lower;
		}
}

enum status collateral_encode(struct buf *out, struct collateral *c)
{
	struct att_bundle view;

	sort(c);
	collateral_view(&view, c);
	return att_bundle_encode(out, &view);
}
