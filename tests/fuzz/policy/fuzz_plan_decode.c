/*
 * Target: plan_decode. Properties: what decodes encodes back to the same bytes, infers the same types again, has bounds
 * in order and within 2^62, and prints; what does not leaves zeros.
 */
#include "policy/plan.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void encodes_back(const struct plan *p, struct slice input)
{
	struct buf out = {0};

	plan_encode(&out, p);
	if (!slice_equal(buf_view(&out), input))
		abort();
	buf_reset(&out);
	plan_print(&out, p);
	if (out.failed)
		abort();
	buf_clear(&out);
}

static void types_are_sound(struct plan *p)
{
	static const int64_t limit = INT64_C(1) << 62;
	static struct plan again;

	again = *p;
	if (plan_infer(&again, NULL) != ST_OK)
		abort();
	for (unsigned k = 0; k < p->n_ops; k++) {
		const struct plan_type *t = &p->ops[k].type;

		if (t->lo > t->hi || t->lo < -limit || t->hi > limit || plan_width(t->lo, t->hi) > 64)
			abort();
		if (t->kind != again.ops[k].type.kind || t->shape != again.ops[k].type.shape || !t->kind || !t->shape)
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct plan p;
	static const struct plan zero;
	struct slice input = slice_of(data, size);
	uint16_t where;

	if (plan_decode(&p, input, &where) != ST_OK) {
		if (memcmp(&p, &zero, sizeof p) != 0)
			abort();
		return 0;
	}
	encodes_back(&p, input);
	types_are_sound(&p);
	return 0;
}
