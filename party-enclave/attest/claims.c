/* The claims' list of values, kept by register. */
#include "verifier.h"

const struct tee_value *att_value(const struct att_claims *c, unsigned reg)
{
	for (unsigned k = 0; k < c->n_values; k++)
		if (c->values[k].reg == reg)
			return &c->values[k];
	return NULL;
}

bool att_add_value(struct att_claims *c, unsigned reg, const uint8_t *bytes, size_t len)
{
	unsigned at = c->n_values;

	if (at == ATT_VALUES_MAX || len > TEE_VALUE_MAX || reg > UINT8_MAX || att_value(c, reg))
		return false;
	for (; at > 0 && c->values[at - 1].reg > reg; at--)
		c->values[at] = c->values[at - 1];
	c->values[at] = (struct tee_value){.reg = (uint8_t)reg, .len = (uint8_t)len};
	memcpy(c->values[at].bytes, bytes, len);
	c->n_values++;
	return true;
}

void att_window(struct att_claims *c, int64_t from_s, int64_t to_s)
{
	if (from_s > c->valid_from)
		c->valid_from = from_s;
	if (to_s < c->valid_to)
		c->valid_to = to_s;
}
