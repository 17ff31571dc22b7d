/*
 * Target: corim_decode and corim_open, below the signature. Properties: what decodes encodes back to the same bytes, and its sets could
 * stand in a policy; every refusal says why; an open file's map lies inside the file.
 */
#include "policy/corim.h"
#include "policy/reference.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void stands(const struct corim *c)
{
	char fault[REFERENCE_FAULT_MAX];

	if (c->n < 1 || c->n > CORIM_SETS_MAX || c->id[0] == 0)
		abort();
	for (unsigned i = 0; i < c->n; i++)
		if (!c->sets[i].set.release[0] || reference_set_fault(fault, c->sets[i].kind, &c->sets[i].set))
			abort();
}

static void encodes_back(const struct corim *c, struct slice input)
{
	struct buf out = {0};

	if (corim_encode(&out, c) != ST_OK || !slice_equal(buf_view(&out), input))
		abort();
	buf_clear(&out);
}

static void opens_within(struct slice file)
{
	static const uint8_t pk[ED25519_PUBLIC_LEN] = {1};
	struct slice inner;
	char issuer[CORIM_ID_MAX + 1];

	if (corim_open(&inner, issuer, file, pk, NULL) == ST_OK)
		abort(); /* nobody holds the key of this point */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct corim c;
	struct slice input = slice_of(data, size);
	struct problem problem = {0};
	enum status st = corim_decode(&c, input, &problem);

	if (st != problem.st || (st != ST_OK && problem.message[0] == 0))
		abort();
	if (st == ST_OK) {
		stands(&c);
		encodes_back(&c, input);
	}
	opens_within(input);
	return 0;
}
