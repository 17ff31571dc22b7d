/*
 * Targets: policy_decode, policy_file_parse and rules_check. Properties: what decodes encodes back to the same bytes, and
 * every refusal says why; a plan that the rules accept has, however it came about, one OUTKEEP, and every output hangs
 * on a SUPPRESS by min_subjects or more.
 */
#include "policy/rules.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void encodes_back(const struct policy *p, struct slice input)
{
	struct buf out = {0};

	if (policy_encode(&out, p) != ST_OK || !slice_equal(buf_view(&out), input))
		abort();
	buf_clear(&out);
}

static void is_suppressed(const struct policy *p, const struct plan_op *output)
{
	const struct plan_op *op = output;

	do
		op = &p->plan.ops[op->in[0] - 1];
	while (op->code == OP_KEEPIF || op->code == OP_TOP);
	if (op->code != OP_SUPPRESS || op->imm < (int64_t)p->min_subjects)
		abort();
}

static void releases_little(const struct policy *p)
{
	unsigned keeps = 0, outs = 0;

	for (unsigned k = 0; k < p->plan.n_ops; k++) {
		const struct plan_op *op = &p->plan.ops[k];

		keeps += op->code == OP_OUTKEEP;
		outs += op->code == OP_OUT;
		if (op->code == OP_OUTKEEP || op->code == OP_OUT)
			is_suppressed(p, op);
	}
	if (keeps != 1 || outs > p->n_results || p->recipients == 0 || p->recipients > 7)
		abort();
}

static void judge(const struct policy *p)
{
	struct problem problem = {0};
	enum status st = rules_check(p, &problem);

	if (st != problem.st || (st != ST_OK && problem.message[0] == 0))
		abort();
	if (st == ST_OK)
		releases_little(p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct policy p;
	struct slice input = slice_of(data, size), payload;
	struct problem problem = {0};
	enum status st = policy_decode(&p, input, &problem);

	if (st != problem.st || (st != ST_OK && problem.message[0] == 0))
		abort();
	if (st == ST_OK) {
		encodes_back(&p, input);
		judge(&p);
	}
	if (policy_file_parse(input, &payload) == ST_OK && payload.len > input.len)
		abort();
	return 0;
}
