#include <stdlib.h>

#include "domain.h"

_Static_assert(POLICY_DOMAIN_MAX < UINT16_MAX, "a rank fits a slot");

/* FNV-1a. Values come from the signed policy and the organisation's own file: no one else can aim at collisions. */
static uint32_t hash_text_of(struct slice text)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < text.len; i++)
		h = (h ^ text.ptr[i]) * 16777619u;
	return h ^ h >> 15;
}

enum status domain_index_init(struct domain_index *d, const struct policy *p, const struct policy_column *c)
{
	uint32_t slots = 4;

	while (slots < 2 * c->domain_size)
		slots *= 2;
	*d = (struct domain_index){.values = p->domain + c->domain_first, .size = c->domain_size, .mask = slots - 1};
	d->slots = calloc(slots, sizeof *d->slots);
	if (!d->slots)
		return ST_NO_MEMORY;
	for (uint32_t rank = 0; rank < c->domain_size; rank++) {
		uint32_t at = hash_text_of(d->values[rank]) & d->mask;

		while (d->slots[at] != 0)
			at = (at + 1) & d->mask;
		d->slots[at] = (uint16_t)(rank + 1);
	}
	return ST_OK;
}

void domain_index_clear(struct domain_index *d)
{
	free(d->slots);
	*d = (struct domain_index){0};
}

int64_t domain_index_find(const struct domain_index *d, struct slice text)
{
	for (uint32_t at = hash_text_of(text) & d->mask; d->slots[at] != 0; at = (at + 1) & d->mask) {
		uint32_t rank = d->slots[at] - 1u;

		if (slice_equal(d->values[rank], text))
			return rank;
	}
	return -1;
}
