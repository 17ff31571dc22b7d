/* Text to its rank in a column's domain: open addressing over the policy's own sorted values. */
#ifndef INGEST_DOMAIN_H
#define INGEST_DOMAIN_H

#include "policy/sealed.h"

struct domain_index {
	const struct slice *values; /* borrowed from the policy */
	uint32_t size, mask;
	uint16_t *slots; /* rank + 1, 0 is free; at most half of them are used */
};
MUST_USE enum status domain_index_init(struct domain_index *d, const struct policy *p, const struct policy_column *c);
void domain_index_clear(struct domain_index *d);
/* -1: not in the domain. */
int64_t domain_index_find(const struct domain_index *d, struct slice text);

#endif
